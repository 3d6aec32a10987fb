"""Doors, opening, suspending, closing, items and the roll."""

from dataclasses import replace

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.conference import replay
from meetings.core.vocabulary import SYSTEM, Actor, ConferenceStatus, DelegateId, ItemId, Role, RollStatus, SiteId
from tests.core.sitting import (
    BEN_LUC,
    CHAIR,
    DISCUSSION,
    REPORT,
    SECRETARY,
    SETUP,
    TAN_AN,
    Sitting,
    delegate,
    site,
)

NOWHERE = SiteId(99)

STATUS: list[tuple[ConferenceStatus, list[c.Command]]] = [
    (ConferenceStatus.SCHEDULED, []),
    (ConferenceStatus.DOORS_OPEN, [c.OpenDoors(SETUP)]),
    (ConferenceStatus.CONVENED, [c.OpenDoors(SETUP), c.Convene()]),
    (ConferenceStatus.SUSPENDED, [c.OpenDoors(SETUP), c.Convene(), c.Suspend()]),
    (ConferenceStatus.ADJOURNED, [c.OpenDoors(SETUP), c.Convene(), c.Adjourn()]),
]

# command: the refusal in each status, in the order of STATUS; None where it is accepted
MOVES: list[tuple[c.Command, tuple[str | None, ...]]] = [
    (c.OpenDoors(SETUP), (None, *["doors_already_open"] * 4)),
    (c.Convene(), ("doors_not_open", None, "already_convened", "conference_is_suspended", "conference_is_adjourned")),
    (c.Suspend(), ("doors_not_open", "not_convened", None, "conference_is_suspended", "conference_is_adjourned")),
    (c.Resume(), ("not_suspended", "not_suspended", "not_suspended", None, "not_suspended")),
    (c.Adjourn(), ("doors_not_open", "not_convened", None, None, "conference_is_adjourned")),
    (c.OpenItem(REPORT), ("doors_not_open", None, None, "conference_is_suspended", "conference_is_adjourned")),
    (c.GrantNext(), ("doors_not_open", *["queue_is_empty"] * 2, "conference_is_suspended", "conference_is_adjourned")),
]


@pytest.mark.parametrize(("command", "expected"), MOVES, ids=lambda v: type(v).__name__)
def test_a_command_out_of_its_status_is_refused_and_changes_nothing(
    command: c.Command, expected: tuple[str | None, ...]
) -> None:
    for (status, moves), code in zip(STATUS, expected, strict=True):
        sitting = Sitting()
        for move in moves:
            sitting.chair(move)
        assert sitting.state.status is status
        if code is None:
            assert sitting.chair(command)
        else:
            assert sitting.refused(CHAIR, command) == code


def test_doors_do_not_open_on_an_unfinished_conference() -> None:
    for unfinished in (replace(SETUP, items=()), replace(SETUP, sites=())):
        assert Sitting().refused(SECRETARY, c.OpenDoors(unfinished)) == "setup_incomplete"


def test_opening_an_item_closes_the_one_before(sitting: Sitting) -> None:
    assert sitting.when(SECRETARY, c.OpenItem(REPORT)) == [e.ItemClosed(DISCUSSION), e.ItemOpened(REPORT)]
    assert sitting.refused(SECRETARY, c.OpenItem(REPORT)) == "item_already_open"
    assert sitting.refused(SECRETARY, c.OpenItem(ItemId(9))) == "unknown_item"
    assert sitting.refused(SECRETARY, c.CloseItem(DISCUSSION)) == "item_not_open"
    assert sitting.when(SECRETARY, c.CloseItem(REPORT)) == [e.ItemClosed(REPORT)]
    assert sitting.state.current_item_id is None


def test_an_item_opened_again_takes_requests_again_and_keeps_the_time_of_its_first_opening(sitting: Sitting) -> None:
    first = sitting.state.item(DISCUSSION).opened_at
    waiting = sitting.request(delegate(TAN_AN))
    sitting.let(60)
    sitting.chair(c.OpenItem(REPORT))
    sitting.chair(c.OpenItem(DISCUSSION))
    assert (sitting.state.item(DISCUSSION).opened_at, sitting.waiting()) == (first, [waiting])
    sitting.request(delegate(BEN_LUC))


