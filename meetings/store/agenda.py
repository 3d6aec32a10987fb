"""The agenda of a conference: items and sub-items in one order, each planned to begin when the one before it ends.

The order is told as `Order`: ids with their depth. Whoever changes it names the version it was seen in; a stale one is
refused (`StaleOrder`) and both are shown.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from meetings.store.forms import Invalid, Reader, as_fields
from meetings.store.versions import count_save, remove
from meetings.tables import AgendaItem, Conference, Delegate, ItemKind, Person, Site, db, searchable

LONGEST_SCRIPT = 20_000
LONGEST_PRESENTER = 160

Order = tuple[tuple[int, int], ...]
"""(item id, depth) of the whole agenda: depth 0 an item, 1 a sub-item of the nearest item above."""


class StaleOrder(Exception):
    """The agenda's order was changed by somebody else meanwhile: `wanted` is not what was done."""

    def __init__(self, wanted: Order) -> None:
        self.wanted = wanted


@dataclass(frozen=True)
class ItemDraft:
    """`presenters` are the lines of who presents: a delegate's label, or free words."""

    title: str
    kind: ItemKind
    planned_minutes: int
    presenters: list[str] = field(default_factory=list)
    speech_limit_seconds: int | None = None
    topics: list[str] = field(default_factory=list)
    script_say: str = ""
    script_do: str = ""
    private_note: str = ""


def read_item(form: Mapping[str, str]) -> ItemDraft:
    reader = Reader(form)
    limit_minutes = reader.number_or_none("limit_minutes", 1, 60)
    draft = ItemDraft(
        title=reader.text("title", 250),
        kind=reader.word("kind", ItemKind),
        presenters=reader.lines("presenters", 400),
        planned_minutes=reader.number("planned_minutes", 0, 600),
        speech_limit_seconds=limit_minutes * 60 if limit_minutes else None,
        topics=reader.lines("topics", 250),
        script_say=reader.long_text("script_say", LONGEST_SCRIPT),
        script_do=reader.long_text("script_do", LONGEST_SCRIPT),
        private_note=reader.long_text("private_note", LONGEST_SCRIPT),
    )
    reader.finish()
    return draft


# --- who presents ---


def label_of(delegate: Delegate) -> str:
    """A delegate in one line, as it is chosen from a list: name, title, body, site."""
    return _label(delegate.person.full_name, delegate.title, delegate.body, delegate.site.short_name)


def _label(full_name: str | None, title: str, body: str, site: str) -> str:
    told = [full_name, title, body if body not in title else None]
    return f"{', '.join(word for word in told if word)} ({site})"


def labels_like(conference: Conference, words: str, count: int = 20) -> list[str]:
    """Labels of delegates in whose name, title, body or site all `words` are found; those of the hall first."""
    return [label for _id, label in _like(_labelled(conference), words)][:count]


def delegate_labelled(conference: Conference, label: str) -> Delegate | None:
    """The delegate of exactly this label, or the only one in whose label all its words are found."""
    labelled = _labelled(conference)
    found = [one for one in labelled if one[1] == label][:1] or _like(labelled, label)
    return db.session.get(Delegate, found[0][0]) if label and len(found) == 1 else None


def _like(labelled: Sequence[tuple[int, str]], words: str) -> list[tuple[int, str]]:
    wanted = searchable(words).split()
    return [one for one in labelled if all(word in searchable(one[1]) for word in wanted)]


def _labelled(conference: Conference) -> list[tuple[int, str]]:
    """Every delegate's id and label: columns only, a conference may have thousands."""
    rows = db.session.execute(
        sa.select(Delegate.id, Person.full_name, Delegate.title, Delegate.body, Site.short_name)
        .join(Site, Delegate.site_id == Site.id)
        .join(Person, Delegate.person_id == Person.id)
        .where(Delegate.conference_id == conference.id)
        .order_by(Site.position, Delegate.precedence, Delegate.id)
    )
    return [(one, _label(name, title, body, site)) for one, name, title, body, site in rows]


