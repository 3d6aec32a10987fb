"""What a forwarder must know of VP8: key frames, and the numbers of pictures (RFC 7741). Pure.

Theory. A packet's payload descriptor may number its picture (7 or 15 bits, one more for each) and its base layer
(TL0PICIDX, 8 bits). Decoders order frames by these numbers, so a stream that is pieced together from several encoders
must go on counting where it left off, or frames after a cut look old. Two layers of a simulcast count separately.

Rules.
- The size of a descriptor never changes: a number is written into the bits it came in.
- Numbers of one source keep their distances; what a cut changes is one difference each.
- Between two cuts a packet gets the same numbers whenever it comes: late and recovered ones fit.
"""

from dataclasses import dataclass

_X, _S, _PARTITION = 0x80, 0x10, 0x07
_I, _L, _T_OR_K = 0x80, 0x40, 0x30
PICTURE_BITS = 0x7FFF


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Where things lie in a payload: 0 means that it is not there. `header_at` is behind the descriptor."""

    picture_at: int
    picture_bits: int
    base_at: int
    header_at: int


def _layout(flags: int, is_long: bool) -> Descriptor:
    at = 2
    picture_at = picture_bits = base_at = 0
    if flags & _I:
        picture_at, picture_bits = (at, 15) if is_long else (at, 7)
        at += 2 if is_long else 1
    if flags & _L:
        base_at = at
        at += 1
    if flags & _T_OR_K:
        at += 1
    return Descriptor(picture_at, picture_bits, base_at, at)


_SHORT = Descriptor(0, 0, 0, 1)
_LAYOUTS = [_layout(each >> 1 << 4, each & 1 == 1) for each in range(32)]
"""By the four flags I, L, T and K, then by the first bit of the picture's number."""


def parse_descriptor(payload: bytes) -> Descriptor | None:
    """The payload descriptor (RFC 7741 section 4.2); None if it is cut short."""
    size = len(payload)
    if not size:
        return None
    if not payload[0] & _X:
        return _SHORT
    if size < 3:
        return None
    found = _LAYOUTS[payload[1] >> 4 << 1 | payload[2] >> 7]
    return found if found.header_at <= size else None


def starts_vp8_key_frame(payload: bytes) -> bool:
    """True for the first packet of a key frame (RFC 7741 section 4.3)."""
    if not payload or payload[0] & (_S | _PARTITION) != _S:
        return False
    descriptor = parse_descriptor(payload)
    return descriptor is not None and descriptor.header_at < len(payload) and not payload[descriptor.header_at] & 1


class PictureNumbers:
    """One continuous count of pictures out of many sources."""

    def __init__(self) -> None:
        self._picture_delta = 0
        self._base_delta = 0
        self._last_picture: int | None = None
        self._last_base: int | None = None

    def begin(self, payload: bytes) -> None:
        """From here on pictures come from a source whose first packet is `payload`."""
        found = parse_descriptor(payload)
        if found is None:
            return
        if found.picture_at and self._last_picture is not None:
            self._picture_delta = (self._last_picture + 1 - _picture(payload, found)) & PICTURE_BITS
        if found.base_at and self._last_base is not None:
            self._base_delta = (self._last_base + 1 - payload[found.base_at]) & 0xFF

    def place(self, payload: bytes) -> bytes:
        """`payload` with the numbers it has in this count."""
        found = parse_descriptor(payload)
        if found is None or not (found.picture_at or found.base_at):
            return payload
        if found.picture_at:
            number = (_picture(payload, found) + self._picture_delta) & PICTURE_BITS
            if self._last_picture is None or 0 < (number - self._last_picture) & PICTURE_BITS < 0x4000:
                self._last_picture = number
        if found.base_at:
            base = (payload[found.base_at] + self._base_delta) & 0xFF
            if self._last_base is None or 0 < (base - self._last_base) & 0xFF < 0x80:
                self._last_base = base
        if not (self._picture_delta or self._base_delta):
            return payload
        head = bytearray(payload[: found.header_at])
        if found.picture_bits == 15:
            head[found.picture_at : found.picture_at + 2] = (number | 0x8000).to_bytes(2, "big")
        elif found.picture_bits == 7:
            head[found.picture_at] = number & 0x7F
        if found.base_at:
            head[found.base_at] = base
        return bytes(head) + payload[found.header_at :]


def _picture(payload: bytes, found: Descriptor) -> int:
    if found.picture_bits == 7:
        return payload[found.picture_at]
    return int.from_bytes(payload[found.picture_at : found.picture_at + 2], "big") & PICTURE_BITS
