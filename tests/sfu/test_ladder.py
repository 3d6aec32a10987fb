"""Rows of budgets and signs into rungs."""

import itertools

import pytest

from signaling.sfu.bandwidth import Full, Sign
from signaling.sfu.ladder import (
    DISTURBED_HOLD,
    GROWTH,
    HEADROOM,
    HOLD_SECONDS,
    LONGEST_HOLD,
    STILL_BITS,
    TRIAL_SECONDS,
    Ladder,
    Picture,
    Rung,
    allot,
)

FLOOR, HALL = Picture("floor", 1.5e6, 1.6e5), Picture("hall", 1.2e6, 1.5e5)
SOUND = 4e4
NONE, STILL, SMALL, FULL = Rung


@pytest.mark.parametrize(
    ("budget", "floor", "hall"),
    [
        (3e6, FULL, FULL),
        (2.6e6, FULL, SMALL),
        (1.64e6, SMALL, SMALL),
        (1.3e6, SMALL, SMALL),
        (3.1e5, SMALL, SMALL),
        (3.0e5, SMALL, STILL),
        (1e5, STILL, STILL),
        (5e4, STILL, NONE),
        (1e4, NONE, NONE),
        (-1.0, NONE, NONE),
    ],
)
def test_what_fits_is_given_in_the_order_of_importance(budget: float, floor: Rung, hall: Rung) -> None:
    assert allot([FLOOR, HALL], budget) == {"floor": floor, "hall": hall}


def test_a_picture_that_comes_once_only_goes_from_full_to_still() -> None:
    single = Picture("floor", 1.5e6, 1.5e6)
    assert allot([single], 1e6) == {"floor": STILL}
    assert allot([Picture("floor", 0.0, 0.0)], 0.0) == {"floor": FULL}, "nothing flows, nothing to save"


class Line:
    """A line that takes `takes` bits a second, looked at twice a second."""

    def __init__(self, takes: float, *pictures: Picture) -> None:
        self.takes, self.pictures, self.ladder, self.now = takes, pictures or (FLOOR,), Ladder(), 0.0
        self.rows: list[tuple[float, tuple[Rung, ...]]] = []
        self.most_sent = 0.0

    def run(self, seconds: float) -> "Line":
        end = self.now + seconds
        while self.now < end:
            self.now += 0.5
            needs = sum(picture.need(self.ladder.rung(picture.bus)) for picture in self.pictures)
            sent = SOUND + needs + self.ladder.padding(self.pictures, SOUND)
            self.most_sent = max(self.most_sent, sent)
            full = Full(self.takes * 0.85, Sign.LOSS) if sent > self.takes else None
            if self.ladder.step(self.pictures, SOUND, sent, full, self.now) or not self.rows:
                self.rows.append((self.now, tuple(self.ladder.rung(picture.bus) for picture in self.pictures)))
        return self

    @property
    def rungs(self) -> list[Rung]:
        return [row[0] for _, row in self.rows]


def test_a_viewer_whose_line_was_never_full_is_left_alone() -> None:
    line = Line(1e9).run(100)
    assert line.rungs == [FULL]
    assert not line.ladder.is_limited


@pytest.mark.parametrize(("takes", "rung"), [(4e5, SMALL), (1.5e5, STILL), (6e4, NONE)])
def test_a_narrow_line_goes_down_at_once_and_stays_there(takes: float, rung: Rung) -> None:
    line = Line(takes).run(300)
    assert line.rungs[-1] is rung
    assert line.rungs[0] is rung, "at the first sign, without steps between"
    downs = [now for (now, row), (_, before) in zip(line.rows[1:], line.rows, strict=False) if row < before]
    assert len(downs) <= 6, "what proved too much is tried less and less often"
    assert all(later - earlier > HOLD_SECONDS for earlier, later in itertools.pairwise(downs))


def test_a_pages_own_estimate_leads_down_one_rung_at_a_time() -> None:
    ladder = Ladder()
    for at, rung in ((1.0, SMALL), (4.0, STILL), (7.0, NONE)):
        ladder.step([FLOOR], SOUND, 1.6e6, Full(5e4, Sign.ESTIMATE), at)
        assert ladder.rung("floor") is rung


def test_padding_and_not_the_picture_finds_out_what_a_narrow_line_takes() -> None:
    line = Line(4e5).run(1)
    line.most_sent = 0
    line.run(200)
    assert line.rungs == [SMALL], "the picture never changes"
    assert 4e5 < line.most_sent < 4e5 * GROWTH


class Queue:
    """A line that takes `takes` bits a second with a queue of 0.4 s before it, told of by one report a second."""

    def __init__(self, takes: float) -> None:
        self.takes, self.queue, self.most, self.lost, self.ladder = takes, 0.0, 0.0, 0.0, Ladder()

    def run(self, seconds: int) -> "Queue":
        disturbed = False
        for turn in range(2 * seconds):
            now = turn / 2
            sent = SOUND + FLOOR.need(self.ladder.rung("floor")) + self.ladder.padding([FLOOR], SOUND) * (not disturbed)
            self.queue = max(0.0, self.queue + (sent / self.takes - 1) / 2)
            self.lost += max(0.0, self.queue - 0.4) if turn else 0.0
            self.queue = min(0.4, self.queue)
            self.most = max(self.most, sent if turn else 0.0)
            full = Full(self.takes * 0.8, Sign.LOSS) if turn == 0 else None
            is_quiet: bool | None = None
            if turn % 2:
                disturbed = self.queue > 0.1
                is_quiet = not disturbed
            elif disturbed:
                is_quiet = False
            self.ladder.step([FLOOR], SOUND, sent, full, now, is_quiet)
        return self


