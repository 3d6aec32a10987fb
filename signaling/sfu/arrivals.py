"""When the packets of one peer came, for its browser's estimate of how much its line takes (transport-wide feedback). Pure.

Theory. A browser numbers all it sends in one line, whatever the stream. Told when each number came, it finds out by itself
how fast it may send, and tries a higher rate at once when a larger picture is switched on; with receiver reports and a bit
rate limit alone it would creep there for half a minute.

Rules.
- Every number is told of once, as come or as missing; one that comes late is told of again, as come.
- A report spans at most `MAX_SPAN` numbers: what lies further back is an outage, and forgotten.
- Where most is missing, only what came is told, run by run. A browser sends at once again what is told to be missing at the
  end of a stream (libwebrtc, early loss detection), before all else: of a flooded line that is all the flood once more.
  There the limit says what the line takes (see `Reception.look`).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from .rtcp import write_arrivals
from .rtp import extended

MAX_SPAN = 500
MANY_MISSING = 8


class Arrivals:
    """What one peer sent since the last report; times in seconds."""

    def __init__(self) -> None:
        self._times: dict[int, float] = {}
        self._newest = 0
        self._after_told = 0
        self._turn = 0

    def note(self, number: int, now: float) -> None:
        """The packet with the 16-bit `number` came at `now`."""
        if not self._turn and not self._times:
            self._newest = self._after_told = number
        index = extended(number, self._newest)
        self._newest = max(self._newest, index)
        if index > self._newest - MAX_SPAN:
            self._times.setdefault(index, now)

    def report(self, media_ssrc: int) -> bytes:
        """The feedback that is due, or nothing."""
        if not self._times:
            return b""
        first = max(min(self._after_told, min(self._times)), self._newest - MAX_SPAN + 1)
        row = [self._times.get(index) for index in range(first, self._newest + 1)]
        self._times.clear()
        self._after_told = self._newest + 1
        told = b""
        for start, times in _runs(row) if _is_mostly_missing(row) else [(0, row)]:
            told += write_arrivals(media_ssrc, first + start, self._turn, times)
            self._turn += 1
        return told


def _is_mostly_missing(row: Sequence[float | None]) -> bool:
    missing = sum(time is None for time in row)
    return missing >= MANY_MISSING and missing > len(row) / 2


def _runs(row: Sequence[float | None]) -> Iterator[tuple[int, list[float | None]]]:
    """(place of the first, times) of each run without a hole."""
    for is_hole, run in groupby(enumerate(row), key=lambda each: each[1] is None):
        if not is_hole:
            places = list(run)
            yield places[0][0], [time for _, time in places]
