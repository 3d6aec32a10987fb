"""What media processes of one machine say to each other. Pure; the connection and what follows is `relay`'s.

Theory. On one connection go packets of media and messages, framed like media over TCP (see `framing`). A packet of media is
RTP, decrypted, as the publisher sent it, under the number of its stream instead of an SSRC; the level of sound (RFC 6464) is
its only header extension. So sound and messages overtake pictures in a queue. A message is a JSON object; its first byte tells
it from RTP.

Rules.
- Every message tells the whole of what it is about and may be repeated: one that is lost does no harm for long.
- What does not parse raises `RelayError` and nothing else.
"""

import json
from dataclasses import dataclass
from typing import Any

from .bus import PAYLOAD_TYPES
from .producer import ClockPoint
from .rtp import FIXED_HEADER, RtpError, RtpPacket, parse_rtp, write_rtp

EXTENSION_LEVEL = 1
STREAMS = {"audio": "audio", "video": "video", "low": "video"}
"""The kind of each stream of a publisher, by its name."""
LARGEST_MESSAGE = 30_000
MAX_NAME = 100
_LEVEL = b"\xbe\xde\0\1" + bytes([EXTENSION_LEVEL << 4])


class RelayError(ValueError):
    """The bytes are neither a message nor a packet of ours."""


@dataclass(frozen=True, slots=True)
class Present:
    """The conferences of which the sender has peers: it is to be told who publishes in them."""

    routers: frozenset[str]


@dataclass(frozen=True, slots=True)
class StreamTold:
    """One stream of a publisher. `key` is its number at the sender; `state` as in `Producer`: paused, broken, resting."""

    key: int
    name: str
    has_level: bool
    is_paused: bool
    is_broken: bool
    is_resting: bool
    bit_rate: int
    clock: ClockPoint | None


@dataclass(frozen=True, slots=True)
class PublisherTold:
    """One connected peer that publishes. `order` tells it from all others, of all processes: the newest has the highest."""

    order: int
    seat: str
    is_encoder: bool
    is_paper: bool
    streams: tuple[StreamTold, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """All that publish at the sender for the seats of this conference that are routed."""

    router: str
    publishers: tuple[PublisherTold, ...]


@dataclass(frozen=True, slots=True)
class Takes:
    """The streams of the receiver that the sender shows to somebody, and those of which it needs a key frame."""

    router: str
    keys: frozenset[int]
    key_frames: frozenset[int]


Message = Present | Offers | Takes


def write_message(message: Message) -> bytes:
    """The frame of `message`; raises `RelayError` for one that is too long to be sent."""
    match message:
        case Present(routers):
            body: dict[str, Any] = {"present": sorted(routers)}
        case Offers(router, publishers):
            body = {"router": router, "publishers": [_publisher(each) for each in publishers]}
        case Takes(router, keys, key_frames):
            body = {"router": router, "takes": sorted(keys), "key_frames": sorted(key_frames)}
    data = json.dumps(body, separators=(",", ":")).encode()
    if len(data) > LARGEST_MESSAGE:
        raise RelayError("too long")
    return data


def _publisher(told: PublisherTold) -> list[Any]:
    return [told.order, told.seat, told.is_encoder, told.is_paper, [_stream(each) for each in told.streams]]


def _stream(told: StreamTold) -> list[Any]:
    flags = [told.has_level, told.is_paused, told.is_broken, told.is_resting]
    clock = None if told.clock is None else [told.clock.timestamp, told.clock.at]
    return [told.key, told.name, flags, told.bit_rate, clock]


def read(frame: bytes) -> Message | RtpPacket:
    """The message or the packet in `frame`; raises `RelayError`."""
    if frame[:1] != b"{":
        try:
            return parse_rtp(frame)
        except RtpError as error:
            raise RelayError(str(error)) from error
    try:
        return _read_message(json.loads(frame))
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise RelayError(str(error)) from error


def _read_message(body: dict[str, Any]) -> Message:
    if "present" in body:
        return Present(frozenset(map(_name, _list(body["present"]))))
    router = _name(body["router"])
    if "publishers" in body:
        return Offers(router, tuple(map(_read_publisher, _list(body["publishers"]))))
    return Takes(router, _keys(body["takes"]), _keys(body["key_frames"]))


def _read_publisher(row: object) -> PublisherTold:
    order, seat, is_encoder, is_paper, streams = _list(row)
    told = tuple(map(_read_stream, _list(streams)))
    return PublisherTold(_whole(order), _name(seat), _flag(is_encoder), _flag(is_paper), told)


def _read_stream(row: object) -> StreamTold:
    key, name, flags, bit_rate, clock = _list(row)
    has_level, is_paused, is_broken, is_resting = map(_flag, _list(flags))
    if name not in STREAMS:
        raise RelayError("no stream is called so")
    return StreamTold(
        _whole(key), name, has_level, is_paused, is_broken, is_resting, _whole(bit_rate), _read_clock(clock)
    )


def _read_clock(row: object) -> ClockPoint | None:
    if row is None:
        return None
    timestamp, at = _list(row)
    if not isinstance(at, int | float) or not abs(at) < 1e12:  # NaN is not either
        raise RelayError("a time")
    return ClockPoint(_whole(timestamp), float(at))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise RelayError("a list is missing")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME:
        raise RelayError("a name is missing")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise RelayError("true or false is missing")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise RelayError("a whole number is missing")
    return value


def _keys(value: object) -> frozenset[int]:
    return frozenset(map(_whole, _list(value)))


def write_packet(key: int, kind: str, packet: RtpPacket, level: int | None = None) -> bytes:
    """The frame of `packet` of the stream `key`; `level` is how loud it is (0 … 127), if that is known."""
    payload_type = PAYLOAD_TYPES[kind]
    if level is None:
        return write_rtp(payload_type, packet.marker, packet.sequence, packet.timestamp, key, packet.payload)
    second = payload_type | 0x80 if packet.marker else payload_type
    header = FIXED_HEADER.pack(0x90, second, packet.sequence, packet.timestamp, key)
    return header + _LEVEL + bytes([level, 0, 0]) + packet.payload
