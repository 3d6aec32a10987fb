"""Endpoints that are neither browsers nor aiortc publish and view: GStreamer and libwebrtc, each a process of its own."""

import asyncio
import contextlib
import functools
import json
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiortc import AudioStreamTrack, VideoStreamTrack

from .media_process import Media, eventually, media_here, open_page
from .test_media import BOTH_KINDS

FOREIGN = Path(__file__).with_name("foreign")
NODE_MODULES = Path(__file__).parents[1] / "node_modules"
SECONDS = 30

GSTREAMER = ("/usr/bin/python3", str(FOREIGN / "gstreamer_page.py"))
LIBWEBRTC = ("node", str(FOREIGN / "libwebrtc_page.js"))
PROBES = {
    GSTREAMER: (
        ["/usr/bin/python3", "-c", "import gi; gi.require_version('GstWebRTC', '1.0')"],
        "./.ci/packages endpoints",
    ),
    LIBWEBRTC: (["node", "-e", "require('@roamhq/wrtc'); process.exit(0)"], "npm ci --prefix tests"),
}
ENVIRONMENT = {**os.environ, "NODE_PATH": str(NODE_MODULES)}


@functools.cache
def is_installed(command: tuple[str, ...]) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run(PROBES[command][0], env=ENVIRONMENT, capture_output=True, check=False).returncode == 0
    return False


def need(command: tuple[str, ...]) -> None:
    """Where CI runs everything must be there."""
    if not is_installed(command):
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"not installed; run  {PROBES[command][1]}")


class ForeignPage:
    """One such process; `counts` is what it has decoded."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.counts = {"audio": 0, "video": 0}
        self.answer = ""

    async def tell(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            message: dict[str, Any] = json.loads(line)
            if "sdp" in message:
                self.answer = message["sdp"]
            else:
                self.counts = message


@contextlib.asynccontextmanager
async def foreign_page(
    media: Media, command: tuple[str, ...], peer: str, seat: str, views: list[tuple[str, str]]
) -> AsyncIterator[ForeignPage]:
    body = {"peer": peer, "router": "r", "seat": seat, "publishes": True, "subscribes": views}
    status, offer = await media.call("POST", "/peers", body)
    assert status == 201, offer
    async with started(command) as page:
        await page.tell(offer)
        await eventually(lambda: page.answer, "an answer", SECONDS)
        assert (await media.call("POST", f"/peers/{peer}/answer", {"sdp": page.answer}))[0] == 200
        await eventually(lambda: media.event(type="peer_connected", peer=peer), f"{peer} connects", SECONDS)
        yield page


@contextlib.asynccontextmanager
async def foreign_client(
    media: Media, role: str, peer: str, seat: str, views: list[tuple[str, str]]
) -> AsyncIterator[ForeignPage]:
    """GStreamer as an encoder or a player, which makes the offer."""
    is_encoder = role == "encoder"
    body = {
        "peer": peer,
        "router": "r",
        "seat": seat,
        "publishes": is_encoder,
        "encoder": is_encoder,
        "subscribes": views,
    }
    async with started((*GSTREAMER, role)) as page:
        await eventually(lambda: page.answer, "an offer", SECONDS)
        status, answer = await media.call("POST", "/peers", {**body, "offer": page.answer})
        assert status == 201, answer
        await page.tell(answer)
        await eventually(lambda: media.event(type="peer_connected", peer=peer), f"{peer} connects", SECONDS)
        yield page


@contextlib.asynccontextmanager
async def started(command: tuple[str, ...]) -> AsyncIterator[ForeignPage]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, env=ENVIRONMENT)
    assert process.stdin is not None
    page = ForeignPage(process)
    reading = asyncio.create_task(page.read())
    try:
        yield page
    finally:
        process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
        if process.returncode is None:
            process.kill()
            await process.wait()
        await reading


@BOTH_KINDS
@pytest.mark.parametrize("command", [GSTREAMER, LIBWEBRTC], ids=["GStreamer", "libwebrtc"])
def test_a_foreign_endpoint_publishes_and_views(command: tuple[str, ...], portable: bool) -> None:
    need(command)

    async def test() -> None:
        async with media_here(portable) as media:
            await media.route(hall_audio="site:1", hall_video="site:1", floor_audio="site:2", floor_video="site:2")
            own = (AudioStreamTrack(), VideoStreamTrack())
            ours = await open_page(media, "ours", "site:1", own, views=(("floor", "audio"), ("floor", "video")))
            async with foreign_page(media, command, "theirs", "site:2", [("hall", "audio"), ("hall", "video")]) as page:
                frame = await asyncio.wait_for(ours.tracks["floor", "video"].recv(), SECONDS)
                sound = await asyncio.wait_for(ours.tracks["floor", "audio"].recv(), SECONDS)
                assert (frame.width, frame.height) == (320, 180)
                assert sound.sample_rate == 48_000
                await eventually(lambda: min(page.counts.values()) >= 10, "sound and pictures there", SECONDS)
                figures = await media.stats("theirs")
                assert {each["kind"] for each in figures["published"]} == {"audio", "video"}
            counters = media.node.counters
            assert counters.srtp_errors == 0 and counters.plis_out > 0

    asyncio.run(asyncio.wait_for(test(), 3 * SECONDS))


def test_gstreamer_is_the_halls_camera_and_shows_the_programme_elsewhere() -> None:
    need(GSTREAMER)

    async def test() -> None:
        async with media_here() as media:
            await media.route(program_audio="site:1", program_video="site:1")
            views = [("program", "audio"), ("program", "video")]
            async with (
                foreign_client(media, "encoder", "camera", "site:1", []),
                foreign_client(media, "player", "screen", "overflow:1", views) as player,
            ):
                await eventually(lambda: min(player.counts.values()) >= 10, "sound and pictures there", SECONDS)
            assert media.node.counters.srtp_errors == 0

    asyncio.run(asyncio.wait_for(test(), 3 * SECONDS))
