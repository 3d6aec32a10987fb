"""How much picture one viewer gets (pure; bits per second, seconds).

Theory. Four *rungs* for each picture: the full one; the small one; a *still* every few seconds, that is only key frames of
the small one; none. Sound is not on the ladder: it is sent whatever happens. The pictures of a viewer share its line in the
order of their importance: first each gets a still, then each the small picture, then each the full one, as far as the line
reaches.

Nothing limits a viewer until its line has been found full. From then on there is a *budget*: what got through. After a time
without trouble more is *tried*: beginning with little more than what is sent (or what the page believes it can receive), the
budget grows by a quarter with each report of a quiet line. As padding fills it, what is tried is the line and not the picture.
A quarter too much for the second until the next report is a queue of a quarter of a second: it is seen before it overflows.
Padding is sent only while there is a picture to climb to.

How a viewer is on a rung of its own. All viewers of a bus share one numbering, so that a packet is rewritten once. Who leaves
that company gets a bus of its own: a fork that goes on from the same number under the same SSRC, with the one source until
the key frame of the other (`Bus.fork`). Its numbers have no holes, whatever is left out, so SRTP and the page notice nothing
and nothing is negotiated. The many pay nothing for it; the few cost a rewriting each.

Rules.
- Down at once, from the full picture one rung at least; for a page's own estimate one rung only: a busy machine's falls to
  next to nothing for a moment.
- Up one step at a time, and only when nothing was found full for `hold` seconds.
- A line that is not quiet is not padded until it is; when that comes twice at the same budget, the trial has failed.
- What was tried and proved too much leads back to where the line was quiet, not below: a moment of overload tells no room.
- A step up that proved too much within `TRIAL_SECONDS` doubles the hold; a quiet minute halves it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from .bandwidth import Full, Sign

HOLD_SECONDS, LONGEST_HOLD, DISTURBED_HOLD = 6.0, 96.0, 12.0
"""A trial that ends before anything is lost costs nothing: the next one comes sooner."""
TRIAL_SECONDS, STEP_SECONDS, QUIET_SECONDS = 10.0, 3.0, 60.0
GROWTH, GROWTH_SECONDS, TRIED = 1.25, 0.9, 0.8
"""So much of the budget must have been sent to have been tried."""
HEADROOM = 1.1
STILL_SECONDS = 4.0
STILL_BITS = 30_000
"""A key frame of the small picture, every `STILL_SECONDS`."""


class Rung(IntEnum):
    """What a viewer gets of a picture, the least first."""

    NONE = 0
    STILL = 1
    SMALL = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture a viewer could have, and what its full and its small version need."""

    bus: str
    full: float
    small: float

    def need(self, rung: Rung) -> float:
        return (0.0, min(STILL_BITS, self.small), self.small, self.full)[rung]


Rungs = Mapping[str, Rung]


def need_of(pictures: Sequence[Picture], rungs: Rungs) -> float:
    """What these rungs take together."""
    return sum(picture.need(rungs.get(picture.bus, Rung.FULL)) for picture in pictures)


def allot(pictures: Sequence[Picture], budget: float) -> dict[str, Rung]:
    """The rungs for `pictures`, the most important first, that fit into `budget`."""
    rungs = dict.fromkeys((picture.bus for picture in pictures), Rung.NONE)
    for rung in (Rung.STILL, Rung.SMALL, Rung.FULL):
        for picture in pictures:
            step = {**rungs, picture.bus: rung}
            if rungs[picture.bus] != rung - 1 or need_of(pictures, step) > budget:
                break  # nothing less important is better off
            rungs = step
    return rungs


