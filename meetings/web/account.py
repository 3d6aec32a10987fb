"""One's own account: the password, where one is signed in, tokens for programs."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, api_tokens, store
from meetings.store import staff
from meetings.tables import StaffAccount, writing

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
def show() -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    return _page(account)


@blueprint.post("/password")
def change_password() -> ResponseReturnValue:
    """The old password is asked for unless an administrator has just reset it. Every other sign-in ends."""
    account = _own()
    if account.password_hash and accounts.check_password(account.name, request.form.get("old", "")) is None:
        return _page(account, errors={"old": _("Mật khẩu hiện tại không đúng.")}), 422
    try:
        password = staff.read_new_password(request.form, account.name)
    except store.Invalid as error:
        return _page(account, errors=error.errors), 422
    with writing():
        accounts.set_password(_own(), password)
    accounts.sign_in(account, datetime.now(UTC))
    flash(_("Đã đổi mật khẩu; các máy khác phải đăng nhập lại."))
    return redirect(url_for("account.show"))


@blueprint.post("/sessions/<public_id>/end")
def end_session(public_id: str) -> ResponseReturnValue:
    with writing():
        staff.access_session(_own(), public_id).ended_at = datetime.now(UTC)
    flash(_("Đã đăng xuất máy đó."))
    return redirect(url_for("account.show"))


@blueprint.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    with writing():
        account = _own()
        here = accounts.session_of(account)
        accounts.end_sessions(account, datetime.now(UTC), but=here.public_id if here else "")
    flash(_("Đã đăng xuất mọi máy khác."))
    return redirect(url_for("account.show"))


@blueprint.post("/tokens")
def add_token() -> ResponseReturnValue:
    reader = store.Reader(request.form)
    name, days = reader.text("token_name", 80), reader.number_or_none("token_days", 1, 3650)
    account = _own()
    if len(api_tokens.tokens_of(account)) >= api_tokens.MOST_TOKENS:
        reader.errors["token_name"] = _("Đã có %(count)d mã. Hãy thu hồi mã không dùng.", count=api_tokens.MOST_TOKENS)
    if reader.errors:
        return _page(account, errors=reader.errors), 422
    with writing():
        text = api_tokens.new_token(_own(), name, days, datetime.now(UTC))
    return _page(_own(), new_token=text)


@blueprint.post("/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    with writing():
        staff.access_token(_own(), token_id).revoked_at = datetime.now(UTC)
    flash(_("Đã thu hồi mã."))
    return redirect(url_for("account.show"))


def _own() -> StaffAccount:
    account = accounts.office_account()
    if account is None:
        raise store.Forbidden
    return account


def _page(account: StaffAccount, errors: dict[str, str] | None = None, new_token: str | None = None) -> str:
    values: dict[str, Any] = request.form.to_dict() if errors else {}
    here = accounts.session_of(account)
    return render_template(
        "office/account.html",
        sessions=accounts.sessions_of(account, datetime.now(UTC)),
        here=here.public_id if here else None,
        tokens=api_tokens.tokens_of(account),
        new_token=new_token,
        values=values,
        errors=errors or {},
        section="account",
    )
