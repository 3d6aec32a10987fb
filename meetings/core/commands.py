"""What may be asked of a sitting. Imperative names; PROTOCOL.md lists who may ask what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .setup import Setup
from .vocabulary import (
    AccountId,
    Card,
    CurrentSpeech,
    DelegateId,
    ItemId,
    Language,
    RequestId,
    RollStatus,
    SiteId,
    SpeechKind,
)


@dataclass(frozen=True)
class OpenDoors:
    """Lets the sites in and freezes the structure. `setup` comes from the tables, never from the wire."""

    setup: Setup


@dataclass(frozen=True)
class Convene:
    """Khai mạc: opens the conference."""


@dataclass(frozen=True)
class Suspend:
    """Pauses the conference: break card, no sound, the running speech and the queue keep still (rule 24)."""


@dataclass(frozen=True)
class Resume:
    """Ends a suspension."""


@dataclass(frozen=True)
class Adjourn:
    """Bế mạc: closes the conference for good."""


@dataclass(frozen=True)
class OpenItem:
    item_id: ItemId
    is_confirmed: bool = False


@dataclass(frozen=True)
class CloseItem:
    item_id: ItemId
    is_confirmed: bool = False


@dataclass(frozen=True)
class MarkRoll:
    delegate_id: DelegateId
    status: RollStatus
    reason: str = ""


@dataclass(frozen=True)
class ReportHeadCount:
    site_id: SiteId
    count: int


@dataclass(frozen=True)
class ConfirmRoll:
    site_id: SiteId


@dataclass(frozen=True)
class RequestFloor:
    """Asks for the floor for one delegate. `item_id` None: the current item. `limit_seconds` None: the item's."""

    delegate_id: DelegateId
    kind: SpeechKind = SpeechKind.DISCUSSION
    topic: str = ""
    item_id: ItemId | None = None
    limit_seconds: int | None = None


@dataclass(frozen=True)
class WithdrawRequest:
    request_id: RequestId


@dataclass(frozen=True)
class DeclineRequest:
    request_id: RequestId
    reason: str = ""


@dataclass(frozen=True)
class RemoveRequest:
    request_id: RequestId
    reason: str = ""


@dataclass(frozen=True)
class ReorderQueue:
    item_id: ItemId
    request_ids: tuple[RequestId, ...]


@dataclass(frozen=True)
class CloseQueue:
    item_id: ItemId


@dataclass(frozen=True)
class OpenQueue:
    item_id: ItemId


@dataclass(frozen=True)
class PrepareRequest:
    request_id: RequestId


@dataclass(frozen=True)
class UnprepareRequest:
    request_id: RequestId


@dataclass(frozen=True)
class ConfirmDevices:
    request_id: RequestId


@dataclass(frozen=True)
class GrantFloor:
    request_id: RequestId


@dataclass(frozen=True)
class GrantNext:
    """Grants the first waiting entry of the current item whose site is connected (rule 20)."""


@dataclass(frozen=True)
class GoOnAir:
    """Issued by the clock when the 3 s warning of a grant is over (rule 21)."""

    request_id: RequestId


@dataclass(frozen=True)
class ReleaseFloor:
    request_id: RequestId


@dataclass(frozen=True)
class RevokeFloor:
    request_id: RequestId


@dataclass(frozen=True)
class ExtendSpeech:
    request_id: RequestId
    seconds: int = 60


@dataclass(frozen=True)
class MuteHolder:
    request_id: RequestId


@dataclass(frozen=True)
class MuteAll:
    """Mutes every floor holder (rule 17)."""


@dataclass(frozen=True)
class ResumeSpeech:
    """The chair lets a muted or interrupted speech go on (rules 17 and 24)."""

    request_id: RequestId


@dataclass(frozen=True)
class ChairSpeaks:
    current: CurrentSpeech = CurrentSpeech.PAUSE


@dataclass(frozen=True)
class EndChairSpeech:
    """The stage returns to the floor; a speech paused for the chair goes on."""


@dataclass(frozen=True)
class CloseMicrophone:
    site_id: SiteId


@dataclass(frozen=True)
class OpenMicrophone:
    site_id: SiteId


@dataclass(frozen=True)
class AppointActingChair:
    account_id: AccountId


@dataclass(frozen=True)
class DismissActingChair:
    pass


@dataclass(frozen=True)
class ShowCard:
    """Puts a card on the hall screen and at the sites, whatever the sitting does (rule 35). `words`: the desk's own."""

    card: Card
    words: str = ""
    resumes_at: datetime | None = None


@dataclass(frozen=True)
class HideCard:
    """Back to what the sitting itself shows."""


@dataclass(frozen=True)
class SetScreenLanguage:
    """The hall screen has no controls of its own."""

    language: Language


@dataclass(frozen=True)
class ReportConnected:
    """Presence saw the site's seat arrive."""

    site_id: SiteId


@dataclass(frozen=True)
class ReportDisconnected:
    """Presence saw socket and media of the site's seat both gone."""

    site_id: SiteId


@dataclass(frozen=True)
class HoldSpeech:
    """Presence saw a holder without media for 5 s, or with socket and media gone (rule 22)."""

    site_id: SiteId


@dataclass(frozen=True)
class ContinueSpeech:
    """A held holder's media is back: it goes on with its remaining time, at once (rule 22)."""

    site_id: SiteId


Command = (
    OpenDoors
    | Convene
    | Suspend
    | Resume
    | Adjourn
    | OpenItem
    | CloseItem
    | MarkRoll
    | ReportHeadCount
    | ConfirmRoll
    | RequestFloor
    | WithdrawRequest
    | DeclineRequest
    | RemoveRequest
    | ReorderQueue
    | CloseQueue
    | OpenQueue
    | PrepareRequest
    | UnprepareRequest
    | ConfirmDevices
    | GrantFloor
    | GrantNext
    | GoOnAir
    | ReleaseFloor
    | RevokeFloor
    | ExtendSpeech
    | MuteHolder
    | MuteAll
    | ResumeSpeech
    | ChairSpeaks
    | EndChairSpeech
    | CloseMicrophone
    | OpenMicrophone
    | AppointActingChair
    | DismissActingChair
    | ShowCard
    | HideCard
    | SetScreenLanguage
    | ReportConnected
    | ReportDisconnected
    | HoldSpeech
    | ContinueSpeech
)
