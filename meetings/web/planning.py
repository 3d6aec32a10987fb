"""Moving, cancelling, series, and the days that are not worked."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, store
from meetings.tables import Conference, writing

blueprint = Blueprint("planning", __name__)


@blueprint.route("/c/<public_id>/move", methods=["GET", "POST"])
def move(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.method == "GET":
        return _page("office/move.html", conference, values=_hours(conference), errors={})
    try:
        with writing():
            store.move(store.access_structure(accounts.office_account(), public_id), request.form, _zone())
    except store.Invalid as error:
        return _page("office/move.html", conference, values=request.form, errors=error.errors), 422
    flash(_("Đã dời hội nghị. Giờ các mục trong chương trình đã dời theo."))
    return redirect(url_for("conferences.show", public_id=public_id))


@blueprint.route("/c/<public_id>/cancel", methods=["GET", "POST"])
def cancel(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.method == "GET":
        return _page("office/cancel.html", conference, values={}, errors={})
    try:
        with writing():
            store.cancel(store.access_structure(accounts.office_account(), public_id), request.form)
    except store.Invalid as error:
        return _page("office/cancel.html", conference, values=request.form, errors=error.errors), 422
    flash(_("Đã hủy hội nghị."))
    return redirect(url_for("conferences.show", public_id=public_id))


@blueprint.post("/c/<public_id>/series")
def start_series(public_id: str) -> ResponseReturnValue:
    try:
        with writing():
            account = accounts.office_account()
            store.start_series(store.access_conference(account, public_id, store.Right.EDIT), request.form)
    except store.Invalid as error:
        flash(error.errors["rhythm"])
    return redirect(url_for("conferences.show", public_id=public_id) + "#series")


@blueprint.post("/c/<public_id>/series/leave")
def leave_series(public_id: str) -> ResponseReturnValue:
    with writing():
        store.leave_series(store.access_conference(accounts.office_account(), public_id, store.Right.EDIT))
    flash(_("Hội nghị này không còn trong chuỗi định kỳ."))
    return redirect(url_for("conferences.show", public_id=public_id))


@blueprint.route("/days-off", methods=["GET", "POST"])
def days_off() -> ResponseReturnValue:
    store.require(accounts.office_account(), store.Right.EDIT)
    if request.method == "GET":
        return _days_off({"kind": "off"}, {})
    try:
        with writing():
            store.require(accounts.office_account(), store.Right.EDIT)
            store.add_day_off(request.form)
    except store.Invalid as error:
        return _days_off(request.form, error.errors), 422
    flash(_("Đã lưu ngày."))
    return redirect(url_for("planning.days_off"))


@blueprint.post("/days-off/<day>/remove")
def remove_day_off(day: str) -> ResponseReturnValue:
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise store.NotFound from None
    with writing():
        store.require(accounts.office_account(), store.Right.EDIT)
        store.remove_day_off(wanted)
    flash(_("Đã bỏ ngày."))
    return redirect(url_for("planning.days_off"))


def _days_off(values: Any, errors: dict[str, str]) -> str:
    return render_template(
        "office/days_off.html", days=store.days_off(), values=values, errors=errors, section="conferences"
    )


def _hours(conference: Conference) -> dict[str, str]:
    opens_at, ends_at = conference.opens_at.astimezone(_zone()), conference.ends_at.astimezone(_zone())
    return {"day": f"{opens_at:%d/%m/%Y}", "opens": f"{opens_at:%H:%M}", "ends": f"{ends_at:%H:%M}"}


def _page(template: str, conference: Conference, **given: Any) -> str:
    return render_template(
        template, conference=conference, is_frozen=False, section="conferences", tab="details", **given
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)
