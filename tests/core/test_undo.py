"""Undo: rule 23."""

from dataclasses import replace

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.setup import FloorSettings
from meetings.core.vocabulary import (
    SYSTEM,
    AccountId,
    Actor,
    CurrentSpeech,
    FloorMode,
    PauseReason,
    RequestId,
    RequestStatus,
    SpeechKind,
)
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    CHAIR,
    DIRECTIVE,
    DISCUSSION,
    HALL,
    OTHER_SECRETARY,
    SECRETARY,
    SETUP,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    discussing,
    floor_of,
    site,
)

ORDER = SpeechKind.POINT_OF_ORDER
MUTED, BY_CHAIR, BY_LINE, BY_ORDER = PauseReason.MUTED, PauseReason.CHAIR, PauseReason.LINE, PauseReason.POINT_OF_ORDER
NOTHING = "nothing_to_undo"


def test_rule_23_an_end_is_undone_and_the_speech_goes_on_as_one(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(40)
    sitting.chair(c.RevokeFloor(speech))
    sitting.let(8)
    assert sitting.undo() == [e.EndUndone(speech, ())]
    assert sitting.speech(speech).is_on_air and TAN_AN in sitting.stage.heard
    assert (sitting.spoken_seconds(speech), sitting.speech(speech).ended_at) == (40, None)
    sitting.let(10)
    sitting.when(site(TAN_AN), c.ReleaseFloor(speech))
    assert sitting.speech(speech).spoken_ms == 50_000, "one speech in the minutes"
    assert len(sitting.state.requests) == 1


def test_rule_23_an_end_may_be_undone_until_another_grant(sitting: Sitting) -> None:
    speech, other = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.when(site(TAN_AN), c.ReleaseFloor(speech))
    (offer,) = sitting.state.undoable
    assert offer.until is None
    sitting.let(3600)
    sitting.chair(c.GrantFloor(other))
    assert sitting.refused(CHAIR, c.Undo(offer.seq)) == NOTHING


@pytest.mark.parametrize("command", [c.OpenItem(DIRECTIVE), c.CloseItem(DISCUSSION), c.Suspend()])
def test_rule_23_another_item_and_a_break_end_undoing_what_was_on_the_floor(
    sitting: Sitting, command: c.Command
) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.RevokeFloor(speech))
    (offer,) = sitting.state.undoable
    sitting.chair(command)
    if isinstance(command, c.Suspend):
        assert sitting.refused(CHAIR, c.Undo(offer.seq)) == "conference_is_suspended"
        sitting.chair(c.Resume())
    assert sitting.refused(CHAIR, c.Undo(offer.seq)) == NOTHING
    sitting.chair(c.Adjourn())
    assert sitting.state.undoable == ()


def test_rule_23_what_is_undone_is_undone_once_and_what_never_was_not_at_all(sitting: Sitting) -> None:
    assert sitting.refused(CHAIR, c.Undo(1)) == NOTHING
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.RevokeFloor(speech))
    seq = sitting.state.undoable[-1].seq
    assert seq == sitting.state.seq, "an offer is named by the number of its event"
    sitting.chair(c.Undo(seq))
    assert sitting.refused(CHAIR, c.Undo(seq)) == NOTHING


@pytest.mark.parametrize("reason", ["mute", "pause", "line", "chair"])
def test_rule_23_a_speech_comes_back_as_it_was(sitting: Sitting, reason: str) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    match reason:
        case "mute":
            sitting.chair(c.MuteHolder(speech))
        case "pause":
            sitting.chair(c.PauseSpeech(speech))
        case "line":
            sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
        case "chair":
            sitting.chair(c.ChairSpeaks())
    before = floor_of(sitting)
    sitting.chair(c.RevokeFloor(speech))
    assert before != floor_of(sitting)
    sitting.let(5)
    sitting.undo()
    assert floor_of(sitting) == before


def test_rule_23_what_is_over_meanwhile_does_not_stop_the_speech_and_what_came_does(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.ChairSpeaks())
    sitting.chair(c.RevokeFloor(speech))
    sitting.chair(c.EndChairSpeech())
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert sitting.undo() == [e.EndUndone(speech, (BY_LINE,))]
    assert sitting.speech(speech).held_since == sitting.now


