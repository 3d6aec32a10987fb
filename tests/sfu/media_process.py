"""The media process and its endpoints, for tests: a real process on loopback, driven through its control channel."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import aioice.ice
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from meetings.media_places import MEMORY
from signaling.sfu.node import MediaNode, Patience
from signaling.sfu.process import serving
from signaling.sfu.rtcp import RtcpPacket, parse_rtcp
from signaling.sfu.rtp import RtpPacket, parse_rtp, write_rtp
from signaling.sfu.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 10.0

aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


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

    def __init__(self, session: aiohttp.ClientSession, path: str, pid: int) -> None:
        self.session = session
        self.path = path
        self.pid = pid
        self.events: list[dict[str, Any]] = []
        self.pages: list[Page] = []
        self.node: MediaNode = None  # type: ignore[assignment]

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


def environment(socket_path: str, portable: bool, host: str = "127.0.0.1") -> dict[str, str]:
    return {
        **MEMORY,
        **os.environ,
        "MEDIA_SOCKET": socket_path,
        "MEDIA_PORT": "0",
        "MEDIA_HOST": host,
        "SFU_PORTABLE": "1" if portable else "0",
        "PARENT_DIES": "1",
        "PYTHONPATH": str(ROOT),
    }


@contextlib.asynccontextmanager
async def running_media(
    portable: bool = False,
    command: tuple[str, ...] = ("-m", "signaling.sfu"),
    path: Path | None = None,
    prefix: tuple[str, ...] = (),
    host: str = "127.0.0.1",
    siblings: Sequence[str] = (),
) -> AsyncIterator[Media]:
    """Start the process, wait until it answers, and end it afterwards. `prefix` runs it elsewhere (a network namespace)."""
    with tempfile.TemporaryDirectory() as folder:
        control = str(path or Path(folder) / "media.sock")
        process = await asyncio.create_subprocess_exec(
            *prefix,
            sys.executable,
            *command,
            env={**environment(control, portable, host), "MEDIA_SIBLINGS": os.pathsep.join(siblings)},
            cwd=ROOT,
        )
        try:
            async with attached_media(control, process.pid) as media:
                yield media
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 5)


@contextlib.asynccontextmanager
async def media_here(
    portable: bool = False,
    patience: Patience | None = None,
    hosts: tuple[str, ...] = ("127.0.0.1",),
    among: Sequence[str] = (),
    place: int = 0,
) -> AsyncIterator[Media]:
    """The same in this process and loop: quicker to start, and its node is at hand.

    `among` are the control sockets of several that are to be one, `place` which of them is this one's.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = among[place] if among else str(Path(folder) / "media.sock")
        environment = {"MEDIA_SOCKET": path, "MEDIA_PORT": "0", "MEDIA_HOST": ",".join(hosts)}
        environment["MEDIA_SIBLINGS"] = os.pathsep.join(each for each in among if each != path)
        settings = read_settings({**environment, "SFU_PORTABLE": "1" if portable else "0"})
        async with serving(settings, patience) as node, attached_media(path) as media:
            media.node = node
            yield media
            assert node.counters.internal_errors == 0


@contextlib.asynccontextmanager
async def attached_media(path: str, pid: int = 0) -> AsyncIterator[Media]:
    """The process that listens on the control socket `path`, once it answers."""
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(path)) as session:
        media = Media(session, path, pid)

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
            try:
                yield media
            finally:
                collecting.cancel()
                await asyncio.gather(*(page.close() for page in media.pages))


def is_media(datagram: bytes) -> bool:
    """True for SRTP, false for SRTCP, STUN and DTLS."""
    return 128 <= datagram[0] < 192 and not 192 <= datagram[1] <= 223


class _Lossy:
    def __init__(self, transport: Any, is_lost: Callable[[bytes], bool]) -> None:
        self._transport, self._is_lost = transport, is_lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def sendto(self, data: bytes, address: Any = None) -> None:
        if not self._is_lost(data):
            self._transport.sendto(data, address)


