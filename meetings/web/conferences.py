"""The list of conferences, and what a conference is: title, time, place."""

import calendar
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, store
from meetings.tables import Conference, ConferenceStatus, writing

blueprint = Blueprint("conferences", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in"))
    words, chosen = request.args.get("q", "")[:80], request.args.get("status", "")
    status = ConferenceStatus(chosen) if chosen in list(ConferenceStatus) else None
    listing = store.list_conferences(account, words, status)
    month = _month_shown()
    return render_template(
        "office/conferences.html",
        listing=listing,
        statuses=ConferenceStatus,
        month=month,
        weeks=calendar.Calendar().monthdatescalendar(month.year, month.month),
        marks_of_days=_marks(store.list_conferences(account)),
        section="conferences",
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)


def _month_shown() -> date:
    try:
        return datetime.strptime(request.args.get("month", ""), "%Y-%m").date()
    except ValueError:
        return datetime.now(_zone()).date().replace(day=1)


def _marks(listing: store.Listing) -> dict[date, tuple[str, Conference]]:
    """What the calendar shows on a day; what is live beats what comes, which beats what was."""
    groups = (("done", listing.ended), ("next", listing.upcoming), ("live", listing.live))
    return {
        conference.opens_at.astimezone(_zone()).date(): (word, conference)
        for word, group in groups
        for conference in group
    }


@blueprint.route("/conferences/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    if request.method == "GET":
        values = {"limit_minutes": 5, "day": f"{datetime.now(_zone()):%d/%m/%Y}"}
        return render_template("office/conference_new.html", values=values, errors={}, section="conferences")
    try:
        draft = store.read_conference(request.form, _zone())
    except store.Invalid as error:
        given = {"values": request.form, "errors": error.errors, "section": "conferences"}
        return render_template("office/conference_new.html", **given), 422
    with writing():
        store.require(account, store.Right.EDIT)
        public_id = store.create_conference(draft).public_id
    flash(_("Đã tạo hội nghị. Tiếp theo: lập chương trình và thêm điểm cầu."))
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.route("/c/<public_id>", methods=["GET", "POST"])
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id)
    if request.method == "GET":
        return _details(conference, _values(conference), {})
    try:
        draft = store.read_conference(request.form, _zone())
        with writing():
            store.change_conference(store.access_structure(account, public_id), draft)
    except store.Invalid as error:
        return _details(conference, request.form, error.errors), 422
    flash(_("Đã lưu thông tin."))
    return redirect(url_for("conferences.show", public_id=public_id))


def _details(conference: Conference, values: Any, errors: dict[str, str]) -> str:
    return render_template(
        "office/conference.html",
        conference=conference,
        is_frozen=store.is_frozen(conference),
        values=values,
        errors=errors,
        section="conferences",
        tab="details",
    )


def _values(conference: Conference) -> dict[str, Any]:
    opens_at, ends_at = conference.opens_at.astimezone(_zone()), conference.ends_at.astimezone(_zone())
    return {
        **{name: getattr(conference, name) for name in ("title", "short_title", "organiser", "kind", "place")},
        "day": f"{opens_at:%d/%m/%Y}",
        "opens": f"{opens_at:%H:%M}",
        "ends": f"{ends_at:%H:%M}",
        "limit_minutes": conference.speech_limit_seconds // 60,
    }


@blueprint.post("/c/<public_id>/schedule")
def schedule(public_id: str) -> ResponseReturnValue:
    return _change_status(public_id, store.schedule, _("Đã lên lịch hội nghị."))


@blueprint.post("/c/<public_id>/cancel")
def cancel(public_id: str) -> ResponseReturnValue:
    return _change_status(public_id, store.cancel, _("Đã hủy hội nghị."))


def _change_status(public_id: str, change: Any, done: str) -> ResponseReturnValue:
    account = accounts.office_account()
    try:
        with writing():
            change(store.access_structure(account, public_id))
        flash(done)
    except store.Invalid as error:
        flash(error.errors["status"])
    return redirect(url_for("conferences.show", public_id=public_id))
