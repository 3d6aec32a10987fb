"""The order in which people wait: rules 5 and 6."""

from dataclasses import replace

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.order import moved_ids
from meetings.core.setup import FloorSettings, OrderCategory, SetupItem, SetupSpeech
from meetings.core.vocabulary import RequestId, Role, SpeechKind
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    CHAIR,
    DIRECTIVE,
    DISCUSSION,
    SECRETARY,
    SETUP,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    discussing,
    doors_open,
    site,
)

ORDER, REPLY, PREPARED = SpeechKind.POINT_OF_ORDER, SpeechKind.REPLY, SpeechKind.PREPARED_SPEECH
TECHNICAL, PROCEDURE = OrderCategory(7, "Kỹ thuật", 1), OrderCategory(8, "Cách điều hành", 2)
ASSIGNED = (
    SetupSpeech(delegate(CAN_DUOC), "Tham luận một", 420),
    SetupSpeech(delegate(BEN_LUC)),
    SetupSpeech(delegate(TAN_AN)),
)
ORDERLY = replace(
    SETUP,
    items=tuple(SetupItem(i.id, i.speech_limit_seconds, speeches=ASSIGNED if i.id == 4 else ()) for i in SETUP.items),
    floor=FloorSettings(order_categories=(PROCEDURE, TECHNICAL)),
)


@pytest.fixture
def orderly() -> Sitting:
    return discussing(ORDERLY)


def test_rule_5_points_of_order_then_replies_then_prepared_speeches_then_discussion_by_time(sitting: Sitting) -> None:
    sitting.grant(delegate(VINH_HUNG))
    discussion = sitting.request(delegate(TAN_AN))
    prepared = sitting.request(delegate(TAN_AN, 2), kind=PREPARED)
    reply = sitting.request(delegate(BEN_LUC), kind=REPLY)
    order = sitting.request(delegate(BEN_LUC, 2), kind=ORDER)
    assert sitting.waiting() == [order, reply, prepared, discussion]
    again = [sitting.request(delegate(CAN_DUOC, n), kind=k) for n, k in ((1, REPLY), (2, PREPARED), (3, ORDER))]
    last = sitting.request(delegate(BEN_LUC, 3))
    assert sitting.waiting() == [order, again[2], reply, again[0], prepared, again[1], discussion, last]


def test_rule_5_points_of_order_go_by_the_rank_of_their_category_then_by_time(orderly: Sitting) -> None:
    without = orderly.request(delegate(TAN_AN), kind=ORDER)
    procedure = orderly.request(delegate(TAN_AN, 2), kind=ORDER, category_id=8)
    technical = orderly.request(delegate(TAN_AN, 3), kind=ORDER, category_id=7)
    second = orderly.request(delegate(BEN_LUC), kind=ORDER, category_id=8)
    assert orderly.waiting() == [technical, procedure, second, without]


@pytest.mark.parametrize(("kind", "category_id"), [(ORDER, 9), (SpeechKind.DISCUSSION, 7), (REPLY, 7)])
def test_rule_5_a_category_is_one_of_the_conferences_and_of_a_point_of_order(
    orderly: Sitting, kind: SpeechKind, category_id: int
) -> None:
    asked = c.RequestFloor(delegate(TAN_AN), kind, category_id=category_id)
    assert orderly.refused(site(TAN_AN), asked) == "unknown_category"


def test_rule_5_a_reply_answers_the_current_speaker_or_else_the_last_one(sitting: Sitting) -> None:
    early = sitting.request(delegate(TAN_AN), kind=REPLY)
    waiting = sitting.request(delegate(TAN_AN, 2))
    assert sitting.speech(early).reply_to is None and sitting.waiting() == [early, waiting], (
        "nobody to reply to: by time"
    )
    first = sitting.grant(delegate(BEN_LUC))
    reply = sitting.request(delegate(TAN_AN, 3), kind=REPLY)
    assert (sitting.speech(reply).reply_to, sitting.waiting()) == (first, [reply, early, waiting])
    sitting.chair(c.RevokeFloor(first))
    second = sitting.grant(delegate(BEN_LUC, 2))
    sitting.chair(c.RevokeFloor(second))
    late = sitting.request(delegate(CAN_DUOC), kind=REPLY)
    assert sitting.speech(late).reply_to == second
    elsewhere = sitting.request(delegate(CAN_DUOC), kind=REPLY, item_id=DIRECTIVE)
    assert sitting.speech(elsewhere).reply_to is None, "of an item nobody has spoken on"


