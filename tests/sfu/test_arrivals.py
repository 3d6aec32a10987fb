"""Transport-wide feedback, read back as a browser reads it."""

import struct
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.arrivals import MAX_SPAN, Arrivals
from signaling.sfu.rtcp import parse_rtcp


def read(report: bytes) -> tuple[int, int, list[float | None]]:
    """(first number, turn, seconds or None per packet) of a report."""
    kind, words = struct.unpack_from("!BH", report, 1)
    assert (report[0], kind, 4 * (words + 1)) == (0x8F, 205, len(report))
    _, _, first, count = struct.unpack_from("!LLHH", report, 4)
    reference, turn = int.from_bytes(report[16:19], "big"), report[19]
    chunks = [int.from_bytes(report[at : at + 2], "big") for at in range(20, 20 + 2 * -(-count // 7), 2)]
    assert all(chunk >> 14 == 0b11 for chunk in chunks)
    symbols = [chunk >> shift & 3 for chunk in chunks for shift in range(12, -1, -2)]
    at, clock = 20 + 2 * len(chunks), reference * 256
    times: list[float | None] = []
    for symbol in islice(symbols, count):
        if symbol:
            clock += report[at] if symbol == 1 else struct.unpack_from("!h", report, at)[0]
            at += symbol
        times.append(clock / 4000 if symbol else None)
    assert len(report) - at < 4
    return first, turn, times


def reports(compound: bytes) -> list[tuple[int, int, list[float | None]]]:
    found = []
    while compound:
        size = 4 * (int.from_bytes(compound[2:4], "big") + 1)
        found.append(read(compound[:size]))
        compound = compound[size:]
    return found


def test_each_packet_is_told_of_with_its_time() -> None:
    arrivals = Arrivals()
    for number, now in ((7, 5.0), (8, 5.01), (10, 5.2), (9, 5.21)):
        arrivals.note(number, now)
    first, turn, times = read(arrivals.report(1))
    assert (first, turn) == (7, 0)
    assert times == [5.0, 5.01, 5.21, 5.2]


def test_what_did_not_come_is_told_of_and_again_when_it_comes_late() -> None:
    arrivals = Arrivals()
    arrivals.note(65_534, 1.0)
    arrivals.note(1, 1.001)
    first, _, times = read(arrivals.report(1))
    assert first == 65_534
    assert [time is None for time in times] == [False, True, True, False]
    arrivals.note(0, 1.1)
    arrivals.note(2, 1.11)
    first, turn, times = read(arrivals.report(1))
    assert (first, turn) == (0, 1)
    assert [time is None for time in times] == [False, True, False]
    assert arrivals.report(1) == b""


def test_a_gap_between_two_reports_is_told_of() -> None:
    arrivals = Arrivals()
    arrivals.note(5, 1.0)
    arrivals.report(1)
    arrivals.note(8, 1.1)
    first, _, times = read(arrivals.report(1))
    assert (first, [time is None for time in times]) == (6, [True, True, False])


def test_an_outage_is_forgotten() -> None:
    arrivals = Arrivals()
    arrivals.note(5, 1.0)
    for number in range(20_000 - MAX_SPAN // 2, 20_001):
        arrivals.note(number, 2.0)
    first, _, times = read(arrivals.report(1))
    assert first + len(times) == 20_001
    assert len(times) == MAX_SPAN


def test_of_a_flood_only_what_came_is_told() -> None:
    arrivals = Arrivals()
    for number in (5, 6, 7, 20, 30, 31):
        arrivals.note(number, 1.0)
    told = [(first, len(times)) for first, _, times in reports(arrivals.report(1))]
    assert told == [(5, 3), (20, 1), (30, 2)]
    arrivals.note(32, 1.1)
    arrivals.note(34, 1.1)
    ((first, turn, times),) = reports(arrivals.report(1))
    assert (first, turn, len(times)) == (32, 3, 3), "and all of it when it is over"


@given(st.lists(st.tuples(st.integers(0, 65_535), st.floats(0, 0.4)), min_size=1, max_size=60))
def test_any_row_makes_a_report_that_can_be_read(row: list[tuple[int, float]]) -> None:
    arrivals = Arrivals()
    for number, now in row:
        arrivals.note(number, 100 + now)
    report = arrivals.report(1)
    told = reports(report)
    assert all(times[-1] is not None for _, _, times in told)
    assert [turn for _, turn, _ in told] == list(range(len(told)))
    assert parse_rtcp(report) == []
