"""How many were summoned, came, and did not: per point and in sum, and the sentence that announces it. Derived, never stored.

A point reports names or a head count. The count stands where there is one; those named say why somebody is missing. So the
absent are what is missing of those expected, and of them as many are excused or not as have been marked so: the rest has no
reason yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .keeping import kept_while
from .setup import SetupSite
from .state import State
from .vocabulary import Language, RollStatus, SiteId


@dataclass(frozen=True)
class Attendance:
    """Of one point, or the sum. `substitute` are among the present; `late` came after the opening, `left` before the end."""

    expected: int = 0
    present: int = 0
    substitute: int = 0
    excused: int = 0
    unexcused: int = 0
    late: int = 0
    left: int = 0
    is_reported: bool = False

    @property
    def absent(self) -> int:
        return max(0, self.expected - self.present)

    @property
    def unexplained(self) -> int:
        return max(0, self.absent - self.excused - self.unexcused)


def attendance_at(state: State, site: SetupSite) -> Attendance:
    """Nobody counts as present before being marked or counted."""
    entries = [state.roll_entry(delegate.id) for delegate in state.frozen.delegates_of(site.id)]
    counted = state.head_counts.get(site.id)
    here = [entry for entry in entries if entry.is_here]
    return Attendance(
        expected=state.frozen.expected_at(site),
        present=len(here) if counted is None else counted,
        substitute=sum(entry.status is RollStatus.SUBSTITUTE for entry in here),
        excused=sum(entry.status is RollStatus.EXCUSED for entry in entries),
        unexcused=sum(entry.status is RollStatus.UNEXCUSED for entry in entries),
        late=sum(entry.came_at is not None for entry in entries),
        left=sum(entry.left_at is not None for entry in entries),
        is_reported=counted is not None or site.id in state.rolls_confirmed_at,
    )


def attendance(state: State) -> dict[SiteId, Attendance]:
    """By point, in protocol order; empty before the doors open."""
    return {site.id: attendance_at(state, site) for site in state.setup.sites} if state.setup else {}


@dataclass(frozen=True)
class Sum:
    """The whole conference. `absent` and `unexplained` are added up: one point's surplus never hides another's absence."""

    expected: int
    present: int
    substitute: int
    excused: int
    unexcused: int
    late: int
    left: int
    absent: int
    unexplained: int
    sites: int
    unreported: tuple[SiteId, ...]
    needed: int | None = None

    @property
    def is_quorate(self) -> bool:
        return self.needed is None or self.present >= self.needed


_ADDED = ("expected", "present", "substitute", "excused", "unexcused", "late", "left", "absent", "unexplained")


@kept_while("setup", "roll", "head_counts", "rolls_confirmed_at")
def summed(state: State) -> Sum:
    points = attendance(state)
    added = {name: sum(getattr(point, name) for point in points.values()) for name in _ADDED}
    quorum = state.setup.quorum if state.setup else None
    return Sum(
        **added,
        sites=len(points),
        unreported=tuple(site_id for site_id, point in points.items() if not point.is_reported),
        needed=quorum.needed(added["expected"]) if quorum else None,
    )


def is_quorate(state: State) -> bool:
    return summed(state).is_quorate


def announcement(total: Sum, unreported: Sequence[str], language: Language) -> str:
    """What the announcer reads out; `unreported` names the points without a report, in order."""
    return _english(total, unreported) if language is Language.ENGLISH else _vietnamese(total, unreported)


def _vietnamese(total: Sum, unreported: Sequence[str]) -> str:
    present = f"có mặt {total.present} đại biểu"
    if total.substitute:
        present += f" (trong đó {total.substitute} đại biểu dự thay)"
    told = [f"Tổng số đại biểu triệu tập {total.expected}, {present}, {_absent_vietnamese(total)}."]
    if unreported:
        told.append(f"Còn {len(unreported)}/{total.sites} điểm cầu chưa báo cáo: {', '.join(unreported)}.")
    else:
        told.append(f"Cả {total.sites} điểm cầu đã báo cáo.")
    if total.needed is not None:
        enough = "đủ" if total.is_quorate else "chưa đủ"
        told.append(f"Hội nghị {enough} số đại biểu theo quy định (cần ít nhất {total.needed} đại biểu).")
    return " ".join(told)


def _absent_vietnamese(total: Sum) -> str:
    if not total.absent:
        return "không có đại biểu vắng mặt"
    parts = [(total.excused, "có lý do"), (total.unexcused, "không lý do"), (total.unexplained, "chưa rõ lý do")]
    why = ", ".join(f"{count} {words}" for count, words in parts if count)
    return f"vắng {total.absent} đại biểu ({why})"


def _english(total: Sum, unreported: Sequence[str]) -> str:
    present = f"{total.present} are present"
    if total.substitute:
        present += f", {total.substitute} of them as substitutes"
    told = [f"Of {total.expected} delegates summoned {present}; {_absent_english(total)}."]
    if unreported:
        told.append(f"{len(unreported)} of {total.sites} sites have not reported yet: {', '.join(unreported)}.")
    else:
        told.append(f"All {total.sites} sites have reported.")
    if total.needed is not None:
        is_there = "There is a quorum" if total.is_quorate else "There is no quorum yet"
        told.append(f"{is_there} (at least {total.needed} delegates are needed).")
    return " ".join(told)


def _absent_english(total: Sum) -> str:
    if not total.absent:
        return "nobody is absent"
    parts = [(total.excused, "excused"), (total.unexcused, "unexcused"), (total.unexplained, "without a reason yet")]
    why = ", ".join(f"{count} {words}" for count, words in parts if count)
    return f"{total.absent} are absent ({why})"
