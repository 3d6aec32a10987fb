"""Conferences: list, make, change, schedule, cancel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings.store.access import Right, frozen_among, require
from meetings.store.forms import Invalid, Reader
from meetings.store.sites import SiteDraft, add_site
from meetings.tables import (
    Conference,
    ConferenceStatus,
    SiteKind,
    StaffAccount,
    db,
)


@dataclass(frozen=True)
class Listing:
    live: Sequence[Conference]
    upcoming: Sequence[Conference]
    ended: Sequence[Conference]


ENDED = (ConferenceStatus.ADJOURNED, ConferenceStatus.CANCELLED)


LIVE = (ConferenceStatus.CONVENED, ConferenceStatus.SUSPENDED)


def list_conferences(account: StaffAccount | None, words: str = "", status: ConferenceStatus | None = None) -> Listing:
    """Every conference by what it is now; `words` are looked for in title and organiser."""
    require(account, Right.VIEW)
    query = sa.select(Conference).order_by(Conference.opens_at)
    for word in words.split():
        pattern = f"%{word.replace('%', '').replace('_', '')}%"
        query = query.where(Conference.title.ilike(pattern) | Conference.organiser.ilike(pattern))
    if status:
        query = query.where(Conference.status == status)
    rows = db.session.scalars(query).all()
    open_doors = frozen_among(rows)
    live = [c for c in rows if c.status in LIVE or (c.id in open_doors and c.status not in ENDED)]
    ended = [c for c in reversed(rows) if c.status in ENDED]
    upcoming = [c for c in rows if c not in live and c not in ended]
    return Listing(live, upcoming, ended)


# A conference that opens in the evening may end after midnight.
_EVENING, _SMALL_HOURS = timedelta(hours=18), timedelta(hours=6)


@dataclass(frozen=True)
class ConferenceDraft:
    title: str
    short_title: str
    organiser: str
    kind: str
    place: str
    opens_at: datetime
    ends_at: datetime
    speech_limit_seconds: int


def read_conference(form: Mapping[str, str], zone: ZoneInfo) -> ConferenceDraft:
    reader = Reader(form)
    day = reader.day("day")
    opens, ends = reader.minute("opens"), reader.minute("ends")
    if opens >= _EVENING and ends <= _SMALL_HOURS:
        ends += timedelta(days=1)
    if not reader.errors and ends <= opens:
        reader.errors["ends"] = _("Giờ kết thúc phải sau giờ khai mạc.")
    title = reader.text("title", 300)
    short_title = reader.text("short_title", 70)
    organiser = reader.text("organiser", 160)
    kind = reader.text("kind", 40)
    place = reader.text("place", 160)
    limit_minutes = reader.number("limit_minutes", 1, 60)
    reader.finish()
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return ConferenceDraft(
        title, short_title, organiser, kind, place, midnight + opens, midnight + ends, limit_minutes * 60
    )


def create_conference(draft: ConferenceDraft) -> Conference:
    """A draft conference with its hall, which has its links at once."""
    conference = Conference(**vars(draft), status=ConferenceStatus.DRAFT)
    db.session.add(conference)
    db.session.flush()
    hall = add_site(
        conference,
        SiteDraft(
            name=draft.place[:120],
            short_name=_("Hội trường"),
            label=_("Hội trường"),
            contact_name="",
            contact_phone=None,
            expected_count=None,
            map_column=None,
            map_row=None,
        ),
        SiteKind.HALL,
    )
    conference.presiding_site_id = hall.id
    return conference


def change_conference(conference: Conference, draft: ConferenceDraft) -> None:
    """Times of the agenda move with the opening."""
    shift = draft.opens_at - conference.opens_at
    for name, value in vars(draft).items():
        setattr(conference, name, value)
    if shift:
        for item in conference.items:
            item.planned_at += shift


def schedule(conference: Conference) -> None:
    """Put a draft on the calendar. It needs something to hold: an agenda and a site."""
    if conference.status is not ConferenceStatus.DRAFT:
        raise Invalid({"status": _("Chỉ bản nháp mới lên lịch được.")})
    if not conference.items:
        raise Invalid({"status": _("Chương trình chưa có mục nào.")})
    if len(conference.sites) < 2:
        raise Invalid({"status": _("Chưa có điểm cầu nào ngoài hội trường.")})
    conference.status = ConferenceStatus.SCHEDULED


def cancel(conference: Conference) -> None:
    if conference.status not in (ConferenceStatus.DRAFT, ConferenceStatus.SCHEDULED):
        raise Invalid({"status": _("Hội nghị này không còn hủy được.")})
    conference.status = ConferenceStatus.CANCELLED
