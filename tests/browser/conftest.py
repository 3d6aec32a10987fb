"""One conference, held in browsers: the fixtures that open its pages."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.browser.namespace import Namespace, make_namespace
from tests.browser.points import FIREFOX, SHELL, Point, launch, launch_firefox, open_page
from tests.browser.signals import BEEP_SECONDS, LOOKS, Look, picture_file, tone_file
from tests.server import Server, demo_server

expect.set_options(timeout=30_000)  # a busy machine is no fault of the page


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Ends with the last browser test: while it runs, no other event loop can."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo conference and its links, made once."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    server = Server(folder)
    server.command("demo")
    server.keep_links()
    return folder


class ServersAhead:
    """Demo servers, one always started ahead: a test does not wait for its own, nor for the last one's end."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder, self._template = folder, template
        self._numbers = itertools.count(1)
        self._work = ThreadPoolExecutor(2)  # a server ends with the thread that has started it
        self._next = self._work.submit(self._start)

    def _start(self) -> Server:
        return demo_server(self._folder / f"data-{next(self._numbers)}", template=self._template)

    def take(self) -> Server:
        server = self._next.result()
        self._next = self._work.submit(self._start)
        return server

    def give_back(self, server: Server) -> None:
        self._work.submit(server.stop)

    def close(self) -> None:
        self.give_back(self._next.result())
        self._work.shutdown()


@pytest.fixture(scope="package")
def servers_ahead(tmp_path_factory: pytest.TempPathFactory, demo_data: Path) -> Iterator[ServersAhead]:
    servers = ServersAhead(tmp_path_factory.mktemp("servers"), demo_data)
    yield servers
    servers.close()


@pytest.fixture
def namespace(tmp_path: Path) -> Iterator[Namespace]:
    """A network of the test's own, with an IPv4 address that is not loopback."""
    with make_namespace(f"diemcau{os.getpid()}", tmp_path, "10.77.0.1/24") as made:
        yield made


@dataclass
class Pages:
    """Opens pages and closes what it opened. Desk and hall screen share one browser and its cookies, as in real life.

    With a `namespace` all of it happens in there.
    """

    playwright: Playwright
    folder: Path
    server: Server
    links: dict[str, Any]
    beep_seconds: float = BEEP_SECONDS
    namespace: Namespace | None = None
    _browsers: list[Browser] = field(default_factory=list)
    _desk: BrowserContext | None = None

    def desk_context(self) -> BrowserContext:
        if self._desk is None:
            browser = launch(self.playwright, executable_path=self._program(SHELL))
            self._browsers.append(browser)
            self._desk = browser.new_context(
                viewport={"width": 1280, "height": 800}, device_scale_factor=0.5, locale="vi-VN"
            )
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
            executable_path=self._program(SHELL),
        )
        self._browsers.append(browser)
        context = browser.new_context(
            viewport={"width": 1366, "height": 768},
            device_scale_factor=0.5,
            permissions=["camera", "microphone"],
            locale="vi-VN",
        )
        return open_page(context, name, url)

    def station(self) -> Point:
        return self.point("station", self.links["station"], LOOKS[0])

    def site(self, number: int) -> Point:
        """The `number`th site (from 1), in the `number`th look."""
        return self.point(f"site {number}", self.links["sites"][number - 1]["url"], LOOKS[number])

    def firefox(self, look: Look) -> BrowserContext:
        """A Firefox with the tone of `look`; its camera is Firefox's own, of changing colours."""
        browser = launch_firefox(self.playwright, self._program(FIREFOX), look.hertz)
        self._browsers.append(browser)
        return browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")

    def _program(self, path: str) -> str:
        return self.namespace.wrapped(path) if self.namespace else path

    def site_id(self, number: int) -> int:
        return int(self.links["sites"][number - 1]["site_id"])

    def close(self) -> None:
        for browser in self._browsers:
            with contextlib.suppress(Exception):
                browser.close()


@pytest.fixture
def pages(playwright: Playwright, servers_ahead: ServersAhead, tmp_path: Path) -> Iterator[Pages]:
    """A demo conference on a server of its own, and its pages."""
    server = servers_ahead.take()
    pages = Pages(playwright, tmp_path, server, server.links())
    try:
        yield pages
    finally:
        pages.close()
        servers_ahead.give_back(server)