@pytest.mark.parametrize("actor", [CHAIR, SECRETARY, site(TAN_AN)], ids=lambda a: a.key)
def test_the_roll_is_marked_counted_and_confirmed_and_may_be_corrected(opened: Sitting, actor: Actor) -> None:
    marked = c.MarkRoll(delegate(TAN_AN), RollStatus.EXCUSED, "ốm")
    assert opened.when(actor, marked) == [e.RollMarked(delegate(TAN_AN), RollStatus.EXCUSED, "ốm")]
    opened.when(actor, c.MarkRoll(delegate(TAN_AN), RollStatus.PRESENT))
    assert opened.state.roll_entry(delegate(TAN_AN)).status is RollStatus.PRESENT
    assert opened.when(actor, c.ReportHeadCount(TAN_AN, 22)) == [e.HeadCountReported(TAN_AN, 22)]
    is_by_desk = actor.role is not Role.SITE
    assert opened.when(actor, c.ConfirmRoll(TAN_AN)) == [e.RollConfirmed(TAN_AN, is_by_desk)]
    assert opened.state.rolls_confirmed_at == {TAN_AN: opened.now}


def test_the_roll_of_somebody_else_or_of_nobody_is_refused(opened: Sitting) -> None:
    present = RollStatus.PRESENT
    for command in (c.MarkRoll(delegate(BEN_LUC), present), c.ReportHeadCount(BEN_LUC, 1), c.ConfirmRoll(BEN_LUC)):
        assert opened.refused(site(TAN_AN), command) == "not_your_site"
    assert opened.refused(SECRETARY, c.MarkRoll(DelegateId(999), present)) == "unknown_delegate"
    assert opened.refused(SECRETARY, c.ReportHeadCount(NOWHERE, 1)) == "unknown_site"
    assert opened.refused(SECRETARY, c.ConfirmRoll(NOWHERE)) == "unknown_site"
    assert opened.refused(SECRETARY, c.MarkRoll(delegate(TAN_AN), present, "x" * 251)) == "reason_too_long"
    for count in (-1, 5001):
        assert opened.refused(SECRETARY, c.ReportHeadCount(TAN_AN, count)) == "out_of_range"


def test_nothing_happens_at_a_site_before_the_doors_open_or_at_an_unknown_one(opened: Sitting) -> None:
    closed = Sitting()
    for command in (c.ReportConnected(TAN_AN), c.ReportDisconnected(TAN_AN), c.HoldSpeech(TAN_AN)):
        assert closed.refused(SYSTEM, command) == "doors_not_open"
        assert opened.refused(SYSTEM, type(command)(NOWHERE)) == "unknown_site"
    for roll in (c.ConfirmRoll(TAN_AN), c.MarkRoll(delegate(TAN_AN), RollStatus.PRESENT)):
        assert closed.refused(SECRETARY, roll) == "doors_not_open"
    assert closed.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN))) == "doors_not_open"


def test_after_the_closing_nobody_arrives_but_who_leaves_is_recorded(sitting: Sitting) -> None:
    sitting.when(SYSTEM, c.ReportDisconnected(BEN_LUC))
    sitting.chair(c.Adjourn())
    assert sitting.when(SYSTEM, c.ReportConnected(BEN_LUC)) == []
    assert sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN)) == [e.SiteDisconnected(TAN_AN)]


def test_rule_26_an_actor_is_known_by_account_or_site_not_by_name() -> None:
    assert {CHAIR.key, SECRETARY.key, site(TAN_AN).key, site(BEN_LUC).key, SYSTEM.key} == {
        "account:1",
        "account:2",
        "site:2",
        "site:3",
        "system",
    }


def test_rule_28_the_second_of_two_grants_is_judged_against_the_new_state(sitting: Sitting) -> None:
    request_id = sitting.request(delegate(TAN_AN))
    both = c.GrantFloor(request_id)
    assert sitting.chair(both)
    assert sitting.refused(CHAIR, both) == "not_waiting"


def test_rule_29_a_gap_in_the_journal_is_refused(sitting: Sitting) -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        replay(sitting.journal[1:])
    assert replay(sitting.journal) == sitting.state
    assert replay(sitting.journal[5:], replay(sitting.journal[:5])) == sitting.state
