"""Sites as one program that only sends: each a colour and a tone, encoded before, and ready when it is told to prepare.

They stand for the districts' computers, which are not this one. A browser for each takes more of two cores than all that is
measured, and its late packets look like a late hall.
"""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from aiortc import MediaStreamTrack
from av import AudioFrame, Packet, VideoFrame
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from tests.bench.peers import offer_only
from tests.browser.signals import FRAMES_PER_SECOND, HEIGHT, LOOKS, SAMPLE_RATE, WIDTH, Look
from tests.server import ROOT
from tests.signaling.page import Page
from tests.signaling.publishing import Published, publish

SECONDS = 10
SOUND_RATE, SAMPLES = 50, SAMPLE_RATE // 50
LOUDNESS = 12000
LONG_SECONDS = 86_400.0
READY = "ready"


class Prepared(MediaStreamTrack):
    """Encoded frames at their times, over and over; from the first one again when a key frame is wanted."""

    def __init__(self, kind: str, frames: list[bytes], rate: int) -> None:
        super().__init__()
        self.kind = kind
        self._frames, self._rate = frames, rate
        self._next = self._sent = 0
        self._began = time.monotonic()

    def start_again(self) -> None:
        self._next = 0

    async def recv(self) -> Packet:
        await asyncio.sleep(self._began + self._sent / self._rate - time.monotonic())
        packet = Packet(self._frames[self._next % len(self._frames)])
        packet.pts, packet.time_base = self._sent, Fraction(1, self._rate)
        self._next += 1
        self._sent += 1
        return packet


def tone_of(look: Look) -> Prepared:
    encoder: Any = AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, "mono", "s16"
    times = np.arange(SAMPLE_RATE * SECONDS) / SAMPLE_RATE
    wave = (LOUDNESS * np.sin(2 * math.pi * look.hertz * times)).astype(np.int16)
    frames: list[bytes] = []
    for start in range(0, wave.size, SAMPLES):
        frame = AudioFrame.from_ndarray(wave[None, start : start + SAMPLES], format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return Prepared("audio", frames, SOUND_RATE)


def picture_of(look: Look) -> Prepared:
    encoder: Any = VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.gop_size = Fraction(1, FRAMES_PER_SECOND), SECONDS * FRAMES_PER_SECOND
    encoder.options = {"deadline": "realtime", "lag-in-frames": "0"}
    frames: list[bytes] = []
    for number in range(SECONDS * FRAMES_PER_SECOND):
        picture = np.full((HEIGHT, WIDTH, 3), look.colour, np.uint8)
        bar = number % FRAMES_PER_SECOND * WIDTH // FRAMES_PER_SECOND
        picture[:, bar : bar + 8] = np.minimum(picture[:, bar : bar + 8].astype(np.int16) + 40, 255)
        frame = VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        frame.pts = number
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return Prepared("video", frames, FRAMES_PER_SECOND)


def keep_ready(page: Page) -> None:
    """Confirms its devices for each speech it is told to prepare; ends with the process."""
    confirmed: set[int] = set()

    def told() -> int | None:
        for request in page.parts()["own"]["requests"]:
            if request["status"] == "waiting" and request["prepared_at"] and request["request_id"] not in confirmed:
                return int(request["request_id"])
        return None

    while True:
        request_id = page.wait(told, "a speech to prepare", LONG_SECONDS)
        confirmed.add(request_id)
        page.do("confirm_devices", request_id=request_id)


async def send(address: str, tokens: list[str]) -> None:
    """The sites of these links, in the looks of their places from 1, until killed."""
    offer_only("127.0.0.1")
    published: list[Published] = []
    for number, token in enumerate(tokens, 1):
        page = await asyncio.to_thread(Page(address, {"link": token, "tab": f"tab-sending-{number}"}).open)
        picture = picture_of(LOOKS[number])
        published.append(await publish(page, tone_of(LOOKS[number]), picture, is_viewing=False))
        sender = next(one for one in published[-1].connection.getSenders() if one.kind == "video")
        sender._send_keyframe = picture.start_again  # type: ignore[method-assign]
        threading.Thread(target=keep_ready, args=(page,), daemon=True).start()
    print(READY, flush=True)
    await asyncio.Event().wait()


@contextmanager
def sending_sites(address: str, urls: list[str]) -> Iterator[None]:
    """The sites of these links, connected, in a process of their own."""
    tokens = [urlsplit(url).fragment for url in urls]
    command = [sys.executable, "-m", "tests.bench.sending_sites", address, *tokens]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        try:
            assert process.stdout and process.stdout.readline().strip() == READY, "the sites have not come up"
            yield
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], sys.argv[2:]))
