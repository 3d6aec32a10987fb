"""What of a stream did not come, and when to ask for it (pure; seconds).

Theory. A number is *missing* from the moment a later one arrives until it comes, of itself or as a retransmission, or is
too old to be of use. Two times decide when to ask, and both are the line's own. What was merely overtaken comes of itself:
how late, is learnt from what was overtaken before. And an answer takes a round trip: who asks again sooner gets everything
twice, who waits much longer keeps a picture waiting. The round trip and how it varies are estimated as TCP does (RFC 6298
section 2), from answers to what was asked for once (Karn's rule) and from receiver reports.

Rules.
- A gap wider than `MAX_GAP` is a restart or an outage: it is not asked for packet by packet.
- Each request for the same number waits longer than the one before; there are at most `MAX_REQUESTS`.
- What is asked for no more may still come: it is missing until it is `RoundTrip.hope` old. Then it is *given up*: a picture
  stands still from there on, and a viewer's browser would take three seconds to ask for a key frame.
- Before a key frame nothing is missing any more, nor of a picture that has stopped: an answer would only take room.
- An answer may come in the stream itself. What comes there sooner after a request than an answer can was overtaken; of what
  comes later nothing is learnt.
"""

from dataclasses import dataclass

MAX_GAP = 250
MAX_MISSING = 500
MAX_REQUESTS = 6
FIRST_WAIT, LEAST_WAIT, MOST_WAIT = 0.1, 0.03, 1.0
BACK_OFF = 1.5
LEAST_HOPE, MOST_HOPE, HOPEFUL_WAITS = 1.0, 2.5, 3.0
LEAST_REORDER, MOST_REORDER = 0.008, 0.1
CAUTION = 1.25
"""What was overtaken may come so much later than usual."""
SURELY_NO_ANSWER = 0.7
"""Of a round trip."""


class RoundTrip:
    """How long an answer takes on the line of one peer."""

    def __init__(self) -> None:
        self.mean: float | None = None
        self._deviation = 0.0

    def note(self, seconds: float) -> None:
        """It took so long this time."""
        if self.mean is None:
            self.mean, self._deviation = seconds, seconds / 2
            return
        self._deviation += (abs(seconds - self.mean) - self._deviation) / 4
        self.mean += (seconds - self.mean) / 8

    @property
    def wait(self) -> float:
        """After so long without an answer there will hardly be one."""
        if self.mean is None:
            return FIRST_WAIT
        return min(MOST_WAIT, max(LEAST_WAIT, self.mean + 2 * self._deviation))

    @property
    def hope(self) -> float:
        """How old a missing number may become."""
        return min(MOST_HOPE, max(LEAST_HOPE, HOPEFUL_WAITS * self.wait))


@dataclass(slots=True)
class _Request:
    since: float
    next_at: float
    asked: int = 0
    asked_at: float = 0.0


class Missing:
    """The numbers of a stream that did not come; `trip` may be shared by the streams of a peer."""

    def __init__(self, trip: RoundTrip | None = None) -> None:
        self._trip = trip or RoundTrip()
        self._requests: dict[int, _Request] = {}
        self._lateness = 0.0
        self._has_given_up = False

    def __len__(self) -> int:
        return len(self._requests)

    @property
    def reorder_wait(self) -> float:
        """How long what may only have been overtaken is waited for."""
        return min(MOST_REORDER, max(LEAST_REORDER, CAUTION * self._lateness))

    def add_gap(self, first: int, after_last: int, now: float) -> None:
        """The extended numbers `first` … `after_last` - 1 were jumped over."""
        if after_last - first > MAX_GAP:
            self._requests.clear()
            return
        ask_at = now + self.reorder_wait
        for number in range(first, after_last):
            self._requests[number] = _Request(now, ask_at)
        while len(self._requests) > MAX_MISSING:
            del self._requests[next(iter(self._requests))]

    def forget_before(self, number: int) -> None:
        """What came before `number` is of no use any more."""
        self._requests = {each: request for each, request in self._requests.items() if each >= number}

    def forget(self) -> None:
        """Nothing that is missing is of any use."""
        self._requests.clear()

    def take_given_up(self) -> bool:
        """True if something was given up since this was asked last."""
        has_given_up, self._has_given_up = self._has_given_up, False
        return has_given_up

    def come(self, number: int, now: float) -> bool:
        """`number` came in the stream after all; True if it was missing."""
        request = self._requests.pop(number, None)
        if request is None:
            return False
        trip = self._trip.mean
        if not request.asked or (trip is not None and now - request.asked_at < SURELY_NO_ANSWER * trip):
            late = now - request.since
            self._lateness += (late - self._lateness) / (2 if late > self._lateness else 16)
        return True

    def repaired(self, number: int, now: float) -> bool:
        """`number` came as a retransmission; True if it was missing."""
        request = self._requests.pop(number, None)
        if request is None:
            return False
        self._lateness -= self._lateness / 16
        # The first answer of a slow line comes after more than one request: better too long a time than none.
        if request.asked == 1 or (request.asked and self._trip.mean is None):
            self._trip.note(now - request.asked_at if request.asked == 1 else now - request.since)
        return True

    def due(self, now: float, most: int = MAX_MISSING) -> list[int]:
        """The numbers to ask for at `now`, `most` of them at most, in rising order; those past hope are forgotten."""
        due: list[int] = []
        wait, hope = self._trip.wait, self._trip.hope
        for number, request in list(self._requests.items()):
            if now - request.since > hope:
                del self._requests[number]
                self._has_given_up = True
            elif len(due) < most and now >= request.next_at and request.asked < MAX_REQUESTS:
                request.next_at = now + wait * BACK_OFF**request.asked
                request.asked, request.asked_at = request.asked + 1, now
                due.append(number)
        return sorted(due)
