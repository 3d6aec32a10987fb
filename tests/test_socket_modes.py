"""`SOCKET_MODE=gevent` carries a sitting: the clock, the watch over lines, the media process and the database work in it.

The other mode is what all other tests of a running server use.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.databases import Databases
from tests.server import Server, demo_server
from tests.signaling.page import Page

_tabs = itertools.count(1)


@pytest.fixture
def server(tmp_path: Path, databases: Databases) -> Iterator[Server]:
    server = demo_server(tmp_path / "data", DATABASE_URL=databases.new(), SOCKET_MODE="gevent")
    yield server
    server.stop()


def desk(server: Server, once: str) -> Page:
    """The page of a one-time link, by way of the sign-in a browser would go."""
    with httpx.Client(base_url=server.address, follow_redirects=True) as browser:
        found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/once").text)
        assert found
        form = {"csrf_token": found[1], "token": urlsplit(once).fragment}
        boot = re.search(r'id="boot"[^>]*>(.*?)</script>', browser.post("/once", data=form).text, re.DOTALL)
        assert boot
        token = json.loads(boot[1])["auth"]["desk"]
    return Page(server.address, {"desk": token, "tab": f"tab-{next(_tabs):05}"}).open()


def seat(server: Server, url: str) -> Page:
    return Page(server.address, {"link": urlsplit(url).fragment, "tab": f"tab-{next(_tabs):05}"}).open()


def test_a_sitting_goes_on_the_air_is_heard_and_watched_over(server: Server) -> None:
    links = server.links()
    chair = desk(server, links["chair"])
    with ThreadPoolExecutor(15) as at_once:
        sites = list(at_once.map(lambda site: seat(server, site["url"]), links["sites"]))
        for name in ("open_doors", "convene"):
            chair.do(name)
        chair.do("open_item", item_id=chair.snapshot()["parts"]["public"]["agenda"][4]["id"])

        def ask(page: Page) -> int:
            return page.do("request_floor", delegate_id=page.snapshot()["parts"]["own"]["delegates"][0]["id"])

        assert len(set(at_once.map(ask, sites))) == 15
        answers = list(at_once.map(lambda page: page.ask("join_media", {"publishes": True}), sites))
    assert all(answer["ok"] and answer["sdp"].startswith("v=0") for answer in answers), answers

    chair.do("grant_next")
    said: list[str] = []

    def has_said(event: str) -> bool:
        said[:] = [entry["event"] for entries in chair.all("log") for entry in entries]
        return event in said

    chair.wait(lambda: has_said("went_on_air"), "the clock to put it on air")
    chair.wait(lambda: has_said("speech_paused"), "the silence of a page without a camera to be noticed")
    holder = chair.parts()["public"]["floor"]["site_id"]
    gone = next(page for page in sites if page.seat["site_id"] != holder)
    gone.ask("leave_media", {})
    gone.close()
    chair.wait(lambda: gone.seat["site_id"] not in chair.parts()["public"]["connected"], "the lost line to be told")
    for page in (chair, *sites):
        if page is not gone:
            now = page.snapshot()
            page.wait(lambda page=page, now=now: page.parts(now["seq"])["public"] == now["parts"]["public"], "the last")
            page.close()
