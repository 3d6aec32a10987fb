"""What one viewer may have."""

from signaling.sfu.consumer import FILLER_NUMBERS, WRAP_GUARD, Bucket, Consumer
from signaling.sfu.rtcp import ReportBlock


def test_a_viewer_begins_with_the_next_packet() -> None:
    consumer = Consumer("video")
    assert consumer.attach(100)
    assert consumer.may_have(100, 105) is None
    assert consumer.may_have(101, 105) == 101
    assert consumer.may_have(105, 105) == 105
    assert consumer.may_have(106, 105) is None


def test_nobody_begins_just_before_a_wrap() -> None:
    for kind, guard in WRAP_GUARD.items():
        consumer = Consumer(kind)
        assert not consumer.attach(0x10000 - guard)
        assert not consumer.attach(0xFFFE)
        assert consumer.attach(0xFFFF)
        assert Consumer(kind).attach(0x10000 - guard - 2)


def test_a_viewer_that_has_begun_may_return_near_a_wrap() -> None:
    consumer = Consumer("video")
    consumer.attach(10)
    consumer.exclude(20)
    assert consumer.attach(0xFFF0)


def test_an_excluded_viewer_gets_padding_often_enough_for_srtp() -> None:
    consumer = Consumer("video")
    consumer.attach(10)
    consumer.exclude(20)
    fillers = [index for index in range(21, 46_000) if consumer.needs_filler(index)]
    gaps = [after - before for before, after in zip([20, *fillers], fillers, strict=False)]
    assert max(gaps) <= FILLER_NUMBERS
    assert 1_000 < FILLER_NUMBERS < 10_000, "more than a browser asks for again, less than SRTP can bridge"


def test_a_viewer_excluded_from_the_first_begins_with_padding_but_not_near_a_wrap() -> None:
    consumer = Consumer("audio")
    consumer.exclude(5)
    assert not consumer.needs_filler(0xFFF0)
    assert consumer.needs_filler(0x10000)


def test_an_excluded_viewer_may_not_ask_for_what_it_did_not_get() -> None:
    consumer = Consumer("audio")
    consumer.attach(100)
    consumer.exclude(200)
    assert consumer.may_have(150, 300) == 150
    assert consumer.may_have(200, 300) == 200
    assert consumer.may_have(201, 300) is None
    consumer.attach(300)
    assert consumer.may_have(250, 310) is None
    assert consumer.may_have(301, 310) == 301


def test_a_viewer_that_never_began_may_ask_for_nothing() -> None:
    assert Consumer("audio").may_have(0, 5) is None


def test_an_excluded_viewers_filler_is_never_answered() -> None:
    consumer = Consumer("audio")
    consumer.exclude(0)
    assert consumer.needs_filler(7)
    assert consumer.may_have(7, 10) is None
    consumer.attach(10)
    assert consumer.may_have(7, 12) is None


def test_figures_count_only_what_was_sent_to_the_viewer() -> None:
    consumer = Consumer("audio")
    consumer.attach(0, packets=10, octets=100)
    consumer.exclude(5, packets=15, octets=150)
    assert consumer.sent(packets=99, octets=990) == (5, 50)
    consumer.attach(99, packets=99, octets=990)
    assert consumer.sent(packets=101, octets=1010) == (7, 70)


def test_a_round_trip_is_read_from_a_report() -> None:
    consumer = Consumer("audio")
    consumer.note_report(ReportBlock(1, 128, 7, 0, 48, 1_000, 500), now_bits=1_000 + 500 + 6_554)
    assert round(consumer.rtt_ms or 0) == 100
    assert (consumer.fraction_lost, consumer.cumulative_lost, consumer.jitter_ticks) == (128, 7, 48)


def test_a_nonsense_round_trip_is_ignored() -> None:
    consumer = Consumer("audio")
    consumer.note_report(ReportBlock(1, 0, 0, 0, 0, 2_000, 0), now_bits=1_000)
    assert consumer.rtt_ms is None


def test_a_bucket_refills_slowly() -> None:
    bucket = Bucket(4, 1 / 3)
    assert [bucket.take(0.0) for _ in range(6)] == [True] * 4 + [False] * 2
    assert not bucket.take(2.0)
    assert bucket.take(4.0)


