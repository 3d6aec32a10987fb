"""Rows of packets and times through the pacer."""

import math

import pytest

from signaling.sfu.bus import Sent
from signaling.sfu.pacer import LEAST_CREDIT, MOST_SECONDS, PACE, REPEAT_SHARE, Pacer, Repeats

TICK = 0.025
SIZE = 1200


def burst(first: int, count: int, size: int = SIZE) -> list[Sent]:
    return [Sent(first + number, bytes(size)) for number in range(count)]


def played(pacer: Pacer, rows: dict[int, list[Sent]], room: float, ticks: int) -> list[tuple[int, int]]:
    """(tick, number) of all that goes; `rows` come at their tick."""
    gone = []
    for tick in range(ticks):
        for sent in pacer.pass_on(rows.get(tick, []), room, tick * TICK):
            gone.append((tick, sent.index))
    return gone


def test_a_burst_goes_at_the_pace_of_the_room_and_in_its_order() -> None:
    gone = played(Pacer(), {10: burst(0, 12)}, 400_000, 60)
    assert [number for _, number in gone] == list(range(12))
    first, last = gone[0][0], gone[-1][0]
    assert first == 10, "it begins at once"
    fair = (12 * SIZE - LEAST_CREDIT) * 8 / (PACE * 400_000)
    assert (last - first) * TICK == pytest.approx(fair, abs=2 * TICK)
    most = max(sum(tick == at for at, _ in gone) for tick in range(60))
    assert most <= LEAST_CREDIT // SIZE + 1


def test_what_comes_behind_a_burst_does_not_overtake_it() -> None:
    gone = played(Pacer(), {10: burst(0, 12), 12: burst(12, 1, 300), 14: burst(13, 1, 300)}, 400_000, 60)
    assert [number for _, number in gone] == list(range(14))


def test_frames_of_the_usual_size_do_not_wait() -> None:
    rows = {tick: burst(tick, 1, 1000) for tick in range(0, 400, 3)}  # 107 kb/s
    gone = played(Pacer(), rows, 130_000, 400)
    assert gone == [(tick, tick) for tick in rows]


def test_nothing_waits_for_long_however_little_room_there_is() -> None:
    gone = played(Pacer(), {10: burst(0, 40)}, 20_000, 60)
    assert len(gone) == 40
    assert (gone[-1][0] - 10) * TICK <= MOST_SECONDS + TICK


def test_of_a_narrow_line_a_part_only_is_for_what_is_sent_again() -> None:
    repeats, room = Repeats(), 400_000
    repeated = sum(SIZE for ask in range(4000) if repeats.take(SIZE, room, ask / 400))
    assert repeated * 8 / 10 == pytest.approx(REPEAT_SHARE * room, rel=0.1)


def test_where_no_room_is_known_nothing_waits() -> None:
    pacer = Pacer()
    assert len(pacer.pass_on(burst(0, 40), math.inf, 0.0)) == 40
    assert len(pacer.pass_on(burst(40, 40), 400_000, 0.1)) < 40
    assert len(pacer.pass_on([], math.inf, 0.1)) + len(pacer.pass_on([], math.inf, 0.2)) > 30
    assert len(pacer) == 0
