"""A form becomes a draft: fields are read one by one, what is wrong is gathered and told as a whole."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import gettext as _

E = TypeVar("E", bound=StrEnum)


class Invalid(Exception):
    """A draft that cannot be kept: a message for each field, in the words of who filled it in."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)


def form_of_json(given: object) -> dict[str, str]:
    """What a page sends as JSON, as a form would have it: each field as words; whatever is no object is an empty form."""
    return {str(k): str(v) for k, v in given.items() if v is not None} if isinstance(given, dict) else {}


def as_fields(given: Mapping[str, Any]) -> dict[str, str]:
    """Values as a form holds them: lists as lines, days as dd/mm/yyyy, what is on as 1, nothing as an empty field."""

    def text(value: Any) -> str:
        if value is None or value is False:
            return ""
        if value is True:
            return "1"
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        return "\n".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)

    return {name: text(value) for name, value in given.items()}


def as_kept(text: str) -> str:
    """`text` as it is stored: composed letters (NFC), so that what looks the same is the same, whatever keyboard wrote it.

    What no database or page can hold (NUL and other control and invisible characters, halves of letters) is left out.
    """
    kept = (
        c
        for c in text.replace("\r\n", "\n").replace("\r", "\n")
        if c in "\n\t" or unicodedata.category(c) not in _NO_TEXT
    )
    return unicodedata.normalize("NFC", "".join(kept))


_NO_TEXT = ("Cc", "Cf", "Cs")

_YEARS = range(2000, 2101)


class Reader:
    """Reads the fields of one form, gathering what is wrong with them."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def _given(self, name: str) -> str:
        return as_kept(self._form.get(name, ""))

    def is_given(self, name: str) -> bool:
        return bool(self._form.get(name, "").strip())

    def text(self, name: str, longest: int, *, is_required: bool = True) -> str:
        """One line."""
        return self._fitting(name, " ".join(self._given(name).split()), longest, is_required)

    def long_text(self, name: str, longest: int) -> str:
        """Any number of lines, or none."""
        lines = [line.rstrip() for line in self._given(name).strip().split("\n")]
        return self._fitting(name, "\n".join(lines), longest, is_required=False)

    def _fitting(self, name: str, value: str, longest: int, is_required: bool) -> str:
        if is_required and not value:
            self.errors[name] = _("Hãy điền ô này.")
        elif len(value) > longest:
            self.errors[name] = _("Tối đa %(count)d ký tự; đang có %(given)d.", count=longest, given=len(value))
        return value

    def number(self, name: str, low: int, high: int) -> int:
        value = self._form.get(name, "").strip()
        if not re.fullmatch(r"[0-9]{1,6}", value) or not low <= int(value) <= high:
            self.errors[name] = _("Hãy điền một số từ %(low)d đến %(high)d.", low=low, high=high)
            return low
        return int(value)

    def number_or_none(self, name: str, low: int, high: int) -> int | None:
        return self.number(name, low, high) if self.is_given(name) else None

    def word(self, name: str, kind: type[E]) -> E:
        try:
            return kind(self._form.get(name, ""))
        except ValueError:
            self.errors[name] = _("Hãy chọn trong danh sách.")
            return next(iter(kind))

    def day(self, name: str) -> date:
        """A day written as 16/07/2020, 16-7-2020 or 16.7.2020."""
        value = self._given(name).strip()
        written = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", value)
        if written is None:
            self.errors[name] = _("Hãy điền ngày như 16/07/2020.")
            return date.min
        try:
            day = date(int(written[3]), int(written[2]), int(written[1]))
        except ValueError:
            self.errors[name] = _("Không có ngày %(day)s trong lịch. Hãy điền ngày như 16/07/2020.", day=value)
            return date.min
        if day.year not in _YEARS:
            self.errors[name] = _("Năm phải từ %(first)d đến %(last)d.", first=_YEARS[0], last=_YEARS[-1])
        return day

    def minute(self, name: str) -> timedelta:
        """The time of day, as the time since midnight."""
        match = re.fullmatch(r"([01]?[0-9]|2[0-3])[:hg.]([0-5][0-9])", self._form.get(name, "").strip())
        if match is None:
            self.errors[name] = _("Hãy điền giờ như 08:00.")
            return timedelta()
        return timedelta(hours=int(match[1]), minutes=int(match[2]))

    def lines(self, name: str, longest: int) -> list[str]:
        lines = [" ".join(line.split()) for line in self._given(name).split("\n")]
        for number, line in enumerate(lines, start=1):
            if len(line) > longest:
                self.errors[name] = _(
                    "Mỗi dòng tối đa %(count)d ký tự; dòng %(line)d đang có %(given)d.",
                    count=longest,
                    line=number,
                    given=len(line),
                )
        return [line for line in lines if line]

    def finish(self) -> None:
        if self.errors:
            raise Invalid(self.errors)
