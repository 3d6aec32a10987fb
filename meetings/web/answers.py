"""What the points have answered, by when they may, and reminding the others."""

from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, reminders, store
from meetings.store import answers
from meetings.tables import Conference, writing

blueprint = Blueprint("answers", __name__)

FIELDS = {
    "day": lazy_gettext("Ngày"),
    "hour": lazy_gettext("Giờ"),
    "contact_name": lazy_gettext("Người liên hệ"),
    "contact_phone": lazy_gettext("Điện thoại"),
}


@blueprint.route("/c/<public_id>/answers", methods=["GET", "POST"])
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    if request.method == "GET":
        conference = store.access_conference(account, public_id)
        return _page(conference, _values(conference), {})
    typed = both.typed_values(FIELDS)
    try:
        draft = answers.read_terms(typed, _zone())
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            conference = store.access_structure(account, public_id)
            answers.set_terms(conference, draft, both.seen_version(), account.display_name)
    except store.Invalid as error:
        return _page(store.access_structure(account, public_id), typed, error.errors), 422
    except store.Overwritten:
        return _both(conference)
    flash(_("Đã lưu hạn trả lời."))
    return redirect(url_for("answers.show", public_id=public_id))


@blueprint.post("/c/<public_id>/answers/remind")
def remind(public_id: str) -> ResponseReturnValue:
    with writing():
        conference = store.access_structure(accounts.office_account(), public_id)
        account = store.require(accounts.office_account(), store.Right.EDIT)
        count = reminders.remind_the_others(conference, account)
    flash(_("Đang nhắc %(count)d điểm cầu.", count=count) if count else _("Không còn điểm cầu nào cần nhắc."))
    return redirect(url_for("answers.show", public_id=public_id))


@blueprint.post("/c/<public_id>/answers/take")
def take(public_id: str) -> ResponseReturnValue:
    """A speech that a point has asked for goes into the agenda."""
    try:
        with writing():
            conference = store.access_structure(accounts.office_account(), public_id)
            item = store.access_item(conference, request.form.get("item", 0, type=int))
            asked = store.access_registered(conference, request.form.get("speech", 0, type=int))
            store.take_registered(item, asked)
        flash(_("Đã đưa phát biểu vào chương trình."))
    except store.Invalid as error:
        flash(error.errors["speech"])
    return redirect(url_for("answers.show", public_id=public_id) + "#speeches")


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)


def _values(conference: Conference) -> dict[str, str]:
    return answers.terms_values(answers.terms_of(conference), _zone())


def _both(conference: Conference) -> ResponseReturnValue:
    return both.both_shown(
        answers.terms_of(conference),
        _("hạn trả lời"),
        FIELDS,
        _values(conference),
        url_for("answers.show", public_id=conference.public_id),
        conference,
        section="conferences",
        tab="sites",
    )


def _page(conference: Conference, values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "office/answers.html",
        conference=conference,
        is_frozen=store.is_frozen(conference),
        statuses=answers.point_statuses(conference),
        items=(items := store.items_of(conference)),
        numbers=store.labels(items),
        taken=store.items_taken(conference),
        terms=answers.terms_of(conference),
        values=values,
        errors=errors,
        fields=FIELDS,
        seen=both.seen(answers.terms_of(conference), _values(conference)),
        section="conferences",
        tab="sites",
    )
