"""A bus: one continuous stream of one kind, fed by one source at a time (pure).

Theory. Viewers of a bus hold one SSRC for the whole conference; who is behind it changes without their
noticing. All get the same packets with the same numbers, so a packet is rewritten once however many viewers
there are.

A source is one stream: of a simulcast, the large and the small picture are two, and a change of layer is a cut like any
other. A *cut* is the moment a new source takes over. Sound cuts on the new source's next packet, and the old one is
silent from the moment it is deselected: the floor is the microphone. A picture cuts on the first key frame
of the new source; until then the old one stays (rule 35). Packets of the waiting source are kept meanwhile,
since the start of a key frame may itself be late or recovered.

The clock goes on across a cut as the senders' clocks do (see `numbering`). By when its packets came, a new voice would seem
to be late or early by as much as one of them had waited, and each viewer would keep more sound back before it plays it.

What did not come from the source is a *hole* in the numbers, until it comes late or is recovered. A viewer cannot tell it from
what its own line lost; the bus can.

Rules.
- A number is sent once. What comes again, or so late that this cannot be proved, is dropped.
- Whatever precedes the cut in the new source's numbering, and all of the old source after it, is dropped.
- Header extensions, CSRCs and padding of the source end here.
- A bus of one viewer's own begins as a fork of the shared one: same SSRC, next number. What is left out of it leaves no hole.
- Padding of our own stands between two frames, never inside one.
"""

import copy
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from .history import History
from .meter import Meter
from .numbering import Numbering
from .producer import ClockPoint, clock_rate
from .rtp import RtpPacket, extended, write_padding, write_rtp
from .vp8 import PictureNumbers, starts_vp8_key_frame

PAYLOAD_TYPES = {"audio": 111, "video": 96}
FRAME_TICKS = {"audio": 960, "video": 3000}
MOST_DISAGREEMENT = {"audio": 0.1, "video": 5.0}
"""Seconds. A key frame may wait for long; sound does not, and a wrong clock must not make a pause."""
HISTORY_PACKETS = {"audio": 128, "video": 512}
WAITING_PACKETS = 256
MAX_PAYLOAD_BYTES = 1400
HOLES_KEPT, LATE_KEPT = 1024, 256
MOST_PADDING = 255


@dataclass(frozen=True, slots=True)
class Source:
    """What may feed a bus: a producer's `key` and the seat it publishes from."""

    key: int
    seat: str


@dataclass(slots=True)
class Sent:
    """A packet to give to every viewer. `index` is its extended sequence number."""

    index: int
    packet: bytes


