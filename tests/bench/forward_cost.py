"""CPU per forwarded packet: 50 viewers, about 77,000 packets a second out (1200-byte video and audio).

Once as packets are sent where the kernel has sendmmsg, once by the portable way. How: `load.py`.
"""

import asyncio
import json
import sys
from collections.abc import Iterator

from tests.bench.load import Load, cost_of, drop_srtp, send_prepared
from tests.bench.measurement import Measurement
from tests.sfu.media_process import ROOT, Media, attached_media, open_page, running_media

LOAD = Load(viewers=50, video_pps=1500, audio_pps=50)
MEASURED_SECONDS = 8.0
BUSES = (("hall", "audio"), ("hall", "video"))


async def view(path: str) -> None:
    """Connect all viewers, print their ports, and stay."""
    async with attached_media(path) as media:
        ports: list[int] = []
        for number in range(LOAD.viewers):
            page = await open_page(media, f"viewer{number}", f"screen:{number}", views=BUSES)
            opened = page.datagrams.get_extra_info("socket")
            drop_srtp(opened.fileno())
            ports.append(opened.getsockname()[1])
        print(json.dumps(ports), flush=True)
        await asyncio.Event().wait()


async def publish(path: str) -> None:
    """Send prepared packets until ended."""
    async with attached_media(path) as media:
        page = await open_page(media, "publisher", "site:1", sends=True)
        print("publishing", flush=True)
        await send_prepared(page.send, LOAD, page.ssrc("video"), page.ssrc("audio"))


def measure() -> Iterator[Measurement]:
    for portable in (False, True):
        yield asyncio.run(_measure(portable))


async def _measure(portable: bool) -> Measurement:
    """One run of one way of sending."""
    async with running_media(portable) as media:
        await media.route(hall_audio="site:1", hall_video="site:1")
        publisher = await _role("publish", media.path)
        viewers = None
        try:
            assert publisher.stdout is not None
            await publisher.stdout.readline()
            viewers = await _role("view", media.path)
            assert viewers.stdout is not None
            ports = set(json.loads(await viewers.stdout.readline()))
            await asyncio.sleep(1)
            return await _figures(media, ports, "portable" if portable else "sendmmsg")
        finally:
            for process in (publisher, viewers):
                if process is not None:
                    process.kill()
                    await process.wait()


async def _role(role: str, path: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.forward_cost", role, path, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


async def _figures(media: Media, ports: set[int], metric: str) -> Measurement:
    before = await media.process()
    cost = await cost_of(media.pid, ports, MEASURED_SECONDS)
    after = await media.process()
    more = {
        "egress_packets": after["egress_packets"] - before["egress_packets"],
        "delivered_pps": round(cost.delivered_pps),
        "core_percent": round(cost.core_percent, 1),
        "viewers": len(ports),
    }
    return Measurement("forward_cost", metric, cost.us_per_packet, "µs", more)


if __name__ == "__main__":
    # The bench starts itself again for the publisher's and the viewers' processes.
    asyncio.run({"view": view, "publish": publish}[sys.argv[1]](sys.argv[2]))