def test_a_queue_is_seen_before_it_overflows() -> None:
    line = Queue(4e5).run(200)
    assert line.ladder.rung("floor") is SMALL
    assert line.most > 4e5, "it was tried"
    assert line.lost == 0


def test_what_is_tried_begins_near_to_what_is_sent_or_is_believed() -> None:
    def first_trial(estimate: float) -> float:
        ladder = Ladder()
        ladder.step([FLOOR], SOUND, 1.6e6, Full(9e5, Sign.ESTIMATE), 0.0)
        sent = SOUND + FLOOR.small
        for turn in range(1, 40):
            ladder.step([FLOOR], SOUND, sent, None, turn / 2, None, estimate)
        return ladder.budget

    assert first_trial(1e5) == GROWTH * (SOUND + FLOOR.small)
    assert first_trial(6e5) == 6e5
    assert first_trial(3e6) == 9e5


def test_what_was_not_sent_was_not_tried() -> None:
    ladder = Ladder()
    ladder.step([FLOOR], SOUND, 1.6e6, Full(9e5, Sign.ESTIMATE), 0.0)
    for turn in range(1, 100):
        ladder.step([FLOOR], SOUND, SOUND, None, turn / 2, True)
    assert ladder.budget <= GROWTH * (SOUND + FLOOR.small)


def test_a_disturbed_line_is_not_padded_and_the_second_time_left_alone() -> None:
    ladder, now = Ladder(), 0.0

    def step(is_quiet: bool | None) -> float:
        nonlocal now
        now += 0.5
        ladder.step([FLOOR], SOUND, ladder.budget, None, now, is_quiet)
        return ladder.padding([FLOOR], SOUND)

    ladder.step([FLOOR], SOUND, 1.6e6, Full(9e5, Sign.ESTIMATE), 0.0)
    while not step(None):
        assert now < HOLD_SECONDS + 2
    assert step(False) == 0
    assert step(True) > 0, "it goes on where it was"
    assert step(False) == 0
    quiet_at = now
    while not step(True):
        assert ladder.rung("floor") is SMALL
    assert 1.4 * HOLD_SECONDS < now - quiet_at < DISTURBED_HOLD


def test_a_line_that_recovers_climbs_step_by_step_and_is_free_again() -> None:
    line = Line(6e4).run(5)
    assert line.rungs[-1] is NONE
    line.takes = 1e9
    line.run(90)
    assert line.rungs == [NONE, STILL, SMALL, FULL]
    times = [now for now, _ in line.rows]
    assert all(later - earlier >= 3 for earlier, later in itertools.pairwise(times[1:]))
    assert not line.ladder.is_limited
    assert line.ladder.sign is None


def test_the_less_important_picture_goes_first() -> None:
    line = Line(2.2e6, FLOOR, HALL).run(60)
    assert all(floor >= hall for _, (floor, hall) in line.rows)
    assert line.rows[-1][1] == (FULL, SMALL)


def test_a_picture_that_comes_while_the_line_is_narrow_begins_with_what_fits() -> None:
    line = Line(3e5).run(2)
    line.pictures = (FLOOR, HALL)
    assert line.ladder.rung("hall") is STILL
    line.run(1)
    assert line.ladder.rung("floor") is SMALL
    assert line.ladder.rung("hall") is STILL


def test_a_sign_with_everything_fitting_gives_up_one_rung() -> None:
    ladder = Ladder()
    assert ladder.step([FLOOR, HALL], SOUND, 2.8e6, Full(9e6, Sign.LOSS), 1.0)
    assert (ladder.rung("floor"), ladder.rung("hall")) == (FULL, SMALL)
    assert ladder.sign is Sign.LOSS


def test_a_small_picture_that_fits_stays_whatever_was_lost_before_it() -> None:
    ladder = Ladder()
    ladder.step([FLOOR], SOUND, 1.6e6, Full(4e5, Sign.LOSS), 1.0)
    assert ladder.rung("floor") is SMALL
    ladder.step([FLOOR], SOUND, 4e5, Full(2.5e5, Sign.LOSS), 4.0)
    assert ladder.rung("floor") is SMALL
    ladder.step([FLOOR], SOUND, 2e5, Full(1.4e5, Sign.LOSS), 7.0)
    assert ladder.rung("floor") is STILL


def test_a_failed_trial_leads_back_and_not_below_and_a_line_that_is_narrower_still_goes_on_down() -> None:
    line = Line(4e5).run(HOLD_SECONDS + 1)
    ladder = line.ladder
    assert line.rungs == [SMALL] and ladder.padding(line.pictures, SOUND) > 0
    at = line.now + 0.5
    ladder.step(line.pictures, SOUND, 5e5, Full(6e4, Sign.LOSS), at)
    assert ladder.rung("floor") is SMALL
    assert ladder.padding(line.pictures, SOUND) == 0
    ladder.step(line.pictures, SOUND, 2e5, Full(1e5, Sign.LOSS), at + 3)
    assert ladder.rung("floor") is STILL


def test_no_padding_where_there_is_nothing_to_climb_to() -> None:
    line = Line(1e9)
    line.ladder.step(line.pictures, SOUND, 1.6e6, Full(1.45e6, Sign.ESTIMATE), 0.5)
    line.now = 0.5
    line.run(HOLD_SECONDS + 30)
    assert line.rungs[-1] is FULL
    assert line.ladder.padding(line.pictures, SOUND) == 0.0


def test_constants_fit_together() -> None:
    assert HOLD_SECONDS < TRIAL_SECONDS < LONGEST_HOLD
    assert 1 < HEADROOM < GROWTH
    assert FLOOR.small > STILL_BITS
