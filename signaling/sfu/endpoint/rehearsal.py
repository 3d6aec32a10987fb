"""Simulated points for a rehearsal: each enters by its link, over the real socket and media port, as its page would.

It draws a picture, plays a tone, raises its hand, is lost now and then and comes back. What it receives is counted, not
decoded. Where somebody real has taken the point's seat, it stays away. It runs on the server's own machine, in a process of
its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import fractions
import logging
import math
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import socketio
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame, VideoFrame

from signaling.sfu.endpoint.guest import with_loopback
from signaling.sfu.rtp import parse_rtp

logging.getLogger("aioice").setLevel(logging.WARNING)  # it tells of each pair of addresses

SAMPLES, RATE = 960, 48_000
WIDTH, HEIGHT, FRAMES = 160, 90, 5
SILENCE_SECONDS = 0.4
JOIN_SECONDS = 30.0
ENTERING = 4
"""So many enter at a time: this process does the work of all their computers."""
AWAY_SECONDS = 3.0
YIELD_SECONDS = 30.0
"""How long a point stays away from a seat that somebody real has."""
HAND_SECONDS, LOSS_SECONDS = 15.0, 20.0
"""On the average one of all the points asks for the floor, and one is lost, in so long a time."""
SHORTEST_LONG_STAY = 300.0
WATCH_SECONDS = 1.0


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
    """What the points saw; `present` of them are in now."""

    present: int = 0
    joined: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    drops: int = 0
    requests: int = 0
    switches: int = 0
    packets: int = 0
    lost: int = 0
    _switched_at: int = 0

    def note_switch(self, seq: int) -> None:
        """The floor went to another site with this event: each counts once, whoever of the points is there to see it."""
        self.switches += seq > self._switched_at
        self._switched_at = max(self._switched_at, seq)

    def as_facts(self) -> dict[str, Any]:
        """As counts, and seconds (none if no point has joined)."""
        return {
            "joined": len(self.joined),
            "join_p50": self._percentile(0.5),
            "join_p95": self._percentile(0.95),
            "failed": len(self.failed),
            **{name: getattr(self, name) for name in ("drops", "requests", "switches", "packets", "lost")},
        }

    def _percentile(self, share: float) -> float | None:
        ordered = sorted(self.joined)
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else None


class SeatTaken(Exception):
    """Somebody else has the point's seat."""


class Point:
    """One seat, for one stay. `admitted` once it is let in; `ended` when it is lost or sent away."""

    def __init__(self, address: str, token: str, number: int, seen: Seen) -> None:
        self._address, self._token, self._number, self._seen = address, token, number, seen
        self._socket = socketio.AsyncClient(reconnection=False, ssl_verify=False)  # this machine itself
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._numbers: dict[int, list[int]] = {}
        self._own: dict[str, Any] = {}
        self._floor: int | None = None
        self._tone = Tone(220 * 2 ** (number % 24 / 12))
        self._told = asyncio.Event()
        self._is_present = False
        self.admitted, self.ended = asyncio.Event(), asyncio.Event()
        self._is_seat_taken = False

    async def arrive(self) -> float:
        """At the door, after so many seconds. Raises `SeatTaken`, `TimeoutError` or what the server refused with."""
        began = asyncio.get_running_loop().time()
        for event, heard in (
            ("welcome", self._welcome),
            ("snapshot", self._take_snapshot),
            ("changes", self._take_changes),
            ("disconnect", self._end),
        ):
            self._socket.on(event, heard)
        auth = {"link": self._token, "tab": f"rehearsal-{secrets.token_hex(4)}", "lang": "vi"}
        await self._socket.connect(self._address, auth=auth, transports=["websocket"], wait_timeout=JOIN_SECONDS)
        await asyncio.wait_for(self._told.wait(), JOIN_SECONDS)
        if self._is_seat_taken:
            raise SeatTaken
        return asyncio.get_running_loop().time() - began

    async def join(self) -> float:
        """On air as far as it is let, after so many seconds. Raises `TimeoutError` or what the server refused with."""
        began, connected = asyncio.get_running_loop().time(), asyncio.Event()

        def changed() -> None:
            if self._connection.connectionState == "connected":
                connected.set()

        self._connection.on("connectionstatechange", changed)
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
        self._is_present = True
        self._seen.present += 1
        return asyncio.get_running_loop().time() - began

    def _welcome(self, told: dict[str, Any]) -> None:
        self._is_seat_taken = told["seat"]["state"] != "held"

    def _take_snapshot(self, told: dict[str, Any]) -> None:
        self._take_own(told["parts"]["own"])
        self._floor = told["parts"]["public"]["stage"]["floor_site_id"]
        self._speak_or_listen()
        self._told.set()

    def _take_changes(self, told: dict[str, Any]) -> None:
        if told["part"] == "own":
            self._take_own(told["changes"])
        stage = told["changes"].get("stage") if told["part"] == "public" else None
        if stage and stage["floor_site_id"] != self._floor:
            self._floor = stage["floor_site_id"]
            self._seen.note_switch(told["seq"])
            self._speak_or_listen()

    def _take_own(self, told: dict[str, Any]) -> None:
        self._own |= told
        if self._own["entry"]["state"] == "admitted":
            self.admitted.set()
        elif self.admitted.is_set():
            self._end()

    def _end(self, *_: object) -> None:
        """Also of the wait at the door."""
        self.ended.set()
        self.admitted.set()

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
        self._seen.present -= self._is_present
        self._is_present = False
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


