"""The agenda: items in order, each beginning when the one before it ends."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, store
from meetings.tables import Conference, ItemKind, writing

blueprint = Blueprint("agenda", __name__)


@blueprint.get("/c/<public_id>/agenda")
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id)
    return _page("office/agenda.html", conference)


@blueprint.route("/c/<public_id>/agenda/new", methods=["GET", "POST"])
def create(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.method == "GET":
        values = {"kind": ItemKind.OTHER, "planned_minutes": 15}
        return _page("office/item.html", conference, item=None, values=values, errors={})
    try:
        with writing():
            conference = store.access_structure(accounts.office_account(), public_id)
            store.add_item(conference, store.read_item(request.form))
    except store.Invalid as error:
        given = {"item": None, "values": request.form, "errors": error.errors}
        return _page("office/item.html", conference, **given), 422
    flash(_("Đã thêm mục."))
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.route("/c/<public_id>/agenda/<int:item_id>", methods=["GET", "POST"])
def edit(public_id: str, item_id: int) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    item = store.access_item(conference, item_id)
    if request.method == "GET":
        limit = item.speech_limit_seconds
        values = {
            **{name: getattr(item, name) for name in ("title", "kind", "presenter", "planned_minutes")},
            "limit_minutes": limit // 60 if limit else "",
            "topics": "\n".join(item.topics),
        }
        return _page("office/item.html", conference, item=item, values=values, errors={})
    try:
        with writing():
            conference = store.access_structure(accounts.office_account(), public_id)
            store.change_item(store.access_item(conference, item_id), store.read_item(request.form))
    except store.Invalid as error:
        given = {"item": item, "values": request.form, "errors": error.errors}
        return _page("office/item.html", conference, **given), 422
    flash(_("Đã lưu mục."))
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.post("/c/<public_id>/agenda/<int:item_id>/move")
def move(public_id: str, item_id: int) -> ResponseReturnValue:
    places = -1 if request.form.get("direction") == "up" else 1
    with writing():
        conference = store.access_structure(accounts.office_account(), public_id)
        store.move_item(store.access_item(conference, item_id), places)
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.post("/c/<public_id>/agenda/<int:item_id>/remove")
def remove(public_id: str, item_id: int) -> ResponseReturnValue:
    with writing():
        conference = store.access_structure(accounts.office_account(), public_id)
        store.remove_item(store.access_item(conference, item_id))
    flash(_("Đã bỏ mục khỏi chương trình."))
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.post("/c/<public_id>/agenda/start")
def start(public_id: str) -> ResponseReturnValue:
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    reader = store.Reader(request.form)
    at = reader.minute("start")
    if not reader.errors:
        with writing():
            store.start_agenda(store.access_structure(accounts.office_account(), public_id), at, zone)
    flash(reader.errors.get("start") or _("Đã tính lại giờ các mục."))
    return redirect(url_for("agenda.show", public_id=public_id))


def _page(template: str, conference: Conference, **given: Any) -> str:
    return render_template(
        template,
        conference=conference,
        is_frozen=store.is_frozen(conference),
        kinds=ItemKind,
        section="conferences",
        tab="agenda",
        **given,
    )