def presenter_words(item: AgendaItem) -> str:
    """Who presents, as it is shown: names or titles of the delegates, then the free words."""
    told = [d.person.full_name or d.title for d in item.presenters]
    return ", ".join([*told, *([item.presenter] if item.presenter else [])])


def presenter_lines(item: AgendaItem) -> list[str]:
    """Who presents, as it is written in the form."""
    return [*(label_of(d) for d in item.presenters), *([item.presenter] if item.presenter else [])]


def _read_presenters(conference: Conference, lines: Iterable[str]) -> tuple[str, list[Delegate]]:
    """The free words and the delegates among the lines."""
    wanted = list(lines)
    by_label = {label: one for one, label in reversed(_labelled(conference))} if wanted else {}
    chosen = list(dict.fromkeys(by_label[line] for line in wanted if line in by_label))
    words = ", ".join(line for line in wanted if line not in by_label)
    if len(words) > LONGEST_PRESENTER:
        message = _("Tối đa %(count)d ký tự; đang có %(given)d.", count=LONGEST_PRESENTER, given=len(words))
        raise Invalid({"presenters": message})
    return words, [db.session.get_one(Delegate, delegate_id) for delegate_id in chosen]


# --- items ---


def items_of(conference: Conference) -> Sequence[AgendaItem]:
    """The agenda in order, with who presents and the speeches assigned beforehand."""
    delegates = selectinload(AgendaItem.presenters)
    return db.session.scalars(
        sa.select(AgendaItem)
        .where(AgendaItem.conference_id == conference.id)
        .options(delegates.selectinload(Delegate.person), delegates.selectinload(Delegate.site))
        .options(selectinload(AgendaItem.speeches))
        .order_by(AgendaItem.number)
    ).all()


def labels(items: Iterable[AgendaItem]) -> dict[int, str]:
    """What each item is called: 4, and its sub-items 4.1, 4.2."""
    named: dict[int, str] = {}
    top = below = 0
    for item in items:
        if item.parent_id is None:
            top, below = top + 1, 0
            named[item.id] = str(top)
        else:
            below += 1
            named[item.id] = f"{top}.{below}"
    return named


def add_item(conference: Conference, draft: ItemDraft, parent: AgendaItem | None = None, by: str = "") -> AgendaItem:
    """A new last item, or the last sub-item of `parent`."""
    items = list(conference.items)
    item = AgendaItem(
        number=len(items) + 1,
        planned_at=_agenda_end(items, conference),
        parent_id=parent.id if parent else None,
        saved_by=by,
        **_written(conference, draft),
    )
    conference.items.append(item)
    db.session.flush()
    if parent is not None:
        at = max(items.index(other) for other in items if parent.id in (other.id, other.parent_id))
        items.insert(at + 1, item)
        _lay_out(items, items[0].planned_at)
    conference.agenda_version += 1
    return item


def change_item(item: AgendaItem, draft: ItemDraft, seen_version: int, by: str = "") -> None:
    """Raises `Overwritten` when somebody has saved the item since it was seen."""
    count_save(item, seen_version, by)
    for name, value in _written(item.conference, draft).items():
        setattr(item, name, value)
    items = list(item.conference.items)
    _lay_out(items, items[0].planned_at)


def _written(conference: Conference, draft: ItemDraft) -> dict[str, Any]:
    words, delegates = _read_presenters(conference, draft.presenters)
    return {**vars(draft), "presenter": words, "presenters": delegates}


def remove_item(item: AgendaItem, by: str) -> None:
    """Its sub-items become items."""
    conference = item.conference
    items = list(conference.items)
    start = items[0].planned_at
    rest = [other for other in items if other is not item]
    for other in rest:
        if other.parent_id == item.id:
            other.parent_id = None
    db.session.flush()
    remove(item, by)
    _lay_out(rest, start)
    conference.agenda_version += 1


# --- the order ---


def order_of(items: Iterable[AgendaItem]) -> Order:
    return tuple((item.id, 0 if item.parent_id is None else 1) for item in items)


def order_text(order: Order) -> str:
    return " ".join(f"{item_id}:{depth}" for item_id, depth in order)


