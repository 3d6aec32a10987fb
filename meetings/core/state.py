"""The state of a sitting and the questions asked of it. Nothing here changes anything.

Only what cannot be derived is kept: who is on air, what is paused, the queue's place, the deadline are all answered by
methods. Mappings are replaced, never altered, so an old state stays what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .refusals import UnknownItem, UnknownRequest
from .setup import FloorSettings, Setup, SetupItem
from .vocabulary import (
    AccountId,
    Admission,
    Card,
    ConferenceStatus,
    DelegateId,
    Entry,
    FloorMode,
    GalleryTime,
    ItemId,
    Language,
    PauseReason,
    RequestId,
    RequestStatus,
    Role,
    RollStatus,
    ShareSource,
    SiteId,
    SpeechKind,
    UndoAct,
)

WARNING = timedelta(seconds=3)
"""An unprepared speaker is warned this long before going on air; a prepared one must be so for as long (rule 21)."""

PREPARE_BEFORE_END = timedelta(seconds=60)
"""The next speaker is prepared by itself when this much of the speech is left (rule 21)."""


@dataclass(frozen=True)
class SpeakerRequest:
    """One entry of the list of speakers, from the request to the end of the speech.

    `spoken_ms` is what was spoken before `running_since`; the clock runs exactly while `running_since` is set.
    `stopped_by` is what had paused it when it ended, `held_since` when its line was lost, `is_placed` whether a hand put it
    where it waits (rule 6), `is_free` whether its site took the floor itself (rule 19).
    """

    id: RequestId
    item_id: ItemId
    delegate_id: DelegateId
    site_id: SiteId
    kind: SpeechKind
    topic: str
    asked_limit_seconds: int | None
    asked_by: Role
    requested_at: datetime
    status: RequestStatus = RequestStatus.WAITING
    reason: str = ""
    prepared_at: datetime | None = None
    unprepared_at: datetime | None = None
    devices_confirmed_at: datetime | None = None
    granted_at: datetime | None = None
    on_air_at: datetime | None = None
    ended_at: datetime | None = None
    limit_seconds: int = 0
    spoken_ms: int = 0
    running_since: datetime | None = None
    paused_by: frozenset[PauseReason] = frozenset()
    category_id: int | None = None
    reply_to: RequestId | None = None
    is_placed: bool = False
    deferred_at: datetime | None = None
    held_since: datetime | None = None
    stopped_by: frozenset[PauseReason] = frozenset()
    brought_back_at: datetime | None = None
    is_clock_kept: bool = False
    is_free: bool = False

    @property
    def is_waiting(self) -> bool:
        return self.status is RequestStatus.WAITING

    @property
    def is_granted(self) -> bool:
        return self.status is RequestStatus.GRANTED

    @property
    def is_on_air(self) -> bool:
        """Granted, past its warning and not paused: forwarded to everybody."""
        return self.is_granted and self.on_air_at is not None and not self.paused_by

    @property
    def runs(self) -> bool:
        """Its clock runs: on air, or interrupted by a point of order that does not stop clocks (rule 12)."""
        kept = {PauseReason.POINT_OF_ORDER} if self.is_clock_kept else set()
        return self.is_granted and self.on_air_at is not None and not self.paused_by - kept

    @property
    def is_point_of_order(self) -> bool:
        return self.kind is SpeechKind.POINT_OF_ORDER

    def is_ready(self, now: datetime) -> bool:
        """Prepared at least 3 s ago with its devices confirmed (rule 21)."""
        return (
            self.prepared_at is not None and self.devices_confirmed_at is not None and now - self.prepared_at >= WARNING
        )

    def spoken(self, now: datetime) -> timedelta:
        running = now - self.running_since if self.running_since else timedelta()
        return timedelta(milliseconds=self.spoken_ms) + max(running, timedelta())

    def on_air_due(self) -> datetime | None:
        """When a granted speaker goes on air at the latest: the end of the warning (rule 21)."""
        return self.granted_at + WARNING if self.granted_at else None

    def deadline(self) -> datetime | None:
        """When the limit is reached if the clock goes on; None while it stands still."""
        if self.running_since is None:
            return None
        return self.running_since + timedelta(seconds=self.limit_seconds) - timedelta(milliseconds=self.spoken_ms)


@dataclass(frozen=True)
class ItemState:
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    is_queue_closed: bool = False


@dataclass(frozen=True)
class ShownCard:
    """The card a desk asked for, until a desk or the sitting itself takes it away."""

    card: Card
    words: str
    resumes_at: datetime | None
    shown_at: datetime


@dataclass(frozen=True)
class Gallery:
    """The page of tiles, counted from 1, and whether and when the hall screen shows it; `turn_seconds` None: by hand only."""

    page: int = 1
    shown: GalleryTime | None = None
    turn_seconds: int | None = None
    turned_at: datetime | None = None

    @property
    def turn(self) -> timedelta | None:
        return timedelta(seconds=self.turn_seconds) if self.turn_seconds else None


@dataclass(frozen=True)
class Share:
    """What a site offers as the paper picture; `lost_since`: its line is lost."""

    source: ShareSource
    offered_at: datetime
    lost_since: datetime | None = None


@dataclass(frozen=True)
class RollEntry:
    """`came_at` None: in time; `left_at` None: still there."""

    status: RollStatus = RollStatus.UNMARKED
    reason: str = ""
    came_at: datetime | None = None
    left_at: datetime | None = None
    marked_at: datetime | None = None

    @property
    def is_here(self) -> bool:
        return self.status in (RollStatus.PRESENT, RollStatus.SUBSTITUTE) and self.left_at is None


UNMARKED = RollEntry()


@dataclass(frozen=True)
class RollCall:
    """`site_id` is invited to report since `since`; `heard` and `missed` have had their turn, in order."""

    seconds: int
    site_id: SiteId | None = None
    since: datetime | None = None
    heard: tuple[SiteId, ...] = ()
    missed: tuple[SiteId, ...] = ()
    is_paused: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Undoable:
    """An act that may still be undone (rule 23). `seq` is its event's and names it; `until` None: until another grant.

    `order` and `placed` are the list of the item and its manual places as they were before, `deferred_at` when its entry had
    been deferred already.
    """

    seq: int
    act: UndoAct
    at: datetime
    until: datetime | None
    item_id: ItemId
    request_id: RequestId | None = None
    order: tuple[RequestId, ...] = ()
    placed: tuple[RequestId, ...] = ()
    instead_of: tuple[RequestId, ...] = ()
    ended_chair_speech: bool = False
    deferred_at: datetime | None = None


@dataclass(frozen=True)
class State:
    """A sitting after `seq` events. The state before the first event is `State()`.

    `arrived` are the sites that have been connected at least once: who is missing is not yet lost. `admitted` keep their place
    also while they are away; `removed` bear the reason.
    `rolls_confirmed_at`: somebody said that the site's roll is complete, `rolls_checked_at`: the desk found it right.
    """

    seq: int = 0
    setup: Setup | None = None
    status: ConferenceStatus = ConferenceStatus.SCHEDULED
    doors_opened_at: datetime | None = None
    convened_at: datetime | None = None
    suspended_at: datetime | None = None
    adjourned_at: datetime | None = None
    current_item_id: ItemId | None = None
    items: Mapping[ItemId, ItemState] = field(default_factory=dict)
    roll: Mapping[DelegateId, RollEntry] = field(default_factory=dict)
    head_counts: Mapping[SiteId, int] = field(default_factory=dict)
    rolls_confirmed_at: Mapping[SiteId, datetime] = field(default_factory=dict)
    rolls_checked_at: Mapping[SiteId, datetime] = field(default_factory=dict)
    rolls_changed_at: Mapping[SiteId, datetime] = field(default_factory=dict)
    roll_closed_at: datetime | None = None
    roll_call: RollCall | None = None
    requests: Mapping[RequestId, SpeakerRequest] = field(default_factory=dict)
    queues: Mapping[ItemId, tuple[RequestId, ...]] = field(default_factory=dict)
    connected: frozenset[SiteId] = frozenset()
    arrived: frozenset[SiteId] = frozenset()
    closed_microphones: frozenset[SiteId] = frozenset()
    is_chair_speaking: bool = False
    acting_chair: AccountId | None = None
    card: ShownCard | None = None
    screen_language: Language | None = None
    gallery: Gallery = Gallery()
    shares: Mapping[SiteId, Share] = field(default_factory=dict)
    shown_share: SiteId | None = None
    cut_since: datetime | None = None
    admitted: frozenset[SiteId] = frozenset()
    removed: Mapping[SiteId, str] = field(default_factory=dict)
    are_all_admitted: bool = False
    is_entry_locked: bool = False
    quota_added: Mapping[SiteId, int] = field(default_factory=dict)
    undoable: tuple[Undoable, ...] = ()

    @property
    def frozen(self) -> Setup:
        """The structure; only asked for after the doors have opened."""
        assert self.setup is not None
        return self.setup

    @property
    def presiding_site_id(self) -> SiteId | None:
        return self.setup.presiding_site_id if self.setup else None

    @property
    def reporting_site_id(self) -> SiteId | None:
        """Who is heard in the roll call now; while somebody holds the floor, nobody (rule 35)."""
        is_live = self.status in (ConferenceStatus.DOORS_OPEN, ConferenceStatus.CONVENED)
        if self.roll_call is None or not is_live or self.is_chair_speaking or self.holders():
            return None
        return self.roll_call.site_id

    @property
    def settings(self) -> FloorSettings:
        return self.setup.floor if self.setup else FloorSettings()

    def request(self, request_id: RequestId) -> SpeakerRequest:
        try:
            return self.requests[request_id]
        except KeyError:
            raise UnknownRequest from None

    def setup_item(self, item_id: ItemId) -> SetupItem:
        item = self.setup.item(item_id) if self.setup else None
        if item is None:
            raise UnknownItem
        return item

    def item(self, item_id: ItemId) -> ItemState:
        return self.items.get(item_id, ItemState())

    def roll_entry(self, delegate_id: DelegateId) -> RollEntry:
        return self.roll.get(delegate_id, UNMARKED)

    def is_absent(self, delegate_id: DelegateId, site_id: SiteId) -> bool:
        """Unmarked counts as present until the site's roll is confirmed; who has left is absent (rule 4)."""
        entry = self.roll_entry(delegate_id)
        if entry.status is RollStatus.UNMARKED:
            return site_id in self.rolls_confirmed_at
        return not entry.is_here

    def queue(self, item_id: ItemId | None) -> Iterator[SpeakerRequest]:
        """The waiting requests of an item, in order."""
        if item_id is not None:
            for request_id in self.queues.get(item_id, ()):
                yield self.requests[request_id]

    def holders(self) -> tuple[SpeakerRequest, ...]:
        """Who holds the floor, also while warned, paused or held; the first granted first."""
        return tuple(sorted((r for r in self.requests.values() if r.is_granted), key=lambda r: (r.granted_at, r.id)))

    def holder(self) -> SpeakerRequest | None:
        """Whom the floor was granted last: the one who is seen, where several are heard."""
        return next(reversed(self.holders()), None)

    def running_order(self) -> SpeakerRequest | None:
        """The point of order that holds the floor: never more than one (rule 12)."""
        return next((r for r in self.holders() if r.is_point_of_order), None)

    def is_reachable(self, site_id: SiteId) -> bool:
        """A presiding site's delegates speak in the room, whatever its line does."""
        return (site_id in self.connected and self.is_admitted(site_id)) or site_id == self.presiding_site_id

    @property
    def is_open_to_all(self) -> bool:
        """Whoever comes now is let in, if there is a place (rules 37, 39)."""
        if self.setup is None or self.is_entry_locked:
            return False
        return self.setup.entry.admission is Admission.AUTOMATIC or self.are_all_admitted

    def is_admitted(self, site_id: SiteId) -> bool:
        """Whether anything of the conference may reach the site. The hall is where the conference is."""
        if self.setup is None or site_id in self.removed:
            return False
        if site_id == self.presiding_site_id or site_id in self.admitted or self.setup.is_hall(site_id):
            return True
        return self.is_open_to_all and self.setup.entry.ceiling is None

    @property
    def has_place(self) -> bool:
        """One more may be let in (rule 40)."""
        ceiling = self.setup.entry.ceiling if self.setup else None
        return ceiling is None or len(self.admitted) < ceiling

    def entry_of(self, site_id: SiteId) -> Entry:
        """Where the site stands at the door."""
        if self.is_admitted(site_id):
            return Entry.ADMITTED
        if site_id in self.removed:
            return Entry.REMOVED
        if self.is_entry_locked:
            return Entry.LOCKED
        return Entry.WAITING if self.has_place else Entry.FULL

    def next_request(self) -> SpeakerRequest | None:
        """The first waiting entry of the current item whose site can be reached (rule 20), and whose turn the mode allows."""
        reachable = (r for r in self.queue(self.current_item_id) if self.is_reachable(r.site_id))
        return next((r for r in reachable if self.is_in_turn(r)), None)

    def is_in_turn(self, request: SpeakerRequest) -> bool:
        """In a presentation only the item's presenters, and points of order; the chair may grant anybody (rule 19)."""
        if self.settings.mode is not FloorMode.PRESENTATION or request.is_point_of_order:
            return True
        return request.delegate_id in self.setup_item(request.item_id).presenter_ids

    def prepared_request(self) -> SpeakerRequest | None:
        """Who was told to get ready and can be reached: at most one, by the desk's choice not always the next (rule 21)."""
        prepared = (r for r in self.queue(self.current_item_id) if r.prepared_at and self.is_reachable(r.site_id))
        return next(prepared, None)
