"""The echo test: a point hears itself back from the server, and nobody else hears it."""

from __future__ import annotations

import asyncio
import fractions
import json
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from aiortc import MediaStreamTrack
from av import AudioFrame

from signaling.sfu.endpoint.echo import SILENCE_DB, level_db, record
from signaling.sfu.endpoint.guest import with_loopback
from signaling.sfu.sdp import CAMERA, OfferedView, Transport, write_offer
from tests.sfu.media_process import ROOT, Media, eventually, open_page, running_media

HERTZ = 700
RATE = 48_000


def tone(hertz: float, seconds: float, amplitude: float = 0.3) -> AudioFrame:
    wave = np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE) * amplitude * 32767
    frame = AudioFrame.from_ndarray(np.repeat(wave.astype(np.int16), 2).reshape(1, -1), "s16", "stereo")
    frame.sample_rate = RATE
    return frame


class Voice(MediaStreamTrack):
    """A steady tone in frames of 20 ms."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self.began = getattr(self, "began", loop.time())
        await asyncio.sleep(max(0.0, self.began + self.number * 0.02 - loop.time()))
        frame = tone(HERTZ, 0.02)  # 14 whole periods: the frames join without a click
        frame.pts, frame.time_base = self.number * 960, fractions.Fraction(1, RATE)
        self.number += 1
        return frame


def strongest(frames: list[AudioFrame]) -> float:
    samples = np.concatenate([frame.to_ndarray().ravel()[::2] for frame in frames]).astype(np.float64)
    return float(np.fft.rfftfreq(len(samples), 1 / RATE)[np.argmax(np.abs(np.fft.rfft(samples)))])


def test_a_level_is_told_in_decibels_of_full_scale() -> None:
    assert level_db([]) == level_db([tone(440, 1, 0.0)]) == SILENCE_DB
    assert level_db([tone(440, 1, 1.0)]) == -3
    assert level_db([tone(440, 1, 0.1)]) == -23


class Halting(Voice):
    """Speech, and pauses of which nothing is sent but a frame each 0.4 s."""

    async def recv(self) -> AudioFrame:
        self.number += 1 if self.number % 100 < 50 else 20
        frame = tone(HERTZ, 0.02)
        frame.pts, frame.time_base = 4_000_000_000 + self.number * 960, fractions.Fraction(1, RATE)
        return frame


def test_what_is_kept_of_speech_has_its_pauses() -> None:
    kept = asyncio.run(record(Halting(), 5.0))
    assert sum(frame.samples for frame in kept) == 5 * RATE
    silent = sum(level_db([frame]) == SILENCE_DB for frame in kept) * 0.02
    assert silent == pytest.approx(2.4, abs=0.2)


def test_the_way_to_a_server_behind_nat_is_this_machine() -> None:
    def offer(*hosts: str) -> str:
        transport = Transport("ufrag", "password", "AA", hosts, 7080)
        return write_offer(transport, CAMERA, [OfferedView("own", "audio", 1)], 1)

    assert with_loopback(offer("203.0.113.7")).count("127.0.0.1 7080 typ host") == 3
    assert with_loopback(offer("127.0.0.1")) == offer("127.0.0.1")


async def start_endpoint(media: Media, path: Path) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "MEDIA_SOCKET": media.path,
        "ENDPOINT_SOCKET": str(path),
        "PARENT_DIES": "1",
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "signaling.sfu.endpoint", env=environment, cwd=ROOT
    )
    await eventually(path.exists, "the endpoint process answers", 30)
    return process


def test_a_point_hears_its_own_five_seconds_back_and_nobody_else_does(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(_echo_test(tmp_path), 60))


async def _echo_test(tmp_path: Path) -> None:
    async with running_media() as media:
        endpoint = await start_endpoint(media, tmp_path / "endpoint.sock")
        try:
            await media.route("check", own_audio="out", echo_audio="echo")
            await media.route("conference", hall_audio="site:1", floor_audio="site:2")
            await open_page(media, "p-out", "out", (Voice(),), router="check")
            back = await open_page(media, "p-back", "back", views=(("echo", "audio"),), router="check")
            viewer = await open_page(
                media, "p-hall", "site:3", views=(("hall", "audio"), ("floor", "audio")), router="conference"
            )
            phases, heard = await _listen(back.tracks["echo", "audio"], tmp_path / "endpoint.sock")
            stats = await media.stats(viewer.peer)
        finally:
            endpoint.terminate()
            await endpoint.wait()
        assert [phase["phase"] for phase in phases] == ["speak", "listen", "over"]
        assert phases[1]["seconds"] == pytest.approx(5, abs=0.1) and -20 < phases[1]["level_db"] < -8
        assert sum(frame.samples for frame in heard) / RATE > 3
        assert strongest(heard) == pytest.approx(HERTZ, abs=5)
        assert all(stream["packets"] == 0 for stream in stats["viewed"])


async def _listen(track: MediaStreamTrack, endpoint: Path) -> tuple[list[dict[str, Any]], list[AudioFrame]]:
    heard: list[AudioFrame] = []

    async def hear() -> None:
        while True:
            frame = await track.recv()
            if level_db([frame]) > -40:
                heard.append(frame)

    hearing = asyncio.create_task(hear())
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(endpoint))) as session:
        async with session.post("http://endpoint/echoes", json={"router": "check"}) as response:
            phases = [json.loads(line) async for line in response.content]
        async with session.post("http://endpoint/echoes", json=[]) as refused:
            assert refused.status == 422
    hearing.cancel()
    return phases, heard
