"""The words of the field: ids, states and the actor, shared by commands, events and state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

SiteId = NewType("SiteId", int)
DelegateId = NewType("DelegateId", int)
ItemId = NewType("ItemId", int)
RequestId = NewType("RequestId", int)
AccountId = NewType("AccountId", int)


class Role(StrEnum):
    """Who acts. The hall station is a `SITE`; the hall screen never acts."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    SITE = "site"
    SYSTEM = "system"


class ConferenceStatus(StrEnum):
    SCHEDULED = "scheduled"
    DOORS_OPEN = "doors_open"
    CONVENED = "convened"
    SUSPENDED = "suspended"
    ADJOURNED = "adjourned"


class SpeechKind(StrEnum):
    DISCUSSION = "discussion"
    PREPARED_SPEECH = "prepared_speech"
    REPLY = "reply"
    POINT_OF_ORDER = "point_of_order"


class FloorMode(StrEnum):
    """Who may come to speak, and how (rule 19)."""

    CHAIR_LED = "chair_led"
    FIFO = "fifo"
    PRESENTATION = "presentation"
    FREE_DISCUSSION = "free_discussion"


class OnExceed(StrEnum):
    """What happens when a speech passes its limit (rule 14)."""

    WARN = "warn"
    CUT = "cut"


class UndoAct(StrEnum):
    """What can be undone (rule 23)."""

    END = "end"
    GRANT = "grant"
    REMOVAL = "removal"  # withdrawn, declined or removed
    DEFERRAL = "deferral"
    ORDER = "order"


class RequestStatus(StrEnum):
    """States of a request (RFC 8855 section 5.3.4 in brackets where it names one)."""

    WAITING = "waiting"  # accepted
    GRANTED = "granted"  # granted
    RELEASED = "released"  # released: the site ended it
    REVOKED = "revoked"  # revoked: the chair ended it
    WITHDRAWN = "withdrawn"  # cancelled
    DECLINED = "declined"  # denied
    REMOVED = "removed"


class LineKind(StrEnum):
    """What can be said of a site's line: how good it is, and what happened to it."""

    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    LOST = "lost"  # nothing comes any more
    CONNECTED = "connected"  # the page came
    LEFT = "left"  # the page is gone, and its media
    SILENT = "silent"  # on air without any sound
    AUDIBLE = "audible"  # sound again
    FROZEN = "frozen"  # its picture, that everybody sees, has no new frames
    MOVING = "moving"  # new frames again
    ECHO = "echo"  # it returns the sound of another one
    ECHO_OVER = "echo_over"
    LOWERED = "lowered"  # its line does not take the full pictures: it gets less of them
    RESTORED = "restored"  # all pictures are full again


class Card(StrEnum):
    """What stands instead of pictures. `BEFORE` is the title card: before the opening, and whenever a desk asks for it."""

    BEFORE = "before"
    BREAK = "break"
    END = "end"


class GalleryTime(StrEnum):
    """When the hall screen shows the gallery: while nobody has the floor, or also then."""

    BETWEEN_SPEECHES = "between_speeches"
    ALWAYS = "always"


class ShareSource(StrEnum):
    """What a point offers as the paper picture (rule 42)."""

    SCREEN = "screen"
    CAMERA = "camera"  # a second one


class Language(StrEnum):
    VIETNAMESE = "vi"
    ENGLISH = "en"


class PauseReason(StrEnum):
    """Why a granted speech does not run. Several may hold at once; it runs again when the last one is gone."""

    MUTED = "muted"
    SUSPENDED = "suspended"
    CHAIR = "chair"
    LINE = "line"
    PAUSED = "paused"  # by the chair
    POINT_OF_ORDER = "point_of_order"  # somebody else's point of order is heard


class Admission(StrEnum):
    """How points come into the conference: by themselves once the doors are open, or when the desk lets them in (rule 37)."""

    AUTOMATIC = "automatic"
    BY_DESK = "by_desk"


class Entry(StrEnum):
    """Where a point stands at the door (rules 37-41)."""

    ADMITTED = "admitted"
    WAITING = "waiting"
    LOCKED = "locked"
    FULL = "full"
    REMOVED = "removed"


class RollStatus(StrEnum):
    UNMARKED = "unmarked"
    PRESENT = "present"
    SUBSTITUTE = "substitute"
    EXCUSED = "excused"
    UNEXCUSED = "unexcused"


class QuorumShare(StrEnum):
    """How many of those expected must be present for the conference to be valid."""

    COUNT = "count"  # a number of its own
    HALF = "half"  # more than half
    TWO_THIRDS = "two_thirds"
    THREE_QUARTERS = "three_quarters"


class CurrentSpeech(StrEnum):
    """What becomes of the running speech when the chair takes the floor (rule 24)."""

    PAUSE = "pause"
    END = "end"


@dataclass(frozen=True)
class Actor:
    """Who issues a command. `key` is what command ids are unique within (rule 26)."""

    role: Role
    site_id: SiteId | None = None
    account_id: AccountId | None = None

    @property
    def key(self) -> str:
        if self.role is Role.SITE:
            return f"site:{self.site_id}"
        if self.role is Role.SYSTEM:
            return "system"
        return f"account:{self.account_id}"


SYSTEM = Actor(Role.SYSTEM)
