"""The agenda: items and sub-items in order, each beginning when the one before it ends; scripts; assigned speeches."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, store
from meetings.tables import AgendaItem, Conference, ItemKind, writing

blueprint = Blueprint("agenda", __name__)

FIELDS = {
    "title": lazy_gettext("Nội dung"),
    "kind": lazy_gettext("Loại mục"),
    "presenters": lazy_gettext("Trình bày"),
    "planned_minutes": lazy_gettext("Số phút"),
    "limit_minutes": lazy_gettext("Mỗi ý kiến (phút)"),
    "topics": lazy_gettext("Nội dung gợi ý thảo luận"),
    "script_say": lazy_gettext("Lời dẫn"),
    "script_do": lazy_gettext("Việc kỹ thuật"),
    "private_note": lazy_gettext("Ghi chú riêng của người điều hành"),
}


@blueprint.get("/c/<public_id>/agenda")
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    return _page("office/agenda.html", store.access_conference(account, public_id))


@blueprint.get("/c/<public_id>/script")
def script(public_id: str) -> ResponseReturnValue:
    """The running script, to read and to print. For those who prepare and those who preside."""
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id)
    speeches: dict[int, list[Any]] = {}
    for speech in store.speeches_of_agenda(conference):
        speeches.setdefault(speech.item_id, []).append(speech)
    return _page("office/script.html", conference, tab="script", speeches=speeches)


@blueprint.route("/c/<public_id>/agenda/new", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("mục này"), FIELDS, "agenda.show", choices=("kind",))
def create(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    parent_id = request.values.get("parent", type=int)
    parent = store.access_item(conference, parent_id) if parent_id else None
    if request.method == "GET":
        values = {"kind": parent.kind if parent else ItemKind.OTHER, "planned_minutes": 15}
        return _item_page(conference, None, values, {}, parent)
    typed = both.typed_values(FIELDS)
    try:
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            conference = store.access_structure(account, public_id)
            parent = store.access_item(conference, parent_id) if parent_id else None
            store.add_item(conference, store.read_item(typed), parent, account.display_name)
    except store.Invalid as error:
        return _item_page(conference, None, typed, error.errors, parent), 422
    flash(_("Đã thêm mục."))
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.route("/c/<public_id>/agenda/<int:item_id>", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("mục này"), FIELDS, "agenda.show", choices=("kind",))
def edit(public_id: str, item_id: int) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    item = store.access_item(conference, item_id)
    if request.method == "GET":
        return _item_page(conference, item, store.item_values(item), {})
    typed = both.typed_values(FIELDS)
    try:
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            item = store.access_item(store.access_structure(account, public_id), item_id)
            store.change_item(item, store.read_item(typed), both.seen_version(), account.display_name)
    except store.Invalid as error:
        return _item_page(conference, item, typed, error.errors), 422
    except store.Overwritten:
        return _both(conference, store.access_item(conference, item_id))
    flash(_("Đã lưu mục."))
    return redirect(url_for("agenda.show", public_id=public_id))


def _both(conference: Conference, item: AgendaItem) -> ResponseReturnValue:
    return both.both_shown(
        item,
        _("mục “%(title)s”", title=item.title),
        FIELDS,
        store.item_values(item),
        url_for("agenda.show", public_id=conference.public_id),
        conference,
        section="conferences",
        tab="agenda",
    )


def _item_page(
    conference: Conference,
    item: AgendaItem | None,
    values: dict[str, Any],
    errors: dict[str, str],
    parent: AgendaItem | None = None,
    **given: Any,
) -> str:
    return _page(
        "office/item.html",
        conference,
        item=item,
        values=values,
        errors=errors,
        parent=parent,
        seen=both.seen(item, store.item_values(item)) if item else None,
        presenter_lines=[*str(values.get("presenters", "")).splitlines(), "", ""],
        speeches=store.speeches_of(item) if item else [],
        speech_values=given.get("speech_values", {}),
        speech_errors=given.get("speech_errors", {}),
    )


@blueprint.post("/c/<public_id>/agenda/order")
def order(public_id: str) -> ResponseReturnValue:
    """The whole order as it shall be (`order`), or as it was seen with one `move` of it (`12:up`)."""
    item_id, _colon, direction = request.form.get("move", "").partition(":")
    wanted: store.Order = ()
    try:
        wanted = store.read_order(request.form.get("order", ""))
        if item_id.isdecimal():
            wanted = store.moved(wanted, int(item_id), direction)
        with writing():
            conference = store.access_structure(accounts.office_account(), public_id)
            store.reorder(conference, wanted, request.form.get("version", 0, type=int))
    except store.StaleOrder as error:
        return _stale_order(public_id, error.wanted)
    except store.Invalid as error:
        flash(error.errors["order"])
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return _order_told(public_id)
    return redirect(url_for("agenda.show", public_id=public_id) + (f"#item-{item_id}" if item_id else ""))


def _stale_order(public_id: str, wanted: store.Order) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(error="stale"), 409
    named = {item.id: item for item in conference.items}
    can_keep = set(named) == {one for one, _depth in wanted}
    mine = [(named[one], depth) for one, depth in wanted if one in named]
    wanted_text = store.order_text(wanted)
    page = _page("office/agenda_both.html", conference, mine=mine, can_keep=can_keep, wanted=wanted_text)
    return page, 409


def _order_told(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    items = store.items_of(conference)
    numbers = store.labels(items)
    rows = [
        {
            "id": item.id,
            "number": numbers[item.id],
            "clock": f"{item.planned_at.astimezone(_zone()):%H:%M}",
            "depth": 1 if item.parent_id else 0,
        }
        for item in items
    ]
    return jsonify(version=conference.agenda_version, items=rows)


@blueprint.post("/c/<public_id>/agenda/<int:item_id>/remove")
def remove(public_id: str, item_id: int) -> ResponseReturnValue:
    with writing():
        account = store.require(accounts.office_account(), store.Right.EDIT)
        conference = store.access_structure(account, public_id)
        store.remove_item(store.access_item(conference, item_id), account.display_name)
    flash(_("Đã bỏ mục khỏi chương trình."))
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.post("/c/<public_id>/agenda/start")
def start(public_id: str) -> ResponseReturnValue:
    reader = store.Reader(request.form)
    at = reader.minute("start")
    if not reader.errors:
        with writing():
            store.start_agenda(store.access_structure(accounts.office_account(), public_id), at, _zone())
    flash(reader.errors.get("start") or _("Đã tính lại giờ các mục."))
    return redirect(url_for("agenda.show", public_id=public_id))


@blueprint.get("/c/<public_id>/delegates.json")
def delegates(public_id: str) -> ResponseReturnValue:
    """Delegates in whose line all the words of `q` are found, to choose from."""
    conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
    return jsonify(labels=store.labels_like(conference, request.args.get("q", "")[:120]))


@blueprint.post("/c/<public_id>/agenda/<int:item_id>/speeches")
def add_speech(public_id: str, item_id: int) -> ResponseReturnValue:
    try:
        with writing():
            item = store.access_item(store.access_structure(accounts.office_account(), public_id), item_id)
            store.add_speech(item, store.read_speech(request.form, item))
    except store.Invalid as error:
        conference = store.access_structure(accounts.office_account(), public_id)
        item = store.access_item(conference, item_id)
        values = store.item_values(item)
        return _item_page(conference, item, values, {}, speech_values=request.form, speech_errors=error.errors), 422
    return redirect(url_for("agenda.edit", public_id=public_id, item_id=item_id) + "#speeches")


@blueprint.post("/c/<public_id>/agenda/<int:item_id>/speeches/<int:speech_id>")
def change_speech(public_id: str, item_id: int, speech_id: int) -> ResponseReturnValue:
    act = request.form.get("act", "")
    with writing():
        item = store.access_item(store.access_structure(accounts.office_account(), public_id), item_id)
        speech = store.access_speech(item, speech_id)
        if act == "remove":
            store.remove_speech(speech)
        else:
            store.move_speech(speech, -1 if act == "up" else 1)
    return redirect(url_for("agenda.edit", public_id=public_id, item_id=item_id) + "#speeches")


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)


def _page(template: str, conference: Conference, tab: str = "agenda", **given: Any) -> str:
    items = store.items_of(conference)
    end: datetime | None = store.agenda_end(items)
    return render_template(
        template,
        conference=conference,
        is_frozen=store.is_frozen(conference),
        items=items,
        numbers=store.labels(items),
        order=store.order_text(store.order_of(items)),
        end=end,
        over=(end - conference.ends_at) // timedelta(minutes=1) if end and end > conference.ends_at else 0,
        kinds=ItemKind,
        section="conferences",
        tab=tab,
        **given,
    )
