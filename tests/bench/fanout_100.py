"""An event → all of 100 sockets: from the chair's sending of a command to the last page having it, the disk included.

The chair, the hall station, fifteen sites and 83 hall screens of the demonstration, every socket read by one small client. The
machine's own delays are in the figure: `alone_p95` is the same with the chair alone.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measurement import Measurement, percentile
from tests.bench.sockets import PATIENCE_SECONDS, Socket, discuss, open_chairs, open_seats, session_of
from tests.server import Server, demo_server

SOCKETS = 100
EVENTS = 200
PAUSE_SECONDS = 0.05


async def delays(server: Server) -> tuple[list[float], list[float]]:
    """Milliseconds of each event to the chair alone, then to all."""
    links = server.links()
    async with session_of(server) as session:
        heard = asyncio.Condition()
        (chair,) = sockets = await open_chairs(session, server, links["chair"], heard)
        item_id = await discuss(chair)
        alone = await timed(chair, sockets, item_id)
        sockets = [chair, *await open_seats(session, server, links, heard, SOCKETS - 1)]
        together = await timed(chair, sockets, item_id)
        for socket in sockets:
            await socket.close()
    return alone, together


async def timed(chair: Socket, sockets: list[Socket], item_id: int) -> list[float]:
    found = []
    for number in range(EVENTS):
        await asyncio.sleep(PAUSE_SECONDS)
        began = time.monotonic()
        seq = await chair.command(("close_queue", "open_queue")[number % 2], item_id=item_id)
        async with asyncio.timeout(PATIENCE_SECONDS), chair._heard:
            await chair._heard.wait_for(lambda seq=seq: all(socket.held >= seq for socket in sockets))
        found.append(1000 * (max(socket.heard_at for socket in sockets) - began))
    return found


def measure() -> Iterator[Measurement]:
    for mode in ("threading", "gevent"):
        with tempfile.TemporaryDirectory() as folder:
            server = demo_server(Path(folder) / "data", SOCKET_MODE=mode)
            try:
                alone, together = asyncio.run(delays(server))
            finally:
                server.stop()
        more = {
            "p50": round(percentile(together, 50), 1),
            "alone_p95": round(percentile(alone, 95), 1),
            "sockets": SOCKETS,
            "events": EVENTS,
        }
        yield Measurement("fanout_100", f"{mode}_p95", percentile(together, 95), "ms", more)
