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
    ItemId,
    Language,
    PauseReason,
    RequestId,
    Role,
    RollStatus,
    SiteId,
    SpeechKind,
)

EVENT_VERSION = 1


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


@dataclass(frozen=True)
class HeadCountReported:
    site_id: SiteId
    count: int


@dataclass(frozen=True)
class RollConfirmed:
    site_id: SiteId


@dataclass(frozen=True)
class FloorRequested:
    request_id: RequestId
    item_id: ItemId
    delegate_id: DelegateId
    site_id: SiteId
    kind: SpeechKind
    topic: str
    limit_seconds: int | None
    asked_by: Role


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
class QueueReordered:
    item_id: ItemId
    request_ids: tuple[RequestId, ...]


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
    """`limit_seconds` is the limit in force (rule 14), fixed at the grant."""

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
class SpeechExtended:
    request_id: RequestId
    seconds: int


@dataclass(frozen=True)
class SpeechPaused:
    request_id: RequestId
    reason: PauseReason


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
    | FloorRequested
    | RequestWithdrawn
    | RequestDeclined
    | RequestRemoved
    | QueueReordered
    | QueueClosed
    | QueueOpened
    | RequestPrepared
    | RequestUnprepared
    | DevicesConfirmed
    | FloorGranted
    | WentOnAir
    | FloorReleased
    | FloorRevoked
    | SpeechExtended
    | SpeechPaused
    | SpeechContinued
    | ChairTookFloor
    | ChairYieldedFloor
    | MicrophoneClosed
    | MicrophoneOpened
    | ActingChairAppointed
    | ActingChairDismissed
    | CardShown
    | CardHidden
    | ScreenLanguageSet
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
