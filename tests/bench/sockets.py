"""Pages as one small client that speaks Engine.IO itself, for benches that open many of the demonstration's."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.server import Server

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

    async def ask(self, name: str, **args: Any) -> dict[str, Any]:
        """A command's answer, whatever it is."""
        return await self.say("command", {"id": secrets.token_hex(8), "name": name, "args": args})

    async def say(self, event: str, message: dict[str, Any]) -> dict[str, Any]:
        """The answer to a message, whatever it is."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._line.send_str(f"42{number}" + json.dumps([event, message]))
        return dict(await asyncio.wait_for(answer, PATIENCE_SECONDS))

    async def command(self, name: str, **args: Any) -> int:
        """A command that must be accepted; the journal's number after it."""
        said = await self.ask(name, **args)
        assert said["ok"], f"{name}: {said}"
        return int(said["seq"])

    async def close(self) -> None:
        self._reading.cancel()
        await self._line.close()


def csrf_token_in(page: str) -> str:
    """What a form of this page sends along."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


async def desk_token(session: aiohttp.ClientSession, address: str, once: str) -> str:
    """What the chair's page carries after the one-time sign-in."""
    token = csrf_token_in(await (await session.get(f"{address}/once")).text())
    form = {"csrf_token": token, "token": urlsplit(once).fragment}
    desk = await (await session.post(f"{address}/once", data=form)).text()
    boot = re.search(r'id="boot"[^>]*>(.*?)</script>', desk, re.DOTALL)
    assert boot, desk[:500]
    return str(json.loads(boot[1])["auth"]["desk"])


async def discuss(chair: Socket) -> int:
    for name in ("open_doors", "convene"):
        await chair.command(name)
    item_id = int(chair.snapshot["parts"]["public"]["agenda"][DISCUSSION - 1]["id"])
    await chair.command("open_item", item_id=item_id, is_confirmed=True)
    return item_id


@asynccontextmanager
async def session_of(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address without a name
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=jar) as session:
        yield session


async def open_chairs(
    session: aiohttp.ClientSession, server: Server, once: str, heard: asyncio.Condition, number: int = 1
) -> list[Socket]:
    """Tabs of the chair's desk."""
    token = await desk_token(session, server.address, once)
    chairs = [Socket(heard) for _ in range(number)]
    for n, chair in enumerate(chairs):
        await chair.open(session, server.address, {"desk": token, "tab": f"tab-chair-{n}"})
    return chairs


async def open_seats(
    session: aiohttp.ClientSession, server: Server, links: dict[str, Any], heard: asyncio.Condition, number: int
) -> list[Socket]:
    """The hall station, the sites, and as many hall screens as make it `number` sockets."""
    urls = [site["url"] for site in links["sites"]] + [links["station"]]
    urls = (urls + [links["screen"]] * max(0, number - len(urls)))[:number]
    sockets = [Socket(heard) for _ in urls]
    for n, (one, url) in enumerate(zip(sockets, urls, strict=True)):
        await one.open(session, server.address, {"link": urlsplit(url).fragment, "tab": f"tab-{n:05}"})
    return sockets
