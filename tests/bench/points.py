"""What a conference of so many points costs: everybody sees and hears hall and floor, each 1.5 Mb/s of picture, and sound.

`core_N` is the media process's share of a core; `p99_N` is how long a picture packet takes, from before it is encrypted at its
sender to after it is decrypted at a viewer; `delivered_share` is of the packets that were offered.

In the rows with `gallery` every point also sends what a listening one does, its small picture and its closed microphone, with
transport-wide numbers that the process reports on; the hall screen and a desk look at a page of sixteen tiles. The reports
count as delivered too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any

from signaling.media import TILE_BUSES
from signaling.sfu.sdp import EXTENSION_LAYER, EXTENSION_TRANSPORT
from tests.bench.load import Load, cost_of, drop_srtp, send_prepared
from tests.bench.measurement import Measurement, percentile
from tests.bench.peers import connected, publisher_of, sockets_of, transport_of
from tests.sfu.media_process import ROOT, Media, Page, attached_media, open_page, running_media
from tests.sfu.test_layers import SSRC, layer_packet, with_layers

POINTS = (16, 41, 97, 200)
STREAMS = Load(viewers=1, video_pps=160, audio_pps=50)
SMALL_PPS, SMALL_BYTES = 20, 940
"""150 kb/s."""
SILENCE_PPS = 2.5
GALLERY = "gallery"
SHOWS_GALLERY = 2
BUSES = tuple((bus, kind) for bus in ("hall", "floor") for kind in ("audio", "video"))
MEASURED_SECONDS = 8.0
SETTLE_SECONDS = 2.0
AT_ONCE = 10


def measure() -> Iterator[Measurement]:
    for points in POINTS:
        for shown in ("", GALLERY):
            yield from asyncio.run(_measure(points, shown))


async def _measure(points: int, shown: str) -> list[Measurement]:
    async with running_media() as media, contextlib.AsyncExitStack() as children:
        stage = {name: {"audio": seat, "video": seat} for name, seat in (("hall", "site:1"), ("floor", "site:2"))}
        tiles = {bus: {"video": f"site:{n}", "small": True} for n, bus in enumerate(TILE_BUSES, 1)} if shown else {}
        await media.call("PUT", "/routers/r/routes", {"buses": {**stage, **tiles}, "warm": []})
        for site in (1, 2):
            await _child(children, "publish", media.path, str(site), shown)
        viewing = await _child(children, "view", media.path, str(points - 1), shown)
        ports = set(json.loads(await viewing.readline()))
        ear = await _child(children, "listen", media.path, "0", shown)
        await asyncio.sleep(SETTLE_SECONDS)
        cost = await cost_of(media.pid, ports, MEASURED_SECONDS)
        latencies = json.loads(await ear.readline())
        offered = (points - 1) * 2 * (STREAMS.video_pps + STREAMS.audio_pps)
        offered += len(tiles) * SHOWS_GALLERY * SMALL_PPS
        more = {"delivered_share": round(cost.delivered_pps / offered, 3), "delivered_pps": round(cost.delivered_pps)}
        of = f"{points}_{shown}" if shown else f"{points}"
        return [
            Measurement("points", f"core_{of}", cost.core_percent, "%", more),
            Measurement("points", f"p50_{of}", percentile(latencies, 50), "ms"),
            Measurement("points", f"p99_{of}", percentile(latencies, 99), "ms"),
        ]


async def _child(children: contextlib.AsyncExitStack, role: str, *told: str) -> asyncio.StreamReader:
    """Starts a process of this module; what it prints, once it has printed its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.points", role, *told, cwd=ROOT, stdout=asyncio.subprocess.PIPE, limit=1 << 22
    )

    async def end() -> None:
        if process.returncode is None:
            process.kill()
        await process.wait()

    children.push_async_callback(end)
    assert process.stdout is not None
    assert await process.stdout.readline(), f"the process that was to {role} has ended"
    return process.stdout


# --- the children ---


