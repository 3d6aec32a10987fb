"""Whether one site returns the sound of another (pure): its loudspeaker is heard by its microphone.

Theory. Sound that comes back is the same speech, later and softer. The levels of the two streams then rise and fall alike,
one behind the other by the way there, the loudspeaker and the way back: a tenth of a second to one and a half. People who take
turns have levels that are alike too, over seconds: so only the quick part is compared, the syllables, without the mean of a
second around them. What is as alike the other way round (a tone that comes again and again, two microphones in one hall)
proves nothing.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import sqrt
from operator import mul

SLOTS_AROUND = 10
"""Half a second on each side makes the mean that is taken away (slots of `sfu/levels`)."""
FLOOR_DB = -70
"""Softer is noise."""
LEAST_DELAY, LONGEST_DELAY = 2, 30
"""Slots: 0.1 s and 1.5 s."""
ALIKE, CLEARLY = 0.5, 0.15
LIVELY_DB = 2.0
"""The syllables of a voice swing by much more; what swings less is no speech, or is not heard."""

Row = Sequence[int]


def delay_of(source: Row, other: Row) -> int | None:
    """By how many slots `other` is behind `source` as its echo; None when it is none. Levels in dBov, the oldest first."""
    spoken, returned = _syllables(source), _syllables(other)
    scale = sqrt(_power(spoken) * _power(returned))
    if min(_power(spoken), _power(returned)) < LIVELY_DB**2:
        return None

    def likeness(delay: int) -> float:
        if delay < 0:
            return _product(spoken[-delay:], returned) / (scale * (len(spoken) + delay))
        return _product(spoken, returned[delay:]) / (scale * (len(spoken) - delay))

    found = {delay: likeness(delay) for delay in range(LEAST_DELAY, LONGEST_DELAY + 1)}
    best = max(found, key=found.__getitem__)
    other_way = max(likeness(delay) for delay in range(-LONGEST_DELAY, LEAST_DELAY - 1))
    return best if found[best] >= ALIKE and found[best] - other_way >= CLEARLY else None


def _syllables(row: Row) -> list[float]:
    levels = [max(level, FLOOR_DB) for level in row]
    sums = [0, *accumulate(levels)]
    quick = []
    for place, level in enumerate(levels):
        first, last = max(0, place - SLOTS_AROUND), min(len(levels), place + SLOTS_AROUND + 1)
        quick.append(level - (sums[last] - sums[first]) / (last - first))
    return quick


def _power(row: Sequence[float]) -> float:
    return _product(row, row) / max(1, len(row))


def _product(row: Sequence[float], other: Sequence[float]) -> float:
    """As far as both go."""
    total: float = sum(map(mul, row, other))
    return total
