"""One continuous line of numbers out of many sources (the rewriting of a bus).

Theory. A source numbers its packets ``s``; the bus gives them ``s + delta``. Four things change delta.

- A new source begins: delta is chosen so that its first packet follows the last one sent.
- A number is dropped (padding only): delta shrinks by one for everything *after* it. A late packet from
  before the drop must still use the old delta, hence a short list of steps ``(first source number, delta)``,
  newest last.
- A number is put in (padding of our own): delta grows by one, likewise.
- The source jumps (a restart of its encoder): as for a new source.

Timestamps get one offset per source, chosen so that the time passes between the two sources that passed between the two
frames: by their senders' clocks where they are known, else by when the packets came. A first packet that waited in a queue
for a second longer than those that follow would otherwise have each of these shown a second late.

Rules.
- No two packets get the same number: whatever precedes the first packet of the source has no place.
- A number is dropped only if nothing after it was placed; a late padding packet keeps its place instead. A dropped number
  that comes again has none; what was lost before it and is recovered has its own.
- A jump of more than `MAX_DROPOUT` numbers counts only when the next packet confirms it (RFC 3550 appendix
  A.1).
"""

import copy

from .rtp import extended

MAX_DROPOUT = 3000
STEPS_KEPT = 64


class Numbering:
    """Output numbers of one bus. `frame_ticks` is the least timestamp distance between two sources.

    `most_disagreement`: seconds that may lie at most between what the senders' clocks tell of a cut and when its packets came.
    """

    def __init__(
        self, first_index: int, first_timestamp: int, clock_rate: int, frame_ticks: int, most_disagreement: float
    ) -> None:
        self.last_index = first_index - 1
        self.last_timestamp = first_timestamp
        self.timestamp_delta = 0
        self._clock_rate = clock_rate
        self._frame_ticks = frame_ticks
        self._most_disagreement = most_disagreement
        self._last_at: float | None = None
        self._newest = 0
        self._steps: list[tuple[int, int]] = []
        self._confirms_jump: int | None = None

    def begin(self, sequence: int, timestamp: int, now: float, due: int | None = None) -> None:
        """From here on packets come from a source whose first packet is (`sequence`, `timestamp`).

        `due` is the output timestamp (32 bits) of its frame by the senders' clocks; what is far off is not believed.
        """
        elapsed = 0.0 if self._last_at is None else now - self._last_at
        ticks = int(elapsed * self._clock_rate)
        if due is not None:
            told = extended(due, self.last_timestamp, 32) - self.last_timestamp
            if abs(told - ticks) < self._most_disagreement * self._clock_rate:
                ticks = told
        ticks = max(self._frame_ticks, ticks)
        self.timestamp_delta = self.last_timestamp + ticks - timestamp
        self._newest = sequence - 1
        self._steps = [(sequence, self.last_index + 1 - sequence)]
        self._confirms_jump = None

    def place(self, sequence: int, timestamp: int, now: float) -> int | None:
        """The extended output number of a packet, or None if it has no place any more."""
        following = self._newest + 1
        if sequence == following & 0xFFFF:  # as nearly always
            self._confirms_jump = None
            number: int | None = following
        else:
            number = self._locate(sequence, timestamp, now)
        if number is None:
            return None
        if number > self._newest:
            self._newest = number
            self.last_index = number + self._steps[-1][1]
            self.last_timestamp = self.timestamp_for(timestamp)
            self._last_at = now
            return self.last_index
        return self._place_late(number)

    def drop(self, sequence: int, timestamp: int, now: float) -> int | None:
        """Take `sequence` out of the line. A number tells that it was too late for that: send padding there."""
        number = self._locate(sequence, timestamp, now)
        if number is None:
            return None
        if number <= self._newest:
            return self._place_late(number)
        self._newest = number
        self._shift(-1)
        return None

    def insert(self) -> int:
        """The number of a packet that comes from no source; at least one packet was placed before."""
        self._shift(1)
        return self.last_index

    def fork(self) -> "Numbering":
        """The same line, to be continued in another way."""
        fork = copy.copy(self)
        fork._steps = self._steps.copy()
        return fork

    def _shift(self, by: int) -> None:
        start, delta = self._steps[-1]
        is_another_like_it = len(self._steps) > 1 and (delta - self._steps[-2][1]) * by > 0
        if is_another_like_it and start == self._newest + (by > 0):  # and nothing was placed between the two
            self._steps.pop()
        self._steps.append((self._newest + 1, delta + by))
        self.last_index = self._newest + delta + by
        del self._steps[:-STEPS_KEPT]

    def timestamp_for(self, timestamp: int) -> int:
        """The output timestamp (32 bits) of the source's `timestamp`."""
        return (timestamp + self.timestamp_delta) & 0xFFFFFFFF

    def _locate(self, sequence: int, timestamp: int, now: float) -> int | None:
        number = extended(sequence, self._newest)
        if abs(number - self._newest) <= MAX_DROPOUT:
            self._confirms_jump = None
            return number
        if sequence != self._confirms_jump:
            self._confirms_jump = (sequence + 1) & 0xFFFF
            return None
        self.begin(sequence, timestamp, now)
        return sequence

    def _place_late(self, number: int) -> int | None:
        following = self.last_index + 1
        for start, delta in reversed(self._steps):
            if number >= start:
                return number + delta if number + delta < following else None
            following = start + delta  # what was dropped just before would take this one
        return None
