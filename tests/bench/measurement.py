"""One figure of a bench."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
