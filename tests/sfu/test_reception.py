"""Loss, jitter and the numbers to ask for again."""

import itertools
from collections.abc import Callable

import pytest

from signaling.sfu.missing import FIRST_WAIT, RoundTrip
from signaling.sfu.peer import LAYER_PAUSE_SECONDS
from signaling.sfu.producer import (
    KEY_FRAME_SECONDS,
    MOST_KEY_FRAME_SECONDS,
    PAUSE_SECONDS,
    Producer,
    SenderClock,
)
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


TICK = 0.025
KEY, DELTA = b"\x10\x00", b"\x10\x01"


def video(number: int, payload: bytes = DELTA) -> RtpPacket:
    return RtpPacket(True, 96, number & 0xFFFF, number * 500, 5, payload)


def asked_at(producer: Producer, ticks: int = 400) -> list[float]:
    return [tick * TICK for tick in range(ticks) if producer.key_frame_request_due(tick * TICK)]


def test_a_key_frame_is_asked_for_less_and_less_often_until_one_comes() -> None:
    producer = Producer("video", 5)
    for _ in range(20):
        producer.ask_key_frame()
    asked = asked_at(producer)
    waits = [after - before for before, after in itertools.pairwise(asked)]
    assert asked[0] == 0 and waits[0] == KEY_FRAME_SECONDS
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(MOST_KEY_FRAME_SECONDS, abs=TICK)
    producer.receive(video(1, KEY), 50, 10.0)
    assert not producer.key_frame_request_due(19.0)
    producer.ask_key_frame()
    assert producer.key_frame_request_due(20.0) and producer.key_frame_request_due(20.0 + KEY_FRAME_SECONDS)


def test_a_key_frame_is_not_asked_for_again_before_it_can_have_come() -> None:
    trip = RoundTrip()
    trip.note(0.6)
    producer = Producer("video", 5, trip=trip)
    producer.ask_key_frame()
    first, second = asked_at(producer)[:2]
    assert second - first > 0.6


def test_a_picture_that_goes_on_after_a_pause_is_asked_at_once() -> None:
    producer = Producer("video", 5)
    producer.ask_key_frame()
    asked_at(producer)
    producer.resume(10.0)
    assert producer.key_frame_request_due(10.0)


def test_a_key_frame_repairs_what_preceded_it() -> None:
    producer = Producer("video", 5)
    for number in (1, 4):
        producer.receive(video(number), 1000, 0.0)
    producer.receive(video(6, KEY), 1000, 0.01)
    producer.receive(video(8), 1000, 0.01)
    assert producer.reception.ask(0.1) == [7]


def test_a_recovered_key_frame_ends_the_asking() -> None:
    producer = Producer("video", 5)
    producer.receive(video(1), 1000, 0.0)
    producer.receive(video(3), 1000, 0.0)
    producer.ask_key_frame()
    assert producer.recover(video(2, KEY), 0.1)
    assert not producer.key_frame_request_due(0.2)


def streamed(
    comes: Callable[[int], bool], seconds: float = 2.0, answers: bool = False
) -> tuple[Producer, list[float], list[int]]:
    """180 packets a second of which some come; the stream, when it broke or became whole, and what was asked for."""
    producer, turns, asked, number = Producer("video", 5), [], [], 0
    for tick in range(int(seconds / TICK)):
        now = tick * TICK
        while number < now * 180:
            number += 1
            if comes(number):
                producer.receive(video(number), 1200, now)
        if producer.note_break(now):
            turns.append(now)
        due = producer.reception.ask(now)
        asked += due
        for each in due if answers else ():
            producer.recover(video(each), now + TICK / 2)
    return producer, turns, asked


def test_a_flooded_picture_is_found_soon_and_not_asked_for() -> None:
    producer, turns, asked = streamed(lambda number: number < 90 or number % 7 == 0)
    assert producer.is_broken
    assert len(turns) == 1 and 0.5 < turns[0] < 0.8
    assert len(asked) < 30
    assert producer.reception.swamped_rate == pytest.approx(180 / 7 * 1200 * 8, rel=0.35)
    assert not producer.key_frame_request_due(1.0), "a key frame would not come through either"


def test_a_picture_is_whole_again_some_time_after_the_flood_and_needs_a_key_frame() -> None:
    producer, turns, _ = streamed(lambda number: not 90 < number < 270 or number % 7 == 0, seconds=5)
    assert not producer.is_broken
    assert len(turns) == 2 and 2.0 < turns[1] < 4.0
    assert producer.key_frame_request_due(5.0)


@pytest.mark.parametrize(
    "is_lost",
    [
        pytest.param(lambda number: number % 10 == 3, id="one of ten"),
        pytest.param(lambda number: 90 < number <= 115, id="a burst"),
    ],
)
def test_what_a_line_loses_otherwise_is_asked_for(is_lost: Callable[[int], bool]) -> None:
    _, turns, asked = streamed(lambda number: not is_lost(number), answers=True)
    assert turns == []
    assert {number for number in range(1, 350) if is_lost(number)} <= set(asked)


def rests_of_a_picture_that_stops(patience: float) -> list[float]:
    producer, now, rests = Producer("video", 5), 0.0, []
    for _ in range(3):
        producer.receive(video(1), 1000, now)
        now += PAUSE_SECONDS + TICK
        assert producer.note_pause(now, patience)
        producer.resume(now)
        rests.append(0.0)
        while producer.is_resting:
            now += TICK
            rests[-1] += TICK * (not producer.note_rest(now))
    return rests


def test_a_picture_that_comes_and_goes_rests_longer_each_time() -> None:
    first, second, third = rests_of_a_picture_that_stops(LAYER_PAUSE_SECONDS)
    assert first == 0 < 1 < second < third
    assert rests_of_a_picture_that_stops(PAUSE_SECONDS) == [0, 0, 0], "but for outages"


def test_a_picture_that_stops_is_missed_no_more() -> None:
    producer = Producer("video", 5)
    for number in (1, 4):
        producer.receive(video(number), 1000, 0.0)
    assert producer.note_pause(PAUSE_SECONDS)
    assert len(producer.reception.missing) == 0


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