class Bus:
    """One kind of one bus of one router. Times are monotonic seconds."""

    def __init__(self, name: str, kind: str, pick: Callable[[int], int] = random.getrandbits) -> None:
        self.name = name
        self.kind = kind
        # Above 1 000: reports use 1, and a browser's own streams are drawn from all 32 bits.
        self.ssrc = pick(31) + 1_000
        self.payload_type = PAYLOAD_TYPES[kind]
        self.current: Source | None = None
        self.pending: Source | None = None
        self.is_of_stills = False
        """Only key frames are to pass; when that ends, all passes from the next one on."""
        self.cuts = 0
        self.cut_index = 0
        """The number with which the current source began."""
        self.packets = 0
        self.octets = 0
        self.meter = Meter()
        self.history = History(HISTORY_PACKETS[kind])
        # Low numbers first: no wrap for as long as possible after the start.
        self._numbering = Numbering(
            1 + pick(12), pick(32), clock_rate(kind), FRAME_TICKS[kind], MOST_DISAGREEMENT[kind]
        )
        self._pictures = PictureNumbers()
        self._waiting: list[RtpPacket] = []
        self._last_key = 0
        self._is_thinned = False
        self._still_timestamp: int | None = None
        self._is_between_frames = False
        self._holes: deque[tuple[int, int]] = deque([(0, self.last_index)], HOLES_KEPT)
        self._late: deque[int] = deque(maxlen=LATE_KEPT)

    def fork(self) -> "Bus":
        """A bus that goes on where this one is, for viewers who leave it."""
        fork = copy.copy(self)
        fork.meter = Meter()
        fork.history = self.history.fork()
        fork._numbering = self._numbering.fork()
        fork._pictures = copy.copy(self._pictures)
        fork._waiting = self._waiting.copy()
        fork._holes, fork._late = self._holes.copy(), self._late.copy()
        return fork

    @property
    def last_index(self) -> int:
        """The extended number of the newest packet sent."""
        return self._numbering.last_index

    def holes_until(self, sequence: int) -> int:
        """How many numbers had not been sent when the newest sent was `sequence` (16 bits or extended): differences count."""
        index = extended(sequence, self.last_index)
        return next((holes for since, holes in reversed(self._holes) if since <= index), self._holes[0][1])

    def was_late(self, index: int) -> bool:
        """Number `index` was sent after later ones: every viewer had reason to ask for it."""
        return index in self._late

    def select(self, source: Source | None) -> None:
        """Put `source` on the bus: a picture after its first key frame, sound with its next packet; None at once."""
        if source is not None and source == self.pending:
            return
        self._waiting.clear()
        if source is not None and source == self.current:
            self.pending = None
            return
        self.pending = source
        if source is None or self.kind == "audio":
            self.current = None

    def lose_current(self) -> None:
        """The current source is gone; whoever is pending stays so."""
        self.current = None

    def cancel_pending(self) -> None:
        """Nobody is to take over; the current source stays."""
        self.pending = None
        self._waiting.clear()

    def push(
        self, key: int, packet: RtpPacket, now: float, clock_of: Callable[[int], ClockPoint | None] = lambda _: None
    ) -> list[Sent]:
        """What viewers get because producer `key` sent `packet`; `clock_of` a producer is asked at a cut."""
        if self.current is not None and key == self.current.key:
            sent = self._forward(packet, now)
            return [] if sent is None else [sent]
        if self.pending is None or key != self.pending.key or not packet.payload:
            return []
        if self.kind == "video" and not starts_vp8_key_frame(packet.payload):
            self._waiting.append(packet)
            del self._waiting[:-WAITING_PACKETS]
            return []
        waiting, self._waiting = self._waiting, []
        due = self._due(packet.timestamp, clock_of(self._last_key), clock_of(key))
        self.current, self.pending = self.pending, None
        self._last_key = key
        self.cuts += 1
        self._numbering.begin(packet.sequence, packet.timestamp, now, due)
        if self.kind == "video":
            self._pictures.begin(packet.payload)
        self.cut_index = self._numbering.last_index + 1
        start = packet.sequence
        waiting.sort(key=lambda each: extended(each.sequence, start))
        followers = [each for each in waiting if extended(each.sequence, start) > start]
        outcome = [self._forward(each, now, first=each is packet) for each in (packet, *followers)]
        return [sent for sent in outcome if sent is not None]

    def _due(self, timestamp: int, before: ClockPoint | None, after: ClockPoint | None) -> int | None:
        """The bus timestamp of the next source's `timestamp`, by the last one's clock and its own."""
        if before is None or after is None:
            return None
        rate = clock_rate(self.kind)
        at = after.at + (extended(timestamp, after.timestamp, 32) - after.timestamp) / rate
        return self._numbering.timestamp_for(before.timestamp + int((at - before.at) * rate))

    def pad(self, octets: float, now: float) -> list[Sent]:
        """Padding of about `octets`, or nothing where a frame is not whole."""
        if not self._is_between_frames:
            return []
        rows: list[Sent] = []
        while octets > 0:
            index, size = self._numbering.insert(), max(1, min(MOST_PADDING, int(octets)))
            out = write_padding(self.payload_type, index, self._numbering.last_timestamp, self.ssrc, size)
            rows.append(self._note(index, out))
            self.meter.count(len(out), now)
            octets -= size
        return rows

    def sender_clock(self, point: ClockPoint | None, now: float) -> int | None:
        """The bus timestamp that belongs to `now` by the current source's clock; None while unknown."""
        if point is None or self.current is None:
            return None
        ticks = int((now - point.at) * clock_rate(self.kind))
        return self._numbering.timestamp_for(point.timestamp + ticks)

    def padding_for(self, sent: Sent) -> bytes:
        """The stand-in for `sent` that a viewer gets who may not have the real one: same numbers, no payload."""
        timestamp = int.from_bytes(sent.packet[4:8], "big")
        return write_padding(self.payload_type, sent.index, timestamp, self.ssrc)

    def _forward(self, packet: RtpPacket, now: float, first: bool = False) -> Sent | None:
        if len(packet.payload) > MAX_PAYLOAD_BYTES:
            return None
        if (self.is_of_stills or self._is_thinned) and not self._passes(packet):
            packet = replace(packet, payload=b"")
        numbering = self._numbering
        newest = numbering.last_index
        act = numbering.place if packet.payload else numbering.drop
        index = act(packet.sequence, packet.timestamp, now)
        if index is None or index <= numbering.last_index - self.history.capacity:
            return None
        if index <= newest and self.history.get(index) is not None:
            return None
        timestamp = numbering.timestamp_for(packet.timestamp)
        if packet.payload:
            # RFC 3551 section 4.1: the marker begins a talkspurt, which a new voice is.
            marker = packet.marker or (first and self.kind == "audio")
            payload = self._pictures.place(packet.payload) if self.kind == "video" else packet.payload
            out = write_rtp(self.payload_type, marker, index, timestamp, self.ssrc, payload)
        else:
            out = write_padding(self.payload_type, index, timestamp, self.ssrc)
        self.octets += len(packet.payload)
        self.meter.count(len(out), now)
        if index == numbering.last_index:
            self._is_between_frames = packet.marker
        return self._note(index, out)

    def _note(self, index: int, out: bytes) -> Sent:
        self.history.put(index, out)
        self.packets += 1
        last = self._numbering.last_index
        if index != last:
            self._late.append(index)
        if last - self.packets != self._holes[-1][1]:
            # A report of the number before tells nothing yet of what fills a hole after it.
            self._holes.append((last if index == last else last + 1, last - self.packets))
        return Sent(index, out)

    def _passes(self, packet: RtpPacket) -> bool:
        if starts_vp8_key_frame(packet.payload):
            self._is_thinned = self.is_of_stills
            self._still_timestamp = packet.timestamp
            return True
        self._is_thinned = True
        return packet.timestamp == self._still_timestamp
