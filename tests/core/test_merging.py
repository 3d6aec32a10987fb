"""Two secretaries write one note."""

from hypothesis import given
from hypothesis import strategies as st

from meetings.core.merging import merged

BASE = "một\nhai\nba"


def test_changes_to_different_lines_are_both_kept() -> None:
    assert merged(BASE, "một!\nhai\nba", "một\nhai\nba!") == "một!\nhai\nba!"


def test_lines_added_at_different_ends_are_both_kept() -> None:
    assert merged(BASE, "không\n" + BASE, BASE + "\nbốn") == "không\n" + BASE + "\nbốn"


def test_two_versions_of_one_line_both_stand() -> None:
    assert merged(BASE, "một\nhai A\nba", "một\nhai B\nba") == "một\nhai A\nhai B\nba"


def test_a_line_that_one_side_deletes_and_the_other_leaves_is_gone() -> None:
    assert merged(BASE, "một\nba", BASE + "\nbốn") == "một\nba\nbốn"


notes = st.lists(st.sampled_from("abcdef"), max_size=8).map("\n".join)


@given(notes, notes, notes)
def test_no_line_that_either_side_wrote_is_lost(base: str, theirs: str, mine: str) -> None:
    result = merged(base, theirs, mine).split("\n")
    for side in (theirs, mine):
        for line in set(side.split("\n")) - set(base.split("\n")):
            assert line in result


@given(notes, notes)
def test_who_changed_nothing_gets_what_the_other_wrote(base: str, other: str) -> None:
    assert merged(base, other, base) == other
    assert merged(base, base, other) == other
    assert merged(base, other, other) == other
