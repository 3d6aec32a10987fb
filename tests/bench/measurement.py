"""One figure of a bench."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """`more` says under which circumstances it was measured."""

    bench: str
    metric: str
    value: float
    unit: str
    more: dict[str, Any] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        figure = {"bench": self.bench, "metric": self.metric, "value": round(self.value, 3), "unit": self.unit}
        return {**figure, **self.more}


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(percent) // 100) - 1)]


def processor_times() -> tuple[float, float]:
    """Seconds of all cores since the start of the machine: in use, and in all."""
    fields = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK"), sum(fields) / os.sysconf("SC_CLK_TCK")


def busy_share(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Of all cores, between two `processor_times`."""
    return round((after[0] - before[0]) / (after[1] - before[1]), 2)
