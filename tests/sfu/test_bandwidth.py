"""Rows of time and feedback into the estimate of a viewer's line."""

import random
from collections.abc import Iterable

import pytest

from signaling.sfu.bandwidth import (
    DOUBT_SECONDS,
    MANY_ASKED,
    MEMORY_SECONDS,
    OUTAGE_SECONDS,
    SETTLE_SECONDS,
    Bandwidth,
    Full,
    Sign,
)

Row = tuple[str, float, float]
"""("limit", bits, sent), ("loss", share of 100 packets, sent) or ("trip", ms, sent); one row a second."""


def hear(line: Bandwidth, rows: Iterable[Row], at: float = 0.0) -> list[tuple[float, Full]]:
    found: list[tuple[float, Full]] = []
    for what, value, sent in rows:
        at += 1
        if what == "limit":
            line.note_limit(value, sent, at)
        elif what == "loss":
            line.note_report(100, round(value * 100), None, at)
        else:
            line.note_report(0, 0, value, at)
        full = line.take(sent, at)
        if full is not None:
            found.append((at, full))
    return found


CLEAN: list[Row] = [("loss", 0.0, 1e6)] * 3
STRAINED: list[Row] = [("trip", 40, 1.5e6), ("trip", 45, 1.5e6), ("trip", 150, 1.5e6)]
UNEVEN: list[Row] = [("trip", trip, 1.5e6) for trip in (300, 250, 370, 310, 350, 240, 330, 380)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([("limit", 3e5, 1.5e6), ("limit", 3.2e5, 1.5e6), ("limit", 5e5, 1.5e6)], [], id="a lagging one"),
        pytest.param([*STRAINED, ("limit", 3e5, 1.5e6), ("limit", 2e5, 1.5e6)], [], id="the fall of a lagging one"),
        pytest.param([("limit", 2e6, 1.5e6), ("limit", 1.6e6, 1.5e6)], [], id="a fall above what is sent"),
        pytest.param([*STRAINED, ("limit", 2e6, 1.5e6), ("limit", 3.4e5, 1.5e6)], [(5, 3.4e5)], id="a deep fall"),
        pytest.param(
            [*STRAINED[:2], ("limit", 2e6, 1.5e6), ("limit", 3.4e5, 1.5e6), STRAINED[2]],
            [(5, 3.4e5)],
            id="a deep fall, and then a queue",
        ),
        pytest.param(
            [*CLEAN, ("limit", 2e6, 1.5e6), ("limit", 3.4e5, 1.5e6), ("loss", 0.04, 1.5e6)],
            [(6, 3.4e5)],
            id="a deep fall, and then losses",
        ),
        pytest.param(
            [("limit", 2e6, 1.5e6), ("limit", 3.4e5, 1.5e6), *[("trip", 40, 1.5e6)] * 5], [], id="of the browser alone"
        ),
        pytest.param(
            [*UNEVEN, ("limit", 2e6, 1.5e6), ("limit", 3.4e5, 1.5e6), *UNEVEN[:4]], [], id="of jitter, not of a queue"
        ),
        pytest.param(
            [("limit", 2e6, 1.5e6), ("limit", 1.3e6, 1.5e6), ("limit", 1.4e6, 1.5e6)], [], id="one slight fall"
        ),
        pytest.param(
            [*STRAINED, ("limit", 2e6, 1.5e6), ("limit", 1.3e6, 1.5e6), ("limit", 1.2e6, 1.5e6)],
            [(6, 1.2e6)],
            id="two slight falls",
        ),
        pytest.param(
            [("limit", 2e6, 1.5e6), ("limit", 1.3e6, 1.5e6), *[("limit", 1.4e6, 1.5e6)] * 6, ("limit", 1.3e6, 1.5e6)],
            [],
            id="slight falls far apart",
        ),
    ],
)
def test_a_browsers_estimate_tells_by_falling(rows: list[Row], found: list[tuple[float, float]]) -> None:
    assert hear(Bandwidth(), rows) == [(at, Full(room, Sign.ESTIMATE)) for at, room in found]


