"""Which column of a sheet is what: guessed by the words of its head, in Vietnamese and in English."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from meetings.lists.sheets import Row

HEAD_WITHIN = 15
"""The head stands within so many lines; above it may be a title."""
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True)
class Field:
    """A column we know: its label, and the words by which the heads of sheets call it."""

    name: str
    label: Any
    heads: tuple[str, ...]
    is_required: bool = False


@dataclass(frozen=True)
class Head:
    """Where the head is and which column each field has; `line` is 0 when there is none."""

    line: int
    labels: tuple[str, ...]
    columns: Mapping[str, int]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell or line, and how to mend it, in the words of who made the list."""

    line: int
    column: str
    what: str
    remedy: str


def key_of(text: str) -> str:
    """Equal for names that read the same: composed or not, in whatever case and spacing, hoà as hòa."""
    words = []
    for word in text.casefold().split():
        letters = unicodedata.normalize("NFD", word)
        tones = "".join(c for c in letters if c in _TONES)
        words.append(unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES)) + tones)
    return " ".join(words)


def bare(text: str) -> str:
    """For the heads of columns: lower case, no marks, letters and figures only."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())


def find_head(rows: Sequence[Row], fields: Sequence[Field]) -> Head:
    """The line that names most of our columns."""
    best = Head(0, (), {})
    for row in rows[:HEAD_WITHIN]:
        columns = _columns(row.cells, fields)
        if len(columns) > max(1, len(best.columns)):
            best = Head(row.line, row.cells, columns)
    if best.line:
        return best
    width = max(len(row.cells) for row in rows)
    return Head(0, ("",) * width, {})


def _columns(cells: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """Each field takes the first free column that is called as it is; an exact word beats one that only begins so."""
    heads = [bare(cell) for cell in cells]
    found: dict[str, int] = {}
    for is_exact in (True, False):
        for field in fields:
            if field.name in found:
                continue
            for column, head in enumerate(heads):
                fits = head in field.heads if is_exact else any(head.startswith(f"{word} ") for word in field.heads)
                if fits and column not in found.values():
                    found[field.name] = column
                    break
    return found


def chosen_head(rows: Sequence[Row], line: int, columns: Mapping[str, int]) -> Head:
    """The head with the columns that the user has chosen."""
    labels = next((row.cells for row in rows if row.line == line), ())
    width = max(len(row.cells) for row in rows)
    return Head(line, (*labels, *("",) * (width - len(labels))), {n: c for n, c in columns.items() if 0 <= c < width})


def letter(column: int) -> str:
    """The column's name in an office program: A, B, … AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_words(head: Head, field: Field) -> str:
    column = head.columns.get(field.name)
    if column is None:
        return str(field.label)
    return str(_("%(letter)s (%(label)s)", letter=letter(column), label=field.label))


class RowReader:
    """Reads the fields of one line, gathering what is wrong with them."""

    def __init__(self, row: Row, head: Head, fields: Mapping[str, Field], problems: list[Problem]) -> None:
        self._row, self._head, self._fields, self._problems = row, head, fields, problems
        self.has_problem = False

    @property
    def line(self) -> int:
        return self._row.line

    def text(self, name: str, longest: int) -> str:
        column = self._head.columns.get(name)
        value = self._row.cells[column] if column is not None and column < len(self._row.cells) else ""
        if not value and self._fields[name].is_required:
            self.wrong(name, _("để trống"), _("Điền ô này rồi nhập lại."))
        elif len(value) > longest:
            what = _("dài %(given)d ký tự", given=len(value))
            self.wrong(name, what, _("Rút gọn còn tối đa %(count)d ký tự.", count=longest))
        return value

    def number(self, name: str, high: int) -> int | None:
        value = self.text(name, 40)
        if not value:
            return None
        if not value.isascii() or not value.isdecimal() or not 1 <= int(value[:9]) <= high or len(value) > 9:
            what = _("“%(value)s” không phải một số từ 1 đến %(high)d", value=value, high=high)
            self.wrong(name, what, _("Điền một số, hoặc để trống ô."))
            return None
        return int(value)

    def wrong(self, name: str, what: str, remedy: str) -> None:
        self.has_problem = True
        self._problems.append(Problem(self.line, column_words(self._head, self._fields[name]), what, remedy))
