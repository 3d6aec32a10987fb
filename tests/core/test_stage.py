"""Who is seen and heard where: rules 31-35, against `stage_for`."""

from dataclasses import replace

import pytest

from meetings.core import commands as c
from meetings.core.conference import apply
from meetings.core.events import DoorsOpened, Recorded
from meetings.core.stage import Large, Stage, stage_for
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, Card, Role
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    DIRECTIVE,
    HALL,
    SECRETARY,
    SETUP,
    SITES,
    START,
    TAN_AN,
    Sitting,
    delegate,
    site,
)


def test_rule_31_the_presiding_site_and_the_holder_on_air_are_heard_and_nobody_else(sitting: Sitting) -> None:
    assert sitting.stage.heard == (HALL,)
    sitting.grant(delegate(TAN_AN))
    sitting.request(delegate(BEN_LUC))
    assert sitting.stage.heard == (HALL, TAN_AN)


@pytest.mark.parametrize("pause", ["mute", "line", "chair"])
def test_rule_31_a_paused_speech_is_not_heard(sitting: Sitting, pause: str) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    commands = {"mute": c.MuteHolder(speech), "chair": c.ChairSpeaks()}
    if pause == "line":
        sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
    else:
        sitting.chair(commands[pause])
    assert sitting.stage.heard == (HALL,)


def test_rule_31_whoever_loses_the_floor_is_not_heard_in_the_same_step(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    following = sitting.request(delegate(BEN_LUC))
    sitting.prepare(following)
    sitting.let(3)
    sitting.chair(c.GrantFloor(following))
    assert sitting.stage.heard == (HALL, BEN_LUC)


def test_rule_32_a_speaker_in_the_hall_is_the_halls_sound_and_no_second_copy(sitting: Sitting) -> None:
    sitting.grant(delegate(HALL))
    assert (sitting.stage.heard, sitting.stage.floor_site_id) == ((HALL,), None)


def test_rule_33_the_large_picture_is_the_holder_else_the_hall(sitting: Sitting) -> None:
    assert (sitting.stage.large, sitting.stage.hall_site_id) == (Large.HALL, HALL)
    sitting.grant(delegate(TAN_AN))
    assert (sitting.stage.large, sitting.stage.floor_site_id) == (Large.FLOOR, TAN_AN)


def test_rule_33_a_holder_in_the_hall_is_the_halls_picture_and_its_timer_runs(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(HALL))
    sitting.let(10)
    assert (sitting.stage.large, sitting.stage.floor_site_id) == (Large.HALL, None)
    assert sitting.spoken_seconds(speech) == 10 + 3, "in the room there is no warning to wait for"


def test_rule_33_a_muted_speaker_keeps_the_picture_and_a_lost_one_does_not(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.MuteHolder(speech))
    assert (sitting.stage.large, sitting.stage.floor_site_id) == (Large.FLOOR, TAN_AN)
    sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
    assert (sitting.stage.large, sitting.stage.floor_site_id) == (Large.HALL, None)


def test_rule_34_the_presiding_site_is_heard_unless_closed_there(sitting: Sitting) -> None:
    sitting.when(site(HALL), c.CloseMicrophone(HALL))
    assert sitting.stage.heard == ()
    sitting.when(site(HALL), c.OpenMicrophone(HALL))
    assert sitting.stage.heard == (HALL,)


def test_rule_34_a_chair_elsewhere_presides_from_that_site() -> None:
    elsewhere = DoorsOpened(replace(SETUP, presiding_site_id=CAN_DUOC))
    sitting = Sitting(state=apply(State(), Recorded(1, START, Role.SECRETARY, elsewhere)))
    for site_id in (HALL, CAN_DUOC, TAN_AN):
        sitting.when(SYSTEM, c.ReportConnected(site_id))
    sitting.chair(c.Convene())
    sitting.chair(c.OpenItem(DIRECTIVE))
    assert (sitting.stage.hall_site_id, sitting.stage.heard) == (CAN_DUOC, (CAN_DUOC,))
    sitting.grant(delegate(HALL))
    assert (sitting.stage.floor_site_id, sitting.stage.heard) == (HALL, (HALL, CAN_DUOC))


def test_rule_35_the_stage_is_a_function_of_the_state_alone(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    assert stage_for(sitting.state) == stage_for(replace(sitting.state, seq=0))


def test_rule_35_cards_before_in_the_break_and_at_the_end(opened: Sitting) -> None:
    assert Sitting().stage == Stage(card=Card.BEFORE)
    assert opened.stage == Stage(card=Card.BEFORE, hall_site_id=HALL, tiles=SITES), "the hall's picture, no sound"
    opened.chair(c.Convene())
    assert opened.stage == Stage(hall_site_id=HALL, heard=(HALL,), tiles=SITES)
    opened.chair(c.OpenItem(DIRECTIVE))
    opened.grant(delegate(TAN_AN))
    opened.chair(c.Suspend())
    assert opened.stage == Stage(card=Card.BREAK, hall_site_id=HALL), "a break is private"
    opened.chair(c.Adjourn())
    assert opened.stage == Stage(card=Card.END)


def test_rule_35_before_the_opening_there_is_no_sound_but_the_roll_calls(opened: Sitting) -> None:
    opened.when(SECRETARY, c.OpenItem(DIRECTIVE))
    called = opened.grant(delegate(TAN_AN))
    assert (opened.stage.card, opened.stage.heard) == (None, (HALL, TAN_AN))
    opened.when(site(TAN_AN), c.ReleaseFloor(called))
    assert (opened.stage.card, opened.stage.heard) == (Card.BEFORE, ())


def test_the_desk_sees_whom_next_would_call_and_the_prepared_one_is_kept_warm(sitting: Sitting) -> None:
    sitting.request(delegate(HALL))
    assert sitting.stage.next_site_id is None, "the hall is seen anyway"
    sitting.when(SYSTEM, c.ReportDisconnected(BEN_LUC))
    sitting.chair(c.RemoveRequest(sitting.waiting()[0]))
    sitting.request(delegate(BEN_LUC))
    first, second = sitting.request(delegate(TAN_AN)), sitting.request(delegate(CAN_DUOC))
    assert (sitting.stage.next_site_id, sitting.stage.warm_site_ids) == (TAN_AN, ())
    sitting.prepare(second)
    assert (sitting.stage.next_site_id, sitting.stage.warm_site_ids) == (TAN_AN, (CAN_DUOC,))
    sitting.when(SYSTEM, c.ReportDisconnected(CAN_DUOC))
    assert (sitting.stage.next_site_id, sitting.stage.warm_site_ids) == (TAN_AN, ())
    assert sitting.waiting()[1:] == [first, second]


def test_the_full_picture_is_wanted_of_hall_floor_and_prepared_next_only(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    following = sitting.request(delegate(BEN_LUC))
    assert sitting.stage.full_site_ids == {HALL, TAN_AN}
    sitting.prepare(following)
    assert sitting.stage.full_site_ids == {HALL, TAN_AN, BEN_LUC}


def test_a_speaker_who_gave_way_keeps_the_full_picture_ready(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    sitting.chair(c.ChairSpeaks())
    assert sitting.stage.floor_site_id is None
    assert sitting.stage.full_site_ids == {HALL, TAN_AN}
