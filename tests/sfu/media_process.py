"""The media process and its endpoints, for tests: a real process on loopback, driven through its control channel."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 10.0


async def eventually(claim: Callable[[], Any], what: str, seconds: float = DEADLINE_SECONDS) -> Any:
    """Wait until `claim` (may be async) is truthy and return it."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        value = claim()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        if loop.time() > end:
            raise AssertionError(f"never came true: {what}")
        await asyncio.sleep(0.01)


class Media:
    """A running media process. `call` sends a command; events are collected in `events`."""

    def __init__(self, session: aiohttp.ClientSession, pid: int) -> None:
        self.session = session
        self.pid = pid
        self.events: list[dict[str, Any]] = []

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self.session.request(method, f"http://media{path}", json=body) as response:
            text = await response.text()
            return response.status, (await response.json() if text else None)

    async def route(self, router: str = "r", warm: tuple[str, ...] = (), **seats: str | None) -> None:
        buses: dict[str, dict[str, str | None]] = {}
        for name, seat in seats.items():
            bus, kind = name.split("_")
            buses.setdefault(bus, {})[kind] = seat
        status, _ = await self.call("PUT", f"/routers/{router}/routes", {"buses": buses, "warm": list(warm)})
        assert status == 200

    async def stats(self, peer: str) -> dict[str, Any]:
        _, body = await self.call("GET", "/stats")
        return next(each for each in body["peers"] if each["peer"] == peer)

    async def process(self) -> dict[str, Any]:
        _, body = await self.call("GET", "/stats")
        return dict(body["process"])

    def event(self, **wanted: str) -> dict[str, Any] | None:
        return next((e for e in self.events if wanted.items() <= e.items()), None)


def environment(socket_path: str, portable: bool) -> dict[str, str]:
    return {
        **os.environ,
        "MEDIA_SOCKET": socket_path,
        "MEDIA_PORT": "0",
        "MEDIA_HOST": "127.0.0.1",
        "SFU_PORTABLE": "1" if portable else "0",
        "PARENT_DIES": "1",
        "PYTHONPATH": str(ROOT),
    }


@contextlib.asynccontextmanager
async def running_media(portable: bool = False) -> AsyncIterator[Media]:
    """Start the process, wait until it answers, and end it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "media.sock")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "signaling.sfu", env=environment(path, portable), cwd=ROOT
        )
        try:
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(path)) as session:
                media = Media(session, process.pid)

                async def answers() -> bool:
                    with contextlib.suppress(aiohttp.ClientError, OSError):
                        return (await media.call("GET", "/health"))[0] == 200
                    return False

                await eventually(answers, "the media process answers")
                async with session.ws_connect("http://media/events") as stream:

                    async def collect() -> None:
                        async for message in stream:
                            media.events.append(message.json())

                    collecting = asyncio.create_task(collect())
                    await eventually(lambda: media.event(type="hello"), "hello")
                    yield media
                    collecting.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 5)


class Page:
    """An aiortc endpoint that answers the process's offer as a browser page would."""

    def __init__(self, media: Media, peer: str, connection: RTCPeerConnection) -> None:
        self.media, self.peer, self.connection = media, peer, connection
        self.tracks: dict[tuple[str, str], MediaStreamTrack] = {}

    async def close(self) -> None:
        await self.connection.close()


async def open_page(
    media: Media,
    peer: str,
    seat: str,
    publish: tuple[MediaStreamTrack, ...] = (),
    views: tuple[tuple[str, str], ...] = (),
    router: str = "r",
    edit_answer: Callable[[str], str] = lambda text: text,
    sends: bool | None = None,
    waits: bool = True,
    answers_first: bool = False,
) -> Page:
    """A page that publishes `publish` and views `views`; connected unless `waits` is false.

    The answer is posted when the page's own handshake is over: aiortc gives packets that come before all its receivers
    have started to the wrong one. `answers_first` posts it at once, as browsers do.
    """
    publishes = bool(publish) if sends is None else sends
    body = {
        "peer": peer,
        "router": router,
        "seat": seat,
        "publishes": publishes,
        "subscribes": [list(view) for view in views],
    }
    status, answer = await media.call("POST", "/peers", body)
    assert status == 201, answer
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    page = Page(media, peer, connection)
    received: list[MediaStreamTrack] = []
    connection.on("track", received.append)
    for track in publish:
        connection.addTrack(track)
    await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "offer"))
    if publishes and not publish:
        for transceiver in connection.getTransceivers()[:2]:
            transceiver.direction = "sendonly"
    await connection.setLocalDescription(await connection.createAnswer())
    page.tracks = dict(zip(views, received, strict=False))
    if waits and not answers_first:
        await eventually(lambda: connection.connectionState == "connected", f"{peer} is connected")
    text = edit_answer(connection.localDescription.sdp)
    assert (await media.call("POST", f"/peers/{peer}/answer", {"sdp": text}))[0] == 200
    if waits:
        await eventually(lambda: media.event(type="peer_connected", peer=peer), f"{peer} connects")
        if answers_first:
            await eventually(lambda: connection.connectionState == "connected", f"{peer} is connected")
    return page
