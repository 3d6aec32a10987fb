"""Rows for those who may have them, and the changes that prepare a conference.

Objects come from `access_*` only: they raise `NotFound` or `Forbidden`. A form becomes a *draft* (`read_*`),
which is checked as a whole and raises `Invalid` with a message per field; the change functions take drafts
and are called inside `writing()`. From the first journal event on, the structure is frozen.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings.tables import (
    AgendaItem,
    Conference,
    ConferenceStatus,
    Delegate,
    DelegateRole,
    ItemKind,
    JournalEvent,
    LinkKind,
    Person,
    Role,
    Site,
    SiteKind,
    SiteLink,
    StaffAccount,
    Unit,
    db,
)

T = TypeVar("T", Site, AgendaItem, Delegate, SiteLink)
E = TypeVar("E", bound=StrEnum)


class NotFound(Exception):
    """There is no such thing, or not where it was looked for."""


class Forbidden(Exception):
    """This account may not do that."""


class Frozen(Exception):
    """The doors are open: names and order are in the journal and the register now."""


class Invalid(Exception):
    """A draft that cannot be kept: a message for each field, in the words of who filled it in."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)


class Right(StrEnum):
    VIEW = "view"
    EDIT = "edit"


_RIGHTS = {
    Role.ADMIN: {Right.VIEW, Right.EDIT},
    Role.SECRETARY: {Right.VIEW, Right.EDIT},
    Role.CHAIR: {Right.VIEW},
    Role.VIEWER: {Right.VIEW},
}


def may(account: StaffAccount | None, right: Right) -> bool:
    return account is not None and right in _RIGHTS[account.role]


def require(account: StaffAccount | None, right: Right) -> StaffAccount:
    if account is None or not may(account, right):
        raise Forbidden
    return account


def access_conference(account: StaffAccount | None, public_id: str, right: Right = Right.VIEW) -> Conference:
    require(account, right)
    conference = db.session.scalar(sa.select(Conference).where(Conference.public_id == public_id))
    if conference is None:
        raise NotFound
    return conference


def access_structure(account: StaffAccount | None, public_id: str) -> Conference:
    """The conference, to change what it is made of: raises `Frozen` once the doors are open."""
    conference = access_conference(account, public_id, Right.EDIT)
    if is_frozen(conference):
        raise Frozen
    return conference


def access_site(conference: Conference, site_id: int) -> Site:
    return _part(db.session.get(Site, site_id), conference)


def access_item(conference: Conference, item_id: int) -> AgendaItem:
    return _part(db.session.get(AgendaItem, item_id), conference)


def access_delegate(conference: Conference, delegate_id: int) -> Delegate:
    return _part(db.session.get(Delegate, delegate_id), conference)


def access_link(conference: Conference, link_id: int) -> SiteLink:
    return _part(db.session.get(SiteLink, link_id), conference)


def _part(part: T | None, conference: Conference) -> T:
    if part is None or part.conference_id != conference.id:
        raise NotFound
    return part


def is_frozen(conference: Conference) -> bool:
    """Whether the doors have been opened."""
    return frozen_among([conference]) == {conference.id}


def frozen_among(conferences: Iterable[Conference]) -> set[int]:
    ids = [conference.id for conference in conferences]
    found = sa.select(JournalEvent.conference_id).where(JournalEvent.conference_id.in_(ids)).distinct()
    return set(db.session.scalars(found))


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


