"""The list of conferences and the month's calendar, with what is to do next."""

import calendar
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import accounts, store
from meetings.tables import ConferenceStatus

blueprint = Blueprint("listing", __name__)

_TODO_LENGTH = 6


@blueprint.get("/")
def index() -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in"))
    wanted, month = _wanted(), _month_shown()
    listing = store.list_conferences(account, wanted, _zone())
    coming = store.coming(_TODO_LENGTH * 2, datetime.now(UTC))
    needs = store.needs_of(list({c.id: c for c in [*listing.shown, *coming]}.values()), _today())
    return render_template(
        "office/conferences.html",
        listing=listing,
        wanted=wanted,
        statuses=ConferenceStatus,
        organisers=store.organisers(),
        years=store.years(_zone()),
        needs=needs,
        todo=_todo(coming, needs),
        page_address=_page_address,
        section="conferences",
        **_month(account, month),
    )


@blueprint.get("/month")
def month() -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.full_path))
    shown = _month_shown()
    return render_template(
        "office/month.html", work=store.work_calendar(), section="conferences", **_month(account, shown)
    )


def _wanted() -> store.Wanted:
    given = request.args
    status = given.get("status", "")
    year = given.get("year", type=int)
    return store.Wanted(
        words=given.get("q", "")[:80],
        status=ConferenceStatus(status) if status in list(ConferenceStatus) else None,
        organiser=given.get("organiser", "")[:160],
        year=year if year and 2000 <= year <= 2100 else None,
        page=given.get("page", 1, type=int),
        rehearsals="rehearsals" in given,
    )


def _page_address(page: int) -> str:
    given = {name: value for name, value in request.args.items() if name != "page"}
    return f"{url_for('listing.index')}?{urlencode({**given, 'page': page})}"


def _todo(coming: Any, needs: Any) -> list[Any]:
    """The first open needs of the conferences that come next, with the conference of each."""
    open_needs = [
        (conference, need)
        for conference in coming
        for need in needs.get(conference.id, ())
        if need.kind is not store.NeedKind.MET
    ]
    return open_needs[:_TODO_LENGTH]


def _month(account: Any, month: date) -> dict[str, Any]:
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return {
        "month": month,
        "weeks": weeks,
        "days": store.days_with_conferences(account, weeks[0][0], weeks[-1][-1], _zone()),
        "today": _today().day,
    }


def _month_shown() -> date:
    try:
        month = datetime.strptime(request.args.get("month", ""), "%Y-%m").date()
    except ValueError:
        month = datetime.now(_zone()).date()
    return month.replace(year=min(max(month.year, 2000), 2100), day=1)


def _today() -> store.Today:
    return store.Today(datetime.now(_zone()).date(), _zone(), store.work_calendar())


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)
