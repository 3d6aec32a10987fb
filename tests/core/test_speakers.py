"""The list of speakers: rules 1-4, 7-9."""

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.vocabulary import DelegateId, ItemId, RequestId, RequestStatus, Role, RollStatus, SpeechKind
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
    Sitting,
    delegate,
    site,
)

UNKNOWN = RequestId(99)


def test_rule_1_a_request_names_its_delegate_its_kind_and_its_topic(sitting: Sitting) -> None:
    asked = c.RequestFloor(delegate(TAN_AN), SpeechKind.REPLY, "  Kiện toàn\n cấp ủy  xã ")
    assert sitting.when(site(TAN_AN), asked) == [
        e.FloorRequested(
            request_id=RequestId(1),
            item_id=DISCUSSION,
            delegate_id=delegate(TAN_AN),
            site_id=TAN_AN,
            kind=SpeechKind.REPLY,
            topic="Kiện toàn cấp ủy xã",
            limit_seconds=None,
            asked_by=Role.SITE,
            place=0,
        )
    ]
    assert sitting.waiting() == [1]


def test_rule_1_a_site_asks_for_its_own_delegates_only(sitting: Sitting) -> None:
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(BEN_LUC))) == "not_your_site"
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(HALL))) == "not_your_site"


def test_rule_1_chair_and_secretary_may_ask_for_anyone(sitting: Sitting) -> None:
    for actor, number in ((CHAIR, 1), (SECRETARY, 2)):
        (asked,) = sitting.when(actor, c.RequestFloor(delegate(TAN_AN, number)))
        assert isinstance(asked, e.FloorRequested) and (asked.site_id, asked.asked_by) == (TAN_AN, actor.role)


def test_rule_1_a_delegate_must_be_of_the_conference(sitting: Sitting) -> None:
    assert sitting.refused(SECRETARY, c.RequestFloor(DelegateId(999))) == "unknown_delegate"


@pytest.mark.parametrize(("length", "is_refused"), [(250, False), (251, True)])
def test_rule_1_a_topic_has_at_most_250_characters(sitting: Sitting, length: int, is_refused: bool) -> None:
    asked = c.RequestFloor(delegate(TAN_AN), topic="ệ" * length)
    if is_refused:
        assert sitting.refused(site(TAN_AN), asked) == "topic_too_long"
    else:
        assert sitting.when(site(TAN_AN), asked)


@pytest.mark.parametrize("seconds", [0, 29, 3 * 3600 + 1])
def test_rule_1_a_limit_out_of_range_is_refused(sitting: Sitting, seconds: int) -> None:
    assert sitting.refused(SECRETARY, c.RequestFloor(delegate(TAN_AN), limit_seconds=seconds)) == "out_of_range"


def test_rule_2_a_delegate_waits_once_as_a_speaker_and_once_with_a_point_of_order(sitting: Sitting) -> None:
    order = SpeechKind.POINT_OF_ORDER
    sitting.request(delegate(TAN_AN))
    for kind in (SpeechKind.DISCUSSION, SpeechKind.REPLY, SpeechKind.PREPARED_SPEECH):
        assert sitting.refused(SECRETARY, c.RequestFloor(delegate(TAN_AN), kind)) == "already_waiting"
    sitting.request(delegate(TAN_AN), kind=order)
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN), order)) == "already_waiting"
    sitting.request(delegate(TAN_AN, 2))
    sitting.request(delegate(TAN_AN), item_id=DIRECTIVE)


def test_rule_2_whoever_has_spoken_may_ask_again(sitting: Sitting) -> None:
    first = sitting.grant(delegate(TAN_AN))
    again = sitting.request(delegate(TAN_AN))
    sitting.chair(c.RevokeFloor(first))
    assert sitting.waiting() == [again]


def test_rule_3_a_request_without_an_item_belongs_to_the_open_one(opened: Sitting) -> None:
    assert opened.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN))) == "no_item_open"
    opened.chair(c.OpenItem(REPORT))
    assert opened.speech(opened.request(delegate(TAN_AN))).item_id == REPORT