def report(highest: int, fraction: float, jitter_ms: int = 0) -> ReportBlock:
    return ReportBlock(1, int(fraction * 256), 0, highest, 90 * jitter_ms, 0, 0)


def test_a_report_tells_what_the_line_lost_also_when_it_was_sent_again() -> None:
    consumer = Consumer("video")
    consumer.attach(100)
    assert consumer.note_report(report(150, 0.0), 0) == (0, 0), "the first says nothing of a rate"
    assert consumer.note_report(report(250, 0.25), 0) == (100, 25)
    for sequence in (260, 261, 260, 262, 260):
        consumer.note_asked(sequence)
    assert consumer.note_report(report(350, 0.0), 0) == (100, 3), "each once, however often it was asked for"
    consumer.note_asked(262)
    assert consumer.note_report(report(450, 0.0), 0) == (100, 0)


def test_what_is_asked_for_on_a_line_that_overtakes_is_not_lost() -> None:
    consumer = Consumer("video")
    consumer.attach(100)
    consumer.note_report(report(150, 0.0), 0)
    for turn, jitter_ms, lost in ((1, 30, 0), (2, 10, 5)):
        for sequence in range(5):
            consumer.note_asked(100 + 100 * turn + sequence)
        assert consumer.note_report(report(150 + 100 * turn, 0.0, jitter_ms), 0) == (100, lost)
    assert consumer.note_report(report(450, 0.25, 30), 0) == (100, 25), "what the report itself tells counts"
    consumer.note_asked(460)
    assert consumer.note_report(report(550, 0.0), 0, is_line_uneven=True) == (100, 0), "as its sound shows"


def test_sound_that_is_overtaken_seems_less_uneven_than_it_is() -> None:
    consumer = Consumer("audio")
    consumer.attach(100)
    consumer.note_report(report(150, 0.0), 0)
    for highest, jitter_ms, lost in ((250, 9, 1), (350, 15, 0), (450, 9, 1)):
        consumer.note_asked(highest - 1)
        heard = ReportBlock(1, 0, 0, highest, 48 * jitter_ms, 0, 0)
        assert consumer.note_report(heard, 0) == (100, lost)
    assert not consumer.is_uneven, "of the whole line nothing is concluded from so little"


def test_a_hole_in_the_bus_is_no_loss_of_the_line() -> None:
    consumer = Consumer("video")
    consumer.attach(100)
    rows = [
        (150, 0.0, 7, (0, 0)),
        (350, 0.9, 187, (20, 0)),
        (450, 0.5, 207, (80, 30)),
        (550, 0.1, 197, (100, 10)),
        (650, 0.0, 297, (0, 0)),
        (750, 0.1, 297, (100, 10)),
    ]
    for highest, fraction, holes, found in rows:
        assert consumer.note_report(report(highest, fraction), 0, holes=holes) == found


def test_what_a_viewers_own_line_lost_is_counted_without_the_holes() -> None:
    consumer = Consumer("video")
    consumer.attach(100)
    for lost, holes, own in ((3, 50, 3), (23, 70, 3), (28, 70, 8), (6, 48, 8), (3, 48, 5), (3, 900, 5), (7, 900, 9)):
        consumer.note_report(ReportBlock(1, 0, lost, 150, 0, 0, 0), 0, holes=holes)
        assert (consumer.line_lost, consumer.cumulative_lost) == (own, lost)


def test_what_an_outage_took_is_no_rate_of_loss() -> None:
    consumer = Consumer("audio")
    consumer.attach(100)
    consumer.note_report(report(150, 0.0), 0)
    consumer.note_outage()
    assert consumer.note_report(report(400, 0.6), 0) == (0, 0)
    assert consumer.note_report(report(500, 0.1), 0) == (100, 10)


def test_numbers_that_were_never_sent_are_not_lost() -> None:
    consumer = Consumer("video")
    consumer.attach(100)
    consumer.note_report(report(150, 0.0), 0)
    consumer.exclude(160)
    assert consumer.note_report(report(660, 0.9), 0) == (0, 0)
    consumer.attach(1200)
    assert consumer.note_report(report(1250, 0.9), 0) == (0, 0)
    assert consumer.note_report(report(1350, 0.0), 0) == (100, 0)
