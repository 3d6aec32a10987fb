"""When to ask for what did not come, on lines that are near, far, uneven and lossy."""

import itertools
import random
from collections.abc import Callable

import pytest

from signaling.sfu.missing import (
    FIRST_WAIT,
    LEAST_REORDER,
    LEAST_WAIT,
    MAX_REQUESTS,
    MOST_REORDER,
    Missing,
    RoundTrip,
)

TICK = 0.025


def played(
    missing: Missing, packets: int, delay: Callable[[int], float], is_lost: Callable[[int], bool], trip: float
) -> list[tuple[float, int]]:
    """The requests (time, number) for a stream of one packet each 10 ms, some of them late or lost, looked after each tick.

    The first answer to each comes after `trip`.
    """
    came = sorted((number * 0.01 + delay(number), number) for number in range(packets) if not is_lost(number))
    answers: list[tuple[float, int]] = []
    asked: list[tuple[float, int]] = []
    answered: set[int] = set()
    highest, now = -1, 0.0
    while came or answers:
        now += TICK
        while came and came[0][0] <= now:
            at, number = came.pop(0)
            if number > highest + 1 and highest >= 0:
                missing.add_gap(highest + 1, number, at)
            if number < highest:
                missing.come(number, at)
            highest = max(highest, number)
        while answers and answers[0][0] <= now:
            at, number = answers.pop(0)
            if number not in answered:
                answered.add(number)
                missing.repaired(number, at)
        for number in missing.due(now):
            asked.append((now, number))
            answers.append((now + trip, number))
    return asked


def test_each_request_waits_longer_than_the_one_before_and_they_end() -> None:
    missing = Missing()
    missing.add_gap(5, 6, 0.0)
    times = [tick / 1000 for tick in range(1, 2000) if missing.due(tick / 1000)]
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert times[0] == pytest.approx(LEAST_REORDER)
    assert waits[0] == pytest.approx(FIRST_WAIT, abs=0.002)
    assert waits == sorted(waits) and len(set(waits)) == len(waits)
    assert len(times) <= MAX_REQUESTS
    assert len(missing) == 0


@pytest.mark.parametrize(
    ("trip", "least", "most"), [(0.002, LEAST_WAIT, LEAST_WAIT), (0.3, 0.3, 0.45), (0.8, 0.8, 1.0)]
)
def test_a_wait_follows_the_round_trip(trip: float, least: float, most: float) -> None:
    line = RoundTrip()
    played(Missing(line), 3000, lambda _: 0.0, lambda number: number % 50 == 7, trip)
    assert least <= line.wait <= most


def test_on_a_far_line_each_loss_is_asked_for_once() -> None:
    missing = Missing()
    asked = played(missing, 3000, lambda _: 0.0, lambda number: number % 50 == 7, trip=0.3)
    later = [number for at, number in asked if at > 5]
    assert len(later) == len(set(later)) > 40


def test_an_answer_that_comes_after_the_last_request_is_taken() -> None:
    missing = Missing(RoundTrip())
    missing.add_gap(5, 6, 0.0)
    for tick in range(36):
        missing.due(tick * TICK)
    assert missing.repaired(5, 0.9)


def test_a_repeated_request_tells_nothing_of_the_round_trip() -> None:
    line = RoundTrip()
    line.note(0.05)
    missing = Missing(line)
    missing.add_gap(5, 6, 0.0)
    assert missing.due(0.01) == [5] and missing.due(0.2) == [5]
    assert missing.repaired(5, 0.21)
    assert line.mean == 0.05


def test_what_is_merely_overtaken_is_hardly_asked_for() -> None:
    dice = random.Random(4)
    line = RoundTrip()
    line.note(0.3)
    missing = Missing(line)
    late = {number: dice.uniform(0, 0.06) for number in range(6000)}
    asked = played(missing, 6000, late.__getitem__, lambda _: False, trip=0.3)
    assert len(asked) < 0.02 * 6000
    assert missing.reorder_wait > 2 * LEAST_REORDER


def test_losses_without_reordering_bring_the_wait_down_again() -> None:
    missing = Missing()
    missing.add_gap(1, 2, 0.0)
    missing.come(1, 0.07)
    assert missing.reorder_wait > 4 * LEAST_REORDER
    played(missing, 5000, lambda _: 0.0, lambda number: number % 50 == 7, trip=0.03)
    assert missing.reorder_wait == LEAST_REORDER


def test_very_late_packets_do_not_make_it_wait_for_ever() -> None:
    missing = Missing()
    for number in range(20):
        missing.add_gap(number, number + 1, number * 1.0)
        missing.come(number, number * 1.0 + 0.9)
    assert missing.reorder_wait == MOST_REORDER


def test_an_answer_in_the_stream_itself_is_not_taken_for_an_overtaken_packet() -> None:
    line = RoundTrip()
    line.note(0.1)
    missing = Missing(line)
    missing.add_gap(1, 2, 0.0)
    assert missing.due(0.01) == [1]
    assert missing.come(1, 0.11)
    assert missing.reorder_wait == LEAST_REORDER


def test_before_a_key_frame_nothing_is_missing() -> None:
    missing = Missing()
    missing.add_gap(1, 3, 0.0)
    missing.add_gap(5, 7, 0.0)
    missing.forget_before(6)
    assert missing.due(0.1) == [6]
    missing.forget()
    assert len(missing) == 0


def test_what_is_given_up_is_told_once() -> None:
    missing = Missing()
    missing.add_gap(1, 3, 0.0)
    assert missing.due(0.05) == [1, 2]
    missing.repaired(1, 0.1)
    assert not missing.take_given_up()
    missing.due(RoundTrip().hope + 0.1)
    assert missing.take_given_up() and not missing.take_given_up()


def test_no_more_is_asked_for_than_may_be_and_the_rest_later() -> None:
    missing = Missing()
    missing.add_gap(1, 7, 0.0)
    assert missing.due(0.05, most=4) == [1, 2, 3, 4]
    assert missing.due(0.06, most=4) == [5, 6]


def test_an_outage_is_forgotten_with_what_was_missing_before() -> None:
    missing = Missing()
    missing.add_gap(1, 3, 0.0)
    missing.add_gap(5, 5000, 0.1)
    assert missing.due(5.0) == []
