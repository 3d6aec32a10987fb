"""The roll of a conference as a paper to print and as a sheet: points, who is absent or not the one invited, later changes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from meetings.documents import pdf
from meetings.documents.official import as_plain
from meetings.lists.files import neutral

Row = Sequence[str | int]


@dataclass(frozen=True)
class RollPaper:
    """Ready to be set: rows in protocol order, times already in the zone in which they are read."""

    title: str
    organiser: str
    when: str
    language: str
    announcement: str
    points: Sequence[Row]
    total: Row
    persons: Sequence[Row]
    """Point, who, title, how it stands, why and when."""
    changes: Sequence[Row]
    """When, by whom, whom or what, to what: after the roll was closed."""
    is_closed: bool


def point_head() -> list[str]:
    return [
        _("STT"),
        _("Điểm cầu"),
        _("Triệu tập"),
        _("Có mặt"),
        _("Dự thay"),
        _("Vắng có lý do"),
        _("Vắng không lý do"),
        _("Đến muộn"),
        _("Về sớm"),
        _("Xác nhận"),
    ]


def person_head() -> list[str]:
    return [_("Điểm cầu"), _("Họ và tên"), _("Chức danh"), _("Điểm danh"), _("Ghi chú")]


def change_head() -> list[str]:
    return [_("Lúc"), _("Người sửa"), _("Nội dung"), _("Điểm danh"), _("Ghi chú")]


def as_pdf(paper: RollPaper) -> bytes:
    lists: list[dict[str, Any]] = [
        {
            "heading": _("Đại biểu vắng, dự thay, đến muộn, về sớm"),
            "head": person_head(),
            "rows": [_words(row) for row in paper.persons if row[3] != _present()],
            "none": _("Không có."),
        }
    ]
    if paper.is_closed:
        changes = [_words(row) for row in paper.changes]
        lists.append({"heading": _("Sửa sau khi chốt"), "head": change_head(), "rows": changes, "none": _("Không có.")})
    data = {
        "heading": _("BẢNG TỔNG HỢP ĐIỂM DANH"),
        "title": paper.title,
        "organiser": paper.organiser,
        "when": paper.when,
        "language": paper.language,
        "announcement": paper.announcement,
        "points": {"head": point_head(), "rows": [_words(row) for row in paper.points], "sum": _words(paper.total)},
        "lists": lists,
        "signer": _("Thư ký hội nghị"),
    }
    return pdf.typeset("roll.typ", _composed(data), seconds=10).content


def _present() -> str:
    return str(_("Có mặt"))


def _words(row: Row) -> list[str]:
    return [str(one) for one in row]


def _composed(data: Any) -> Any:
    """Every text composed, as the fonts want it."""
    if isinstance(data, dict):
        return {name: _composed(one) for name, one in data.items()}
    return [_composed(one) for one in data] if isinstance(data, list) else as_plain(data)


def as_xlsx(paper: RollPaper) -> bytes:
    from openpyxl import Workbook  # with the first sheet, as in `lists.files`
    from openpyxl.styles import Font

    book = Workbook(write_only=False)
    assert book.active is not None
    book.remove(book.active)
    sheets = (
        (_("Tổng hợp"), point_head(), [*paper.points, paper.total]),
        (_("Đại biểu"), person_head(), paper.persons),
        (_("Sửa sau khi chốt"), change_head(), paper.changes),
    )
    for name, head, rows in sheets:
        sheet = book.create_sheet(name[:31])
        sheet.append(head)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append([neutral(one) for one in row])
        for number in range(len(head)):
            longest = max(len(str(row[number])) for row in [head, *rows])
            sheet.column_dimensions[chr(ord("A") + number)].width = min(50, longest + 3)
    book.create_sheet(_("Lời công bố")[:31]).append([paper.announcement])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
