"""Rows of readings → alarms that begin and end, and what is written down of them."""

from collections.abc import Sequence

import pytest

from meetings.core import commands as c
from meetings.core.vocabulary import LineKind, SiteId
from signaling.alarms import NOTHING, Alarm, AlarmKind, Expected, Flow, Watch, expected_of
from signaling.sfu.levels import SLOTS
from tests.core.sitting import HALL as PROVINCE
from tests.core.sitting import SECRETARY, TAN_AN, Sitting, delegate, discussing, doors_open, site
from tests.signaling.test_echoes import echo, noise, voice

HALL, HERE = SiteId(1), SiteId(7)
SPEAKS = Expected(frozenset({HERE}), HERE)
STEP, SLOTS_A_STEP = 2.0, 40
ROW = SLOTS - 1
SILENT, FROZEN = Alarm(AlarmKind.SILENT, HERE), Alarm(AlarmKind.FROZEN, HERE)
SOUND, HUM, DEAD = -30, -75, -127


def levels(*parts: tuple[int, float]) -> list[int]:
    """So loud for so many seconds, up to now; before that it spoke."""
    row = [level for level, seconds in parts for _ in range(round(seconds * 20))]
    return [SOUND] * (ROW - len(row)) + row[-ROW:]


class Readings:
    """A reading every 2 s of one speaker: his sound, and how long ago his last picture came."""

    def __init__(self) -> None:
        self.watch, self.now = Watch(), 100.0

    def look(
        self,
        sound: Sequence[int] | None = None,
        picture: float | None = 0.1,
        expected: Expected = SPEAKS,
        more: Sequence[Flow] = (),
    ) -> list[LineKind]:
        self.now += STEP
        flows = [
            Flow("audio", HERE, 0.02, levels((SOUND, 1)) if sound is None else sound),
            Flow("video", HERE, picture),
            *more,
        ]
        return [kind for _, kind in self.watch.look(expected, flows, self.now)]


def test_who_speaks_and_is_seen_gives_no_alarm() -> None:
    readings = Readings()
    assert [readings.look() for _ in range(10)] == [[]] * 10
    assert readings.watch.alarms == ()


@pytest.mark.parametrize(
    ("row", "is_silent"),
    [
        (levels((SOUND, 10)), False),
        (levels((DEAD, 4.9)), False),
        (levels((DEAD, 5.1)), True),
        (levels((HUM, 5.1)), False),
        (levels((HUM, 8.9)), False),
        (levels((HUM, 9.1)), True),
        (levels((DEAD, 5.1), (HUM, 1)), False),
        (levels((DEAD, 9), (SOUND, 0.1)), False),
    ],
)
def test_dead_silence_soon_and_quiet_later(row: list[int], is_silent: bool) -> None:
    readings = Readings()
    for _ in range(5):
        readings.look()
    readings.look(row)
    assert (SILENT in readings.watch.alarms) is is_silent


def test_silence_is_written_once_and_its_end_with_the_first_word() -> None:
    readings = Readings()
    told = [readings.look(levels((DEAD, 2 * n))) for n in range(8)]
    assert told == [[], [], [], [LineKind.SILENT], [], [], [], []]
    assert readings.look(levels((DEAD, 9), (SOUND, 0.5))) == [LineKind.AUDIBLE]
    assert readings.watch.alarms == ()


def test_who_pauses_again_and_again_makes_the_alarm_flicker_no_more_than_he_speaks() -> None:
    readings = Readings()
    told = [readings.look(levels((DEAD, 6), (SOUND, 0.5), (DEAD, 2))) for _ in range(10)]
    assert told == [[]] * 10


def test_who_has_just_been_given_the_floor_has_time_to_begin() -> None:
    readings = Readings()
    for _ in range(10):
        readings.look(levels((DEAD, 10)), expected=NOTHING)
    told = [readings.look(levels((DEAD, 10))) for _ in range(5)]
    assert told == [[], [], [], [LineKind.SILENT], []]


def test_a_microphone_that_is_not_there_is_silent_too_and_one_that_tells_no_levels_is_not_judged() -> None:
    watch = Watch()
    bare = [Flow("audio", HERE, None)]
    assert [watch.look(SPEAKS, bare, 100.0 + 2 * n) for n in range(4)][-1] == [(HERE, LineKind.SILENT)]
    untold = [Flow("audio", HERE, 0.02, None), Flow("video", HERE, 0.0)]
    assert [Watch().look(SPEAKS, untold, 100.0 + n) for n in range(20)] == [[]] * 20


@pytest.mark.parametrize("expected", [NOTHING, Expected(frozenset(), HERE), Expected(frozenset({HALL}), HALL)])
def test_nothing_is_said_of_whom_nothing_is_expected(expected: Expected) -> None:
    readings = Readings()
    for _ in range(10):
        hall = [Flow("audio", HALL, 0.02, levels()), Flow("video", HALL, 0.1)]
        readings.look(levels((DEAD, 10)), expected=expected, more=hall)
    assert SILENT not in readings.watch.alarms


def test_an_alarm_of_who_is_muted_ends_without_a_word() -> None:
    readings = Readings()
    for n in range(6):
        readings.look(levels((DEAD, 2 * n)), picture=20)
    assert set(readings.watch.alarms) == {FROZEN, SILENT}
    assert readings.look(levels((DEAD, 10)), picture=20, expected=NOTHING) == []
    assert readings.watch.alarms == ()


