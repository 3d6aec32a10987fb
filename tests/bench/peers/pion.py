"""Pion (Debian's Go packages): `pion_server/main.go`, built at the first run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiortc import RTCPeerConnection, RTCSessionDescription

from tests.bench.peers import Publisher, Running, connected, publisher_of
from tests.browser.namespace import Namespace
from tests.server import free_port

name = "pion"
SOURCE = Path(__file__).with_name("pion_server")
PACKAGES = Path("/usr/share/gocode")
START_SECONDS = 30.0


def missing() -> str | None:
    if shutil.which("go") and (PACKAGES / "src/github.com/pion/webrtc").is_dir():
        return None
    return "sudo apt-get install --no-install-recommends golang-go golang-github-pion-webrtc.v3-dev"


@contextlib.asynccontextmanager
async def running(namespace: Namespace) -> AsyncIterator[Running]:
    folder, port = namespace.folder, free_port()
    await _build(folder)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *namespace.inside, folder / "pion", namespace.address, str(port), stdout=log, stderr=log
        )
    try:
        yield Running(process.pid, f"http://{namespace.address}:{port}")
    finally:
        process.kill()
        await process.wait()


async def _build(folder: Path) -> None:
    """Debian keeps Go's packages without the version in their paths; Go finds them so only from a module within GOPATH."""
    place = folder / "go" / "src" / "pion_server"
    shutil.copytree(SOURCE, place)
    (place / "go.mod").write_text("module pion_server\n")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": f"{folder / 'go'}:{PACKAGES}",
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    building = await asyncio.create_subprocess_exec("go", "build", "-o", folder / "pion", env=environment, cwd=place)
    assert await building.wait() == 0, "the server on Pion does not build"


@contextlib.asynccontextmanager
async def attached(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(address) as http:
        async with asyncio.timeout(START_SECONDS):
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get("/"):
                        break
                await asyncio.sleep(0.05)
        yield http


async def publisher(http: aiohttp.ClientSession) -> Publisher:
    return publisher_of(await _answered(http, "/publish", is_sending=True))


async def viewer(http: aiohttp.ClientSession, number: int) -> RTCPeerConnection:
    return await _answered(http, "/view", is_sending=False)


async def _answered(http: aiohttp.ClientSession, path: str, is_sending: bool) -> RTCPeerConnection:
    async with http.get(path) as response:
        offer = await response.json(content_type=None)
    connection = RTCPeerConnection()
    await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
    if is_sending:
        for transceiver in connection.getTransceivers():
            transceiver.direction = "sendonly"
    await connection.setLocalDescription(await connection.createAnswer())
    async with http.post(f"/answer/{offer['id']}", json={"sdp": connection.localDescription.sdp}) as response:
        assert response.status == 200
    return await connected(connection)
