"""Why a command is refused. A refused command changes nothing (rules 7, 10, 27).

`meetings/words.py` maps each to an HTTP status and to human words; `code` is what crosses the wire.
"""

from __future__ import annotations

import re


class Refusal(Exception):
    """Base of all refusals. Subclasses need only a name; the code is that name in snake case."""

    @property
    def code(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotPermitted(Refusal):
    """The actor's role may not do this (rule 36)."""


class CompanionIsSilent(Refusal):
    """A second device of a site has neither microphone nor loudspeaker."""


class NotYourSite(Refusal):
    """A site acts only for itself (rule 1)."""


class DoorsNotOpen(Refusal):
    pass


class DoorsAlreadyOpen(Refusal):
    pass


class AlreadyConvened(Refusal):
    pass


class NotConvened(Refusal):
    pass


class ConferenceIsSuspended(Refusal):
    pass


class NotSuspended(Refusal):
    pass


class ConferenceIsAdjourned(Refusal):
    pass


class SetupIncomplete(Refusal):
    """There is no hall or no agenda yet."""


class UnknownSite(Refusal):
    pass


class NotAdmitted(Refusal):
    """The point is still at the door, or was removed (rule 37)."""


class AlreadyAdmitted(Refusal):
    pass


class AlreadyRemoved(Refusal):
    pass


class CeilingReached(Refusal):
    """As many points are in as may be (rule 40)."""


class HallStays(Refusal):
    """The hall is where the conference is: it is not sent away."""


class EntryIsLocked(Refusal):
    pass


class EntryIsOpen(Refusal):
    pass


class UnknownDelegate(Refusal):
    pass


class UnknownItem(Refusal):
    pass


class UnknownRequest(Refusal):
    pass


class NoItemOpen(Refusal):
    pass


class ItemNotOpen(Refusal):
    pass


class ItemAlreadyOpen(Refusal):
    pass


class ItemIsOver(Refusal):
    """Nobody can register for an item that has been closed."""


class SpeechRuns(Refusal):
    """Needs a confirmation, which ends the speech (rule 24)."""


class DelegateIsAbsent(Refusal):
    pass


class AlreadyWaiting(Refusal):
    pass


class QueueIsClosed(Refusal):
    pass


class QueueIsOpen(Refusal):
    pass


class QueueIsEmpty(Refusal):
    pass


class NobodyConnected(Refusal):
    pass


class NobodyInTurn(Refusal):
    """Those who wait are not the item's presenters (rule 19); the chair may grant any of them."""


class SiteNotConnected(Refusal):
    pass


class NotWaiting(Refusal):
    pass


class AlreadyPrepared(Refusal):
    pass


class NotPrepared(Refusal):
    pass


class NotHolder(Refusal):
    """The request does not hold the floor."""


class AlreadyMuted(Refusal):
    pass


class AlreadyPaused(Refusal):
    """The chair has paused this speech already."""


class PointOfOrderRuns(Refusal):
    """A second point of order waits for the first; what it interrupted waits too (rule 12)."""


class UnknownCategory(Refusal):
    """Points of order of this kind are not foreseen, or this is no point of order."""


class PresentersOnly(Refusal):
    """In a presentation only the item's presenters ask for the floor (rule 19)."""


class AllMicrophonesOpen(Refusal):
    """In a free discussion as many speak as may at once (rules 16, 19)."""


class DelegateNeeded(Refusal):
    """A site that takes the floor itself says who speaks."""


class AlreadyDeferred(Refusal):
    pass


class NothingToUndo(Refusal):
    """The act is too old, was undone already, or something else has come after it (rule 23)."""


class QuotaIsOff(Refusal):
    """Sites have no speaking-time quota in this conference (rule 25)."""


class NotPaused(Refusal):
    pass


class NobodySpeaks(Refusal):
    pass


class ChairAlreadySpeaks(Refusal):
    pass


class ChairDoesNotSpeak(Refusal):
    pass


class OrderDoesNotMatch(Refusal):
    """The list to reorder is not exactly the waiting ones (rule 7)."""


class MicrophoneIsTheChairs(Refusal):
    """A site opens its microphone only while it holds the floor (rule 18)."""


class TopicTooLong(Refusal):
    pass


class ReasonTooLong(Refusal):
    pass


class OutOfRange(Refusal):
    """A number outside what makes sense: a limit, an extension, a head count."""


class NoCardShown(Refusal):
    """The stage shows what the sitting itself puts there."""


class GalleryNotShown(Refusal):
    """No desk has put the gallery on the hall screen."""


class AlreadySharing(Refusal):
    """A site offers one picture at a time."""


class NotSharing(Refusal):
    """The site offers no picture, or no longer."""


class ShareNotShown(Refusal):
    pass


class ScreenWordsTooLong(Refusal):
    pass


class FloorIsTaken(Refusal):
    """Somebody speaks: the roll is called before or after."""


class RollCallRuns(Refusal):
    pass


class RollCallIsPaused(Refusal):
    pass


class NoRollCall(Refusal):
    pass


class NotQuorate(Refusal):
    """Fewer are present than the conference needs; opening it all the same needs a confirmation."""


class TimesOutOfOrder(Refusal):
    """Somebody leaves before coming, or at a time that has not been yet."""


class NoActingChair(Refusal):
    pass


class StorageFailed(Refusal):
    """The journal could not be written; nothing was changed (rule 27)."""


class TryAgain(Refusal):
    """Too many others wrote at the same moment; nothing was changed (rule 28)."""


class UnknownAccount(Refusal):
    """No active secretary has this account."""
