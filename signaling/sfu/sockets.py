"""The one UDP port: many datagrams in at once, a few packets out to many.

Theory. At thousands of packets a second the cost of a forwarder is system calls and copies. So datagrams are
received into fixed slots and decrypted where they lie, and what came together for n viewers is copied into slots of theirs,
encrypted there per viewer, and handed to the kernel by one call. Two ways of doing the calls share all the rest:
`MmsgCalls` (Linux: recvmmsg, sendmmsg) and `PortableCalls` (one call per datagram).

At hundreds of packets a second the cost is what the processor's caches have lost meanwhile: each piece of code that a
packet passes costs several times what it does in a row. There short paths count, and few of them.

Rules.
- A slot whose encryption failed holds plain text: it is never sent.
- A full send buffer drops packets (they are media) and counts them; it never blocks.
- An address is bytes, port and host in network order: six with IPv4. One port may take both families (RFC 3493
  section 3.7); then all its addresses are IPv6, eighteen bytes, those of IPv4 mapped into it. The address of a TCP
  connection (see `streams`) has four bytes more, its number.
- Viewers that come over TCP are the last slots of a fan-out: the kernel's one call ends before them.
"""

from __future__ import annotations

import socket
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from .mmsg import (
    SOCKADDR_BYTES,
    MmsgReceiver,
    MmsgSender,
    Run,
    Segments,
    is_available,
    place_of,
    segments_of,
    write_sockaddr,
)
from .srtp import SrtpSessions, length_pointer, pointer_to, protect_raw

SLOT_BYTES = 2048
SLOTS = 64
SOCKET_BUFFER_BYTES = 4 << 20
MAPPED = bytes(10) + b"\xff\xff"


class Carrier(Protocol):
    """A connection that takes datagrams."""

    is_closed: bool

    def send(self, datagram: bytes) -> None:
        """Send it soon, or never; does not wait."""


class Endpoint:
    """Where a peer is to be sent to; it may move. `sockaddr` is the kernel's view of it, `stream` its connection over TCP."""

    def __init__(self, address: bytes, stream: Carrier | None = None) -> None:
        self.sockaddr = bytearray(SOCKADDR_BYTES[len(_place(address))])
        self.place = place_of(self.sockaddr)
        self.move(address, stream)

    @property
    def is_gone(self) -> bool:
        """It was a connection that has ended."""
        return self.stream is not None and self.stream.is_closed

    def move(self, address: bytes, stream: Carrier | None = None) -> None:
        """Send to `address`, which is of the same family, from now on."""
        self.address = address
        self.stream = stream
        self.pair = pair_of(address)
        write_sockaddr(self.sockaddr, _place(address))


def _place(address: bytes) -> bytes:
    return address if len(address) in SOCKADDR_BYTES else address[:-4]


def pair_of(address: bytes) -> tuple[str, int]:
    """(host, port) of an address."""
    address = _place(address)
    family = socket.AF_INET if len(address) == 6 else socket.AF_INET6
    return socket.inet_ntop(family, address[2:]), int.from_bytes(address[:2], "big")


def address_of(name: tuple[Any, ...]) -> bytes:
    """The bytes of (host, port) or of (host, port, flow, scope)."""
    host, port = name[0].partition("%")[0], int(name[1])
    return port.to_bytes(2, "big") + socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)


def host_of(address: bytes) -> bytes:
    """The host alone: 4 bytes of IPv4, mapped or not, or 16 of IPv6."""
    host = _place(address)[2:]
    return host[12:] if host.startswith(MAPPED) else host


def open_port(host: str, port: int) -> socket.socket:
    """A non-blocking UDP socket with large buffers, on `::` for both families; raises `OSError` if the port is taken."""
    opened = open_socket(host, socket.SOCK_DGRAM)
    try:
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            _widen(opened, option)
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


def open_socket(host: str, kind: int) -> socket.socket:
    """A non-blocking socket of this kind for `host`, not bound yet; on `::` for both families."""
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
    if host == "::":
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    opened.setblocking(False)
    return opened


