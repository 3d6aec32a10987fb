"""Rows of readings → words, and what is written down of them."""

from dataclasses import replace

import pytest

from meetings.core.vocabulary import LineKind
from signaling.quality import Figures, PageReport, Reading, SiteLine, is_worth_telling, word_for

GOOD, FAIR, WEAK, LOST = LineKind.GOOD, LineKind.FAIR, LineKind.WEAK, LineKind.LOST

STEP = 2.0
PACKETS = 200  # a reading of a normal line


class Feed:
    """Readings every 2 s: each row is the loss upwards (0…1) and the round trip; None: no packet comes."""

    def __init__(self, line: SiteLine | None = None) -> None:
        self.line = line or SiteLine()
        self.now = 100.0
        self.reading = Reading("p1.p.1", 0, 0)

    def row(self, loss: float, rtt_ms: float | None = 20, down: float = 0.0, **more: object) -> list[LineKind]:
        lost = round(PACKETS * loss)
        reading = self.reading
        return self.read(
            replace(
                reading,
                packets_up=reading.packets_up + PACKETS - lost,
                lost_up=reading.lost_up + lost,
                packets_down=reading.packets_down + PACKETS,
                lost_down=reading.lost_down + round(PACKETS * down),
                rtt_ms=rtt_ms,
                **more,  # type: ignore[arg-type]
            )
        )

    def nothing(self) -> list[LineKind]:
        return self.read(self.reading)

    def read(self, reading: Reading | None, is_here: bool = True) -> list[LineKind]:
        self.now += STEP
        self.reading = reading or self.reading
        return self.line.read(reading, self.now, is_here=is_here)

    def words(self, *rows: tuple[float, float]) -> list[LineKind | None]:
        found = []
        for loss, rtt_ms in rows:
            self.row(loss, rtt_ms)
            found.append(self.line.word)
        return found


@pytest.mark.parametrize(
    ("figures", "word"),
    [
        (Figures(), None),
        (Figures(rtt_ms=20), GOOD),
        (Figures(loss_up=0.0), GOOD),
        (Figures(rtt_ms=79, loss_up=0.009, loss_down=0.009), GOOD),
        (Figures(rtt_ms=80, loss_up=0.0), FAIR),
        (Figures(rtt_ms=20, loss_up=0.01), FAIR),
        (Figures(rtt_ms=20, loss_down=0.01), FAIR),
        (Figures(rtt_ms=149, loss_up=0.029), FAIR),
        (Figures(rtt_ms=150, loss_up=0.0), WEAK),
        (Figures(rtt_ms=20, loss_up=0.03), WEAK),
        (Figures(rtt_ms=20, loss_up=0.0, loss_down=0.3), WEAK),
        (Figures(rtt_ms=20, loss_up=0.0, frozen_ms=499), GOOD),
        (Figures(rtt_ms=20, loss_up=0.0, frozen_ms=5000), FAIR),
    ],
)
def test_thresholds(figures: Figures, word: LineKind | None) -> None:
    assert word_for(figures) is word


def test_the_first_reading_of_a_line_gives_its_word_at_once() -> None:
    feed = Feed()
    assert feed.row(0.0) == [LineKind.CONNECTED, GOOD]
    assert feed.row(0.0) == []


def test_one_bad_reading_is_not_told() -> None:
    assert Feed().words((0, 20), (0, 300), (0, 20), (0, 300), (0, 20)) == [GOOD] * 5


def test_two_worse_readings_are_told_and_go_only_as_far_as_both_went() -> None:
    assert Feed().words((0, 20), (0, 100), (0, 300), (0, 300), (0, 300)) == [GOOD, GOOD, FAIR, FAIR, WEAK]


def test_better_only_after_three_better_readings_in_a_row() -> None:
    feed = Feed()
    feed.words((0, 200), (0, 200))
    assert feed.words((0, 20), (0, 20), (0, 200), (0, 20), (0, 20), (0, 20)) == [WEAK] * 5 + [GOOD]


def test_better_goes_only_as_far_as_all_three_went() -> None:
    feed = Feed()
    feed.words((0, 200))
    assert feed.words((0, 20), (0, 100), (0, 20), (0, 20), (0, 20), (0, 20)) == [WEAK, WEAK, FAIR, FAIR, FAIR, GOOD]


