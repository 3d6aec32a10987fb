"""One conference, held in browsers: the fixtures that open its pages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.points import Point, launch, open_page
from tests.browser.signals import BEEP_SECONDS, LOOKS, Look, picture_file, tone_file
from tests.server import Server, demo_server


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo conference, made once."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    Server(folder).command("demo")
    return folder


@dataclass
class Pages:
    """Opens pages and closes what it opened. Desk and hall screen share one browser and its cookies, as in real life."""

    playwright: Playwright
    folder: Path
    server: Server
    links: dict[str, Any]
    beep_seconds: float = BEEP_SECONDS
    _browsers: list[Browser] = field(default_factory=list)
    _desk: BrowserContext | None = None

    def desk_context(self) -> BrowserContext:
        if self._desk is None:
            browser = launch(self.playwright)
            self._browsers.append(browser)
            self._desk = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
        return self._desk

    def desk(self, name: str) -> Point:
        """`chair`, `secretary` or `screen`."""
        return open_page(self.desk_context(), name, self.links[name])

    def point(self, name: str, url: str, look: Look, *more: str) -> Point:
        """The hall station or a site, in a browser process of its own with the picture and tone of `look`."""
        browser = launch(
            self.playwright,
            f"--use-file-for-fake-video-capture={picture_file(self.folder, look)}",
            f"--use-file-for-fake-audio-capture={tone_file(self.folder, look, self.beep_seconds)}",
            *more,
        )
        self._browsers.append(browser)
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, permissions=["camera", "microphone"], locale="vi-VN"
        )
        return open_page(context, name, url)

    def station(self) -> Point:
        return self.point("station", self.links["station"], LOOKS[0])

    def site(self, number: int) -> Point:
        """The `number`th site (from 1), in the `number`th look."""
        return self.point(f"site {number}", self.links["sites"][number - 1]["url"], LOOKS[number])

    def site_id(self, number: int) -> int:
        return int(self.links["sites"][number - 1]["site_id"])

    def close(self) -> None:
        for browser in self._browsers:
            with contextlib.suppress(Exception):
                browser.close()


@pytest.fixture
def pages(playwright: Playwright, demo_data: Path, tmp_path: Path) -> Iterator[Pages]:
    """A demo conference on a server of its own, and its pages."""
    server = demo_server(tmp_path / "data", template=demo_data)
    pages = Pages(playwright, tmp_path, server, server.links())
    try:
        yield pages
    finally:
        pages.close()
        server.stop()
