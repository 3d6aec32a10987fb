"""RFC 4571 framing, and what waits to be sent on one TCP connection. Pure.

Theory. Over TCP each datagram is preceded by its length in two bytes; what is inside is what UDP would carry (RFC 6544). A
connection that is slower than its conference has a queue, and in a queue everything gets late. So there are two lanes:
sound, checks and reports go before pictures, and each lane is bounded by what still makes sense after the wait.

Rules.
- Pictures are given up first, and all that wait at once: after a hole nothing in between can be decoded.
- Of the urgent lane the oldest is given up: old sound is of no use.
- A frame of which something has been sent is sent to its end.
"""

from collections import deque

LENGTH_BYTES = 2
LARGEST_FRAME = 2047
URGENT_BYTES = 32 << 10
PICTURE_BYTES = 192 << 10
CHUNK_BYTES = 16 << 10
PICTURE_PAYLOAD_TYPES = (96, 97)


class FramingError(ValueError):
    """The connection carries something else than frames of our size."""


class Deframer:
    """Bytes as they come, to whole datagrams, of at most `largest` bytes."""

    def __init__(self, largest: int = LARGEST_FRAME) -> None:
        self._largest = largest
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The datagrams that `data` completes, empty ones left out; raises `FramingError` for one that is too long."""
        data = self._rest + data
        found: list[bytes] = []
        at = 0
        while at + LENGTH_BYTES <= len(data):
            size = int.from_bytes(data[at : at + LENGTH_BYTES], "big")
            if size > self._largest:
                raise FramingError(f"a frame of {size} bytes")
            end = at + LENGTH_BYTES + size
            if end > len(data):
                break
            if size:
                found.append(data[at + LENGTH_BYTES : end])
            at = end
        self._rest = data[at:]
        return found


class Backlog:
    """What waits to be sent."""

    def __init__(self) -> None:
        self._urgent = _Lane()
        self._pictures = _Lane()

    def __bool__(self) -> bool:
        return bool(self._urgent.frames or self._pictures.frames)

    @property
    def waiting_bytes(self) -> int:
        """Never more than both bounds together."""
        return self._urgent.size + self._pictures.size

    def add(self, datagram: bytes) -> int:
        """Queue `datagram`; how many datagrams were given up for it."""
        frame = len(datagram).to_bytes(LENGTH_BYTES, "big") + datagram
        dropped = 0
        if is_picture(datagram):
            if self._pictures.size + len(frame) > PICTURE_BYTES:
                dropped = len(self._pictures.frames)
                self._pictures.clear()
            self._pictures.add(frame)
            return dropped
        while self._urgent.size + len(frame) > URGENT_BYTES:
            self._urgent.take()
            dropped += 1
        self._urgent.add(frame)
        return dropped

    def take(self) -> bytes:
        """What to send next, about `CHUNK_BYTES` of whole frames; nothing when nothing waits."""
        chunk: list[bytes] = []
        size = 0
        while size < CHUNK_BYTES and self:
            frame = (self._urgent if self._urgent.frames else self._pictures).take()
            chunk.append(frame)
            size += len(frame)
        return b"".join(chunk)


class _Lane:
    def __init__(self) -> None:
        self.frames: deque[bytes] = deque()
        self.size = 0

    def add(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.size += len(frame)

    def take(self) -> bytes:
        frame = self.frames.popleft()
        self.size -= len(frame)
        return frame

    def clear(self) -> None:
        self.frames.clear()
        self.size = 0


def is_picture(datagram: bytes) -> bool:
    """True for a packet of a picture, by what SRTP leaves readable."""
    return len(datagram) > 1 and 128 <= datagram[0] < 192 and datagram[1] & 0x7F in PICTURE_PAYLOAD_TYPES
