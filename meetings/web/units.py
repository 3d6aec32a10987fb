"""The directory of units: seen by the staff, kept by administrators."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, store
from meetings.lists import units as lists
from meetings.store import units
from meetings.tables import StaffAccount, Unit, writing

blueprint = Blueprint("units", __name__, url_prefix="/units")

FIELDS = {
    "name": lazy_gettext("Tên đầy đủ"),
    "short_name": lazy_gettext("Tên ngắn"),
    "kind": lazy_gettext("Loại"),
    "level": lazy_gettext("Cấp"),
    "parent_id": lazy_gettext("Trực thuộc"),
    "valid_from": lazy_gettext("Hiệu lực từ"),
    "valid_until": lazy_gettext("Hiệu lực đến"),
    "map_column": lazy_gettext("Cột trên sơ đồ"),
    "map_row": lazy_gettext("Hàng trên sơ đồ"),
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    store.require(account, store.Right.VIEW)
    day, is_wrong = _asked_day()
    became, was = units.successions()
    return render_template(
        "office/units.html",
        units=units.units_on(day),
        parent_names={unit.id: unit.name for unit in units.units_on(None)},
        day=day,
        is_wrong_day=is_wrong,
        became=became,
        was=was,
        may_administer=store.may(account, store.Right.ADMINISTER),
        section="units",
    )


def _asked_day() -> tuple[date | None, bool]:
    """The day asked for, today without one, none for `all`; and whether what was typed is no day."""
    asked = request.args.get("on", "").strip()
    today = datetime.now(ZoneInfo(current_app.extensions["settings"].timezone)).date()
    if asked == "all":
        return None, False
    reader = store.Reader({"on": asked})
    day = reader.day("on") if asked else today
    return (today, True) if reader.errors else (day, False)


@blueprint.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    _require()
    if request.method == "GET":
        return _form(None, {}, {})
    try:
        with writing():
            _require()
            units.add_unit(units.read_unit(request.form))
    except store.Invalid as error:
        return _form(None, request.form, error.errors), 422
    flash(_("Đã thêm đơn vị."))
    return redirect(url_for("units.index", on="all"))


@blueprint.route("/<int:unit_id>", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("đơn vị này"), FIELDS, "units.index", choices=("parent_id",))
def edit(unit_id: int) -> ResponseReturnValue:
    _require()
    unit = units.access_unit(unit_id)
    if request.method == "GET":
        return _form(unit, units.unit_values(unit), {})
    typed = both.typed_values(FIELDS)
    try:
        with writing():
            account = _require()
            unit = units.access_unit(unit_id)
            units.change_unit(unit, units.read_unit(typed, unit), both.seen_version(), account.display_name)
    except store.Invalid as error:
        return _form(unit, typed, error.errors), 422
    except store.Overwritten:
        return _both(units.access_unit(unit_id))
    flash(_("Đã lưu đơn vị."))
    return redirect(url_for("units.index", on="all"))


def _both(unit: Unit) -> ResponseReturnValue:
    return both.both_shown(
        unit,
        _("đơn vị “%(name)s”", name=unit.name),
        FIELDS,
        units.unit_values(unit),
        url_for("units.index", on="all"),
        in_words={"parent_id": lambda id: units.access_unit(int(id)).name},
        section="units",
    )


@blueprint.post("/<int:unit_id>/remove")
def remove(unit_id: int) -> ResponseReturnValue:
    try:
        with writing():
            account = _require()
            units.remove_unit(units.access_unit(unit_id), account.display_name)
        flash(_("Đã bỏ đơn vị."))
    except store.Invalid as error:
        flash(error.errors["unit"])
    return redirect(url_for("units.index", on="all"))


@blueprint.post("/shipped")
def load_shipped() -> ResponseReturnValue:
    """What ships with the program: a few dozen rows, at once."""
    with writing():
        _require()
        added, _kept = lists.load_shipped()
    flash(_("Đã thêm %(count)d đơn vị từ danh mục có sẵn.", count=added))
    return redirect(url_for("units.index", on="all"))


def _require() -> StaffAccount:
    return store.require(accounts.office_account(), store.Right.ADMINISTER)


def _form(unit: Unit | None, values: Any, errors: dict[str, str]) -> str:
    others = [one for one in units.units_on(None) if unit is None or one.id != unit.id]
    return render_template(
        "office/unit.html",
        unit=unit,
        others=others,
        values=values,
        errors=errors,
        seen=both.seen(unit, units.unit_values(unit)) if unit else None,
        section="units",
    )
