"""Accounts of the staff, for administrators."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, links, store
from meetings.store import staff
from meetings.tables import StaffAccount, writing

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

OWN_PAGE = "/account"

FIELDS = {
    "display_name": lazy_gettext("Tên hiển thị"),
    "name": lazy_gettext("Tên đăng nhập"),
    "role": lazy_gettext("Vai trò"),
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    if accounts.office_account() is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    _require()
    return render_template("office/staff.html", accounts=staff.list_accounts(), section="staff")


@blueprint.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    _require()
    if request.method == "GET":
        return _form(None, {"role": "secretary"}, {})
    now = datetime.now(UTC)
    try:
        with writing():
            _require()
            account = staff.add_account(staff.read_account(request.form), now)
            path = links.one_time_path(account, OWN_PAGE, now)
    except store.Invalid as error:
        return _form(None, request.form, error.errors), 422
    return _handed_over(account, path)


@blueprint.route("/<int:account_id>", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("tài khoản này"), FIELDS, "staff.index", choices=("role",))
def edit(account_id: int) -> ResponseReturnValue:
    _require()
    account = staff.access_account(account_id)
    if request.method == "GET":
        return _form(account, staff.account_values(account), {})
    typed = both.typed_values(FIELDS)
    try:
        with writing():
            by = _require().display_name
            account = staff.access_account(account_id)
            draft = staff.read_account(typed, account)
            staff.change_account(account, draft, both.seen_version(), by, datetime.now(UTC))
    except store.Invalid as error:
        return _form(account, typed, error.errors), 422
    except store.Overwritten:
        return _both(account)
    flash(_("Đã lưu tài khoản."))
    return redirect(url_for("staff.index"))


def _both(account: StaffAccount) -> ResponseReturnValue:
    return both.both_shown(
        account,
        _("tài khoản “%(name)s”", name=account.display_name),
        FIELDS,
        staff.account_values(account),
        url_for("staff.index"),
        section="staff",
    )


@blueprint.post("/<int:account_id>/reset")
def reset(account_id: int) -> ResponseReturnValue:
    now = datetime.now(UTC)
    with writing():
        _require()
        account = staff.access_account(account_id)
        staff.reset_password(account, now)
        path = links.one_time_path(account, OWN_PAGE, now)
    return _handed_over(account, path)


@blueprint.post("/<int:account_id>/deactivate")
def deactivate(account_id: int) -> ResponseReturnValue:
    try:
        with writing():
            _require()
            staff.deactivate(staff.access_account(account_id), datetime.now(UTC))
        flash(_("Đã khóa tài khoản; mọi lần đăng nhập của tài khoản đã kết thúc."))
    except store.Invalid as error:
        flash(error.errors["account"])
    return redirect(url_for("staff.index"))


@blueprint.post("/<int:account_id>/activate")
def activate(account_id: int) -> ResponseReturnValue:
    with writing():
        _require()
        staff.activate(staff.access_account(account_id))
    flash(_("Đã mở lại tài khoản."))
    return redirect(url_for("staff.index"))


def _require() -> StaffAccount:
    return store.require(accounts.office_account(), store.Right.ADMINISTER)


def _form(account: StaffAccount | None, values: Any, errors: dict[str, str]) -> str:
    sessions = accounts.sessions_of(account, datetime.now(UTC)) if account else []
    return render_template(
        "office/staff_account.html",
        edited=account,
        sessions=sessions,
        values=values,
        errors=errors,
        fields=FIELDS,
        seen=both.seen(account, staff.account_values(account)) if account else None,
        section="staff",
    )


def _handed_over(account: StaffAccount, path: str) -> str:
    address = request.host_url.rstrip("/") + path
    return render_template(
        "office/staff_address.html", edited=account, address=address, hours=links.ONE_TIME_HOURS, section="staff"
    )