def test_rule_23_undoing_the_end_by_the_chairs_speech_ends_that(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.ChairSpeaks(CurrentSpeech.END))
    assert sitting.undo() == [e.ChairYieldedFloor(), e.EndUndone(speech, ())]
    assert not sitting.state.is_chair_speaking


def test_rule_23_of_a_dialogue_the_others_go_on_when_the_chairs_speech_is_undone() -> None:
    sitting = discussing(replace(SETUP, floor=FloorSettings(open_microphones=2)))
    first, second = sitting.grant(delegate(TAN_AN)), sitting.grant(delegate(BEN_LUC))
    sitting.chair(c.RevokeFloor(second))
    sitting.chair(c.ChairSpeaks())
    assert sitting.undo() == [
        e.ChairYieldedFloor(),
        e.SpeechContinued(first, BY_CHAIR),
        e.EndUndone(second, ()),
    ]


def test_rule_23_the_end_of_a_point_of_order_is_undone_and_it_interrupts_again(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.grant(delegate(BEN_LUC), kind=ORDER)
    sitting.let(7)
    before = floor_of(sitting)
    sitting.chair(c.RevokeFloor(order))
    assert sitting.undo() == [e.EndUndone(order, ()), e.SpeechPaused(speech, BY_ORDER)]
    assert floor_of(sitting) == before


def test_rule_23_an_interrupted_speech_that_the_chair_ended_comes_back_interrupted(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.grant(delegate(BEN_LUC), kind=ORDER)
    sitting.chair(c.RevokeFloor(speech))
    offer = sitting.state.undoable[-1]
    assert sitting.undo() == [e.EndUndone(speech, (BY_ORDER,))]
    sitting.chair(c.RevokeFloor(speech))
    sitting.chair(c.RevokeFloor(order))
    assert offer not in sitting.state.undoable
    ended = next(o for o in sitting.state.undoable if o.request_id == speech)
    assert sitting.chair(c.Undo(ended.seq)) == [e.EndUndone(speech, ())], "the point of order is over"


def test_rule_23_a_grant_is_undone_and_both_speeches_are_as_they_were(sitting: Sitting) -> None:
    old = sitting.grant(delegate(TAN_AN))
    sitting.let(40)
    ahead, wrong, behind = (sitting.request(delegate(s)) for s in (VINH_HUNG, BEN_LUC, CAN_DUOC))
    sitting.prepare(wrong)
    sitting.let(3)
    before = floor_of(sitting)
    sitting.chair(c.GrantFloor(wrong))
    sitting.let(8)
    assert sitting.undo() == [e.GrantUndone(wrong, 1), e.EndUndone(old, ())]
    assert sitting.waiting() == [ahead, wrong, behind]
    after = floor_of(sitting)
    assert (sitting.spoken_seconds(old), sitting.spoken_seconds(wrong)) == (43, 0)
    assert {**after, "requests": 0} == {**before, "requests": 0}
    assert sitting.speech(wrong).status is RequestStatus.WAITING
    assert e.WentOnAir(wrong) in sitting.chair(c.GrantFloor(wrong)), "it is still prepared"


def test_rule_23_a_grant_may_be_undone_for_10_s(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.chair(c.GrantFloor(speech))
    (offer,) = sitting.state.undoable
    assert offer.until
    sitting.let(10)
    assert sitting.now == offer.until
    sitting.undo()
    sitting.chair(c.GrantFloor(speech))
    sitting.let(10.001)
    assert sitting.refused(CHAIR, c.Undo(sitting.state.undoable[-1].seq)) == NOTHING


def test_rule_23_undoing_a_grant_brings_back_the_chairs_speech(sitting: Sitting) -> None:
    old, new = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.chair(c.ChairSpeaks())
    before = floor_of(sitting)
    sitting.chair(c.GrantFloor(new))
    assert sitting.undo() == [e.GrantUndone(new, 0), e.ChairTookFloor(), e.EndUndone(old, (BY_CHAIR,))]
    assert floor_of(sitting) == before


def test_rule_23_a_chair_who_took_the_floor_after_the_grant_keeps_it(sitting: Sitting) -> None:
    old, new = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.chair(c.GrantFloor(new))
    sitting.chair(c.ChairSpeaks())
    assert sitting.undo() == [e.GrantUndone(new, 0), e.EndUndone(old, (BY_CHAIR,))]
    assert sitting.state.is_chair_speaking


def test_rule_23_undoing_a_point_of_order_gives_the_floor_back(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.request(delegate(BEN_LUC), kind=ORDER)
    before = floor_of(sitting)
    sitting.chair(c.GrantFloor(order))
    assert sitting.undo() == [e.GrantUndone(order, 0), e.SpeechContinued(speech, BY_ORDER)]
    assert floor_of(sitting) == before


def test_rule_23_undoing_the_grant_that_ended_a_point_of_order_brings_both_levels_back() -> None:
    sitting = discussing(replace(SETUP, floor=FloorSettings(open_microphones=2)))
    first, second = sitting.grant(delegate(TAN_AN)), sitting.grant(delegate(VINH_HUNG))
    order = sitting.grant(delegate(BEN_LUC), kind=ORDER)
    new = sitting.request(delegate(CAN_DUOC))
    before = floor_of(sitting)
    sitting.chair(c.GrantFloor(new))
    assert sitting.undo() == [
        e.GrantUndone(new, 0),
        e.EndUndone(first, (BY_ORDER,)),
        e.EndUndone(order, ()),
        e.SpeechPaused(second, BY_ORDER),
    ]
    assert floor_of(sitting) == before


def test_rule_23_of_a_dialogue_the_chairs_speech_comes_back_for_all() -> None:
    sitting = discussing(replace(SETUP, floor=FloorSettings(open_microphones=2)))
    stays = sitting.grant(delegate(TAN_AN))
    new = sitting.request(delegate(CAN_DUOC))
    sitting.chair(c.ChairSpeaks())
    before = floor_of(sitting)
    sitting.chair(c.GrantFloor(new))
    assert sitting.undo() == [e.GrantUndone(new, 0), e.ChairTookFloor(), e.SpeechPaused(stays, BY_CHAIR)]
    assert floor_of(sitting) == before


def test_rule_23_in_fifo_undoing_the_grant_brings_back_who_released(sitting: Sitting) -> None:
    sitting.chair(c.SetMode(FloorMode.FIFO))
    speech, following = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.when(site(TAN_AN), c.ReleaseFloor(speech))
    assert sitting.undo() == [e.GrantUndone(following, 0), e.EndUndone(speech, ())]


def test_rule_23_a_grant_whose_speech_has_ended_is_not_undone_but_the_end_is(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.chair(c.GrantFloor(speech))
    grant = sitting.state.undoable[-1].seq
    sitting.chair(c.RevokeFloor(speech))
    assert sitting.refused(CHAIR, c.Undo(grant)) == NOTHING
    assert sitting.undo() == [e.EndUndone(speech, ())]


def test_rule_23_who_was_granted_by_mistake_and_lost_the_line_confirms_its_devices_anew(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.prepare(speech)
    sitting.chair(c.GrantFloor(speech))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    sitting.undo()
    assert sitting.speech(speech).devices_confirmed_at is None


@pytest.mark.parametrize(
    ("actor", "remove"),
    [
        (site(BEN_LUC), c.WithdrawRequest),
        (SECRETARY, c.DeclineRequest),
        (CHAIR, c.RemoveRequest),
        (SECRETARY, c.DeferRequest),
    ],
)
def test_rule_23_who_left_the_list_is_back_at_its_place(sitting: Sitting, actor: Actor, remove: type) -> None:
    first, gone, last = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    before = floor_of(sitting)
    sitting.when(actor, remove(gone))
    assert sitting.undo(actor) == [e.RequestReinstated(gone, 1)]
    assert (floor_of(sitting), sitting.waiting()) == (before, [first, gone, last])
    sitting.when(actor, remove(gone))
    sitting.when(site(TAN_AN), c.WithdrawRequest(first))
    new = sitting.request(delegate(VINH_HUNG))
    offer = next(o for o in sitting.state.undoable if o.request_id == gone)
    sitting.when(actor, c.Undo(offer.seq))
    assert sitting.waiting() == [gone, last, new]


def test_rule_23_a_removal_may_be_undone_for_10_s_and_not_when_the_delegate_asked_again(sitting: Sitting) -> None:
    gone = sitting.request(delegate(TAN_AN))
    sitting.when(SECRETARY, c.RemoveRequest(gone))
    seq = sitting.state.undoable[-1].seq
    sitting.request(delegate(TAN_AN))
    assert sitting.refused(SECRETARY, c.Undo(seq)) == "already_waiting"
    sitting.let(10.001)
    assert sitting.refused(SECRETARY, c.Undo(seq)) == NOTHING


def test_rule_23_an_entry_deferred_twice_is_still_deferred_when_the_second_is_undone(sitting: Sitting) -> None:
    entry = sitting.request(delegate(TAN_AN))
    sitting.request(delegate(BEN_LUC))
    sitting.when(SECRETARY, c.DeferRequest(entry))
    sitting.request(delegate(CAN_DUOC))
    before = floor_of(sitting)
    sitting.when(SECRETARY, c.DeferRequest(entry))
    sitting.when(SECRETARY, c.Undo(sitting.state.undoable[-1].seq))
    assert floor_of(sitting) == before


def test_rule_23_a_deferral_is_not_undone_once_the_entry_speaks(sitting: Sitting) -> None:
    entry = sitting.request(delegate(TAN_AN))
    sitting.when(SECRETARY, c.DeferRequest(entry))
    seq = sitting.state.undoable[-1].seq
    sitting.chair(c.GrantFloor(entry))
    assert sitting.refused(SECRETARY, c.Undo(seq)) == NOTHING


def test_rule_23_who_comes_back_is_not_prepared_beside_another(sitting: Sitting) -> None:
    gone, other = sitting.request(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.prepare(gone)
    sitting.when(SECRETARY, c.RemoveRequest(gone))
    sitting.prepare(other)
    offer = next(o for o in sitting.state.undoable if o.request_id == gone)
    undone = sitting.when(SECRETARY, c.Undo(offer.seq))
    assert undone == [e.RequestReinstated(gone, 0), e.RequestUnprepared(gone)]


def test_rule_23_a_reorder_is_undone_and_so_are_its_manual_places(sitting: Sitting) -> None:
    a, b, d = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    before = floor_of(sitting)
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (d, a, b)))
    assert sitting.undo(SECRETARY) == [e.OrderRestored(DISCUSSION, (a, b, d), ())]
    assert floor_of(sitting) == before
    assert sitting.state.undoable == ()


def test_rule_23_undoing_a_reorder_keeps_who_came_and_forgets_who_left(sitting: Sitting) -> None:
    a, b, d = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (b, a, d)))
    offer = sitting.state.undoable[-1].seq
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (d, b, a)))
    new = sitting.request(delegate(VINH_HUNG))
    order = sitting.request(delegate(VINH_HUNG, 2), kind=ORDER)
    sitting.when(site(TAN_AN), c.WithdrawRequest(a))
    assert sitting.waiting() == [d, b, order, new]
    sitting.when(SECRETARY, c.Undo(offer))
    assert sitting.waiting() == [order, b, d, new]


def test_rule_23_undoing_the_second_reorder_leaves_the_first(sitting: Sitting) -> None:
    a, b, d = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (d, a, b)))
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (d, b, a)))
    assert sitting.undo(SECRETARY) == [e.OrderRestored(DISCUSSION, (d, a, b), (d,))]


