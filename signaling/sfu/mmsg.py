"""recvmmsg(2) and sendmmsg(2) by cffi in ABI mode: no compiler is needed.

Rules.
- Arrays of headers are built once per set of viewers; per packet only the lengths are written.
- A socket has one family, so all its sockaddrs have one length (netinet/in.h): `SOCKADDR_BYTES`, by that of the
  address in them (port and host).
- All memory pointed to is owned by Python objects that those here keep alive.
"""

from __future__ import annotations

import errno
import platform
import socket
import sys
from array import array
from collections.abc import Sequence
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


def _headers(base: int, row_bytes: int, names: Sequence[int], name_bytes: int) -> tuple[Any, Any]:
    """Vectors and headers, one per row of the memory at `base`; `names` are where the sockaddrs lie, `name_bytes` long."""
    count = len(names)
    vectors: Any = _ffi.new("struct iovec[]", count)
    headers: Any = _ffi.new("struct mmsghdr[]", count)
    for row in range(count):
        vectors[row].iov_base = _ffi.cast("void *", base + row * row_bytes)
        vectors[row].iov_len = row_bytes
        header = headers[row].msg_hdr
        header.msg_name = _ffi.cast("void *", names[row])
        header.msg_namelen = name_bytes
        header.msg_iov = vectors + row
        header.msg_iovlen = 1
    return vectors, headers


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
        self._vectors, self._headers = _headers(place_of(memory), len(memory) // self._count, places, size)
        self._received = memoryview(_ffi.buffer(self._headers)).cast("I")[14::16]
        whole, hosts = memoryview(names), slice(4, 8) if address_bytes == 6 else slice(8, 24)
        rows = [whole[at : at + size] for at in range(0, len(names), size)]
        self._names = [(row[2:4], row[hosts]) for row in rows]

    def fill(self) -> int:
        """Receive what is there; how many datagrams there were."""
        count: int = _calls.recvmmsg(self._descriptor, self._headers, self._count, MSG_DONTWAIT, _ffi.NULL)
        for row in range(count):
            self._lengths[row] = self._received[row]
            self._addresses[row] = b"".join(self._names[row])
        return max(count, 0)


class MmsgSender:
    """Sends rows of `memory`, `row_bytes` apart and `lengths` long each, to the sockaddrs `names`."""

    def __init__(
        self, descriptor: int, memory: bytearray, row_bytes: int, lengths: array[int], names: Sequence[bytearray]
    ) -> None:
        self._descriptor = descriptor
        self._owned = (memory, names)
        places = [place_of(name) for name in names]
        self._vectors, self._headers = _headers(place_of(memory), row_bytes, places, len(names[0]))
        self._lengths = memoryview(lengths)[: len(names)]
        self._vector_lengths = memoryview(_ffi.buffer(self._vectors)).cast("i")[_LENGTH_AT::4]

    def flush(self, first: int, last: int) -> int:
        """Send rows `first` … `last` - 1; how many the kernel took."""
        self._vector_lengths[:] = self._lengths
        sent = 0
        at = first
        while at < last:
            taken: int = _calls.sendmmsg(self._descriptor, self._headers + at, last - at, 0)
            if taken > 0:
                sent += taken
                at += taken
            elif _ffi.errno in (errno.EAGAIN, errno.ENOBUFS):
                break
            else:
                at += 1  # one address cannot be reached: the others can
        return sent
