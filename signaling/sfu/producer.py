"""One stream that a peer publishes: statistics, key-frame requests, the sender's clock, loudness.

Rules.
- A key frame is asked for at most once per `KEY_FRAME_SECONDS`, however many viewers ask, and again until it
  comes, but not before it can have come, and less and less often: each request is another key frame on a line that may be
  too narrow for the one under way.
- A full picture that has stopped or broken more than once in `FALL_SECONDS` comes and goes at the edge of what its line
  takes: each change of layer costs a moment. It *rests*, longer each time: it must flow for so long before it is shown.
- A stream that comes from another process (see `relay`) is received there: what is known of it is told.
- A sender report is kept with its arrival, translated to the server's clock: all sources of a bus then share
  one clock and the picture stays with the sound across a switch (RFC 3550 section 6.4.1).
"""

import itertools
from dataclasses import dataclass, field
from typing import Protocol

from .levels import SILENT_LEVEL, Levels
from .missing import RoundTrip
from .reception import Reception
from .rtcp import SenderReport
from .rtp import RtpPacket, header_extensions
from .vp8 import starts_vp8_key_frame

KEY_FRAME_SECONDS, MOST_KEY_FRAME_SECONDS = 0.5, 3.0
KEY_FRAME_TRIPS, KEY_FRAME_BACK_OFF = 2.0, 1.5
PAUSE_SECONDS = 0.6
BROKEN_SECONDS, WHOLE_SECONDS = 0.1, 1.0
FALL_SECONDS, REST_SECONDS, MOST_REST_SECONDS = 30.0, 2.0, 16.0
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


class Taker(Protocol):
    """Who is given every packet of a stream."""

    def send(self, datagram: bytes) -> None:
        """Send it soon, or never; does not wait."""


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
    is_broken: bool = False
    """Too much of the picture is lost for it to be repaired."""
    is_resting: bool = False
    """It has fallen repeatedly and must flow for a while before it is shown."""
    received_at: float = 0.0
    takers: tuple["Taker", ...] = ()
    """The other processes that show it."""
    _asked_at: float = -1e9
    _asked_in_vain: int = 0
    _swamped_at: float = -1e9
    _falls: int = 0
    _fell_at: float = -1e9
    _rests_until: float = 0.0

    def __post_init__(self) -> None:
        self.reception = Reception(clock_rate(self.kind), self.trip)

    def receive(self, packet: RtpPacket, octets: int, now: float) -> None:
        """Take note of a packet that came by itself; `octets` is its size before parsing."""
        self.received_at = now
        self.reception.receive(packet.sequence, packet.timestamp, octets, now)
        if self.kind == "video":
            if self.wants_key_frame or len(self.reception.missing):
                self._note_key_frame(packet)
        else:
            self._note_level(packet, now)

    def receive_relayed(self, packet: RtpPacket, now: float) -> None:
        """Take note of a packet that another process received."""
        self.received_at = now
        if self.wants_key_frame:
            self._note_key_frame(packet)
        elif self.kind == "audio":
            self._note_level(packet, now)

    def _note_level(self, packet: RtpPacket, now: float) -> None:
        if self.level_extension is not None and packet.extension:
            for identity, value in header_extensions(packet.extension):
                if identity == self.level_extension and value:
                    self.level = value[0] & 0x7F  # RFC 6464: -dBov, without the voice flag
                    self.levels.note(self.level, now)

    def recover(self, packet: RtpPacket, now: float) -> bool:
        """`packet` came as a retransmission; True if it was missing."""
        if not self.reception.recover(packet.sequence, now):
            return False
        self._note_key_frame(packet)
        return True

    def _note_key_frame(self, packet: RtpPacket) -> None:
        if starts_vp8_key_frame(packet.payload):
            self.wants_key_frame = False
            self._asked_in_vain = 0
            self.reception.begin_anew(packet.sequence)

    def receive_report(self, report: SenderReport, clock: SenderClock, now: float) -> None:
        """Take note of the sender's clock."""
        self.reception.note_sender_report(report, now)
        self.clock_point = ClockPoint(report.timestamp, clock.to_ours(report.ntp, now))

    def note_pause(self, now: float, patience: float = PAUSE_SECONDS) -> bool:
        """True if the picture has just been found to have stopped; its next packet ends the pause.

        With less `patience` than usual it stops while the small one goes on.
        """
        if self.is_paused or self.kind != "video" or now - self.received_at < patience:
            return False
        if patience < PAUSE_SECONDS and not self.is_broken:  # an outage is no fall
            self._fall(now)
        self.is_paused, self.is_broken, self.is_resting = True, False, False
        self.reception.missing.forget()
        return True

    def _fall(self, now: float) -> None:
        self._falls = self._falls + 1 if now - self._fell_at < FALL_SECONDS else 0
        self._fell_at = now

    def _begin_rest(self, now: float) -> None:
        if self._falls and self.name != "low":
            self.is_resting = True
            self._rests_until = now + min(MOST_REST_SECONDS, REST_SECONDS * 2**self._falls)

    def note_rest(self, now: float) -> bool:
        """True if the picture has just flowed for long enough."""
        if not self.is_resting or now < self._rests_until:
            return False
        self.is_resting = False
        return True

    def note_break(self, now: float) -> bool:
        """True if the picture has just been found to be beyond repair, or to be so no longer."""
        reception = self.reception
        if self.kind != "video" or self.is_paused or not (self.is_broken or len(reception.missing)):
            return False
        reception.look(now)
        if reception.swamped_since is not None:
            self._swamped_at = now
            is_broken = self.is_broken or now - reception.swamped_since >= BROKEN_SECONDS
        else:
            is_broken = self.is_broken and now - self._swamped_at < WHOLE_SECONDS
        if is_broken is self.is_broken:
            return False
        self.is_broken = is_broken
        reception.missing.forget()
        if is_broken:
            self._fall(now)
        else:
            self._begin_rest(now)
            self.ask_key_frame()
        return True

    def resume(self, now: float) -> None:
        """A packet came again of the picture that was paused."""
        self.is_paused = False
        self._begin_rest(now)
        self.forget_requests()

    def forget_requests(self) -> None:
        """What was asked for until now got lost on a path that is no more: the next request goes out at once."""
        self._asked_at, self._asked_in_vain = -1e9, 0

    def ask_key_frame(self) -> None:
        """Somebody needs a key frame; `key_frame_request_due` tells when to say so."""
        if self.kind == "video":
            self.wants_key_frame = True

    def key_frame_request_due(self, now: float) -> bool:
        """True if a picture loss indication is to be sent at `now`; the caller then sends it."""
        if not self.wants_key_frame or now - self._asked_at < self._key_frame_wait:
            return False
        self._asked_at = now
        self._asked_in_vain += 1
        self.key_frames_asked += 1
        return True

    @property
    def _key_frame_wait(self) -> float:
        trips = KEY_FRAME_TRIPS * self.trip.wait if self.trip is not None else 0.0
        waits = max(KEY_FRAME_SECONDS, trips) * KEY_FRAME_BACK_OFF ** max(0, self._asked_in_vain - 1)
        return min(MOST_KEY_FRAME_SECONDS, waits)
