"""The floor: rules 10, 11, 13-15, 17, 18, 20-22, 24."""

from datetime import timedelta

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.deadlines import deadlines
from meetings.core.vocabulary import (
    SYSTEM,
    Actor,
    ConferenceStatus,
    CurrentSpeech,
    PauseReason,
    RequestId,
    RequestStatus,
)
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    CHAIR,
    DIRECTIVE,
    DISCUSSION,
    HALL,
    REPORT,
    SECRETARY,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    site,
)

MUTED, BY_CHAIR, BY_LINE, BY_BREAK = PauseReason.MUTED, PauseReason.CHAIR, PauseReason.LINE, PauseReason.SUSPENDED


def test_rule_10_only_a_waiting_request_is_granted(sitting: Sitting) -> None:
    speaking = sitting.grant(delegate(TAN_AN))
    assert sitting.refused(*grant(speaking)) == "not_waiting"
    sitting.chair(c.RevokeFloor(speaking))
    assert sitting.refused(*grant(speaking)) == "not_waiting"
    withdrawn = sitting.request(delegate(TAN_AN))
    sitting.when(site(TAN_AN), c.WithdrawRequest(withdrawn))
    assert sitting.refused(*grant(withdrawn)) == "not_waiting"
    assert sitting.refused(*grant(RequestId(99))) == "unknown_request"


def grant(request_id: RequestId) -> tuple[Actor, c.Command]:
    return CHAIR, c.GrantFloor(request_id)


def test_rule_10_a_request_of_another_item_waits_for_its_item(sitting: Sitting) -> None:
    later = sitting.request(delegate(TAN_AN), item_id=DIRECTIVE)
    assert sitting.refused(*grant(later)) == "item_not_open"


def test_rule_11_granting_ends_the_current_speech_in_one_step(sitting: Sitting) -> None:
    first, second = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.let(40)
    assert sitting.chair(c.GrantFloor(second)) == [e.FloorRevoked(first), e.FloorGranted(second, 180, (first,))]
    assert [h.id for h in sitting.state.holders()] == [second]
    assert sitting.speech(first).status is RequestStatus.REVOKED
    sitting.let(30)
    assert (sitting.spoken_seconds(first), sitting.spoken_seconds(second)) == (40, 27)


def test_rule_13_a_site_releases_and_the_chair_revokes(sitting: Sitting) -> None:
    first = sitting.grant(delegate(TAN_AN))
    assert sitting.refused(site(BEN_LUC), c.ReleaseFloor(first)) == "not_your_site"
    assert sitting.when(site(TAN_AN), c.ReleaseFloor(first)) == [e.FloorReleased(first)]
    assert sitting.speech(first).status is RequestStatus.RELEASED
    second = sitting.grant(delegate(BEN_LUC))
    assert sitting.chair(c.RevokeFloor(second)) == [e.FloorRevoked(second)]
    assert sitting.state.holders() == ()
    assert sitting.refused(site(TAN_AN), c.ReleaseFloor(first)) == "not_holder"