class Reader:
    """Reads the fields of one form, gathering what is wrong with them."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def text(self, name: str, longest: int, *, is_required: bool = True) -> str:
        value = " ".join(self._form.get(name, "").split())
        if is_required and not value:
            self.errors[name] = _("Hãy điền ô này.")
        elif len(value) > longest:
            self.errors[name] = _("Tối đa %(count)d ký tự.", count=longest)
        return value

    def number(self, name: str, low: int, high: int) -> int:
        value = self._form.get(name, "").strip()
        if not re.fullmatch(r"[0-9]{1,6}", value) or not low <= int(value) <= high:
            self.errors[name] = _("Hãy điền một số từ %(low)d đến %(high)d.", low=low, high=high)
            return low
        return int(value)

    def number_or_none(self, name: str, low: int, high: int) -> int | None:
        return self.number(name, low, high) if self._form.get(name, "").strip() else None

    def word(self, name: str, kind: type[E]) -> E:
        try:
            return kind(self._form.get(name, ""))
        except ValueError:
            self.errors[name] = _("Hãy chọn trong danh sách.")
            return next(iter(kind))

    def day(self, name: str) -> date:
        try:
            return datetime.strptime(self._form.get(name, "").strip(), "%d/%m/%Y").date()
        except ValueError:
            self.errors[name] = _("Hãy điền ngày như 16/07/2020.")
            return date.min

    def minute(self, name: str) -> timedelta:
        """The time of day, as the time since midnight."""
        match = re.fullmatch(r"([01]?\d|2[0-3])[:hg.]([0-5]\d)", self._form.get(name, "").strip())
        if match is None:
            self.errors[name] = _("Hãy điền giờ như 08:00.")
            return timedelta()
        return timedelta(hours=int(match[1]), minutes=int(match[2]))

    def lines(self, name: str, longest: int) -> list[str]:
        lines = [" ".join(line.split()) for line in self._form.get(name, "").splitlines()]
        if any(len(line) > longest for line in lines):
            self.errors[name] = _("Mỗi dòng tối đa %(count)d ký tự.", count=longest)
        return [line for line in lines if line]

    def finish(self) -> None:
        if self.errors:
            raise Invalid(self.errors)


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


@dataclass(frozen=True)
class ItemDraft:
    title: str
    kind: ItemKind
    presenter: str
    planned_minutes: int
    speech_limit_seconds: int | None
    topics: list[str]


def read_item(form: Mapping[str, str]) -> ItemDraft:
    reader = Reader(form)
    limit_minutes = reader.number_or_none("limit_minutes", 1, 60)
    draft = ItemDraft(
        title=reader.text("title", 250),
        kind=reader.word("kind", ItemKind),
        presenter=reader.text("presenter", 160, is_required=False),
        planned_minutes=reader.number("planned_minutes", 1, 600),
        speech_limit_seconds=limit_minutes * 60 if limit_minutes else None,
        topics=reader.lines("topics", 250),
    )
    reader.finish()
    return draft


def add_item(conference: Conference, draft: ItemDraft) -> AgendaItem:
    item = AgendaItem(**vars(draft), number=len(conference.items) + 1, planned_at=_agenda_end(conference))
    conference.items.append(item)
    return item


def change_item(item: AgendaItem, draft: ItemDraft) -> None:
    for name, value in vars(draft).items():
        setattr(item, name, value)
    _lay_out(item.conference.items)


def remove_item(item: AgendaItem) -> None:
    conference = item.conference
    start = conference.items[0].planned_at
    rest = [other for other in conference.items if other is not item]
    db.session.delete(item)
    _lay_out(rest, start)


def move_item(item: AgendaItem, places: int) -> None:
    """Move an item up (negative) or down; the agenda still begins when it began."""
    items = list(item.conference.items)
    start, at = items[0].planned_at, items.index(item)
    items.insert(max(0, at + places), items.pop(at))
    _lay_out(items, start)


def start_agenda(conference: Conference, start: timedelta, zone: ZoneInfo) -> None:
    """Begin the agenda at this time of the day of the conference."""
    day = conference.opens_at.astimezone(zone).date()
    _lay_out(conference.items, datetime(day.year, day.month, day.day, tzinfo=zone) + start)


def _agenda_end(conference: Conference) -> datetime:
    if not conference.items:
        return conference.opens_at
    last = conference.items[-1]
    return last.planned_at + timedelta(minutes=last.planned_minutes)


def _lay_out(items: Sequence[AgendaItem], start: datetime | None = None) -> None:
    """Number the items and plan each to begin when the one before it ends."""
    at = start or (items[0].planned_at if items else datetime.now(UTC))
    for number, item in enumerate(items, start=1):
        item.number, item.planned_at = number, at
        at += timedelta(minutes=item.planned_minutes)


@dataclass(frozen=True)
class SiteDraft:
    name: str
    short_name: str
    label: str
    contact_name: str
    contact_phone: str | None
    expected_count: int | None
    map_column: int | None
    map_row: int | None


def read_site(form: Mapping[str, str]) -> SiteDraft:
    reader = Reader(form)
    name, short_name = reader.text("name", 120), reader.text("short_name", 60)
    draft = SiteDraft(
        name=name,
        short_name=short_name,
        label=reader.text("label", 60, is_required=False) or short_name,
        contact_name=reader.text("contact_name", 120, is_required=False),
        contact_phone=reader.text("contact_phone", 40, is_required=False) or None,
        expected_count=reader.number_or_none("expected_count", 0, 100_000),
        map_column=reader.number_or_none("map_column", 1, 40),
        map_row=reader.number_or_none("map_row", 1, 40),
    )
    reader.finish()
    return draft


def add_site(
    conference: Conference, draft: SiteDraft, kind: SiteKind = SiteKind.SITE, unit: Unit | None = None
) -> Site:
    """A new last site, with its link; a hall gets one for its station and one for its screen."""
    site = Site(**vars(draft), kind=kind, unit=unit, position=len(conference.sites))
    conference.sites.append(site)
    db.session.flush()
    if kind is SiteKind.HALL:
        db.session.add(SiteLink(conference_id=conference.id, site_id=site.id, kind=LinkKind.HALL_STATION))
        db.session.add(SiteLink(conference_id=conference.id, site_id=None, kind=LinkKind.HALL_SCREEN))
    else:
        db.session.add(SiteLink(conference_id=conference.id, site_id=site.id, kind=LinkKind.SITE))
    return site


def change_site(site: Site, draft: SiteDraft) -> None:
    for name, value in vars(draft).items():
        setattr(site, name, value)


def remove_site(site: Site) -> None:
    """Its delegates and its link go with it. The hall stays."""
    if site.kind is SiteKind.HALL:
        raise Invalid({"site": _("Không bỏ được hội trường.")})
    rest = [other for other in site.conference.sites if other is not site]
    db.session.delete(site)
    for position, other in enumerate(rest):
        other.position = position


def move_site(site: Site, places: int) -> None:
    """Move a site in the order of protocol; the hall stays first."""
    sites = list(site.conference.sites)
    at = sites.index(site)
    if site.kind is SiteKind.HALL:
        raise Invalid({"site": _("Hội trường đứng đầu danh sách.")})
    sites.insert(max(1, at + places), sites.pop(at))
    for position, other in enumerate(sites):
        other.position = position


def units_to_add(conference: Conference, zone: ZoneInfo) -> Sequence[Unit]:
    """Units of that day that lie below another and are not a site of the conference yet."""
    day = conference.opens_at.astimezone(zone).date()
    taken = [site.unit_id for site in conference.sites if site.unit_id]
    return db.session.scalars(
        sa.select(Unit)
        .where(
            Unit.parent_id.is_not(None),
            Unit.id.not_in(taken),
            sa.or_(Unit.valid_from.is_(None), Unit.valid_from <= day),
            sa.or_(Unit.valid_until.is_(None), Unit.valid_until >= day),
        )
        .order_by(Unit.id)
    ).all()


def add_units(conference: Conference, unit_ids: Iterable[int], zone: ZoneInfo) -> int:
    """A site for each of these units; returns how many were added."""
    wanted = set(unit_ids)
    chosen = [unit for unit in units_to_add(conference, zone) if unit.id in wanted]
    for unit in chosen:
        add_site(conference, site_of_unit(unit), unit=unit)
    return len(chosen)


def site_of_unit(unit: Unit, contact_name: str = "", expected_count: int | None = None) -> SiteDraft:
    return SiteDraft(
        name=unit.name,
        short_name=unit.short_name,
        label=_short_kind(unit),
        contact_name=contact_name,
        contact_phone=None,
        expected_count=expected_count,
        map_column=unit.map_column,
        map_row=unit.map_row,
    )


def _short_kind(unit: Unit) -> str:
    prefix = {"Thành phố": "TP ", "Thị xã": "TX "}.get(unit.kind, "")
    return prefix + unit.short_name


@dataclass(frozen=True)
class DelegateDraft:
    full_name: str | None
    title: str
    body: str
    role: DelegateRole
    precedence: int


def read_delegate(form: Mapping[str, str]) -> DelegateDraft:
    reader = Reader(form)
    draft = DelegateDraft(
        full_name=reader.text("full_name", 120, is_required=False) or None,
        title=reader.text("title", 160),
        body=reader.text("body", 160, is_required=False),
        role=reader.word("role", DelegateRole),
        precedence=reader.number("precedence", 1, 9999),
    )
    reader.finish()
    return draft


def add_delegate(site: Site, draft: DelegateDraft) -> Delegate:
    delegate = Delegate(
        conference_id=site.conference_id,
        site=site,
        person=Person(full_name=draft.full_name, title=draft.title, body=draft.body),
        **_shown(draft),
    )
    db.session.add(delegate)
    return delegate


def change_delegate(delegate: Delegate, draft: DelegateDraft) -> None:
    delegate.person.full_name = draft.full_name
    for name, value in _shown(draft).items():
        setattr(delegate, name, value)


def remove_delegate(delegate: Delegate) -> None:
    db.session.delete(delegate)


def _shown(draft: DelegateDraft) -> dict[str, Any]:
    return {name: value for name, value in vars(draft).items() if name != "full_name"}


def delegates_of(site: Site) -> Sequence[Delegate]:
    return db.session.scalars(
        sa.select(Delegate).where(Delegate.site_id == site.id).order_by(Delegate.precedence, Delegate.id)
    ).all()


def delegate_counts(conference: Conference) -> dict[int, int]:
    """How many delegates are named at each site."""
    counted = (
        sa.select(Delegate.site_id, sa.func.count())
        .where(Delegate.conference_id == conference.id)
        .group_by(Delegate.site_id)
    )
    return {site_id: count for site_id, count in db.session.execute(counted)}


_LINK_ORDER = (LinkKind.HALL_STATION, LinkKind.HALL_SCREEN, LinkKind.SITE)


def links_of(conference: Conference) -> Sequence[SiteLink]:
    """The links that open something now: the hall's first, then the sites' in order."""
    return db.session.scalars(
        sa.select(SiteLink)
        .outerjoin(Site, SiteLink.site_id == Site.id)
        .where(SiteLink.conference_id == conference.id, SiteLink.revoked_at.is_(None))
        .order_by(sa.case({kind: rank for rank, kind in enumerate(_LINK_ORDER)}, value=SiteLink.kind), Site.position)
    ).all()
