"""What goes wrong on the floor and nobody at the desk may notice. Pure: `now` in seconds, nothing is read or sent.

Three alarms, each of one site. *Silent*: it holds the floor with an open microphone and there is no sound. *Frozen*: the
picture that everybody sees has no new frames although its camera is on. *Echo*: it returns the sound of another one that is
heard.

What is expected of whom comes from the sitting: nothing in a break, nothing of who is muted or paused, nothing of a camera that
is off. What really flows comes from the media process at every reading.

Rules.
- Digital silence is a microphone that is switched off somewhere we cannot see (the quietest hall is louder): it counts after
  `DEAD_SECONDS`. Mere quiet may be a pause for thought: after `QUIET_SECONDS`.
- Who has just been given the floor has as much time to begin: only what was expected counts.
- An alarm begins after `BEGINS` readings in a row that say so, and ends by itself after `ENDS` readings that say otherwise;
  readings that say neither change nothing. It also ends, without a word, when nothing is expected any more.
- An echo is one only while its delay stays the same: chance has another one each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from meetings.core.stage import Large, Stage
from meetings.core.state import State
from meetings.core.vocabulary import ConferenceStatus, LineKind, SiteId
from signaling.echoes import delay_of
from signaling.sfu.levels import SLOT_SECONDS

DEAD_DB, DEAD_SECONDS = -120, 5.0
QUIET_DB, QUIET_SECONDS = -60, 9.0
HEARD_SECONDS = 1.5
"""Sound within this time is sound now."""
FROZEN_SECONDS, FLOWING_SECONDS = 2.5, 1.0
CUT_SECONDS = 3.5
"""A new picture may take so long until its first key frame."""
SAME_DELAY = 2


class AlarmKind(StrEnum):
    SILENT = "silent"
    FROZEN = "frozen"
    ECHO = "echo"


BEGINS = {AlarmKind.SILENT: 1, AlarmKind.FROZEN: 1, AlarmKind.ECHO: 3}
ENDS = {AlarmKind.SILENT: 1, AlarmKind.FROZEN: 2, AlarmKind.ECHO: 4}
"""Readings in a row."""

WRITTEN = {
    AlarmKind.SILENT: (LineKind.SILENT, LineKind.AUDIBLE),
    AlarmKind.FROZEN: (LineKind.FROZEN, LineKind.MOVING),
    AlarmKind.ECHO: (LineKind.ECHO, LineKind.ECHO_OVER),
}
"""What is written down of a site when its alarm begins, and when it ends by itself."""


@dataclass(frozen=True)
class Flow:
    """What a bus carries: `site_id` is whose turn it is. `idle_seconds` since that site's last packet on it, None when none
    came; `levels` of its sound, in slots of `sfu/levels`, None for a picture and where none are told."""

    kind: str
    site_id: SiteId
    idle_seconds: float | None
    levels: Sequence[int] | None = None


@dataclass(frozen=True)
class Expected:
    """Who should be heard speaking, and whose picture everybody should see."""

    speakers: frozenset[SiteId] = frozenset()
    picture: SiteId | None = None


NOTHING = Expected()


@dataclass(frozen=True)
class Alarm:
    """`of_site_id`: whose sound an echo is."""

    kind: AlarmKind
    site_id: SiteId
    of_site_id: SiteId | None = None


def expected_of(state: State, stage: Stage, sending: frozenset[SiteId], filming: frozenset[SiteId]) -> Expected:
    """What the sitting expects now of those who have a line: `sending` anything, `filming` with their camera on."""
    if state.status is not ConferenceStatus.CONVENED:
        return NOTHING
    speakers = {request.site_id for request in state.holders() if request.is_on_air}
    if stage.is_chair_speaking and stage.hall_site_id is not None:
        speakers.add(stage.hall_site_id)
    seen = None if stage.card else stage.floor_site_id if stage.large is Large.FLOOR else stage.hall_site_id
    return Expected(frozenset(speakers & set(stage.heard) & sending), seen if seen in filming else None)


@dataclass
class _Sight:
    """How one possible alarm has looked: whether it is on, and how many readings in a row said the opposite."""

    is_on: bool = False
    against: int = 0

    def note(self, verdict: bool | None, begins: int, ends: int) -> bool:
        """Takes one reading's verdict; True if the alarm has begun or ended by it."""
        if verdict is None or verdict is self.is_on:
            self.against = 0 if verdict is not None else self.against
            return False
        self.against += 1
        if self.against < (ends if self.is_on else begins):
            return False
        self.is_on, self.against = not self.is_on, 0
        return True


