"""Loss, jitter and the numbers to ask for again."""

import pytest

from signaling.sfu.missing import FIRST_WAIT
from signaling.sfu.producer import Producer, SenderClock
from signaling.sfu.reception import Reception
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.rtp import RtpPacket


def fed(numbers: list[int]) -> Reception:
    reception = Reception(90_000)
    for step, number in enumerate(numbers):
        reception.receive(number & 0xFFFF, step * 900, 100, step * 0.01)
    return reception


def test_loss_is_counted_as_the_rfc_says() -> None:
    reception = fed([n for n in range(65_500, 65_600) if n % 4])
    block = reception.report(9, 2.0)
    assert block is not None
    assert block.highest_sequence == 65_599
    assert block.cumulative_lost == 24  # the first lost one came before we began
    assert block.fraction_lost == 24 * 256 // 99


def test_a_fraction_covers_one_interval_only() -> None:
    reception = fed([1, 2, 4])
    assert reception.report(9, 1.0).fraction_lost == 64  # type: ignore[union-attr]
    reception.receive(5, 3600, 100, 1.1)
    assert reception.report(9, 2.0).fraction_lost == 0  # type: ignore[union-attr]


def test_a_duplicate_never_makes_the_fraction_negative() -> None:
    reception = fed([1, 2, 2, 2])
    block = reception.report(9, 1.0)
    assert block is not None
    assert (block.fraction_lost, block.cumulative_lost) == (0, -2)


def test_an_even_stream_has_no_jitter_and_an_uneven_one_has() -> None:
    assert fed(list(range(200))).jitter_ms == pytest.approx(0, abs=0.1)
    reception = Reception(90_000)
    for number in range(500):
        reception.receive(number, number * 900, 100, number * 0.01 + (number % 2) * 0.004)
    assert reception.jitter_ms == pytest.approx(4, rel=0.05)


def test_a_queue_on_the_way_shows_by_what_it_adds_to_the_quickest() -> None:
    reception = Reception(48_000)
    delays = [0.1] * 50 + [0.1 + 0.01 * step for step in range(40)] + [0.1] * 10
    told = []
    for number, delay in enumerate(delays):
        reception.receive(number, number * 960, 60, number * 0.02 + delay)
        told.append(reception.queue_ms)
    assert told[49] == pytest.approx(0, abs=0.1)
    assert told[89] == pytest.approx(390, abs=1)
    assert told[-1] == pytest.approx(0, abs=0.1)
    for number in range(100, 2600):  # another path, longer by 0.2 s: after half a minute it is the usual one
        reception.receive(number, number * 960, 60, number * 0.02 + 0.3)
    assert reception.queue_ms == pytest.approx(0, abs=0.1)
    reception.receive(2600, 9, 60, 53.0)
    assert reception.queue_ms == pytest.approx(0, abs=0.1), "its clock began anew"


def test_nothing_is_reported_before_the_first_packet() -> None:
    assert Reception(90_000).report(1, 0.0) is None


def test_a_report_names_the_last_sender_report() -> None:
    reception = fed([1])
    reception.note_sender_report(SenderReport(9, 0x0001_2345_6789_0000, 0, 0, 0), 3.0)
    block = reception.report(9, 3.5)
    assert block is not None
    assert (block.last_sender_report, block.delay_since) == (0x2345_6789, 32_768)


def test_a_gap_is_asked_for_and_asked_again_after_a_round_trip() -> None:
    reception = fed([10, 14])
    missing = reception.missing
    assert missing.due(0.5) == [11, 12, 13]
    assert missing.due(0.5 + FIRST_WAIT / 2) == []
    assert reception.recover(12, 0.55)
    assert missing.due(0.5 + FIRST_WAIT) == [11, 13]


def test_a_merely_reordered_packet_is_not_asked_for() -> None:
    reception = fed([10, 12, 11])
    assert reception.missing.due(5.0) == []


def test_an_outage_is_not_asked_for_packet_by_packet() -> None:
    reception = fed([10, 5000])
    assert reception.missing.due(9.0) == []


def test_a_late_original_and_its_retransmission_count_once() -> None:
    reception = fed([1, 3])
    assert reception.recover(2, 0.1)
    assert not reception.recover(2, 0.1)
    assert reception.recovered == 1


def test_key_frames_are_asked_for_twice_a_second_until_one_comes() -> None:
    producer = Producer("video", 5)
    for _ in range(20):
        producer.ask_key_frame()
    asked = [tick for tick in range(100) if producer.key_frame_request_due(tick * 0.025)]
    assert asked == [0, 20, 40, 60, 80]
    producer.receive(RtpPacket(True, 96, 1, 1, 5, b"\x10\x00"), 50, 3.0)
    assert not producer.key_frame_request_due(9.0)


def test_a_sender_clock_takes_the_quickest_report() -> None:
    clock = SenderClock()
    second = 1 << 32
    assert clock.to_ours(100 * second, 5.3) == pytest.approx(5.3)
    assert clock.to_ours(101 * second, 6.1) == pytest.approx(6.1)
    assert clock.to_ours(102 * second, 7.4) == pytest.approx(7.1)


def test_loudness_comes_from_the_header_extension() -> None:
    producer = Producer("audio", 5, level_extension=2)
    producer.receive(RtpPacket(False, 111, 1, 1, 5, b"x", b"\x20\xb0\x00\x00"), 50, 0.0)
    assert producer.level == 0x30
