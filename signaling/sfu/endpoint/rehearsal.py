"""Simulated points for a rehearsal: each enters by its link, over the real socket and media port, as its page would.

It draws a picture, plays a tone, raises its hand, is lost now and then and comes back. What it receives is counted, not
decoded. It runs on the server's own machine, in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import fractions
import math
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import socketio
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame, VideoFrame

from signaling.sfu.endpoint.guest import with_loopback
from signaling.sfu.rtp import parse_rtp

SAMPLES, RATE = 960, 48_000
WIDTH, HEIGHT, FRAMES = 160, 90, 5
SILENCE_SECONDS = 0.4
JOIN_SECONDS = 30.0
ENTERING = 4
"""So many enter at a time: this process does the work of all their computers."""
AWAY_SECONDS = 3.0


class Tone(MediaStreamTrack):  # type: ignore[misc]
    """A steady note while it `is_heard`; else silence, of which a browser too sends few packets (Opus DTX)."""

    kind = "audio"

    def __init__(self, hertz: float) -> None:
        super().__init__()
        self._hertz, self._sample, self._began = hertz, 0, 0.0
        self.is_heard = False

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        if not self.is_heard:
            await asyncio.sleep(SILENCE_SECONDS)
            self._sample = int((loop.time() - self._began) * RATE) // SAMPLES * SAMPLES
        await asyncio.sleep(max(0.0, self._began + self._sample / RATE - loop.time()))
        turns = (numpy.arange(SAMPLES) + self._sample) * (2 * math.pi * self._hertz / RATE)
        frame = AudioFrame.from_ndarray((numpy.sin(turns) * 8000).astype(numpy.int16).reshape(1, -1), layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sample, fractions.Fraction(1, RATE)
        self._sample += SAMPLES
        return frame


class Drawing(MediaStreamTrack):  # type: ignore[misc]
    """A bar that goes across a field of the point's own grey."""

    kind = "video"

    def __init__(self, shade: int) -> None:
        super().__init__()
        self._shade, self._number = shade, 0

    async def recv(self) -> VideoFrame:
        await asyncio.sleep(1 / FRAMES)
        picture = numpy.full((HEIGHT * 3 // 2, WIDTH), 128, numpy.uint8)
        picture[:HEIGHT] = self._shade
        left = self._number * 4 % (WIDTH - 8)
        picture[:HEIGHT, left : left + 8] = 235
        frame = VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = self._number * 90_000 // FRAMES, fractions.Fraction(1, 90_000)
        self._number += 1
        return frame


@dataclass
class Seen:
    """What the points saw."""

    joined: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    drops: int = 0
    requests: int = 0
    switches: int = 0
    packets: int = 0
    lost: int = 0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.joined)
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


class Point:
    """One seat, for one stay."""

    def __init__(self, address: str, token: str, number: int, seen: Seen) -> None:
        self._address, self._token, self._number, self._seen = address, token, number, seen
        self._socket = socketio.AsyncClient(reconnection=False, ssl_verify=False)  # this machine itself
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._numbers: dict[int, list[int]] = {}
        self._own: dict[str, Any] = {}
        self._floor: int | None = None
        self._tone = Tone(220 * 2 ** (number % 24 / 12))

    async def enter(self) -> None:
        """On air as far as it is let; raises `TimeoutError` or what the server refused with."""
        loop = asyncio.get_running_loop()
        began, connected, admitted = loop.time(), asyncio.Event(), asyncio.Event()

        def take_own(told: dict[str, Any]) -> None:
            self._own |= told
            if self._own["entry"]["state"] == "admitted":
                admitted.set()

        async def snapshot(told: dict[str, Any]) -> None:
            take_own(told["parts"]["own"])
            self._floor = told["parts"]["public"]["stage"]["floor_site_id"]
            self._speak_or_listen()

        async def changes(told: dict[str, Any]) -> None:
            if told["part"] == "own":
                take_own(told["changes"])
            stage = told["changes"].get("stage") if told["part"] == "public" else None
            if stage and stage["floor_site_id"] != self._floor:
                self._floor = stage["floor_site_id"]
                self._seen.switches += self._number == 0
                self._speak_or_listen()

        def changed() -> None:
            if self._connection.connectionState == "connected":
                connected.set()

        self._socket.on("snapshot", snapshot)
        self._socket.on("changes", changes)
        self._connection.on("connectionstatechange", changed)
        auth = {"link": self._token, "tab": f"rehearsal-{secrets.token_hex(4)}", "lang": "vi"}
        await self._socket.connect(self._address, auth=auth, transports=["websocket"], wait_timeout=JOIN_SECONDS)
        try:
            await asyncio.wait_for(admitted.wait(), JOIN_SECONDS)
        except TimeoutError:
            raise RuntimeError("nobody has let it in") from None
        offer = await self._ask("join_media", {"publishes": True})
        await self._connection.setRemoteDescription(RTCSessionDescription(with_loopback(offer["sdp"]), "offer"))
        self._connection.addTrack(self._tone)
        self._connection.addTrack(Drawing(40 + self._number * 37 % 160))
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        answer = {"peer": offer["peer"], "sdp": self._connection.localDescription.sdp}
        transport = self._connection.getTransceivers()[0].receiver.transport
        transport._handle_rtp_data = self._count
        await self._ask("answer_media", answer)
        await asyncio.wait_for(connected.wait(), JOIN_SECONDS)
        self._seen.joined.append(loop.time() - began)

    def _speak_or_listen(self) -> None:
        self._tone.is_heard = self._floor is not None and self._floor == self._own.get("site_id")

    async def _ask(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self._socket.call(event, payload, timeout=JOIN_SECONDS)
        if not answer.get("ok"):
            raise RuntimeError(str(answer.get("code")))
        return answer

    async def _count(self, data: bytes, arrival_time_ms: int) -> None:
        packet = parse_rtp(data)
        self._numbers.setdefault(packet.ssrc, []).append(packet.sequence)

    async def raise_hand(self) -> None:
        """A delegate of the point asks for the floor; a refusal (no item is open, it waits already) is no fault."""
        delegates = self._own.get("delegates") or []
        if not delegates:
            return
        args = {"delegate_id": random.choice(delegates)["id"], "topic": "Tổng duyệt"}
        command = {"id": secrets.token_hex(8), "name": "request_floor", "args": args}
        answer = await self._socket.call("command", command, timeout=JOIN_SECONDS)
        self._seen.requests += bool(answer.get("ok"))

    async def leave(self) -> None:
        for numbers in self._numbers.values():
            span = 1 + max(_unwrapped(numbers)) - min(_unwrapped(numbers))
            self._seen.packets += span
            self._seen.lost += max(0, span - len(set(numbers)))
        with contextlib.suppress(Exception):
            await self._connection.close()
        with contextlib.suppress(Exception):
            await self._socket.disconnect()


def _unwrapped(numbers: Sequence[int]) -> list[int]:
    """Sequence numbers without their wrap at 65536, in the order of arrival."""
    told = [numbers[0]]
    for number in numbers[1:]:
        step = (number - told[-1] + 0x8000) % 0x10000 - 0x8000
        told.append(told[-1] + step)
    return told


async def _live(address: str, token: str, number: int, seconds: float, seen: Seen, door: asyncio.Semaphore) -> None:
    """Enters, asks, is lost, comes back, until the time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        point = Point(address, token, number, seen)
        try:
            async with door:
                await point.enter()
            stay = min(end - loop.time(), random.uniform(0.3, 0.7) * seconds)
            await asyncio.sleep(max(0.0, stay / 2))
            await point.raise_hand()
            await asyncio.sleep(max(0.0, stay / 2))
        except Exception as error:
            seen.failed.append(f"{number + 1}: {error or type(error).__name__}")
        finally:
            await point.leave()
        if end - loop.time() > 2 * AWAY_SECONDS:
            seen.drops += 1
        await asyncio.sleep(max(0.0, min(AWAY_SECONDS, end - loop.time())))


async def rehearse(address: str, tokens: Sequence[str], seconds: float) -> Seen:
    """All these points at once; gives what they saw."""
    seen = Seen()
    door = asyncio.Semaphore(ENTERING)
    await asyncio.gather(*(_live(address, token, number, seconds, seen, door) for number, token in enumerate(tokens)))
    return seen
