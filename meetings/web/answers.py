"""What the points have answered, by when they may, and reminding the others."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, reminders, store
from meetings.store import answers
from meetings.tables import Conference, writing

blueprint = Blueprint("answers", __name__)


@blueprint.route("/c/<public_id>/answers", methods=["GET", "POST"])
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    if request.method == "GET":
        conference = store.access_conference(account, public_id)
        return _page(conference, _values(conference), {})
    try:
        draft = answers.read_terms(request.form, _zone())
        with writing():
            answers.set_terms(store.access_structure(account, public_id), draft)
    except store.Invalid as error:
        return _page(store.access_structure(account, public_id), request.form, error.errors), 422
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


def _values(conference: Conference) -> dict[str, Any]:
    terms = answers.terms_of(conference)
    until = terms.until.astimezone(_zone()) if terms.until else None
    return {
        "day": f"{until:%d/%m/%Y}" if until else "",
        "hour": f"{until:%H:%M}" if until else "",
        "contact_name": terms.contact_name,
        "contact_phone": terms.contact_phone,
    }


def _page(conference: Conference, values: Any, errors: dict[str, str]) -> str:
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
        section="conferences",
        tab="sites",
    )