class Watch:
    """The alarms of one conference, reading by reading."""

    def __init__(self) -> None:
        self._sights: dict[Alarm, _Sight] = {}
        self._speaking_since: dict[SiteId, float] = {}
        self._picture: SiteId | None = None
        self._seen_since = 0.0
        self._delays: dict[tuple[SiteId, SiteId], int] = {}

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Those that are on."""
        return tuple(alarm for alarm, sight in self._sights.items() if sight.is_on)

    def look(self, expected: Expected, flows: Sequence[Flow], now: float) -> list[tuple[SiteId, LineKind]]:
        """Takes one reading; what is to be written down of whom."""
        self._note_expected(expected, now)
        verdicts = {**self._silent(flows, now), **self._frozen(flows, now), **self._echoes(expected, flows)}
        written = []
        self._sights = {alarm: self._sights.get(alarm, _Sight()) for alarm in self._in_order(verdicts)}
        for alarm, sight in self._sights.items():
            if sight.note(verdicts[alarm], BEGINS[alarm.kind], ENDS[alarm.kind]):
                begun, ended = WRITTEN[alarm.kind]
                written.append((alarm.site_id, begun if sight.is_on else ended))
        return written

    def _in_order(self, verdicts: dict[Alarm, bool | None]) -> list[Alarm]:
        kept = [alarm for alarm in self._sights if alarm in verdicts]
        return [*kept, *(alarm for alarm in verdicts if alarm not in self._sights)]

    def _note_expected(self, expected: Expected, now: float) -> None:
        self._speaking_since = {site: self._speaking_since.get(site, now) for site in expected.speakers}
        if expected.picture != self._picture:
            self._picture, self._seen_since = expected.picture, now

    def _silent(self, flows: Sequence[Flow], now: float) -> dict[Alarm, bool | None]:
        sounds = {flow.site_id: flow for flow in flows if flow.kind == "audio"}
        return {
            Alarm(AlarmKind.SILENT, site): _is_silent(sounds.get(site), now - since)
            for site, since in self._speaking_since.items()
        }

    def _frozen(self, flows: Sequence[Flow], now: float) -> dict[Alarm, bool | None]:
        if self._picture is None:
            return {}
        seen = next((flow for flow in flows if (flow.kind, flow.site_id) == ("video", self._picture)), None)
        idle = seen.idle_seconds if seen is not None else None
        verdict: bool | None = None
        if idle is not None and idle < FLOWING_SECONDS:
            verdict = False
        elif now - self._seen_since >= CUT_SECONDS and (idle is None or idle >= FROZEN_SECONDS):
            verdict = True
        return {Alarm(AlarmKind.FROZEN, self._picture): verdict}

    def _echoes(self, expected: Expected, flows: Sequence[Flow]) -> dict[Alarm, bool | None]:
        if not expected.speakers:
            self._delays = {}
            return {}
        heard = {flow.site_id: flow.levels for flow in flows if flow.kind == "audio" and flow.levels is not None}
        before, self._delays = self._delays, {}
        verdicts: dict[Alarm, bool | None] = {}
        for source in sorted(heard):
            for site in sorted(heard.keys() - {source}):
                delay = delay_of(heard[source], heard[site])
                known = before.get((source, site), delay)
                if delay is not None:
                    self._delays[source, site] = delay
                is_same = delay is not None and known is not None and abs(delay - known) <= SAME_DELAY
                verdicts[Alarm(AlarmKind.ECHO, site, source)] = is_same
        return verdicts


def _is_silent(flow: Flow | None, expected_seconds: float) -> bool | None:
    if flow is None or flow.idle_seconds is None:
        return True if expected_seconds >= DEAD_SECONDS else None
    if flow.levels is None:
        return None
    dead, quiet = (min(_seconds_below(flow.levels, limit), expected_seconds) for limit in (DEAD_DB, QUIET_DB))
    if dead >= DEAD_SECONDS or quiet >= QUIET_SECONDS:
        return True
    return False if _seconds_below(flow.levels, QUIET_DB) <= HEARD_SECONDS else None


def _seconds_below(levels: Sequence[int], limit: int) -> float:
    """For how long, up to now, nothing was louder."""
    count = next((n for n, level in enumerate(reversed(levels)) if level > limit), len(levels))
    return count * SLOT_SECONDS
