"""A burst, as a key frame is, spread over the time that a weak line needs for it (pure; bits per second, seconds).

Theory. A narrow line has a short queue: thirty packets at once fill it, and what does not fit is lost, of the sound too that
comes behind. So a viewer on a picture of its own (see `ladder`) gets what exceeds a little *credit* at the pace of the room
that its line was found to have. Sound has a bus of its own and never waits here.

Rules.
- First come, first sent: numbers stay in their order, whatever waits.
- Nothing waits longer than `MOST_SECONDS`: a pace that is too slow must not become a delay that grows.
- Where no room is known nothing waits.
- What is sent again of pictures may take `REPEAT_SHARE` of the room, or while none is known of what is sent, or of what the
  page believes it can receive: of a line that has just become narrow most is asked for again, and answering all of it would
  keep the line full for as long again.
"""

import math
from collections import deque
from collections.abc import Iterable

from .bus import Sent

PACE = 1.5
"""Of the room: a queue may build up, but a short one."""
CREDIT_SECONDS, LEAST_CREDIT = 0.04, 2500
MOST_SECONDS = 0.4
REPEAT_SHARE, REPEAT_SECONDS = 0.4, 0.5


class Pacer:
    """What waits to be sent to one viewer of one picture."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, Sent]] = deque()
        self._credit = 0.0
        self._at = -1e9

    def __len__(self) -> int:
        return len(self._waiting)

    def pass_on(self, packets: Iterable[Sent], room: float, now: float) -> list[Sent]:
        """What is to be sent at `now`, of what waits and then of `packets`; the rest waits."""
        self._waiting.extend((now, sent) for sent in packets)
        if math.isinf(room):
            self._at, going = now, [sent for _, sent in self._waiting]
            self._waiting.clear()
            return going
        octets_per_second = PACE * room / 8
        most = max(LEAST_CREDIT, octets_per_second * CREDIT_SECONDS)
        self._credit = min(most, self._credit + (now - self._at) * octets_per_second)
        self._at = now
        going = []
        while self._waiting and (self._credit > 0 or now - self._waiting[0][0] >= MOST_SECONDS):
            sent = self._waiting.popleft()[1]
            self._credit = max(-most, self._credit - len(sent.packet))
            going.append(sent)
        return going


class Repeats:
    """What may be sent again to one viewer."""

    def __init__(self) -> None:
        self._credit = 0.0
        self._at = -1e9

    def take(self, octets: int, room: float, now: float) -> bool:
        """True if so much may be sent again at `now`, on a line of this room; the caller then sends it."""
        octets_per_second = REPEAT_SHARE * room / 8
        earned = (now - self._at) * octets_per_second
        self._credit = min(max(LEAST_CREDIT, octets_per_second * REPEAT_SECONDS), self._credit + earned)
        self._at = now
        if self._credit < octets:
            return False
        self._credit -= octets
        return True
