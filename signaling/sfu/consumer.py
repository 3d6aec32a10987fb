"""One viewer of one bus: what it may have, what it may ask for, how it fares (pure).

Theory. SRTP guesses the upper bits of a packet's number from the numbers it saw before (RFC 3711 section
3.3.1). A viewer that is left off a bus for tens of thousands of numbers can then no longer be served, and
one that begins just before a wrap may miss the wrap. And under AES-GCM a number may be used for one
plaintext only (RFC 7714 section 8.1).

Rules.
- A viewer of the current source's own seat is *excluded*: nobody sees or hears itself back. It gets, every
  `FILLER_NUMBERS`, a packet of padding under a number whose real packet it never gets.
- A viewer may ask again only for numbers sent while it was attached, the newest stretch of them.
- Nobody begins within `WRAP_GUARD` numbers of a wrap: it waits until the wrap is over.
- Requests for key frames and retransmissions come from a bucket: a bad line costs its owner, not everybody.
- A line cannot lose what was never sent: a hole in the bus, which the speaker's line made, is no loss of the viewer's.
"""

from dataclasses import dataclass, field

from .rtcp import ReportBlock
from .rtp import extended

FILLER_NUMBERS = 2_000
"""A browser asks again for what it misses, up to a thousand numbers at a time and forty times a second; beyond that for a key
frame, once."""
MOST_EXPECTED = 20_000
"""More between two reports is no count but a receiver that began anew."""
UNEVEN_SECONDS, EVEN_SECONDS = 0.02, 0.012
"""With more jitter packets overtake each other, with less no more. Between the two those of sound do: where one was overtaken a
browser counts no jitter."""
CLOCK_RATES = {"audio": 48_000, "video": 90_000}
WRAP_GUARD = {"audio": 50, "video": 200}


@dataclass(slots=True)
class Bucket:
    """Allows `capacity` acts at once and `per_second` in the long run."""

    capacity: float
    per_second: float
    _level: float = field(init=False)
    _at: float = -1.0

    def __post_init__(self) -> None:
        self._level = self.capacity

    def take(self, now: float) -> bool:
        """True if one act is allowed at `now`."""
        if self._at >= 0:
            self._level = min(self.capacity, self._level + (now - self._at) * self.per_second)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


@dataclass(slots=True)
class Consumer:
    """The state of one viewer on one bus of `kind`."""

    kind: str
    is_attached: bool = False
    has_begun: bool = False
    fraction_lost: int = 0
    cumulative_lost: int = 0
    line_lost: int = 0
    """The same without the holes of the bus."""
    jitter_ticks: int = 0
    is_uneven: bool = False
    """On the viewer's line packets overtake each other."""
    rtt_ms: float | None = None
    resent: int = 0
    first_index: int = 0
    last_index: int = -1
    _filler_index: int = 0
    _highest_reported: int | None = None
    _holes_reported: int | None = None
    _last_asked: int = -1
    newly_asked: int = 0
    """Numbers asked for since the last report, each counted once."""
    _packets: int = 0
    _octets: int = 0
    key_frames: Bucket = field(default_factory=lambda: Bucket(4, 1 / 3))
    resends: Bucket = field(default_factory=lambda: Bucket(200, 200))

    def attach(self, bus_index: int, packets: int = 0, octets: int = 0) -> bool:
        """Let the viewer have everything after `bus_index`; False if that is too near a wrap and must wait.

        `packets` and `octets` are what the bus has sent so far.
        """
        if self.is_attached:
            return True
        if not self.has_begun and self._is_near_wrap(bus_index + 1):
            return False
        self.is_attached = self.has_begun = True
        self.first_index = bus_index + 1
        self._highest_reported = None
        self._packets -= packets
        self._octets -= octets
        return True

    def exclude(self, bus_index: int, packets: int = 0, octets: int = 0) -> None:
        """Leave the viewer off everything after `bus_index`; `packets` and `octets` as in `attach`."""
        if self.is_attached:
            self.is_attached = False
            self._packets += packets
            self._octets += octets
            self.last_index = bus_index
            self._filler_index = bus_index

    def needs_filler(self, index: int) -> bool:
        """True if an excluded viewer is now to get padding as number `index`; the caller then sends it."""
        if self.is_attached:
            return False
        if not self.has_begun:
            if self._is_near_wrap(index):
                return False
            self.has_begun = True
        elif index - self._filler_index < FILLER_NUMBERS:
            return False
        self._filler_index = index
        return True

    def may_have(self, sequence: int, bus_index: int) -> int | None:
        """The extended number of a 16-bit `sequence` the viewer asks for, or None if it may not have it."""
        if not self.has_begun:
            return None
        index = extended(sequence, bus_index)
        last = bus_index if self.is_attached else self.last_index
        return index if self.first_index <= index <= last else None

    def note_asked(self, index: int) -> None:
        """It asks for number `index`, which was sent to it in its turn."""
        if index > self._last_asked:
            self._last_asked = index
            self.newly_asked += 1

    def note_outage(self) -> None:
        """What the viewer reports next is of a time in which nothing could come: no rate of loss."""
        self._highest_reported = None

    def sent(self, packets: int, octets: int) -> tuple[int, int]:
        """(packets, payload octets) the viewer was sent, when the bus has sent `packets` and `octets`."""
        return (self._packets + packets, self._octets + octets) if self.is_attached else (self._packets, self._octets)

    def note_report(
        self, block: ReportBlock, now_bits: int, is_line_uneven: bool = False, holes: int = 0
    ) -> tuple[int, int]:
        """Take in the viewer's report; `now_bits` is the middle of our NTP time (RFC 3550 section 6.4.1).

        (packets sent, packets lost on the line) since the last one; `holes` is what the bus had not sent until the number the
        report names (`Bus.holes_until`). What was sent again does not count as lost in a report, so what was asked for again
        does here; but on an uneven line it is asked for without being lost.
        """
        more_holes = 0 if self._holes_reported is None else holes - self._holes_reported
        more_lost = block.cumulative_lost - self.cumulative_lost - more_holes
        # Of a gap that is too wide a browser counts nothing (libwebrtc: 450 numbers).
        self.line_lost += max(0, more_lost) if more_holes > 0 else more_lost
        self._holes_reported = holes
        self.fraction_lost = block.fraction_lost
        self.cumulative_lost = block.cumulative_lost
        self.jitter_ticks = block.jitter
        self.is_uneven = block.jitter > (EVEN_SECONDS if self.is_uneven else UNEVEN_SECONDS) * CLOCK_RATES[self.kind]
        if block.last_sender_report:
            trip = (now_bits - block.last_sender_report - block.delay_since) & 0xFFFFFFFF
            if trip < 0x10000 * 60:
                self.rtt_ms = trip / 65.536
        before, self._highest_reported = self._highest_reported, block.highest_sequence
        new_holes = max(0, more_holes)
        asked, self.newly_asked = self.newly_asked, 0
        if before is None or not self.is_attached:
            return 0, 0
        expected = (block.highest_sequence - before) & 0xFFFFFFFF
        if expected > MOST_EXPECTED:
            return 0, 0
        is_overtaken = self.kind == "audio" and block.jitter > EVEN_SECONDS * CLOCK_RATES["audio"]
        if is_line_uneven or self.is_uneven or is_overtaken:
            asked = 0
        sent = max(0, expected - new_holes)
        return sent, min(sent, max(asked, round(expected * block.fraction_lost / 256) - new_holes))

    def _is_near_wrap(self, index: int) -> bool:
        return 0x10000 - (index & 0xFFFF) <= WRAP_GUARD[self.kind]