async def publish(path: str, site: int, shown: str) -> None:
    async with attached_media(path) as media:
        page = await _point(media, site, shown, sends=True)
        publisher = publisher_of(page.connection)
        print("ready", flush=True)
        video_ssrc, sending = publisher.video_ssrc, []
        if shown:
            video_ssrc = SSRC["h"]
            await publisher.send(layer_packet("h", 0xFFFF, True, 0, ((EXTENSION_LAYER, b"h"),)))
            sending.append(_send_small([page], 0))
        streams = (video_ssrc, publisher.audio_ssrc, publisher.video_type, publisher.audio_type)
        await asyncio.gather(send_prepared(publisher.send, STREAMS, *streams), *sending)


async def view(path: str, count: int, shown: str) -> None:
    async with attached_media(path) as media:
        viewers: list[Page] = []
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(count, first + AT_ONCE))
            viewers += await asyncio.gather(*(_point(media, n + 3, shown, views=BUSES) for n in numbers))
            _let_drop(viewers[first:])
        senders = list(viewers)
        for n in range(SHOWS_GALLERY if shown else 0):
            views = tuple((bus, "video") for bus in TILE_BUSES)
            viewers.append(await _page(media, f"gallery{n}", f"gallery:{n}", views=views))
            _let_drop(viewers[-1:])
        print("ready", flush=True)
        ports = [socket.getsockname()[1] for one in viewers for socket in sockets_of(one.connection)]
        print(json.dumps(ports), flush=True)
        await (_send_small(senders) if shown else asyncio.Event().wait())


def _let_drop(pages: list[Page]) -> None:
    for page in pages:
        for socket in sockets_of(page.connection):
            drop_srtp(socket.fileno())


async def _point(media: Media, site: int, shown: str, **does: Any) -> Page:
    """The page of a point; where there is a gallery it publishes its picture in two layers, and sound."""
    if shown:
        does |= {"sends": True, "edit_answer": with_layers}
    return await _page(media, f"p{site}", f"site:{site}", **does)


async def _page(media: Media, peer: str, seat: str, **does: Any) -> Page:
    """Connected, which on a busy machine takes its time."""
    page = await open_page(media, peer, seat, waits=False, **does)
    await connected(page.connection)
    return page


async def _send_small(pages: list[Page], silence_pps: float = SILENCE_PPS) -> None:
    """Small picture and closed microphone of all `pages`, by turns, until cancelled."""
    publishers = [publisher_of(page.connection) for page in pages]
    filling = os.urandom(SMALL_BYTES)
    sent = silent = 0
    began = time.monotonic()
    while True:
        elapsed = time.monotonic() - began
        while sent < elapsed * SMALL_PPS * len(pages):
            number, turn = divmod(sent, len(pages))
            named = ((EXTENSION_LAYER, b"l"),) if number < SMALL_PPS else ()
            numbered = (*named, (EXTENSION_TRANSPORT, struct.pack("!H", number & 0xFFFF)))
            is_key = number % SMALL_PPS == 0
            packet = layer_packet("l", number & 0xFFFF, is_key, number & 0x7FFF, numbered)
            await publishers[turn].send(packet + filling)
            sent += 1
        while silent < elapsed * silence_pps * len(pages):
            number, turn = divmod(silent, len(pages))
            publisher = publishers[turn]
            header = (0x80, publisher.audio_type, number & 0xFFFF, int(number * 48000 / silence_pps) & 0xFFFFFFFF)
            await publisher.send(struct.pack("!BBHLL", *header, publisher.audio_ssrc) + b"\xf8\xff\xfe")
            silent += 1
        await asyncio.sleep(0.002)


async def listen(path: str, _: int, shown: str) -> None:
    """One viewer whose packets arrive; prints their latencies in ms after `MEASURED_SECONDS`."""
    async with attached_media(path) as media:
        page = await _page(media, "ear", "screen:1", views=BUSES)
        latencies: list[float] = []

        async def note(packet: bytes, arrival_time_ms: int) -> None:
            if len(packet) > 400:
                latencies.append((time.monotonic_ns() - struct.unpack("!Q", packet[-8:])[0]) / 1e6)

        transport_of(page.connection)._handle_rtp_data = note
        print("ready", flush=True)
        await asyncio.sleep(SETTLE_SECONDS)
        latencies.clear()
        await asyncio.sleep(MEASURED_SECONDS)
        print(json.dumps(latencies), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(
        {"publish": publish, "view": view, "listen": listen}[sys.argv[1]](sys.argv[2], int(sys.argv[3]), sys.argv[4])
    )
