"""The control channel of the endpoint process: HTTP on a Unix socket."""

import contextlib
import json
import logging
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from ..control import serve_at
from .echo import echo
from .guest import GuestRefused

AT_ONCE = 6
"""Each decodes and encodes; a conference on the same machine comes first."""

log = logging.getLogger(__name__)


class Service:
    """The handlers; one per process."""

    def __init__(self, media: aiohttp.ClientSession) -> None:
        self._media = media
        self._running = 0

    def application(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application()
        app.add_routes([web.post("/echoes", self._echo)])
        return app

    async def _echo(self, request: web.Request) -> web.StreamResponse:
        try:
            router = str((await request.json())["router"])
        except (ValueError, TypeError, KeyError):
            return web.json_response({"error": "bad_body"}, status=422)
        if self._running >= AT_ONCE:
            return web.json_response({"error": "busy"}, status=503)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        self._running += 1
        try:
            async with contextlib.aclosing(echo(self._media, router)) as phases:
                async for phase in phases:
                    await response.write(json.dumps(phase).encode() + b"\n")
        except GuestRefused as error:
            log.warning("an echo test failed: %s", error)
            await response.write(b'{"phase": "failed"}\n')
        finally:
            self._running -= 1
        return response


@contextlib.asynccontextmanager
async def serving(media: aiohttp.ClientSession, path: str) -> AsyncIterator[None]:
    """Answers at `path` while the context lasts."""
    runner = await serve_at(Service(media).application(), path)
    try:
        yield
    finally:
        await runner.cleanup()
