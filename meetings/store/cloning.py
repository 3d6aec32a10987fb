"""A new conference like an earlier one: what was prepared, without what happened.

Each part of a conference copies itself: a function with `@copies` is called with the earlier conference, the new one and
what has been copied so far. Another module (papers, say) adds its own the same way. Links are not copied: sites get fresh ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import timedelta

import sqlalchemy as sa

from meetings.store.agenda import items_of
from meetings.store.entry import entry_draft, save_entry
from meetings.store.floor import floor_of, save_floor
from meetings.store.sites import SiteDraft, add_site
from meetings.tables import AgendaItem, Conference, Delegate, Site, SiteKind, db


@dataclass(frozen=True)
class Copied:
    """From the ids of the earlier conference to the rows of the new one."""

    sites: dict[int, Site] = field(default_factory=dict)
    delegates: dict[int, Delegate] = field(default_factory=dict)
    items: dict[int, AgendaItem] = field(default_factory=dict)


Copier = Callable[[Conference, Conference, Copied], None]
_copiers: list[Copier] = []


def copies(copier: Copier) -> Copier:
    """Takes part in every cloning, after those registered before."""
    _copiers.append(copier)
    return copier


def clone_into(earlier: Conference, new: Conference) -> Copied:
    """Fills a conference that has nothing but its hall yet."""
    copied = Copied()
    for copier in _copiers:
        copier(earlier, new, copied)
        db.session.flush()
    return copied


@copies
def _sites(earlier: Conference, new: Conference, copied: Copied) -> None:
    hall = next(site for site in new.sites if site.kind is SiteKind.HALL)
    for site in earlier.sites:
        draft = SiteDraft(**{one.name: getattr(site, one.name) for one in fields(SiteDraft)})
        if site.kind is SiteKind.HALL:
            for name, value in vars(draft).items():
                if name != "name" or new.place == earlier.place:
                    setattr(hall, name, value)
            copied.sites[site.id] = hall
        else:
            copied.sites[site.id] = add_site(new, draft, site.kind, site.unit)
    presiding = copied.sites.get(earlier.presiding_site_id or 0)
    if presiding is not None:
        new.presiding_site_id = presiding.id


@copies
def _entry(earlier: Conference, new: Conference, copied: Copied) -> None:
    save_entry(new.id, entry_draft(earlier.id), 0, "")


@copies
def _floor(earlier: Conference, new: Conference, copied: Copied) -> None:
    save_floor(new.id, floor_of(earlier.id), 0, "")


@copies
def _delegates(earlier: Conference, new: Conference, copied: Copied) -> None:
    """The persons are the same, in the role they had."""
    rows = db.session.scalars(sa.select(Delegate).where(Delegate.conference_id == earlier.id).order_by(Delegate.id))
    for row in rows.all():
        kept = ("person_id", "title", "body", "precedence", "role")
        delegate = Delegate(
            conference_id=new.id,
            site_id=copied.sites[row.site_id].id,
            **{name: getattr(row, name) for name in kept},
        )
        db.session.add(delegate)
        copied.delegates[row.id] = delegate


@copies
def _agenda(earlier: Conference, new: Conference, copied: Copied) -> None:
    """Items with script and presenters; speeches and private notes were for that day."""
    shift = new.opens_at - earlier.opens_at if earlier.items else timedelta()
    kept = (
        "number",
        "title",
        "kind",
        "presenter",
        "planned_minutes",
        "speech_limit_seconds",
        "script_say",
        "script_do",
    )
    for row in items_of(earlier):
        parent = copied.items.get(row.parent_id or 0)
        item = AgendaItem(
            planned_at=row.planned_at + shift,
            parent_id=parent.id if parent else None,
            topics=list(row.topics),
            **{name: getattr(row, name) for name in kept},
        )
        item.presenters = [copied.delegates[d.id] for d in row.presenters if d.id in copied.delegates]
        new.items.append(item)
        db.session.flush()
        copied.items[row.id] = item
