"""A list of units, from a sheet or from what ships (`shipped.csv`), into the directory of units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings.lists.columns import Field, Head, Problem, RowReader, find_head, key_of
from meetings.lists.sheets import Row, read_sheet
from meetings.store import count_list
from meetings.tables import Unit, UnitSuccession, db

SHIPPED = Path(__file__).parent / "shipped.csv"

FIELDS = (
    Field("name", lazy_gettext("Tên đầy đủ"), ("ten day du", "ten don vi", "ten", "name", "full name", "unit"), True),
    Field("short_name", lazy_gettext("Tên ngắn"), ("ten ngan", "ten goi", "ten tat", "short name")),
    Field("kind", lazy_gettext("Loại"), ("loai", "loai don vi", "loai hinh", "kind", "type")),
    Field("level", lazy_gettext("Cấp"), ("cap", "cap don vi", "cap hanh chinh", "level"), True),
    Field("parent", lazy_gettext("Trực thuộc"), ("truc thuoc", "don vi cap tren", "thuoc", "parent", "part of")),
    Field(
        "valid_from", lazy_gettext("Hiệu lực từ"), ("hieu luc tu", "tu ngay", "ngay thanh lap", "valid from", "from")
    ),
    Field("valid_until", lazy_gettext("Hiệu lực đến"), ("hieu luc den", "den ngay", "valid until", "until", "to")),
    Field("replaces", lazy_gettext("Thay cho"), ("thay cho", "hinh thanh tu", "replaces", "formed from")),
    Field("map_column", lazy_gettext("Cột trên sơ đồ"), ("cot tren so do", "cot", "map column")),
    Field("map_row", lazy_gettext("Hàng trên sơ đồ"), ("hang tren so do", "hang", "map row")),
)


@dataclass(frozen=True)
class UnitRow:
    line: int
    name: str
    short_name: str
    kind: str
    level: str
    parent: str
    valid_from: date | None
    valid_until: date | None
    replaces: tuple[str, ...]
    map_column: int | None
    map_row: int | None

    @property
    def key(self) -> tuple[str, str, date | None]:
        return (key_of(self.name), key_of(self.parent), self.valid_from)


@dataclass(frozen=True)
class Checked:
    rows: Sequence[UnitRow]
    problems: Sequence[Problem]
    duplicates: Sequence[tuple[int, int]]
    is_complete: bool = True


def check(rows: Sequence[Row], head: Head, told: Callable[[int], None] = lambda _count: None) -> Checked:
    problems: list[Problem] = []
    fields = {field.name: field for field in FIELDS}
    for field in FIELDS:
        if field.is_required and field.name not in head.columns:
            what = _("Bảng chưa có cột “%(label)s”", label=field.label)
            problems.append(Problem(head.line, "", what, _("Chọn cột này ở phần Ghép cột.")))
    if problems:
        return Checked((), problems, (), is_complete=False)
    found: list[UnitRow] = []
    for count, row in enumerate(rows):
        if row.line > head.line:
            reader = RowReader(row, head, fields, problems)
            read = _read(reader)
            if not reader.has_problem:
                found.append(read)
        if count % 250 == 0:
            told(count)
    _check_names(found, head, fields, problems)
    return Checked(found, sorted(problems, key=lambda p: p.line), _duplicates(found))


def _read(reader: RowReader) -> UnitRow:
    name, short_name = reader.text("name", 120), reader.text("short_name", 60)
    kind, level = reader.text("kind", 40), reader.text("level", 40)
    if not short_name:
        short_name = name.removeprefix(kind).strip()[:60] or name[:60]
    valid_from, valid_until = _day(reader, "valid_from"), _day(reader, "valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        reader.wrong("valid_until", _("trước ngày bắt đầu hiệu lực"), _("Sửa một trong hai ngày."))
    replaces = tuple(part.strip() for part in reader.text("replaces", 2000).split(";") if part.strip())
    return UnitRow(
        reader.line,
        name,
        short_name,
        kind,
        level,
        reader.text("parent", 120),
        valid_from,
        valid_until,
        replaces,
        reader.number("map_column", 40),
        reader.number("map_row", 40),
    )


def _day(reader: RowReader, name: str) -> date | None:
    value = reader.text(name, 40)
    if not value:
        return None
    try:
        day, month, year = (int(part) for part in value.replace("-", "/").replace(".", "/").split("/"))
        return date(year, month, day)
    except ValueError:
        reader.wrong(name, _("“%(value)s” không phải một ngày", value=value), _("Ghi ngày như 01/07/2025."))
        return None


def _check_names(rows: Sequence[UnitRow], head: Head, fields: dict[str, Field], problems: list[Problem]) -> None:
    known = {key_of(row.name) for row in rows} | {key_of(name) for name in db.session.scalars(sa.select(Unit.name))}
    for row in rows:
        reader = RowReader(Row(row.line, ()), head, fields, problems)
        for field, names in (("parent", (row.parent,) if row.parent else ()), ("replaces", row.replaces)):
            for name in names:
                if key_of(name) not in known:
                    what = _("chưa có đơn vị “%(name)s”", name=name)
                    reader.wrong(field, what, _("Ghi đúng tên đầy đủ, hoặc thêm một dòng cho đơn vị đó."))


def _duplicates(rows: Sequence[UnitRow]) -> list[tuple[int, int]]:
    seen = dict.fromkeys(_existing(), 0)
    found = []
    for row in rows:
        if row.key in seen:
            found.append((row.line, seen[row.key]))
        else:
            seen[row.key] = row.line
    return found


def _existing() -> dict[tuple[str, str, date | None], Unit]:
    units = db.session.scalars(sa.select(Unit)).all()
    names = {unit.id: unit.name for unit in units}
    return {(key_of(u.name), key_of(names.get(u.parent_id or 0, "")), u.valid_from): u for u in units}


def put_in(rows: Sequence[UnitRow]) -> tuple[int, int]:
    """Add the rows inside `writing()`, or change the units that are there already; how many of each."""
    existing = _existing()
    units: list[tuple[UnitRow, Unit]] = []
    added = 0
    for row in rows:
        unit = existing.get(row.key)
        if unit is None:
            unit = existing[row.key] = Unit(name=row.name)
            db.session.add(unit)
            added += 1
        unit.short_name, unit.level, unit.valid_from = row.short_name, row.level, row.valid_from
        unit.kind = row.kind or unit.kind or ""
        unit.valid_until = row.valid_until or unit.valid_until
        unit.map_column, unit.map_row = row.map_column or unit.map_column, row.map_row or unit.map_row
        count_list(unit)
        units.append((row, unit))
    db.session.flush()
    by_name: dict[str, list[Unit]] = {}
    for unit in db.session.scalars(sa.select(Unit).order_by(Unit.id)):
        by_name.setdefault(key_of(unit.name), []).append(unit)
    pairs = db.session.execute(sa.select(UnitSuccession.unit_id, UnitSuccession.successor_id))
    known = {(earlier_id, later_id) for earlier_id, later_id in pairs}
    for row, unit in units:
        if row.parent:
            unit.parent_id = _of_that_time(by_name[key_of(row.parent)], unit.valid_from or unit.valid_until).id
        for name in row.replaces:
            before = unit.valid_from - timedelta(days=1) if unit.valid_from else None
            earlier = _of_that_time([u for u in by_name[key_of(name)] if u is not unit] or [unit], before)
            if earlier is not unit and (earlier.id, unit.id) not in known:
                known.add((earlier.id, unit.id))
                db.session.add(UnitSuccession(unit_id=earlier.id, successor_id=unit.id))
    return added, len(units) - added


def _of_that_time(units: Sequence[Unit], day: date | None) -> Unit:
    """Of units of one name, the one that was there on that day."""
    for unit in units:
        if (
            day
            and (unit.valid_from is None or unit.valid_from <= day)
            and (not unit.valid_until or unit.valid_until >= day)
        ):
            return unit
    return units[0]


def load_shipped() -> tuple[int, int]:
    """Inside `writing()`: what ships with the program. Units that are there already stay."""
    rows = read_sheet(SHIPPED)
    checked = check(rows, find_head(rows, FIELDS))
    assert not checked.problems, checked.problems
    return put_in(checked.rows)