def read_order(text: str) -> Order:
    """The order in a form: `12:0 13:1 14:0`. Raises `Invalid`."""
    if not re.fullmatch(r"([0-9]{1,12}:[01]( |$))*", text):
        raise Invalid({"order": _("Thứ tự gửi lên không đọc được. Hãy tải lại trang.")})
    pairs = (pair.split(":") for pair in text.split())
    return tuple((int(item_id), int(depth)) for item_id, depth in pairs)


def reorder(conference: Conference, wanted: Order, seen_version: int) -> None:
    """Put the whole agenda in this order; it still begins when it began. Raises `StaleOrder` or `Invalid`."""
    items = {item.id: item for item in conference.items}
    if conference.agenda_version != seen_version:
        raise StaleOrder(wanted)
    if sorted(items) != sorted(item_id for item_id, _depth in wanted) or (wanted and wanted[0][1] != 0):
        raise Invalid({"order": _("Thứ tự gửi lên thiếu hoặc thừa mục. Hãy tải lại trang.")})
    start = min(item.planned_at for item in items.values()) if items else conference.opens_at
    parent_id: int | None = None
    for item_id, depth in wanted:
        items[item_id].parent_id = parent_id if depth else None
        parent_id = parent_id if depth else item_id
    _lay_out([items[item_id] for item_id, _depth in wanted], start)
    conference.agenda_version += 1


def moved(order: Order, item_id: int, direction: str) -> Order:
    """`order` with one item moved `up` or `down` among its like, `in` under the item above, or `out` of it."""
    blocks = _blocks(order)
    at = next((i for i, block in enumerate(blocks) if item_id in dict(block)), None)
    if at is None:
        return order
    block = blocks[at]
    place = [one for one, _depth in block].index(item_id)
    step = {"up": -1, "down": 1}.get(direction, 0)
    if step and place == 0 and 0 <= at + step < len(blocks):
        blocks[at], blocks[at + step] = blocks[at + step], blocks[at]
    elif step and place and 1 <= place + step < len(block):
        block[place], block[place + step] = block[place + step], block[place]
    elif direction == "in" and place == 0 and at > 0:
        blocks[at - 1 : at + 1] = [[*blocks[at - 1], *((one, 1) for one, _depth in block)]]
    elif direction == "out" and place:
        del block[place]
        blocks.insert(at + 1, [(item_id, 0)])
    return tuple(entry for one in blocks for entry in one)


def _blocks(order: Order) -> list[list[tuple[int, int]]]:
    """Each item with its sub-items."""
    blocks: list[list[tuple[int, int]]] = []
    for entry in order:
        if entry[1] == 0 or not blocks:
            blocks.append([(entry[0], 0)])
        else:
            blocks[-1].append(entry)
    return blocks


def start_agenda(conference: Conference, start: timedelta, zone: ZoneInfo) -> None:
    """Begin the agenda at this time of the day of the conference."""
    day = conference.opens_at.astimezone(zone).date()
    _lay_out(conference.items, datetime(day.year, day.month, day.day, tzinfo=zone) + start)


def shift_agenda(conference: Conference, by: timedelta) -> None:
    for item in conference.items:
        item.planned_at += by


def agenda_end(items: Sequence[AgendaItem]) -> datetime | None:
    return items[-1].planned_at + timedelta(minutes=items[-1].planned_minutes) if items else None


def _agenda_end(items: Sequence[AgendaItem], conference: Conference) -> datetime:
    return agenda_end(items) or conference.opens_at


def _lay_out(items: Sequence[AgendaItem], start: datetime | None = None) -> None:
    """Number the items and plan each to begin when the one before it ends."""
    at = start or (items[0].planned_at if items else datetime.now(UTC))
    for number, item in enumerate(items, start=1):
        item.number, item.planned_at = number, at
        at += timedelta(minutes=item.planned_minutes)


def item_values(item: AgendaItem) -> dict[str, str]:
    """The item as its form shows it."""
    limit = item.speech_limit_seconds
    same = ("title", "kind", "planned_minutes", "topics", "script_say", "script_do", "private_note")
    return as_fields(
        {
            **{name: getattr(item, name) for name in same},
            "presenters": presenter_lines(item),
            "limit_minutes": limit // 60 if limit else None,
        }
    )