def test_rule_5_a_reply_to_a_point_of_order_answers_the_speech_it_interrupts(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.grant(delegate(BEN_LUC), kind=ORDER)
    assert sitting.speech(sitting.request(delegate(CAN_DUOC), kind=REPLY)).reply_to == speech


def test_rule_5_assigned_speeches_wait_in_the_agendas_order_from_the_opening_of_the_doors() -> None:
    sitting = doors_open(ORDERLY)
    first, *_ = assigned = sitting.waiting(ORDERLY.items[3].id)
    assert [sitting.speech(i).delegate_id for i in assigned] == [s.delegate_id for s in ASSIGNED]
    speech = sitting.speech(first)
    assert (speech.kind, speech.topic, speech.asked_limit_seconds) == (PREPARED, "Tham luận một", 420)
    assert speech.asked_by is Role.SECRETARY
    assert sitting.refused(site(CAN_DUOC), c.RequestFloor(delegate(CAN_DUOC), item_id=ORDERLY.items[3].id)) == (
        "already_waiting"
    )


def test_rule_5_a_prepared_speech_registered_late_stands_at_its_place_in_the_agenda() -> None:
    sitting = doors_open(ORDERLY)
    closing = ORDERLY.items[3].id
    first, second, third = sitting.waiting(closing)
    sitting.when(site(BEN_LUC), c.WithdrawRequest(second))
    extra = sitting.request(delegate(VINH_HUNG), kind=PREPARED, item_id=closing)
    back = sitting.request(delegate(BEN_LUC), kind=PREPARED, item_id=closing)
    assert sitting.waiting(closing) == [first, back, third, extra], "who is not in the agenda comes after it"


def test_rule_6_a_new_point_of_order_goes_behind_the_leading_run_and_leaves_manual_places(sitting: Sitting) -> None:
    """The example of the rule."""
    p1 = sitting.request(delegate(TAN_AN), kind=ORDER)
    n2, n3 = sitting.request(delegate(BEN_LUC)), sitting.request(delegate(CAN_DUOC))
    p4 = sitting.request(delegate(TAN_AN, 2), kind=ORDER)
    assert sitting.waiting() == [p1, p4, n2, n3]
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (p1, n2, n3, p4)))
    new = sitting.request(delegate(VINH_HUNG), kind=ORDER)
    assert sitting.waiting() == [p1, new, n2, n3, p4]


def test_rule_6_whom_a_hand_put_first_stays_first(sitting: Sitting) -> None:
    p1 = sitting.request(delegate(TAN_AN), kind=ORDER)
    n2, n3 = sitting.request(delegate(BEN_LUC)), sitting.request(delegate(CAN_DUOC))
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (n3, p1, n2)))
    new = sitting.request(delegate(VINH_HUNG), kind=ORDER)
    assert sitting.waiting() == [n3, p1, new, n2]


def test_rule_6_a_list_is_never_sorted_again(sitting: Sitting) -> None:
    a, b, d = (sitting.request(delegate(s)) for s in (TAN_AN, BEN_LUC, CAN_DUOC))
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (d, b, a)))
    last = sitting.request(delegate(VINH_HUNG))
    sitting.chair(c.GrantFloor(b))
    assert sitting.waiting() == [d, a, last]


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("abcd", "abcd", ""),
        ("abcd", "bcda", "a"),
        ("abcd", "dabc", "d"),
        ("ab", "ba", "b"),
        ("abcd", "acbd", "c"),
        ("abcd", "dcba", "dcb"),
        ("abcde", "bacde", "b"),
        ("abcde", "ebcda", "ea"),
    ],
)
def test_rule_6_moved_is_who_does_not_follow_the_old_order(before: str, after: str, moved: str) -> None:
    ids = {letter: RequestId(n) for n, letter in enumerate("abcde")}
    found = moved_ids([ids[x] for x in before], [ids[x] for x in after])
    assert found == tuple(ids[x] for x in moved)


def test_deferring_puts_an_entry_last_and_takes_back_its_preparation(sitting: Sitting) -> None:
    a, b = sitting.request(delegate(TAN_AN), kind=ORDER), sitting.request(delegate(BEN_LUC))
    sitting.prepare(a)
    assert sitting.when(SECRETARY, c.DeferRequest(a)) == [e.RequestDeferred(a)]
    assert sitting.waiting() == [b, a]
    deferred = sitting.speech(a)
    assert deferred.deferred_at == sitting.now
    assert (deferred.prepared_at, deferred.devices_confirmed_at, deferred.unprepared_at) == (None, None, None)
    assert sitting.refused(CHAIR, c.DeferRequest(a)) == "already_deferred"
    later = sitting.request(delegate(CAN_DUOC))
    assert sitting.waiting() == [b, a, later]
    assert sitting.when(SECRETARY, c.DeferRequest(a)) == [e.RequestDeferred(a)]
    assert sitting.waiting() == [b, later, a]
    sitting.chair(c.GrantFloor(a))
    assert sitting.refused(CHAIR, c.DeferRequest(a)) == "not_waiting"


def test_rule_5_a_reply_comes_before_the_first_prepared_speech_of_the_agenda() -> None:
    sitting = discussing(ORDERLY)
    sitting.chair(c.OpenItem(ORDERLY.items[3].id))
    assigned = sitting.waiting(ORDERLY.items[3].id)
    sitting.grant(delegate(VINH_HUNG))
    reply = sitting.request(delegate(VINH_HUNG, 2), kind=REPLY)
    assert sitting.waiting(ORDERLY.items[3].id) == [reply, *assigned]


def test_rule_5_a_reply_answers_who_spoke_last_not_who_asked_last(sitting: Sitting) -> None:
    late, early = sitting.request(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    for speech in (early, late):
        sitting.chair(c.GrantFloor(speech))
        sitting.let(5)
        sitting.chair(c.RevokeFloor(speech))
    assert sitting.speech(sitting.request(delegate(CAN_DUOC), kind=REPLY)).reply_to == late


def test_an_entry_nobody_is_told_about_any_more_gets_ready_again_once_deferred(sitting: Sitting) -> None:
    entry = sitting.request(delegate(TAN_AN))
    sitting.prepare(entry)
    sitting.when(SECRETARY, c.UnprepareRequest(entry))
    sitting.when(SECRETARY, c.DeferRequest(entry))
    assert sitting.speech(entry).unprepared_at is None