def test_rule_3_registering_for_a_later_item_is_allowed_until_its_queue_is_closed(sitting: Sitting) -> None:
    early = sitting.request(delegate(TAN_AN), item_id=DIRECTIVE)
    assert (sitting.waiting(DIRECTIVE), sitting.waiting()) == ([early], [])
    sitting.when(SECRETARY, c.CloseQueue(DIRECTIVE))
    late = c.RequestFloor(delegate(BEN_LUC), item_id=DIRECTIVE)
    assert sitting.refused(site(BEN_LUC), late) == "queue_is_closed"


def test_rule_3_nobody_registers_for_an_item_that_is_over_or_unknown(sitting: Sitting) -> None:
    sitting.chair(c.OpenItem(DIRECTIVE))
    assert sitting.refused(SECRETARY, c.RequestFloor(delegate(TAN_AN), item_id=DISCUSSION)) == "item_is_over"
    assert sitting.refused(SECRETARY, c.RequestFloor(delegate(TAN_AN), item_id=ItemId(77))) == "unknown_item"


@pytest.mark.parametrize("status", [RollStatus.EXCUSED, RollStatus.UNEXCUSED])
def test_rule_4_an_absent_delegate_is_refused_whoever_asks(sitting: Sitting, status: RollStatus) -> None:
    sitting.when(site(TAN_AN), c.MarkRoll(delegate(TAN_AN), status))
    for actor in (CHAIR, SECRETARY, site(TAN_AN)):
        assert sitting.refused(actor, c.RequestFloor(delegate(TAN_AN))) == "delegate_is_absent"


@pytest.mark.parametrize("status", [RollStatus.PRESENT, RollStatus.SUBSTITUTE])
def test_rule_4_who_is_present_or_substituted_may_ask(sitting: Sitting, status: RollStatus) -> None:
    sitting.when(SECRETARY, c.MarkRoll(delegate(TAN_AN), status))
    sitting.when(SECRETARY, c.ConfirmRoll(TAN_AN))
    sitting.request(delegate(TAN_AN))


def test_rule_4_unmarked_counts_as_present_until_the_roll_of_the_site_is_confirmed(sitting: Sitting) -> None:
    sitting.request(delegate(TAN_AN))
    sitting.when(site(TAN_AN), c.ConfirmRoll(TAN_AN))
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN, 2))) == "delegate_is_absent"
    sitting.request(delegate(BEN_LUC))


def test_rule_7_reordering_takes_the_whole_list(sitting: Sitting) -> None:
    a, b, d = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    assert sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (d, a, b))) == [
        e.QueueReordered(DISCUSSION, (d, a, b), (d,))
    ]
    assert sitting.waiting() == [d, a, b]


def test_rule_7_a_missing_foreign_or_doubled_id_is_refused(sitting: Sitting) -> None:
    a, b = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC))
    elsewhere = sitting.request(delegate(TAN_AN), item_id=DIRECTIVE)
    for order in ((a,), (), (a, b, elsewhere), (a, elsewhere), (a, a), (a, b, b), (a, UNKNOWN)):
        assert sitting.refused(SECRETARY, c.ReorderQueue(DISCUSSION, order)) == "order_does_not_match"
    assert sitting.refused(SECRETARY, c.ReorderQueue(ItemId(77), ())) == "unknown_item"


def test_rule_8_a_closed_queue_refuses_sites_but_not_the_desk_nor_points_of_order(sitting: Sitting) -> None:
    waiting = sitting.request(delegate(TAN_AN))
    assert sitting.when(SECRETARY, c.CloseQueue(DISCUSSION)) == [e.QueueClosed(DISCUSSION)]
    assert sitting.refused(site(BEN_LUC), c.RequestFloor(delegate(BEN_LUC))) == "queue_is_closed"
    sitting.when(CHAIR, c.RequestFloor(delegate(BEN_LUC)))
    sitting.when(SECRETARY, c.RequestFloor(delegate(BEN_LUC, 2)))
    sitting.request(delegate(BEN_LUC), kind=SpeechKind.POINT_OF_ORDER)
    assert e.FloorGranted(waiting, 180) in sitting.chair(c.GrantFloor(waiting))


