"""The agenda of a conference: each item is planned to begin when the one before it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from meetings.store.forms import Reader
from meetings.tables import (
    AgendaItem,
    Conference,
    ItemKind,
    db,
)


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
