"""A site's click on "enter" → its first picture of the hall.

One Chromium has the site's page open, the conference sits and the hall sends. Each turn the page is left and entered again by a
click on its link; timed are the click, in the page that holds the link, and the presentation of the first decoded frame of the
hall's picture, in the site's page; both clocks are this browser's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.measurement import Measurement, percentile
from tests.browser.conftest import Pages
from tests.browser.test_conference import convene
from tests.server import demo_server, wait_for

JOINS = 20

ENTER = """url => {
  const link = document.createElement('a'); link.id = 'enter'; link.href = url; link.textContent = 'enter';
  link.addEventListener('click', () => sessionStorage.setItem('clicked', performance.timeOrigin + performance.now()));
  document.body.replaceChildren(link);
}"""

WATCH = """
const watch = () => {
  const video = document.querySelector('[data-test="hall-video"] video');
  if (!video) return requestAnimationFrame(watch);
  video.requestVideoFrameCallback((now, frame) => (window.__first = performance.timeOrigin + frame.expectedDisplayTime));
};
requestAnimationFrame(watch);
"""


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        server = demo_server(folder / "data")
        pages = Pages(playwright, folder, server, server.links())
        try:
            chair, station = pages.desk("chair"), pages.station()
            convene(chair, 1)
            station.page.locator(station.test("own-video")).wait_for()
            site = pages.site(1)
            site.wait_sees("hall-video", "hall")
            page = site.page
            page.add_init_script(WATCH)
            values = []
            for turn in range(JOINS + 1):
                page.goto(f"{server.address}/healthz")
                page.evaluate(ENTER, pages.links["sites"][0]["url"])
                page.click("#enter")
                first = wait_for(lambda: page.evaluate("window.__first"), "the first picture")
                clicked = float(page.evaluate("sessionStorage.getItem('clicked')"))
                if turn:  # the first one fills the browser's cache
                    values.append(first - clicked)
        finally:
            pages.close()
            server.stop()
    more = {"joins": JOINS}
    yield Measurement("join", "first_picture_p50", percentile(values, 50), "ms", more)
    yield Measurement("join", "first_picture_p95", percentile(values, 95), "ms", more)
