"""The chair's click → the new speaker's sound and picture at the hall, speaker prepared (rule 21).

The chair's page, the hall station (sound) and then also the hall screen (picture) in Chromium, 20 switches for each. The click
is timed in the chair's page, the tone in the station's (an analyser of 21 ms read every 5 ms), the colour in the screen's at
the frame's presentation; all clocks are this machine's.

The two sites, in life at computers of their own, are one program that sends (`sites`: `programs`), then the same again in
Chromium (`browsers`). `busy` is the share of all cores in use: a page that waits for a processor is heard later.
"""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import socketio
from playwright.sync_api import sync_playwright

from tests.bench.measurement import Measurement, busy_share, percentile, processor_times
from tests.bench.sending_sites import sending_sites
from tests.browser.conftest import Pages
from tests.browser.points import Point
from tests.browser.signals import LOOKS
from tests.browser.test_conference import convene
from tests.server import demo_server, wait_for

SWITCHES = 20
LOOKED_FOR = LOOKS[1:3]

CLICKED = """() => document.addEventListener('click', e => {
  if (e.target.closest('[data-test="grant-next"]')) window.__clicked = performance.timeOrigin + performance.now();
}, true)"""

HAS_SOUND = "[...window.__media].some(e => e.tagName === 'AUDIO' && e.srcObject)"

LISTEN = """hertz => {
  const context = new AudioContext({sampleRate: 48000});
  const element = [...window.__media].find(e => e.tagName === 'AUDIO' && e.srcObject);
  const ear = context.createAnalyser(); ear.fftSize = 1024; ear.smoothingTimeConstant = 0;
  context.createMediaStreamSource(element.srcObject).connect(ear);
  const bins = new Float32Array(512); window.__sound = {};
  setInterval(() => {
    ear.getFloatFrequencyData(bins);
    const levels = hertz.map(h => Math.max(...bins.slice(Math.round(h / 46.875) - 1, Math.round(h / 46.875) + 2)));
    const loudest = levels.indexOf(Math.max(...levels));
    if (levels[loudest] > -45 && window.__tone !== hertz[loudest]) {
      window.__tone = hertz[loudest]; window.__sound[window.__tone] = performance.timeOrigin + performance.now();
    }
  }, 5);
}"""

WATCH_FLOOR = """colours => {
  const canvas = document.createElement('canvas'); canvas.width = 8; canvas.height = 8;
  const context = canvas.getContext('2d', {willReadFrequently: true}); window.__picture = {};
  const look = (video, now) => {
    context.drawImage(video, 0, 0, 8, 8); const d = context.getImageData(4, 4, 1, 1).data;
    const far = colours.map(c => Math.hypot(c[0] - d[0], c[1] - d[1], c[2] - d[2]));
    const nearest = far.indexOf(Math.min(...far));
    if (far[nearest] < 80 && window.__shown !== nearest) {
      window.__shown = nearest; window.__picture[nearest] = performance.timeOrigin + now;
    }
  };
  const watch = video => {
    if (video.__watched) return; video.__watched = true;
    const next = now => { look(video, now); video.requestVideoFrameCallback(next); };
    video.requestVideoFrameCallback(next);
  };
  setInterval(() => document.querySelectorAll('[data-test="floor-video"] video').forEach(watch), 100);
}"""


class Secretary:
    """The desk's own socket, beside the pages."""

    def __init__(self, pages: Pages) -> None:
        page = pages.desk("secretary").page
        page.wait_for_url("**/secretary*")
        boot = json.loads(page.locator("#boot").text_content() or "{}")
        page.close()
        self.socket = socketio.Client()
        self.queue: list[dict[str, Any]] = []
        self.socket.on("changes", self._changed)
        auth = {"desk": boot["auth"]["desk"], "tab": uuid.uuid4().hex[:16]}
        self.socket.connect(pages.server.address, auth=auth, transports=["websocket"])
        snapshot = self.socket.call("get_snapshot", {})
        self.delegates = {
            row["site_id"]: [d["id"] for d in row["delegates"]] for row in snapshot["parts"]["desk"]["roll"]
        }

    def _changed(self, message: dict[str, Any]) -> None:
        self.queue = message["changes"].get("queue", self.queue)

    def command(self, name: str, **args: Any) -> None:
        answer = self.socket.call("command", {"id": uuid.uuid4().hex, "name": name, "args": args})
        assert answer["ok"], answer


