"""A site behind a line of its own, that has the floor: server, chair and hall at one end, the site at the other.

What the site sees and hears of the hall is the way *down*; what chair and hall station see and hear of the site, the way *up*.
In each page a watcher notes, over a time, the pauses between presented frames, the height of the picture, and how many samples
of the sound were real ones (getStats: received less concealed).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import BrowserContext, Playwright

from tests.bench.relay import Relay, make_relayed_line
from tests.browser.namespace import Namespace
from tests.browser.points import CHROMIUM, Point, launch, open_page
from tests.browser.signals import LOOKS, tone_file
from tests.browser.test_conference import convene, register
from tests.server import Server, demo_server, wait_for

WIDTH, HEIGHT, FRAMES_PER_SECOND, FRAMES = 640, 360, 25, 50
QUERY = f"?video={WIDTH}x{HEIGHT}"
FULL_WITHIN_SECONDS = 120.0
FLOWING_MS = 400
"""A picture and a sound flow when the last of either is not older."""

WATCH = """([selector, pictureBus, soundBus]) => {
  const statsOf = async (bus, kind) => {
    for (const pc of window.__pcs.filter(one => one.connectionState !== 'closed').reverse())
      for (const transceiver of pc.getTransceivers()) {
        if (transceiver.receiver.track.kind !== kind) continue;
        const section = pc.remoteDescription?.sdp.split('m=').find(s => s.includes(`a=mid:${transceiver.mid}\\r`));
        if (!section?.includes(`a=msid:${bus} `)) continue;
        for (const report of (await transceiver.receiver.getStats()).values()) if (report.type === 'inbound-rtp') return report;
      }
  };
  const line = (window.__line = {
    frameAt: Date.now(), soundAt: Date.now(), height: 0,
    begin() {
      Object.assign(this, {beganAt: Date.now(), longest: 0, frozen: 0, pause: 0, real: 0, heights: {}});
    },
    read() {
      const now = Date.now(), seconds = (now - this.beganAt) / 1000;
      const longest = Math.max(this.longest, now - Math.max(this.frameAt, this.beganAt));
      const usual = Object.entries(this.heights).sort((a, b) => b[1] - a[1])[0];
      return {longest, frozen: this.frozen + (longest > this.longest && longest > 200 ? now - this.frameAt : 0),
              pause: Math.max(this.pause, now - Math.max(this.soundAt, this.beganAt)),
              concealed: Math.max(0, 100 * (1 - this.real / (48000 * seconds))), height: usual ? Number(usual[0]) : 0};
    },
    now() { return {picture: Date.now() - this.frameAt, sound: Date.now() - this.soundAt, height: this.height}; },
  });
  line.begin();
  const watch = video => {
    if (video.__watched) return; video.__watched = true;
    const next = (now, frame) => {
      const at = Date.now(), gap = at - Math.max(line.frameAt, line.beganAt);
      if (gap > line.longest) line.longest = gap;
      if (gap > 200) line.frozen += gap;
      line.frameAt = at; line.height = frame.height;
      line.heights[frame.height] = (line.heights[frame.height] ?? 0) + Math.min(gap, 1000);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  };
  let before = null;
  setInterval(async () => {
    document.querySelectorAll(selector).forEach(watch);
    const sound = await statsOf(soundBus, 'audio');
    const real = sound ? sound.totalSamplesReceived - sound.concealedSamples : 0;
    if (sound && before && before.id === sound.id && real >= before.real && real - before.real >= 960) {
      const at = Date.now(), gap = at - Math.max(line.soundAt, line.beganAt);
      if (gap > line.pause) line.pause = gap;
      line.real += real - before.real; line.soundAt = at;
    }
    before = sound ? {id: sound.id, real} : null;
  }, 100);
}"""


@dataclass(frozen=True)
class Reading:
    """Of one direction over a time: milliseconds, seconds of freezes above 200 ms, % of the sound, lines of the picture."""

    longest_freeze: float
    frozen: float
    longest_pause: float
    concealed: float
    height: int


@dataclass
class Watcher:
    """A picture in one page and a sound in one page (perhaps another), of the same seat."""

    picture: Point
    sound: Point

    def begin(self) -> None:
        for point in (self.picture, self.sound):
            point.page.evaluate("window.__line.begin()")

    def read(self) -> Reading:
        seen, heard = (point.page.evaluate("window.__line.read()") for point in (self.picture, self.sound))
        return Reading(seen["longest"], seen["frozen"] / 1000, heard["pause"], heard["concealed"], seen["height"])

    def came_at(self) -> dict[str, float]:
        """When the newest frame was shown and when sound was last found to be real, in seconds of the wall clock."""
        return {
            "picture": self.picture.page.evaluate("window.__line.frameAt") / 1000,
            "sound": self.sound.page.evaluate("window.__line.soundAt") / 1000,
        }

    def flows(self, height: int = 1) -> bool:
        """Picture (of this height at least) and sound come in this moment."""
        seen, heard = (point.page.evaluate("window.__line.now()") for point in (self.picture, self.sound))
        return seen["picture"] < FLOWING_MS and heard["sound"] < FLOWING_MS and seen["height"] >= height


@dataclass
class FarSite:
    here: Namespace
    there: Namespace
    relay: Relay
    media_socket: Path
    seat: str
    ways: dict[str, Watcher]

    def begin(self) -> None:
        for way in self.ways.values():
            way.begin()

    def lose(self, percent: int) -> None:
        for end in (self.here, self.there):
            end.lose(percent)

    def rest(self) -> bool:
        """Until both directions have the full picture and sound; False if that takes too long."""
        ready = [False]

        def steady() -> bool:
            before, ready[0] = ready[0], all(way.flows(HEIGHT) for way in self.ways.values())
            return before and ready[0]

        try:
            wait_for(steady, "the full pictures", FULL_WITHIN_SECONDS, every=1.0)
        except AssertionError:
            return False
        return True

    def rung(self) -> dict[str, Any]:
        """How much picture the media process gives the site, of how much room, found by what."""
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self.media_socket)), base_url="http://media") as client:
            peers = client.get("/stats").json()["peers"]
        own = [peer for peer in peers if peer["seat"] == self.seat and peer["viewed"]]
        if not own:
            return {}
        rungs = [view["rung"] for view in own[-1]["viewed"] if (view["bus"], view["kind"]) == ("hall", "video")]
        return {"rung": rungs[0] if rungs else None, "room": own[-1]["room"], "room_by": own[-1]["room_by"]}


def seconds_until(flows: Callable[[], bool], clock: Callable[[], float], limit: float) -> float:
    """From now; the `limit` if it does not come about."""
    began = clock()
    try:
        wait_for(flows, "picture and sound", limit, every=0.02)
    except AssertionError:
        return limit
    return clock() - began


def picture_file(folder: Path, shade: int) -> Path:
    """A y4m with enough in it that an encoder needs all it may send: a field of stains that drifts, and noise."""
    dice = np.random.default_rng(shade)
    stains = np.kron(dice.integers(40, 200, (HEIGHT // 20, WIDTH // 20)), np.ones((20, 20))).astype(np.int16)
    path = folder / f"stains{shade}.y4m"
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420\n".encode())
        for frame in range(FRAMES):
            noise = dice.integers(-12, 12, (HEIGHT, WIDTH))
            luma = np.clip(np.roll(stains, frame * WIDTH // FRAMES, axis=1) + noise, 16, 235).astype(np.uint8)
            file.write(b"FRAME\n" + luma.tobytes() + bytes([shade]) * (HEIGHT * WIDTH // 2))
    return path


def media_socket_of(server: Server) -> Path:
    environment = Path(f"/proc/{server.pids('signaling.sfu ')[0]}/environ").read_bytes().decode().split("\0")
    return next(Path(each.partition("=")[2]) for each in environment if each.startswith("MEDIA_SOCKET="))


@contextmanager
def far_site(playwright: Playwright, folder: Path) -> Iterator[FarSite]:
    """All are in the conference, the site has the floor and both directions show the full picture."""
    with ExitStack() as at_end:
        here, there, relay = at_end.enter_context(make_relayed_line(f"far{os.getpid()}", folder))
        server = demo_server(folder / "data", host="0.0.0.0", prefix=here.inside, TLS="auto")
        at_end.callback(server.stop)
        links = server.links()

        def browser(place: Namespace, *more: str) -> BrowserContext:
            started = launch(playwright, *more, executable_path=place.wrapped(CHROMIUM))
            at_end.callback(started.close)
            return started.new_context(
                ignore_https_errors=True,
                permissions=["camera", "microphone"],
                locale="vi-VN",
                viewport={"width": 1366, "height": 768},
            )

        def devices(number: int) -> tuple[str, str]:
            return (
                f"--use-file-for-fake-video-capture={picture_file(folder, 100 + 60 * number)}",
                f"--use-file-for-fake-audio-capture={tone_file(folder, LOOKS[number], 0.9)}",
            )

        chair = open_page(browser(here), "chair", links["chair"])
        station = open_page(browser(here, *devices(0)), "station", links["station"], QUERY)
        convene(chair)
        station.page.locator(station.test("own-video")).wait_for()
        site = open_page(browser(there, *devices(1)), "site", links["sites"][0]["url"], QUERY)
        register(site)
        chair.click("grant-next")
        for point, shown, picture, sound in (
            (site, "hall-video", "hall", "hall"),
            (chair, "floor-video", "floor", "floor"),
            (station, "floor-video", "floor", "floor"),
        ):
            point.page.evaluate(WATCH, [f"{point.test(shown)} video, video{point.test(shown)}", picture, sound])
        far = FarSite(
            here,
            there,
            relay,
            media_socket_of(server),
            f"site:{links['sites'][0]['site_id']}",
            {"down": Watcher(site, site), "up": Watcher(chair, station)},
        )
        if not far.rest():
            print("  this machine does not carry the full pictures", file=sys.stderr)
        yield far
