"""RTP packets: reading and writing (RFC 3550, 4588, 8285).

Theory. Numbers on the wire are 16 bits (sequence) or 32 bits (timestamp) and wrap; inside the process a
sequence number is *extended*: an integer that never wraps. `extended` picks the one nearest to a number
already known.

Rules.
- Padding is never passed on. A packet of padding only has an empty payload here.
- A packet that does not parse raises `RtpError` and nothing else.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

FIXED_HEADER = struct.Struct("!BBHLL")
HEADER_BYTES = 12
ONE_BYTE_PROFILE = 0xBEDE


class RtpError(ValueError):
    """The bytes are not an RTP packet."""


@dataclass(slots=True)
class RtpPacket:
    """One packet, without its padding. `extension` is the body of a one-byte header extension, or empty."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    extension: bytes = b""


def parse_rtp(data: bytes | memoryview) -> RtpPacket:
    """The packet in `data` (already decrypted); raises `RtpError`."""
    size = len(data)
    if size < HEADER_BYTES:
        raise RtpError("short")
    first, second, sequence, timestamp, ssrc = FIXED_HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise RtpError("version")
    at = HEADER_BYTES + 4 * (first & 0x0F)
    extension = b""
    if first & 0x10:
        if at + 4 > size:
            raise RtpError("extension")
        profile, words = struct.unpack_from("!HH", data, at)
        end = at + 4 + 4 * words
        if profile == ONE_BYTE_PROFILE:
            extension = bytes(data[at + 4 : end])
        at = end
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            raise RtpError("padding")
        size -= padding
    if at > size:
        raise RtpError("header longer than packet")
    return RtpPacket(second >= 0x80, second & 0x7F, sequence, timestamp, ssrc, bytes(data[at:size]), extension)


def write_rtp(payload_type: int, marker: bool, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> bytes:
    """A packet with the plain 12-byte header; `sequence` and `timestamp` may be extended numbers."""
    second = payload_type | 0x80 if marker else payload_type
    return FIXED_HEADER.pack(0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def write_padding(payload_type: int, sequence: int, timestamp: int, ssrc: int, octets: int = 4) -> bytes:
    """A packet of padding only (1…255 octets): it keeps numbers and keys in step and is never played (RFC 3550 section 5.1)."""
    header = FIXED_HEADER.pack(0xA0, payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return header + bytes(octets - 1) + bytes([octets])


def is_padding(packet: bytes) -> bool:
    """True for one that `write_padding` made, among those of this process."""
    return packet[0] & 0x20 != 0


def unwrap_rtx(packet: RtpPacket, media_payload_type: int, media_ssrc: int) -> RtpPacket | None:
    """The original packet carried by a retransmission (RFC 4588 section 4); None for a bandwidth probe."""
    if len(packet.payload) <= 2:
        return None
    sequence = int.from_bytes(packet.payload[:2], "big")
    return RtpPacket(packet.marker, media_payload_type, sequence, packet.timestamp, media_ssrc, packet.payload[2:])


def header_extensions(extension: bytes) -> Iterator[tuple[int, bytes]]:
    """The (id, value) pairs of a one-byte header extension (RFC 8285 section 4.2); stops where it makes no sense."""
    at = 0
    while at < len(extension):
        head = extension[at]
        at += 1
        if head == 0:
            continue
        identity, size = head >> 4, (head & 0x0F) + 1
        if identity == 15:
            return
        yield identity, extension[at : at + size]
        at += size


def extended(number: int, near: int, bits: int = 16) -> int:
    """The extended number whose low `bits` are `number` and which is nearest to `near`."""
    half = 1 << (bits - 1)
    return near + ((number - near + half) & ((1 << bits) - 1)) - half