def prepare(secretary: Secretary, site_id: int) -> None:
    """One delegate of the site waits, told to get ready 3 s ago and more, devices confirmed."""
    secretary.command("request_floor", delegate_id=secretary.delegates[site_id][0], topic="")
    entry = wait_for(lambda: secretary.queue and secretary.queue[0], "the entry waits")
    if not entry["prepared_at"]:
        secretary.command("prepare_request", request_id=entry["request_id"])
    wait_for(lambda: secretary.queue[0]["is_devices_confirmed"], "the site confirms its devices")
    time.sleep(3.2)


@dataclass
class Hall:
    """The conference, held as far as the discussion."""

    pages: Pages
    secretary: Secretary
    chair: Point
    station: Point
    turns: int = 0

    def switches(self, when_heard: Callable[[int], Callable[[], Any]]) -> tuple[list[float], float]:
        """Milliseconds from each click until what `when_heard` gives for the speaker, and the share of the cores in use."""
        rows = []
        before = processor_times()
        for first in (True, *[False] * SWITCHES):
            index, self.turns = self.turns % 2, self.turns + 1
            prepare(self.secretary, self.pages.site_id(index + 1))
            comes = when_heard(index)
            self.chair.click("grant-next")
            came = wait_for(comes, f"the speaker of {LOOKED_FOR[index].name}")
            if not first:  # nobody may have had the floor before
                rows.append(came - self.chair.page.evaluate("window.__clicked"))
        return rows, busy_share(before, processor_times())


def sounds(hall: Hall) -> tuple[list[float], float]:
    page = hall.station.page
    page.evaluate(LISTEN, [look.hertz for look in LOOKED_FOR])

    def when_heard(index: int) -> Callable[[], Any]:
        page.evaluate("window.__sound = {}")
        return lambda: page.evaluate(f"window.__sound[{LOOKED_FOR[index].hertz}]")

    return hall.switches(when_heard)


def pictures(hall: Hall) -> tuple[list[float], float]:
    page = hall.pages.desk("screen").page
    page.evaluate(WATCH_FLOOR, [list(look.colour) for look in LOOKED_FOR])

    def when_seen(index: int) -> Callable[[], Any]:
        page.evaluate("window.__picture = {}")
        return lambda: page.evaluate(f"window.__picture[{index}]")

    return hall.switches(when_seen)


def measure() -> Iterator[Measurement]:
    for sites in ("programs", "browsers"):
        for metric, (values, busy) in _measure(sites).items():
            more = {"sites": sites, "switches": SWITCHES, "size": "320x180", "busy": busy}
            for percent in (50, 95):
                yield Measurement("floor_switch", f"{metric}_p{percent}", percentile(values, percent), "ms", more)


def _measure(sites: str) -> dict[str, tuple[list[float], float]]:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, ExitStack() as at_end:
        server = demo_server(Path(name) / "data")
        at_end.callback(server.stop)
        pages = Pages(playwright, Path(name), server, server.links(), beep_seconds=0.02)
        at_end.callback(pages.close)
        hall = Hall(pages, Secretary(pages), pages.desk("chair"), pages.station())
        if sites == "programs":
            urls = [site["url"] for site in pages.links["sites"][: len(LOOKED_FOR)]]
            at_end.enter_context(sending_sites(server.address, urls))
        else:
            for number in range(1, len(LOOKED_FOR) + 1):
                pages.site(number)
        convene(hall.chair)
        hall.chair.page.evaluate(CLICKED)
        wait_for(lambda: hall.station.page.evaluate(HAS_SOUND), "sound")
        return {"sound": sounds(hall), "picture": pictures(hall)}
