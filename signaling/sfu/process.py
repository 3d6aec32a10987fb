"""The node with its socket, its clock and its control channel, as one thing to enter and leave."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from .control import Control, EventStream, serve_at
from .node import MediaNode, Patience
from .relay import Relay
from .selector import PortSelector
from .settings import Settings
from .sockets import choose_calls, open_port
from .streams import StreamPort, open_stream_port

TICK_SECONDS = 0.025
ATTEMPTS = 20


@contextlib.asynccontextmanager
async def serving(
    settings: Settings, patience: Patience | None = None, selector: PortSelector | None = None
) -> AsyncIterator[MediaNode]:
    """A node that is served while the context lasts; `selector` is the running loop's, if it has one that reads ports.

    Raises `OSError` if its port or path cannot be had.
    """
    opened, listening = open_ports(settings.bind, settings.port)

    def send(datagram: bytes, pair: tuple[str, int]) -> None:
        try:
            opened.sendto(datagram, pair)
        except OSError:  # unreachable, or the buffer is full: the other side repeats
            node.counters.egress_dropped += 1

    def count_dropped(datagrams: int) -> None:
        node.counters.egress_dropped += datagrams

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
    streams = StreamPort(listening, node.streams, node.clock, node.receive_framed, node.lose_stream, count_dropped)
    try:
        if settings.siblings:
            node.relay = Relay(
                settings.control_path, settings.siblings, node.routers, node.counters, node.clock, node.limit_bit_rates
            )
        runner = await serve_at(Control(node, events).application(), settings.control_path)
        if selector is not None:
            selector.read(opened.fileno(), node.receive)
        else:
            loop.add_reader(opened.fileno(), node.receive)
        loop.add_reader(listening.fileno(), streams.accept)
        ticks = _Ticks(loop, node, streams)
        try:
            yield node
        finally:
            ticks.end()
            node.close()
            if node.relay is not None:
                node.relay.close()
            events.end()
            streams.close()
            loop.remove_reader(listening.fileno())
            if selector is not None:
                selector.forget()
            else:
                loop.remove_reader(opened.fileno())
            await runner.cleanup()
            Path(settings.control_path).unlink(missing_ok=True)
    finally:
        listening.close()
        opened.close()


def open_ports(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """UDP and TCP on the same port; with 0, on one that is free for both. Raises `OSError`."""
    for attempt in range(ATTEMPTS):
        opened = open_port(host, port)
        try:
            return opened, open_stream_port(host, opened.getsockname()[1])
        except OSError:
            opened.close()
            if port or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


class _Ticks:
    """Has `node` and `streams` do what time brings; a timer wakes the loop once where a sleeping task does twice."""

    def __init__(self, loop: asyncio.AbstractEventLoop, node: MediaNode, streams: StreamPort) -> None:
        self._loop, self._node, self._streams = loop, node, streams
        self._next = loop.call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._next = self._loop.call_later(TICK_SECONDS, self._tick)
        try:
            self._node.tick()
            self._streams.sweep()
        except Exception:
            self._node.counters.internal_errors += 1
            logging.getLogger(__name__).exception("a tick failed")

    def end(self) -> None:
        """No more of it."""
        self._next.cancel()
