"""How well one stream arrives: loss and jitter (RFC 3550 appendix A.3, A.8); what to ask for again is `missing`'s.

Theory. Expected minus received is lost; fractions are taken between two reports. Jitter is the smoothed
difference of transit times, in clock ticks.

Rules.
- Retransmissions repair the missing list but not the loss figures: the report tells of the line, not of the
  cure.
- A stream that loses half and more is *swamped*: its line is full, and what it is asked for again fills it further. Browsers
  send that before all else, so for seconds nothing else would come, not even the smaller picture that fits. Such a stream is
  not asked for anything; after a burst of losses that takes a moment. Of others a quarter may be asked for of what comes.
- What comes of a swamped stream is what its line takes, at least.
"""

from collections import deque

from .meter import Meter
from .missing import Missing, RoundTrip
from .rtcp import ReportBlock, SenderReport, middle_bits
from .rtp import extended

ASKED_SHARE, MOST_ASKED = 0.25, 20
"""Beyond the share so many at once."""
SWAMPED_LOSS, LEAST_SWAMPED = 0.5, 8
SWAMPED_SECONDS, SWAMPED_SPAN = 0.15, 1.0
"""How far is looked back until a stream is found swamped, and then."""
LEAST_SECONDS = 15.0
"""The quickest packet of this time and of the one before is remembered."""


class Reception:
    """Statistics of one received stream; `clock_rate` in hertz, times in seconds, `trip` that of its peer's line."""

    def __init__(self, clock_rate: int, trip: RoundTrip | None = None) -> None:
        self.packets = 0
        self.octets = 0
        self.recovered = 0
        self.fraction_lost = 0
        self.missing = Missing(trip)
        self._meter = Meter()
        self.told_bit_rate: float | None = None
        """As the process that receives the stream says: here comes at most what is shown."""
        self.swamped_since: float | None = None
        self._may_ask = float(MOST_ASKED)
        self._packets_before = 0
        self.swamped_rate = 0.0
        self._lately: deque[tuple[float, int, int, int]] = deque()
        self._clock_rate = clock_rate
        self._base: int | None = None
        self._highest = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._least_transit = self._least_lately = 0.0
        self._least_since = 0.0
        self._expected_before = 0
        self._received_before = 0
        self._sender_report: SenderReport | None = None
        self._sender_report_at = 0.0

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter in milliseconds."""
        return self._jitter / self._clock_rate * 1000

    @property
    def queue_ms(self) -> float:
        """How much longer than the quickest of the last half minute the newest packet took, in milliseconds."""
        if self._transit is None:
            return 0.0
        return (self._transit - min(self._least_transit, self._least_lately)) / self._clock_rate * 1000

    @property
    def cumulative_lost(self) -> int:
        """Packets lost since the stream began; duplicates can make it negative."""
        return 0 if self._base is None else self._highest - self._base + 1 - self.packets

    def bit_rate(self, now: float) -> float:
        """Bits per second lately, headers included."""
        return self._meter.bit_rate(now) if self.told_bit_rate is None else self.told_bit_rate

    def receive(self, sequence: int, timestamp: int, octets: int, now: float) -> None:
        """Count a packet that came by itself (not as a retransmission)."""
        self.packets += 1
        self.octets += octets
        self._meter.count(octets, now)
        if self._base is None:
            self._base = self._highest = sequence
        elif sequence == (self._highest + 1) & 0xFFFF:
            self._highest += 1
        else:
            number = extended(sequence, self._highest)
            if number > self._highest:
                if number > self._highest + 1:
                    self.missing.add_gap(self._highest + 1, number, now)
                self._highest = number
            else:
                self.missing.come(number, now)
        transit = now * self._clock_rate - timestamp
        if self._transit is not None:
            # Timestamps wrap: a difference of minutes is the wrap (or a new clock), not the line.
            difference = abs(transit - self._transit)
            if difference < self._clock_rate * 10:
                self._jitter += (difference - self._jitter) / 16
            else:
                self._least_transit = self._least_lately = transit
        else:
            self._least_transit = self._least_lately = transit
        self._transit = transit
        if transit < self._least_lately:
            self._least_lately = transit
        if now - self._least_since > LEAST_SECONDS:
            self._least_transit, self._least_lately, self._least_since = self._least_lately, transit, now

    def ask(self, now: float) -> list[int]:
        """The numbers to ask for again at `now`."""
        if self.swamped_since is not None:
            return []
        came = self.packets - self._packets_before
        self._packets_before = self.packets
        self._may_ask = min(MOST_ASKED, self._may_ask + ASKED_SHARE * came)
        due = self.missing.due(now, int(self._may_ask))
        self._may_ask -= len(due)
        return due

    def look(self, now: float) -> None:
        """Find out whether the stream is swamped; to be called at every tick while something is missing."""
        row = self._lately
        span = SWAMPED_SECONDS if self.swamped_since is None else SWAMPED_SPAN
        while row and now - row[0][0] > span:
            row.popleft()
        row.append((now, self._highest, self.packets, self.octets))
        since, highest, packets, octets = row[0]
        expected, came = self._highest - highest, self.packets - packets
        if expected < LEAST_SWAMPED:
            return
        if came > expected * (1 - SWAMPED_LOSS):
            self.swamped_since = None
            return
        self.swamped_rate = (self.octets - octets) * 8 / (now - since)
        if self.swamped_since is None:
            self.swamped_since = now

    def begin_anew(self, sequence: int) -> None:
        """A key frame starts at `sequence`: what preceded it need not be repaired."""
        if self._base is not None:
            self.missing.forget_before(extended(sequence, self._highest))

    def recover(self, sequence: int, now: float) -> bool:
        """A retransmission of `sequence` came; True if it was missing."""
        found = self._base is not None and self.missing.repaired(extended(sequence, self._highest), now)
        self.recovered += found
        return found

    def note_sender_report(self, report: SenderReport, now: float) -> None:
        """Remember the sender's clock for the next report block."""
        self._sender_report, self._sender_report_at = report, now

    def report(self, ssrc: int, now: float) -> ReportBlock | None:
        """The block to send; starts a new interval for the fraction. None before the first packet."""
        if self._base is None:
            return None
        expected = self._highest - self._base + 1
        expected_interval = expected - self._expected_before
        received_interval = self.packets - self._received_before
        self._expected_before, self._received_before = expected, self.packets
        lost = expected_interval - received_interval
        self.fraction_lost = min(255, lost * 256 // expected_interval) if expected_interval > 0 and lost > 0 else 0
        last, delay = 0, 0
        if self._sender_report is not None:
            last = middle_bits(self._sender_report.ntp)
            delay = int((now - self._sender_report_at) * 65536)
        return ReportBlock(
            ssrc, self.fraction_lost, self.cumulative_lost, self._highest, int(self._jitter), last, delay
        )
