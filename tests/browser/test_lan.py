"""A trial in the local network: https by the program's own certificate, on an address that is not loopback.

Server and browsers are in a network namespace of the test's own, with a veth pair that carries the address.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.namespace import Namespace, make_namespace
from tests.browser.points import CHROMIUM, launch, open_page
from tests.server import Server, demo_server


@pytest.mark.parametrize(("network", "host"), [("10.77.0.1/24", "0.0.0.0"), ("fd77::1/64", "::")], ids=["IPv4", "IPv6"])
def test_a_site_joins_over_https_on_a_lan_address(
    network: str, host: str, playwright: Playwright, demo_data: Path, tmp_path: Path
) -> None:
    with make_namespace(f"diemcau{os.getpid()}", tmp_path, network) as namespace:
        join(
            namespace,
            demo_server(tmp_path / "data", demo_data, host=host, prefix=namespace.inside, TLS="auto"),
            playwright,
        )


def join(namespace: Namespace, server: Server, playwright: Playwright) -> None:
    address = f"[{namespace.address}]" if ":" in namespace.address else namespace.address
    links = server.links()
    assert links["chair"].startswith(f"https://{address}:"), links["chair"]
    browser = launch(playwright, executable_path=namespace.wrapped(CHROMIUM))
    try:
        context = browser.new_context(ignore_https_errors=True, permissions=["camera", "microphone"], locale="vi-VN")
        station = open_page(context, "station", links["station"])
        site = open_page(context, "site", links["sites"][0]["url"])
        chair = open_page(context, "chair", links["chair"])
        chair.click("open-doors")
        chair.click("convene")
        chair.click("convene-yes")
        # Chromium's own fake camera: a green picture with a moving disc.
        site.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-test=\"hall-video\"] video')].some(v => v.videoWidth)"
        )
        assert station.page.evaluate("isSecureContext")
        assert server.health()["media"]["hosts"] == [namespace.address]
        candidate = site.page.evaluate("window.__pcs.at(-1).remoteDescription.sdp.match(/candidate:.*typ host/)[0]")
        assert namespace.address in candidate
    finally:
        browser.close()
        server.stop()