def test_rule_13_the_duration_of_a_speech_excludes_its_pauses(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(10)
    sitting.chair(c.MuteHolder(speech))
    sitting.let(100)
    sitting.chair(c.ResumeSpeech(speech))
    sitting.let(5)
    sitting.when(site(TAN_AN), c.ReleaseFloor(speech))
    sitting.let(50)
    assert sitting.speech(speech).spoken_ms == 15_000
    assert sitting.spoken_seconds(speech) == 15


def test_rule_13_overlapping_pauses_count_once_and_the_clock_waits_for_the_last(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(10)
    sitting.chair(c.MuteHolder(speech))
    sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
    sitting.let(10)
    sitting.when(SYSTEM, c.ContinueSpeech(TAN_AN))
    sitting.let(10)
    assert sitting.spoken_seconds(speech) == 10
    sitting.chair(c.ResumeSpeech(speech))
    sitting.let(10)
    assert sitting.spoken_seconds(speech) == 20


def test_rule_14_the_limit_comes_from_the_request_else_the_item_else_the_conference(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.RequestFloor(delegate(TAN_AN), limit_seconds=90))
    assert e.FloorGranted(RequestId(1), 90) in sitting.chair(c.GrantFloor(RequestId(1)))
    by_item = sitting.request(delegate(TAN_AN))
    assert e.FloorGranted(by_item, 180, (RequestId(1),)) in sitting.chair(c.GrantFloor(by_item))
    sitting.chair(c.OpenItem(REPORT, is_confirmed=True))
    by_conference = sitting.request(delegate(TAN_AN))
    assert e.FloorGranted(by_conference, 300) in sitting.chair(c.GrantFloor(by_conference))


def test_rule_14_only_the_desk_sets_a_limit(sitting: Sitting) -> None:
    asked = c.RequestFloor(delegate(TAN_AN), limit_seconds=3600)
    assert sitting.refused(site(TAN_AN), asked) == "not_permitted"


def test_rule_14_a_minute_more_moves_the_deadline_also_again_and_in_overtime(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    began = sitting.now
    assert sitting.chair(c.ExtendSpeech(speech)) == [e.SpeechExtended(speech, 60)]
    assert sitting.speech(speech).deadline() == began + timedelta(seconds=240)
    sitting.let(300)
    sitting.chair(c.ExtendSpeech(speech))
    sitting.chair(c.ExtendSpeech(speech, 120))
    assert sitting.speech(speech).deadline() == began + timedelta(seconds=420)


@pytest.mark.parametrize("seconds", [-60, 0, 9, 3601])
def test_rule_14_an_extension_out_of_range_is_refused(sitting: Sitting, seconds: int) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.refused(CHAIR, c.ExtendSpeech(speech, seconds)) == "out_of_range"


def test_rule_14_over_time_warns_only_and_the_clock_counts_on(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.let(3600) == []
    assert sitting.spoken_seconds(speech) == 3600
    assert [h.id for h in sitting.state.holders()] == [speech]


def test_rule_15_the_deadline_is_derived_and_pauses_move_it(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    began = sitting.now
    sitting.let(60)
    sitting.chair(c.MuteHolder(speech))
    assert sitting.speech(speech).deadline() is None
    sitting.let(30)
    sitting.chair(c.ResumeSpeech(speech))
    assert sitting.speech(speech).deadline() == began + timedelta(seconds=180 + 30)


def test_rule_15_what_the_clock_asks_has_a_deterministic_id_and_happens_once(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.chair(c.GrantFloor(speech))
    (due,) = deadlines(sitting.state)
    granted_at = sitting.speech(speech).granted_at
    assert granted_at
    assert due == (
        granted_at + timedelta(seconds=3),
        f"on-air:{speech}:{(granted_at + timedelta(seconds=3)).isoformat()}",
        c.GoOnAir(speech),
    )
    assert list(deadlines(sitting.state)) == [due], "the same state asks for the same"
    assert sitting.let(3) == [e.WentOnAir(speech)]
    assert list(deadlines(sitting.state)) == []
    assert sitting.when(SYSTEM, c.GoOnAir(speech)) == []


def test_rule_15_a_suspended_conference_has_no_deadlines_and_takes_them_up_again(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.chair(c.GrantFloor(speech))
    sitting.chair(c.Suspend())
    assert list(deadlines(sitting.state)) == []
    assert sitting.refused(SYSTEM, c.GoOnAir(speech)) == "conference_is_suspended"
    sitting.let(60)
    sitting.chair(c.Resume())
    assert sitting.let(0) == [e.WentOnAir(speech)]
    assert sitting.spoken_seconds(speech) == 0


def test_rule_17_a_muted_holder_stands_still_until_the_chair_reopens(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.chair(c.MuteHolder(speech)) == [e.SpeechPaused(speech, MUTED)]
    assert sitting.refused(CHAIR, c.MuteHolder(speech)) == "already_muted"
    assert sitting.refused(site(TAN_AN), c.OpenMicrophone(TAN_AN)) == "microphone_is_the_chairs"
    assert TAN_AN not in sitting.stage.heard
    assert sitting.chair(c.ResumeSpeech(speech)) == [e.SpeechContinued(speech, MUTED)]
    assert TAN_AN in sitting.stage.heard
    assert sitting.refused(CHAIR, c.ResumeSpeech(speech)) == "not_paused"


def test_rule_17_mute_all_mutes_every_holder(sitting: Sitting) -> None:
    assert sitting.refused(CHAIR, c.MuteAll()) == "nobody_speaks"
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.chair(c.MuteAll()) == [e.SpeechPaused(speech, MUTED)]
    assert sitting.refused(CHAIR, c.MuteAll()) == "already_muted"


def test_rule_17_a_holder_that_closes_its_own_microphone_does_not_stop_its_clock(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.when(site(TAN_AN), c.CloseMicrophone(TAN_AN)) == [e.MicrophoneClosed(TAN_AN)]
    assert TAN_AN not in sitting.stage.heard
    sitting.let(20)
    assert sitting.when(site(TAN_AN), c.OpenMicrophone(TAN_AN)) == [e.MicrophoneOpened(TAN_AN)]
    assert sitting.spoken_seconds(speech) == 20
    assert TAN_AN in sitting.stage.heard


def test_rule_18_a_site_always_closes_its_microphone_and_opens_it_only_with_the_floor(sitting: Sitting) -> None:
    assert sitting.when(site(BEN_LUC), c.CloseMicrophone(BEN_LUC)) == [e.MicrophoneClosed(BEN_LUC)]
    assert sitting.when(site(BEN_LUC), c.CloseMicrophone(BEN_LUC)) == []
    assert sitting.refused(site(BEN_LUC), c.OpenMicrophone(BEN_LUC)) == "microphone_is_the_chairs"
    assert sitting.refused(site(TAN_AN), c.CloseMicrophone(BEN_LUC)) == "not_your_site"
    sitting.grant(delegate(BEN_LUC))
    assert BEN_LUC in sitting.stage.heard, "a grant opens the microphone"


def test_rule_18_the_presiding_site_opens_its_microphone_whenever_it_likes(sitting: Sitting) -> None:
    sitting.when(site(HALL), c.CloseMicrophone(HALL))
    assert sitting.stage.heard == ()
    sitting.grant(delegate(HALL))
    assert sitting.stage.heard == (), "a grant leaves the hall's own microphone alone"
    sitting.when(site(HALL), c.OpenMicrophone(HALL))
    assert sitting.stage.heard == (HALL,)


def test_rule_20_next_grants_the_first_waiting_entry_whose_site_is_connected(sitting: Sitting) -> None:
    assert sitting.refused(CHAIR, c.GrantNext()) == "queue_is_empty"
    lost, first, second = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert sitting.refused(*grant(lost)) == "site_not_connected"
    assert e.FloorGranted(first, 180) in sitting.chair(c.GrantNext())
    assert sitting.waiting() == [lost, second], "the disconnected entry keeps its place"
    sitting.let(3600)
    sitting.when(SYSTEM, c.ReportConnected(TAN_AN))
    assert e.FloorGranted(lost, 180, (first,)) in sitting.chair(c.GrantNext())


def test_rule_20_next_is_refused_when_nobody_waiting_is_connected(sitting: Sitting) -> None:
    sitting.request(delegate(TAN_AN))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert sitting.refused(CHAIR, c.GrantNext()) == "nobody_connected"


def test_rule_20_a_delegate_in_the_hall_speaks_in_the_room_whatever_the_line_does(sitting: Sitting) -> None:
    in_hall = sitting.request(delegate(HALL))
    sitting.when(SYSTEM, c.ReportDisconnected(HALL))
    assert e.WentOnAir(in_hall) in sitting.chair(c.GrantNext())


def test_rule_21_an_unprepared_speaker_is_on_air_after_a_warning_of_3_s(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    assert sitting.chair(c.GrantFloor(speech)) == [e.FloorGranted(speech, 180)]
    assert sitting.stage.heard == (HALL,), "during the warning only the presiding site is heard"
    assert sitting.let(2.999) == []
    assert sitting.let(0.001) == [e.WentOnAir(speech)]
    assert sitting.stage.heard == (HALL, TAN_AN)
    assert sitting.spoken_seconds(speech) == 0


@pytest.mark.parametrize(
    ("seconds", "is_confirmed", "is_at_once"), [(3, True, True), (2.999, True, False), (60, False, False)]
)
def test_rule_21_a_site_prepared_3_s_ago_with_devices_confirmed_is_on_air_at_once(
    sitting: Sitting, seconds: float, is_confirmed: bool, is_at_once: bool
) -> None:
    speech = sitting.request(delegate(TAN_AN))
    assert sitting.when(SECRETARY, c.PrepareRequest(speech)) == [e.RequestPrepared(speech)]
    if is_confirmed:
        assert sitting.when(site(TAN_AN), c.ConfirmDevices(speech)) == [e.DevicesConfirmed(speech)]
    sitting.let(seconds)
    assert (e.WentOnAir(speech) in sitting.chair(c.GrantFloor(speech))) is is_at_once


def test_rule_21_one_entry_is_prepared_at_a_time(sitting: Sitting) -> None:
    a, b = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC))
    sitting.prepare(a)
    assert sitting.refused(SECRETARY, c.PrepareRequest(a)) == "already_prepared"
    assert sitting.when(SECRETARY, c.PrepareRequest(b)) == [e.RequestUnprepared(a), e.RequestPrepared(b)]
    assert sitting.refused(site(TAN_AN), c.ConfirmDevices(a)) == "not_prepared"
    assert sitting.refused(SECRETARY, c.UnprepareRequest(a)) == "not_prepared"
    assert sitting.when(SECRETARY, c.UnprepareRequest(b)) == [e.RequestUnprepared(b)]


def test_rule_21_a_preparation_taken_back_forgets_the_confirmed_devices(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.prepare(speech)
    sitting.when(SECRETARY, c.UnprepareRequest(speech))
    sitting.when(SECRETARY, c.PrepareRequest(speech))
    sitting.let(10)
    assert sitting.chair(c.GrantFloor(speech)) == [e.FloorGranted(speech, 180)]


def test_rule_21_only_a_connected_entry_of_the_open_item_is_prepared(sitting: Sitting) -> None:
    later, lost = sitting.request(delegate(TAN_AN), item_id=DIRECTIVE), sitting.request(delegate(BEN_LUC))
    sitting.when(SYSTEM, c.ReportDisconnected(BEN_LUC))
    assert sitting.refused(SECRETARY, c.PrepareRequest(later)) == "item_not_open"
    assert sitting.refused(SECRETARY, c.PrepareRequest(lost)) == "site_not_connected"
    assert sitting.refused(site(TAN_AN), c.ConfirmDevices(lost)) == "not_your_site"


def test_rule_21_the_next_speaker_is_prepared_by_itself_at_60_s_left(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    following = sitting.request(delegate(BEN_LUC))
    assert sitting.let(119.999) == []
    assert sitting.let(0.001) == [e.RequestPrepared(following)]


def test_rule_21_what_the_desk_took_back_is_not_prepared_again_by_itself(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    following = sitting.request(delegate(BEN_LUC))
    sitting.let(120)
    sitting.when(SECRETARY, c.UnprepareRequest(following))
    assert sitting.let(600) == []


def test_rule_21_a_late_request_is_prepared_at_once_in_the_last_minute(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    sitting.let(170)
    following = sitting.request(delegate(BEN_LUC))
    assert sitting.let(0) == [e.RequestPrepared(following)]


def test_rule_22_a_lost_line_holds_the_speech_and_it_goes_on_with_its_remaining_time(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(30)
    assert sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN)) == [
        e.SiteDisconnected(TAN_AN),
        e.SpeechPaused(speech, BY_LINE),
    ]
    assert sitting.let(3600) == [], "it waits for the chair without limit"
    sitting.when(SYSTEM, c.ReportConnected(TAN_AN))
    assert sitting.when(SYSTEM, c.ContinueSpeech(TAN_AN)) == [e.SpeechContinued(speech, BY_LINE)]
    assert sitting.speech(speech).deadline() == sitting.now + timedelta(seconds=150)


def test_rule_22_a_holder_without_media_is_held_and_nobody_else(sitting: Sitting) -> None:
    assert sitting.when(SYSTEM, c.HoldSpeech(TAN_AN)) == []
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.when(SYSTEM, c.HoldSpeech(BEN_LUC)) == []
    assert sitting.when(SYSTEM, c.HoldSpeech(TAN_AN)) == [e.SpeechPaused(speech, BY_LINE)]
    assert sitting.when(SYSTEM, c.HoldSpeech(TAN_AN)) == []
    assert TAN_AN in sitting.state.connected, "a held site may still be connected"
    sitting.when(SYSTEM, c.ContinueSpeech(TAN_AN))
    assert sitting.when(SYSTEM, c.ContinueSpeech(TAN_AN)) == []


def test_rule_22_a_speaker_in_the_hall_is_never_held(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(HALL))
    assert sitting.when(SYSTEM, c.ReportDisconnected(HALL)) == [e.SiteDisconnected(HALL)]
    assert sitting.when(SYSTEM, c.HoldSpeech(HALL)) == []
    assert sitting.speech(speech).is_on_air


def test_rule_22_a_line_lost_in_the_warning_is_held_when_the_warning_ends(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.chair(c.GrantFloor(speech))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    sitting.let(60)
    assert sitting.spoken_seconds(speech) == 0
    sitting.when(SYSTEM, c.ContinueSpeech(TAN_AN))
    sitting.let(5)
    assert sitting.spoken_seconds(speech) == 5


def test_rule_22_coming_and_going_twice_is_told_once(sitting: Sitting) -> None:
    assert sitting.when(SYSTEM, c.ReportConnected(TAN_AN)) == []
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN)) == []


@pytest.mark.parametrize("command", [c.OpenItem(DIRECTIVE), c.CloseItem(DISCUSSION)])
def test_rule_24_leaving_an_item_while_a_speech_runs_needs_a_confirmation(sitting: Sitting, command: c.Command) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.refused(SECRETARY, command) == "speech_runs"
    confirmed = type(command)(command.item_id, is_confirmed=True)  # type: ignore[union-attr,call-arg]
    events = sitting.when(SECRETARY, confirmed)
    assert events[:2] == [e.FloorRevoked(speech), e.ItemClosed(DISCUSSION)]
    assert sitting.state.holders() == ()


def test_rule_24_suspending_pauses_the_speech_and_freezes_the_queue_and_resuming_restores_both(
    sitting: Sitting,
) -> None:
    speech, waiting = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.let(10)
    assert sitting.chair(c.Suspend()) == [e.SpeechPaused(speech, BY_BREAK), e.ConferenceSuspended()]
    for actor, command in (
        (site(CAN_DUOC), c.RequestFloor(delegate(CAN_DUOC))),
        (site(BEN_LUC), c.WithdrawRequest(waiting)),
        (SECRETARY, c.ReorderQueue(DISCUSSION, (waiting,))),
        (SECRETARY, c.RemoveRequest(waiting)),
        (SECRETARY, c.PrepareRequest(waiting)),
        (SECRETARY, c.OpenItem(DIRECTIVE)),
        (CHAIR, c.GrantNext()),
        (CHAIR, c.RevokeFloor(speech)),
        (site(TAN_AN), c.ReleaseFloor(speech)),
    ):
        assert sitting.refused(actor, command) == "conference_is_suspended"
    sitting.let(900)
    assert sitting.chair(c.Resume()) == [e.ConferenceResumed(), e.SpeechContinued(speech, BY_BREAK)]
    assert (sitting.waiting(), sitting.spoken_seconds(speech)) == ([waiting], 10)
    assert sitting.speech(speech).is_on_air


def test_rule_24_a_line_lost_in_the_break_is_still_held_after_it(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.Suspend())
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    sitting.chair(c.Resume())
    assert sitting.speech(speech).paused_by == {BY_LINE}


def test_rule_24_the_chair_speaks_and_the_paused_speech_goes_on_afterwards(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(10)
    assert sitting.chair(c.ChairSpeaks()) == [e.SpeechPaused(speech, BY_CHAIR), e.ChairTookFloor()]
    assert sitting.stage.floor_site_id is None and sitting.stage.heard == (HALL,)
    assert sitting.refused(CHAIR, c.ChairSpeaks()) == "chair_already_speaks"
    sitting.let(100)
    assert sitting.chair(c.EndChairSpeech()) == [e.ChairYieldedFloor(), e.SpeechContinued(speech, BY_CHAIR)]
    assert sitting.spoken_seconds(speech) == 10
    assert sitting.refused(CHAIR, c.EndChairSpeech()) == "chair_does_not_speak"


def test_rule_24_the_chair_speaks_and_ends_the_speech(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.chair(c.ChairSpeaks(CurrentSpeech.END)) == [e.FloorRevoked(speech), e.ChairTookFloor()]


def test_rule_24_letting_the_speech_go_on_or_granting_another_ends_the_chairs_speech(sitting: Sitting) -> None:
    speech, other = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(VINH_HUNG))
    sitting.chair(c.ChairSpeaks())
    assert sitting.chair(c.ResumeSpeech(speech)) == [e.ChairYieldedFloor(), e.SpeechContinued(speech, BY_CHAIR)]
    sitting.chair(c.ChairSpeaks())
    assert sitting.chair(c.GrantFloor(other)) == [
        e.FloorRevoked(speech),
        e.ChairYieldedFloor(),
        e.FloorGranted(other, 180, (speech,), ends_chair_speech=True),
    ]
    assert not sitting.state.is_chair_speaking


def test_rule_24_a_muted_speech_stays_muted_when_the_chair_has_spoken(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.MuteHolder(speech))
    sitting.chair(c.ChairSpeaks())
    sitting.chair(c.EndChairSpeech())
    assert sitting.speech(speech).paused_by == {MUTED}


def test_a_stuck_floor_never_blocks_closing(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    sitting.chair(c.ChairSpeaks())
    sitting.chair(c.Suspend())
    assert sitting.chair(c.Adjourn()) == [e.FloorRevoked(speech), e.ItemClosed(DISCUSSION), e.ConferenceAdjourned()]
    assert sitting.state.status is ConferenceStatus.ADJOURNED
    assert not sitting.state.is_chair_speaking


def test_rule_13_spoken_time_is_whole_milliseconds_and_what_stopped_a_speech_ends_with_it(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(1.2345)
    sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
    assert repr(sitting.speech(speech).spoken_ms) == "1234"
    assert sitting.speech(speech).held_since == sitting.now
    sitting.chair(c.RevokeFloor(speech))
    assert (sitting.speech(speech).paused_by, sitting.speech(speech).held_since) == (frozenset(), None)


def test_rule_22_only_the_lines_return_ends_the_time_it_was_away(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
    since = sitting.now
    sitting.let(10)
    sitting.chair(c.MuteHolder(speech))
    sitting.chair(c.ResumeSpeech(speech))
    assert sitting.speech(speech).held_since == since
    sitting.when(SYSTEM, c.ContinueSpeech(TAN_AN))
    assert sitting.speech(speech).held_since is None


def test_rule_21_next_is_on_air_at_once_when_it_is_prepared(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.prepare(speech)
    sitting.let(3)
    assert sitting.chair(c.GrantNext()) == [e.FloorGranted(speech, 180), e.WentOnAir(speech)]


def test_rule_21_what_the_desk_took_back_before_the_last_minute_is_not_prepared_in_it(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    following = sitting.request(delegate(BEN_LUC))
    sitting.when(SECRETARY, c.PrepareRequest(following))
    sitting.when(SECRETARY, c.UnprepareRequest(following))
    assert sitting.let(170) == []
    sitting.when(SECRETARY, c.PrepareRequest(following))
    assert sitting.speech(following).unprepared_at is None


def test_rule_21_with_one_prepared_by_hand_the_first_is_not_prepared_by_itself(sitting: Sitting) -> None:
    sitting.grant(delegate(TAN_AN))
    sitting.request(delegate(BEN_LUC))
    sitting.when(SECRETARY, c.PrepareRequest(sitting.request(delegate(CAN_DUOC))))
    assert sitting.let(170) == []
