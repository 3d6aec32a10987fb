"""Janus (Debian's `janus`): one VideoRoom, its event loops as many as there are cores, nothing else loaded."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
from aiortc import RTCPeerConnection, RTCSessionDescription

from tests.bench.peers import Publisher, Running, connected, publisher_of
from tests.browser.namespace import Namespace
from tests.server import free_port

name = "janus"
ROOM = 1234
ANSWER_SECONDS = 30.0

_GENERAL = """
general: {{ debug_level = 2, event_loops = {loops} }}
media: {{ }}
nat: {{ ice_enforce_list = "{host}" }}
plugins: {{ disable = "{others}" }}
transports: {{ disable = "{transports}" }}
events: {{ broadcast = false }}
"""
_HTTP = 'general: {{ json = "compact", base_path = "/janus", http = true, port = {port}, interface = "lo", https = false }}\n'
_ROOM = (
    f'room-{ROOM}: {{ publishers = 1, bitrate = 100000000, fir_freq = 0, audiocodec = "opus", videocodec = "vp8" }}\n'
)


def missing() -> str | None:
    return None if shutil.which("janus") else "sudo apt-get install --no-install-recommends janus"


@contextlib.asynccontextmanager
async def running(namespace: Namespace) -> AsyncIterator[Running]:
    folder, port = namespace.folder, free_port()
    plugins, transports = _others("plugins", "videoroom"), _others("transports", "http")
    for file, text in (
        (
            "janus.jcfg",
            _GENERAL.format(host=namespace.address, loops=os.cpu_count(), others=plugins, transports=transports),
        ),
        ("janus.transport.http.jcfg", _HTTP.format(port=port)),
        ("janus.plugin.videoroom.jcfg", _ROOM),
    ):
        (folder / file).write_text(text)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *namespace.inside, "janus", "-F", str(folder), stdout=log, stderr=log
        )
    try:
        yield Running(process.pid, f"http://127.0.0.1:{port}/janus")
    finally:
        process.kill()
        await process.wait()


def _others(kind: str, wanted: str) -> str:
    """What is installed of a kind besides what is wanted; nobody needs it here."""
    return ",".join(path.name for path in Path("/usr/lib").glob(f"*/janus/{kind}/*.so") if wanted not in path.name)


class Session:
    """One session of Janus's HTTP interface: a plugin handle for each endpoint, events by one long poll."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self._http = http
        self._address = address
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.feed = 0

    async def open(self) -> None:
        answer = await self._post(self._address, {"janus": "create"})
        self._address = f"{self._address}/{answer['data']['id']}"
        self._polling = asyncio.create_task(self._poll())

    async def attach(self) -> str:
        answer = await self._post(self._address, {"janus": "attach", "plugin": "janus.plugin.videoroom"})
        return f"{self._address}/{answer['data']['id']}"

    async def ask(
        self, handle: str, body: dict[str, Any], description: RTCSessionDescription | None = None
    ) -> dict[str, Any]:
        """The event that answers a message to the plugin."""
        message: dict[str, Any] = {"janus": "message", "body": body}
        if description is not None:
            # It takes the first fingerprint it finds, and knows SHA-256 only.
            text = re.sub(r"a=fingerprint:sha-(?:384|512) .*\r\n", "", description.sdp)
            message["jsep"] = {"type": description.type, "sdp": text}
        transaction = secrets.token_hex(6)
        answer = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        await self._post(handle, message, transaction)
        return await asyncio.wait_for(answer, ANSWER_SECONDS)

    async def _post(self, url: str, body: dict[str, Any], transaction: str | None = None) -> dict[str, Any]:
        body["transaction"] = transaction or secrets.token_hex(6)
        async with self._http.post(url, json=body) as response:
            return dict(await response.json())

    async def _poll(self) -> None:
        while True:
            async with self._http.get(f"{self._address}?maxev=5") as response:
                told = await response.json(content_type=None)
            for event in told if isinstance(told, list) else [told]:
                waiting = self._waiting.pop(event.get("transaction", ""), None)
                if waiting is not None:
                    waiting.set_result(event)


@contextlib.asynccontextmanager
async def attached(address: str) -> AsyncIterator[Session]:
    async with aiohttp.ClientSession() as http:
        session = Session(http, address)
        await _answers(f"{address}/info")
        await session.open()
        try:
            yield session
        finally:
            session._polling.cancel()


async def publisher(session: Session) -> Publisher:
    handle = await session.attach()
    await session.ask(handle, {"request": "join", "ptype": "publisher", "room": ROOM, "display": "hall"})
    connection = RTCPeerConnection()
    for kind in ("audio", "video"):
        connection.addTransceiver(kind, direction="sendonly")
    await connection.setLocalDescription(await connection.createOffer())
    answer = await session.ask(
        handle, {"request": "publish", "audio": True, "video": True}, connection.localDescription
    )
    await connection.setRemoteDescription(RTCSessionDescription(answer["jsep"]["sdp"], "answer"))
    return publisher_of(await connected(connection))


async def viewer(session: Session, number: int) -> RTCPeerConnection:
    handle = await session.attach()
    feed = await _feed(session, handle)
    offer = await session.ask(
        handle, {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": feed}]}
    )
    connection = RTCPeerConnection()
    await connection.setRemoteDescription(RTCSessionDescription(offer["jsep"]["sdp"], "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    await session.ask(handle, {"request": "start"}, connection.localDescription)
    return await connected(connection)


async def _feed(session: Session, handle: str) -> int:
    """Whom to look at: the only publisher of the room."""
    if not session.feed:
        answer = await session._post(
            handle, {"janus": "message", "body": {"request": "listparticipants", "room": ROOM}}
        )
        session.feed = int(answer["plugindata"]["data"]["participants"][0]["id"])
    return session.feed


async def _answers(url: str) -> None:
    async with asyncio.timeout(ANSWER_SECONDS), aiohttp.ClientSession() as http:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(url) as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.1)
