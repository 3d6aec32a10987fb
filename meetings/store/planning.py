"""When conferences are held: working days, series, moving and cancelling."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings.store.agenda import shift_agenda
from meetings.store.forms import Invalid, Reader
from meetings.tables import Conference, ConferenceStatus, DayOff, Rhythm, Series, db
from meetings.working_days import SpecialDay, WorkCalendar

# --- working days ---


def days_off() -> Sequence[DayOff]:
    return db.session.scalars(sa.select(DayOff).order_by(DayOff.is_yearly.desc(), DayOff.day)).all()


def work_calendar() -> WorkCalendar:
    return WorkCalendar(SpecialDay(one.day, one.is_worked, one.is_yearly) for one in days_off())


def add_day_off(form: Mapping[str, str]) -> None:
    reader = Reader(form)
    day, name = reader.day("day"), reader.text("name", 120)
    kind = form.get("kind", "")
    if kind not in ("off", "worked", "yearly"):
        reader.errors["kind"] = _("Hãy chọn trong danh sách.")
    reader.finish()
    db.session.merge(DayOff(day=day, name=name, is_worked=kind == "worked", is_yearly=kind == "yearly"))


def remove_day_off(day: date) -> None:
    db.session.execute(sa.delete(DayOff).where(DayOff.day == day))


# --- series ---

_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.HALF_YEARLY: 6, Rhythm.YEARLY: 12}


def next_day(last: date, rhythm: Rhythm, work: WorkCalendar) -> date:
    """The day proposed for the next of a series: the same day of the month (or week), or the first working day after."""
    if rhythm is Rhythm.WEEKLY:
        return work.on_or_after(last + timedelta(days=7))
    months = last.year * 12 + last.month - 1 + _MONTHS[rhythm]
    year, month = divmod(months, 12)
    last_of_month = calendar.monthrange(year, month + 1)[1]
    return work.on_or_after(date(year, month + 1, min(last.day, last_of_month)))


def start_series(conference: Conference, form: Mapping[str, str]) -> Series:
    reader = Reader(form)
    rhythm = reader.word("rhythm", Rhythm)
    reader.finish()
    series = Series(name=conference.short_title, rhythm=rhythm)
    db.session.add(series)
    db.session.flush()
    conference.series_id = series.id
    return series


def leave_series(conference: Conference) -> None:
    conference.series_id = None


def series_of(conference: Conference) -> tuple[Series, Sequence[Conference]] | None:
    """The series and its conferences, newest first; without those cancelled."""
    series = db.session.get(Series, conference.series_id) if conference.series_id else None
    if series is None:
        return None
    of_series = sa.select(Conference).where(
        Conference.series_id == series.id, Conference.status != ConferenceStatus.CANCELLED
    )
    return series, db.session.scalars(of_series.order_by(Conference.opens_at.desc())).all()


def next_of_series(conference: Conference, zone: ZoneInfo, work: WorkCalendar) -> date | None:
    """The day proposed for the next conference of the series, if it is in one."""
    of_series = series_of(conference)
    if of_series is None or not of_series[1]:
        return None
    series, conferences = of_series
    return next_day(conferences[0].opens_at.astimezone(zone).date(), series.rhythm, work)


# --- move, cancel ---

_MOVABLE = (ConferenceStatus.DRAFT, ConferenceStatus.SCHEDULED)
# A conference that opens in the evening may end after midnight.
_EVENING, _SMALL_HOURS = timedelta(hours=18), timedelta(hours=6)


def read_hours(reader: Reader, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Opening and end from the fields `day`, `opens`, `ends`; only good if the reader has no errors."""
    day = reader.day("day")
    opens, ends = reader.minute("opens"), reader.minute("ends")
    if opens >= _EVENING and ends <= _SMALL_HOURS:
        ends += timedelta(days=1)
    if not {"opens", "ends"} & reader.errors.keys() and ends <= opens:
        reader.errors["ends"] = _("Giờ kết thúc phải sau giờ khai mạc.")
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return midnight + opens, midnight + ends


def move(conference: Conference, form: Mapping[str, str], zone: ZoneInfo) -> None:
    """Another time, with the reason; the agenda follows. Where it was moved from stays known."""
    reader = Reader(form)
    opens_at, ends_at = read_hours(reader, zone)
    reason = reader.text("reason", 250)
    if not reader.errors and opens_at == conference.opens_at and ends_at == conference.ends_at:
        reader.errors["day"] = _("Đây là thời gian đang có. Hãy điền thời gian mới.")
    reader.finish()
    _require_movable(conference)
    conference.moved_from, conference.move_reason = conference.opens_at, reason
    set_hours(conference, opens_at, ends_at)
    conference.version += 1


def set_hours(conference: Conference, opens_at: datetime, ends_at: datetime) -> None:
    shift = opens_at - conference.opens_at
    conference.opens_at, conference.ends_at = opens_at, ends_at
    if shift:
        shift_agenda(conference, shift)


def cancel(conference: Conference, form: Mapping[str, str]) -> None:
    reader = Reader(form)
    reason = reader.text("reason", 250)
    reader.finish()
    _require_movable(conference)
    conference.status, conference.cancel_reason = ConferenceStatus.CANCELLED, reason


def _require_movable(conference: Conference) -> None:
    if conference.status not in _MOVABLE:
        raise Invalid({"reason": _("Hội nghị này không còn dời hay hủy được.")})
