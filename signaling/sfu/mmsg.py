"""recvmmsg(2) and sendmmsg(2) by cffi in ABI mode: no compiler is needed.

Theory. Most of what a datagram costs is its way through the kernel. Several of one size to one address make that way once, as
*segments* of one datagram which the kernel, or the network card, parts at the end (udp(7), UDP_SEGMENT; only the last of them
may be shorter). On the line they are what they were.

Rules.
- Arrays of headers are built once per set of viewers; per packet only the lengths are written.
- What the kernel refuses in segments (the way there takes only less at once) is sent one by one. Where the network card cannot
  part them, nothing is sent in segments any more.
- A socket has one family, so all its sockaddrs have one length (netinet/in.h): `SOCKADDR_BYTES`, by that of the
  address in them (port and host).
- All memory pointed to is owned by Python objects that those here keep alive.
"""

from __future__ import annotations

import errno
import platform
import socket
import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cffi

_ffi = cffi.FFI()
_ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen;
        struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int sendmmsg(int, struct mmsghdr *, unsigned int, int);
    int recvmmsg(int, struct mmsghdr *, unsigned int, int, void *);
    """
)
MSG_DONTWAIT = 0x40
SOCKADDR_BYTES = {6: 16, 18: 28}
UDP_SEGMENT = 103

Run = tuple[int, int]
"""The packets first … last - 1 of those sent together: all of one size, the last perhaps shorter."""

_CONTROL = struct.Struct("=QiiH6x")
"""A cmsghdr (cmsg(3)) and the bytes of a segment, which are half-word `_SEGMENT_AT`; `_CONTROL_BYTES` of it count."""
_SEGMENT_AT, _CONTROL_BYTES = 8, 18
_VECTOR_BYTES, _HEADER_WORDS = 16, 8
"""An mmsghdr in words of 64 bits: name, its length, vectors, their number, control, its length, flags, length."""

_LENGTH_AT = 2 if sys.byteorder == "little" else 3
"""Where the low half of `iov_len` lies in an iovec of four 32-bit words; `msg_len` is word 14 of 16 of an mmsghdr."""


def place_of(memory: bytearray | array[int]) -> int:
    """Where `memory` lies; good until it is resized or freed."""
    return int(_ffi.cast("uintptr_t", _ffi.from_buffer(memory)))


def write_sockaddr(sockaddr: bytearray, address: bytes) -> None:
    """Make `sockaddr` the sockaddr_in or sockaddr_in6 of `address`."""
    is_version_4 = len(address) == 6
    family = socket.AF_INET if is_version_4 else socket.AF_INET6
    sockaddr[:4] = int(family).to_bytes(2, sys.byteorder) + address[:2]
    if is_version_4:
        sockaddr[4:8] = address[2:]
    else:
        sockaddr[8:24] = address[2:]


def is_available() -> bool:
    """True on 64-bit Linux with glibc's or musl's calls."""
    return sys.platform == "linux" and platform.architecture()[0] == "64bit" and _load() is not None


def _load() -> Any:
    try:
        library: Any = _ffi.dlopen(None)
        return library if library.sendmmsg and library.recvmmsg else None
    except (OSError, AttributeError):
        return None


_calls: Any = _load() if sys.platform == "linux" else None


class _Headers:
    """Vectors, one per row of `row_bytes` of the memory at `base`, and headers, each of the first of `most` rows.

    `names` are where the sockaddrs lie, `name_bytes` long.
    """

    def __init__(self, base: int, row_bytes: int, names: Sequence[int], name_bytes: int, most: int = 1) -> None:
        count = len(names)
        rows = count * most
        self.vectors: Any = _ffi.new("struct iovec[]", rows)
        self.headers: Any = _ffi.new("struct mmsghdr[]", count)
        vectors = memoryview(_ffi.buffer(self.vectors)).cast("Q")
        vectors[0::2] = array("Q", range(base, base + rows * row_bytes, row_bytes))
        vectors[1::2] = array("Q", (row_bytes,)) * rows
        first = int(_ffi.cast("uintptr_t", self.vectors))
        self.words = memoryview(_ffi.buffer(self.headers)).cast("Q")
        self.word(0)[:] = array("Q", names)
        self.words.cast("B").cast("I")[2 :: 2 * _HEADER_WORDS] = array("I", (name_bytes,)) * count
        self.word(2)[:] = array("Q", range(first, first + rows * _VECTOR_BYTES, most * _VECTOR_BYTES))
        self.word(3)[:] = array("Q", (1,)) * count

    def word(self, number: int) -> memoryview:
        """This word of each header."""
        return self.words[number::_HEADER_WORDS]


class MmsgReceiver:
    """Receives into the rows of `memory`, telling `lengths` and `addresses` (`address_bytes` each)."""

    def __init__(
        self, descriptor: int, memory: bytearray, lengths: list[int], addresses: list[bytes], address_bytes: int
    ) -> None:
        self._descriptor = descriptor
        self._lengths, self._addresses = lengths, addresses
        self._count, size = len(lengths), SOCKADDR_BYTES[address_bytes]
        names = bytearray(self._count * size)
        self._owned = (memory, names)
        places = range(place_of(names), place_of(names) + len(names), size)
        self._rows = _Headers(place_of(memory), len(memory) // self._count, places, size)
        self._received = memoryview(_ffi.buffer(self._rows.headers)).cast("I")[14::16]
        whole, hosts = memoryview(names), slice(4, 8) if address_bytes == 6 else slice(8, 24)
        rows = [whole[at : at + size] for at in range(0, len(names), size)]
        self._names = [(row[2:4], row[hosts]) for row in rows]

    def fill(self) -> int:
        """Receive what is there; how many datagrams there were."""
        count: int = _calls.recvmmsg(self._descriptor, self._rows.headers, self._count, MSG_DONTWAIT, _ffi.NULL)
        for row in range(count):
            self._lengths[row] = self._received[row]
            self._addresses[row] = b"".join(self._names[row])
        return max(count, 0)


@dataclass(slots=True)
class Segments:
    """Whether several packets may go to one address at once; the senders of one socket share it."""

    are_possible: bool


def segments_of(opened: socket.socket) -> Segments:
    """What the kernel says of this socket. One that does not know of segments would send them as one datagram."""
    try:
        opened.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    except OSError:
        return Segments(False)
    return Segments(True)


class MmsgSender:
    """Sends packets to `names`, sockaddrs and where they lie: that numbered n for name a is row ``a * most + n`` of `memory`.

    Rows are `row_bytes` apart and `lengths` long each.
    """

    def __init__(
        self,
        opened: tuple[int, Segments],
        memory: bytearray,
        row_bytes: int,
        most: int,
        lengths: array[int],
        names: Sequence[tuple[bytearray, int]],
    ) -> None:
        self._descriptor, self._segments = opened
        count, size = len(names), len(names[0][0])
        controls = bytearray(_CONTROL.pack(_CONTROL_BYTES, socket.IPPROTO_UDP, UDP_SEGMENT, 0) * count)
        self._owned = (memory, names, controls)
        self._rows = _Headers(place_of(memory), row_bytes, [place for _, place in names], size, most)
        self._headers: Any = self._rows.headers
        control = place_of(controls)
        self._rows.word(4)[:] = array("Q", range(control, control + len(controls), _CONTROL.size))
        vector_lengths = memoryview(_ffi.buffer(self._rows.vectors)).cast("i")[_LENGTH_AT::4]
        ours = memoryview(lengths)[: count * most]
        self._lengths = [(vector_lengths[at::most], ours[at::most]) for at in range(most)]
        self._segment_bytes = memoryview(controls).cast("H")[_SEGMENT_AT :: _CONTROL.size // 2]
        self._starts, self._sizes, self._controls = (self._rows.word(number) for number in (2, 3, 5))
        self._first = array("Q", self._starts)
        self._run, self._segment = (0, 1), 0

    def flush(self, first: int, last: int, runs: Sequence[Run]) -> int:
        """Send the packets of `runs` to the names `first` … `last` - 1; how many packets the kernel took."""
        sent = 0
        for run in runs:
            sent += self._send(first, last, run)
        return sent

    def _send(self, first: int, last: int, run: Run) -> int:
        size = run[1] - run[0]
        if size > 1 and not self._segments.are_possible:
            return sum(self._send(first, last, (at, at + 1)) for at in range(*run))
        for told, lengths in self._lengths[slice(*run)]:
            told[:] = lengths
        if run != self._run:
            self._point(run)
        lengths = self._lengths[run[0]][1]
        if size > 1 and lengths[0] != self._segment:  # what SRTP adds is the same each time
            self._segment_bytes[:], self._segment = array("H", lengths), lengths[0]
        sent = 0
        at = first
        while at < last:
            taken: int = _calls.sendmmsg(self._descriptor, self._headers + at, last - at, 0)
            if taken > 0:
                sent += taken * size
                at += taken
            elif _ffi.errno in (errno.EAGAIN, errno.ENOBUFS):
                break
            else:
                if size > 1:
                    self._segments.are_possible = _ffi.errno != errno.EIO
                    sent += sum(self._send(at, at + 1, (one, one + 1)) for one in range(*run))
                    self._point(run)
                at += 1  # one address cannot be reached: the others can
        return sent

    def _point(self, run: Run) -> None:
        """Let every header name the packets of `run`."""
        count, size = len(self._starts), run[1] - run[0]
        self._starts[:] = array("Q", (start + run[0] * _VECTOR_BYTES for start in self._first))
        self._sizes[:] = array("Q", (size,)) * count
        self._controls[:] = array("Q", (_CONTROL_BYTES if size > 1 else 0,)) * count
        self._run = run
