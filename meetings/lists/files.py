"""Lists as files: templates to fill in, and exports that the import reads again. No cell is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from meetings.lists import delegates, units
from meetings.lists.columns import Field
from meetings.tables import Conference, Delegate, DelegateRole, Site, Unit, UnitSuccession, db

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {
    "title": 42,
    "full_name": 28,
    "body": 34,
    "site": 26,
    "name": 28,
    "parent": 22,
    "substitute_for": 28,
    "replaces": 28,
}

Lines = Iterable[Sequence[str | int | None]]


def neutral(value: str | int | None) -> str | int | None:
    """A cell that an office program shows as it is and never computes."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS_FORMULA) else value


def as_csv(fields: Sequence[Field], lines: Lines) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([str(field.label) for field in fields])
    writer.writerows([["" if v is None else neutral(v) for v in line] for line in lines])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(fields: Sequence[Field], lines: Lines, name: str, remarks: Sequence[str] = ()) -> bytes:
    # Imported with the first sheet: with NumPy behind it, it is a tenth of the program's start.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for number, field in enumerate(fields):
        sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTHS.get(field.name, 13)
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=str(field.label)) for field in fields]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for line in lines:
        sheet.append([neutral(value) for value in line])
    if remarks:
        told = book.create_sheet(_("Hướng dẫn")[:31])
        told.column_dimensions["A"].width = 100
        for remark in remarks:
            told.append([remark])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def delegate_fields(site: Site | None) -> Sequence[Field]:
    return delegates.OWN_FIELDS if site else delegates.FIELDS


def delegate_template(sites: Sequence[Site] | None) -> bytes:
    """A sheet with the right head and a line for each of these sites to begin with; without sites, that of one point."""
    fields = delegates.OWN_FIELDS if sites is None else delegates.FIELDS
    lines = [[site.name, *(None for _field in delegates.OWN_FIELDS)] for site in sites or ()]
    remarks = [
        _("Mỗi đại biểu một dòng. Chức danh phải có; họ và tên có thể để trống."),
        _(
            "Tư cách: đại biểu, khách mời, chủ trì, đồng chủ trì, thư ký, người trình bày, báo chí. Để trống là đại biểu."
        ),
        _("Dự thay cho: họ tên hoặc chức danh của người được thay, đã có trong danh sách cùng điểm cầu."),
    ]
    return as_xlsx(fields, lines, _("Đại biểu"), remarks)


def delegate_lines(conference: Conference, site: Site | None = None) -> Lines:
    query = (
        sa.select(Delegate)
        .join(Delegate.site)
        .options(selectinload(Delegate.person), selectinload(Delegate.substitute_for).selectinload(Delegate.person))
        .where(Delegate.conference_id == conference.id)
        .order_by(Site.position, Delegate.precedence, Delegate.id)
    )
    names = {row.id: row.name for row in conference.sites}
    for row in db.session.scalars(query.where(Delegate.site_id == site.id) if site else query):
        stands_for = row.substitute_for
        own = [
            row.person.full_name,
            row.title,
            row.body,
            row.precedence,
            _role_word(row.role),
            (stands_for.person.full_name or stands_for.title) if stands_for else None,
        ]
        yield own if site else [names[row.site_id], *own]


def _role_word(role: DelegateRole) -> str:
    """As the page calls the role; the import knows it in both languages."""
    words: dict[DelegateRole, str] = {
        DelegateRole.DELEGATE: _("Đại biểu"),
        DelegateRole.GUEST: _("Khách mời"),
        DelegateRole.CHAIR: _("Chủ trì"),
        DelegateRole.COCHAIR: _("Đồng chủ trì"),
        DelegateRole.SECRETARY: _("Thư ký"),
        DelegateRole.PRESENTER: _("Người trình bày"),
        DelegateRole.PRESS: _("Báo chí"),
    }
    return words[role]


def unit_template() -> bytes:
    remarks = [
        _("Mỗi đơn vị một dòng. Tên đầy đủ và cấp phải có."),
        _("Ngày ghi như 01/07/2025; để trống nếu không giới hạn."),
        _("Thay cho: tên đầy đủ các đơn vị cũ, cách nhau bằng dấu chấm phẩy."),
    ]
    return as_xlsx(units.FIELDS, [], _("Đơn vị"), remarks)


def unit_lines() -> Lines:
    found = db.session.scalars(sa.select(Unit).order_by(Unit.id)).all()
    names = {unit.id: unit.name for unit in found}
    replaced: dict[int, list[str]] = {}
    for earlier, later in db.session.execute(sa.select(UnitSuccession.unit_id, UnitSuccession.successor_id)):
        replaced.setdefault(later, []).append(names[earlier])
    for unit in found:
        yield [
            unit.name,
            unit.short_name,
            unit.kind,
            unit.level,
            names.get(unit.parent_id or 0),
            f"{unit.valid_from:%d/%m/%Y}" if unit.valid_from else None,
            f"{unit.valid_until:%d/%m/%Y}" if unit.valid_until else None,
            "; ".join(replaced.get(unit.id, [])) or None,
            unit.map_column,
            unit.map_row,
        ]


def write_list(target: Path, form: str, fields: Sequence[Field], lines: Lines, name: str) -> None:
    target.write_bytes(as_csv(fields, lines) if form == "csv" else as_xlsx(fields, lines, name))
