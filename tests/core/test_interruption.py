"""Points of order and several microphones: rules 12 and 16; pauses by the chair."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.setup import FloorSettings, Setup
from meetings.core.vocabulary import SYSTEM, CurrentSpeech, PauseReason, RequestId, SpeechKind
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    CHAIR,
    HALL,
    SETUP,
    SITES,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    discussing,
    site,
)

ORDER = SpeechKind.POINT_OF_ORDER
BY_ORDER = PauseReason.POINT_OF_ORDER


def with_floor(**settings: object) -> Setup:
    return replace(SETUP, floor=replace(FloorSettings(), **settings))  # type: ignore[arg-type]


@pytest.fixture
def dialogue() -> Sitting:
    """Two microphones."""
    return discussing(with_floor(open_microphones=2))


def interrupt(sitting: Sitting) -> tuple[RequestId, RequestId]:
    """A speech of 40 s, interrupted by a point of order on air."""
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(40)
    order = sitting.request(delegate(BEN_LUC), kind=ORDER)
    sitting.prepare(order)
    sitting.let(3)
    sitting.chair(c.GrantFloor(order))
    return speech, order


def test_rule_12_a_point_of_order_pauses_the_speech_which_goes_on_with_its_remaining_time(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(40)
    order = sitting.request(delegate(BEN_LUC), kind=ORDER)
    assert sitting.chair(c.GrantFloor(order)) == [e.SpeechPaused(speech, BY_ORDER), e.FloorGranted(order, 120)]
    assert sitting.stage.heard == (HALL,), "during the warning only the presiding site is heard"
    sitting.let(3 + 30)
    assert (sitting.stage.heard, sitting.stage.floor_site_id) == ((HALL, BEN_LUC), BEN_LUC)
    assert sitting.stage.is_point_of_order
    assert [r.id for r in sitting.state.holders()] == [speech, order]
    released = sitting.when(site(BEN_LUC), c.ReleaseFloor(order))
    assert released == [e.FloorReleased(order), e.SpeechContinued(speech, BY_ORDER)]
    assert (sitting.stage.heard, sitting.stage.floor_site_id) == ((HALL, TAN_AN), TAN_AN)
    assert not sitting.stage.is_point_of_order
    assert sitting.spoken_seconds(speech) == 40
    assert sitting.speech(speech).deadline() == sitting.now + timedelta(seconds=140)


def test_rule_12_the_limit_of_a_point_of_order_is_its_own(sitting: Sitting) -> None:
    _, order = interrupt(sitting)
    assert sitting.speech(order).limit_seconds == 120
    short = discussing(with_floor(point_of_order_seconds=60))
    _, order = interrupt(short)
    assert short.speech(order).limit_seconds == 60


def test_rule_12_without_stopping_the_clock_only_the_microphone_is_paused() -> None:
    sitting = discussing(with_floor(is_clock_stopped_by_order=False))
    speech, order = interrupt(sitting)
    paused = e.SpeechPaused(speech, BY_ORDER, is_clock_kept=True)
    assert paused in [recorded.event for recorded in sitting.journal]
    sitting.let(30)
    assert TAN_AN not in sitting.stage.heard
    assert sitting.spoken_seconds(speech) == 40 + 3 + 30
    sitting.chair(c.MuteHolder(speech))
    sitting.let(10)
    assert sitting.spoken_seconds(speech) == 73, "any other pause stops it as ever"
    sitting.chair(c.ResumeSpeech(speech))
    sitting.chair(c.RevokeFloor(order))
    sitting.let(10)
    assert sitting.spoken_seconds(speech) == 83


def test_rule_12_a_second_point_of_order_waits_for_the_first(sitting: Sitting) -> None:
    speech, first = interrupt(sitting)
    second = sitting.request(delegate(CAN_DUOC), kind=ORDER)
    assert sitting.refused(CHAIR, c.GrantFloor(second)) == "point_of_order_runs"
    assert sitting.refused(CHAIR, c.GrantNext()) == "point_of_order_runs"
    sitting.chair(c.RevokeFloor(first))
    assert sitting.chair(c.GrantNext()) == [e.SpeechPaused(speech, BY_ORDER), e.FloorGranted(second, 120)]


def test_rule_12_a_point_of_order_with_nobody_on_the_floor_is_a_speech_of_its_own(sitting: Sitting) -> None:
    order = sitting.request(delegate(BEN_LUC), kind=ORDER)
    assert sitting.chair(c.GrantFloor(order)) == [e.FloorGranted(order, 120)]
    assert sitting.chair(c.RevokeFloor(order)) == [e.FloorRevoked(order)]


def test_rule_12_granting_a_speech_ends_a_point_of_order_and_what_it_interrupted(sitting: Sitting) -> None:
    speech, order = interrupt(sitting)
    following = sitting.request(delegate(CAN_DUOC))
    assert sitting.chair(c.GrantFloor(following)) == [
        e.FloorRevoked(speech),
        e.FloorRevoked(order),
        e.FloorGranted(following, 180, (speech, order)),
    ]
    assert (sitting.spoken_seconds(speech), [r.id for r in sitting.state.holders()]) == (40 + 3, [following])


def test_rule_12_the_chair_may_end_the_interrupted_speech_while_the_point_of_order_is_heard(sitting: Sitting) -> None:
    speech, order = interrupt(sitting)
    assert sitting.refused(CHAIR, c.ResumeSpeech(speech)) == "not_paused", "it waits for the point of order"
    assert sitting.chair(c.RevokeFloor(speech)) == [e.FloorRevoked(speech)]
    assert sitting.chair(c.RevokeFloor(order)) == [e.FloorRevoked(order)]


def test_rule_12_a_muted_speech_stays_muted_after_the_point_of_order(sitting: Sitting) -> None:
    speech, order = interrupt(sitting)
    sitting.chair(c.MuteAll())
    sitting.chair(c.RevokeFloor(order))
    assert sitting.speech(speech).paused_by == {PauseReason.MUTED}


def test_rule_12_the_chair_speaking_pauses_both_and_ends_both(sitting: Sitting) -> None:
    speech, order = interrupt(sitting)
    sitting.chair(c.ChairSpeaks())
    assert {r.id for r in sitting.state.holders() if PauseReason.CHAIR in r.paused_by} == {speech, order}
    sitting.chair(c.EndChairSpeech())
    assert (sitting.speech(speech).paused_by, sitting.speech(order).paused_by) == ({BY_ORDER}, set())
    sitting.chair(c.ChairSpeaks(CurrentSpeech.END))
    assert sitting.state.holders() == ()


def test_rule_12_a_point_of_order_takes_the_floor_from_the_chair(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.request(delegate(BEN_LUC), kind=ORDER)
    sitting.chair(c.ChairSpeaks())
    assert sitting.chair(c.GrantFloor(order)) == [
        e.SpeechPaused(speech, BY_ORDER),
        e.ChairYieldedFloor(),
        e.SpeechContinued(speech, PauseReason.CHAIR),
        e.FloorGranted(order, 120, (), ends_chair_speech=True),
    ]


def test_rule_16_one_microphone_unless_the_chair_opens_more(sitting: Sitting) -> None:
    first, second, third = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    sitting.chair(c.GrantFloor(first))
    assert sitting.chair(c.SetOpenMicrophones(2)) == [e.OpenMicrophonesSet(2)]
    sitting.let(10)
    assert sitting.chair(c.GrantFloor(second)) == [e.FloorGranted(second, 180)]
    sitting.let(3)
    assert sitting.stage.heard == (HALL, TAN_AN, BEN_LUC)
    assert sitting.stage.floor_site_id == BEN_LUC, "the one granted last is seen"
    sitting.let(10)
    assert sitting.chair(c.GrantFloor(third)) == [e.FloorRevoked(first), e.FloorGranted(third, 180, (first,))]
    assert [r.id for r in sitting.state.holders()] == [second, third]
    assert sitting.spoken_seconds(first) == 20


@pytest.mark.parametrize("count", [0, 5, -1])
def test_rule_16_one_to_four_microphones(sitting: Sitting, count: int) -> None:
    assert sitting.refused(CHAIR, c.SetOpenMicrophones(count)) == "out_of_range"


def test_rule_16_four_speak_at_once_and_the_clock_of_each_runs(sitting: Sitting) -> None:
    sitting.chair(c.SetOpenMicrophones(4))
    assert sitting.chair(c.SetOpenMicrophones(4)) == []
    speeches = [sitting.grant(delegate(s)) for s in SITES[1:]]
    sitting.let(60)
    assert [sitting.spoken_seconds(s) for s in speeches] == [69, 66, 63, 60]
    assert sitting.stage.heard == SITES
    sitting.chair(c.MuteHolder(speeches[1]))
    assert sitting.stage.heard == (HALL, TAN_AN, CAN_DUOC, VINH_HUNG)


def test_rule_16_the_presiding_sites_own_microphone_does_not_count_but_a_speech_in_the_hall_does(
    dialogue: Sitting,
) -> None:
    remote, in_hall = dialogue.grant(delegate(TAN_AN)), dialogue.grant(delegate(HALL))
    assert dialogue.stage.heard == (HALL, TAN_AN)
    assert dialogue.stage.floor_site_id == TAN_AN, "the hall is seen anyway"
    third = dialogue.request(delegate(BEN_LUC))
    assert dialogue.chair(c.GrantFloor(third))[0] == e.FloorRevoked(remote)
    assert [r.id for r in dialogue.state.holders()] == [in_hall, third]


def test_rule_16_fewer_microphones_end_the_longest_running_once_confirmed(dialogue: Sitting) -> None:
    first, second = dialogue.grant(delegate(TAN_AN)), dialogue.grant(delegate(BEN_LUC))
    assert dialogue.refused(CHAIR, c.SetOpenMicrophones(1)) == "speech_runs"
    fewer = c.SetOpenMicrophones(1, is_confirmed=True)
    assert dialogue.chair(fewer) == [e.FloorRevoked(first), e.OpenMicrophonesSet(1)]
    assert [r.id for r in dialogue.state.holders()] == [second]
    assert dialogue.state.undoable == (), "nothing brings back more than may speak"


def test_rule_16_a_point_of_order_interrupts_the_whole_dialogue(dialogue: Sitting) -> None:
    first, second = dialogue.grant(delegate(TAN_AN)), dialogue.grant(delegate(BEN_LUC))
    order = dialogue.request(delegate(CAN_DUOC), kind=ORDER)
    granted = [e.SpeechPaused(first, BY_ORDER), e.SpeechPaused(second, BY_ORDER), e.FloorGranted(order, 120)]
    assert dialogue.chair(c.GrantFloor(order)) == granted
    assert dialogue.refused(CHAIR, c.SetOpenMicrophones(1)) == "speech_runs"
    third = dialogue.request(delegate(VINH_HUNG))
    assert dialogue.chair(c.GrantFloor(third)) == [
        e.FloorRevoked(first),
        e.FloorRevoked(order),
        e.SpeechContinued(second, BY_ORDER),
        e.FloorGranted(third, 180, (first, order)),
    ]


def test_rule_16_a_grant_or_letting_one_go_on_ends_the_chairs_speech_for_all(dialogue: Sitting) -> None:
    first, second = dialogue.grant(delegate(TAN_AN)), dialogue.grant(delegate(BEN_LUC))
    dialogue.chair(c.ChairSpeaks())
    assert dialogue.chair(c.ResumeSpeech(first)) == [
        e.ChairYieldedFloor(),
        e.SpeechContinued(first, PauseReason.CHAIR),
        e.SpeechContinued(second, PauseReason.CHAIR),
    ]
    dialogue.chair(c.ChairSpeaks())
    third = dialogue.request(delegate(CAN_DUOC))
    assert dialogue.chair(c.GrantFloor(third)) == [
        e.FloorRevoked(first),
        e.ChairYieldedFloor(),
        e.SpeechContinued(second, PauseReason.CHAIR),
        e.FloorGranted(third, 180, (first,), ends_chair_speech=True),
    ]


def test_rule_16_of_a_dialogue_only_the_lost_line_is_held(dialogue: Sitting) -> None:
    first, second = dialogue.grant(delegate(TAN_AN)), dialogue.grant(delegate(BEN_LUC))
    dialogue.when(SYSTEM, c.ReportDisconnected(BEN_LUC))
    assert dialogue.speech(second).paused_by == {PauseReason.LINE}
    assert (dialogue.stage.heard, dialogue.stage.floor_site_id) == ((HALL, TAN_AN), TAN_AN)
    assert dialogue.speech(first).is_on_air


def test_the_chair_pauses_a_speech_and_lets_it_go_on(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(10)
    assert sitting.chair(c.PauseSpeech(speech)) == [e.SpeechPaused(speech, PauseReason.PAUSED)]
    assert sitting.refused(CHAIR, c.PauseSpeech(speech)) == "already_paused"
    assert (sitting.stage.heard, sitting.stage.floor_site_id) == ((HALL,), TAN_AN), "the picture stays"
    sitting.let(100)
    sitting.chair(c.MuteHolder(speech))
    assert sitting.chair(c.ResumeSpeech(speech)) == [
        e.SpeechContinued(speech, PauseReason.MUTED),
        e.SpeechContinued(speech, PauseReason.PAUSED),
    ]
    sitting.let(5)
    assert sitting.spoken_seconds(speech) == 15
    sitting.chair(c.RevokeFloor(speech))
    assert sitting.refused(CHAIR, c.PauseSpeech(speech)) == "not_holder"


def test_rule_21_in_a_dialogue_the_next_is_prepared_when_one_has_60_s_left(dialogue: Sitting) -> None:
    dialogue.grant(delegate(TAN_AN))
    dialogue.grant(delegate(BEN_LUC))
    following = dialogue.request(delegate(CAN_DUOC))
    assert e.RequestPrepared(following) in dialogue.let(120)


def test_rule_21_nobody_is_prepared_while_a_point_of_order_interrupts_but_after_one_alone(sitting: Sitting) -> None:
    speech, order = interrupt(sitting)
    following = sitting.request(delegate(CAN_DUOC))
    assert sitting.let(100) == []
    sitting.chair(c.RevokeFloor(speech))
    sitting.when(SYSTEM, c.ContinueSpeech(BEN_LUC))
    assert sitting.let(0) == [e.RequestPrepared(following)]
    assert sitting.speech(order).is_on_air
