"""The directory of units: what there is on a day, what a unit became, and how it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings.store.access import missing
from meetings.store.forms import Invalid, Reader, as_fields
from meetings.store.versions import count_save, remove
from meetings.tables import Unit, UnitSuccession, db


@dataclass(frozen=True)
class UnitDraft:
    name: str
    short_name: str
    kind: str
    level: str
    parent_id: int | None
    valid_from: date | None
    valid_until: date | None
    map_column: int | None
    map_row: int | None


def access_unit(unit_id: int) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise missing(Unit, unit_id)
    return unit


def units_on(day: date | None) -> Sequence[Unit]:
    """Units that were there on that day; of any day without one. Those above come before those below."""
    query = sa.select(Unit).order_by(Unit.parent_id.is_not(None), Unit.valid_until, Unit.id)
    if day is not None:
        query = query.where(
            sa.or_(Unit.valid_from.is_(None), Unit.valid_from <= day),
            sa.or_(Unit.valid_until.is_(None), Unit.valid_until >= day),
        )
    return db.session.scalars(query).all()


def successions() -> tuple[dict[int, list[Unit]], dict[int, list[Unit]]]:
    """What each unit became, and what it was made of."""
    became: dict[int, list[Unit]] = {}
    was: dict[int, list[Unit]] = {}
    units = {unit.id: unit for unit in db.session.scalars(sa.select(Unit))}
    pairs = sa.select(UnitSuccession.unit_id, UnitSuccession.successor_id).order_by(
        UnitSuccession.unit_id, UnitSuccession.successor_id
    )
    for earlier, later in db.session.execute(pairs):
        became.setdefault(earlier, []).append(units[later])
        was.setdefault(later, []).append(units[earlier])
    return became, was


def read_unit(form: Mapping[str, str], unit: Unit | None = None) -> UnitDraft:
    reader = Reader(form)
    name = reader.text("name", 120)
    parent_id = reader.number("parent_id", 1, 999_999) if form.get("parent_id") else None
    if parent_id and (db.session.get(Unit, parent_id) is None or (unit and parent_id in _below(unit))):
        reader.errors["parent_id"] = _("Đơn vị cấp trên không được là chính nó hay đơn vị dưới nó.")
    valid_from = reader.day("valid_from") if form.get("valid_from", "").strip() else None
    valid_until = reader.day("valid_until") if form.get("valid_until", "").strip() else None
    if valid_from and valid_until and valid_until < valid_from and not reader.errors:
        reader.errors["valid_until"] = _("Ngày hết hiệu lực phải sau ngày bắt đầu.")
    draft = UnitDraft(
        name=name,
        short_name=reader.text("short_name", 60, is_required=False) or name[:60],
        kind=reader.text("kind", 40, is_required=False),
        level=reader.text("level", 40),
        parent_id=parent_id,
        valid_from=valid_from,
        valid_until=valid_until,
        map_column=reader.number_or_none("map_column", 1, 40),
        map_row=reader.number_or_none("map_row", 1, 40),
    )
    reader.finish()
    return draft


def _below(unit: Unit) -> set[int]:
    """The unit and every one below it."""
    found, waiting = {unit.id}, [unit.id]
    while waiting:
        below = set(db.session.scalars(sa.select(Unit.id).where(Unit.parent_id.in_(waiting)))) - found
        found |= below
        waiting = list(below)
    return found


def add_unit(draft: UnitDraft) -> Unit:
    unit = Unit(**vars(draft))
    db.session.add(unit)
    return unit


def unit_values(unit: Unit) -> dict[str, str]:
    """The unit as its form shows it."""
    return as_fields({name: getattr(unit, name) for name in UnitDraft.__dataclass_fields__})


def change_unit(unit: Unit, draft: UnitDraft, seen_version: int, by: str) -> None:
    """Raises `Overwritten` when somebody has saved the unit since it was seen."""
    count_save(unit, seen_version, by)
    for name, value in vars(draft).items():
        setattr(unit, name, value)


def remove_unit(unit: Unit, by: str) -> None:
    """Points that were made from it stay, with the name they have."""
    if db.session.scalar(sa.select(sa.func.count()).where(Unit.parent_id == unit.id)):
        raise Invalid({"unit": _("Còn đơn vị trực thuộc; hãy bỏ hoặc chuyển các đơn vị đó trước.")})
    remove(unit, by)
