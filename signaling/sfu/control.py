"""The control channel: HTTP and one event stream on a Unix socket. Specified in PROTOCOL.md, Part 2.

Rules.
- Commands are few and short: at most `AT_ONCE` run and `QUEUED` wait; more are told 503 to come back.
- A reader of events that does not keep up is cut off: it resynchronises by `GET /state`.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from . import wire
from .node import Event, MediaNode, PeerExists, TooManyPeers, UnknownPeer
from .sdp import SdpError

AT_ONCE = 8
QUEUED = 16
EVENTS_QUEUED = 1000
MAX_BODY_BYTES = 1 << 20

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    wire.WireError: (422, "bad_body"),
    SdpError: (422, "bad_sdp"),
    UnknownPeer: (404, "unknown_peer"),
    PeerExists: (409, "peer_exists"),
    TooManyPeers: (503, "too_many_peers"),
}


class EventStream:
    """Hands every event to every reader."""

    def __init__(self) -> None:
        self._readers: set[asyncio.Queue[Event | None]] = set()

    def emit(self, event: Event) -> None:
        """Queue `event` for each reader; one whose queue is full is dropped."""
        for reader in list(self._readers):
            try:
                reader.put_nowait(event)
            except asyncio.QueueFull:
                self._drop(reader)

    def end(self) -> None:
        """Drop all readers: the process ends."""
        for reader in list(self._readers):
            self._drop(reader)

    def _drop(self, reader: asyncio.Queue[Event | None]) -> None:
        self._readers.discard(reader)
        while not reader.empty():
            reader.get_nowait()
        reader.put_nowait(None)

    def open(self) -> asyncio.Queue[Event | None]:
        """A new reader's queue; None in it means that the reader was dropped."""
        reader: asyncio.Queue[Event | None] = asyncio.Queue(EVENTS_QUEUED)
        self._readers.add(reader)
        return reader

    def close(self, reader: asyncio.Queue[Event | None]) -> None:
        """This reader is gone."""
        self._readers.discard(reader)


class Control:
    """The handlers; one per process."""

    def __init__(self, node: MediaNode, events: EventStream) -> None:
        self._node = node
        self._events = events
        self._running = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    def application(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[self._guard], client_max_size=MAX_BODY_BYTES)
        app.add_routes(
            [
                web.get("/health", self._health),
                web.get("/state", self._state),
                web.get("/stats", self._stats),
                web.get("/events", self._stream),
                web.put("/routers/{router}/routes", self._put_routes),
                web.post("/peers", self._post_peer),
                web.post("/peers/{peer}/answer", self._post_answer),
                web.post("/peers/{peer}/restart", self._post_restart),
                web.patch("/peers/{peer}", self._patch_peer),
                web.delete("/peers/{peer}", self._delete_peer),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/events":
            return await handler(request)
        if self._running.locked() and self._waiting >= QUEUED:
            return _refusal(503, "busy", "too many commands at once")
        self._waiting += 1
        try:
            await self._running.acquire()
        finally:
            self._waiting -= 1
        try:
            return await handler(request)
        except tuple(REFUSALS) as error:
            status, code = REFUSALS[type(error)]
            return _refusal(status, code, str(error))
        finally:
            self._running.release()

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response(wire.health(self._node))

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(wire.state(self._node))

    async def _stats(self, request: web.Request) -> web.Response:
        return web.json_response(wire.stats(self._node))

    async def _put_routes(self, request: web.Request) -> web.Response:
        router = wire.read_name(request.match_info["router"], "router")
        self._node.set_routes(router, wire.read_routes(await _body(request)))
        return web.json_response({})

    async def _post_peer(self, request: web.Request) -> web.Response:
        offer = self._node.add_peer(wire.read_peer(await _body(request)))
        return web.json_response({"sdp": offer}, status=201)

    async def _post_answer(self, request: web.Request) -> web.Response:
        self._node.answer(request.match_info["peer"], wire.read_answer(await _body(request)))
        return web.json_response({})

    async def _post_restart(self, request: web.Request) -> web.Response:
        return web.json_response({"sdp": self._node.restart(request.match_info["peer"])})

    async def _patch_peer(self, request: web.Request) -> web.Response:
        self._node.set_publishing(request.match_info["peer"], wire.read_publishing(await _body(request)))
        return web.json_response({})

    async def _delete_peer(self, request: web.Request) -> web.Response:
        self._node.remove_peer(request.match_info["peer"])
        return web.Response(status=204)

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        reader = self._events.open()
        listening = asyncio.create_task(_listen(socket))
        try:
            await socket.send_json({"type": "hello", "epoch": self._node.epoch})
            while not socket.closed:
                waiting = asyncio.create_task(reader.get())
                await asyncio.wait({waiting, listening}, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                    break
                event = waiting.result()
                if event is None:
                    break
                await socket.send_json(event)
        except ConnectionError:
            pass
        finally:
            self._events.close(reader)
            listening.cancel()
            await socket.close()
        return socket


async def _listen(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type in (WSMsgType.CLOSE, WSMsgType.ERROR):
            return


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise wire.WireError("the body must be JSON") from error


def _refusal(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": code, "message": message}, status=status)


async def serve_at(application: web.Application, path: str) -> web.AppRunner:
    """Listen on the Unix socket `path`, for its owner only; an old socket file is taken away first."""
    Path(path).unlink(missing_ok=True)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    mask = os.umask(0o177)
    try:
        await web.UnixSite(runner, path).start()
    finally:
        os.umask(mask)
    return runner
