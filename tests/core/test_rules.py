"""Every rule has a test that bears its number."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
RULES = TESTS.parent / "meetings/core/RULES.md"

NUMBERS = list(range(1, 44))


def test_rules_are_numbered_from_1_to_43() -> None:
    assert [int(n) for n in re.findall(r"^(\d+)\. ", RULES.read_text(), re.M)] == NUMBERS


def test_every_rule_has_a_test_that_bears_its_number() -> None:
    tests = "\n".join(
        path.read_text() for folder in ("core", "signaling") for path in (TESTS / folder).glob("test_*.py")
    )
    assert set(NUMBERS) - {int(n) for n in re.findall(r"def test_rule_(\d+)_", tests)} == set()
