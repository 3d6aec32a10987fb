"""A form becomes a draft: fields are read one by one, what is wrong is gathered and told as a whole."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from flask_babel import gettext as _

E = TypeVar("E", bound=StrEnum)


class Invalid(Exception):
    """A draft that cannot be kept: a message for each field, in the words of who filled it in."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)


class Reader:
    """Reads the fields of one form, gathering what is wrong with them."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def text(self, name: str, longest: int, *, is_required: bool = True) -> str:
        value = " ".join(self._form.get(name, "").split())
        if is_required and not value:
            self.errors[name] = _("Hãy điền ô này.")
        elif len(value) > longest:
            self.errors[name] = _("Tối đa %(count)d ký tự.", count=longest)
        return value

    def number(self, name: str, low: int, high: int) -> int:
        value = self._form.get(name, "").strip()
        if not re.fullmatch(r"[0-9]{1,6}", value) or not low <= int(value) <= high:
            self.errors[name] = _("Hãy điền một số từ %(low)d đến %(high)d.", low=low, high=high)
            return low
        return int(value)

    def number_or_none(self, name: str, low: int, high: int) -> int | None:
        return self.number(name, low, high) if self._form.get(name, "").strip() else None

    def word(self, name: str, kind: type[E]) -> E:
        try:
            return kind(self._form.get(name, ""))
        except ValueError:
            self.errors[name] = _("Hãy chọn trong danh sách.")
            return next(iter(kind))

    def day(self, name: str) -> date:
        try:
            return datetime.strptime(self._form.get(name, "").strip(), "%d/%m/%Y").date()
        except ValueError:
            self.errors[name] = _("Hãy điền ngày như 16/07/2020.")
            return date.min

    def minute(self, name: str) -> timedelta:
        """The time of day, as the time since midnight."""
        match = re.fullmatch(r"([01]?\d|2[0-3])[:hg.]([0-5]\d)", self._form.get(name, "").strip())
        if match is None:
            self.errors[name] = _("Hãy điền giờ như 08:00.")
            return timedelta()
        return timedelta(hours=int(match[1]), minutes=int(match[2]))

    def lines(self, name: str, longest: int) -> list[str]:
        lines = [" ".join(line.split()) for line in self._form.get(name, "").splitlines()]
        if any(len(line) > longest for line in lines):
            self.errors[name] = _("Mỗi dòng tối đa %(count)d ký tự.", count=longest)
        return [line for line in lines if line]

    def finish(self) -> None:
        if self.errors:
            raise Invalid(self.errors)