def test_rule_8_a_queue_is_closed_and_opened_once(sitting: Sitting) -> None:
    assert sitting.refused(SECRETARY, c.OpenQueue(DISCUSSION)) == "queue_is_open"
    sitting.when(SECRETARY, c.CloseQueue(DISCUSSION))
    assert sitting.refused(SECRETARY, c.CloseQueue(DISCUSSION)) == "queue_is_closed"
    assert sitting.when(SECRETARY, c.OpenQueue(DISCUSSION)) == [e.QueueOpened(DISCUSSION)]
    sitting.request(delegate(BEN_LUC))


def test_rule_9_a_site_withdraws_its_own_waiting_request(sitting: Sitting) -> None:
    request_id = sitting.request(delegate(TAN_AN))
    assert sitting.refused(site(BEN_LUC), c.WithdrawRequest(request_id)) == "not_your_site"
    assert sitting.when(site(TAN_AN), c.WithdrawRequest(request_id)) == [e.RequestWithdrawn(request_id)]
    assert sitting.speech(request_id).status is RequestStatus.WITHDRAWN
    assert sitting.waiting() == []
    assert sitting.refused(site(TAN_AN), c.WithdrawRequest(request_id)) == "not_waiting"


@pytest.mark.parametrize(
    ("command", "event", "status"),
    [
        (c.DeclineRequest, e.RequestDeclined, RequestStatus.DECLINED),
        (c.RemoveRequest, e.RequestRemoved, RequestStatus.REMOVED),
    ],
)
def test_rule_9_chair_and_secretary_decline_or_remove_with_a_reason(
    sitting: Sitting, command: type, event: type, status: RequestStatus
) -> None:
    for actor, number in ((CHAIR, 1), (SECRETARY, 2)):
        request_id = sitting.request(delegate(TAN_AN, number))
        assert sitting.when(actor, command(request_id, " hết  giờ ")) == [event(request_id, "hết giờ")]
        assert (sitting.speech(request_id).status, sitting.speech(request_id).reason) == (status, "hết giờ")
    third = sitting.request(delegate(TAN_AN, 3))
    assert sitting.refused(SECRETARY, command(third, "x" * 251)) == "reason_too_long"


@pytest.mark.parametrize("command", [c.DeclineRequest, c.RemoveRequest, c.PrepareRequest, c.UnprepareRequest])
def test_rule_9_only_who_waits_leaves_the_list(sitting: Sitting, command: type) -> None:
    speaking = sitting.grant(delegate(TAN_AN))
    assert sitting.refused(SECRETARY, command(speaking)) == "not_waiting"
    assert sitting.refused(SECRETARY, command(UNKNOWN)) == "unknown_request"
    assert sitting.refused(site(TAN_AN), c.WithdrawRequest(speaking)) == "not_waiting"


def test_rule_9_a_reason_has_at_most_250_characters(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.RemoveRequest(sitting.request(delegate(TAN_AN)), "x" * 250))


def test_rule_7_an_empty_list_is_reordered_to_itself(sitting: Sitting) -> None:
    assert sitting.when(SECRETARY, c.ReorderQueue(REPORT, ())) == [e.QueueReordered(REPORT, ())]


def test_rule_5_the_time_of_a_request_is_kept(sitting: Sitting) -> None:
    assert sitting.speech(sitting.request(delegate(TAN_AN))).requested_at == sitting.now


def test_rule_8_closing_the_queue_changes_nothing_else_of_the_item(sitting: Sitting) -> None:
    opened_at = sitting.state.item(DISCUSSION).opened_at
    sitting.when(SECRETARY, c.CloseQueue(DISCUSSION))
    assert opened_at and sitting.state.item(DISCUSSION).opened_at == opened_at
