"""recvmmsg(2) and sendmmsg(2) by cffi in ABI mode: no compiler is needed.

Rules.
- Arrays of headers are built once per set of viewers; per packet only the lengths are written.
- A socket has one family, so all its sockaddrs have one length (netinet/in.h): `SOCKADDR_BYTES`, by that of the
  address in them (port and host).
- All memory pointed to is owned by numpy arrays that the objects here keep alive.
"""

import errno
import platform
import socket
import sys
from typing import Any

import cffi
import numpy as np
import numpy.typing as npt

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

Bytes2D = npt.NDArray[np.uint8]


def write_sockaddr(sockaddr: npt.NDArray[np.uint8], address: bytes) -> None:
    """Make `sockaddr` the sockaddr_in or sockaddr_in6 of `address`."""
    is_version_4 = len(address) == 6
    family = np.uint16(socket.AF_INET if is_version_4 else socket.AF_INET6)
    sockaddr[:2] = np.frombuffer(family.tobytes(), dtype=np.uint8)
    sockaddr[2:4] = np.frombuffer(address[:2], dtype=np.uint8)
    if is_version_4:
        sockaddr[4:8] = np.frombuffer(address[2:], dtype=np.uint8)
    else:
        sockaddr[8:24] = np.frombuffer(address[2:], dtype=np.uint8)


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


def _headers(memory: Bytes2D, names: list[int], name_bytes: int) -> tuple[Any, Any]:
    """Vectors and headers, one per row of `memory`; `names` points to the sockaddrs, `name_bytes` long."""
    count, row_bytes = memory.shape
    vectors: Any = _ffi.new("struct iovec[]", count)
    headers: Any = _ffi.new("struct mmsghdr[]", count)
    base = memory.ctypes.data
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
        self, descriptor: int, memory: Bytes2D, lengths: list[int], addresses: list[bytes], address_bytes: int
    ) -> None:
        self._descriptor = descriptor
        self._lengths, self._addresses = lengths, addresses
        count, size = len(memory), SOCKADDR_BYTES[address_bytes]
        self._names = np.zeros((count, size), dtype=np.uint8)
        base = self._names.ctypes.data
        self._memory = memory
        self._vectors, self._headers = _headers(memory, [base + row * size for row in range(count)], size)
        names = memoryview(self._names.data).cast("B")
        self._rows = [names[row * size : row * size + size] for row in range(count)]
        self._reads_version_4 = address_bytes == 6

    def fill(self) -> int:
        """Receive what is there; how many datagrams there were."""
        headers = self._headers
        count = int(_calls.recvmmsg(self._descriptor, headers, len(self._lengths), MSG_DONTWAIT, _ffi.NULL))
        for row in range(count):
            self._lengths[row] = headers[row].msg_len
            name = self._rows[row]
            self._addresses[row] = bytes(name[2:8]) if self._reads_version_4 else bytes(name[2:4]) + bytes(name[8:24])
        return max(count, 0)


class MmsgSender:
    """Sends the rows of `memory`, `lengths` bytes each, to the sockaddrs `names`."""

    def __init__(
        self,
        descriptor: int,
        memory: Bytes2D,
        lengths: npt.NDArray[np.int32],
        names: list[npt.NDArray[np.uint8]],
    ) -> None:
        self._descriptor = descriptor
        self._owned = (memory, names)
        self._lengths = lengths
        self._vectors, self._headers = _headers(memory, [name.ctypes.data for name in names], len(names[0]))
        words = np.frombuffer(memoryview(_ffi.buffer(self._vectors)), dtype=np.uint64).reshape(len(memory), 2)
        self._vector_lengths = words[:, 1]

    def flush(self, first: int, last: int) -> int:
        """Send rows `first` … `last` - 1; how many the kernel took."""
        self._vector_lengths[first:last] = self._lengths[first:last]
        sent = 0
        at = first
        while at < last:
            taken = int(_calls.sendmmsg(self._descriptor, self._headers + at, last - at, 0))
            if taken > 0:
                sent += taken
                at += taken
            elif _ffi.errno in (errno.EAGAIN, errno.ENOBUFS):
                break
            else:
                at += 1  # one address cannot be reached: the others can
        return sent
