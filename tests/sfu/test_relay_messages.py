"""What processes say to each other, as rows of frames."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.framing import URGENT_BYTES, is_picture
from signaling.sfu.producer import ClockPoint
from signaling.sfu.relay_messages import (
    EXTENSION_LEVEL,
    LARGEST_MESSAGE,
    Message,
    Offers,
    Present,
    PublisherTold,
    RelayError,
    StreamTold,
    Takes,
    read,
    write_message,
    write_packet,
)
from signaling.sfu.rtp import RtpPacket, header_extensions

SOUND = StreamTold(7, "audio", True, False, False, False, 34_000, ClockPoint(0xFFFFFFFF, 1_234.5))
PICTURE = StreamTold(8, "video", False, True, False, True, 0, None)
SITE = PublisherTold(1_700_000, "site:7", False, False, (SOUND, PICTURE))
OFFERS = Offers("12", (SITE, replace(SITE, order=2, is_encoder=True, streams=())))


@pytest.mark.parametrize(
    "message",
    [
        Present(frozenset()),
        Present(frozenset({"12", "13"})),
        OFFERS,
        Offers("12", ()),
        Takes("12", frozenset({7, 8}), frozenset({8})),
        Takes("phòng", frozenset(), frozenset()),
    ],
)
def test_a_message_is_read_as_it_was_written(message: Message) -> None:
    assert read(write_message(message)) == message


@given(
    st.booleans(),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(1, 0xFFFFFFFF),
    st.binary(max_size=1400),
    st.none() | st.integers(0, 127),
)
def test_a_packet_keeps_all_that_a_bus_asks_for(
    marker: bool, sequence: int, timestamp: int, key: int, payload: bytes, level: int | None
) -> None:
    kind, payload_type = ("video", 96) if level is None else ("audio", 111)
    packet = RtpPacket(marker, payload_type, sequence, timestamp, 5, payload, b"\x20\x85\0\0")
    frame = write_packet(key, kind, packet, level)
    heard = read(frame)
    assert isinstance(heard, RtpPacket)
    assert replace(heard, extension=b"") == replace(packet, ssrc=key, extension=b"")
    levels = [] if level is None else [(EXTENSION_LEVEL, bytes([level]))]
    assert [each for each in header_extensions(heard.extension)] == levels
    assert is_picture(frame) is (kind == "video"), "sound overtakes pictures"


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"{",
        b"{}",
        b"\xff\xff",
        b"[]",
        b'{"present": "12"}',
        b'{"present": [1]}',
        b'{"present": [""]}',
        b'{"router": "12"}',
        b'{"router": 12, "takes": [], "key_frames": []}',
        b'{"router": "12", "takes": [-1], "key_frames": []}',
        b'{"router": "12", "takes": [true], "key_frames": []}',
        b'{"router": "12", "takes": [9223372036854775808], "key_frames": []}',
        b'{"router": "12", "publishers": [1]}',
        b'{"router": "12", "publishers": [[1, "s", false, false]]}',
        b'{"router": "12", "publishers": [[1, "s", 0, false, []]]}',
        b'{"router": "12", "publishers": [[1, "s", false, false, [[1, "smell", [false, false, false, false], 0, null]]]]}',
        b'{"router": "12", "publishers": [[1, "s", false, false, [[1, "low", [false, false, false], 0, null]]]]}',
        b'{"router": "12", "publishers": [[1, "s", false, false, [[1, "low", [false, false, false, false], 0, [1, NaN]]]]]}',
        b'{"router": "12", "publishers": [[1, "s", false, false, [[1, [], [false, false, false, false], 0, null]]]]}',
        b'{"present": ' + b"[" * 5_000,
        b'{"present": [' + b"1" * 5_000 + b"]}",
    ],
)
def test_what_is_neither_is_refused_by_name(frame: bytes) -> None:
    with pytest.raises(RelayError):
        read(frame)


def test_a_message_that_no_queue_could_hold_is_not_written() -> None:
    with pytest.raises(RelayError):
        write_message(Present(frozenset(f"conference-{number}" for number in range(3_000))))
    assert LARGEST_MESSAGE + 2 < URGENT_BYTES
    everybody = Offers("12", tuple(replace(SITE, order=n, seat=f"site:{n}") for n in range(100)))
    assert len(write_message(everybody)) < LARGEST_MESSAGE, "more than routes can name"
