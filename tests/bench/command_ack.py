"""A command → its acknowledgement, with 100 sockets open: sent by the chair, on disk, answered. The disk is this machine's."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measurement import Measurement, percentile
from tests.bench.sockets import discuss, open_chairs, open_seats, session_of
from tests.server import Server, demo_server

SOCKETS = 100
COMMANDS = 300
PAUSE_SECONDS = 0.05


async def acknowledgements(server: Server) -> list[float]:
    """Milliseconds of each command of a chair who grants, extends, mutes and ends speeches."""
    links = server.links()
    async with session_of(server) as session:
        heard = asyncio.Condition()
        (chair,) = await open_chairs(session, server, links["chair"], heard)
        await discuss(chair)
        seats = await open_seats(session, server, links, heard, SOCKETS - 1)
        await asyncio.sleep(1)  # the sites' connections are recorded
        own = seats[0].snapshot["parts"]["own"]["delegates"][0]["id"]
        found: list[float] = []
        request_id = 0
        while len(found) < COMMANDS:
            await chair.command("request_floor", delegate_id=own)
            request_id += 1
            for name, more in (
                ("grant_floor", {}),
                ("extend_speech", {"seconds": 60}),
                ("mute_holder", {}),
                ("resume_speech", {}),
                ("revoke_floor", {}),
            ):
                await asyncio.sleep(PAUSE_SECONDS)
                began = time.monotonic()
                await chair.command(name, request_id=request_id, **more)
                found.append(1000 * (time.monotonic() - began))
        for socket in (chair, *seats):
            await socket.close()
    return found


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        server = demo_server(Path(folder) / "data")
        try:
            found = asyncio.run(acknowledgements(server))
        finally:
            server.stop()
    more = {"p50": round(percentile(found, 50), 1), "sockets": SOCKETS, "commands": len(found)}
    yield Measurement("command_ack", "p95", percentile(found, 95), "ms", more)
