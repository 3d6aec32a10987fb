"""Working days: Monday to Friday, but for the days that are listed as off, and with those listed as worked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5

NOTICE_DAYS = 3
"""Invitation and papers go out at least this many working days before (QĐ 45/2018/QĐ-TTg)."""


@dataclass(frozen=True)
class SpecialDay:
    """A holiday, or (`is_worked`) a day of the weekend that is worked. `is_yearly`: every year from `day` on."""

    day: date
    is_worked: bool = False
    is_yearly: bool = False


class WorkCalendar:
    def __init__(self, special: Iterable[SpecialDay] = ()) -> None:
        special = list(special)
        self._once = {one.day: one.is_worked for one in special if not one.is_yearly}
        self._yearly = {(one.day.month, one.day.day): one for one in special if one.is_yearly}

    def is_worked(self, day: date) -> bool:
        """A day listed for itself beats a yearly one, which beats the weekday."""
        if day in self._once:
            return self._once[day]
        yearly = self._yearly.get((day.month, day.day))
        if yearly is not None and day >= yearly.day:
            return yearly.is_worked
        return day.weekday() < SATURDAY

    def on_or_after(self, day: date) -> date:
        """The first working day from `day` on."""
        return self._first(day, ONE_DAY)

    def days_before(self, day: date, count: int) -> date:
        """The working day that has `count - 1` working days between itself and `day`: before Thursday 16, three: Monday 13."""
        for _ in range(count):
            day = self._first(day - ONE_DAY, -ONE_DAY)
        return day

    def _first(self, day: date, step: timedelta) -> date:
        while not self.is_worked(day):
            day += step
        return day
