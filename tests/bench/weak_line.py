"""What a site on a bad line, which has the floor, sees and hears of the hall, and the hall of it (`way`: down, up).

For each kind of `line`: the longest freeze and all freezes above 200 ms, how much of the sound was made up by the receiver, the
longest time without real sound, the height of the picture for most of the time (360 is the full one), and after how many
seconds the full picture and the sound were back when the line was good again. Where the path itself is another (UDP blocked, a
new address) the seconds count from the change, and the other figures are of the time after it. `rung`, `room` and `room_by` are
what the media process made of the line down; `busy` is the share of all cores in use: three browsers are on this machine, and
one that waits for a processor stands still. `WEAK_LINES="loss 3 %,UDP blocked"` chooses.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.far_site import HEIGHT, FarSite, far_site, seconds_until
from tests.bench.measurement import Measurement, busy_share, processor_times
from tests.bench.relay import limit_rate

TROUBLE_SECONDS, BLACKOUT_SECONDS = 20.0, 5.0
BACK_WITHIN_SECONDS = 120.0
REST_SECONDS = 3.0
CHOSEN = [line.strip() for line in os.environ.get("WEAK_LINES", "").split(",") if line.strip()]


@dataclass(frozen=True)
class Trouble:
    """`seconds` long from `begin` to `end`; where it `is_change` the site has to find another way, which is then watched."""

    line: str
    begin: Callable[[FarSite], None]
    end: Callable[[FarSite], None]
    seconds: float = TROUBLE_SECONDS
    is_change: bool = False


def _limit(end: str, interface: str, kilobits: int | None) -> Callable[[FarSite], None]:
    return lambda far: limit_rate(getattr(far, end), interface, kilobits)


def _block_udp(far: FarSite) -> None:
    for end in (far.here, far.there):
        end.block_udp()


TROUBLES = (
    Trouble("none", lambda far: None, lambda far: None),
    Trouble("loss 3 %", lambda far: far.lose(3), lambda far: far.lose(0)),
    Trouble("loss 10 %", lambda far: far.lose(10), lambda far: far.lose(0)),
    Trouble("150 ± 50 ms", lambda far: far.relay.delay(150, 50), lambda far: far.relay.delay(0)),
    Trouble("400 kb/s down", _limit("here", "lan0", 400), _limit("here", "lan0", None)),
    Trouble("256 kb/s up", _limit("there", "lan1", 256), _limit("there", "lan1", None)),
    Trouble("blackout 5 s", lambda far: far.lose(100), lambda far: far.lose(0), BLACKOUT_SECONDS),
    Trouble("UDP blocked", _block_udp, lambda far: far.lose(0), is_change=True),
    Trouble("new address", lambda far: far.there.renumber("lan1", "10.78.0.3/24"), lambda far: None, is_change=True),
)


def measure() -> Iterator[Measurement]:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        far_site(playwright, Path(folder)) as far,
    ):
        for trouble in (each for each in TROUBLES if not CHOSEN or each.line in CHOSEN):
            print(f"  {trouble.line}", file=sys.stderr, flush=True)
            far.rest()
            time.sleep(REST_SECONDS)
            yield from _measure(far, trouble)


def _measure(far: FarSite, trouble: Trouble) -> Iterator[Measurement]:
    back = {}
    far.begin()
    trouble.begin(far)
    if trouble.is_change:
        time.sleep(REST_SECONDS)  # until the path of before is known to be none
        back = {name: seconds + REST_SECONDS for name, seconds in _backs(far, 1).items()}
        far.begin()
    before = processor_times()
    time.sleep(trouble.seconds)
    busy = busy_share(before, processor_times())
    readings = {name: way.read() for name, way in far.ways.items()}
    rung = far.rung()
    trouble.end(far)
    if not trouble.is_change:
        back = _backs(far, HEIGHT)
    for name, reading in readings.items():
        more = {"line": trouble.line, "way": name, "busy": busy, **(rung if name == "down" else {})}
        yield Measurement("weak_line", "longest_freeze", reading.longest_freeze, "ms", more)
        yield Measurement("weak_line", "frozen", reading.frozen, "s", more)
        yield Measurement("weak_line", "concealed", reading.concealed, "%", more)
        yield Measurement("weak_line", "longest_pause", reading.longest_pause, "ms", more)
        yield Measurement("weak_line", "height", reading.height, "px", more)
        yield Measurement("weak_line", "back", back[name], "s", more)


def _backs(far: FarSite, height: int) -> dict[str, float]:
    """Seconds from now until each direction flows with this height."""
    began = time.monotonic()
    found: dict[str, float] = {}

    def all_flow() -> bool:
        for name, way in far.ways.items():
            if name not in found and way.flows(height):
                found[name] = time.monotonic() - began
        return len(found) == len(far.ways)

    seconds_until(all_flow, time.monotonic, BACK_WITHIN_SECONDS)
    return {name: found.get(name, BACK_WITHIN_SECONDS) for name in far.ways}
