"""Rows of levels of two sites → whether one returns the other's sound. The voices are syllables of chance, always the same."""

import random

import pytest

from signaling.echoes import delay_of
from signaling.sfu.levels import SLOTS

ROW = SLOTS - 1


def voice(seed: int, pauses: bool = True) -> list[int]:
    """Syllables of 0.1–0.3 s at about -25 dB, short gaps, a breath now and then."""
    chance, levels = random.Random(seed), []
    while len(levels) < ROW:
        levels += [round(chance.gauss(-25, 4)) for _ in range(chance.randint(2, 5))]
        levels += [round(chance.gauss(-50, 3)) for _ in range(chance.randint(1, 3))]
        if pauses and chance.random() < 0.1:
            levels += [round(chance.gauss(-58, 3)) for _ in range(chance.randint(5, 15))]
    return levels[:ROW]


def noise(seed: int, level: int = -58) -> list[int]:
    chance = random.Random(seed)
    return [round(chance.gauss(level, 2)) for _ in range(ROW)]


def mixed(*rows: list[int]) -> list[int]:
    return [max(levels) for levels in zip(*rows, strict=True)]


def echo(source: list[int], slots: int, softer: int = 15, ring: int = 4) -> list[int]:
    """It comes back later and softer, and dies away in the room at `ring` dB a slot."""
    late = [-127] * slots + [level - softer for level in source]
    for place in range(1, len(late)):
        late[place] = max(late[place], late[place - 1] - ring)
    return late[:ROW]


def turns(first: list[int], seconds: float, is_second: bool) -> list[int]:
    """Speaks every other `seconds` only."""
    slots = int(seconds * 20)
    return [level if (place // slots) % 2 is int(is_second) else -60 for place, level in enumerate(first)]


@pytest.mark.parametrize("slots", [2, 5, 9, 17, 30])
@pytest.mark.parametrize("softer", [6, 15, 25])
def test_a_voice_that_comes_back_later_and_softer_is_an_echo(slots: int, softer: int) -> None:
    source = voice(1)
    found = delay_of(source, mixed(echo(source, slots, softer), noise(2, -66)))
    assert found is not None and abs(found - slots) <= 1


def test_it_is_the_one_who_is_behind_who_returns_it() -> None:
    source = voice(3)
    assert delay_of(echo(source, 8), source) is None


def test_it_is_found_while_the_other_one_says_a_word_now_and_then() -> None:
    source = voice(4)
    words = [level if 60 <= place < 80 else -70 for place, level in enumerate(voice(5))]
    assert delay_of(source, mixed(echo(source, 7, 10), words)) == pytest.approx(7, abs=1)


@pytest.mark.parametrize("seed", range(40))
def test_two_who_speak_for_themselves_are_no_echo_of_each_other(seed: int) -> None:
    assert delay_of(voice(100 + seed), voice(200 + seed)) is None


@pytest.mark.parametrize("seconds", [0.5, 0.8, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_two_who_take_turns_are_no_echo_of_each_other(seed: int, seconds: float) -> None:
    assert delay_of(turns(voice(seed), seconds, False), turns(voice(50 + seed), seconds, True)) is None


def test_a_tone_that_comes_again_and_again_proves_nothing() -> None:
    beeps = [-20 if place % 20 < 2 else -127 for place in range(ROW)]
    assert delay_of(beeps, [-127] * 7 + beeps[:-7]) is None


def test_two_microphones_in_one_hall_are_no_echo() -> None:
    source = voice(6)
    assert delay_of(source, mixed([level - 3 for level in source], noise(7))) is None


@pytest.mark.parametrize("row", [[-127] * ROW, noise(8), noise(9, -80)], ids=["silence", "noise", "soft"])
def test_silence_and_noise_are_no_echo_and_have_none(row: list[int]) -> None:
    assert delay_of(voice(10), row) is None
    assert delay_of(row, voice(10)) is None
