"""Our media process as it runs: history, retransmission, statistics and reports are always on."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiortc import RTCPeerConnection

from tests.bench.peers import Publisher, Running, publisher_of
from tests.browser.namespace import Namespace
from tests.sfu.media_process import Media, attached_media, open_page, running_media

name = "ours"
BUSES = (("hall", "audio"), ("hall", "video"))


def missing() -> str | None:
    return None


@contextlib.asynccontextmanager
async def running(namespace: Namespace) -> AsyncIterator[Running]:
    path = namespace.folder / "media.sock"
    async with running_media(path=path, prefix=namespace.inside, host=namespace.address) as media:
        await media.route(hall_audio="site:1", hall_video="site:1")
        yield Running(media.pid, media.path)


@contextlib.asynccontextmanager
async def attached(address: str) -> AsyncIterator[Media]:
    async with attached_media(address) as media:
        yield media


async def publisher(media: Media) -> Publisher:
    page = await open_page(media, "publisher", "site:1", sends=True)
    return publisher_of(page.connection)


async def viewer(media: Media, number: int) -> RTCPeerConnection:
    page = await open_page(media, f"viewer{number}", f"screen:{number}", views=BUSES)
    return page.connection
