"""RTCP: what is read from browsers and what is written to them (RFC 3550 section 6, RFC 4585, RFC 5104, REMB draft).

Theory. A datagram is a *compound* of packets, each with its length in 32-bit words. `parse_rtcp` turns it
into small values; kinds we do not use are skipped by length. With reduced-size RTCP (RFC 5506) a compound
may begin with feedback.

Rules.
- A compound that is cut short or does not parse raises `RtcpError`; nothing of it is used.
- Report blocks give loss as the receiver saw it; times are in the units of the wire (1/65536 s, 32.32 NTP
  seconds).
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SENDER_REPORT = 200
RECEIVER_REPORT = 201
SOURCE_DESCRIPTION = 202
GOODBYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206

GENERIC_NACK = 1
PICTURE_LOSS = 1
FULL_INTRA_REQUEST = 4
APPLICATION_LAYER = 15
ARRIVALS = 15

OUR_SSRC = 1
"""The SSRC under which the server reports and asks; media streams never have it."""

NTP_EPOCH_OFFSET = 2_208_988_800


class RtcpError(ValueError):
    """The bytes are not a compound RTCP packet."""


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """How one stream arrives (RFC 3550 section 6.4.1). `fraction_lost` is in 1/256, `jitter` in clock ticks."""

    ssrc: int
    fraction_lost: int
    cumulative_lost: int
    highest_sequence: int
    jitter: int
    last_sender_report: int
    delay_since: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """Pairs a stream's timestamps with its sender's clock. `ntp` is 32.32 fixed point."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Nack:
    """The sequence numbers of `ssrc` that a receiver misses."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameRequest:
    """A picture loss indication or a full intra request."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Goodbye:
    """These streams end."""

    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BitRateLimit:
    """REMB: the receiver believes it can take `bits_per_second` over these streams together."""

    bits_per_second: int
    ssrcs: tuple[int, ...]


RtcpPacket = SenderReport | ReportBlock | Nack | KeyFrameRequest | Goodbye | BitRateLimit


def parse_rtcp(data: bytes) -> list[RtcpPacket]:
    """Everything of use in a compound packet, report blocks singly; raises `RtcpError`."""
    found: list[RtcpPacket] = []
    at = 0
    try:
        while at < len(data):
            first, kind, words = struct.unpack_from("!BBH", data, at)
            end = at + 4 * (words + 1)
            if first >> 6 != 2 or end > len(data):
                raise RtcpError("header")
            body_end = end
            if first & 0x20:
                body_end -= data[end - 1]
            _parse_one(kind, first & 0x1F, data[at + 4 : body_end], found)
            at = end
    except struct.error as error:
        raise RtcpError("short") from error
    return found


def _parse_one(kind: int, count: int, body: bytes, found: list[RtcpPacket]) -> None:
    if kind == SENDER_REPORT:
        found.append(SenderReport(*struct.unpack_from("!LQLLL", body)))
        _parse_blocks(body, 24, count, found)
    elif kind == RECEIVER_REPORT:
        _parse_blocks(body, 4, count, found)
    elif kind == GOODBYE:
        found.append(Goodbye(struct.unpack_from(f"!{count}L", body)))
    elif kind == TRANSPORT_FEEDBACK and count == GENERIC_NACK:
        sequences: list[int] = []
        for at in range(8, len(body) - 3, 4):
            first, following = struct.unpack_from("!HH", body, at)
            sequences.append(first)
            sequences.extend((first + bit + 1) & 0xFFFF for bit in range(16) if following >> bit & 1)
        found.append(Nack(struct.unpack_from("!L", body, 4)[0], tuple(sequences)))
    elif kind == PAYLOAD_FEEDBACK and count == PICTURE_LOSS:
        found.append(KeyFrameRequest(struct.unpack_from("!L", body, 4)[0]))
    elif kind == PAYLOAD_FEEDBACK and count == FULL_INTRA_REQUEST:
        # RFC 5104 section 4.3.1: the stream is named in the entries, not in the header.
        found.extend(KeyFrameRequest(struct.unpack_from("!L", body, at)[0]) for at in range(8, len(body) - 7, 8))
    elif kind == PAYLOAD_FEEDBACK and count == APPLICATION_LAYER and body[8:12] == b"REMB":
        streams, head, low = struct.unpack_from("!BBH", body, 12)
        bits = ((head & 3) << 16 | low) << (head >> 2)
        found.append(BitRateLimit(bits, struct.unpack_from(f"!{streams}L", body, 16)))


