"""A sheet from outside, as rows of words: XLSX or CSV, whatever its encoding and delimiter. Nothing in it is executed.

An XLSX is a ZIP: the sizes its directory states are checked before anything is unpacked, and `zipfile` never unpacks more than
is stated. Of a formula the value that the office program left is read, never the formula. This runs in the jobs process, whose
memory and time are limited besides.
"""

import csv
import io
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flask_babel import gettext as _

MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_ENTRIES = 2_000
LARGEST_ENTRY = 150 * 1024 * 1024
LARGEST_TOTAL = 250 * 1024 * 1024
LARGEST_RATIO = 250
"""Of an entry above a megabyte; a sheet of one repeated row is packed about a hundredfold."""
LONGEST_CELL = 2_000
_DELIMITERS = ";,\t|"
_SPREADSHEET = "xl/workbook.xml"


class Unreadable(Exception):
    """No sheet can be had from this file; the text says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One line of the sheet by its number as an office program shows it; cells are tidy words."""

    line: int
    cells: tuple[str, ...]


Told = Callable[[int], None]


def read_sheet(file: Path, told: Told = lambda _count: None) -> list[Row]:
    """Every line with something in it; raises `Unreadable`. `told` is called with the number of lines so far."""
    with file.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(b"PK\x03\x04"):
        rows = _xlsx(file)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("Đây là tệp Excel kiểu cũ (.xls) hoặc có mật khẩu. Hãy lưu lại thành .xlsx rồi gửi."))
    else:
        rows = _csv(file)
    kept: list[Row] = []
    for line, cells in rows:
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise Unreadable(_("Bảng rộng quá %(count)d cột.", count=MOST_COLUMNS))
        tidied = tuple(tidy(cell) for cell in cells[:MOST_COLUMNS])
        if any(tidied):
            kept.append(Row(line, tidied))
        if len(kept) > MOST_ROWS:
            raise Unreadable(_("Bảng dài quá %(count)d dòng. Hãy chia thành nhiều tệp.", count=MOST_ROWS))
        if line % 500 == 0:
            told(len(kept))
    if not kept:
        raise Unreadable(_("Tệp không có dòng nào."))
    return kept


def tidy(value: str) -> str:
    """One line of composed letters (NFC), single spaces, nothing invisible."""
    composed = unicodedata.normalize("NFC", value.replace("\N{ZERO WIDTH SPACE}", "").replace("\ufeff", ""))
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())[:LONGEST_CELL]


def _xlsx(file: Path) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    not_a_sheet = _("Tệp này không phải bảng tính .xlsx, hoặc đã hỏng. Hãy mở bằng Excel, lưu lại thành .xlsx rồi gửi.")
    try:
        with zipfile.ZipFile(file) as archive:
            _check_sizes(archive)
            if _SPREADSHEET not in archive.namelist():
                raise Unreadable(not_a_sheet)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that it passes over
            stream = file.open("rb")  # by its name it would have to end in .xlsx
            try:
                book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
                for sheet in book.worksheets:
                    sheet.reset_dimensions()
                    found = False
                    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                        words = [_in_words(cell) for cell in cells]
                        found = found or any(words)
                        yield line, words
                    if found:
                        return
            finally:
                stream.close()
    except Unreadable:
        raise
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError, EOFError, TypeError):
        raise Unreadable(not_a_sheet) from None


def _check_sizes(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    is_bomb = len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_TOTAL
    for entry in entries:
        is_dense = entry.file_size > 1024 * 1024 and entry.file_size > LARGEST_RATIO * max(1, entry.compress_size)
        is_bomb = is_bomb or is_dense or entry.file_size > LARGEST_ENTRY
        if entry.flag_bits & 1:
            raise Unreadable(_("Tệp có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."))
    if is_bomb:
        raise Unreadable(
            _("Tệp này bung ra lớn bất thường nên không được mở. Hãy lưu danh sách vào một tệp mới rồi gửi.")
        )


def _in_words(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _csv(file: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(file.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise Unreadable(_("Dòng %(line)d của tệp CSV không đọc được.", line=reader.line_num)) from None


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else the old Vietnamese code page of Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:4096]:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp1258"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("Tệp này không phải bảng tính .xlsx hay văn bản .csv."))


def _delimiter(text: str) -> str:
    """Whichever splits the first lines most, and into equal parts: a comma inside a title does neither."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]

    def quality(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) * (usual > 1), usual)

    return max(_DELIMITERS, key=quality)
