"""A site on a bad line: told in words at the desk and at the site, and told again when the line is good.

Server, desk and hall are in one network namespace, the site in another; the line between them loses what it is told to.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright

from tests.browser.namespace import Namespace, make_line
from tests.browser.points import SHELL, Point, launch, open_page
from tests.server import demo_server, wait_for

PATIENCE_SECONDS = 90


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[Namespace, Namespace]]:
    with make_line(f"diemcau{os.getpid()}", tmp_path) as made:
        yield made


def lose(line: tuple[Namespace, Namespace], percent: int) -> None:
    for end in line:
        end.lose(percent)


def at_desk(desk: Point, site_id: int) -> str:
    return str(desk.page.locator(f'{desk.test("board")} [data-site="{site_id}"] .link-button').inner_text())


def wait_words(desk: Point, site: Point, site_id: int, at_the_desk: str, at_the_site: str) -> None:
    wait_for(lambda: at_the_desk in at_desk(desk, site_id), f"{at_the_desk} at the desk", PATIENCE_SECONDS)
    wait_for(lambda: at_the_site in site.text("status"), f"{at_the_site} at the site", PATIENCE_SECONDS)


def wait_written(data: Path, site_id: int, *kinds: str) -> None:
    """The newest entry of the site's history is one of these. The words of the pages come a moment before it."""

    def newest() -> str:
        with closing(sqlite3.connect(f"file:{data / 'diem-cau.db'}?mode=ro", uri=True)) as base:
            found = base.execute(
                "SELECT kind FROM line_incident WHERE site_id = ? ORDER BY id DESC LIMIT 1", (site_id,)
            )
            return str(found.fetchone())

    wait_for(lambda: any(kind in newest() for kind in kinds), f"{kinds} in the history", PATIENCE_SECONDS)


def test_a_lossy_line_and_a_blackout_are_told_in_words_and_pass(
    playwright: Playwright, demo_data: Path, tmp_path: Path, line: tuple[Namespace, Namespace]
) -> None:
    here, there = line
    with ExitStack() as at_end:
        server = demo_server(tmp_path / "data", demo_data, host="0.0.0.0", prefix=here.inside, TLS="auto")
        at_end.callback(server.stop)
        links = server.links(host=here.address)
        site_id = links["sites"][0]["site_id"]

        def browser(place: Namespace, width: int = 1600) -> BrowserContext:
            started = launch(playwright, executable_path=place.wrapped(SHELL))
            at_end.callback(started.close)
            return started.new_context(
                ignore_https_errors=True,
                permissions=["camera", "microphone"],
                locale="vi-VN",
                viewport={"width": width, "height": 900},
            )

        office = browser(here)
        desk, chair = open_page(office, "secretary", links["secretary"]), open_page(office, "chair", links["chair"])
        station = open_page(office, "station", links["station"])
        chair.click("open-doors")
        chair.click("convene")
        chair.click("convene-yes")
        station.page.locator(station.test("own-video")).wait_for()
        site = open_page(browser(there, 1366), "site", links["sites"][0]["url"])
        wait_words(desk, site, site_id, "Tốt", "Tốt")

        lose(line, 10)
        wait_words(desk, site, site_id, "Yếu", "Yếu")
        lose(line, 0)
        wait_words(desk, site, site_id, "Tốt", "Tốt")
        lose(line, 100)
        row = desk.page.locator(f'{desk.test("board")} [data-site="{site_id}"]')
        wait_for(lambda: row.get_attribute("data-link") == "lost", "lost at the desk", PATIENCE_SECONDS)
        wait_words(desk, site, site_id, "Mất", "Đang nối lại")
        wait_written(tmp_path / "data", site_id, "lost", "left")
        lose(line, 0)
        wait_words(desk, site, site_id, "Tốt", "Tốt")
        wait_written(tmp_path / "data", site_id, "good")

        # Both read what happened, with the figures of the moment.
        desk.page.locator(f'{desk.test("board")} [data-site="{site_id}"] .link-button').click()
        site.click("net")
        for point in (desk, site):
            rows = point.page.locator(f"{point.test('incidents')} li")
            wait_for(lambda rows=rows: rows.first.get_attribute("data-kind") == "good", "the last entry")  # type: ignore[misc]
            kinds = rows.evaluate_all("rows => rows.map(row => row.dataset.kind)")[::-1]
            dark = max(kinds.index(kind) for kind in ("lost", "left") if kind in kinds)
            assert kinds.index("connected") < kinds.index("good") < kinds.index("weak") < dark, kinds
            weak = point.page.locator(f'{point.test("incidents")} [data-kind="weak"]').last.inner_text()
            assert "Yếu" in weak and "mất gói" in weak, weak
            assert "hình nhận" in point.text("line-now")
            assert point.page.evaluate("window.__violations") == [], point.name
