"""The roll of a conference to print and as a sheet."""

import io
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, attendance, prints, store, words
from meetings.core.vocabulary import Language
from meetings.documents import roll
from meetings.documents.official import ascii_name
from meetings.lists.files import XLSX

blueprint = Blueprint("roll", __name__)


@blueprint.get("/c/<public_id>/roll.<any(pdf, xlsx):form>")
def document(public_id: str, form: str) -> ResponseReturnValue:
    """For the office's accounts; nothing to count before the doors are open."""
    account = store.require(accounts.office_account(), store.Right.VIEW)
    conference = store.access_conference(account, public_id)
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    try:
        if form == "pdf":
            asked = prints.PrintPaper("roll", "pdf", shown_at=prints.this_address())
            return prints.answer(conference, asked, account, is_shown=True)
        paper = attendance.roll_of(conference, zone, Language(words.language()))
    except attendance.NoRoll:
        flash(_("Điểm danh được sau khi mở điểm cầu."))
        return redirect(url_for("conferences.show", public_id=public_id))
    name = f"diem-danh-{ascii_name(conference.short_title)}.xlsx"
    return send_file(io.BytesIO(roll.as_xlsx(paper)), mimetype=XLSX, as_attachment=True, download_name=name)
