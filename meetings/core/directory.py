"""The names a conference is shown with: read from the register frozen at the opening, never from the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from .setup import EntrySettings, grouped
from .vocabulary import AccountId, DelegateId, ItemId, SiteId


@dataclass(frozen=True)
class NamedSite:
    id: SiteId
    kind: str
    name: str
    short_name: str
    label: str
    map_column: int | None
    map_row: int | None
    expected: int | None


@dataclass(frozen=True)
class NamedDelegate:
    """`name` is the person's, None where only the role title is known."""

    id: DelegateId
    site_id: SiteId
    name: str | None
    title: str
    body: str


@dataclass(frozen=True)
class Script:
    """What the desk goes by at an item: to be said, to be done, the moderator's own note. No site ever sees it (rule 30)."""

    say: str = ""
    do: str = ""
    private_note: str = ""


@dataclass(frozen=True)
class NamedItem:
    """`number` is what the item is called: 4, or 4.1 for a sub-item."""

    id: ItemId
    number: str
    title: str
    kind: str
    presenter: str
    planned_at: datetime
    planned_minutes: int
    topics: tuple[str, ...]
    speech_limit_seconds: int
    script: Script = field(default_factory=Script)


@dataclass(frozen=True)
class Directory:
    """What the tables say of a conference, in protocol order; the state says the rest."""

    public_id: str
    title: str
    short_title: str
    organiser: str
    note: str | None
    is_example: bool
    place: str
    opens_at: datetime
    sites: tuple[NamedSite, ...] = ()
    delegates: tuple[NamedDelegate, ...] = ()
    items: tuple[NamedItem, ...] = ()
    accounts: dict[AccountId, str] = field(default_factory=dict)
    entry: EntrySettings = field(default_factory=EntrySettings)
    """What will be frozen when the doors open."""

    def delegate(self, delegate_id: DelegateId) -> NamedDelegate | None:
        return self._delegates.get(delegate_id)

    def site(self, site_id: SiteId) -> NamedSite | None:
        return self._sites.get(site_id)

    def delegates_of(self, site_id: SiteId) -> Sequence[NamedDelegate]:
        return self._delegates_of.get(site_id, ())

    def item(self, item_id: ItemId) -> NamedItem | None:
        return next((i for i in self.items if i.id == item_id), None)

    @cached_property
    def _sites(self) -> dict[SiteId, NamedSite]:
        return {s.id: s for s in self.sites}

    @cached_property
    def _delegates(self) -> dict[DelegateId, NamedDelegate]:
        return {d.id: d for d in self.delegates}

    @cached_property
    def _delegates_of(self) -> dict[SiteId, list[NamedDelegate]]:
        return grouped(self.delegates)
