"""When conferences are held: the month, series, days that are not worked, and the feed to subscribe to."""

import calendar
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import Field

from meetings import appointments, store
from meetings.api.description import Instant, Part, answers, base, caller, description, new_blueprint, zone
from meetings.tables import Conference, DayOff, Rhythm, StaffAccount, writing

blueprint = new_blueprint("planning", day="day")


class MonthQuery(Part):
    year: int = Field(ge=2000, le=2100)
    month: int = Field(ge=1, le=12)


class DayAnswer(Part):
    """`conference_ids` in the order of the clock; rehearsals are left out."""

    day: date
    is_worked: bool
    conference_ids: list[str]


class Month(Part):
    days: list[DayAnswer]


class SeriesBody(Part):
    rhythm: Rhythm


class SeriesAnswer(SeriesBody):
    """`conference_ids` are the newest first; `next_day` is proposed for the one to come."""

    name: str
    conference_ids: list[str]
    next_day: date | None


class DayOffBody(Part):
    """`off`, `worked` instead of another, or off `yearly`."""

    day: date
    name: str
    kind: Literal["off", "worked", "yearly"] = "off"


class DaysOff(Part):
    days: list[DayOffBody]


class Feed(Part):
    """Whoever has the address reads the calendar: treat it as a password."""

    address: str | None
    read_at: Instant | None


@blueprint.get("/month")
@description.validate(resp=answers(HTTP_200=Month), tags=["planning"])
def read_month(query: MonthQuery) -> Month:
    """Every day of a month, with its conferences."""
    last = calendar.monthrange(query.year, query.month)[1]
    days = [date(query.year, query.month, number) for number in range(1, last + 1)]
    held = store.days_with_conferences(caller(), days[0], days[-1], zone())
    work = store.work_calendar()
    return Month(
        days=[
            DayAnswer(
                day=day,
                is_worked=work.is_worked(day),
                conference_ids=[mark.conference.public_id for mark in held.get(day, ())],
            )
            for day in days
        ]
    )


@blueprint.get("/conferences/<public_id>/series")
@description.validate(resp=answers(HTTP_200=SeriesAnswer), tags=["planning"])
def read_series(public_id: str) -> SeriesAnswer:
    """The series of a conference, and the day proposed for the next."""
    return _series(store.access_conference(caller(), public_id))


@blueprint.put("/conferences/<public_id>/series")
@description.validate(resp=answers(HTTP_200=SeriesAnswer), tags=["planning"])
def start_series(public_id: str, json: SeriesBody) -> SeriesAnswer:
    """This conference comes again: begin a series with it."""
    with writing():
        conference = store.access_conference(caller(), public_id, store.Right.EDIT)
        store.start_series(conference, {"rhythm": json.rhythm})
    return _series(conference)


@blueprint.delete("/conferences/<public_id>/series")
@description.validate(resp=answers(HTTP_204=None), tags=["planning"])
def leave_series(public_id: str) -> tuple[str, int]:
    """The conference is in no series any more; the others stay."""
    with writing():
        store.leave_series(store.access_conference(caller(), public_id, store.Right.EDIT))
    return "", 204


@blueprint.get("/days-off")
@description.validate(resp=answers(HTTP_200=DaysOff), tags=["planning"])
def list_days_off() -> DaysOff:
    """Days unlike their weekday."""
    store.require(caller(), store.Right.EDIT)
    return _days_off()


@blueprint.post("/days-off")
@description.validate(resp=answers(HTTP_201=DaysOff), tags=["planning"])
def add_day_off(json: DayOffBody) -> tuple[DaysOff, int]:
    """One more; a day that is there already is changed."""
    with writing():
        store.require(caller(), store.Right.EDIT)
        store.add_day_off(store.as_fields(json.model_dump()))
    return _days_off(), 201


@blueprint.delete("/days-off/<day>")
@description.validate(resp=answers(HTTP_200=DaysOff), tags=["planning"])
def remove_day_off(day: str) -> DaysOff:
    """It is again as its weekday is."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise store.NotFound from None
    with writing():
        store.require(caller(), store.Right.EDIT)
        store.remove_day_off(wanted)
    return _days_off()


@blueprint.get("/calendar")
@description.validate(resp=answers(HTTP_200=Feed), tags=["planning"])
def read_feed() -> Feed:
    """The address at which a calendar program subscribes to the conferences; none until one is asked for."""
    return _feed(store.require(caller(), store.Right.VIEW))


@blueprint.post("/calendar")
@description.validate(resp=answers(HTTP_201=Feed), tags=["planning"])
def renew_feed() -> tuple[Feed, int]:
    """A new address; the old one ends."""
    with writing():
        account = store.require(caller(), store.Right.VIEW)
        appointments.renew_feed(account, datetime.now(UTC))
    return _feed(account), 201


@blueprint.delete("/calendar")
@description.validate(resp=answers(HTTP_200=Feed), tags=["planning"])
def end_feed() -> Feed:
    """The address ends."""
    with writing():
        account = store.require(caller(), store.Right.VIEW)
        appointments.end_feed(account)
    return _feed(account)


def _series(conference: Conference) -> SeriesAnswer:
    of_series = store.series_of(conference)
    if of_series is None:
        raise store.NotFound
    series, conferences = of_series
    return SeriesAnswer(
        rhythm=series.rhythm,
        name=series.name,
        conference_ids=[one.public_id for one in conferences],
        next_day=store.next_of_series(conference, zone(), store.work_calendar()),
    )


def _days_off() -> DaysOff:
    return DaysOff(days=[DayOffBody(day=one.day, name=one.name, kind=_kind(one)) for one in store.days_off()])


def _kind(day: DayOff) -> Literal["off", "worked", "yearly"]:
    return "worked" if day.is_worked else "yearly" if day.is_yearly else "off"


def _feed(account: StaffAccount) -> Feed:
    path = appointments.feed_path(account)
    return Feed(address=base() + path if path else None, read_at=appointments.feed_read_at(account))