def test_a_picture_without_new_frames_is_told_and_that_it_moves_after_two_good_readings() -> None:
    readings = Readings()
    for _ in range(3):
        readings.look()
    ages = (0.1, 1.9, 2.4, 2.6, 4.6, 0.3, 3.0, 0.1, 0.1, 0.1)
    told = [readings.look(picture=age) for age in ages]
    assert told == [[], [], [], [LineKind.FROZEN], [], [], [], [], [LineKind.MOVING], []]


def test_a_new_picture_has_time_until_its_first_key_frame_and_then_one_that_never_came_is_told() -> None:
    readings = Readings()
    assert [readings.look(picture=None) for _ in range(4)] == [[], [], [LineKind.FROZEN], []]


def test_a_camera_that_is_off_is_no_frozen_picture() -> None:
    readings = Readings()
    speaks_unseen = Expected(frozenset({HERE}), None)
    assert [readings.look(picture=60, expected=speaks_unseen) for _ in range(5)] == [[]] * 5


def spoken(reading: int, row: list[int]) -> list[int]:
    """The ten seconds up to this reading, of a longer row."""
    return row[reading * SLOTS_A_STEP :][:ROW]


def long_voice(seed: int) -> list[int]:
    return [level for part in range(4) for level in voice(seed + part)]


def test_the_hall_that_returns_the_speakers_sound_is_named_after_three_readings_until_it_stops() -> None:
    readings, said = Readings(), long_voice(1)
    back = [-127] * 8 + [level - 12 for level in said]
    told = []
    for n in range(12):
        hall = spoken(n, back) if n < 6 else noise(n, -66)
        told.append(readings.look(spoken(n, said), more=[Flow("audio", HALL, 0.02, hall)]))
    assert told == [[], [], [LineKind.ECHO], [], [], [], [], [], [], [LineKind.ECHO_OVER], [], []]


def test_the_culprit_is_who_is_behind_and_whose_sound_it_is_stands_beside() -> None:
    readings, said = Readings(), long_voice(5)
    for n in range(4):
        row = spoken(n, said)
        readings.look(echo(row, 10), more=[Flow("audio", HALL, 0.02, row)])
    assert readings.watch.alarms == (Alarm(AlarmKind.ECHO, HERE, HALL),)


def test_likeness_by_chance_has_another_delay_each_time_and_is_no_echo() -> None:
    readings, said = Readings(), long_voice(9)
    for n in range(9):
        row = spoken(n, said)
        readings.look(row, more=[Flow("audio", HALL, 0.02, echo(row, (4, 12, 20)[n % 3]))])
        assert readings.watch.alarms == ()


# --- what the sitting expects ---

EVERYBODY = frozenset({PROVINCE, TAN_AN})


def expected(
    sitting: Sitting, sending: frozenset[SiteId] = EVERYBODY, filming: frozenset[SiteId] = EVERYBODY
) -> Expected:
    return expected_of(sitting.state, sitting.stage, sending, filming)


def test_the_speaker_is_to_be_heard_and_seen_and_before_him_the_hall_is_only_seen() -> None:
    sitting = discussing()
    assert expected(sitting) == Expected(frozenset(), PROVINCE)
    sitting.grant(delegate(TAN_AN))
    assert expected(sitting) == Expected(frozenset({TAN_AN}), TAN_AN)


def test_a_speaker_in_the_hall_and_the_chair_who_speaks_are_the_halls_sound() -> None:
    sitting = discussing()
    sitting.grant(delegate(PROVINCE))
    assert expected(sitting) == Expected(frozenset({PROVINCE}), PROVINCE)
    speaking = discussing()
    speaking.chair(c.ChairSpeaks())
    assert expected(speaking).speakers == {PROVINCE}


@pytest.mark.parametrize("stop", ["break", "mute", "pause", "own microphone", "end"])
def test_nothing_is_to_be_heard_in_a_break_or_of_who_is_muted_paused_or_through(stop: str) -> None:
    sitting = discussing()
    speech = sitting.grant(delegate(TAN_AN))
    match stop:
        case "break":
            sitting.chair(c.Suspend())
            assert expected(sitting) == NOTHING
        case "mute":
            sitting.chair(c.MuteHolder(speech))
        case "pause":
            sitting.chair(c.PauseSpeech(speech))
        case "own microphone":
            sitting.when(site(TAN_AN), c.CloseMicrophone(TAN_AN))
        case "end":
            sitting.chair(c.RevokeFloor(speech))
    assert expected(sitting).speakers == frozenset()


def test_who_has_no_line_is_not_expected_nor_the_picture_of_a_camera_that_is_off() -> None:
    sitting = discussing()
    sitting.grant(delegate(TAN_AN))
    assert expected(sitting, sending=frozenset({PROVINCE})).speakers == frozenset()
    assert expected(sitting, filming=frozenset({PROVINCE})).picture is None


def test_before_the_conference_is_convened_nothing_is_expected_of_who_reports_in_the_roll_call() -> None:
    sitting = doors_open()
    sitting.when(SECRETARY, c.InviteReport(TAN_AN))
    assert sitting.stage.floor_site_id == TAN_AN
    assert expected(sitting) == NOTHING
