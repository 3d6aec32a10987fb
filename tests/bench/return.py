"""After a cut of 10 s: until a site, which has the floor, sees and hears the hall again and the hall it (`way`: down, up)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.far_site import FarSite, far_site
from tests.bench.measurement import Measurement, percentile

CUTS, CUT_SECONDS, REST_SECONDS = 10, 10.0, 5.0
BACK_WITHIN_SECONDS = 60.0


def measure() -> Iterator[Measurement]:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        far_site(playwright, Path(folder)) as far,
    ):
        turns = [_cut(far) for _ in range(CUTS)]
    for way in ("down", "up"):
        for part in ("picture", "sound"):
            values = [turn[way, part] for turn in turns]
            for percent in (50, 95):
                more = {"way": way, "cuts": CUTS}
                yield Measurement("return", f"{part}_p{percent}", percentile(values, percent), "s", more)


def _cut(far: FarSite) -> dict[tuple[str, str], float]:
    """Seconds from the end of one cut, by direction and part."""
    far.rest()
    time.sleep(REST_SECONDS)
    far.lose(100)
    time.sleep(CUT_SECONDS)
    far.lose(0)
    ended = time.time()
    found: dict[tuple[str, str], float] = {}
    while len(found) < 4 and time.time() - ended < BACK_WITHIN_SECONDS:
        for name, way in far.ways.items():
            for part, at in way.came_at().items():
                if at > ended:
                    found.setdefault((name, part), at - ended)
        time.sleep(0.02)
    return {
        (way, part): found.get((way, part), BACK_WITHIN_SECONDS) for way in far.ways for part in ("picture", "sound")
    }