def test_rule_23_a_list_of_another_item_is_undone_by_itself(sitting: Sitting) -> None:
    here = [sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC)]
    there = [sitting.request(delegate(s), item_id=DIRECTIVE) for s in (TAN_AN, BEN_LUC)]
    for item_id, (a, b) in ((DISCUSSION, here), (DIRECTIVE, there)):
        sitting.when(SECRETARY, c.ReorderQueue(item_id, (b, a)))
    sitting.undo(SECRETARY)
    assert (sitting.waiting(), sitting.waiting(DIRECTIVE)) == (here[::-1], there)
    sitting.undo(SECRETARY)
    assert sitting.waiting() == here


def test_rule_23_each_undoes_what_is_his(sitting: Sitting) -> None:
    speech, own = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(TAN_AN, 2))
    grant = c.Undo(sitting.state.undoable[0].seq)
    sitting.when(site(TAN_AN), c.WithdrawRequest(own))
    withdrawal = c.Undo(sitting.state.undoable[-1].seq)
    for actor in (site(TAN_AN), SECRETARY):
        assert sitting.refused(actor, grant) == "not_permitted"
    assert sitting.refused(site(BEN_LUC), withdrawal) == "not_your_site"
    sitting.when(SECRETARY, withdrawal)
    sitting.when(SECRETARY, c.RemoveRequest(own))
    assert sitting.refused(site(TAN_AN), c.Undo(sitting.state.undoable[-1].seq)) == "not_permitted"
    for removal in (c.DeferRequest, c.RemoveRequest):
        other = sitting.request(delegate(TAN_AN, 3))
        sitting.when(SECRETARY, removal(other))
        assert sitting.refused(site(TAN_AN), c.Undo(sitting.state.undoable[-1].seq)) == "not_permitted"
        sitting.let(20)
        if removal is c.DeferRequest:
            sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, tuple(sitting.waiting())))
            assert sitting.refused(site(TAN_AN), c.Undo(sitting.state.undoable[-1].seq)) == "not_permitted"
            sitting.when(SECRETARY, c.RemoveRequest(other))
    sitting.chair(c.AppointActingChair(AccountId(2)))
    sitting.chair(c.RevokeFloor(speech))
    ended = c.Undo(sitting.state.undoable[-1].seq)
    assert sitting.refused(OTHER_SECRETARY, ended) == "not_permitted"
    assert sitting.when(SECRETARY, ended) == [e.EndUndone(speech, ())]


