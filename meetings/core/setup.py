"""The structure of a conference as it is frozen when the doors open: ids, numbers and rules, never names of persons.

Names live in a table of their own, so that personal data can be erased and the record stays whole. What a chair changes
during the sitting (mode, microphones, limits) is an event and changes the structure in `State.setup` from there on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol, TypeVar

from .vocabulary import Admission, DelegateId, FloorMode, ItemId, OnExceed, QuorumShare, SiteId

OPEN_MICROPHONES = range(1, 5)
"""How many may hold the floor at once (rule 16)."""

CUT_GRACE_SECONDS = range(0, 301)
POINT_OF_ORDER_SECONDS = range(30, 601)
QUOTA_SECONDS = range(60, 10 * 3600 + 1)


class OfSite(Protocol):
    @property
    def site_id(self) -> SiteId: ...


Row = TypeVar("Row", bound=OfSite)


def grouped(rows: Iterable[Row]) -> dict[SiteId, list[Row]]:
    """By site, in the order given."""
    found: dict[SiteId, list[Row]] = {}
    for row in rows:
        found.setdefault(row.site_id, []).append(row)
    return found


@dataclass(frozen=True)
class Quorum:
    """A share of those expected, or with `QuorumShare.COUNT` the number `count`."""

    share: QuorumShare
    count: int = 0

    def needed(self, expected: int) -> int:
        match self.share:
            case QuorumShare.HALF:
                return expected // 2 + 1
            case QuorumShare.TWO_THIRDS:
                return -(-2 * expected // 3)
            case QuorumShare.THREE_QUARTERS:
                return -(-3 * expected // 4)
        return self.count


@dataclass(frozen=True)
class SetupSite:
    """`expected` is the number summoned there, None: as many as are named; `seats` how many the room holds."""

    id: SiteId
    is_hall: bool = False
    expected: int | None = None
    seats: int | None = None


@dataclass(frozen=True)
class SetupDelegate:
    id: DelegateId
    site_id: SiteId


@dataclass(frozen=True)
class SetupSpeech:
    """A speech assigned before the conference: it waits in its item's list from the opening of the doors on."""

    delegate_id: DelegateId
    topic: str = ""
    limit_seconds: int | None = None


@dataclass(frozen=True)
class SetupItem:
    """`presenter_ids` are the delegates who present the item (rule 19); `speeches` are in the agenda's order (rule 5)."""

    id: ItemId
    speech_limit_seconds: int | None = None
    presenter_ids: tuple[DelegateId, ...] = ()
    speeches: tuple[SetupSpeech, ...] = ()


@dataclass(frozen=True)
class OrderCategory:
    """A kind of point of order: the lower the rank, the sooner its turn (rule 5)."""

    id: int
    name: str
    rank: int


@dataclass(frozen=True)
class FloorSettings:
    """How the floor is run. Rules 8, 12, 14, 16, 19, 25; `site_quota_seconds` None: sites have no quota."""

    mode: FloorMode = FloorMode.CHAIR_LED
    open_microphones: int = 1
    on_exceed: OnExceed = OnExceed.WARN
    cut_grace_seconds: int = 15
    point_of_order_seconds: int = 120
    is_clock_stopped_by_order: bool = True
    takes_orders_when_closed: bool = True
    site_quota_seconds: int | None = None
    order_categories: tuple[OrderCategory, ...] = ()


@dataclass(frozen=True)
class EntrySettings:
    """Who comes in when (rules 37, 38, 40). `admits_at`: all who wait then, and whoever comes later. Without the hall."""

    admission: Admission = Admission.AUTOMATIC
    admits_at: datetime | None = None
    ceiling: int | None = None

    @property
    def is_free(self) -> bool:
        """Whoever has a link comes in, whenever it comes."""
        return self.admission is Admission.AUTOMATIC and self.ceiling is None


@dataclass(frozen=True)
class Setup:
    """`presiding_site_id` is where the chair sits (rule 34); `speech_limit_seconds` the conference's limit (rule 14)."""

    presiding_site_id: SiteId
    sites: tuple[SetupSite, ...]
    delegates: tuple[SetupDelegate, ...]
    items: tuple[SetupItem, ...]
    speech_limit_seconds: int = 300
    is_present_only: bool = True
    floor: FloorSettings = FloorSettings()
    entry: EntrySettings = EntrySettings()
    quorum: Quorum | None = None

    def expected_at(self, site: SetupSite) -> int:
        return site.expected if site.expected is not None else len(self.delegates_of(site.id))

    def site(self, site_id: SiteId) -> SetupSite | None:
        return self._sites.get(site_id)

    def delegates_of(self, site_id: SiteId) -> Sequence[SetupDelegate]:
        return self._delegates.get(site_id, ())

    def site_of(self, delegate_id: DelegateId) -> SiteId | None:
        return next((d.site_id for d in self.delegates if d.id == delegate_id), None)

    def item(self, item_id: ItemId) -> SetupItem | None:
        return next((i for i in self.items if i.id == item_id), None)

    def is_hall(self, site_id: SiteId) -> bool:
        site = self.site(site_id)
        return site is not None and site.is_hall

    def has_site(self, site_id: SiteId) -> bool:
        return site_id in self._sites

    @cached_property
    def _sites(self) -> dict[SiteId, SetupSite]:
        return {s.id: s for s in self.sites}

    @cached_property
    def _delegates(self) -> dict[SiteId, list[SetupDelegate]]:
        return grouped(self.delegates)
