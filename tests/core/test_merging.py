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


def test_a_line_saved_in_the_middle_of_a_word_and_gone_on_with_stands_once() -> None:
    assert merged("Đồng ch", "Đồng ch\nKiến nghị", "Đồng chí nói") == "Đồng chí nói\nKiến nghị"


def test_an_answer_that_was_lost_does_not_double_what_is_sent_again() -> None:
    assert merged("", "Đồng ch", "Đồng chí nói\nhai") == "Đồng chí nói\nhai"
    assert merged(BASE, BASE + "\nbố", BASE + "\nbốn\nnăm") == BASE + "\nbốn\nnăm"


def test_two_who_begin_an_empty_note_both_stand() -> None:
    assert merged("", "- Thuận lợi", "- Khó khăn") == "- Thuận lợi\n- Khó khăn"


def test_two_who_type_at_once_and_are_saved_after_each_letter_lose_and_double_nothing() -> None:
    """As the pages do it: `base` is what was sent last, the answer is taken only when nothing was typed since."""
    wanted = ("- Thuận lợi: đoàn kết", "- Khó khăn: phụ cấp")
    server = ""
    texts, bases = ["", ""], ["", ""]
    for letters in zip(*(line.ljust(24) for line in wanted), strict=True):
        for writer, letter in enumerate(letters):
            lines = texts[writer].split("\n")
            own = next(
                (n for n, line in enumerate(lines) if line and line == wanted[writer].ljust(24)[: len(line)]), -1
            )
            if own < 0:
                own = len(lines) if texts[writer] else 0
                lines[own:] = [""]
            lines[own] += letter
            texts[writer] = "\n".join(lines)
            server = merged(bases[writer], server, texts[writer])
            texts[writer] = bases[writer] = server
    assert sorted(line.rstrip() for line in server.split("\n")) == sorted(wanted)


notes = st.lists(st.sampled_from("abcdef"), max_size=8).map("\n".join)


@given(notes, notes, notes)
def test_no_line_that_either_side_wrote_is_lost(base: str, theirs: str, mine: str) -> None:
    result = merged(base, theirs, mine).split("\n")
    for side in (theirs, mine):
        for line in set(side.split("\n")) - set(base.split("\n")) - {""}:
            assert line in result


@given(notes, notes)
def test_who_changed_nothing_gets_what_the_other_wrote(base: str, other: str) -> None:
    assert merged(base, other, base) == other
    assert merged(base, base, other) == other
    assert merged(base, other, other) == other
