"""The TCP port beside the UDP port, for sites whose network lets no UDP out (RFC 6544, we are the passive side).

Theory. A connection is to the node an address like any other: port and host of the other end, and a number that makes it
unique. What comes framed from it is taken as if it were a datagram, what goes to it is framed and queued.

Rules.
- The first frame must be a check that a peer of ours signed; else the connection is closed. One that says nothing is closed
  after `FIRST_SECONDS`, and of more than `MAX_HALF_OPEN` such the oldest goes.
- One that has been silent for `IDLE_SECONDS` is closed: a browser checks its path every few seconds.
- Nobody waits for a slow connection: its queue is bounded (see `framing`), and so is what the kernel holds.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Protocol

from .framing import LARGEST_FRAME, Backlog, Deframer, FramingError
from .sockets import address_of, open_socket

FIRST_SECONDS = 10.0
IDLE_SECONDS = 30.0
MAX_HALF_OPEN = 64
MAX_STREAMS = 2000
ACCEPTED_PER_WAKE = 16
READ_BYTES = 64 << 10
KERNEL_BYTES = 128 << 10
UNSENT_BYTES = 16 << 10
"""What the kernel takes that it cannot send yet: what it has, nothing can overtake any more."""


class Port(Protocol):
    """Whose connection it is."""

    def clock(self) -> float: ...

    def receive(self, address: bytes, frame: bytes) -> None:
        """`frame` came from the connection `address`."""

    def dropped(self, frames: int) -> None:
        """So many were given up."""

    def forget(self, stream: "Stream") -> None:
        """`stream` is closed."""


class Stream:
    """One connection. `send` queues a datagram and never waits."""

    def __init__(
        self, port: "Port", opened: socket.socket, address: bytes, now: float, largest: int = LARGEST_FRAME
    ) -> None:
        self.address = address
        self.is_validated = False
        self.is_closed = False
        self.opened_at = self.heard_at = now
        self._port = port
        self._socket = opened
        self._deframer = Deframer(largest)
        self._backlog = Backlog()
        self._rest = memoryview(b"")
        self._is_writer = False

    @property
    def waiting_bytes(self) -> int:
        """What is queued here, outside the kernel."""
        return self._backlog.waiting_bytes + len(self._rest)

    def send(self, datagram: bytes) -> None:
        """Send `datagram` as soon as the other end takes it, or give up what is no longer worth sending."""
        if self.is_closed:
            return
        dropped = self._backlog.add(datagram)
        if dropped:
            self._port.dropped(dropped)
        if not self._is_writer:
            self.write()

    def write(self) -> None:
        """Give the kernel what it takes."""
        try:
            while self._rest or self._backlog:
                if not self._rest:
                    self._rest = memoryview(self._backlog.take())
                self._rest = self._rest[self._socket.send(self._rest) :]
        except BlockingIOError:
            self._watch(True)
        except OSError:
            self.close()
        else:
            self._watch(False)

    def read(self) -> None:
        """Take what has come."""
        try:
            data = self._socket.recv(READ_BYTES)
            frames = self._deframer.feed(data)
        except BlockingIOError:
            return
        except (OSError, FramingError):
            self.close()
            return
        if not data:
            self.close()
            return
        self.heard_at = self._port.clock()
        for frame in frames:
            self._port.receive(self.address, frame)
            if not self.is_validated:
                self.close()
            if self.is_closed:
                return

    def close(self) -> None:
        """End the connection; the node is told."""
        if self.is_closed:
            return
        self.is_closed = True
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._socket.fileno())
        self._watch(False)
        self._socket.close()
        self._port.forget(self)

    def _watch(self, wanted: bool) -> None:
        if wanted is self._is_writer:
            return
        self._is_writer = wanted
        loop = asyncio.get_running_loop()
        if wanted:
            loop.add_writer(self._socket.fileno(), self.write)
        else:
            loop.remove_writer(self._socket.fileno())


class StreamPort:
    """All connections. `receive` is told (address, datagram), `closed` (address), `dropped` how many were given up."""

    def __init__(
        self,
        listening: socket.socket,
        streams: dict[bytes, Stream],
        clock: Callable[[], float],
        receive: Callable[[bytes, bytes], None],
        closed: Callable[[bytes], None],
        dropped: Callable[[int], None],
    ) -> None:
        self.clock, self.receive, self.dropped = clock, receive, dropped
        self._closed = closed
        self._listening = listening
        self._streams = streams
        self._number = 0
        self._swept_at = clock()

    def accept(self) -> None:
        """Take who has come; to be called when the listening socket is readable."""
        for _ in range(ACCEPTED_PER_WAKE):
            try:
                opened, name = self._listening.accept()
            except OSError:  # nobody more, gone again, or no descriptor left
                return
            self._admit(opened, address_of(name))

    def _admit(self, opened: socket.socket, place: bytes) -> None:
        if len(self._streams) >= MAX_STREAMS:
            opened.close()
            return
        half_open = [stream for stream in self._streams.values() if not stream.is_validated]
        if len(half_open) >= MAX_HALF_OPEN:
            half_open[0].close()
        opened.setblocking(False)
        _tune(opened)
        self._number += 1
        stream = Stream(self, opened, place + self._number.to_bytes(4, "big"), self.clock())
        self._streams[stream.address] = stream
        asyncio.get_running_loop().add_reader(opened.fileno(), stream.read)

    def sweep(self) -> None:
        """Close who says nothing; looks once a second, however often it is called."""
        now = self.clock()
        if now - self._swept_at < 1.0:
            return
        self._swept_at = now
        for stream in list(self._streams.values()):
            is_late = not stream.is_validated and now - stream.opened_at > FIRST_SECONDS
            if is_late or now - stream.heard_at > IDLE_SECONDS:
                stream.close()

    def forget(self, stream: Stream) -> None:
        """`stream` is closed."""
        del self._streams[stream.address]
        self._closed(stream.address)

    def close(self) -> None:
        """Close all of them."""
        for stream in list(self._streams.values()):
            stream.close()


def open_stream_port(host: str, port: int) -> socket.socket:
    """A listening, non-blocking TCP socket on the same place as the UDP port; raises `OSError` if it is taken."""
    opened = open_socket(host, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(128)
    except OSError:
        opened.close()
        raise
    return opened


def _tune(opened: socket.socket) -> None:
    """Short queues, and nothing held back to fill a segment. Not every system has all of these."""
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)]
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        options.append((socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES))
    for level, option, value in options:
        with contextlib.suppress(OSError):
            opened.setsockopt(level, option, value)
