"""The roll: who is there, what it adds up to, and how it is announced. Rules 4 and 36."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.attendance import announcement, attendance, summed
from meetings.core.setup import Quorum, SetupSite
from meetings.core.vocabulary import Language, QuorumShare, RollStatus
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    CHAIR,
    HALL,
    SECRETARY,
    SETUP,
    SITES,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    doors_open,
    site,
)

PRESENT, SUBSTITUTE, EXCUSED, UNEXCUSED = list(RollStatus)[1:]
SUMMONED = replace(SETUP, sites=tuple(SetupSite(s, s == HALL, expected=20, seats=25) for s in SITES))


def mark(sitting: Sitting, number: int, status: RollStatus, reason: str = "") -> None:
    sitting.when(site(TAN_AN), c.MarkRoll(delegate(TAN_AN, number), status, reason))


def test_a_point_is_counted_by_its_names_until_it_reports_a_head_count() -> None:
    sitting = doors_open()
    mark(sitting, 1, PRESENT)
    mark(sitting, 2, SUBSTITUTE, "Phó bí thư")
    mark(sitting, 3, EXCUSED, "đi công tác")
    point = attendance(sitting.state)[TAN_AN]
    assert (point.expected, point.present, point.substitute, point.absent, point.excused) == (3, 2, 1, 1, 1)
    assert not point.is_reported
    sitting.when(site(TAN_AN), c.ReportHeadCount(TAN_AN, 3))
    point = attendance(sitting.state)[TAN_AN]
    assert (point.present, point.absent, point.is_reported) == (3, 0, True)


def test_the_surplus_of_one_point_does_not_hide_the_absence_at_another() -> None:
    sitting = doors_open(SUMMONED)
    for site_id, count in ((HALL, 25), (TAN_AN, 18), (BEN_LUC, 20), (CAN_DUOC, 20), (VINH_HUNG, 20)):
        sitting.when(site(site_id), c.ReportHeadCount(site_id, count))
    total = summed(sitting.state)
    assert (total.expected, total.present, total.absent, total.unexplained) == (100, 103, 2, 2)
    assert total.unreported == ()


def test_rule_4_who_has_left_may_not_ask_for_the_floor(sitting: Sitting) -> None:
    sitting.let(600)
    left = c.MarkRoll(delegate(TAN_AN), PRESENT, left_at=sitting.now)
    assert sitting.when(site(TAN_AN), left) == [e.RollMarked(delegate(TAN_AN), PRESENT, "", None, sitting.now)]
    assert sitting.refused(site(TAN_AN), c.RequestFloor(delegate(TAN_AN))) == "delegate_is_absent"
    point = attendance(sitting.state)[TAN_AN]
    assert (point.present, point.left) == (0, 1)


def test_who_was_absent_and_comes_after_the_opening_comes_late_now(sitting: Sitting) -> None:
    mark(sitting, 1, EXCUSED, "kẹt xe")
    sitting.let(900)
    mark(sitting, 1, PRESENT)
    assert sitting.state.roll[delegate(TAN_AN)].came_at == sitting.now
    assert attendance(sitting.state)[TAN_AN].late == 1
    came = sitting.now
    sitting.let(60)
    mark(sitting, 1, SUBSTITUTE, "Phó bí thư")
    assert sitting.state.roll[delegate(TAN_AN)].came_at == came, "a correction keeps the time"


def test_before_the_opening_nobody_is_late() -> None:
    sitting = doors_open()
    mark(sitting, 1, UNEXCUSED)
    mark(sitting, 1, PRESENT)
    assert sitting.state.roll[delegate(TAN_AN)].came_at is None


def test_nobody_leaves_before_coming_or_in_the_future(sitting: Sitting) -> None:
    sitting.let(600)
    now, minute = sitting.now, timedelta(minutes=1)
    for times in ({"came_at": now, "left_at": now - minute}, {"left_at": now + minute}, {"came_at": now + minute}):
        command = c.MarkRoll(delegate(TAN_AN), PRESENT, "", **times)
        assert sitting.refused(SECRETARY, command) == "times_out_of_order"


def test_the_point_reports_its_roll_and_the_desk_finds_it_right() -> None:
    sitting = doors_open()
    assert sitting.when(site(TAN_AN), c.ConfirmRoll(TAN_AN)) == [e.RollConfirmed(TAN_AN)]
    assert TAN_AN in sitting.state.rolls_confirmed_at
    assert TAN_AN not in sitting.state.rolls_checked_at
    sitting.let(20)
    assert sitting.when(SECRETARY, c.ConfirmRoll(TAN_AN)) == [e.RollConfirmed(TAN_AN, is_by_desk=True)]
    assert sitting.state.rolls_checked_at[TAN_AN] == sitting.now


def test_rule_36_the_desk_closes_the_roll_and_what_is_changed_afterwards_is_kept(sitting: Sitting) -> None:
    mark(sitting, 1, PRESENT)
    assert sitting.refused(site(TAN_AN), c.CloseRoll()) == "not_permitted"
    assert sitting.when(SECRETARY, c.CloseRoll()) == [e.RollClosed(present=1, expected=15)]
    closed_at = sitting.now
    sitting.let(300)
    mark(sitting, 2, PRESENT)
    assert sitting.state.roll_closed_at == closed_at < sitting.state.rolls_changed_at[TAN_AN]
    assert sitting.journal[-1].at == sitting.now


@pytest.mark.parametrize(
    ("share", "count", "needed"),
    [
        (QuorumShare.HALF, 0, 51),
        (QuorumShare.TWO_THIRDS, 0, 67),
        (QuorumShare.THREE_QUARTERS, 0, 75),
        (QuorumShare.COUNT, 40, 40),
    ],
)
def test_a_quorum_is_a_share_of_those_summoned_or_a_number(share: QuorumShare, count: int, needed: int) -> None:
    sitting = doors_open(replace(SUMMONED, quorum=Quorum(share, count)))
    sitting.when(site(TAN_AN), c.ReportHeadCount(TAN_AN, needed - 1))
    assert (summed(sitting.state).needed, summed(sitting.state).is_quorate) == (needed, False)
    sitting.when(site(TAN_AN), c.ReportHeadCount(TAN_AN, needed))
    assert summed(sitting.state).is_quorate


def test_opening_without_the_quorum_asks_first_and_never_blocks() -> None:
    sitting = doors_open(replace(SUMMONED, quorum=Quorum(QuorumShare.HALF)))
    assert sitting.refused(CHAIR, c.Convene()) == "not_quorate"
    assert sitting.chair(c.Convene(is_confirmed=True)) == [e.ConferenceConvened()]
    sitting = doors_open(replace(SUMMONED, quorum=Quorum(QuorumShare.HALF)))
    sitting.when(SECRETARY, c.ReportHeadCount(HALL, 51))
    assert sitting.chair(c.Convene()) == [e.ConferenceConvened()]


def test_the_announcer_reads_one_sentence_in_either_language() -> None:
    sitting = doors_open(replace(SUMMONED, quorum=Quorum(QuorumShare.TWO_THIRDS)))
    mark(sitting, 1, SUBSTITUTE, "Phó bí thư")
    mark(sitting, 2, EXCUSED, "ốm")
    mark(sitting, 3, UNEXCUSED)
    for site_id, count in ((HALL, 20), (TAN_AN, 17), (BEN_LUC, 20), (CAN_DUOC, 20)):
        sitting.when(SECRETARY, c.ReportHeadCount(site_id, count))
    total = summed(sitting.state)
    assert announcement(total, ["Vĩnh Hưng"], Language.VIETNAMESE) == (
        "Tổng số đại biểu triệu tập 100, có mặt 77 đại biểu (trong đó 1 đại biểu dự thay), "
        "vắng 23 đại biểu (1 có lý do, 1 không lý do, 21 chưa rõ lý do). "
        "Còn 1/5 điểm cầu chưa báo cáo: Vĩnh Hưng. "
        "Hội nghị đủ số đại biểu theo quy định (cần ít nhất 67 đại biểu)."
    )
    assert announcement(total, ["Vĩnh Hưng"], Language.ENGLISH) == (
        "Of 100 delegates summoned 77 are present, 1 of them as substitutes; "
        "23 are absent (1 excused, 1 unexcused, 21 without a reason yet). "
        "1 of 5 sites have not reported yet: Vĩnh Hưng. "
        "There is a quorum (at least 67 delegates are needed)."
    )


def test_when_everybody_is_there_nobody_is_said_to_be_missing() -> None:
    sitting = doors_open(SUMMONED)
    for site_id in SITES:
        sitting.when(SECRETARY, c.ReportHeadCount(site_id, 20))
    assert announcement(summed(sitting.state), [], Language.VIETNAMESE) == (
        "Tổng số đại biểu triệu tập 100, có mặt 100 đại biểu, không có đại biểu vắng mặt. Cả 5 điểm cầu đã báo cáo."
    )
