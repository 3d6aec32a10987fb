"""What happened in a sitting. Past names; each is a row of the journal with the version `EVENT_VERSION` of its form.

Events hold ids, never names. Old forms are lifted by `upcast.py` when a journal is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .setup import Setup
from .vocabulary import (
    AccountId,
    Card,
    DelegateId,
    FloorMode,
    GalleryTime,
    ItemId,
    Language,
    OnExceed,
    PauseReason,
    RequestId,
    Role,
    RollStatus,
    ShareSource,
    SiteId,
    SpeechKind,
)

EVENT_VERSION = 2


@dataclass(frozen=True)
class DoorsOpened:
    setup: Setup


@dataclass(frozen=True)
class ConferenceConvened:
    pass


@dataclass(frozen=True)
class ConferenceSuspended:
    pass


@dataclass(frozen=True)
class ConferenceResumed:
    pass


@dataclass(frozen=True)
class ConferenceAdjourned:
    pass


@dataclass(frozen=True)
class ItemOpened:
    item_id: ItemId


@dataclass(frozen=True)
class ItemClosed:
    item_id: ItemId


@dataclass(frozen=True)
class RollMarked:
    delegate_id: DelegateId
    status: RollStatus
    reason: str
    came_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class HeadCountReported:
    site_id: SiteId
    count: int


@dataclass(frozen=True)
class RollConfirmed:
    """`is_by_desk`: the desk found it right; else the point said that it is complete."""

    site_id: SiteId
    is_by_desk: bool = False


@dataclass(frozen=True)
class RollClosed:
    """`present` of `expected` were there."""

    present: int
    expected: int


@dataclass(frozen=True)
class RollCallStarted:
    """Each point has so long to report."""

    seconds: int


@dataclass(frozen=True)
class ReportInvited:
    """This point is heard, and no other but the presiding one, until the next event of the roll call."""

    site_id: SiteId


@dataclass(frozen=True)
class ReportMissed:
    """Its turn came and it was not there."""

    site_id: SiteId


@dataclass(frozen=True)
class RollCallPaused:
    pass


@dataclass(frozen=True)
class RollCallContinued:
    pass


@dataclass(frozen=True)
class RollCallEnded:
    pass


@dataclass(frozen=True)
class FloorRequested:
    """`place` is where it waits, counted from 0; None: last, as everybody did in form 1 (rules 5, 6)."""

    request_id: RequestId
    item_id: ItemId
    delegate_id: DelegateId
    site_id: SiteId
    kind: SpeechKind
    topic: str
    limit_seconds: int | None
    asked_by: Role
    category_id: int | None = None
    reply_to: RequestId | None = None
    place: int | None = None


@dataclass(frozen=True)
class RequestWithdrawn:
    request_id: RequestId


@dataclass(frozen=True)
class RequestDeclined:
    request_id: RequestId
    reason: str


@dataclass(frozen=True)
class RequestRemoved:
    request_id: RequestId
    reason: str


@dataclass(frozen=True)
class RequestDeferred:
    request_id: RequestId


@dataclass(frozen=True)
class QueueReordered:
    """`moved_ids` are those a hand has put where they are now (rule 6)."""

    item_id: ItemId
    request_ids: tuple[RequestId, ...]
    moved_ids: tuple[RequestId, ...] = ()


@dataclass(frozen=True)
class QueueClosed:
    item_id: ItemId


@dataclass(frozen=True)
class QueueOpened:
    item_id: ItemId


@dataclass(frozen=True)
class RequestPrepared:
    request_id: RequestId


@dataclass(frozen=True)
class RequestUnprepared:
    request_id: RequestId


@dataclass(frozen=True)
class DevicesConfirmed:
    request_id: RequestId


@dataclass(frozen=True)
class FloorGranted:
    """`limit_seconds` is the limit in force (rule 14), fixed at the grant.

    `instead_of` are the speeches that ended for it, `ends_chair_speech` whether the chair spoke: what undoing brings back.
    """

    request_id: RequestId
    limit_seconds: int
    instead_of: tuple[RequestId, ...] = ()
    ends_chair_speech: bool = False


@dataclass(frozen=True)
class MicrophoneTaken:
    """In a free discussion a site took the floor itself and is on air at once (rule 19)."""

    request_id: RequestId
    limit_seconds: int


@dataclass(frozen=True)
class WentOnAir:
    request_id: RequestId


@dataclass(frozen=True)
class FloorReleased:
    request_id: RequestId


@dataclass(frozen=True)
class FloorRevoked:
    request_id: RequestId


@dataclass(frozen=True)
class FloorCut:
    """The clock ended a speech that had passed its limit and the grace (rule 14)."""

    request_id: RequestId


@dataclass(frozen=True)
class SpeechExtended:
    request_id: RequestId
    seconds: int


@dataclass(frozen=True)
class SpeechPaused:
    """`is_clock_kept`: a point of order that does not stop the clock (rule 12)."""

    request_id: RequestId
    reason: PauseReason
    is_clock_kept: bool = False


@dataclass(frozen=True)
class SpeechContinued:
    """One reason of a pause is gone."""

    request_id: RequestId
    reason: PauseReason


@dataclass(frozen=True)
class ChairTookFloor:
    pass


@dataclass(frozen=True)
class ChairYieldedFloor:
    pass


@dataclass(frozen=True)
class MicrophoneClosed:
    site_id: SiteId


@dataclass(frozen=True)
class MicrophoneOpened:
    site_id: SiteId


@dataclass(frozen=True)
class ModeSet:
    mode: FloorMode


@dataclass(frozen=True)
class OpenMicrophonesSet:
    count: int


@dataclass(frozen=True)
class SettingsChanged:
    """Only what changed is named; `site_quota_seconds` 0: no quota any more."""

    speech_limit_seconds: int | None = None
    is_present_only: bool | None = None
    on_exceed: OnExceed | None = None
    cut_grace_seconds: int | None = None
    point_of_order_seconds: int | None = None
    is_clock_stopped_by_order: bool | None = None
    takes_orders_when_closed: bool | None = None
    site_quota_seconds: int | None = None


@dataclass(frozen=True)
class ItemLimitSet:
    item_id: ItemId
    limit_seconds: int | None


@dataclass(frozen=True)
class QuotaAdded:
    site_id: SiteId
    seconds: int


@dataclass(frozen=True)
class EndUndone:
    """A speech that had ended goes on, as the same speech (rule 23). `paused_by`: what stops it still."""

    request_id: RequestId
    paused_by: tuple[PauseReason, ...]


@dataclass(frozen=True)
class GrantUndone:
    """Whoever was granted waits again, at `place`, as if nothing had been."""

    request_id: RequestId
    place: int


@dataclass(frozen=True)
class RequestReinstated:
    """Who was withdrawn, declined, removed or deferred waits again, at `place`.

    `deferred_at`: of an undone deferral, when it had been deferred before that.
    """

    request_id: RequestId
    place: int
    deferred_at: datetime | None = None


@dataclass(frozen=True)
class OrderRestored:
    """A reordering is undone; `placed_ids` are the manual places there were before."""

    item_id: ItemId
    request_ids: tuple[RequestId, ...]
    placed_ids: tuple[RequestId, ...]


@dataclass(frozen=True)
class ActingChairAppointed:
    account_id: AccountId


@dataclass(frozen=True)
class ActingChairDismissed:
    pass


@dataclass(frozen=True)
class CardShown:
    """`resumes_at` is of a break only: when the conference goes on."""

    card: Card
    words: str
    resumes_at: datetime | None


@dataclass(frozen=True)
class CardHidden:
    pass


@dataclass(frozen=True)
class ScreenLanguageSet:
    language: Language


@dataclass(frozen=True)
class SiteAdmitted:
    site_id: SiteId


@dataclass(frozen=True)
class AllAdmitted:
    pass


@dataclass(frozen=True)
class SiteRemoved:
    site_id: SiteId
    reason: str


@dataclass(frozen=True)
class EntryLocked:
    pass


@dataclass(frozen=True)
class EntryUnlocked:
    pass


@dataclass(frozen=True)
class GalleryShown:
    when: GalleryTime
    page: int
    turn_seconds: int | None


@dataclass(frozen=True)
class GalleryTurned:
    page: int


@dataclass(frozen=True)
class GalleryHidden:
    pass


@dataclass(frozen=True)
class ShareOffered:
    site_id: SiteId
    source: ShareSource


@dataclass(frozen=True)
class ShareEnded:
    site_id: SiteId


@dataclass(frozen=True)
class ShareShown:
    """Instead of any other one."""

    site_id: SiteId


@dataclass(frozen=True)
class ShareHidden:
    pass


@dataclass(frozen=True)
class SiteConnected:
    site_id: SiteId


@dataclass(frozen=True)
class SiteDisconnected:
    site_id: SiteId


Event = (
    DoorsOpened
    | ConferenceConvened
    | ConferenceSuspended
    | ConferenceResumed
    | ConferenceAdjourned
    | ItemOpened
    | ItemClosed
    | RollMarked
    | HeadCountReported
    | RollConfirmed
    | RollClosed
    | RollCallStarted
    | ReportInvited
    | ReportMissed
    | RollCallPaused
    | RollCallContinued
    | RollCallEnded
    | FloorRequested
    | RequestWithdrawn
    | RequestDeclined
    | RequestRemoved
    | RequestDeferred
    | QueueReordered
    | QueueClosed
    | QueueOpened
    | RequestPrepared
    | RequestUnprepared
    | DevicesConfirmed
    | FloorGranted
    | MicrophoneTaken
    | WentOnAir
    | FloorReleased
    | FloorRevoked
    | FloorCut
    | SpeechExtended
    | SpeechPaused
    | SpeechContinued
    | ChairTookFloor
    | ChairYieldedFloor
    | MicrophoneClosed
    | MicrophoneOpened
    | ModeSet
    | OpenMicrophonesSet
    | SettingsChanged
    | ItemLimitSet
    | QuotaAdded
    | EndUndone
    | GrantUndone
    | RequestReinstated
    | OrderRestored
    | ActingChairAppointed
    | ActingChairDismissed
    | CardShown
    | CardHidden
    | ScreenLanguageSet
    | SiteAdmitted
    | AllAdmitted
    | SiteRemoved
    | EntryLocked
    | EntryUnlocked
    | GalleryShown
    | GalleryTurned
    | GalleryHidden
    | ShareOffered
    | ShareEnded
    | ShareShown
    | ShareHidden
    | SiteConnected
    | SiteDisconnected
)


@dataclass(frozen=True)
class Recorded:
    """An event with its place in the journal: `seq` counts from 1 without a gap, `at` is aware UTC."""

    seq: int
    at: datetime
    role: Role
    event: Event
