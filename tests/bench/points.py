"""What a conference of so many points costs: everybody sees and hears hall and floor, each 1.5 Mb/s of picture, and sound.

`core_N` is the media process's share of a core; `p99_N` is how long a picture packet takes, from before it is encrypted at its
sender to after it is decrypted at a viewer; `delivered_share` is of the packets that were offered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import sys
import time
from collections.abc import Iterator

from aiortc import RTCPeerConnection

from tests.bench.load import Load, cost_of, drop_srtp, send_prepared
from tests.bench.measurement import Measurement, percentile
from tests.bench.peers import publisher_of, sockets_of, transport_of
from tests.sfu.media_process import ROOT, attached_media, open_page, running_media

POINTS = (16, 41, 97, 200)
STREAMS = Load(viewers=1, video_pps=160, audio_pps=50)
BUSES = tuple((bus, kind) for bus in ("hall", "floor") for kind in ("audio", "video"))
MEASURED_SECONDS = 8.0
SETTLE_SECONDS = 2.0
AT_ONCE = 10


def measure() -> Iterator[Measurement]:
    for points in POINTS:
        yield from asyncio.run(_measure(points))


async def _measure(points: int) -> list[Measurement]:
    async with running_media() as media, contextlib.AsyncExitStack() as children:
        await media.route(hall_audio="site:1", hall_video="site:1", floor_audio="site:2", floor_video="site:2")
        for site in (1, 2):
            await _child(children, "publish", media.path, str(site))
        ports = set(json.loads(await (await _child(children, "view", media.path, str(points - 1))).readline()))
        ear = await _child(children, "listen", media.path, "0")
        await asyncio.sleep(SETTLE_SECONDS)
        cost = await cost_of(media.pid, ports, MEASURED_SECONDS)
        latencies = json.loads(await ear.readline())
        offered = (points - 1) * 2 * (STREAMS.video_pps + STREAMS.audio_pps)
        more = {"delivered_share": round(cost.delivered_pps / offered, 3), "delivered_pps": round(cost.delivered_pps)}
        return [
            Measurement("points", f"core_{points}", cost.core_percent, "%", more),
            Measurement("points", f"p50_{points}", percentile(latencies, 50), "ms"),
            Measurement("points", f"p99_{points}", percentile(latencies, 99), "ms"),
        ]


async def _child(children: contextlib.AsyncExitStack, role: str, *told: str) -> asyncio.StreamReader:
    """Starts a process of this module; what it prints, once it has printed its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.points", role, *told, cwd=ROOT, stdout=asyncio.subprocess.PIPE, limit=1 << 22
    )

    async def end() -> None:
        process.kill()
        await process.wait()

    children.push_async_callback(end)
    assert process.stdout is not None
    await process.stdout.readline()
    return process.stdout


# --- the children ---


async def publish(path: str, site: int) -> None:
    async with attached_media(path) as media:
        publisher = publisher_of((await open_page(media, f"publisher{site}", f"site:{site}", sends=True)).connection)
        print("ready", flush=True)
        streams = (publisher.video_ssrc, publisher.audio_ssrc, publisher.video_type, publisher.audio_type)
        await send_prepared(publisher.send, STREAMS, *streams)


async def view(path: str, count: int) -> None:
    async with attached_media(path) as media:
        viewers: list[RTCPeerConnection] = []
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(count, first + AT_ONCE))
            pages = await asyncio.gather(*(open_page(media, f"v{n}", f"site:{n + 3}", views=BUSES) for n in numbers))
            viewers += [page.connection for page in pages]
            for page in pages:
                for socket in sockets_of(page.connection):
                    drop_srtp(socket.fileno())
        print("ready", flush=True)
        print(json.dumps([socket.getsockname()[1] for one in viewers for socket in sockets_of(one)]), flush=True)
        await asyncio.Event().wait()


async def listen(path: str, _: int) -> None:
    """One viewer whose packets arrive; prints their latencies in ms after `MEASURED_SECONDS`."""
    async with attached_media(path) as media:
        page = await open_page(media, "ear", "screen:1", views=BUSES)
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
    asyncio.run({"publish": publish, "view": view, "listen": listen}[sys.argv[1]](sys.argv[2], int(sys.argv[3])))
