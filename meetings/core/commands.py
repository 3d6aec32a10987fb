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
    FloorMode,
    GalleryTime,
    ItemId,
    Language,
    OnExceed,
    RequestId,
    RollStatus,
    ShareSource,
    SiteId,
    SpeechKind,
)


@dataclass(frozen=True)
class OpenDoors:
    """Lets the sites in and freezes the structure. `setup` comes from the tables, never from the wire."""

    setup: Setup


@dataclass(frozen=True)
class Convene:
    """Khai mạc: opens the conference. `is_confirmed`: although its quorum is not there."""

    is_confirmed: bool = False


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
    """`came_at` is of who came late, `left_at` of who left early. `reason`: why absent, or who came instead."""

    delegate_id: DelegateId
    status: RollStatus
    reason: str = ""
    came_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class ReportHeadCount:
    site_id: SiteId
    count: int


@dataclass(frozen=True)
class ConfirmRoll:
    """The point says that its roll is complete; the desk, that it is right."""

    site_id: SiteId


@dataclass(frozen=True)
class CloseRoll:
    """Chốt điểm danh: what is marked afterwards is kept as a change of a closed roll."""


@dataclass(frozen=True)
class StartRollCall:
    """Hears one point after the other, each for so long (rule 35)."""

    seconds: int = 7


@dataclass(frozen=True)
class InviteReport:
    """A desk takes this point now; the roll call goes on by hand."""

    site_id: SiteId


@dataclass(frozen=True)
class NextReport:
    """`after` is the point that is heard now; from the clock and from a desk alike it is left once."""

    after: SiteId | None = None


@dataclass(frozen=True)
class PauseRollCall:
    """The point that is heard stays so; nothing moves by itself."""


@dataclass(frozen=True)
class ContinueRollCall:
    pass


@dataclass(frozen=True)
class EndRollCall:
    pass


@dataclass(frozen=True)
class RequestFloor:
    """Asks for the floor for one delegate. `item_id` None: the current item. `limit_seconds` None: the item's.

    `category_id` is that of a point of order.
    """

    delegate_id: DelegateId
    kind: SpeechKind = SpeechKind.DISCUSSION
    topic: str = ""
    item_id: ItemId | None = None
    limit_seconds: int | None = None
    category_id: int | None = None


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
class DeferRequest:
    """Để sau: puts a waiting entry at the end of its list."""

    request_id: RequestId


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
class CutSpeech:
    """Issued by the clock when a speech has passed its limit and the grace (rule 14, `on_exceed` = cut)."""

    request_id: RequestId


@dataclass(frozen=True)
class PassHeldSpeech:
    """Issued by the clock in FIFO when a speech has been held for 60 s: the next is granted (rule 22)."""

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
class PauseSpeech:
    """The chair stops a speech, clock and microphone, until it is resumed."""

    request_id: RequestId


@dataclass(frozen=True)
class ResumeSpeech:
    """The chair lets a muted, paused or interrupted speech go on (rules 17 and 24)."""

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
    """`delegate_id` is who speaks when a site takes the floor itself (free discussion, rule 19)."""

    site_id: SiteId
    delegate_id: DelegateId | None = None


@dataclass(frozen=True)
class SetMode:
    """How speakers come to the floor from now on (rule 19)."""

    mode: FloorMode


@dataclass(frozen=True)
class SetOpenMicrophones:
    """How many may hold the floor at once (rule 16). `is_confirmed`: ends the longest-running ones beyond that."""

    count: int
    is_confirmed: bool = False


@dataclass(frozen=True)
class ChangeSettings:
    """What is not named stays as it is. `site_quota_seconds` 0: no quota."""

    speech_limit_seconds: int | None = None
    is_present_only: bool | None = None
    on_exceed: OnExceed | None = None
    cut_grace_seconds: int | None = None
    point_of_order_seconds: int | None = None
    is_clock_stopped_by_order: bool | None = None
    takes_orders_when_closed: bool | None = None
    site_quota_seconds: int | None = None


@dataclass(frozen=True)
class SetItemLimit:
    """The limit of the speeches of one item from now on; None: the conference's (rule 14)."""

    item_id: ItemId
    seconds: int | None = None


@dataclass(frozen=True)
class AddQuota:
    """More speaking time for a site (rule 25)."""

    site_id: SiteId
    seconds: int


@dataclass(frozen=True)
class Undo:
    """Undoes the act that the offer `seq` names (rule 23)."""

    seq: int


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
class AdmitSite:
    """Lets one point in, also one that was removed, and also while the entry is locked."""

    site_id: SiteId


@dataclass(frozen=True)
class AdmitAll:
    """Lets in all who wait, and whoever comes later (rule 38). Also issued by the clock at the time that was set."""


@dataclass(frozen=True)
class RemoveSite:
    site_id: SiteId
    reason: str = ""


@dataclass(frozen=True)
class LockEntry:
    """Nobody comes in any more who has not been there (rule 39)."""


@dataclass(frozen=True)
class UnlockEntry:
    pass


@dataclass(frozen=True)
class ShowGallery:
    """Puts the gallery on the hall screen, at the present page unless one is named, turned by hand or every so often."""

    when: GalleryTime = GalleryTime.BETWEEN_SPEECHES
    page: int | None = None
    turn_seconds: int | None = None


@dataclass(frozen=True)
class TurnGallery:
    """Another page, for all who look at the gallery: hall screen and desks."""

    page: int


@dataclass(frozen=True)
class HideGallery:
    """The hall screen shows the conference again; the desks may go on looking."""


@dataclass(frozen=True)
class OfferShare:
    """The site's screen or second camera may be shown from now on (rule 42)."""

    site_id: SiteId
    source: ShareSource


@dataclass(frozen=True)
class EndShare:
    """Also issued by the clock, when the site has been away too long (rule 43)."""

    site_id: SiteId


@dataclass(frozen=True)
class ShowShare:
    """Chiếu: everybody sees what this site offers; takes away a card, and what another site showed."""

    site_id: SiteId


@dataclass(frozen=True)
class HideShare:
    """Thôi chiếu: the offer stays."""


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
    | CloseRoll
    | StartRollCall
    | InviteReport
    | NextReport
    | PauseRollCall
    | ContinueRollCall
    | EndRollCall
    | RequestFloor
    | WithdrawRequest
    | DeclineRequest
    | RemoveRequest
    | DeferRequest
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
    | CutSpeech
    | PassHeldSpeech
    | ExtendSpeech
    | MuteHolder
    | MuteAll
    | PauseSpeech
    | ResumeSpeech
    | ChairSpeaks
    | EndChairSpeech
    | CloseMicrophone
    | OpenMicrophone
    | SetMode
    | SetOpenMicrophones
    | ChangeSettings
    | SetItemLimit
    | AddQuota
    | Undo
    | AppointActingChair
    | DismissActingChair
    | ShowCard
    | HideCard
    | SetScreenLanguage
    | AdmitSite
    | AdmitAll
    | RemoveSite
    | LockEntry
    | UnlockEntry
    | ShowGallery
    | TurnGallery
    | HideGallery
    | OfferShare
    | EndShare
    | ShowShare
    | HideShare
    | ReportConnected
    | ReportDisconnected
    | HoldSpeech
    | ContinueSpeech
)