def _widen(opened: socket.socket, option: int) -> None:
    """As wide a buffer as the kernel grants: Linux takes less in silence, BSD and macOS refuse what is too much."""
    size = SOCKET_BUFFER_BYTES
    while size >= SLOT_BYTES:
        try:
            opened.setsockopt(socket.SOL_SOCKET, option, size)
            return
        except OSError:
            size //= 2


def _slots_of(memory: bytearray) -> list[memoryview]:
    whole = memoryview(memory)
    return [whole[at : at + SLOT_BYTES] for at in range(0, len(memory), SLOT_BYTES)]


class Inbox:
    """Slots for received datagrams, reused at each `fill`."""

    def __init__(self) -> None:
        self.memory = bytearray(SLOTS * SLOT_BYTES)
        self.views = _slots_of(self.memory)
        base = place_of(self.memory)
        self.pointers = [pointer_to(base + slot * SLOT_BYTES) for slot in range(SLOTS)]
        self.lengths = [0] * SLOTS
        self.addresses = [b""] * SLOTS


class _Rows(NamedTuple):
    """What packets of one number need, by viewer."""

    slots: list[memoryview]
    pointers: list[Any]
    lengths: memoryview
    length_pointers: list[Any]


class Fanout:
    """A few packets at a time, at most `most`, to a fixed set of viewers, each with its own keys.

    The packet numbered n of viewer v lies in row ``v * most + n``.
    """

    def __init__(self, calls: Calls, viewers: Sequence[tuple[SrtpSessions, Endpoint]], most: int = 1) -> None:
        viewers = sorted(viewers, key=lambda viewer: viewer[1].stream is not None)
        self.most = most
        self.count = len(viewers)
        self.datagrams = sum(endpoint.stream is None for _, endpoint in viewers)
        self.endpoints = [endpoint for _, endpoint in viewers]
        self.memory = bytearray(self.count * most * SLOT_BYTES)
        self.lengths = array("i", bytes(4 * self.count * most))
        self._whole = memoryview(self.memory)
        self._sessions = [sessions for sessions, _ in viewers]  # keeps the raw handles alive
        self._renumbered = [
            (viewer, each.payload_types) for viewer, each in enumerate(self._sessions) if each.payload_types
        ]
        self._handles = [sessions.outbound_raw for sessions in self._sessions]
        self._rows: list[_Rows] = []
        self._streams = [endpoint.stream for endpoint in self.endpoints if endpoint.stream is not None]
        self._flush = calls.sender(self)
        if self._streams:
            self._flush = self._flush_both(self._flush)

    def _flush_both(self, flush: Sender) -> Sender:
        def flush_both(first: int, last: int, runs: Sequence[Run]) -> int:
            sent = flush(first, min(last, self.datagrams), runs) if first < self.datagrams else 0
            for viewer in range(max(first, self.datagrams), last):
                stream = self._streams[viewer - self.datagrams]
                for datagram in self.datagrams_of(viewer, runs):
                    stream.send(bytes(datagram))
                    sent += not stream.is_closed
            return sent

        return flush_both

    def datagrams_of(self, viewer: int, runs: Sequence[Run]) -> Iterator[memoryview]:
        """The packets of `runs` as they are for this viewer."""
        for run in runs:
            for row in range(viewer * self.most + run[0], viewer * self.most + run[1]):
                yield self._whole[row * SLOT_BYTES : row * SLOT_BYTES + self.lengths[row]]

    def send(self, packets: Sequence[bytes]) -> tuple[int, int]:
        """Encrypt and send `packets` to everybody: (given to the kernel, refused by SRTP)."""
        refused: list[tuple[int, int]] = []
        for number, packet in enumerate(packets):
            if number == len(self._rows):
                self._rows.append(self._rows_of(number))
            failures = self._write(packet, self._rows[number])
            if any(failures):
                refused += [(viewer, number) for viewer, failure in enumerate(failures) if failure]
        if not refused:
            return self._flush(0, self.count, runs_of(packets)), 0
        everything = ((viewer, number) for viewer in range(self.count) for number in range(len(packets)))
        good = [(viewer, number) for viewer, number in everything if (viewer, number) not in refused]
        return sum(self._flush(viewer, viewer + 1, ((at, at + 1),)) for viewer, at in good), len(refused)

    def _write(self, packet: bytes, rows: _Rows) -> list[int]:
        """Put `packet`, encrypted, into `rows`; what SRTP says of each, 0 is good."""
        size = len(packet)
        for slot in rows.slots:
            slot[:size] = packet
        rows.lengths[:] = array("i", (size,)) * self.count
        for viewer, payload_types in self._renumbered:
            ours = packet[1] & 0x7F
            rows.slots[viewer][1] = packet[1] & 0x80 | payload_types.get(ours, ours)
        return list(map(protect_raw, self._handles, rows.pointers, rows.length_pointers))

    def _rows_of(self, number: int) -> _Rows:
        row_bytes = self.most * SLOT_BYTES
        starts = range(number * SLOT_BYTES, len(self.memory), row_bytes)
        base, lengths = place_of(self.memory), place_of(self.lengths)
        return _Rows(
            [self._whole[at : at + SLOT_BYTES] for at in starts],
            [pointer_to(base + at) for at in starts],
            memoryview(self.lengths)[number :: self.most],
            [length_pointer(lengths + 4 * row) for row in range(number, len(self.lengths), self.most)],
        )


