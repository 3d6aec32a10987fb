"""Whether mail goes out: the server's settings, and a letter to try it."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, mailing, store
from meetings.store import invitations as texts
from meetings.tables import StaffAccount, writing

blueprint = Blueprint("mail", __name__, url_prefix="/mail")


@blueprint.get("")
def show() -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    return _page(store.require(account, store.Right.EDIT), {}, {})


@blueprint.post("/test")
def test() -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    try:
        address = texts.read_test_address(request.form)
    except store.Invalid as error:
        return _page(account, request.form, error.errors), 422
    with writing():
        job_id = mailing.queue_test(address, request.host_url.rstrip("/"), account, datetime.now(UTC)).public_id
    flash(_("Đang gửi thư thử đến %(address)s.", address=address))
    return redirect(url_for("mail.show", job=job_id))


def _page(account: StaffAccount, values: Any, errors: dict[str, str]) -> str:
    try:
        job = store.access_job({account.id}, request.args.get("job", ""))
    except store.NotFound:
        job = None
    return render_template(
        "office/mail.html",
        server=current_app.extensions["settings"],
        tests=texts.newest_tests(account),
        job=job,
        values=values,
        errors=errors,
        section="mail",
    )