@pytest.mark.parametrize(
    ("losses", "found"),
    [
        pytest.param([0.0, 0.05, 0.05, 0.05], [], id="a little"),
        pytest.param([0.0, 0.12, 0.0, 0.12], [], id="single bursts"),
        pytest.param([0.0, 0.12, 0.12], [(3, 0.88e6)], id="much, twice in a row"),
        pytest.param([0.0, 0.5], [(2, 0.5e6)], id="heavy, at once"),
        pytest.param([0.1, 0.1, 0.14, 0.1, 0.15], [(1, None)], id="ordinary for a radio line"),
    ],
)
def test_loss_tells_by_exceeding_the_ordinary(losses: list[float], found: list[tuple[float, float | None]]) -> None:
    line = Bandwidth()
    expected = [(at, Full(room, Sign.LOSS)) for at, room in found if room is not None]
    assert [
        (at, Full(round(full.room), full.sign)) for at, full in hear(line, [("loss", each, 1e6) for each in losses])
    ] == expected


def test_a_loss_that_stays_when_much_less_is_sent_is_the_lines_own() -> None:
    line = Bandwidth()
    assert hear(line, [*CLEAN, *[("loss", 0.1, 1.5e6)] * 2]) == [(5, Full(1.5e6 * 0.9, Sign.LOSS))]
    line.settle(5)
    losses = (0.1, 0.1, 0.05, 0.12, 0.07, 0.13, 0.09)
    assert hear(line, [("loss", loss, 0.2e6) for loss in losses], at=5 + SETTLE_SECONDS) == []
    assert line.is_lossy and line.ordinary_loss == 0.05
    assert hear(line, [("loss", 0.11, 1.5e6)] * 5, at=15) == [], "nor does the full picture end again"

    narrow = Bandwidth()
    assert len(hear(narrow, [*CLEAN, ("loss", 0.9, 1.5e6)])) == 1
    narrow.settle(4)
    found = hear(narrow, [("loss", 0.25, 0.2e6)] * 2, at=4 + SETTLE_SECONDS)
    assert [full.sign for _, full in found] == [Sign.LOSS], "less is lost: it was too much, and still is"


def test_a_queue_tells_by_the_round_trip() -> None:
    trips = [40, 45, 400, 60, 500, 700]
    assert hear(Bandwidth(), [("trip", trip, 1e6) for trip in trips]) == [(6, Full(0.8e6, Sign.DELAY))]
    another = [40, 45, 400, 420, 390, 470, 400, 380]
    assert hear(Bandwidth(), [("trip", trip, 1e6) for trip in another]) == [], "another path"
    far = [330, 250, 410, 300, 420, 390]
    assert hear(Bandwidth(), [("trip", trip, 1e6) for trip in far]) == []


def test_what_a_line_loses_at_any_rate_is_noticed_and_forgotten() -> None:
    line = Bandwidth()
    hear(line, [("loss", 0.03, 1e6)] * 3)
    assert line.is_lossy
    hear(line, [("loss", 0.01, 1e6)], at=3)
    assert line.is_lossy, "not at the first better report"
    hear(line, [("loss", 0.0, 1e6)] * 2, at=4)
    assert not line.is_lossy
    hear(line, [("loss", 0.1, 1e6)] * int(MEMORY_SECONDS + 4), at=6)
    assert line.ordinary_loss == 0.1


def test_the_first_report_after_an_outage_proves_nothing() -> None:
    line = Bandwidth()
    assert hear(line, CLEAN) == []
    back = 3 + OUTAGE_SECONDS
    assert hear(line, [("loss", 0.9, 1e6)] * 2, at=back) == []
    assert hear(line, [("loss", 0.9, 1e6)], at=back + 1 + SETTLE_SECONDS) != []


def test_after_a_change_what_was_under_way_is_not_counted() -> None:
    line = Bandwidth()
    hear(line, [*CLEAN, ("limit", 2e6, 1.5e6)])
    line.settle(4.0)
    assert hear(line, [("limit", 3e5, 1.5e6), ("loss", 0.5, 1.5e6)], at=4) == []
    rows: list[Row] = [("limit", 1.4e6, 1.5e6), ("limit", 2e5, 1.5e6), ("loss", 0.05, 1.5e6)]
    assert hear(line, rows, at=4 + SETTLE_SECONDS) != []


