"""One demo conference in one language, with its pages open side by side: what `states.py` walks through.

Browsers show hall station, one site (the *speaker*) and the desks; the other sites are real socket clients without a picture.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.points import WATCH, launch
from tests.server import Server, demo_server
from tests.signaling.page import Page as Client

Size = tuple[int, int]

HALL: Size = (1920, 1080)
CHAIR: Size = (1280, 800)
SITE: Size = (1366, 768)
SECRETARY: Size = (1600, 900)
OFFICE: Size = (1440, 900)
PHONE: Size = (390, 844)

SIZES: dict[str, tuple[Size, ...]] = {
    "screen": (HALL,),
    "chair": (CHAIR, PHONE),
    "secretary": (SECRETARY,),
    "board": (SECRETARY, PHONE),
    "site": (SITE, PHONE),
    "station": (SITE,),
    "office": (OFFICE, PHONE),
}

NAMELESS = ("office", "stranger", "admin")
"""Views of these pages are called by their state alone."""

SHOWS_PICTURES = """() => [...document.querySelectorAll('video')].every(video =>
  !video.srcObject || video.closest('.is-idle, .is-hidden') || !video.getBoundingClientRect().width || video.videoWidth > 0)"""


@dataclass(frozen=True)
class View:
    """A page in a state, ready to be looked at. `name` is the page, a dash, and the state: `chair-speaking`."""

    name: str
    page: Page
    sizes: tuple[Size, ...]


class Tour:
    """Opens pages by name: `chair`, `secretary`, `screen`, `station`, `site` (the speaker's), `office`, `stranger`."""

    def __init__(
        self, playwright: Playwright, folder: Path, language: str, template: Path | None = None, video: str = "320x180"
    ) -> None:
        self.language = language
        self.video = video
        self.cameras: dict[str, Path] = {}
        self.errors: list[str] = []
        """What the consoles complained of while the server was up."""
        self.data_dir = folder / f"data-{language}"
        self._playwright = playwright
        self._closing = ExitStack()
        self._browsers: dict[str, Browser] = {}
        self._contexts: dict[str, BrowserContext] = {}
        self._pages: dict[str, Page] = {}
        self._is_deaf = False
        self.server: Server = demo_server(self.data_dir, template=template)
        self._closing.callback(shutil.rmtree, self.data_dir, ignore_errors=True)
        self._closing.callback(self.server.stop)
        self.links = self.server.links()
        self.public_id: str = self.links["public_id"]

    def close(self) -> None:
        self._closing.close()

    # --- pages ---

    def page(self, name: str) -> Page:
        """The page of this name, opened when first asked for."""
        if name not in self._pages:
            self._pages[name] = self._open(name)
        return self._pages[name]

    def open(self, name: str, url: str, context: BrowserContext | None = None) -> Page:
        """A further page at an address or a path, under a name of its own."""
        context = context or self._context("office")
        page = context.new_page()
        page.add_init_script(WATCH)
        page.on("console", lambda message: self._hear(name, message))
        page.on("pageerror", lambda error: self.errors.append(f"{name}: {error}"))
        page.goto(url if "://" in url else self.server.address + url)
        return page

    def _open(self, name: str) -> Page:
        if name in ("office", "stranger"):
            return self.open(name, "/sign-in", self._context(name))
        if name == "admin":
            return self._sign_in("quan-tri", "admin")
        if name == "board":  # beside the secretary's desk, in the same session
            self.page("secretary")
            page = self.open(name, f"/c/{self.public_id}/board", self._context("secretary"))
            page.set_viewport_size({"width": SIZES[name][0][0], "height": SIZES[name][0][1]})
            return page
        url = self.links["sites"][0]["url"] if name == "site" else self.links[name]
        path, _, fragment = url.partition("#")
        # The hall screen does not take the language of the desks that share its browser.
        language = f"&lang={self.language}" if name == "screen" else ""
        page = self.open(name, f"{path}?video={self.video}{language}#{fragment}", self._context(name))
        page.set_viewport_size({"width": SIZES[name][0][0], "height": SIZES[name][0][1]})
        return page

    def _sign_in(self, name: str, role: str) -> Page:
        """An account made for this, signed in as a person does it."""
        password = "mười chín cây cầu"
        self.server.command("user", "add", name, "--role", role, given=f"{password}\n{password}\n")
        page = self.open(role, "/sign-in", self._context(role))
        page.locator("#name").fill(name)
        page.locator("#password").fill(password)
        page.locator("main [type=submit]").click()
        page.wait_for_url(f"{self.server.address}/")
        return page

    def _context(self, name: str) -> BrowserContext:
        kind = name if name in ("station", "site", "stranger", "admin") else "desk"
        if kind not in self._contexts:
            context = self._browser(kind).new_context(
                locale="vi-VN", permissions=["camera", "microphone"], reduced_motion="reduce"
            )
            context.add_cookies([{"name": "lang", "value": self.language, "url": self.server.address}])
            self._contexts[kind] = context
        return self._contexts[kind]

    def _browser(self, kind: str) -> Browser:
        """One browser for all, unless this kind of page has a camera of its own."""
        kind = kind if kind in self.cameras else "any"
        if kind not in self._browsers:
            camera = self.cameras.get(kind)
            more = [
                f"--use-file-for-fake-video-capture={camera}" if camera else "--use-fake-device-for-media-stream=fps=5"
            ]
            self._browsers[kind] = launch(self._playwright, *more)
            self._closing.callback(self._browsers[kind].close)
        return self._browsers[kind]

    def _hear(self, name: str, message: ConsoleMessage) -> None:
        # A refusal, or a line that the tour has cut, is no fault of the page.
        is_refusal = "the server responded with a status of 4" in message.text or message.text.startswith(
            "WebSocket connection"
        )
        if message.type in ("error", "warning") and not self._is_deaf and not is_refusal:
            self.errors.append(f"{name}: {message.text}")

    # --- the other sites, and who commands ---

    def site_id(self, number: int) -> int:
        """Of the `number`th site, from 1; the first is the speaker's."""
        return int(self.links["sites"][number - 1]["site_id"])

    def client(self, number: int) -> Client:
        """The `number`th site as a socket client: there, without a picture."""
        token = self.links["sites"][number - 1]["url"].partition("#")[2]
        return self._connect({"link": token, "tab": f"tour-site-{number}"})

    def desk(self, name: str) -> Client:
        """A second socket of the chair's or the secretary's account, to give commands with."""
        boot = self.page(name).evaluate("JSON.parse(document.getElementById('boot').textContent)")
        return self._connect({"desk": boot["auth"]["desk"], "tab": f"tour-{name}"})

    def _connect(self, auth: dict[str, str]) -> Client:
        client = Client(self.server.address, auth).open()
        self._closing.callback(client.close)
        return client

    # --- looking ---

    def view(self, name: str, shows: str | None = None, *, sizes: tuple[Size, ...] | None = None) -> View:
        """The page before the first dash of `name`, once it shows an element with this `data-test` name or CSS selector."""
        kind = name.partition("-")[0]
        page = self.page(kind)
        if shows:
            selector = shows if re.search(r"[\[.#: ]", shows) else f'[data-test="{shows}"]'
            page.locator(selector).first.wait_for(timeout=30000)
        return View(name, page, sizes or SIZES.get(kind, SIZES["office"]))

    def views(self, state: str, **shows: str) -> list[View]:
        """These pages in a state, each once it shows what is given for it. Office pages are called by the state alone."""
        return [
            replace(view, name=state) if page in NAMELESS else view
            for page, selector in shows.items()
            for view in [self.view(f"{page}-{state}", selector)]
        ]

    @contextmanager
    def opened(self, name: str, button: str, shows: str = "dialog[open]") -> Iterator[None]:
        """With a dialog open on a page; it is closed afterwards."""
        page = self.page(name)
        page.locator(f'[data-test="{button}"]').first.click()
        page.locator(shows).first.wait_for()
        yield
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """What the consoles say meanwhile does not count."""
        before, self._is_deaf = self._is_deaf, True
        yield
        self._is_deaf = before

    @contextmanager
    def server_down(self) -> Iterator[None]:
        with self.deaf():
            self.server.stop()
            yield
            self.server.start()

    def wait_pictures(self, page: Page) -> None:
        with suppress(PlaywrightError):
            page.wait_for_function(SHOWS_PICTURES, timeout=2500)

    def data_texts(self) -> set[str]:
        """Every text that people typed or the demonstration brought: names, titles, topics, messages."""
        with sqlite3.connect(f"file:{next(self.data_dir.glob('*.db'))}?mode=ro", uri=True) as base:
            base.text_factory = lambda raw: raw.decode(errors="replace")
            tables = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
            rows = [row for table in tables for row in base.execute(f'select * from "{table}"')]
        return {text for row in rows for value in row for text in texts_of(value)}


def texts_of(value: Any) -> Iterator[str]:
    """The texts in a value of a column, also those within JSON."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_of(inner)
