"""Every rule that is implemented has a test that bears its number; every other one is listed as to come."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
RULES = TESTS.parent / "meetings/core/RULES.md"

IMPLEMENTED = {*range(1, 5), *range(7, 12), *range(13, 16), 17, 18, *range(20, 23), 24, *range(26, 37)}
TO_COME = {5, 6, 12, 16, 19, 23, 25}


def test_rules_are_numbered_from_1_to_36_and_each_is_done_or_to_come() -> None:
    numbered = [int(n) for n in re.findall(r"^(\d+)\. ", RULES.read_text(), re.M)]
    assert numbered == list(range(1, 37))
    assert set(numbered) == IMPLEMENTED | TO_COME and not IMPLEMENTED & TO_COME


def test_every_implemented_rule_has_a_test_that_bears_its_number() -> None:
    tests = "\n".join(
        path.read_text() for folder in ("core", "signaling") for path in (TESTS / folder).glob("test_*.py")
    )
    assert IMPLEMENTED - {int(n) for n in re.findall(r"def test_rule_(\d+)_", tests)} == set()
