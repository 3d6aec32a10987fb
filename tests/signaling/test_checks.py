"""The green room over a real socket: what a point may say of itself, who is told, and its echo from the real processes."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from meetings import checks
from tests.sfu.media_process import ROOT, eventually, running_media
from tests.sfu.test_echo import HERTZ, Voice, strongest
from tests.signaling.page import Page, Pages, Room

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")

CAMERA = {"verdict": "passed", "code": "good", "figures": {"width": 1280, "height": 720, "fps": 30, "brightness": 118}}
DARK = {"verdict": "warned", "code": "dark", "figures": {"brightness": 12}}


def keep(page: Page, parts: Any, is_entering: Any = False, check: Any = "check-0001") -> dict[str, Any]:
    return dict(page.ask("keep_check", {"check": check, "parts": parts, "is_entering": is_entering}))


def test_what_a_point_finds_is_kept_and_told_to_the_desk_and_to_itself_alone(room: Room, pages: Pages) -> None:
    here = str(room.sites[1])
    desk, site, other, screen = pages.secretary(), pages.site(1), pages.site(2), pages.screen()
    assert keep(site, {"camera": DARK})["ok"]
    assert keep(site, {"camera": CAMERA})["ok"]
    answer = keep(site, {"clock": {"verdict": "failed", "code": "off", "figures": {"offset_ms": -180_000}}}, True)
    assert answer["check"]["parts"]["camera"] == CAMERA and answer["check"]["entered_at"]
    desk.wait(lambda: any((m.get(here) or {}).get("entered_at") for m in desk.all("checks")), "the desk is told")
    assert desk.snapshot()["checks"] == site.snapshot()["checks"] == {here: answer["check"]}
    assert other.snapshot()["checks"] == screen.snapshot()["checks"] == {} and not other.all("checks")


def test_a_check_left_half_way_stays_as_far_as_it_went_and_a_new_one_takes_its_place(room: Room, pages: Pages) -> None:
    here, auth = str(room.sites[1]), room.site_auth(1)
    site = pages.open(auth)
    keep(site, {"camera": CAMERA})
    site.close()
    again = pages.open(auth)
    kept = again.snapshot()["checks"][here]
    assert kept["parts"] == {"camera": CAMERA} and kept["entered_at"] is None
    keep(again, {"camera": DARK}, check="check-0002")
    assert again.snapshot()["checks"][here]["parts"] == {"camera": DARK}


def test_a_check_left_half_way_takes_nothing_from_the_one_the_site_entered_with(room: Room, pages: Pages) -> None:
    here, site = str(room.sites[1]), pages.site(1)
    entered = keep(site, {"camera": CAMERA}, True)["check"]
    later = keep(site, {"camera": DARK}, check="check-0002")["check"]
    assert later["entered_at"] is None and later["good_until"] == entered["good_until"] is not None
    assert site.snapshot()["checks"][here] == later


@pytest.mark.parametrize(
    "parts",
    [
        [],
        {"nose": CAMERA},
        {"camera": None},
        {"camera": {**CAMERA, "verdict": "perfect"}},
        {"camera": {**CAMERA, "code": "lossy"}},
        {"camera": {**CAMERA, "figures": []}},
        {"camera": {**CAMERA, "figures": {"width": True}}},
        {"camera": {**CAMERA, "figures": {"width": -1}}},
        {"camera": {**CAMERA, "figures": {"secret": 1}}},
        {"camera": {**CAMERA, "figures": {"device": "x" * 121}}},
        {"network": {"verdict": "passed", "code": "good", "figures": {"protocol": "pigeon"}}},
        {"camera": {**CAMERA, "more": 1}},
    ],
    ids=str,
)
def test_a_malformed_finding_is_refused_by_name(room: Room, pages: Pages, parts: Any) -> None:
    answer = keep(pages.site(1), parts)
    assert (answer["ok"], answer["code"]) == (False, "malformed") and answer["message"]


def test_only_the_tab_that_holds_the_seat_checks(room: Room, pages: Pages) -> None:
    holder, second, desk, screen = pages.site(1), pages.site(1), pages.secretary(), pages.screen()
    assert keep(holder, {"camera": CAMERA})["ok"]
    for page in (second, desk, screen):
        assert keep(page, {"camera": CAMERA})["code"] == "not_permitted"
        assert page.ask("open_check", {})["code"] == "not_permitted"


def test_every_code_has_a_part_that_pages_put_into_words(room: Room) -> None:
    words = (ROOT / "static" / "js" / "arrive" / "words.js").read_text()
    for part, codes in checks.CODES.items():
        for code in codes:
            assert f"{part}_{code}:" in words, f"{part}: {code}"


def test_a_point_hears_itself_back_and_its_line_is_counted(room: Room, pages: Pages, tmp_path: Path) -> None:
    """The real media and endpoint processes, and aiortc in the place of the browser."""
    asyncio.run(asyncio.wait_for(_check_a_point(room, pages), 90))


async def _check_a_point(room: Room, pages: Pages) -> None:
    folder = Path(room.app.extensions["settings"].data_dir)
    site, other = pages.site(1), pages.site(2)
    async with running_media(path=folder / "media.sock") as media:
        environment = {
            **os.environ,
            "MEDIA_SOCKET": media.path,
            "ENDPOINT_SOCKET": str(folder / "endpoint.sock"),
            "PARENT_DIES": "1",
            "PYTHONPATH": str(ROOT),
        }
        endpoint = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "signaling.sfu.endpoint", env=environment, cwd=ROOT
        )
        try:
            await eventually((folder / "endpoint.sock").exists, "the endpoint process", 30)
            line = (await ask(site, "open_check", {}))["line"]
            assert (await ask(other, "join_aside", {"line": line, "end": "back"}))["code"] == "not_permitted"
            assert (await ask(site, "join_aside", {"line": line, "end": "desk"}))["code"] == "not_permitted"
            out, _ = await take_end(site, line, "out", Voice())
            back, received = await take_end(site, line, "back")
            heard: list[Any] = []
            hearing = asyncio.create_task(hear(received[1], heard))
            assert (await ask(site, "start_echo", {"line": line}))["ok"]
            await asyncio.to_thread(site.wait, lambda: _phases(site)[-1:] in (["over"], ["failed"]), "the echo")
            assert _phases(site) == ["speak", "listen", "over"] and not other.all("echo")
            counted = await ask(site, "read_check", {"line": line})
            assert counted["packets"] > 200 and counted["loss_up"] == 0
            hearing.cancel()
            assert strongest(heard) == pytest.approx(HERTZ, abs=5)
            assert sum(frame.samples for frame in heard) / 48_000 > 3
            site.close()
            await eventually(lambda: _is_empty(media), "the side line goes with its page")
            await out.close()
            await back.close()
        finally:
            endpoint.terminate()
            await endpoint.wait()
    assert not room.journal()


async def _is_empty(media: Any) -> bool:
    _, state = await media.call("GET", "/state")
    return not state["peers"] and not any(name.startswith("aside-") for name in state["routers"])


def _phases(page: Page) -> list[str]:
    return [message["phase"] for message in page.all("echo")]


async def ask(page: Page, name: str, message: Any) -> Any:
    return await asyncio.to_thread(page.ask, name, message)


async def hear(track: MediaStreamTrack, heard: list[Any]) -> None:
    while True:
        frame = await track.recv()
        if np.abs(frame.to_ndarray()).max() > 1000:
            heard.append(frame)


async def take_end(
    page: Page, line: str, end: str, *sends: MediaStreamTrack
) -> tuple[RTCPeerConnection, list[MediaStreamTrack]]:
    """aiortc at one end of a side line, connected."""
    offer = await ask(page, "join_aside", {"line": line, "end": end})
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    received: list[MediaStreamTrack] = []
    connection.on("track", received.append)
    for track in sends:
        connection.addTrack(track)
    await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    sdp = connection.localDescription.sdp
    assert (await ask(page, "answer_aside", {"line": line, "peer": offer["peer"], "sdp": sdp}))["ok"]
    await eventually(lambda: connection.connectionState == "connected", f"{end} is connected")
    return connection, received