@dataclass
class _Play:
    """What all points share. They enter through one door, a few at a time."""

    address: str
    count: int
    end: float
    stay: float
    seen: Seen
    door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ENTERING))

    @property
    def left(self) -> float:
        return max(0.0, self.end - asyncio.get_running_loop().time())

    def until_a_hand(self) -> float:
        return HAND_SECONDS * self.count * random.uniform(0.5, 1.5)


async def _live(play: _Play, token: str, number: int) -> None:
    """Enters, asks, is lost, comes back, until the time is over."""
    while play.left:
        point, pause = Point(play.address, token, number, play.seen), AWAY_SECONDS
        try:
            await _stay(play, point)
        except SeatTaken:
            pause = YIELD_SECONDS
        except Exception as error:
            play.seen.failed.append(f"{number + 1}: {error or type(error).__name__}")
        finally:
            await point.leave()
        play.seen.drops += play.left > 2 * AWAY_SECONDS
        await asyncio.sleep(min(pause, play.left))


async def _stay(play: _Play, point: Point) -> None:
    async with play.door:
        seconds = await point.arrive()
    if not await _set_within(point.admitted, play.left):
        raise RuntimeError("nobody has let it in")
    if not point.ended.is_set():
        async with play.door:
            seconds += await point.join()
        play.seen.joined.append(seconds)
    left = play.left
    stay = min(left, random.uniform(0.3, 0.7) * play.stay)
    end, wait = left - stay, min(stay / 2, play.until_a_hand())
    while play.left > end and not await _set_within(point.ended, min(wait, play.left - end)):
        if play.left > end:
            await point.raise_hand()
        wait = play.until_a_hand()


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


async def rehearse(
    address: str, tokens: Sequence[str], seconds: float, go_on: Callable[[Seen], bool] = lambda seen: True
) -> Seen:
    """All these points at once; gives what they saw. `go_on` is asked every second whether to."""
    loop, count = asyncio.get_running_loop(), len(tokens)
    stay = min(seconds, max(SHORTEST_LONG_STAY, LOSS_SECONDS * count))
    play = _Play(address, count, loop.time() + seconds, stay, Seen())
    tasks = {asyncio.create_task(_live(play, token, number)) for number, token in enumerate(tokens)}
    left = tasks
    try:
        while left and go_on(play.seen):
            done, left = await asyncio.wait(left, timeout=WATCH_SECONDS)
            for task in done:
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return play.seen
