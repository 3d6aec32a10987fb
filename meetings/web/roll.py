"""The roll of a conference to print and as a sheet."""

import io
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, attendance, store, words
from meetings.core.vocabulary import Language
from meetings.documents import roll
from meetings.documents.official import ascii_name
from meetings.lists.files import XLSX

blueprint = Blueprint("roll", __name__)


@blueprint.get("/c/<public_id>/roll.<any(pdf, xlsx):form>")
def document(public_id: str, form: str) -> ResponseReturnValue:
    """For the office's accounts; nothing to count before the doors are open."""
    conference = store.access_conference(accounts.office_account(), public_id)
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    try:
        paper = attendance.roll_of(conference, zone, Language(words.language()))
    except attendance.NoRoll:
        flash(_("Điểm danh được sau khi mở điểm cầu."))
        return redirect(url_for("conferences.show", public_id=public_id))
    content = roll.as_pdf(paper) if form == "pdf" else roll.as_xlsx(paper)
    return send_file(
        io.BytesIO(content),
        mimetype=XLSX if form == "xlsx" else "application/pdf",
        as_attachment=form == "xlsx",
        download_name=f"diem-danh-{ascii_name(conference.short_title)}.{form}",
    )
