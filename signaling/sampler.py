"""From readings every two seconds to one sample every half minute (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta

from meetings.core.vocabulary import SiteId
from meetings.line_history import Sample, merged
from signaling.quality import Figures

SAMPLE = timedelta(seconds=30)


class Sampler:
    """Of the lines of one conference; all samples of a half minute are due together."""

    def __init__(self) -> None:
        self._readings: dict[SiteId, list[Sample]] = {}
        self._began_at: datetime | None = None

    def note(self, site_id: SiteId, figures: Figures, at: datetime) -> None:
        """A line that is there was measured."""
        self._began_at = self._began_at or at
        reading = Sample(
            *(site_id, at, figures.rtt_ms, figures.loss_up, figures.loss_down, figures.up_kbps, figures.down_kbps)
        )
        self._readings.setdefault(site_id, []).append(reading)

    def due(self, at: datetime) -> list[Sample]:
        """The samples of the half minute that is over, once; none before that."""
        if self._began_at is None or at - self._began_at < SAMPLE:
            return []
        readings, self._readings, self._began_at = self._readings, {}, None
        return [merged(each) for each in readings.values()]