class Page:
    """An aiortc endpoint that answers the process's offer as a browser page would."""

    def __init__(self, media: Media, peer: str, connection: RTCPeerConnection) -> None:
        self.media, self.peer, self.connection = media, peer, connection
        self.tracks: dict[tuple[str, str], MediaStreamTrack] = {}
        self.rtp: list[RtpPacket] = []
        self.rtcp: list[RtcpPacket] = []
        self._send: Callable[[bytes], Awaitable[None]] | None = None

    @property
    def transport(self) -> Any:
        """The DTLS transport, with which raw packets can be sent."""
        return self.connection.getTransceivers()[0].receiver.transport

    @property
    def datagrams(self) -> Any:
        """The asyncio transport of the UDP socket in use."""
        return self.transport.transport._connection._nominated[1].protocol.transport

    def ssrc(self, kind: str) -> int:
        """The SSRC the page announced for what it publishes."""
        return int(next(t.sender._ssrc for t in self.connection.getTransceivers() if t.kind == kind))

    def record(self) -> "Page":
        """Keep what arrives in `rtp` and `rtcp`, decrypted, and send nothing but what the test does."""

        async def keep_rtp(data: bytes, arrival_time_ms: int) -> None:
            self.rtp.append(parse_rtp(data))

        async def keep_rtcp(data: bytes) -> None:
            self.rtcp.extend(parse_rtcp(data))

        async def keep_quiet(data: bytes) -> None:
            pass

        self._send = self.transport._send_rtp
        self.transport._send_rtp = keep_quiet
        self.transport._handle_rtp_data = keep_rtp
        self.transport._handle_rtcp_data = keep_rtcp
        return self

    def received(self, ssrc: int) -> list[RtpPacket]:
        """What has arrived under `ssrc`, padding left out."""
        return [packet for packet in self.rtp if packet.ssrc == ssrc and packet.payload]

    async def send(self, packet: bytes) -> None:
        """Encrypt and send an RTP or RTCP packet."""
        await (self._send or self.transport._send_rtp)(packet)

    async def send_video(self, numbers: Iterable[int], key: bool = False, mark: bytes = b"") -> None:
        """Send VP8 packets with these sequence numbers; `mark` tells them apart on the other side."""
        for number in numbers:
            payload = (b"\x10\x00" if key else b"\x10\x01") + mark
            await self.send(write_rtp(96, False, number, number * 3000, self.ssrc("video"), payload))

    async def send_audio(self, numbers: Iterable[int], mark: bytes = b"sound") -> None:
        """Send Opus packets with these sequence numbers."""
        for number in numbers:
            await self.send(write_rtp(111, False, number, number * 960, self.ssrc("audio"), mark))

    def filter_incoming(self, is_lost: Callable[[bytes], bool]) -> None:
        """Lose the datagrams of which `is_lost` says so."""
        protocol = self.transport.transport._connection._nominated[1].protocol
        receive = protocol.datagram_received
        protocol.datagram_received = lambda data, addr: None if is_lost(data) else receive(data, addr)

    def filter_outgoing(self, is_lost: Callable[[bytes], bool]) -> None:
        """The same for what the page sends."""
        protocol = self.transport.transport._connection._nominated[1].protocol
        protocol.transport = _Lossy(protocol.transport, is_lost)

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
    edit_offer: Callable[[str], str] = lambda text: text,
    sends: bool | None = None,
    waits: bool = True,
    completes_handshake: bool = False,
    is_paper: bool = False,
    is_encoder: bool = False,
) -> Page:
    """A page that publishes `publish` and views `views`; connected unless `waits` is false.

    `completes_handshake` posts the answer only when the page's own handshake is over. `is_paper`: it publishes a paper picture
    and nothing else.
    """
    publishes = bool(publish) if sends is None else sends
    body = {
        "peer": peer,
        "router": router,
        "seat": seat,
        "publishes": publishes,
        "subscribes": [list(view) for view in views],
        **({"paper": True} if is_paper else {}),
        **({"encoder": True} if is_encoder else {}),
    }
    status, answer = await media.call("POST", "/peers", body)
    assert status == 201, answer
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    page = Page(media, peer, connection)
    media.pages.append(page)
    received: list[MediaStreamTrack] = []
    connection.on("track", received.append)
    for track in publish:
        connection.addTrack(track)
    await connection.setRemoteDescription(RTCSessionDescription(edit_offer(answer["sdp"]), "offer"))
    if publishes and not publish:
        for transceiver in connection.getTransceivers()[: 1 if is_paper else 2]:
            transceiver.direction = "sendonly"
    await connection.setLocalDescription(await connection.createAnswer())
    page.tracks = dict(zip(views, received, strict=False))
    if completes_handshake:
        await eventually(lambda: connection.connectionState == "connected", f"{peer} is connected")
    text = edit_answer(connection.localDescription.sdp)
    assert (await media.call("POST", f"/peers/{peer}/answer", {"sdp": text}))[0] == 200
    if waits:
        await eventually(lambda: media.event(type="peer_connected", peer=peer), f"{peer} connects")
        await eventually(lambda: connection.connectionState == "connected", f"{peer} is connected")
    return page