def test_rule_23_offers_that_are_over_are_forgotten(sitting: Sitting) -> None:
    for number in range(1, 4):
        entry = sitting.request(delegate(TAN_AN, number))
        sitting.when(SECRETARY, c.RemoveRequest(entry))
        sitting.let(60)
    assert [o.request_id for o in sitting.state.undoable] == [RequestId(3)]


def test_rule_23_a_site_that_takes_the_floor_itself_ends_undoing() -> None:
    free = FloorSettings(mode=FloorMode.FREE_DISCUSSION, open_microphones=2)
    sitting = discussing(replace(SETUP, floor=free))
    speech = sitting.grant(delegate(HALL))
    sitting.chair(c.RevokeFloor(speech))
    sitting.when(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(TAN_AN)))
    assert sitting.state.undoable == ()


def test_rule_23_who_was_granted_by_mistake_is_again_exactly_who_waited(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN))
    sitting.prepare(speech)
    sitting.let(3)
    before = sitting.speech(speech)
    sitting.chair(c.GrantFloor(speech))
    sitting.let(5)
    sitting.chair(c.MuteHolder(speech))
    sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
    sitting.undo()
    assert sitting.speech(speech) == before


def test_rule_23_a_reason_is_gone_with_the_removal(sitting: Sitting) -> None:
    entry = sitting.request(delegate(TAN_AN))
    before = sitting.speech(entry)
    sitting.when(SECRETARY, c.RemoveRequest(entry, "hết giờ"))
    sitting.undo(SECRETARY)
    assert sitting.speech(entry) == replace(before, stopped_by=frozenset())


def test_rule_23_a_speech_that_comes_back_on_a_good_line_is_not_held(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.chair(c.RevokeFloor(speech))
    (offer,) = sitting.state.undoable
    assert offer.at == sitting.now
    sitting.undo()
    assert sitting.speech(speech).held_since is None


def test_rule_23_a_point_of_order_that_stops_no_clock_stops_none_when_it_comes_back() -> None:
    settings = FloorSettings(open_microphones=2, is_clock_stopped_by_order=False)
    sitting = discussing(replace(SETUP, floor=settings))
    speech = sitting.grant(delegate(TAN_AN))
    order = sitting.grant(delegate(BEN_LUC), kind=ORDER)
    sitting.chair(c.RevokeFloor(order))
    assert sitting.undo() == [e.EndUndone(order, ()), e.SpeechPaused(speech, BY_ORDER, is_clock_kept=True)]
