"""Subscribing to the conferences from a calendar program, by a secret address of each account."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, appointments, store
from meetings.tables import writing

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")


@blueprint.get("")
def show() -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    path = appointments.feed_path(account)
    return render_template(
        "office/calendar.html",
        address=_base() + path if path else None,
        read_at=appointments.feed_read_at(account),
        section="account",
    )


@blueprint.post("/renew")
def renew() -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.VIEW)
    with writing():
        appointments.renew_feed(account, datetime.now(UTC))
    flash(_("Đã cấp địa chỉ lịch mới."))
    return redirect(url_for("calendar.show"))


@blueprint.post("/end")
def end() -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.VIEW)
    with writing():
        appointments.end_feed(account)
    flash(_("Đã thu hồi địa chỉ lịch."))
    return redirect(url_for("calendar.show"))


@blueprint.get("/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    account = appointments.account_of_feed(token, now)
    return Response(appointments.feed_of(account, _base(), now), mimetype="text/calendar")


def _base() -> str:
    return request.host_url.rstrip("/")
