"""RTCP in and out."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.rtcp import (
    BitRateLimit,
    Goodbye,
    KeyFrameRequest,
    Nack,
    ReportBlock,
    RtcpError,
    SenderReport,
    middle_bits,
    ntp_time,
    parse_rtcp,
    write_bit_rate_limit,
    write_nack,
    write_names,
    write_picture_loss,
    write_receiver_report,
    write_sender_report,
)

REPORT = SenderReport(5, 1 << 40, 90_000, 10, 1_000)
BLOCK = ReportBlock(5, 64, -3, 70_000, 17, 99, 655)


def test_a_compound_is_read_whole() -> None:
    compound = (
        write_sender_report(REPORT)
        + write_receiver_report([BLOCK, BLOCK])
        + write_names([(5, "hall"), (6, "floor")])
        + write_picture_loss(7)
        + write_bit_rate_limit(2_500_000, [8, 9])
    )
    assert parse_rtcp(compound) == [REPORT, BLOCK, BLOCK, KeyFrameRequest(7), BitRateLimit(2_500_000, (8, 9))]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40, unique=True), st.integers(0, 0xFFFF))
def test_a_nack_lists_exactly_what_is_missing(offsets: list[int], base: int) -> None:
    missing = [(base + offset) & 0xFFFF for offset in sorted(offsets)]
    (parsed,) = parse_rtcp(write_nack(5, missing))
    assert isinstance(parsed, Nack)
    assert list(parsed.sequences) == missing


@given(st.integers(1, 2**40))
def test_a_bit_rate_survives_to_its_precision(bits: int) -> None:
    (parsed,) = parse_rtcp(write_bit_rate_limit(bits, [1]))
    assert isinstance(parsed, BitRateLimit)
    assert bits * (1 - 2**-17) <= parsed.bits_per_second <= bits


def test_a_full_intra_request_and_a_goodbye_are_read() -> None:
    fir = struct.pack("!BBHLLLBBH", 0x84, 206, 4, 1, 0, 77, 3, 0, 0)
    bye = struct.pack("!BBHLL", 0x82, 203, 2, 5, 6)
    assert parse_rtcp(fir + bye) == [KeyFrameRequest(77), Goodbye((5, 6))]


def test_unknown_kinds_are_skipped() -> None:
    assert parse_rtcp(struct.pack("!BBHL", 0x80, 207, 1, 5) + write_picture_loss(7)) == [KeyFrameRequest(7)]


@pytest.mark.parametrize("cut", range(1, 28))
def test_a_compound_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(RtcpError):
        parse_rtcp(write_sender_report(REPORT)[:-cut])


@given(st.binary(max_size=100), st.sampled_from([200, 201, 202, 203, 205, 206]), st.integers(0, 31))
def test_garbage_raises_nothing_else(data: bytes, kind: int, count: int) -> None:
    body = data[: len(data) // 4 * 4]
    with contextlib.suppress(RtcpError):
        parse_rtcp(struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body)


def test_ntp_time_counts_from_1900() -> None:
    assert ntp_time(0) >> 32 == 2_208_988_800
    assert middle_bits(ntp_time(1.5)) & 0xFFFF == 0x8000
