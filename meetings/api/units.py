"""The directory of units: seen by every account, kept by administrators."""

from datetime import date

from pydantic import Field

from meetings import store
from meetings.api.description import Part, answers, caller, description, new_blueprint, told, zone
from meetings.lists import units as lists
from meetings.store import units
from meetings.tables import StaffAccount, Unit, writing

blueprint = new_blueprint("units")


class UnitBody(Part):
    name: str
    short_name: str = ""
    kind: str = ""
    level: str
    parent_id: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    map_column: int | None = None
    map_row: int | None = None


class ChangedUnit(UnitBody):
    """`version` is the one that was read: 409 when somebody has saved since."""

    version: int


class UnitAnswer(ChangedUnit):
    """`successor_ids`: what it became."""

    id: int
    successor_ids: list[int]


class Units(Part):
    units: list[UnitAnswer]


class OnDay(Part):
    """Only the units of that day."""

    on: date | None = None


class ChosenUnits(Part):
    unit_ids: list[int] = Field(max_length=2000)


class Added(Part):
    count: int


@blueprint.get("/units")
@description.validate(resp=answers(HTTP_200=Units), tags=["units"])
def list_units(query: OnDay) -> Units:
    """Every unit, with the dates between which it was one."""
    store.require(caller(), store.Right.VIEW)
    became, _was = units.successions()
    return Units(units=[_unit(unit, became.get(unit.id, ())) for unit in units.units_on(query.on)])


@blueprint.post("/units")
@description.validate(resp=answers(HTTP_201=UnitAnswer), tags=["units"])
def add_unit(json: UnitBody) -> tuple[UnitAnswer, int]:
    """One more unit."""
    with writing() as rows:
        _require()
        unit = units.add_unit(units.read_unit(store.as_fields(json.model_dump())))
        rows.flush()
    return _unit(unit), 201


@blueprint.put("/units/<int:unit_id>")
@description.validate(resp=answers(HTTP_200=UnitAnswer), tags=["units"])
def change_unit(unit_id: int, json: ChangedUnit) -> UnitAnswer:
    """Points that were made from it keep what they have."""
    with writing():
        account = _require()
        unit = units.access_unit(unit_id)
        draft = units.read_unit(store.as_fields(json.model_dump()), unit)
        units.change_unit(unit, draft, json.version, account.display_name)
    return _unit(unit, units.successions()[0].get(unit_id, ()))


@blueprint.delete("/units/<int:unit_id>")
@description.validate(resp=answers(HTTP_204=None), tags=["units"])
def remove_unit(unit_id: int) -> tuple[str, int]:
    """A unit with others below it stays."""
    with writing():
        account = _require()
        units.remove_unit(units.access_unit(unit_id), account.display_name)
    return "", 204


@blueprint.post("/units/shipped")
@description.validate(resp=answers(HTTP_200=Added), tags=["units"])
def load_shipped() -> Added:
    """Add the units that ship with the program."""
    with writing():
        _require()
        added, _kept = lists.load_shipped()
    return Added(count=added)


@blueprint.post("/conferences/<public_id>/sites/units")
@description.validate(resp=answers(HTTP_200=Added), tags=["sites"])
def add_units(public_id: str, json: ChosenUnits) -> Added:
    """A point for each of these units that is one on the day and no point yet."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        return Added(count=store.add_units(conference, json.unit_ids, zone()))


def _require() -> StaffAccount:
    return store.require(caller(), store.Right.ADMINISTER)


def _unit(unit: Unit, became: list[Unit] | tuple[()] = ()) -> UnitAnswer:
    return UnitAnswer(**told(unit, UnitAnswer, but=("successor_ids",)), successor_ids=[one.id for one in became])
