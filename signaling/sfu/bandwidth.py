"""How much the line to one viewer takes (pure; bits per second, seconds).

Theory. Numbers are shared among viewers, so there is no transport-wide feedback on the way down. What a line takes shows only
while it is full. Then one of three things tells, and gives the *room*: what got through.

- The page's own estimate (REMB) falls below what is sent.
- More is lost than this line loses ordinarily.
- The round trip grows by a queue.

At any other time the line takes what it is sent, and perhaps more: only trying tells.

Rules.
- A REMB that lags behind proves nothing, nor that it then falls: a browser lets it grow by 8 % a second and not far beyond
  what it receives. The fall of one that had come near to what is sent does, if it is the line's: a browser also takes jitter
  and its own busy machine for a queue. So within `WITNESS_SECONDS` the line must be *strained*: more is lost than ordinarily,
  or the round trip is longer than its variation explains. And one that falls a little counts when another follows.
- A round trip that has grown once and stays is another path, not a queue that we fill: that goes on growing.
- A radio line loses at any rate. Its *ordinary* loss, the least of the last half minute, is no reason to send less; it is a
  reason to send sound twice (`is_lossy`). Of few packets chance loses now more, now less: what is too much is counted from
  the *usual* loss, the middle one of that time. A loss that stays when much less is sent was the line's own all along.
- What is heard after `OUTAGE_SECONDS` of nothing tells of an outage, not of a rate.
- Requests for many packets at once are such a witness too, but on a radio line: they come a second before the report that
  counts the losses.
- While a higher rate is tried (see `ladder`), less is enough to stop: a round trip or a loss beyond what chance explains, or an
  estimate below what is sent that falls further. The line is *quiet* while reports come that show none of them.
- For `SETTLE_SECONDS` after a change (`settle`) what is heard is still of the time before, and a witness of before is none;
  after a change of path (`begin_path`) it is of the path before.
"""

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

DEEP_FALL, SLIGHT_FALL = 0.7, 0.92
"""A REMB below this share of what is sent counts at once; below that one when it is the second within `STRIKE_SECONDS`."""
STRIKE_SECONDS = 5.0
WITNESS_SECONDS = 3.0
STRAIN_LOSS, STRAIN_MS, STRAIN_DEVIATIONS = 0.02, 60.0, 3.0
MANY_ASKED, ASKED_SECONDS = 30, 0.5
DOUBT_FALL, DOUBT_SECONDS = 0.92, 1.0
LATELY_SECONDS = 10.0
HEAVY_LOSS, MUCH_LOSS = 0.25, 0.08
"""Beyond the usual, if chance does not explain it: at once; twice in a row."""
MUCH_LESS, SAME_LOSS = 0.5, 0.6
"""At this share of the rate at which a loss was too much, this share of it is still the same."""
LEAST_PACKETS = 20
"""Fewer expected packets are added to the next report's."""
QUEUE_MS, STILL_GROWING_MS = 300.0, 100.0
"""Beyond the least of late; and beyond the report before."""
CAUTION = 0.8
"""What a line takes of what is sent while its queue grows."""
LOSSY, NO_LONGER_LOSSY = 0.015, 0.008
MEMORY_SECONDS, FEW = 30.0, 2
OUTAGE_SECONDS = 3.5
SETTLE_SECONDS = 2.5


class Sign(StrEnum):
    """By what a full line showed."""

    ESTIMATE = "estimate"
    LOSS = "loss"
    DELAY = "delay"


@dataclass(frozen=True, slots=True)
class Full:
    """The line was full, and `room` bits per second got through."""

    room: float
    sign: Sign


