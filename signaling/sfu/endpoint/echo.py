"""The echo test: a point speaks, the server keeps what arrives and sends it back.

What comes back has gone the whole way, as speech to the hall would, and returns on a stream of its own in a router of its own:
never on a bus of a conference (rule 35).
"""

from __future__ import annotations

import asyncio
import fractions
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import aiohttp
import numpy as np
from aiortc import MediaStreamTrack
from av import AudioFrame

from .guest import Guest

SEAT = "echo"
HEARS = ("own", "audio")
SPEAK_SECONDS = 5.0
SILENT_SECONDS = 4.0
"""A point that sends no packet of sound for so long has no microphone."""
PAUSE_SECONDS = 0.4
"""Between the last word and the first of the echo."""
SILENCE_DB = -127

Phase = dict[str, Any]


def silence() -> AudioFrame:
    frame = AudioFrame(format="s16", layout="stereo", samples=Playback.SAMPLES)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


class Playback(MediaStreamTrack):  # type: ignore[misc]
    """Silence until it is given frames, which it then sends once, at their own pace; `ended` is set after the last."""

    kind = "audio"
    RATE = 48_000
    SAMPLES = 960

    def __init__(self) -> None:
        super().__init__()
        self._frames: list[AudioFrame] = []
        self._began = 0.0
        self._sent = 0
        self.is_over = asyncio.Event()

    def play(self, frames: Sequence[AudioFrame]) -> None:
        self.is_over.clear()
        self._frames = list(frames)

    async def recv(self) -> AudioFrame:
        """One frame of 20 ms, when its time has come."""
        now = asyncio.get_running_loop().time()
        self._began = self._began or now
        await asyncio.sleep(max(0.0, self._began + self._sent / self.RATE - now))
        if self._frames:
            frame = self._frames.pop(0)
            if not self._frames:
                self.is_over.set()
        else:
            frame = silence()
        frame.sample_rate = self.RATE
        frame.pts = self._sent
        frame.time_base = fractions.Fraction(1, self.RATE)
        self._sent += frame.samples
        return frame


def level_db(frames: Sequence[AudioFrame]) -> int:
    """How loud the frames are: 0 is full scale, -127 silence."""
    if not frames:
        return SILENCE_DB
    samples = np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float64) / 32768
    power = float(np.mean(samples**2))
    return max(SILENCE_DB, round(10 * np.log10(power))) if power > 0 else SILENCE_DB


async def echo(media: aiohttp.ClientSession, router: str) -> AsyncGenerator[Phase, None]:
    """Records a point for five seconds and returns it. What happens, as it happens. Raises `GuestRefused`."""
    playback = Playback()
    async with Guest(media, router, SEAT, playback, [HEARS]) as guest:
        yield {"phase": "speak", "seconds": SPEAK_SECONDS}
        kept = await record(guest.received[0], SPEAK_SECONDS)
        seconds = sum(frame.samples for frame in kept) / Playback.RATE
        if not kept:
            yield {"phase": "silent"}
            return
        yield {"phase": "listen", "seconds": round(seconds, 1), "level_db": level_db(kept)}
        await asyncio.sleep(PAUSE_SECONDS)
        playback.play(kept)
        await playback.is_over.wait()
        await asyncio.sleep(PAUSE_SECONDS)  # what is on its way still arrives
        yield {"phase": "over"}


async def record(track: MediaStreamTrack, seconds: float) -> list[AudioFrame]:
    """So much sound of a track, or what there was until no packet came. Of silence hardly any do: its length is kept."""
    kept: list[AudioFrame] = []
    wanted, expected = round(seconds * Playback.RATE / Playback.SAMPLES), None
    while len(kept) < wanted:
        try:
            frame = await asyncio.wait_for(track.recv(), SILENT_SECONDS)
        except TimeoutError:
            break
        if expected is not None and frame.pts > expected:
            pause = round((frame.pts - expected) / Playback.SAMPLES)
            kept += [silence() for _ in range(min(pause, wanted - len(kept) - 1))]
        kept.append(frame)
        expected = frame.pts + frame.samples
    return kept
