"""Conferences as they are listed: looked for, filtered, grouped by what they are now, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from meetings.store.access import Right, require
from meetings.tables import (
    Conference,
    ConferenceStatus,
    JournalEvent,
    Site,
    SiteKind,
    StaffAccount,
    db,
    searchable,
)

ENDED = (ConferenceStatus.ADJOURNED, ConferenceStatus.CANCELLED)
LIVE = (ConferenceStatus.CONVENED, ConferenceStatus.SUSPENDED)
PAGE_LENGTH = 20

_LIVE, _UPCOMING, _ENDED = range(3)
_ARE_DOORS_OPEN = sa.select(JournalEvent.seq).where(JournalEvent.conference_id == Conference.id).exists()
_GROUP = sa.case(
    (Conference.status.in_(ENDED), _ENDED),
    (Conference.status.in_(LIVE) | _ARE_DOORS_OPEN, _LIVE),
    else_=_UPCOMING,
)


@dataclass(frozen=True)
class Wanted:
    """What the list is asked for. `year` is of the opening, in the zone of the office. Rehearsals are a list of their own."""

    words: str = ""
    status: ConferenceStatus | None = None
    organiser: str = ""
    year: int | None = None
    page: int = 1
    rehearsals: bool = False

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.status or self.organiser or self.year or self.rehearsals)


@dataclass(frozen=True)
class Listing:
    """One page: what is live, what comes (soonest first), what was (latest first); and how many there are in all."""

    live: Sequence[Conference]
    upcoming: Sequence[Conference]
    ended: Sequence[Conference]
    live_count: int
    upcoming_count: int
    ended_count: int
    page: int
    pages: int
    site_counts: Mapping[int, int]

    @property
    def shown(self) -> Sequence[Conference]:
        return [*self.live, *self.upcoming, *self.ended]


def list_conferences(account: StaffAccount | None, wanted: Wanted, zone: ZoneInfo) -> Listing:
    require(account, Right.VIEW)
    conditions = _conditions(wanted, zone)
    counted = sa.select(_GROUP, sa.func.count()).where(*conditions).group_by(_GROUP)
    counts = {group: count for group, count in db.session.execute(counted)}
    pages = max(1, -(-sum(counts.values()) // PAGE_LENGTH))
    page = min(max(1, wanted.page), pages)
    rows = db.session.execute(
        sa.select(Conference, _GROUP)
        .where(*conditions)
        .options(selectinload(Conference.rehearsal_of))
        .order_by(
            _GROUP,
            sa.case((_GROUP == _ENDED, None), else_=Conference.opens_at),
            Conference.opens_at.desc(),
            Conference.id,
        )
        .limit(PAGE_LENGTH)
        .offset((page - 1) * PAGE_LENGTH)
    ).all()
    groups: list[list[Conference]] = [[], [], []]
    for conference, group in rows:
        groups[group].append(conference)
    return Listing(
        live=groups[_LIVE],
        upcoming=groups[_UPCOMING],
        ended=groups[_ENDED],
        live_count=counts.get(_LIVE, 0),
        upcoming_count=counts.get(_UPCOMING, 0),
        ended_count=counts.get(_ENDED, 0),
        page=page,
        pages=pages,
        site_counts=site_counts([conference.id for conference, _group in rows]),
    )


def _conditions(wanted: Wanted, zone: ZoneInfo) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        Conference.is_rehearsal == wanted.rehearsals,
        *(Conference.search_text.contains(word, autoescape=True) for word in searchable(wanted.words).split()),
    ]
    if wanted.status:
        conditions.append(Conference.status == wanted.status)
    if wanted.organiser:
        conditions.append(Conference.organiser == wanted.organiser)
    if wanted.year:
        conditions.append(Conference.opens_at >= datetime(wanted.year, 1, 1, tzinfo=zone))
        conditions.append(Conference.opens_at < datetime(wanted.year + 1, 1, 1, tzinfo=zone))
    return conditions


def site_counts(conference_ids: Sequence[int]) -> dict[int, int]:
    """How many points each has beside the hall."""
    counted = (
        sa.select(Site.conference_id, sa.func.count())
        .where(Site.conference_id.in_(conference_ids), Site.kind == SiteKind.SITE)
        .group_by(Site.conference_id)
    )
    return {conference_id: count for conference_id, count in db.session.execute(counted)}


def organisers() -> Sequence[str]:
    return db.session.scalars(sa.select(Conference.organiser).distinct().order_by(Conference.organiser)).all()


def years(zone: ZoneInfo) -> list[int]:
    """The years in which conferences open, latest first."""
    first, last = db.session.execute(
        sa.select(sa.func.min(Conference.opens_at), sa.func.max(Conference.opens_at))
    ).one()
    if first is None:
        return []
    return list(range(last.astimezone(zone).year, first.astimezone(zone).year - 1, -1))


def recent(count: int) -> Sequence[Conference]:
    """The newest conferences, to begin another from."""
    query = sa.select(Conference).where(Conference.status != ConferenceStatus.CANCELLED, ~Conference.is_rehearsal)
    return db.session.scalars(query.order_by(Conference.opens_at.desc()).limit(count)).all()


def coming(count: int, now: datetime) -> Sequence[Conference]:
    """The next ones that are still prepared, soonest first."""
    prepared = (ConferenceStatus.DRAFT, ConferenceStatus.SCHEDULED)
    query = sa.select(Conference).where(
        Conference.status.in_(prepared),
        Conference.opens_at > now - timedelta(hours=12),
        ~_ARE_DOORS_OPEN,
        ~Conference.is_rehearsal,
    )
    return db.session.scalars(query.order_by(Conference.opens_at).limit(count)).all()


@dataclass(frozen=True)
class DayMark:
    """One conference on its day of a calendar; `word` is live, next or done."""

    word: str
    conference: Conference


_WORDS = {_LIVE: "live", _UPCOMING: "next", _ENDED: "done"}


def days_with_conferences(
    account: StaffAccount | None, first: date, last: date, zone: ZoneInfo
) -> dict[date, list[DayMark]]:
    """What there is on each day from `first` to `last`, in the order of the clock."""
    require(account, Right.VIEW)
    since, until = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    rows = db.session.execute(
        sa.select(Conference, _GROUP)
        .where(Conference.opens_at >= since, Conference.opens_at < until, ~Conference.is_rehearsal)
        .order_by(Conference.opens_at, Conference.id)
    )
    days: dict[date, list[DayMark]] = {}
    for conference, group in rows:
        day = conference.opens_at.astimezone(zone).date()
        days.setdefault(day, []).append(DayMark(_WORDS[group], conference))
    return days


def rehearsals_of(conference: Conference) -> Sequence[Conference]:
    """The copies of a conference to practise in, the newest first."""
    query = sa.select(Conference).where(Conference.rehearsal_of_id == conference.id)
    return db.session.scalars(query.order_by(Conference.id.desc())).all()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