class Bandwidth:
    """What is known of one viewer's line."""

    def __init__(self) -> None:
        self.is_lossy = False
        self._found: Full | None = None
        self._limit: float | None = None
        self._struck_at = -1e9
        self._fall: tuple[float, float] | None = None
        self._strained_at = self._doubted_at = -1e9
        self._asked, self._asked_since = 0, -1e9
        self._asked_at = -1e9
        self._reports = 0
        self._expected = self._lost = 0
        self._trip_ms: float | None = None
        self._lossy_reports = 0
        self._slow_trip = math.inf
        self._losses: deque[tuple[float, float]] = deque()
        self._cut: tuple[float, float, float] | None = None
        """Rate and loss when too much was lost last, and when that was."""
        self._trips: deque[tuple[float, float]] = deque()
        self._heard_at: float | None = None
        self._deaf_until = -1e9

    @property
    def ordinary_loss(self) -> float:
        """What the line loses at any rate, 0…1."""
        return min((loss for _, loss in self._losses), default=0.0)

    def settle(self, now: float) -> None:
        """Another rate is sent from `now` on."""
        self._deaf_until = now + SETTLE_SECONDS
        self._found = self._fall = None
        self._strained_at = self._asked_at = -1e9
        self._asked = self._reports = 0
        self._lossy_reports = 0
        self._slow_trip = math.inf

    def begin_path(self, now: float) -> None:
        """The line is another one from `now` on, and nothing is known of it."""
        self.settle(now)
        self._losses.clear()
        self._trips.clear()
        self._cut = None

    def note_limit(self, bits: float, sent: float, now: float) -> None:
        """The page believes it can receive `bits`; `sent` is what it is being sent."""
        before, self._limit = self._limit, bits
        if before is not None and bits < min(sent, DOUBT_FALL * before):
            self._doubted_at = now
        if not self._listens(now) or before is None or bits >= before or bits >= SLIGHT_FALL * sent:
            return
        is_second = now - self._struck_at <= STRIKE_SECONDS
        if before < DEEP_FALL * sent and not is_second:
            return
        self._struck_at = now
        if bits < DEEP_FALL * sent or is_second:
            self._fall = (bits, now)

    def note_asked(self, count: int, now: float) -> None:
        """The page asks, for the first time, for `count` packets of a picture that did not come."""
        if now - self._asked_since > ASKED_SECONDS:
            self._asked, self._asked_since = 0, now
        self._asked += count
        if self._asked >= MANY_ASKED and not self.is_lossy:
            self._asked_at = now

    def is_falling(self, now: float) -> bool:
        """The page has just found that it can receive less than it is sent."""
        return now - self._struck_at <= WITNESS_SECONDS

    def is_pressing(self, now: float) -> bool:
        """The line is full as it seems, and `take` would tell so."""
        return self._fall is not None and self._is_witnessed(now)

    def is_quiet(self, now: float) -> bool | None:
        """False if something tells that the line might be full; None if nothing was reported since this was asked last."""
        reports, self._reports = self._reports, 0
        if self.is_doubtful(now):
            return False
        return True if reports else None

    def is_doubtful(self, now: float) -> bool:
        """Something has just told that the line might be full."""
        return now - self._doubted_at <= DOUBT_SECONDS

    def note_report(self, expected: int, lost: int, trip_ms: float | None, now: float) -> None:
        """Of `expected` packets of one stream since its last report `lost` did not come."""
        if not self._listens(now):
            self._expected = self._lost = 0
            return
        self._reports += 1
        self._trip_ms = trip_ms if trip_ms is not None else self._trip_ms
        self._expected += max(0, expected)
        self._lost += max(0, lost)

    def take(self, sent: float, now: float) -> Full | None:
        """What was found since the last call, at worst; `sent` as in `note_limit`."""
        if self._trip_ms is not None:
            self._weigh_trip(self._trip_ms, sent, now)
            self._trip_ms = None
        if self._expected >= LEAST_PACKETS:
            self._weigh_loss(min(1.0, self._lost / self._expected), sent, now)
            self._expected = self._lost = 0
        self._weigh_fall(now)
        found, self._found = self._found, None
        return found

    def _weigh_fall(self, now: float) -> None:
        if self._fall is None:
            return
        bits, at = self._fall
        if self._is_witnessed(at):
            self._find(Full(bits, Sign.ESTIMATE))
            self._fall = None
        elif now - at > WITNESS_SECONDS:
            self._fall = None

    def _is_witnessed(self, at: float) -> bool:
        return min(abs(at - self._strained_at), abs(at - self._asked_at)) <= WITNESS_SECONDS

    def _weigh_loss(self, loss: float, sent: float, now: float) -> None:
        if self._is_own(loss, sent, now):
            self._losses.clear()
            self._cut = None
        beyond = loss - self.ordinary_loss
        usual = sorted(each for _, each in self._losses)[(len(self._losses) - 1) // 2] if self._losses else 0.0
        chance = STRAIN_DEVIATIONS * math.sqrt(usual * (1 - usual) / self._expected)
        if loss > usual + STRAIN_LOSS + chance:
            self._strained_at = self._doubted_at = now
        _remember(self._losses, loss, now)
        ordinary = self.ordinary_loss
        self.is_lossy = len(self._losses) > FEW and ordinary >= (NO_LONGER_LOSSY if self.is_lossy else LOSSY)
        self._lossy_reports = self._lossy_reports + 1 if loss > usual + max(MUCH_LOSS, chance) else 0
        if loss > usual + max(HEAVY_LOSS, chance) or self._lossy_reports > 1:
            self._lossy_reports = 0
            self._cut = (sent, loss, now)
            self._find(Full(sent * (1 - beyond), Sign.LOSS))

    def _is_own(self, loss: float, sent: float, now: float) -> bool:
        if self._cut is None:
            return False
        cut_sent, cut_loss, at = self._cut
        return now - at <= LATELY_SECONDS and sent <= MUCH_LESS * cut_sent and loss >= SAME_LOSS * cut_loss

    def _weigh_trip(self, trip_ms: float, sent: float, now: float) -> None:
        if trip_ms > self._usual_trip(now):
            self._strained_at = self._doubted_at = now
        least = min((trip for _, trip in self._trips), default=trip_ms)
        _remember(self._trips, trip_ms, now)
        is_slow = trip_ms > least + QUEUE_MS
        is_growing = trip_ms > self._slow_trip + STILL_GROWING_MS
        self._slow_trip = trip_ms if is_slow else math.inf
        if is_slow and is_growing:
            self._find(Full(sent * CAUTION, Sign.DELAY))

    def _usual_trip(self, now: float) -> float:
        lately = [trip for at, trip in self._trips if now - at <= LATELY_SECONDS]
        if not lately:
            return math.inf
        mean = sum(lately) / len(lately)
        deviation = sum(abs(trip - mean) for trip in lately) / len(lately)
        return mean + max(STRAIN_MS, STRAIN_DEVIATIONS * deviation)

    def _listens(self, now: float) -> bool:
        before, self._heard_at = self._heard_at, now
        if before is not None and now - before > OUTAGE_SECONDS:
            self._deaf_until = max(self._deaf_until, now + SETTLE_SECONDS)
        return now >= self._deaf_until

    def _find(self, full: Full) -> None:
        if self._found is None or full.room < self._found.room:
            self._found = full


def _remember(row: deque[tuple[float, float]], value: float, now: float) -> None:
    row.append((now, value))
    while now - row[0][0] > MEMORY_SECONDS:
        row.popleft()
