"""The node with its socket, its clock and its control channel, as one thing to enter and leave."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from .control import Control, EventStream, serve
from .node import MediaNode, Patience
from .settings import Settings
from .sockets import choose_calls, open_port

TICK_SECONDS = 0.025


@contextlib.asynccontextmanager
async def serving(settings: Settings, patience: Patience | None = None) -> AsyncIterator[MediaNode]:
    """A node that is served while the context lasts; raises `OSError` if its port or path cannot be had."""
    opened = open_port(settings.bind, settings.port)

    def send(datagram: bytes, pair: tuple[str, int]) -> None:
        try:
            opened.sendto(datagram, pair)
        except OSError:  # unreachable, or the buffer is full: the other side repeats
            node.counters.egress_dropped += 1

    events = EventStream()
    node = MediaNode(
        choose_calls(opened, settings.is_portable),
        send,
        settings.hosts,
        opened.getsockname()[1],
        events.emit,
        patience or Patience(),
    )
    loop = asyncio.get_running_loop()
    try:
        runner = await serve(Control(node, events), settings.control_path)
        loop.add_reader(opened.fileno(), node.receive)
        ticking = asyncio.create_task(_tick(node))
        try:
            yield node
        finally:
            ticking.cancel()
            node.close()
            events.end()
            loop.remove_reader(opened.fileno())
            await runner.cleanup()
            Path(settings.control_path).unlink(missing_ok=True)
    finally:
        opened.close()


async def _tick(node: MediaNode) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        try:
            node.tick()
        except Exception:
            node.counters.internal_errors += 1
            logging.getLogger(__name__).exception("a tick failed")
