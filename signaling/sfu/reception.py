"""How well one stream arrives: loss and jitter (RFC 3550 appendix A.3, A.8); what to ask for again is `missing`'s.

Theory. Expected minus received is lost; fractions are taken between two reports. Jitter is the smoothed
difference of transit times, in clock ticks.

Rules.
- Retransmissions repair the missing list but not the loss figures: the report tells of the line, not of the
  cure.
"""

from .meter import Meter
from .missing import Missing, RoundTrip
from .rtcp import ReportBlock, SenderReport, middle_bits
from .rtp import extended

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
        return self._meter.bit_rate(now)

    def receive(self, sequence: int, timestamp: int, octets: int, now: float) -> None:
        """Count a packet that came by itself (not as a retransmission)."""
        self.packets += 1
        self.octets += octets
        self._meter.count(octets, now)
        if self._base is None:
            self._base = self._highest = sequence
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
