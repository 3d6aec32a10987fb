"""The chair's click → the new speaker's sound and picture at the hall, speaker prepared (rule 21).

Two sites, the hall station (sound) and the hall screen (picture) in Chromium, 20 switches. The click is timed in the chair's
page, the tone in the station's (an analyser of 21 ms read every 5 ms), the colour in the screen's at the frame's presentation;
all clocks are this machine's.
"""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import socketio
from playwright.sync_api import sync_playwright

from tests.bench.measurement import Measurement, percentile
from tests.browser.conftest import Pages
from tests.browser.points import Point
from tests.browser.signals import LOOKS, Look
from tests.browser.test_conference import convene
from tests.server import demo_server, wait_for

SWITCHES = 20

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


def switch(chair: Point, station: Point, screen: Point, look: Look, index: int) -> tuple[float, float]:
    """Milliseconds from the click to sound and to picture."""
    station.page.evaluate("window.__sound = {}")
    screen.page.evaluate("window.__picture = {}")
    chair.click("grant-next")
    sound = wait_for(lambda: station.page.evaluate(f"window.__sound[{look.hertz}]"), f"the tone of {look.name}")
    picture = wait_for(lambda: screen.page.evaluate(f"window.__picture[{index}]"), f"the picture of {look.name}")
    clicked = chair.page.evaluate("window.__clicked")
    return sound - clicked, picture - clicked


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        server = demo_server(folder / "data")
        pages = Pages(playwright, folder, server, server.links(), beep_seconds=0.02)
        try:
            secretary = Secretary(pages)
            chair, screen, station = pages.desk("chair"), pages.desk("screen"), pages.station()
            for number in (1, 2):
                pages.site(number)
            convene(chair)
            looks = [LOOKS[1], LOOKS[2]]
            chair.page.evaluate(CLICKED)
            wait_for(
                lambda: station.page.evaluate("[...window.__media].some(e => e.tagName === 'AUDIO' && e.srcObject)"),
                "sound",
            )
            station.page.evaluate(LISTEN, [look.hertz for look in looks])
            screen.page.evaluate(WATCH_FLOOR, [list(look.colour) for look in looks])
            sounds, pictures = [], []
            for turn in range(SWITCHES + 1):
                index = turn % 2
                prepare(secretary, pages.site_id(index + 1))
                sound, picture = switch(chair, station, screen, looks[index], index)
                if turn:  # the first turn has no speaker to take the floor from
                    sounds.append(sound)
                    pictures.append(picture)
        finally:
            pages.close()
            server.stop()
    more = {"switches": SWITCHES, "size": "320x180"}
    for metric, values in (("sound", sounds), ("picture", pictures)):
        yield Measurement("floor_switch", f"{metric}_p50", percentile(values, 50), "ms", more)
        yield Measurement("floor_switch", f"{metric}_p95", percentile(values, 95), "ms", more)
