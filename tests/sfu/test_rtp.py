"""RTP packets in and out."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.history import History
from signaling.sfu.rtp import (
    RtpError,
    extended,
    header_extensions,
    parse_rtp,
    unwrap_rtx,
    write_padding,
    write_rtp,
)
from signaling.sfu.vp8 import starts_vp8_key_frame


@given(st.booleans(), st.integers(0, 127), st.integers(0, 2**20), st.integers(0, 2**34), st.binary(max_size=50))
def test_what_is_written_is_read(marker: bool, kind: int, number: int, timestamp: int, payload: bytes) -> None:
    packet = parse_rtp(write_rtp(kind, marker, number, timestamp, 7, payload))
    assert (packet.marker, packet.payload_type, packet.ssrc, packet.payload) == (marker, kind, 7, payload)
    assert (packet.sequence, packet.timestamp) == (number & 0xFFFF, timestamp & 0xFFFFFFFF)


def test_extension_csrcs_and_padding_are_taken_off() -> None:
    head = struct.pack("!BBHLL", 0x80 | 0x20 | 0x10 | 2, 96, 1, 2, 3)
    data = head + bytes(8) + b"\xbe\xde\x00\x01" + b"\x20\x85\x00\x00" + b"body" + b"\0\0\3"
    packet = parse_rtp(data)
    assert packet.payload == b"body"
    assert list(header_extensions(packet.extension)) == [(2, b"\x85")]


def test_padding_only_has_no_payload() -> None:
    assert parse_rtp(write_padding(96, 5, 6, 7)).payload == b""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(12),
        b"\x80" + bytes(10),
        b"\x8f" + bytes(20),  # 15 CSRCs that are not there
        b"\x90" + bytes(11),  # an extension that is not there
        b"\x90" + bytes(13) + b"\xff\xff",
        b"\xa0" + bytes(11) + b"x\0",  # padding of nothing
        b"\xa0" + bytes(11) + b"\xff",  # padding longer than the packet
    ],
)
def test_broken_packets_are_refused(data: bytes) -> None:
    with pytest.raises(RtpError):
        parse_rtp(data)


@given(st.binary(max_size=100))
def test_garbage_raises_nothing_else(data: bytes) -> None:
    try:
        packet = parse_rtp(b"\x90" + data)
    except RtpError:
        return
    list(header_extensions(packet.extension))
    starts_vp8_key_frame(packet.payload)
    unwrap_rtx(packet, 96, 1)


def test_a_retransmission_becomes_the_original() -> None:
    rtx = parse_rtp(write_rtp(97, True, 900, 1234, 55, struct.pack("!H", 17) + b"picture"))
    original = unwrap_rtx(rtx, 96, 44)
    assert original is not None
    assert (original.sequence, original.ssrc, original.payload_type) == (17, 44, 96)
    assert (original.payload, original.marker, original.timestamp) == (b"picture", True, 1234)


def test_a_probe_on_the_retransmission_stream_is_nothing() -> None:
    assert unwrap_rtx(parse_rtp(write_padding(97, 1, 2, 3)), 96, 44) is None


@pytest.mark.parametrize(
    ("payload", "is_key"),
    [
        (b"\x10\x00", True),
        (b"\x10\x01", False),  # P bit: an inter frame
        (b"\x00\x00", False),  # not the start of a partition
        (b"\x11\x00", False),  # the second partition
        (b"\x90\x80\xa0\x66\x10", True),  # 15-bit picture id
        (b"\x90\x80\x26\x10", True),  # 7-bit picture id
        (b"\x90\xe0\xa0\x66\x01\x40\x10", True),  # picture id, TL0PICIDX, TID
        (b"\x90\xf0\xa0\x66\x01\x40\x11", False),
        (b"\x90\x80", False),
        (b"\x10", False),
        (b"", False),
    ],
)
def test_the_start_of_a_key_frame_is_known(payload: bytes, is_key: bool) -> None:
    assert starts_vp8_key_frame(payload) is is_key


@given(st.integers(0, 2**40), st.integers(-30000, 30000))
def test_extended_finds_the_nearest_number(near: int, step: int) -> None:
    assert extended((near + step) & 0xFFFF, near) == near + step


def test_history_gives_back_the_same_bytes_until_they_are_old() -> None:
    history = History(4)
    for index in range(6):
        history.put(index, bytes([index]))
    assert history.get(5) == b"\5"
    assert history.get(2) == b"\2"
    assert history.get(1) is None
    assert history.get(6) is None
    assert history.get(5 + 65536) is None


def test_history_takes_powers_of_two_only() -> None:
    with pytest.raises(ValueError, match="power of two"):
        History(5)
