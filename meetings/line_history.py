"""How the lines of a conference's sites were over its time: thinned samples, kept with the conference for `KEPT`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from meetings.core.vocabulary import SiteId
from meetings.tables import LineSample, db, writing

Value = TypeVar("Value", int, float)

KEPT = timedelta(hours=12)
"""Before the newest of a conference; what is older goes as new ones come."""
SHOWN = 240
"""No chart needs more."""


@dataclass(frozen=True)
class Sample:
    """Half a minute of a line: the worst round trip and losses (0…1) of it, None when not measured, and the mean rates."""

    site_id: SiteId
    at: datetime
    rtt_ms: int | None
    loss_up: float | None
    loss_down: float | None
    up_kbps: int
    down_kbps: int


def add(conference_id: int, samples: Sequence[Sample]) -> None:
    """Keeps samples of one moment, and lets go of what is too old."""
    oldest = max(sample.at for sample in samples) - KEPT
    with writing() as session:
        session.execute(sa.delete(LineSample).where(LineSample.conference_id == conference_id, LineSample.at < oldest))
        session.add_all(LineSample(conference_id=conference_id, **vars(sample)) for sample in samples)


def of_site(conference_id: int, site_id: int) -> list[Sample]:
    """All that is kept, oldest first, thinned to what a chart shows."""
    wanted = sa.select(LineSample).where(LineSample.conference_id == conference_id, LineSample.site_id == site_id)
    rows = db.session.scalars(wanted.order_by(LineSample.at))
    return thinned(
        [
            Sample(SiteId(row.site_id), row.at, row.rtt_ms, row.loss_up, row.loss_down, row.up_kbps, row.down_kbps)
            for row in rows
        ],
        SHOWN,
    )


def thinned(samples: Sequence[Sample], most: int) -> list[Sample]:
    """At most `most`, each of as many neighbours: their worst losses and round trip, their mean rates, the time of the last."""
    size = -(-len(samples) // most)
    return [merged(samples[first : first + size]) for first in range(0, len(samples), size or 1)]


def merged(samples: Sequence[Sample]) -> Sample:
    """One for several of a site, at least one."""
    return Sample(
        samples[-1].site_id,
        samples[-1].at,
        _worst([sample.rtt_ms for sample in samples]),
        _worst([sample.loss_up for sample in samples]),
        _worst([sample.loss_down for sample in samples]),
        round(sum(sample.up_kbps for sample in samples) / len(samples)),
        round(sum(sample.down_kbps for sample in samples) / len(samples)),
    )


def _worst(values: Sequence[Value | None]) -> Value | None:
    return max((value for value in values if value is not None), default=None)