def runs_of(packets: Sequence[bytes]) -> Sequence[Run]:
    """`packets` in runs of one size, of which the last may be shorter: a picture's are so."""
    runs, first = [], 0
    for at in range(1, len(packets) + 1):
        size = len(packets[at - 1])
        if at == len(packets) or size < len(packets[first]) or len(packets[at]) > size:
            runs.append((first, at))
            first = at
    return runs


class Sender(Protocol):
    """Sends the packets of `runs` to the viewers first … last - 1, all by datagrams; how many packets the kernel took."""

    def __call__(self, first: int, last: int, runs: Sequence[Run]) -> int: ...


class Calls(Protocol):
    """One way of talking to the kernel."""

    name: str

    def fill(self, inbox: Inbox) -> int:
        """Receive what is there, at most `SLOTS` datagrams; how many there were."""

    def sender(self, fanout: Fanout) -> Sender:
        """What sends the slots of `fanout`."""


class PortableCalls:
    """One recvfrom and one sendto per datagram: works everywhere."""

    name = "portable"

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened

    def fill(self, inbox: Inbox) -> int:
        for slot in range(SLOTS):
            try:
                size, name = self._socket.recvfrom_into(inbox.views[slot])
            except OSError:  # nothing more, or an ICMP error of an earlier datagram
                return slot
            inbox.lengths[slot], inbox.addresses[slot] = size, address_of(name)
        return SLOTS

    def sender(self, fanout: Fanout) -> Sender:
        send_to = self._socket.sendto

        def flush(first: int, last: int, runs: Sequence[Run]) -> int:
            sent = 0
            for viewer in range(first, last):
                for datagram in fanout.datagrams_of(viewer, runs):
                    try:
                        send_to(datagram, fanout.endpoints[viewer].pair)
                        sent += 1
                    except BlockingIOError:
                        return sent
                    except OSError:
                        continue
            return sent

        return flush


class MmsgCalls:
    """recvmmsg and sendmmsg: one call for many datagrams."""

    name = "sendmmsg"

    def __init__(self, opened: socket.socket, segments: Segments | None = None) -> None:
        self._descriptor = opened.fileno()
        self.segments = segments or segments_of(opened)
        self._address_bytes = 18 if opened.family == socket.AF_INET6 else 6
        self._receiver: MmsgReceiver | None = None

    def fill(self, inbox: Inbox) -> int:
        if self._receiver is None:
            self._receiver = MmsgReceiver(
                self._descriptor, inbox.memory, inbox.lengths, inbox.addresses, self._address_bytes
            )
        return self._receiver.fill()

    def sender(self, fanout: Fanout) -> Sender:
        names = [(endpoint.sockaddr, endpoint.place) for endpoint in fanout.endpoints[: fanout.datagrams]]
        if not names:
            return lambda first, last, runs: 0
        opened = self._descriptor, self.segments
        return MmsgSender(opened, fanout.memory, SLOT_BYTES, fanout.most, fanout.lengths, names).flush


def choose_calls(opened: socket.socket, portable: bool) -> Any:
    """The fastest `Calls` this machine has, or the portable ones if asked for."""
    return PortableCalls(opened) if portable or not is_available() else MmsgCalls(opened)