def test_a_second_fall_needs_a_witness_of_its_own() -> None:
    """A busy machine's estimate falls on when the picture is small already."""
    line = Bandwidth()
    rows: list[Row] = [*STRAINED[:2], ("limit", 2e6, 1.5e6), ("limit", 1e6, 1.5e6), STRAINED[2]]
    assert hear(line, rows) == [(5, Full(1e6, Sign.ESTIMATE))]
    line.settle(5.0)
    line.note_limit(2e5, 1.8e5, 5.0 + SETTLE_SECONDS)
    line.note_limit(4e4, 1.8e5, 5.0 + SETTLE_SECONDS)
    assert line.take(1.8e5, 5.1 + SETTLE_SECONDS) is None
    found = hear(line, [("trip", 300, 1.8e5)], at=4.5 + SETTLE_SECONDS)
    assert found == [(5.5 + SETTLE_SECONDS, Full(4e4, Sign.ESTIMATE))]


def test_of_another_path_nothing_is_concluded_from_the_last_one() -> None:
    line = Bandwidth()
    assert hear(line, [*CLEAN, ("limit", 2e6, 1.5e6), ("trip", 40, 1.5e6)]) == []
    line.begin_path(5.0)
    assert hear(line, [("loss", 0.7, 1.5e6), ("limit", 3e5, 1.5e6)], at=5) == []
    slow: list[Row] = [("trip", 500, 1.5e6), ("limit", 1.4e6, 1.5e6), ("limit", 3e5, 1.5e6), ("trip", 510, 1.5e6)]
    assert hear(line, slow, at=5 + SETTLE_SECONDS) == [], "it is a longer one"
    assert hear(line, [("loss", 0.7, 1.5e6)], at=10 + SETTLE_SECONDS) != []


def test_many_requests_are_a_witness_before_the_losses_are_reported() -> None:
    line = Bandwidth()
    line.note_limit(2e6, 1.5e6, 1.0)
    line.note_limit(3.4e5, 1.5e6, 1.2)
    assert not line.is_pressing(1.2)
    line.note_asked(MANY_ASKED - 1, 1.3)
    assert not line.is_pressing(1.3)
    line.note_asked(1, 1.3)
    assert line.is_pressing(1.3)
    assert line.take(1.5e6, 1.3) == Full(3.4e5, Sign.ESTIMATE)
    assert not line.is_pressing(1.4), "it was told"


def test_requests_that_come_one_by_one_are_no_witness() -> None:
    line = Bandwidth()
    line.note_limit(2e6, 1.5e6, 1.0)
    line.note_limit(3.4e5, 1.5e6, 1.2)
    for step in range(40):
        line.note_asked(1, 1.3 + step / 20)
        assert not line.is_pressing(1.3 + step / 20)


def test_a_radio_line_stays_what_it_is_whatever_chance_does() -> None:
    dice, line, found, quiet = random.Random(5), Bandwidth(), [], 0
    for second in range(1, 1201):
        lost = sum(dice.random() < 0.1 for _ in range(60))
        line.note_report(60, lost, 40.0 + dice.random() * 10, float(second))
        full = line.take(2e5, float(second))
        found += [full] if full is not None and second > 5 else []
        quiet += line.is_quiet(second + 0.4) is True
    assert len(found) <= 4
    assert quiet > 1000


def test_a_line_is_quiet_when_a_report_tells_so() -> None:
    line = Bandwidth()
    assert line.is_quiet(0.5) is None
    hear(line, CLEAN)
    assert line.is_quiet(3.1) is True
    assert line.is_quiet(3.2) is None, "nothing was heard since"
    hear(line, [("loss", 0.05, 1e6)], at=3)
    assert line.is_quiet(4.1) is False
    assert line.is_quiet(4.1 + DOUBT_SECONDS) is None
    line.note_limit(5e5, 4e5, 6.0)
    line.note_limit(4.2e5, 4e5, 6.5)
    assert not line.is_doubtful(6.6), "it still believes in what it is sent"
    line.note_limit(3.5e5, 4e5, 6.7)
    assert line.is_doubtful(6.8), "the page's estimate falls"


def test_few_packets_are_counted_together() -> None:
    line = Bandwidth()
    for at in range(1, 4):
        line.note_report(9, 5, None, float(at))
        found = line.take(5e4, float(at))
        assert (found is not None) is (at == 3)
