"""Pages of a conference in real browsers, and what a person in front of them would see and hear."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.signals import LOOKS, nearest
from tests.server import wait_for

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
"""Chromium without its windows and menus: pages, cameras and sound are the same, and opening them takes half the work."""
FIREFOX = os.environ.get("FIREFOX") or "/usr/bin/firefox-esr"

QUIET = [
    "--no-sandbox",
    "--allow-loopback-in-peer-connection",
    "--disable-background-networking",
    "--no-first-run",
]

ARGUMENTS = [
    *QUIET,
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]

FIREFOX_SETTINGS: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
}

WATCH = """
window.__pcs = []; window.__negotiations = 0; window.__violations = [];
document.addEventListener('securitypolicyviolation', e => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(...a) { super(...a); window.__pcs.push(this); }
  setRemoteDescription(...a) { window.__negotiations++; return super.setRemoteDescription(...a); }
};
window.__media = new Set();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () { window.__media.add(this); return play.call(this); };
"""

SEE = """selector => {
  const video = document.querySelector(selector);
  if (!video || !video.videoWidth || video.paused) return null;
  const box = video.getBoundingClientRect();
  if (!box.width || getComputedStyle(video).visibility === 'hidden') return null;
  const canvas = document.createElement('canvas'); canvas.width = 32; canvas.height = 18;
  const context = canvas.getContext('2d'); context.drawImage(video, 0, 0, 32, 18);
  const data = context.getImageData(0, 0, 32, 18).data; let sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) for (let k = 0; k < 3; k++) sum[k] += data[i + k];
  return sum.map(s => s / (data.length / 4));
}"""

HEAR = """async hertz => {
  window.__ears ??= new Map(); window.__ear ??= new AudioContext({sampleRate: 48000, latencyHint: 'playback'});
  const elements = [...new Set([...window.__media, ...document.querySelectorAll('audio, video')])];
  const playing = elements.filter(e => e.srcObject && !e.muted && !e.paused && e.volume > 0);
  const heard = Object.fromEntries(hertz.map(h => [h, 0]));
  for (const element of playing) for (const track of element.srcObject.getAudioTracks()) {
    let ear = window.__ears.get(track);
    if (!ear) {
      ear = window.__ear.createAnalyser(); ear.fftSize = 8192; ear.smoothingTimeConstant = 0;
      window.__ear.createMediaStreamSource(new MediaStream([track])).connect(ear);
      window.__ears.set(track, ear);
    }
  }
  const tracks = new Set(playing.flatMap(e => e.srcObject.getAudioTracks()));
  const bins = new Float32Array(4096);
  for (let round = 0; round < 9; round++) {
    await new Promise(done => setTimeout(done, 60));
    for (const [track, ear] of window.__ears) if (tracks.has(track)) {
      ear.getFloatFrequencyData(bins);
      for (const h of hertz) {
        const bin = Math.round(h * 8192 / 48000);
        const level = Math.max(...bins.slice(bin - 2, bin + 3));
        if (level > -60) heard[h]++;
      }
    }
  }
  return heard;
}"""

BUSES = """async () => {
  const read = async () => {
    const energy = {};
    const elements = [...window.__media].filter(e => e.srcObject && !e.muted && !e.paused && e.volume > 0);
    const tracks = new Set(elements.flatMap(e => e.srcObject.getAudioTracks()));
    for (const pc of window.__pcs) for (const transceiver of pc.getTransceivers()) {
      if (!tracks.has(transceiver.receiver.track)) continue;
      const section = pc.remoteDescription.sdp.split('m=').find(s => s.includes(`a=mid:${transceiver.mid}\\r`));
      const bus = section.match(/a=msid:(\\w+) /)[1];
      for (const report of (await transceiver.receiver.getStats()).values())
        if (report.type === 'inbound-rtp') energy[bus] = report.totalAudioEnergy ?? 0;
    }
    return energy;
  };
  const before = await read();
  await new Promise(done => setTimeout(done, 700));
  const after = await read();
  return Object.keys(after).filter(bus => after[bus] > (before[bus] ?? 0) + 0.001);
}"""
"""Where there is no sound card, Firefox analyses nothing: this asks what its decoder gives to what is played."""


@dataclass
class Point:
    """One page."""

    name: str
    page: Page

    def test(self, name: str) -> str:
        return f'[data-test="{name}"]'

    def sees(self, test_name: str) -> str | None:
        """Whose picture the element shows: the name of a look, or None."""
        colour = self.page.evaluate(SEE, f"{self.test(test_name)} video, video{self.test(test_name)}")
        return nearest(tuple(colour)) if colour else None

    def hears(self) -> set[str]:
        """Whose tones sound from this page."""
        heard = self.page.evaluate(HEAR, [look.hertz for look in LOOKS])
        return {look.name for look in LOOKS if heard[str(look.hertz)] >= 2}

    def wait_sees(self, test_name: str, look: str | None, seconds: float = 20) -> None:
        wait_for(lambda: self.sees(test_name) == look, f"{self.name}: {test_name} shows {look}", seconds)

    def wait_hears(self, looks: set[str], seconds: float = 20) -> None:
        last: list[set[str]] = []

        def as_wanted() -> bool:
            last[:] = [self.hears()]
            return last[0] == looks

        try:
            wait_for(as_wanted, f"{self.name} hears {looks}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; last heard {last}") from None

    def wait_hears_buses(self, buses: set[str]) -> None:
        """These buses, and no others, are played and not silent."""
        wait_for(lambda: set(self.page.evaluate(BUSES)) == buses, f"{self.name} hears the buses {buses}")

    def click(self, test_name: str) -> None:
        self.page.locator(self.test(test_name)).click()

    def negotiations(self) -> int:
        return int(self.page.evaluate("window.__negotiations"))

    def text(self, test_name: str) -> str:
        return self.page.locator(self.test(test_name)).inner_text()


def launch(playwright: Playwright, *more: str, **options: Any) -> Browser:
    return playwright.chromium.launch(args=[*ARGUMENTS, *more], **{"executable_path": SHELL, **options})


def launch_firefox(playwright: Playwright, executable_path: str, hertz: int) -> Browser:
    """Firefox with a camera of changing colours and a tone of `hertz`; it pairs with no loopback address."""
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=executable_path,
        firefox_user_prefs={**FIREFOX_SETTINGS, "media.navigator.audio.fake_frequency": hertz},
    )


def open_page(context: BrowserContext, name: str, url: str, query: str = "?video=320x180") -> Point:
    """The page at `url`; the query goes before the fragment that carries the token."""
    page = context.new_page()
    page.add_init_script(WATCH)
    path, _, fragment = url.partition("#")
    page.goto(f"{path}{query}#{fragment}" if fragment else path + query)
    return Point(name, page)
