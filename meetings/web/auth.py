"""Signing in and out, one-time links, and the first administrator."""

import time
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, links, store
from meetings.store import staff
from meetings.tables import Role, StaffAccount, writing

blueprint = Blueprint("auth", __name__)


@blueprint.before_app_request
def _note_use() -> None:
    if request.endpoint not in (None, "static", "health.healthz"):
        accounts.note_use(datetime.now(UTC))


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("office/sign_in.html", values={}, errors={})
    name = request.form.get("name", "").strip()[:60]
    tries: accounts.SignInTries = current_app.extensions["sign_in_tries"]
    try:
        tries.check(name, time.monotonic())
    except accounts.TooManyTries as error:
        return _refused(_("Thử sai nhiều lần. Hãy đợi %(count)d giây.", count=error.wait_seconds), 429)
    password = request.form.get("password", "")[: accounts.MAX_PASSWORD_LENGTH]
    account = accounts.check_password(name, password)
    if account is None:
        tries.failed(name, time.monotonic())
        return _refused(_("Tên hoặc mật khẩu không đúng."), 422)
    tries.succeeded(name)
    accounts.sign_in(account, datetime.now(UTC))
    return redirect(_own_path(request.args.get("next", "")))


def _refused(message: str, code: int) -> ResponseReturnValue:
    values = {"name": request.form.get("name", "")}
    return render_template("office/sign_in.html", values=values, errors={"password": message}), code


def _own_path(path: str) -> str:
    """A path of ours, whatever was asked for: never another server's."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours and path.isprintable() else url_for("listing.index")


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    accounts.sign_out(datetime.now(UTC))
    return redirect(url_for("auth.sign_in"))


@blueprint.route("/once", methods=["GET", "POST"])
def once() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("office/once.html")
    try:
        with writing():
            account, target = links.use_one_time(request.form.get("token", ""), datetime.now(UTC))
    except links.LinkRefused as error:
        return _link_refused(error)
    accounts.sign_in(account, datetime.now(UTC))
    return redirect(_own_path(target))


@blueprint.route("/setup", methods=["GET", "POST"])
def setup() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("office/setup.html", values={}, errors={})
    try:
        with writing():
            links.use_setup(request.form.get("token", ""), datetime.now(UTC))
            account = _read_administrator()
    except links.LinkRefused as error:
        return _link_refused(error)
    except store.Invalid as error:
        return render_template("office/setup.html", values=request.form, errors=error.errors), 422
    accounts.sign_in(account, datetime.now(UTC))
    flash(_("Đã tạo tài khoản quản trị."))
    return redirect(url_for("listing.index"))


def _read_administrator() -> StaffAccount:
    draft = staff.read_account({**request.form, "role": Role.ADMIN})
    password = staff.read_new_password(request.form, draft.name)
    account = staff.add_account(draft, datetime.now(UTC))
    accounts.set_password(account, password)
    return account


def _link_refused(error: links.LinkRefused) -> ResponseReturnValue:
    text = (
        _("Liên kết này đã được dùng hoặc đã hết hạn. Hãy đăng nhập bằng mật khẩu hoặc xin liên kết mới.")
        if isinstance(error, links.UsedLink)
        else _("Liên kết này không đúng. Hãy mở lại liên kết đầy đủ.")
    )
    title = _("Liên kết không dùng được")
    return render_template("office/refusal.html", code=403, title=title, text=text), 403
