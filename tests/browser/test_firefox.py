"""Firefox beside Chromium, as site, hall station and chair.

Firefox pairs with no loopback address: all of it is in a network namespace with an address of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.conftest import Pages
from tests.browser.namespace import Namespace
from tests.browser.points import SEE, Point, open_page
from tests.browser.signals import LOOKS
from tests.browser.test_conference import convene, register
from tests.server import demo_server, wait_for


@pytest.fixture
def beside(playwright: Playwright, demo_data: Path, namespace: Namespace, tmp_path: Path) -> Iterator[Pages]:
    """The demo conference on a server in the namespace."""
    settings = {"host": "0.0.0.0", "prefix": namespace.inside, "MEDIA_HOST": namespace.address}
    server = demo_server(tmp_path / "data", template=demo_data, **settings)
    pages = Pages(playwright, tmp_path, server, server.links(host="127.0.0.1"), namespace=namespace)
    try:
        yield pages
    finally:
        pages.close()
        server.stop()


def wait_changing_colours(point: Point, test_name: str) -> None:
    """The element shows Firefox's own camera: no picture of one colour is like it."""
    seen: set[tuple[int, ...]] = set()

    def is_changing() -> bool:
        colour = point.page.evaluate(SEE, f"{point.test(test_name)} video, video{point.test(test_name)}")
        if colour:
            seen.add(tuple(round(value / 16) for value in colour))
        return len(seen) >= 4

    wait_for(is_changing, f"{point.name}: {test_name} shows a camera of changing colours")


def test_a_firefox_site_sees_the_hall_and_is_seen_and_heard_there(beside: Pages) -> None:
    chair, screen, station = beside.desk("chair"), beside.desk("screen"), beside.station()
    first = open_page(beside.firefox(LOOKS[1]), "firefox site", beside.links["sites"][0]["url"])
    second = beside.site(2)
    everyone = [chair, screen, station, first, second]
    convene(chair)
    first.wait_sees("hall-video", "hall")
    first.wait_hears_buses({"hall"})

    register(first)
    register(second)
    chair.click("grant-next")
    wait_changing_colours(screen, "floor-video")
    wait_changing_colours(second, "floor-video")
    station.wait_hears({"green"})
    second.wait_hears({"hall", "green"})
    first.wait_hears_buses({"hall"})
    negotiated = [page.negotiations() for page in everyone]

    chair.click("grant-next")
    screen.wait_sees("floor-video", "blue")
    station.wait_hears({"blue"})
    first.wait_sees("floor-video", "blue")
    first.wait_hears_buses({"hall", "floor"})

    register(first)
    chair.click("grant-next")
    wait_changing_colours(screen, "floor-video")
    station.wait_hears({"green"})
    assert [page.negotiations() for page in everyone] == negotiated
    wait_for(lambda: re.search(r"[1-9]", first.text("net").partition("·")[2]), "its line's bit rate is told")
    assert first.page.evaluate("window.__violations") == []


def test_firefox_as_hall_station_and_as_chair(beside: Pages) -> None:
    firefox = beside.firefox(LOOKS[0])
    chair = open_page(firefox, "firefox chair", beside.links["chair"])
    station = open_page(firefox, "firefox station", beside.links["station"])
    first, second = beside.site(1), beside.site(2)
    everyone = [chair, station, first, second]
    convene(chair)
    wait_changing_colours(first, "hall-video")
    first.wait_hears({"hall"})

    register(first)
    register(second)
    chair.click("grant-next")
    chair.wait_sees("floor-video", "green")
    station.wait_sees("floor-video", "green")
    station.wait_hears_buses({"floor"})
    second.wait_hears({"hall", "green"})
    negotiated = [page.negotiations() for page in everyone]
    chair.click("grant-next")
    chair.wait_sees("floor-video", "blue")
    station.wait_sees("floor-video", "blue")
    station.wait_hears_buses({"floor"})
    first.wait_hears({"hall", "blue"})
    chair.wait_hears_buses(set())
    assert [page.negotiations() for page in everyone] == negotiated
    for page in (chair, station):
        assert page.page.evaluate("window.__violations") == [], page.name
