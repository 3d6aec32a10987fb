"""A site whose network blocks UDP takes part by TCP; one whose address changes in mid-speech goes on speaking.

Server, desk and hall are in one network namespace, the site in another, and a firewall between them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright

from tests.browser.namespace import Namespace, make_line
from tests.browser.points import SHELL, launch, open_page
from tests.browser.test_conference import convene, register
from tests.server import demo_server, wait_for

PATIENCE_SECONDS = 60


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[Namespace, Namespace]]:
    with make_line(f"reach{os.getpid()}", tmp_path) as made:
        yield made


PATH = """async () => {
  const stats = await window.__pcs.at(-1).getStats();
  for (const pair of stats.values())
    if (pair.type === 'candidate-pair' && pair.nominated && pair.state === 'succeeded')
      return stats.get(pair.localCandidateId).protocol;
}"""


LOG_STATES = """() => {
  window.__states = [];
  const pc = window.__pcs.at(-1);
  pc.addEventListener('connectionstatechange', () => window.__states.push(pc.connectionState));
  const take = pc.setRemoteDescription.bind(pc);
  pc.setRemoteDescription = description => (window.__states.push('offer'), take(description));
}"""


PLAYED = """selector => {
  const video = document.querySelector(selector);
  return video?.videoWidth ? video.getVideoPlaybackQuality().totalVideoFrames : 0;
}"""


def test_a_site_without_udp_speaks_by_tcp_and_goes_on_when_its_address_changes(
    playwright: Playwright, demo_data: Path, tmp_path: Path, line: tuple[Namespace, Namespace]
) -> None:
    here, there = line
    there.block_udp()
    with ExitStack() as at_end:
        server = demo_server(tmp_path / "data", demo_data, host="0.0.0.0", prefix=here.inside, TLS="auto")
        at_end.callback(server.stop)
        links = server.links(host=here.address)

        def browser(place: Namespace) -> BrowserContext:
            started = launch(playwright, executable_path=place.wrapped(SHELL))
            at_end.callback(started.close)
            return started.new_context(
                ignore_https_errors=True,
                permissions=["camera", "microphone"],
                locale="vi-VN",
                viewport={"width": 1600, "height": 900},
            )

        office = browser(here)
        desk, chair = open_page(office, "secretary", links["secretary"]), open_page(office, "chair", links["chair"])
        station = open_page(office, "station", links["station"])
        convene(chair)
        station.page.locator(station.test("own-video")).wait_for()
        site = open_page(browser(there), "site", links["sites"][0]["url"])
        site.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-test=\"hall-video\"] video')].some(v => v.videoWidth)",
            timeout=PATIENCE_SECONDS * 1000,
        )
        assert site.page.evaluate(PATH) == "tcp"
        row = desk.page.locator(f'{desk.test("board")} [data-site="{links["sites"][0]["site_id"]}"] .link-button')
        row.click()
        wait_for(lambda: "qua TCP" in desk.text("line-now"), "the desk reads it", PATIENCE_SECONDS)
        site.click("net")
        wait_for(lambda: "qua TCP" in site.text("line-now"), "the site reads it", PATIENCE_SECONDS)

        site.page.keyboard.press("Escape")

        # In mid-speech its network becomes another one, which lets UDP out.
        register(site)
        chair.click("grant-next")
        shown = chair.test("floor-video") + " video"
        wait_for(lambda: chair.page.evaluate(PLAYED, shown), "its picture at the chair", PATIENCE_SECONDS)
        there.lose(0)
        there.renumber("lan1", "10.78.0.3/24")
        wait_for(lambda: site.page.evaluate(PATH) == "udp", "a new path", PATIENCE_SECONDS)
        before = chair.page.evaluate(PLAYED, shown)
        wait_for(lambda: chair.page.evaluate(PLAYED, shown) > before + 10, "its picture goes on", PATIENCE_SECONDS)
        assert site.page.evaluate("window.__pcs.length") == 1, "the same connection"

        # Nothing comes through any more and no event tells so: what is sent and not answered does.
        site.page.evaluate(LOG_STATES)
        there.block_udp()
        wait_for(lambda: site.page.evaluate(PATH) == "tcp", "a path by TCP again", PATIENCE_SECONDS)
        before = chair.page.evaluate(PLAYED, shown)
        wait_for(lambda: chair.page.evaluate(PLAYED, shown) > before + 10, "its picture goes on", PATIENCE_SECONDS)
        assert site.page.evaluate("window.__pcs.length") == 1, "the same connection"
        first = site.page.evaluate("window.__states[0] ?? null")
        assert first in ("offer", None), "a new path before the browser gives the old one up, if it has no other itself"
        assert chair.page.locator(chair.test("end")).is_visible(), "it still has the floor"