def test_loss_is_taken_over_six_seconds_so_that_one_burst_passes() -> None:
    feed = Feed()
    feed.words((0, 20), (0, 20), (0, 20))
    feed.row(0.05)  # 10 of 600
    assert feed.line.figures.loss_up == pytest.approx(10 / 600, abs=1e-4)
    for _ in range(3):
        feed.row(0.0)
    assert feed.line.figures.loss_up == 0.0


def test_loss_downwards_counts_as_well() -> None:
    feed = Feed()
    feed.row(0.0)
    for _ in range(3):
        feed.row(0.0, down=0.04)
    assert feed.line.word is WEAK
    assert feed.line.figures.loss_down == pytest.approx(0.04)


def test_a_few_packets_say_nothing_of_loss() -> None:
    feed = Feed()
    feed.read(Reading("p", 10, 0, rtt_ms=10))
    feed.read(Reading("p", 20, 5, rtt_ms=10))
    assert (feed.line.figures.loss_up, feed.line.word) == (None, GOOD)


def test_lost_after_five_seconds_without_packets_and_back_with_the_first() -> None:
    feed = Feed()
    feed.row(0.0)
    assert [feed.nothing() for _ in range(4)] == [[], [], [LOST], []]
    assert feed.row(0.0) == [GOOD]


def test_a_peer_that_joins_again_within_five_seconds_is_not_lost_and_its_counters_begin_anew() -> None:
    feed = Feed()
    feed.row(0.0)
    assert feed.read(None) == []
    assert feed.read(Reading("p1.p.2", 100, 0, rtt_ms=20)) == []
    assert feed.line.figures.loss_up is None
    feed.row(0.0)
    assert (feed.line.word, feed.line.figures.loss_up) == (GOOD, 0.0)


def test_a_site_that_never_sent_anything_has_no_word() -> None:
    feed = Feed()
    assert [feed.read(None) for _ in range(5)] == [[LineKind.CONNECTED], [], [], [], []]
    assert feed.line.word is None


def test_a_page_that_is_gone_left_which_is_said_once_and_not_as_lost_too() -> None:
    feed = Feed()
    feed.row(0.0)
    told = [kind for _ in range(6) for kind in feed.read(None, is_here=False)]
    assert told == [LineKind.LEFT]
    assert feed.line.word is LOST
    assert feed.row(0.0) == [LineKind.CONNECTED, GOOD]


def test_a_page_reloaded_within_five_seconds_never_left() -> None:
    feed = Feed()
    feed.row(0.0)
    assert feed.read(None, is_here=False) + feed.row(0.0) == []


def test_what_the_page_measured_stands_beside_and_is_forgotten_when_it_stops_reporting() -> None:
    feed = Feed()
    feed.line.report(PageReport(rtt_ms=90, width=1280, height=720, fps=25, limited_by="cpu"), feed.now)
    feed.row(0.0, rtt_ms=None)
    figures = feed.line.figures
    assert (figures.rtt_ms, figures.width, figures.height, figures.fps) == (90, 1280, 720, 25)
    assert feed.line.word is FAIR
    for _ in range(7):
        feed.row(0.0, rtt_ms=None)
    assert (feed.line.figures.rtt_ms, feed.line.figures.width) == (None, None)


def test_freezes_count_when_two_reports_in_a_row_tell_of_them() -> None:
    feed = Feed()
    feed.line.report(PageReport(frozen_ms=900), feed.now)
    feed.words((0, 20), (0, 20), (0, 20))
    assert (feed.line.figures.frozen_ms, feed.line.word) == (900, GOOD)
    feed.line.report(PageReport(frozen_ms=900), feed.now)
    assert feed.words((0, 20), (0, 20)) == [GOOD, FAIR]


def test_the_shorter_of_two_round_trips_is_the_lines() -> None:
    feed = Feed()
    feed.line.report(PageReport(rtt_ms=30), feed.now)
    feed.row(0.0, rtt_ms=400)
    assert feed.line.figures.rtt_ms == 30


@pytest.mark.parametrize(
    ("last", "rows", "told"),
    [
        (GOOD, [0.0, 0.0], []),
        (WEAK, [0.0, 0.0, 0.0], [GOOD]),
        (LOST, [0.0], [GOOD]),
        (LineKind.CONNECTED, [0.0], [GOOD]),
        (LineKind.LEFT, [0.0], [LineKind.CONNECTED, GOOD]),
    ],
)
def test_after_a_restart_only_what_is_different_is_written_again(
    last: LineKind, rows: list[float], told: list[LineKind]
) -> None:
    feed = Feed(SiteLine.expected(last, 100.0))
    assert [kind for loss in rows for kind in feed.row(loss)] == told


