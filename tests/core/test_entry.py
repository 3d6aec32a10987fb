"""Rules 37-41: the door."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.core import commands as c
from meetings.core.entry import may_receive
from meetings.core.events import AllAdmitted, EntryLocked, EntryUnlocked, FloorRevoked, SiteAdmitted, SiteRemoved
from meetings.core.setup import EntrySettings, Setup
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, Admission, Entry, SiteId
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    CHAIR,
    HALL,
    OTHER_SECRETARY,
    SECRETARY,
    SETUP,
    START,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    discussing,
    doors_open,
    site,
)

BY_DESK = replace(SETUP, entry=EntrySettings(Admission.BY_DESK))


def at_most(ceiling: int, admission: Admission = Admission.AUTOMATIC) -> Setup:
    return replace(SETUP, entry=EntrySettings(admission, ceiling=ceiling))


def entries(sitting: Sitting) -> dict[SiteId, Entry]:
    return {s.id: sitting.state.entry_of(s.id) for s in sitting.state.frozen.sites if not s.is_hall}


def test_rule_37_by_default_whoever_is_there_is_in_once_the_doors_are_open() -> None:
    sitting = Sitting()
    assert not sitting.state.is_admitted(TAN_AN)
    sitting.when(SECRETARY, c.OpenDoors(SETUP))
    assert sitting.state.is_admitted(TAN_AN) and sitting.state.is_admitted(HALL)
    assert sitting.refused(SECRETARY, c.AdmitSite(TAN_AN)) == "already_admitted"


def test_rule_37_the_hall_is_in_also_when_the_chair_presides_at_another_site() -> None:
    sitting = discussing(replace(BY_DESK, presiding_site_id=TAN_AN))
    assert sitting.state.is_admitted(HALL) and sitting.state.is_admitted(TAN_AN)
    assert not sitting.state.is_admitted(BEN_LUC)


def test_rule_37_admitted_by_the_desk_a_point_waits_and_registers_nobody() -> None:
    sitting = discussing(BY_DESK)
    assert set(entries(sitting).values()) == {Entry.WAITING} and sitting.state.is_admitted(HALL)
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN))) == "not_admitted"
    assert sitting.refused(site(TAN_AN), c.OpenMicrophone(TAN_AN)) == "not_admitted"
    sitting.when(SECRETARY, c.RequestFloor(delegate(TAN_AN)))
    assert sitting.refused(CHAIR, c.GrantNext()) == "nobody_connected"
    sitting.when(site(TAN_AN), c.ReportHeadCount(TAN_AN, 3))
    assert sitting.when(SECRETARY, c.AdmitSite(TAN_AN)) == [SiteAdmitted(TAN_AN)]
    assert sitting.chair(c.GrantNext())
    assert entries(sitting)[BEN_LUC] is Entry.WAITING


@pytest.mark.parametrize(
    "command", [c.AdmitSite(TAN_AN), c.AdmitAll(), c.RemoveSite(TAN_AN), c.LockEntry(), c.UnlockEntry()]
)
def test_rule_37_there_is_no_door_before_the_opening_and_after_the_end(command: c.Command) -> None:
    assert Sitting().refused(SECRETARY, command) == "doors_not_open"
    sitting = discussing()
    sitting.chair(c.Adjourn())
    assert sitting.refused(SECRETARY, command) == "conference_is_adjourned"


def test_rule_37_before_the_doors_open_media_goes_only_where_it_will_go_afterwards() -> None:
    before = State()
    assert may_receive(before, EntrySettings(), TAN_AN, is_hall=False)
    for prepared in (BY_DESK.entry, at_most(5).entry):
        assert not may_receive(before, prepared, TAN_AN, is_hall=False)
        assert may_receive(before, prepared, HALL, is_hall=True)
    sitting = doors_open(BY_DESK)
    assert not may_receive(sitting.state, EntrySettings(), TAN_AN, is_hall=False)


def test_rule_38_all_are_admitted_and_whoever_comes_later_too() -> None:
    sitting = doors_open(BY_DESK)
    sitting.when(SYSTEM, c.ReportDisconnected(VINH_HUNG))
    assert sitting.when(SECRETARY, c.AdmitAll()) == [AllAdmitted()]
    assert entries(sitting)[TAN_AN] is Entry.ADMITTED
    sitting.when(SYSTEM, c.ReportConnected(VINH_HUNG))
    assert entries(sitting)[VINH_HUNG] is Entry.ADMITTED
    assert sitting.refused(SECRETARY, c.AdmitAll()) == "already_admitted"
    assert sitting.when(SYSTEM, c.AdmitAll()) == []


def test_rule_38_all_are_admitted_by_the_clock_at_the_set_time() -> None:
    entry = EntrySettings(Admission.BY_DESK, admits_at=START + timedelta(minutes=10))
    sitting = doors_open(replace(SETUP, entry=entry))
    assert sitting.let(599) == [] and entries(sitting)[TAN_AN] is Entry.WAITING
    assert sitting.let(1) == [AllAdmitted()] and entries(sitting)[TAN_AN] is Entry.ADMITTED
    assert sitting.let(3600) == []


def test_rule_39_a_locked_entry_lets_back_in_who_has_been_there_and_nobody_else() -> None:
    sitting = Sitting()
    sitting.when(SECRETARY, c.OpenDoors(SETUP))
    for site_id in (TAN_AN, BEN_LUC):
        sitting.when(SYSTEM, c.ReportConnected(site_id))
    sitting.when(SYSTEM, c.ReportDisconnected(BEN_LUC))
    assert sitting.when(SECRETARY, c.LockEntry()) == [EntryLocked()]
    assert sitting.refused(SECRETARY, c.LockEntry()) == "entry_is_locked"
    sitting.when(SYSTEM, c.ReportConnected(CAN_DUOC))
    told = {TAN_AN: Entry.ADMITTED, BEN_LUC: Entry.ADMITTED, CAN_DUOC: Entry.LOCKED, VINH_HUNG: Entry.LOCKED}
    assert entries(sitting) == told
    sitting.when(SECRETARY, c.AdmitSite(VINH_HUNG))
    assert entries(sitting) == {**told, VINH_HUNG: Entry.ADMITTED}
    assert sitting.when(SECRETARY, c.UnlockEntry()) == [EntryUnlocked()]
    assert set(entries(sitting).values()) == {Entry.ADMITTED}
    assert sitting.refused(SECRETARY, c.UnlockEntry()) == "entry_is_open"


def test_rule_39_locking_admits_nobody_whom_the_desk_has_not() -> None:
    sitting = doors_open(BY_DESK)
    sitting.when(SECRETARY, c.AdmitSite(TAN_AN))
    sitting.when(SECRETARY, c.LockEntry())
    sitting.when(SECRETARY, c.UnlockEntry())
    assert [s for s, entry in entries(sitting).items() if entry is Entry.ADMITTED] == [TAN_AN]


@pytest.mark.parametrize("admission", list(Admission))
def test_rule_40_beyond_the_ceiling_nobody_is_let_in_until_a_place_is_free(admission: Admission) -> None:
    sitting = doors_open(at_most(2, admission))
    if admission is Admission.BY_DESK:
        sitting.when(SECRETARY, c.AdmitAll())
    told = {TAN_AN: Entry.ADMITTED, BEN_LUC: Entry.ADMITTED, CAN_DUOC: Entry.FULL, VINH_HUNG: Entry.FULL}
    assert entries(sitting) == told
    assert sitting.refused(SECRETARY, c.AdmitSite(CAN_DUOC)) == "ceiling_reached"
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert entries(sitting) == told, "a place is kept"
    sitting.when(SECRETARY, c.RemoveSite(TAN_AN, "Đã về"))
    assert entries(sitting)[CAN_DUOC] is Entry.WAITING
    sitting.when(SECRETARY, c.AdmitSite(CAN_DUOC))
    assert entries(sitting)[VINH_HUNG] is Entry.FULL


def test_rule_41_a_removed_point_is_told_why_passed_over_and_may_come_back() -> None:
    sitting = discussing()
    first, second = sitting.request(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    assert sitting.when(SECRETARY, c.RemoveSite(TAN_AN, " Mở loa  ngoài ")) == [SiteRemoved(TAN_AN, "Mở loa ngoài")]
    assert (entries(sitting)[TAN_AN], sitting.state.removed[TAN_AN]) == (Entry.REMOVED, "Mở loa ngoài")
    assert sitting.refused(SECRETARY, c.RemoveSite(TAN_AN)) == "already_removed"
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN, 2))) == "not_admitted"
    assert sitting.waiting() == [first, second]
    assert sitting.refused(CHAIR, c.GrantFloor(first)) == "site_not_connected"
    sitting.chair(c.GrantNext())
    assert sitting.speech(second).is_granted
    sitting.when(SECRETARY, c.AdmitSite(TAN_AN))
    assert sitting.chair(c.GrantNext()) and sitting.speech(first).is_granted
    assert sitting.refused(SECRETARY, c.RemoveSite(HALL)) == "hall_stays"
    assert sitting.refused(SECRETARY, c.RemoveSite(SiteId(99))) == "unknown_site"


def test_rule_41_removing_a_speaker_ends_its_speech_and_is_the_chairs() -> None:
    sitting = discussing()
    request_id = sitting.grant(delegate(TAN_AN))
    assert sitting.refused(OTHER_SECRETARY, c.RemoveSite(TAN_AN)) == "not_permitted"
    assert sitting.chair(c.RemoveSite(TAN_AN)) == [FloorRevoked(request_id), SiteRemoved(TAN_AN, "")]
    assert TAN_AN not in sitting.stage.heard and sitting.stage.floor_site_id is None