def _parse_blocks(body: bytes, at: int, count: int, found: list[RtcpPacket]) -> None:
    for start in range(at, at + 24 * count, 24):
        ssrc, lost, highest, jitter, last, delay = struct.unpack_from("!LLLLLL", body, start)
        cumulative = lost & 0xFFFFFF
        if cumulative & 0x800000:
            cumulative -= 0x1000000
        found.append(ReportBlock(ssrc, lost >> 24, cumulative, highest, jitter, last, delay))


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def write_sender_report(report: SenderReport) -> bytes:
    """A sender report without report blocks."""
    body = struct.pack(
        "!LQLLL",
        report.ssrc,
        report.ntp,
        report.timestamp & 0xFFFFFFFF,
        report.packets & 0xFFFFFFFF,
        report.octets & 0xFFFFFFFF,
    )
    return _packet(SENDER_REPORT, 0, body)


def write_receiver_report(blocks: Sequence[ReportBlock]) -> bytes:
    """A receiver report with up to 31 blocks."""
    body = struct.pack("!L", OUR_SSRC)
    for block in blocks:
        lost = max(-0x800000, min(0x7FFFFF, block.cumulative_lost)) & 0xFFFFFF
        body += struct.pack(
            "!LLLLLL",
            block.ssrc,
            block.fraction_lost << 24 | lost,
            block.highest_sequence & 0xFFFFFFFF,
            block.jitter & 0xFFFFFFFF,
            block.last_sender_report,
            block.delay_since & 0xFFFFFFFF,
        )
    return _packet(RECEIVER_REPORT, len(blocks), body)


def write_names(names: Iterable[tuple[int, str]]) -> bytes:
    """A source description with the CNAME of each (ssrc, name), up to 31 (RFC 3550 section 6.5.1)."""
    body = b""
    count = 0
    for ssrc, name in names:
        text = name.encode()
        chunk = struct.pack("!LBB", ssrc, 1, len(text)) + text + b"\0"
        body += chunk + bytes(-len(chunk) % 4)
        count += 1
    return _packet(SOURCE_DESCRIPTION, count, body)


def write_nack(ssrc: int, sequences: Sequence[int]) -> bytes:
    """Asks for `sequences` (16-bit, in rising order) once more."""
    entries = b""
    rest = list(sequences)
    while rest:
        first = rest.pop(0)
        following = 0
        while rest and 0 < (distance := (rest[0] - first) & 0xFFFF) <= 16:
            following |= 1 << (distance - 1)
            rest.pop(0)
        entries += struct.pack("!HH", first & 0xFFFF, following)
    return _packet(TRANSPORT_FEEDBACK, GENERIC_NACK, struct.pack("!LL", OUR_SSRC, ssrc) + entries)


def write_picture_loss(ssrc: int) -> bytes:
    """Asks for a key frame."""
    return _packet(PAYLOAD_FEEDBACK, PICTURE_LOSS, struct.pack("!LL", OUR_SSRC, ssrc))


def write_bit_rate_limit(bits_per_second: int, ssrcs: Sequence[int]) -> bytes:
    """REMB: at most `bits_per_second` over these streams together."""
    exponent = max(0, bits_per_second.bit_length() - 18)
    mantissa = bits_per_second >> exponent
    body = struct.pack("!LL4sBBH", OUR_SSRC, 0, b"REMB", len(ssrcs), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF)
    return _packet(PAYLOAD_FEEDBACK, APPLICATION_LAYER, body + struct.pack(f"!{len(ssrcs)}L", *ssrcs))


def write_arrivals(media_ssrc: int, first: int, turn: int, times: Sequence[float | None]) -> bytes:
    """Transport-wide feedback: when each packet from number `first` on came, in seconds; None for what did not come.

    `turn` counts these reports (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1). At least one has come.
    """
    reference = int(next(time for time in times if time is not None) * 1000 / 64)
    quarters = reference * 256  # the clock of the deltas, in units of 250 µs
    symbols: list[int] = []
    deltas = b""
    for time in times:
        if time is None:
            symbols.append(0)
            continue
        delta = max(-0x8000, min(0x7FFF, round(time * 4000) - quarters))
        quarters += delta
        is_small = 0 <= delta <= 0xFF
        symbols.append(1 if is_small else 2)
        deltas += struct.pack("!B" if is_small else "!h", delta)
    chunks = b""
    for start in range(0, len(symbols), 7):
        chunk = 0b11
        for symbol in (symbols[start : start + 7] + [0] * 7)[:7]:
            chunk = chunk << 2 | symbol
        chunks += chunk.to_bytes(2, "big")
    head = struct.pack("!LLHH", OUR_SSRC, media_ssrc, first & 0xFFFF, len(times))
    body = head + struct.pack("!L", (reference & 0xFFFFFF) << 8 | turn & 0xFF) + chunks + deltas
    return _packet(TRANSPORT_FEEDBACK, ARRIVALS, body + bytes(-len(body) % 4))


def ntp_time(unix_seconds: float) -> int:
    """A wall clock time as 32.32 NTP fixed point."""
    return int((unix_seconds + NTP_EPOCH_OFFSET) * 4294967296)


def middle_bits(ntp: int) -> int:
    """The 32 bits by which a report block names a sender report."""
    return ntp >> 16 & 0xFFFFFFFF
