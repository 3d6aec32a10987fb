"""How the points come in: by themselves or let in by the desk, all at a time, and how many."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, store
from meetings.store import entry
from meetings.tables import Conference, writing

blueprint = Blueprint("entry", __name__)


@blueprint.route("/c/<public_id>/entry", methods=["GET", "POST"])
def edit(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.method == "GET":
        return _form(conference, vars(entry.entry_draft(conference.id)), {})
    try:
        draft = entry.read_entry(request.form)
        with writing():
            entry.save_entry(store.access_structure(accounts.office_account(), public_id), draft)
    except store.Invalid as error:
        return _form(conference, request.form, error.errors), 422
    flash(_("Đã lưu cách vào hội nghị."))
    return redirect(url_for("sites.show", public_id=public_id))


def _form(conference: Conference, values: Any, errors: dict[str, str]) -> str:
    return render_template(
        "office/entry.html",
        conference=conference,
        is_frozen=False,
        values=values,
        errors=errors,
        section="conferences",
        tab="sites",
    )