def test_after_a_restart_who_does_not_come_back_has_left() -> None:
    feed = Feed(SiteLine.expected(GOOD, 100.0))
    assert [kind for _ in range(4) for kind in feed.read(None, is_here=False)] == [LineKind.LEFT]


@pytest.mark.parametrize(
    ("told", "now", "is_worth"),
    [
        (None, Figures(), True),
        (Figures(rtt_ms=20), Figures(rtt_ms=23), False),
        (Figures(rtt_ms=20), Figures(rtt_ms=25), True),
        (Figures(rtt_ms=100), Figures(rtt_ms=110), False),
        (Figures(rtt_ms=None), Figures(rtt_ms=20), True),
        (Figures(up_kbps=1600), Figures(up_kbps=1500), False),
        (Figures(up_kbps=1600), Figures(up_kbps=150), True),
        (Figures(width=1280, height=720), Figures(width=320, height=180), True),
        (Figures(loss_up=0.0), Figures(loss_up=0.006), True),
    ],
)
def test_figures_are_told_when_a_reader_would_see_a_difference(
    told: Figures | None, now: Figures, is_worth: bool
) -> None:
    assert is_worth_telling(told, now) is is_worth


def test_by_which_way_a_line_comes_is_told_and_a_relay_is_known_by_the_page_alone() -> None:
    feed = Feed()
    feed.row(0.0, path="tcp")
    told = feed.line.figures
    assert told.path == "tcp"
    feed.line.report(PageReport(is_relayed=True), feed.now)
    feed.row(0.0)
    assert feed.line.figures.path == "turn" and is_worth_telling(
        replace(feed.line.figures, path="tcp"), feed.line.figures
    )


LIMITED = {"hall_rung": "small", "floor_rung": "still", "room_bps": 200_000, "room_by": "loss", "allowed_bps": 250_000}
FULL = {"hall_rung": "full", "floor_rung": None}


def test_what_the_line_leaves_of_the_pictures_stands_in_the_figures_with_its_reason() -> None:
    feed = Feed()
    feed.row(0.0, **LIMITED)
    figures = feed.line.figures
    assert (figures.hall_rung, figures.floor_rung, figures.lowest_rung) == ("small", "still", "still")
    assert (figures.room_kbps, figures.room_by, figures.allowed_kbps) == (200, "loss", 250)
    assert is_worth_telling(replace(figures, floor_rung="none"), figures)
    assert is_worth_telling(replace(figures, room_by="delay"), figures)
    feed.row(0.0, **{**LIMITED, "floor_rung": "small", "paper_rung": "none"})
    assert (feed.line.figures.paper_rung, feed.line.figures.lowest_rung) == ("none", "none")
    assert is_worth_telling(feed.line.figures, replace(feed.line.figures, paper_rung="still"))


def test_each_rung_down_is_written_once_and_up_again_only_when_all_pictures_stayed_full() -> None:
    feed = Feed()
    feed.row(0.0, **FULL)

    def told(hall: str, floor: str | None) -> list[LineKind]:
        return feed.row(0.0, hall_rung=hall, floor_rung=floor)

    lowered, restored = LineKind.LOWERED, LineKind.RESTORED
    assert [told("small", None), told("small", "small"), told("small", "still")] == [[lowered], [], [lowered]]
    climbing = [told("small", "small"), told("full", "full"), told("full", "small")]
    assert climbing == [[], [], []], "not yet full for long enough"
    assert [told("full", "full") for _ in range(4)] == [[], [], [restored], []]


def test_who_is_gone_from_a_low_rung_has_left_and_no_picture_is_restored() -> None:
    feed = Feed()
    feed.row(0.0, **FULL)
    assert feed.row(0.0, **LIMITED) == [LineKind.LOWERED]
    assert [kind for _ in range(6) for kind in feed.read(None, is_here=False)] == [LineKind.LEFT]


def test_what_limits_the_picture_sent_counts_when_two_reports_in_a_row_tell_of_it() -> None:
    feed = Feed()
    found = []
    for limit in ("bandwidth", None, "bandwidth", "bandwidth", "cpu", "cpu"):
        feed.line.report(PageReport(limited_by=limit), feed.now)
        feed.row(0.0)
        found.append(feed.line.figures.limited_by)
    assert found == [None, None, None, "bandwidth", None, "cpu"]
