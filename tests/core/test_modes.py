"""How the floor is run: rules 14 (cut), 19 and 25, and what of it the chair changes during the sitting."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.audience import public_part
from meetings.core.deadlines import deadlines
from meetings.core.setup import FloorSettings, SetupItem
from meetings.core.vocabulary import (
    SYSTEM,
    FloorMode,
    ItemId,
    OnExceed,
    PauseReason,
    RequestId,
    RequestStatus,
    Role,
    RollStatus,
    SiteId,
    SpeechKind,
)
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    CHAIR,
    DIRECTIVE,
    DIRECTORY,
    DISCUSSION,
    HALL,
    SECRETARY,
    SETUP,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    discussing,
    site,
)

ORDER = SpeechKind.POINT_OF_ORDER
NOWHERE = SiteId(99)


def in_mode(mode: FloorMode, **settings: object) -> Sitting:
    return discussing(replace(SETUP, floor=replace(FloorSettings(mode=mode), **settings)))  # type: ignore[arg-type]


def cutting(**settings: object) -> Sitting:
    return in_mode(FloorMode.CHAIR_LED, on_exceed=OnExceed.CUT, **settings)


def presented() -> Sitting:
    """A presentation of the discussed item by one delegate."""
    items = tuple(replace(i, presenter_ids=(delegate(BEN_LUC),)) if i.id == DISCUSSION else i for i in SETUP.items)
    return discussing(replace(SETUP, items=items, floor=FloorSettings(mode=FloorMode.PRESENTATION)))


@pytest.fixture
def fifo() -> Sitting:
    return in_mode(FloorMode.FIFO)


@pytest.fixture
def free() -> Sitting:
    return in_mode(FloorMode.FREE_DISCUSSION, open_microphones=2)


# --- rule 14: cutting ---


def test_rule_14_cutting_revokes_after_a_grace_of_15_s() -> None:
    sitting = cutting()
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.let(180 + 14.999) == []
    assert sitting.let(0.001) == [e.FloorCut(speech)]
    assert sitting.speech(speech).status is RequestStatus.REVOKED
    assert sitting.spoken_seconds(speech) == 195


def test_rule_14_the_cut_has_an_id_of_its_speech_and_deadline_so_a_minute_more_makes_another() -> None:
    sitting = cutting(cut_grace_seconds=0)
    speech = sitting.grant(delegate(TAN_AN))
    deadline = sitting.speech(speech).deadline()
    assert deadline
    ((due, command_id, command),) = deadlines(sitting.state)
    assert (due, command_id, command) == (deadline, f"cut:{speech}:{deadline.isoformat()}", c.CutSpeech(speech))
    sitting.chair(c.ExtendSpeech(speech))
    later = deadline + timedelta(seconds=60)
    assert [d[:2] for d in deadlines(sitting.state)] == [(later, f"cut:{speech}:{later.isoformat()}")]
    sitting.let(180)
    assert sitting.when(SYSTEM, c.CutSpeech(speech)) == [], "what was meant for the deadline before"
    assert sitting.let(60) == [e.FloorCut(speech)]


def test_rule_14_a_stopped_clock_is_not_cut() -> None:
    sitting = cutting()
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(100)
    sitting.chair(c.PauseSpeech(speech))
    assert sitting.let(3600) == []
    assert sitting.when(SYSTEM, c.CutSpeech(speech)) == []
    sitting.chair(c.ResumeSpeech(speech))
    assert sitting.let(94) == []
    assert sitting.let(1) == [e.FloorCut(speech)]


def test_rule_14_a_cut_point_of_order_gives_the_floor_back() -> None:
    sitting = cutting()
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.grant(delegate(BEN_LUC), kind=ORDER)
    assert sitting.let(120 + 15) == [
        e.FloorCut(order),
        e.SpeechContinued(speech, PauseReason.POINT_OF_ORDER),
    ]


def test_rule_14_who_is_over_time_when_cutting_begins_gets_the_whole_grace(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(1000)
    sitting.chair(c.ChangeSettings(on_exceed=OnExceed.CUT))
    assert sitting.let(14.999) == []
    assert sitting.let(0.001) == [e.FloorCut(speech)]


def test_rule_14_a_speech_brought_back_after_the_cut_gets_the_whole_grace_again() -> None:
    sitting = cutting()
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(195 + 5)
    assert sitting.undo() == [e.EndUndone(speech, ())]
    assert sitting.let(14.999) == []
    assert sitting.let(0.001) == [e.FloorCut(speech)]
    assert sitting.spoken_seconds(speech) == 195 + 15


# --- rule 19: modes ---


def test_rule_19_the_mode_is_a_command_of_the_chair(sitting: Sitting) -> None:
    assert sitting.state.settings.mode is FloorMode.CHAIR_LED
    assert sitting.refused(SECRETARY, c.SetMode(FloorMode.FIFO)) == "not_permitted"
    assert sitting.chair(c.SetMode(FloorMode.FIFO)) == [e.ModeSet(FloorMode.FIFO)]
    assert sitting.chair(c.SetMode(FloorMode.FIFO)) == []
    assert Sitting().refused(CHAIR, c.SetMode(FloorMode.FIFO)) == "doors_not_open"
    sitting.chair(c.Suspend())
    assert sitting.chair(c.SetMode(FloorMode.CHAIR_LED))
    sitting.chair(c.Adjourn())
    assert sitting.refused(CHAIR, c.SetMode(FloorMode.FIFO)) == "conference_is_adjourned"


def test_rule_19_led_by_the_chair_nobody_follows_by_himself(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.request(delegate(BEN_LUC))
    assert sitting.when(site(TAN_AN), c.ReleaseFloor(speech)) == [e.FloorReleased(speech)]


def test_rule_19_in_fifo_a_release_grants_the_next_whose_site_is_connected(fifo: Sitting) -> None:
    speech = fifo.grant(delegate(TAN_AN))
    lost, following = fifo.request(delegate(VINH_HUNG)), fifo.request(delegate(BEN_LUC))
    fifo.when(SYSTEM, c.ReportDisconnected(VINH_HUNG))
    assert fifo.when(site(TAN_AN), c.ReleaseFloor(speech)) == [
        e.FloorReleased(speech),
        e.FloorGranted(following, 180, (speech,)),
    ]
    fifo.let(3)
    assert fifo.when(site(BEN_LUC), c.ReleaseFloor(following)) == [e.FloorReleased(following)], "nobody is there"
    assert fifo.waiting() == [lost]


def test_rule_19_in_fifo_a_cut_grants_the_next_and_the_chairs_end_does_not() -> None:
    sitting = in_mode(FloorMode.FIFO, on_exceed=OnExceed.CUT)
    speech = sitting.grant(delegate(TAN_AN))
    second, third = sitting.request(delegate(BEN_LUC)), sitting.request(delegate(CAN_DUOC))
    sitting.let(194)
    assert sitting.let(1) == [e.FloorCut(speech), e.FloorGranted(second, 180, (speech,))]
    assert sitting.chair(c.RevokeFloor(second)) == [e.FloorRevoked(second)]
    assert sitting.chair(c.GrantFloor(third)), "the chair overrides"


def test_rule_19_in_fifo_the_end_of_a_point_of_order_gives_the_floor_back(fifo: Sitting) -> None:
    speech = fifo.grant(delegate(TAN_AN))
    order = fifo.grant(delegate(BEN_LUC), kind=ORDER)
    following = fifo.request(delegate(CAN_DUOC))
    assert fifo.when(site(BEN_LUC), c.ReleaseFloor(order)) == [
        e.FloorReleased(order),
        e.SpeechContinued(speech, PauseReason.POINT_OF_ORDER),
    ]
    fifo.chair(c.RevokeFloor(speech))
    alone = fifo.grant(delegate(BEN_LUC, 2), kind=ORDER)
    released = fifo.when(site(BEN_LUC), c.ReleaseFloor(alone))
    assert released == [e.FloorReleased(alone), e.FloorGranted(following, 180, (alone,))]


def test_rule_19_in_fifo_an_interrupted_speech_that_ends_waits_for_the_point_of_order(fifo: Sitting) -> None:
    speech = fifo.grant(delegate(TAN_AN))
    fifo.grant(delegate(BEN_LUC), kind=ORDER)
    fifo.request(delegate(CAN_DUOC))
    assert fifo.when(site(TAN_AN), c.ReleaseFloor(speech)) == [e.FloorReleased(speech)]


def test_rule_19_in_fifo_fewer_microphones_than_speakers_are_not_filled_again() -> None:
    sitting = in_mode(FloorMode.FIFO, open_microphones=2)
    first, second = sitting.grant(delegate(TAN_AN)), sitting.grant(delegate(BEN_LUC))
    third = sitting.request(delegate(CAN_DUOC))
    assert sitting.when(site(TAN_AN), c.ReleaseFloor(first)) == [
        e.FloorReleased(first),
        e.FloorGranted(third, 180, (first,)),
    ]
    assert [r.id for r in sitting.state.holders()] == [second, third]


def test_rule_19_in_a_presentation_only_the_presenter_asks_and_comes_next() -> None:
    sitting = presented()
    asked = c.RequestFloor(delegate(TAN_AN))
    assert sitting.refused(site(TAN_AN), asked) == "presenters_only"
    sitting.chair(asked)
    presenter = sitting.request(delegate(BEN_LUC))
    told = public_part(sitting.state, DIRECTORY)["queue"]
    assert {entry["request_id"]: entry["is_in_turn"] for entry in told} == {presenter: True, presenter - 1: False}
    later = sitting.request(delegate(TAN_AN), item_id=DIRECTIVE)
    assert e.FloorGranted(presenter, 180) in sitting.chair(c.GrantNext())
    assert sitting.refused(CHAIR, c.GrantNext()) == "nobody_in_turn"
    order = sitting.request(delegate(CAN_DUOC), kind=ORDER)
    assert sitting.state.next_request() is sitting.speech(order)
    overridden = sitting.waiting()[-1]
    assert e.FloorGranted(overridden, 180, (presenter,)) in sitting.chair(c.GrantFloor(overridden))
    assert sitting.waiting(DIRECTIVE) == [later]


def test_rule_19_in_a_free_discussion_a_site_takes_the_floor_by_opening_its_microphone(free: Sitting) -> None:
    asked = free.request(delegate(TAN_AN, 2), topic="Nhân sự")
    taken = free.when(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(TAN_AN, 2)))
    assert taken == [e.MicrophoneTaken(asked, 180)], "whoever waited speaks as what he asked for"
    assert free.stage.heard == (HALL, TAN_AN), "at once"
    opened = free.when(site(BEN_LUC), c.OpenMicrophone(BEN_LUC, delegate(BEN_LUC)))
    assert isinstance(opened[0], e.FloorRequested) and opened[1:] == [e.MicrophoneTaken(opened[0].request_id, 180)]
    assert opened[0].delegate_id == delegate(BEN_LUC)
    third = c.OpenMicrophone(CAN_DUOC, delegate(CAN_DUOC))
    assert free.refused(site(CAN_DUOC), third) == "all_microphones_open"
    free.let(20)
    assert free.when(site(TAN_AN), c.CloseMicrophone(TAN_AN)) == [e.FloorReleased(asked)]
    assert free.spoken_seconds(asked) == 20
    assert free.when(site(CAN_DUOC), third)
    assert free.stage.heard == (HALL, BEN_LUC, CAN_DUOC)


def test_rule_19_in_a_free_discussion_a_site_says_who_speaks(free: Sitting) -> None:
    assert free.refused(site(TAN_AN), c.OpenMicrophone(TAN_AN)) == "delegate_needed"
    assert free.refused(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(BEN_LUC))) == "not_your_site"
    for number in (2, 3):
        free.when(site(TAN_AN), c.MarkRoll(delegate(TAN_AN, number), RollStatus.UNEXCUSED))
    assert free.refused(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(TAN_AN, 2))) == "delegate_is_absent"
    free.when(site(TAN_AN), c.OpenMicrophone(TAN_AN))
    assert [r.delegate_id for r in free.state.holders()] == [delegate(TAN_AN)], "there is only one"


def test_rule_19_in_a_free_discussion_the_chair_overrides(free: Sitting) -> None:
    free.when(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(TAN_AN)))
    (speech,) = free.state.holders()
    free.chair(c.MuteHolder(speech.id))
    again = c.OpenMicrophone(TAN_AN, delegate(TAN_AN))
    assert free.refused(site(TAN_AN), again) == "microphone_is_the_chairs"
    free.chair(c.RevokeFloor(speech.id))
    free.chair(c.ChairSpeaks())
    assert free.refused(site(TAN_AN), again) == "chair_already_speaks"
    free.chair(c.EndChairSpeech())
    free.grant(delegate(BEN_LUC), kind=ORDER)
    assert free.refused(site(TAN_AN), again) == "point_of_order_runs"
    free.chair(c.Suspend())
    assert free.refused(site(TAN_AN), again) == "conference_is_suspended"
    free.chair(c.Resume())
    free.chair(c.CloseItem(DISCUSSION, is_confirmed=True))
    assert free.refused(site(TAN_AN), again) == "no_item_open"


def test_rule_19_a_free_speech_closed_in_a_break_ends_after_it(free: Sitting) -> None:
    free.when(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(TAN_AN)))
    (speech,) = free.state.holders()
    free.chair(c.Suspend())
    assert free.when(site(TAN_AN), c.CloseMicrophone(TAN_AN)) == [e.MicrophoneClosed(TAN_AN)]
    free.chair(c.Resume())
    assert free.when(site(TAN_AN), c.CloseMicrophone(TAN_AN)) == [e.FloorReleased(speech.id)]


def test_rule_19_outside_a_free_discussion_no_site_takes_the_floor(sitting: Sitting) -> None:
    taking = c.OpenMicrophone(TAN_AN, delegate(TAN_AN))
    assert sitting.refused(site(TAN_AN), taking) == "microphone_is_the_chairs"
    sitting.chair(c.SetMode(FloorMode.FREE_DISCUSSION))
    assert sitting.when(site(TAN_AN), taking)
    assert sitting.when(site(HALL), c.OpenMicrophone(HALL)) == [], "the hall's is open anyway"


# --- rule 22: held in FIFO ---


def test_rule_22_in_fifo_the_next_is_granted_after_60_s(fifo: Sitting) -> None:
    speech = fifo.grant(delegate(TAN_AN))
    fifo.let(30)
    fifo.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    fifo.let(100)
    following = fifo.request(delegate(BEN_LUC))
    passed = [e.FloorRevoked(speech), e.FloorGranted(following, 180, (speech,))]
    assert fifo.let(0) == passed, "the first who comes when the time is over"
    assert fifo.spoken_seconds(speech) == 30


def test_rule_22_in_fifo_who_is_back_within_60_s_goes_on(fifo: Sitting) -> None:
    speech = fifo.grant(delegate(TAN_AN))
    following = fifo.request(delegate(BEN_LUC))
    fifo.when(SYSTEM, c.HoldSpeech(TAN_AN))
    assert fifo.let(59.999) == []
    fifo.when(SYSTEM, c.ContinueSpeech(TAN_AN))
    assert fifo.when(SYSTEM, c.PassHeldSpeech(speech)) == []
    fifo.when(SYSTEM, c.HoldSpeech(TAN_AN))
    assert fifo.let(59.999) == []
    assert fifo.let(0.001) == [e.FloorRevoked(speech), e.FloorGranted(following, 180, (speech,))]


def test_rule_22_in_fifo_a_held_point_of_order_gives_the_floor_back(fifo: Sitting) -> None:
    speech = fifo.grant(delegate(TAN_AN))
    order = fifo.grant(delegate(BEN_LUC), kind=ORDER)
    fifo.request(delegate(CAN_DUOC))
    fifo.when(SYSTEM, c.HoldSpeech(TAN_AN))
    assert fifo.let(70) == [], "who is interrupted waits for the point of order"
    fifo.when(SYSTEM, c.HoldSpeech(BEN_LUC))
    assert fifo.let(60)[:2] == [e.FloorRevoked(order), e.SpeechContinued(speech, PauseReason.POINT_OF_ORDER)]


# --- rule 25: quota and totals ---


def test_rule_25_a_quota_is_off_unless_set_and_the_chair_adds_time() -> None:
    sitting = discussing()
    assert sitting.refused(CHAIR, c.AddQuota(TAN_AN, 60)) == "quota_is_off"
    sitting.chair(c.ChangeSettings(site_quota_seconds=600))
    assert sitting.refused(CHAIR, c.AddQuota(NOWHERE, 60)) == "unknown_site"
    for seconds in (0, 29, 3601, -60):
        assert sitting.refused(CHAIR, c.AddQuota(TAN_AN, seconds)) == "out_of_range"
    assert sitting.chair(c.AddQuota(TAN_AN, 60)) == [e.QuotaAdded(TAN_AN, 60)]
    sitting.chair(c.AddQuota(TAN_AN, 30))
    assert sitting.state.quota_added == {TAN_AN: 90}
    sitting.chair(c.ChangeSettings(site_quota_seconds=0))
    assert sitting.state.settings.site_quota_seconds is None


def test_rule_25_a_quota_that_is_used_up_refuses_nobody_and_changes_no_order() -> None:
    sitting = discussing(replace(SETUP, floor=FloorSettings(site_quota_seconds=60)))
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(500)
    sitting.chair(c.RevokeFloor(speech))
    again, other = sitting.request(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    assert sitting.waiting() == [again, other]
    assert e.FloorGranted(again, 180) in sitting.chair(c.GrantNext())


# --- settings ---


def test_the_chair_changes_settings_and_only_what_is_new_is_recorded(sitting: Sitting) -> None:
    asked = c.ChangeSettings(speech_limit_seconds=300, on_exceed=OnExceed.CUT, cut_grace_seconds=30)
    assert sitting.chair(asked) == [e.SettingsChanged(on_exceed=OnExceed.CUT, cut_grace_seconds=30)]
    assert sitting.chair(asked) == []
    assert sitting.refused(SECRETARY, asked) == "not_permitted"
    settings = sitting.state.settings
    assert (settings.on_exceed, settings.cut_grace_seconds) == (OnExceed.CUT, 30)
    sitting.chair(c.ChangeSettings(speech_limit_seconds=120, is_present_only=False))
    assert (sitting.state.frozen.speech_limit_seconds, sitting.state.frozen.is_present_only) == (120, False)


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("speech_limit_seconds", 30, 10800),
        ("cut_grace_seconds", 0, 300),
        ("point_of_order_seconds", 30, 600),
        ("site_quota_seconds", 60, 36000),
    ],
)
def test_a_setting_out_of_range_is_refused(sitting: Sitting, name: str, lowest: int, highest: int) -> None:
    for seconds in (lowest - 1, highest + 1):
        assert sitting.refused(CHAIR, c.ChangeSettings(**{name: seconds})) == "out_of_range"  # type: ignore[arg-type]
    for seconds in (lowest, highest):
        assert sitting.chair(c.ChangeSettings(**{name: seconds}))  # type: ignore[arg-type]


def test_rule_4_whether_only_who_is_present_may_ask_is_a_setting(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.MarkRoll(delegate(TAN_AN), RollStatus.UNEXCUSED))
    sitting.chair(c.ChangeSettings(is_present_only=False))
    sitting.request(delegate(TAN_AN))


def test_rule_8_whether_a_closed_queue_takes_points_of_order_is_a_setting(sitting: Sitting) -> None:
    sitting.chair(c.ChangeSettings(takes_orders_when_closed=False))
    sitting.chair(c.CloseQueue(DISCUSSION))
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN), ORDER)) == "queue_is_closed"
    sitting.chair(c.RequestFloor(delegate(TAN_AN), ORDER))


def test_rule_12_the_chair_sets_the_time_of_points_of_order_and_whether_they_stop_the_clock(sitting: Sitting) -> None:
    sitting.chair(c.ChangeSettings(point_of_order_seconds=60, is_clock_stopped_by_order=False))
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.grant(delegate(BEN_LUC), kind=ORDER)
    assert sitting.speech(order).limit_seconds == 60
    assert sitting.spoken_seconds(speech) == 3


def test_rule_14_the_chair_sets_the_limit_of_an_item(sitting: Sitting) -> None:
    assert sitting.chair(c.SetItemLimit(DISCUSSION, 180)) == []
    assert sitting.chair(c.SetItemLimit(DISCUSSION, 120)) == [e.ItemLimitSet(DISCUSSION, 120)]
    assert e.FloorGranted(sitting.request(delegate(TAN_AN)), 120) in sitting.chair(c.GrantNext())
    sitting.chair(c.SetItemLimit(DISCUSSION))
    assert sitting.state.setup_item(DISCUSSION) == SetupItem(DISCUSSION)
    assert sitting.refused(CHAIR, c.SetItemLimit(DISCUSSION, 29)) == "out_of_range"
    assert sitting.refused(CHAIR, c.SetItemLimit(ItemId(9), 120)) == "unknown_item"


def test_rule_14_the_clock_cuts_nobody_within_the_grace() -> None:
    sitting = cutting()
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(180 + 5)
    assert sitting.when(SYSTEM, c.CutSpeech(speech)) == []


def test_rule_19_in_fifo_of_a_dialogue_the_end_of_a_point_of_order_calls_nobody() -> None:
    sitting = in_mode(FloorMode.FIFO, open_microphones=2)
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.grant(delegate(BEN_LUC), kind=ORDER)
    sitting.request(delegate(CAN_DUOC))
    assert sitting.when(site(BEN_LUC), c.ReleaseFloor(order)) == [
        e.FloorReleased(order),
        e.SpeechContinued(speech, PauseReason.POINT_OF_ORDER),
    ]


@pytest.mark.parametrize("how", ["release", "cut", "held"])
def test_rule_21_in_fifo_who_is_prepared_is_on_air_at_once(how: str) -> None:
    sitting = in_mode(FloorMode.FIFO, on_exceed=OnExceed.CUT)
    speech, following = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.prepare(following)
    sitting.let(3)
    match how:
        case "release":
            happened = sitting.when(site(TAN_AN), c.ReleaseFloor(speech))
        case "cut":
            happened = sitting.let(195)
        case _:
            sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
            happened = sitting.let(60)
    assert happened[1:] == [e.FloorGranted(following, 180, (speech,)), e.WentOnAir(following)]


def test_rule_19_who_takes_the_floor_takes_it_for_himself(free: Sitting) -> None:
    taken = free.when(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(TAN_AN)))
    asked = e.FloorRequested(
        request_id=RequestId(1),
        item_id=DISCUSSION,
        delegate_id=delegate(TAN_AN),
        site_id=TAN_AN,
        kind=SpeechKind.DISCUSSION,
        topic="",
        limit_seconds=None,
        asked_by=Role.SITE,
    )
    assert taken == [asked, e.MicrophoneTaken(RequestId(1), 180)]
    speech = free.speech(RequestId(1))
    assert (speech.granted_at, speech.on_air_at, speech.limit_seconds) == (free.now, free.now, 180)
    assert free.waiting() == []
    other = free.request(delegate(CAN_DUOC))
    order = free.request(delegate(BEN_LUC), kind=ORDER)
    free.when(site(BEN_LUC), c.OpenMicrophone(BEN_LUC, delegate(BEN_LUC)))
    assert free.waiting() == [order, other], "what others asked for, and a point of order, still wait"


def test_rule_19_who_is_unmarked_on_a_confirmed_roll_is_not_there_to_speak(free: Sitting) -> None:
    free.when(site(TAN_AN), c.MarkRoll(delegate(TAN_AN, 2), RollStatus.PRESENT))
    free.when(site(TAN_AN), c.ConfirmRoll(TAN_AN))
    free.when(site(TAN_AN), c.OpenMicrophone(TAN_AN))
    assert [r.delegate_id for r in free.state.holders()] == [delegate(TAN_AN, 2)]


def test_taking_away_a_quota_that_is_not_there_records_nothing(sitting: Sitting) -> None:
    assert sitting.chair(c.ChangeSettings(site_quota_seconds=0)) == []
