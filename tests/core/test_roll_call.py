"""The roll call by voice: one point after the other. Rules 18, 31, 35 and 36."""

from dataclasses import replace

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.setup import SetupSite
from meetings.core.vocabulary import SYSTEM, Card, SiteId
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    DISCUSSION,
    HALL,
    SECRETARY,
    SETUP,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    doors_open,
    site,
)


@pytest.fixture
def called() -> Sitting:
    """Doors open, everybody there, the roll call has begun with the hall."""
    sitting = doors_open()
    sitting.when(SECRETARY, c.StartRollCall())
    return sitting


def invited(sitting: Sitting) -> list[SiteId]:
    return [r.event.site_id for r in sitting.journal if isinstance(r.event, e.ReportInvited)]


def test_rule_35_before_the_opening_only_who_reports_and_the_hall_are_heard(called: Sitting) -> None:
    assert called.stage.heard == (HALL,)
    called.let(7)
    assert called.stage.heard == (HALL, TAN_AN)
    assert (called.stage.floor_site_id, called.stage.card) == (TAN_AN, None)
    assert BEN_LUC in called.stage.warm_site_ids, "the next one's picture is ready"
    called.let(60)
    assert (called.stage.heard, called.stage.card) == ((), Card.BEFORE)


def test_rule_35_sixteen_points_report_within_two_minutes() -> None:
    points = tuple(SetupSite(SiteId(n), n == 1) for n in range(1, 17))
    sitting = Sitting()
    sitting.when(SECRETARY, c.OpenDoors(replace(SETUP, sites=points)))
    for point in points:
        sitting.when(SYSTEM, c.ReportConnected(point.id))
    sitting.when(SECRETARY, c.StartRollCall())
    sitting.let(119)
    assert invited(sitting) == [point.id for point in points], "in the order of protocol"
    assert sitting.state.roll_call and sitting.state.roll_call.ended_at


def test_rule_35_it_moves_on_as_soon_as_the_roll_has_come_in(called: Sitting) -> None:
    called.let(8)
    called.when(site(TAN_AN), c.ReportHeadCount(TAN_AN, 20))
    called.when(site(TAN_AN), c.ConfirmRoll(TAN_AN))
    assert called.let(2) == [e.ReportInvited(BEN_LUC)]


def test_rule_35_a_point_that_is_not_there_is_noted_and_passed_over() -> None:
    sitting = doors_open()
    for site_id in (TAN_AN, VINH_HUNG):
        sitting.when(SYSTEM, c.ReportDisconnected(site_id))
    sitting.when(SECRETARY, c.StartRollCall())
    assert sitting.let(7) == [e.ReportMissed(TAN_AN), e.ReportInvited(BEN_LUC)]
    sitting.let(7)
    assert sitting.let(7) == [e.ReportMissed(VINH_HUNG), e.RollCallEnded()]
    call = sitting.state.roll_call
    assert call and (call.heard, call.missed) == ((HALL, BEN_LUC, CAN_DUOC), (TAN_AN, VINH_HUNG))


def test_a_desk_stops_it_takes_any_point_and_lets_it_go_on(called: Sitting) -> None:
    called.when(SECRETARY, c.PauseRollCall())
    assert called.let(600) == []
    assert called.refused(SECRETARY, c.PauseRollCall()) == "roll_call_is_paused"
    called.when(SECRETARY, c.InviteReport(CAN_DUOC))
    assert called.stage.heard == (HALL, CAN_DUOC)
    called.when(SECRETARY, c.ContinueRollCall())
    assert called.let(7) == [e.ReportInvited(TAN_AN)]
    called.let(60)
    assert invited(called) == [HALL, CAN_DUOC, TAN_AN, BEN_LUC, VINH_HUNG], "nobody twice"


def test_taking_a_point_by_hand_stops_what_goes_by_itself(called: Sitting) -> None:
    assert called.when(SECRETARY, c.InviteReport(BEN_LUC)) == [e.RollCallPaused(), e.ReportInvited(BEN_LUC)]
    assert called.let(600) == []


def test_who_was_missing_is_taken_by_hand_when_it_is_there_again() -> None:
    sitting = doors_open()
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    sitting.when(SECRETARY, c.StartRollCall())
    assert sitting.refused(SECRETARY, c.InviteReport(TAN_AN)) == "site_not_connected"
    sitting.let(60)
    sitting.when(SYSTEM, c.ReportConnected(TAN_AN))
    sitting.when(SECRETARY, c.InviteReport(TAN_AN))
    sitting.when(SECRETARY, c.EndRollCall())
    call = sitting.state.roll_call
    assert call and call.missed == () and call.heard[-1] == TAN_AN


def test_rule_28_the_clock_and_a_desk_at_once_pass_over_nobody(called: Sitting) -> None:
    called.when(SECRETARY, c.NextReport(HALL))
    assert called.when(SYSTEM, c.NextReport(HALL)) == []
    assert called.when(SECRETARY, c.NextReport(HALL)) == []
    assert invited(called) == [HALL, TAN_AN]


def test_the_clock_moves_nothing_before_its_time(called: Sitting) -> None:
    assert called.when(SYSTEM, c.NextReport(HALL)) == []


def test_rule_35_it_waits_while_somebody_holds_the_floor(called: Sitting) -> None:
    called.chair(c.Convene())
    called.chair(c.OpenItem(DISCUSSION))
    called.let(8)
    request_id = called.grant(delegate(CAN_DUOC))
    assert set(called.stage.heard) == {HALL, CAN_DUOC}
    heard = invited(called)
    called.let(100)
    assert invited(called) == heard
    assert called.refused(SECRETARY, c.NextReport(TAN_AN)) == "floor_is_taken"
    called.when(site(CAN_DUOC), c.ReleaseFloor(request_id))
    called.let(60)
    assert invited(called)[-1] == VINH_HUNG


def test_rule_18_who_reports_may_open_its_microphone_and_nobody_else(called: Sitting) -> None:
    called.when(site(TAN_AN), c.CloseMicrophone(TAN_AN))
    called.let(7)
    assert TAN_AN in called.stage.heard, "its microphone starts open"
    called.when(site(TAN_AN), c.CloseMicrophone(TAN_AN))
    assert TAN_AN not in called.stage.heard
    called.when(site(TAN_AN), c.OpenMicrophone(TAN_AN))
    assert called.refused(site(BEN_LUC), c.OpenMicrophone(BEN_LUC)) == "microphone_is_the_chairs"


def test_rule_36_the_desk_calls_the_roll_and_a_second_call_is_refused(called: Sitting) -> None:
    assert called.refused(site(TAN_AN), c.NextReport(HALL)) == "not_permitted"
    assert called.refused(SECRETARY, c.StartRollCall()) == "roll_call_runs"
    called.when(SECRETARY, c.EndRollCall())
    for command in (c.EndRollCall(), c.PauseRollCall(), c.ContinueRollCall(), c.NextReport(HALL)):
        assert called.refused(SECRETARY, command) == "no_roll_call"
    assert called.refused(SECRETARY, c.StartRollCall(seconds=1)) == "out_of_range"
    assert called.when(SECRETARY, c.StartRollCall(seconds=20))[0] == e.RollCallStarted(20)
