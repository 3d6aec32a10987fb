"""How the points come in: by themselves or let in by the desk, all at a time, and how many."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, store
from meetings.core.vocabulary import Admission
from meetings.store import entry
from meetings.tables import Conference, writing

blueprint = Blueprint("entry", __name__)

FIELDS = {
    "admission": lazy_gettext("Khi đã mở điểm cầu"),
    "admits_minutes": lazy_gettext("Tự cho tất cả vào, trước khai mạc (phút)"),
    "ceiling": lazy_gettext("Nhiều nhất bao nhiêu điểm cầu"),
}
ADMISSIONS = {
    Admission.AUTOMATIC: lazy_gettext("Ai có liên kết thì vào ngay"),
    Admission.BY_DESK: lazy_gettext("Thư ký cho vào"),
}


@blueprint.route("/c/<public_id>/entry", methods=["GET", "POST"])
def edit(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.method == "GET":
        return _form(conference, _values(conference), {})
    typed = both.typed_values(FIELDS)
    try:
        draft = entry.read_entry(typed)
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            conference = store.access_structure(account, public_id)
            entry.save_entry(conference.id, draft, both.seen_version(), account.display_name)
    except store.Invalid as error:
        return _form(conference, typed, error.errors), 422
    except store.Overwritten:
        return _both(conference)
    flash(_("Đã lưu cách vào hội nghị."))
    return redirect(url_for("sites.show", public_id=public_id))


def _values(conference: Conference) -> dict[str, str]:
    return entry.entry_values(entry.entry_rules_of(conference.id))


def _both(conference: Conference) -> ResponseReturnValue:
    return both.both_shown(
        entry.entry_rules_of(conference.id),
        _("cách vào hội nghị"),
        FIELDS,
        _values(conference),
        url_for("sites.show", public_id=conference.public_id),
        conference,
        {"admission": lambda word: ADMISSIONS[Admission(word)]},
        section="conferences",
        tab="sites",
    )


def _form(conference: Conference, values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "office/entry.html",
        conference=conference,
        is_frozen=False,
        values=values,
        errors=errors,
        fields=FIELDS,
        admissions=ADMISSIONS.items(),
        seen=both.seen(entry.entry_rules_of(conference.id), _values(conference)),
        section="conferences",
        tab="sites",
    )
