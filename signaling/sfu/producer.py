"""One stream that a peer publishes: statistics, key-frame requests, the sender's clock, loudness.

Rules.
- A key frame is asked for at most once per `KEY_FRAME_SECONDS`, however many viewers ask, and again until it
  comes.
- A sender report is kept with its arrival, translated to the server's clock: all sources of a bus then share
  one clock and the picture stays with the sound across a switch (RFC 3550 section 6.4.1).
"""

import itertools
from dataclasses import dataclass, field

from .levels import SILENT_LEVEL, Levels
from .missing import RoundTrip
from .reception import Reception
from .rtcp import SenderReport
from .rtp import RtpPacket, header_extensions
from .vp8 import starts_vp8_key_frame

KEY_FRAME_SECONDS = 0.5
PAUSE_SECONDS = 0.6
AUDIO_CLOCK = 48000
VIDEO_CLOCK = 90000

_keys = itertools.count(1)


def clock_rate(kind: str) -> int:
    """RTP clock of a kind of stream, in hertz."""
    return VIDEO_CLOCK if kind == "video" else AUDIO_CLOCK


@dataclass(frozen=True, slots=True)
class ClockPoint:
    """The source's RTP `timestamp` was played to its sender's clock at our monotonic time `at` (seconds)."""

    timestamp: int
    at: float


class SenderClock:
    """Where a peer's NTP clock lies against ours: the least delay seen is the best estimate."""

    def __init__(self) -> None:
        self._offset: float | None = None

    def to_ours(self, ntp: int, now: float) -> float:
        """Our monotonic time for the sender's `ntp`; `now` is when its report arrived."""
        seconds = ntp / 4294967296
        offset = now - seconds
        if self._offset is None or offset < self._offset or offset > self._offset + 5:
            self._offset = offset
        return seconds + self._offset


@dataclass(slots=True)
class Producer:
    """One published stream. `kind` is "audio" or "video"; `key` is unique in the process and names it to buses.

    `name` tells the streams of a peer apart (see `peer`), which share its `trip`. A picture that stops while its peer goes on
    is *paused*.
    """

    kind: str
    ssrc: int
    level_extension: int | None = None
    name: str = ""
    trip: RoundTrip | None = None
    key: int = field(default_factory=lambda: next(_keys))
    reception: Reception = field(init=False)
    clock_point: ClockPoint | None = None
    level: int = SILENT_LEVEL
    levels: Levels = field(default_factory=Levels)
    wants_key_frame: bool = False
    key_frames_asked: int = 0
    is_paused: bool = False
    received_at: float = 0.0
    _asked_at: float = -1e9

    def __post_init__(self) -> None:
        self.reception = Reception(clock_rate(self.kind), self.trip)

    def receive(self, packet: RtpPacket, octets: int, now: float) -> None:
        """Take note of a packet that came by itself; `octets` is its size before parsing."""
        self.received_at = now
        self.reception.receive(packet.sequence, packet.timestamp, octets, now)
        if self.kind == "video":
            if self.wants_key_frame and starts_vp8_key_frame(packet.payload):
                self.wants_key_frame = False
        elif self.level_extension is not None and packet.extension:
            for identity, value in header_extensions(packet.extension):
                if identity == self.level_extension and value:
                    self.level = value[0] & 0x7F  # RFC 6464: -dBov, without the voice flag
                    self.levels.note(self.level, now)

    def receive_report(self, report: SenderReport, clock: SenderClock, now: float) -> None:
        """Take note of the sender's clock."""
        self.reception.note_sender_report(report, now)
        self.clock_point = ClockPoint(report.timestamp, clock.to_ours(report.ntp, now))

    def note_pause(self, now: float) -> bool:
        """True if the picture has just been found to have stopped; its next packet ends the pause."""
        if self.is_paused or self.kind != "video" or now - self.received_at < PAUSE_SECONDS:
            return False
        self.is_paused = True
        return True

    def ask_key_frame(self) -> None:
        """Somebody needs a key frame; `key_frame_request_due` tells when to say so."""
        if self.kind == "video":
            self.wants_key_frame = True

    def key_frame_request_due(self, now: float) -> bool:
        """True if a picture loss indication is to be sent at `now`; the caller then sends it."""
        if not self.wants_key_frame or now - self._asked_at < KEY_FRAME_SECONDS:
            return False
        self._asked_at = now
        self.key_frames_asked += 1
        return True