class Ladder:
    """Where one viewer stands."""

    def __init__(self) -> None:
        self.budget = math.inf
        self.sign: Sign | None = None
        self._rungs: dict[str, Rung] = {}
        self._safe: Mapping[str, Rung] = {}
        self._hold = HOLD_SECONDS
        self._troubled_at = -math.inf
        self._climbed_at = -math.inf
        self._is_trying = self._is_disturbed = False
        self._disturbed_budget = 0.0
        self._grown_at = -math.inf
        self._at = -math.inf

    @property
    def is_limited(self) -> bool:
        """The line was found full and has not proved to take everything since."""
        return self.budget < math.inf

    def rung(self, bus: str) -> Rung:
        """A picture that has just come is a still until it is weighed."""
        return self._rungs.get(bus, Rung.STILL) if self.is_limited else Rung.FULL

    def step(
        self,
        pictures: Sequence[Picture],
        sound: float,
        sent: float,
        full: Full | None,
        now: float,
        is_quiet: bool | None = True,
        estimate: float = 0.0,
    ) -> bool:
        """One look at the line, with `sound` and `sent` the rates of the sound and of everything; True if a rung changed.

        `is_quiet` is what a report just told of the line, None when there was none; `estimate` is the page's own.
        """
        self._at = now
        before = self._stand(pictures)
        if self.is_limited:
            found = allot(pictures, self.budget - sound)
            self._rungs = {bus: self._rungs.get(bus, rung) for bus, rung in found.items()}
        if full is not None:
            self._descend(pictures, sound, full)
        elif self._is_probing:
            self._try(pictures, sound, sent, is_quiet, estimate)
        return before != self._stand(pictures)

    def padding(self, pictures: Sequence[Picture], sound: float) -> float:
        """What is to be sent beyond pictures and sound, so that the line shows what it takes."""
        rungs = self._stand(pictures)
        if not self._is_trying or self._is_disturbed or all(rung is Rung.FULL for rung in rungs.values()):
            return 0.0
        return max(0.0, self.budget - sound - need_of(pictures, rungs))

    @property
    def _is_probing(self) -> bool:
        return self.is_limited and self._at - self._troubled_at > self._hold

    def _stand(self, pictures: Sequence[Picture]) -> dict[str, Rung]:
        return {picture.bus: self.rung(picture.bus) for picture in pictures}

    def _descend(self, pictures: Sequence[Picture], sound: float, full: Full) -> None:
        before = self._stand(pictures)
        was_probing, room = self._is_probing, full.room
        if was_probing:
            safe = {bus: min(rung, self._safe.get(bus, Rung.STILL)) for bus, rung in before.items()}
            room = max(room, sound + need_of(pictures, safe))
        if was_probing or self._at - self._climbed_at <= TRIAL_SECONDS:
            self._hold = min(LONGEST_HOLD, self._hold * 2)
        self.budget, self.sign, self._troubled_at, self._is_trying = room, full.sign, self._at, False
        self._rungs = self._safe = before
        if was_probing and room >= sound + need_of(pictures, before):
            return  # the padding was too much, the pictures are not
        found = allot(pictures, room - sound)
        self._rungs = {bus: min(rung, before[bus]) for bus, rung in found.items()}
        if full.sign is Sign.ESTIMATE:
            self._rungs = {bus: max(rung, Rung(max(0, before[bus] - 1))) for bus, rung in self._rungs.items()}
        if self._rungs == before:
            self._give_up_one(pictures)
        self._safe = self._rungs

    def _give_up_one(self, pictures: Sequence[Picture]) -> None:
        """The least important of the full pictures goes down. A small one that fits stays: the sign may be of before it."""
        for picture in reversed(pictures):
            if self._rungs[picture.bus] is Rung.FULL:
                self._rungs[picture.bus] = Rung.SMALL
                return

    def _try(
        self, pictures: Sequence[Picture], sound: float, sent: float, is_quiet: bool | None, estimate: float
    ) -> None:
        now, before = self._at, self._stand(pictures)
        is_whole = all(rung is Rung.FULL for rung in before.values())
        need = sound + need_of(pictures, before)
        if not self._is_trying:
            self._is_trying, self._is_disturbed, self._disturbed_budget = True, False, 0.0
            self._grown_at = now
            self.budget = min(self.budget, max(GROWTH * max(sent, need), estimate))
            return
        if is_quiet is False and not is_whole:
            is_second = not self._is_disturbed and self.budget <= self._disturbed_budget
            self._is_disturbed, self._disturbed_budget = True, max(self.budget, self._disturbed_budget)
            if is_second:
                self._hold = max(self._hold, min(DISTURBED_HOLD, self._hold * 1.5))
                self.sign, self._troubled_at, self._is_trying = Sign.DELAY, now, False
        elif is_quiet and self._is_disturbed:
            self._is_disturbed, self._grown_at = False, now
        elif is_quiet and now - self._grown_at >= GROWTH_SECONDS and (is_whole or sent >= TRIED * self.budget):
            self._grown_at = now
            self._climb(pictures, sound, sent)

    def _climb(self, pictures: Sequence[Picture], sound: float, sent: float) -> None:
        now, before = self._at, self._stand(pictures)
        if now - self._troubled_at > QUIET_SECONDS + self._hold:
            self._hold = max(HOLD_SECONDS, self._hold / 2)
            self._troubled_at = now - self._hold
        self.budget = max(self.budget, min(sent, self.budget * 2)) * GROWTH
        if all(rung is Rung.FULL for rung in before.values()):
            if now - self._climbed_at > TRIAL_SECONDS and self.budget > HEADROOM * (sound + need_of(pictures, before)):
                self.budget, self.sign, self._rungs = math.inf, None, {}
            return
        if now - self._climbed_at < STEP_SECONDS:
            return
        found = allot(pictures, self.budget / HEADROOM - sound)
        for picture in pictures:
            if found[picture.bus] > before[picture.bus]:
                self._rungs[picture.bus] = Rung(before[picture.bus] + 1)
                self._climbed_at = now
                return
