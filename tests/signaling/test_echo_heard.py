"""A hall whose microphone hears its loudspeaker: real sound, through the real media process, until the desk is told."""

from __future__ import annotations

import asyncio
import fractions
import math
import random
from collections import deque
from pathlib import Path

import numpy
import pytest
from aiortc import MediaStreamTrack
from av import AudioFrame

from signaling.media import SUBSCRIPTIONS
from tests.sfu.media_process import running_media
from tests.signaling.page import Pages, Room
from tests.signaling.publishing import publish
from tests.signaling.test_handlers import open_discussion, speaker

pytestmark = [
    pytest.mark.only_on("sqlite"),
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"),
]

RATE, SAMPLES = 48_000, 960
FRAMES_LATE = 15
SOFTER = 0.25
LONG_SECONDS = 45.0


def frame_of(samples: numpy.ndarray, number: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(samples.astype(numpy.int16).reshape(1, -1), layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, number * SAMPLES, fractions.Fraction(1, RATE)
    return frame


class Voice(MediaStreamTrack):  # type: ignore[misc]
    """Syllables of differing length and loudness, with pauses between."""

    kind = "audio"

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = random.Random(seed)
        self._number, self._left, self._loudness, self._began = 0, 0, 0.0, 0.0

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._number * SAMPLES / RATE - loop.time()))
        if not self._left:
            self._left = self._random.randint(4, 20)
            self._loudness = self._random.choice((0.0, 800.0, 3000.0, 9000.0))
        turns = (numpy.arange(SAMPLES) + self._number * SAMPLES) * (2 * math.pi * 310 / RATE)
        self._left -= 1
        self._number += 1
        return frame_of(numpy.sin(turns) * self._loudness, self._number - 1)


class Microphone(MediaStreamTrack):  # type: ignore[misc]
    """The microphone of a room in which `loudspeaker` is played: the same, later and softer; once it is turned off, noise."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.loudspeaker: asyncio.Future[MediaStreamTrack] = asyncio.get_running_loop().create_future()
        self.is_on = True
        self._number = 0
        self._under_way = deque([numpy.zeros(SAMPLES)] * FRAMES_LATE)

    async def recv(self) -> AudioFrame:
        played = (await (await self.loudspeaker).recv()).to_ndarray().reshape(-1, 2)[:, 0]
        self._under_way.append(played * SOFTER if self.is_on else numpy.random.default_rng().normal(0, 12, SAMPLES))
        self._number += 1
        return frame_of(self._under_way.popleft(), self._number - 1)


def test_a_hall_that_returns_the_speakers_real_sound_is_named_at_the_desk_until_it_stops(
    room: Room, pages: Pages
) -> None:
    asyncio.run(asyncio.wait_for(_hold(room, pages), 120))


async def _hold(room: Room, pages: Pages) -> None:
    chair, desk, station, site = pages.chair(), pages.secretary(), pages.station(), pages.site(1)
    async with running_media(path=Path(room.app.extensions["settings"].data_dir) / "media.sock"):
        await asyncio.to_thread(site.wait, lambda: any(m["epoch"] for m in site.all("media_epoch")), "media")
        await asyncio.to_thread(open_discussion, chair, room)
        microphone = Microphone()
        hall, point = await publish(station, microphone), await publish(site, Voice(3))
        await asyncio.to_thread(speaker, site, chair, room, 1)
        microphone.loudspeaker.set_result(hall.tracks[SUBSCRIPTIONS["station"].index(("floor", "audio"))])

        def alarms() -> list[tuple[str, int, int | None]]:
            told = [*desk.all("alarms"), []]
            latest = told[-2] if len(told) > 1 else []
            return [(each["kind"], each["site_id"], each["of_site_id"]) for each in latest]

        culprit = [("echo", room.sites[0], room.sites[1])]
        await asyncio.to_thread(desk.wait, lambda: alarms() == culprit, "the hall to be named", LONG_SECONDS)
        microphone.is_on = False
        await asyncio.to_thread(desk.wait, lambda: alarms() == [], "the end of the echo", LONG_SECONDS)
        for each in (hall, point):
            await each.connection.close()
