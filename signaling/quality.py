"""How good the line of each site is, in a word. Pure: `now` in seconds, nothing is read or sent.

A reading every `READING_SECONDS` gives what the media process has counted of the site's publishing peer. Losses are taken from
the counters of the last `WINDOW_SECONDS`, not from single report intervals, so that one lost packet of a quiet stream is no
weak line. Thresholds (ui/design.md, 3): good under 1 % loss and 80 ms, fair under 3 % and 150 ms, weak above; lost after 5 s
without a packet.

A word may not flicker: it gets worse after `WORSE_READINGS` worse readings in a row, better after `BETTER_READINGS` better
ones, and then goes no further than all of these readings went. Lost, and back from lost, is told at once: it is a fact.
Freezes at the page make a good line a fair one, no worse: a slow computer freezes too. They count when two reports of the page
in a row tell of them: a change of speakers may hold one frame. So does what limits the picture it sends: a browser that has
just been asked for the full one is limited for a moment.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from meetings.core.vocabulary import LineKind

READING_SECONDS = 2.0
WINDOW_SECONDS = 6.5
LOST_SECONDS = 5.0
REPORT_SECONDS = 12.0
"""How long what a page measured counts; it reports every 5 s."""

WORSE_READINGS = 2
BETTER_READINGS = 3

GOOD_LOSS, GOOD_RTT_MS = 0.01, 80.0
FAIR_LOSS, FAIR_RTT_MS = 0.03, 150.0
LEAST_PACKETS = 30
"""Fewer in a window say nothing about loss."""
MUCH_FROZEN_MS = 500

STEPS: dict[str, tuple[float, float]] = {
    "rtt_ms": (5, 0.2),
    "loss_up": (0.005, 0.2),
    "loss_down": (0.005, 0.2),
    "jitter_ms": (10, 0.3),
    "up_kbps": (50, 0.2),
    "down_kbps": (50, 0.2),
    "room_kbps": (50, 0.2),
    "level_db": (20, 0.3),
    "fps": (3, 0.1),
    "seen_fps": (3, 0.1),
    "frozen_ms": (200, 0.2),
}
"""What a reader would see of a change: at least so much, and at least this share of what was told."""

SHOWN_AS_THEY_ARE = (
    *("width", "height", "seen_width", "seen_height", "limited_by", "path"),
    *("hall_rung", "floor_rung", "paper_rung", "room_by", "allowed_kbps"),
)

RUNGS = ("none", "still", "small", "full")
"""What the media process gives a viewer of a picture, the least first (`sfu/ladder`)."""
CLIMBED_READINGS = 3
"""So many readings in a row all pictures are full, then they are told to be so again."""

WORDS = (LineKind.GOOD, LineKind.FAIR, LineKind.WEAK, LineKind.LOST)
"""From the best to the worst."""


@dataclass(frozen=True)
class Reading:
    """What the media process has counted of one publishing peer, both ways, since it began."""

    peer: str
    packets_up: int
    lost_up: int
    packets_down: int = 0
    lost_down: int = 0
    rtt_ms: float | None = None
    jitter_ms: float = 0.0
    up_bps: int = 0
    down_bps: int = 0
    level_db: int | None = None
    path: str | None = None
    hall_rung: str | None = None
    floor_rung: str | None = None
    paper_rung: str | None = None
    room_bps: int | None = None
    room_by: str | None = None
    allowed_bps: int | None = None


@dataclass(frozen=True)
class PageReport:
    """What the page itself measured in the last 5 s: the picture it sends, the largest it receives (`seen_…`), and for how long
    received ones stood still; `is_relayed`: by a TURN server, which only the page knows."""

    rtt_ms: int | None = None
    width: int | None = None
    height: int | None = None
    fps: int | None = None
    seen_width: int | None = None
    seen_height: int | None = None
    seen_fps: int | None = None
    frozen_ms: int = 0
    limited_by: str | None = None
    is_relayed: bool = False


@dataclass(frozen=True)
class Figures:
    """The figures behind a word, as pages and the timeline show them. Losses are 0…1; `path`: "udp", "tcp" or "turn".

    `hall_rung`, `floor_rung`, `paper_rung` (of the shared picture): what the line leaves of it (`RUNGS`), None without one;
    `room_kbps`: how much the line down takes, by which sign (`room_by`), both None while it takes everything;
    `allowed_kbps`: how much it may send.
    """

    rtt_ms: int | None = None
    loss_up: float | None = None
    loss_down: float | None = None
    jitter_ms: int | None = None
    up_kbps: int = 0
    down_kbps: int = 0
    level_db: int | None = None
    width: int | None = None
    height: int | None = None
    fps: int | None = None
    seen_width: int | None = None
    seen_height: int | None = None
    seen_fps: int | None = None
    frozen_ms: int = 0
    limited_by: str | None = None
    path: str | None = None
    hall_rung: str | None = None
    floor_rung: str | None = None
    paper_rung: str | None = None
    room_kbps: int | None = None
    room_by: str | None = None
    allowed_kbps: int | None = None

    @property
    def lowest_rung(self) -> str | None:
        """The least that is left of a picture; None without one."""
        rungs = [rung for rung in (self.hall_rung, self.floor_rung, self.paper_rung) if rung is not None]
        return min(rungs, key=RUNGS.index, default=None)


def word_for(figures: Figures) -> LineKind | None:
    """The word of these figures alone, or None when nothing has been measured."""
    known = [loss for loss in (figures.loss_up, figures.loss_down) if loss is not None]
    if not known and figures.rtt_ms is None:
        return None
    loss, rtt_ms = max(known, default=0.0), figures.rtt_ms or 0
    if loss >= FAIR_LOSS or rtt_ms >= FAIR_RTT_MS:
        return LineKind.WEAK
    if loss >= GOOD_LOSS or rtt_ms >= GOOD_RTT_MS or figures.frozen_ms >= MUCH_FROZEN_MS:
        return LineKind.FAIR
    return LineKind.GOOD


def is_worth_telling(told: Figures | None, now: Figures) -> bool:
    """Whether the figures changed so much that a reader would see another line."""
    if told is None:
        return True
    if any(getattr(told, name) != getattr(now, name) for name in SHOWN_AS_THEY_ARE):
        return True
    return any(_is_far(getattr(told, name), getattr(now, name), least, share) for name, (least, share) in STEPS.items())


def _is_far(before: float | None, now: float | None, least: float, share: float) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= max(least, share * abs(before))


@dataclass
class SiteLine:
    """The line of one site, reading by reading. `word` is None until something has been measured."""

    word: LineKind | None = None
    figures: Figures = field(default_factory=Figures)
    is_here: bool = False
    _here_at: float = 0.0
    _packet_at: float | None = None
    _window: deque[tuple[float, Reading]] = field(default_factory=deque)
    _report: PageReport = field(default_factory=PageReport)
    _frozen_before_ms: int = 0
    _limited_before: str | None = None
    _report_at: float = 0.0
    _better: list[LineKind] = field(default_factory=list)
    _worse: list[LineKind] = field(default_factory=list)
    _rung: str = RUNGS[-1]
    _climbed: int = 0

    @classmethod
    def expected(cls, last: LineKind, now: float) -> SiteLine:
        """After a restart: as it was last written down, so that only what is different is written again."""
        if last is LineKind.LEFT:
            return cls()
        word = last if last in WORDS else None
        packet_at = None if word is None else now - LOST_SECONDS if word is LineKind.LOST else now
        return cls(word, is_here=True, _here_at=now, _packet_at=packet_at)

    def report(self, report: PageReport, now: float) -> None:
        before = self._report if now - self._report_at <= REPORT_SECONDS else PageReport()
        self._frozen_before_ms, self._limited_before = before.frozen_ms, before.limited_by
        self._report, self._report_at = report, now

    def read(self, reading: Reading | None, now: float, *, is_here: bool) -> list[LineKind]:
        """Takes one reading over (None: no peer publishes); what has changed since the last.

        `is_here`: its page or its media has a line to us.
        """
        came = self._count(reading, now)
        changes = self._attendance(is_here, now)
        changes += self._judge(came, now)
        if LineKind.LEFT in changes:
            changes = [LineKind.LEFT]
        return changes + self._pictures()

    def _count(self, reading: Reading | None, now: float) -> bool:
        """Whether packets came since the last reading."""
        if reading is None:
            self._window.clear()
            self.figures = Figures()
            return False
        before = self._window[-1][1] if self._window else None
        if before is not None and before.peer != reading.peer:
            self._window.clear()
            before = None
        came = reading.packets_up > (before.packets_up if before else 0)
        if came:
            self._packet_at = now
        self._window.append((now, reading))
        while now - self._window[0][0] > WINDOW_SECONDS:
            self._window.popleft()
        self.figures = self._measure(reading, now)
        return came

    def _measure(self, reading: Reading, now: float) -> Figures:
        first = self._window[0][1]
        report = self._report if now - self._report_at <= REPORT_SECONDS else PageReport()
        lost_up = reading.lost_up - first.lost_up
        trips = [trip for trip in (reading.rtt_ms, report.rtt_ms) if trip is not None]
        return Figures(
            # Both are single samples of the same way; the longer one has waited for somebody's busy processor.
            rtt_ms=round(min(trips)) if trips else None,
            loss_up=_share(lost_up, reading.packets_up - first.packets_up + max(0, lost_up)),
            loss_down=_share(reading.lost_down - first.lost_down, reading.packets_down - first.packets_down),
            jitter_ms=round(reading.jitter_ms),
            up_kbps=round(reading.up_bps / 1000),
            down_kbps=round(reading.down_bps / 1000),
            level_db=reading.level_db,
            width=report.width,
            height=report.height,
            fps=report.fps,
            seen_width=report.seen_width,
            seen_height=report.seen_height,
            seen_fps=report.seen_fps,
            frozen_ms=report.frozen_ms,
            limited_by=report.limited_by if report.limited_by == self._limited_before else None,
            path="turn" if report.is_relayed else reading.path,
            hall_rung=reading.hall_rung,
            floor_rung=reading.floor_rung,
            paper_rung=reading.paper_rung,
            room_kbps=_kilobits(reading.room_bps),
            room_by=reading.room_by,
            allowed_kbps=_kilobits(reading.allowed_bps),
        )

    def _attendance(self, is_here: bool, now: float) -> list[LineKind]:
        if is_here:
            self._here_at = now
            if not self.is_here:
                self.is_here = True
                return [LineKind.CONNECTED]
        elif self.is_here and now - self._here_at >= LOST_SECONDS:
            self.is_here = False
            return [LineKind.LEFT]
        return []

    def _judge(self, came: bool, now: float) -> list[LineKind]:
        before = self.word
        if self._packet_at is not None and now - self._packet_at >= LOST_SECONDS:
            self._settle(LineKind.LOST)
        elif came and (measured := word_for(self._steady())) is not None:
            if before is None or before is LineKind.LOST:
                self._settle(measured)
            else:
                self._weigh(before, measured)
        return [self.word] if self.word is not None and self.word is not before else []

    def _steady(self) -> Figures:
        return replace(self.figures, frozen_ms=min(self.figures.frozen_ms, self._frozen_before_ms))

    def _weigh(self, word: LineKind, measured: LineKind) -> None:
        rank = WORDS.index(measured) - WORDS.index(word)
        self._worse = [*self._worse, measured] if rank > 0 else []
        self._better = [*self._better, measured] if rank < 0 else []
        if len(self._worse) >= WORSE_READINGS:
            self._settle(min(self._worse, key=WORDS.index))
        elif len(self._better) >= BETTER_READINGS:
            self._settle(max(self._better, key=WORDS.index))

    def _settle(self, word: LineKind) -> None:
        self.word, self._better, self._worse = word, [], []
        if word is LineKind.LOST:
            self.figures = replace(self.figures, up_kbps=0)

    def _pictures(self) -> list[LineKind]:
        """Down is told at every rung, up only once all pictures have been full for a while. Who is gone has none."""
        if not self._window:
            self._rung, self._climbed = RUNGS[-1], 0
        rung = self.figures.lowest_rung or RUNGS[-1]
        self._climbed = self._climbed + 1 if rung == RUNGS[-1] else 0
        if RUNGS.index(rung) < RUNGS.index(self._rung):
            self._rung = rung
            return [LineKind.LOWERED]
        if self._climbed >= CLIMBED_READINGS and self._rung != RUNGS[-1]:
            self._rung = RUNGS[-1]
            return [LineKind.RESTORED]
        return []


def _kilobits(bits: int | None) -> int | None:
    return None if bits is None else round(bits / 1000)


def _share(lost: int, expected: int) -> float | None:
    if expected < LEAST_PACKETS:
        return None
    return round(min(1.0, max(0.0, lost / expected)), 4)
