"""A trial in the local network: https by the program's own certificate, on an address that is not loopback.

Server and browsers are in a network namespace of the test's own, with a veth pair that carries the address.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.points import ARGUMENTS, CHROMIUM, open_page
from tests.server import Server

ADDRESS = "10.77.0.1"

PICTURE = "() => document.querySelector('[data-test=hall-video] video')?.videoWidth"


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


@pytest.fixture
def namespace() -> Iterator[str]:
    name = f"diemcau{os.getpid()}"
    run("ip", "netns", "add", name)
    try:
        for words in (
            ("link", "set", "lo", "up"),
            ("link", "add", "lan0", "type", "veth", "peer", "name", "lan1"),
            ("addr", "add", f"{ADDRESS}/24", "dev", "lan0"),
            ("link", "set", "lan0", "up"),
            ("link", "set", "lan1", "up"),
            ("route", "add", "default", "dev", "lan0"),
        ):
            run("ip", "-n", name, *words)
        yield name
    finally:
        run("ip", "netns", "delete", name)


def test_a_site_joins_over_https_on_a_lan_address(namespace: str, playwright: Playwright, tmp_path: Path) -> None:
    inside = ("ip", "netns", "exec", namespace)
    server = Server(tmp_path / "data", host="0.0.0.0", prefix=inside, TLS="auto")
    server.command("demo")
    links = server.links()
    assert links["chair"].startswith(f"https://{ADDRESS}:"), links["chair"]
    chromium = tmp_path / "chromium"
    chromium.write_text(f'#!/bin/sh\nexec {" ".join(inside)} {CHROMIUM} "$@"\n')
    chromium.chmod(0o755)
    server.start()
    browser = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
    try:
        context = browser.new_context(ignore_https_errors=True, permissions=["camera", "microphone"], locale="vi-VN")
        station = open_page(context, "station", links["station"])
        site = open_page(context, "site", links["sites"][0]["url"])
        chair = open_page(context, "chair", links["chair"])
        chair.click("open-doors")
        chair.click("convene")
        # Chromium's own fake camera: a green picture with a moving disc.
        site.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-test=\"hall-video\"] video')].some(v => v.videoWidth)"
        )
        assert station.page.evaluate("isSecureContext")
        assert server.health()["media"]["hosts"] == [ADDRESS]
        candidate = site.page.evaluate("window.__pcs.at(-1).remoteDescription.sdp.match(/candidate:.*typ host/)[0]")
        assert ADDRESS in candidate
    finally:
        browser.close()
        server.stop()
