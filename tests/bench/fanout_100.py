"""An event → all of 100 sockets: from the chair's sending of a command to the last page having it, the disk included.

The chair, the hall station, fifteen sites and 83 hall screens of the demonstration, every socket read by one small client that
speaks Engine.IO itself. The machine's own delays are in the figure: `alone_p95` is the same with the chair alone.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.bench.measurement import Measurement, percentile
from tests.server import Server, demo_server

SOCKETS = 100
EVENTS = 200
PAUSE_SECONDS = 0.05
DISCUSSION = 5
PATIENCE_SECONDS = 30.0


class Socket:
    """One page. `held` is the number of the last change of the public part, `heard_at` when it came."""

    def __init__(self, heard: asyncio.Condition) -> None:
        self.held = 0
        self.heard_at = 0.0
        self.snapshot: dict[str, Any] = {}
        self._heard = heard
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)

    async def open(self, session: aiohttp.ClientSession, address: str, auth: dict[str, str]) -> None:
        self._line = await session.ws_connect(f"{address}/socket.io/?EIO=4&transport=websocket")
        await self._line.send_str("40" + json.dumps(auth))
        self._reading = asyncio.create_task(self._read())
        async with asyncio.timeout(PATIENCE_SECONDS), self._heard:
            await self._heard.wait_for(lambda: self.snapshot)

    async def _read(self) -> None:
        async for message in self._line:
            now = time.monotonic()
            if message.data == "2":
                await self._line.send_str("3")
            elif message.data.startswith("42"):
                await self._hear(now, *json.loads(message.data[2:]))
            elif found := re.match(r"43(\d+)(.*)", message.data):
                self._answers.pop(int(found[1])).set_result(json.loads(found[2])[0])

    async def _hear(self, now: float, event: str, body: Any) -> None:
        if event == "snapshot":
            self.snapshot = body
        elif event == "changes" and body["part"] == "public":
            self.held, self.heard_at = body["seq"], now
        else:
            return
        async with self._heard:
            self._heard.notify_all()

    async def command(self, name: str, **args: Any) -> int:
        """The journal's number after it."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": f"{id(self)}-{number}", "name": name, "args": args}
        await self._line.send_str(f"42{number}" + json.dumps(["command", message]))
        said = await asyncio.wait_for(answer, PATIENCE_SECONDS)
        assert said["ok"], f"{name}: {said}"
        return int(said["seq"])

    async def close(self) -> None:
        self._reading.cancel()
        await self._line.close()


async def desk_token(session: aiohttp.ClientSession, address: str, once: str) -> str:
    """What the chair's page carries after the one-time sign-in."""
    page = await (await session.get(f"{address}/once")).text()
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    form = {"csrf_token": found[1], "token": urlsplit(once).fragment}
    desk = await (await session.post(f"{address}/once", data=form)).text()
    boot = re.search(r'id="boot"[^>]*>(.*?)</script>', desk, re.DOTALL)
    assert boot, desk[:500]
    return str(json.loads(boot[1])["auth"]["desk"])


async def delays(server: Server) -> tuple[list[float], list[float]]:
    """Milliseconds of each event to the chair alone, then to all."""
    links = server.links()
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address without a name
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=jar) as session:
        heard = asyncio.Condition()
        sockets = [chair := Socket(heard)]
        await chair.open(
            session,
            server.address,
            {"desk": await desk_token(session, server.address, links["chair"]), "tab": "tab-chair"},
        )
        item_id = await discuss(chair)
        alone = await timed(chair, sockets, item_id)
        seats = [site["url"] for site in links["sites"]] + [links["station"]]
        seats += [links["screen"]] * (SOCKETS - 1 - len(seats))
        for number, url in enumerate(seats):
            sockets.append(Socket(heard))
            auth = {"link": urlsplit(url).fragment, "tab": f"tab-{number:05}"}
            await sockets[-1].open(session, server.address, auth)
        together = await timed(chair, sockets, item_id)
        for socket in sockets:
            await socket.close()
    return alone, together


async def discuss(chair: Socket) -> int:
    for name in ("open_doors", "convene"):
        await chair.command(name)
    item_id = int(chair.snapshot["parts"]["public"]["agenda"][DISCUSSION - 1]["id"])
    await chair.command("open_item", item_id=item_id, is_confirmed=True)
    return item_id


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
