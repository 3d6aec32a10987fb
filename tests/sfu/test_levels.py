"""Levels of packets in, rows of slots out."""

from signaling.sfu.levels import SLOT_SECONDS, SLOTS, Levels


def fed(*packets: tuple[float, int]) -> Levels:
    levels = Levels()
    for at, level in packets:
        levels.note(level, at)
    return levels


def test_a_slot_keeps_its_loudest_packet_and_the_row_ends_with_the_newest_that_is_over() -> None:
    levels = fed((100.00, 40), (100.02, 30), (100.04, 50), (100.06, 20), (100.11, 10))
    assert levels.row(100.12)[-3:] == [-127, -30, -20], "the slot of now is not over"
    assert levels.row(100.16)[-3:] == [-30, -20, -10]


def test_where_no_packet_came_is_silence() -> None:
    levels = fed((100.0, 40), (100.2, 30))
    assert levels.row(100.26)[-6:] == [-127, -40, -127, -127, -127, -30]


def test_what_is_older_than_the_row_is_forgotten() -> None:
    levels = fed((100.0, 40))
    row = levels.row(100.0 + SLOT_SECONDS * (SLOTS - 1))
    assert (len(row), row[0], set(row[1:])) == (SLOTS - 1, -40, {-127})
    assert set(levels.row(100.0 + SLOT_SECONDS * SLOTS)) == {-127}
    assert set(fed((100.0, 40)).row(5000.0)) == {-127}


def test_two_streams_read_at_once_have_the_same_slots() -> None:
    first, second = fed((7.03, 20)), fed((7.03, 60), (8.01, 70))
    assert first.row(9.0).index(-20) == second.row(9.0).index(-60)
