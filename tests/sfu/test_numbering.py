"""Numbers of one source as they come: in order, late, lost and recovered, left out, twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.numbering import Numbering

FIRST = 1000
OURS = -1
"""Padding of the bus, in place of a number of the source."""


def places(came: list[int], padding: set[int]) -> list[int | None]:
    """The place of each number that came (the first one's is 0), those in `padding` being empty."""
    numbering = Numbering(FIRST, 0, 90_000, 3000, 5.0)
    numbering.begin(came[0], 0, 0.0)
    rows: list[int | None] = []
    for number in came:
        if number == OURS:
            given: int | None = numbering.insert()
        else:
            act = numbering.drop if number in padding else numbering.place
            given = act(number & 0xFFFF, 0, 0.0)
        rows.append(None if given is None else given - FIRST)
    return rows


@pytest.mark.parametrize(
    ("came", "padding", "given"),
    [
        pytest.param([1, 2, 3], {2}, [0, None, 1], id="padding leaves no hole"),
        pytest.param([1, 3, 2, 4], {3}, [0, None, 1, 2], id="lost before padding and recovered"),
        pytest.param([1, 4, 2, 3, 5], {4}, [0, None, 1, 2, 3], id="two lost before padding and recovered"),
        pytest.param([1, 3, 5, 2, 4, 6], {3, 5}, [0, None, None, 1, 2, 3], id="lost between padding"),
        pytest.param([1, 2, 2, 3, 2], {2}, [0, None, None, 1, None], id="padding comes again"),
        pytest.param(
            [1, 2, 4, 2, 3], {2}, [0, None, 2, None, 1], id="padding comes again while what follows is missing"
        ),
        pytest.param([1, 3, 2], {2}, [0, 2, 1], id="padding that comes late keeps its place"),
        pytest.param([1, 3, OURS, 2, 3, 4], {3}, [0, None, 2, 1, None, 3], id="ours after padding"),
        pytest.param([1, OURS, 2, 3, 2], {2}, [0, 1, None, 2, None], id="padding after ours"),
        pytest.param([1, 3, OURS, 2, 4], set(), [0, 2, 3, 1, 4], id="lost before ours and recovered"),
    ],
)
def test_each_number_has_its_place(came: list[int], padding: set[int], given: list[int | None]) -> None:
    assert places(came, padding) == given


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[int], set[int]]:
    """Numbers that all come, some late, some twice, ours among them; and those that are empty."""
    count = draw(st.integers(1, 40))
    late = draw(st.lists(st.integers(0, 6), min_size=count, max_size=count))
    order = sorted(range(1, count + 1), key=lambda number: (number + late[number - 1], number))
    came = [0, *order]
    for at, number in draw(st.lists(st.tuples(st.integers(1, count), st.integers(-6, 0)), max_size=12)):
        came.insert(at + 1, max(0, came[at] + number) if number and came[at] != OURS else OURS)
    return came, draw(st.sets(st.integers(1, count)))


@given(arrivals(), st.sampled_from([0, 65_520]))
def test_whatever_the_order_nothing_is_lost_and_no_place_is_given_twice(
    arrived: tuple[list[int], set[int]], start: int
) -> None:
    came, padding = [each if each == OURS else each + start for each in arrived[0]], {n + start for n in arrived[1]}
    given = places(came, padding)
    of_source: dict[int, int] = {}
    ours: list[int] = []
    for number, place in zip(came, given, strict=True):
        assert place is not None or number in padding, "what has a payload has a place"
        if number == OURS and place is not None:
            ours.append(place)
        elif place is not None:
            assert of_source.setdefault(number, place) == place
    taken = sorted([*of_source.values(), *ours])
    assert taken == list(range(len(taken))), "no place twice, and no hole when all has come"
    assert [of_source[number] for number in sorted(of_source)] == sorted(of_source.values())
