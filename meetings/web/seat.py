"""A point before the day: its page, and what that page asks and sends. The link's token is in a header, never in a cookie."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import __version__, jobs, links, seat_page, store, words
from meetings.lists import files, importing
from meetings.store import answers
from meetings.store.forms import form_of_json
from meetings.tables import Delegate, Job, LinkKind, Site, writing

blueprint = Blueprint("seat", __name__)

HEADER = "X-Site-Link"
WAITING_PAGE_FROM = timedelta(minutes=90)
"""So long before the opening the link leads to the waiting page; earlier it leads to the preparation."""


class Closed(Exception):
    """The answers are closed: the deadline is over or the doors are open."""


@blueprint.get("/prepare")
def page() -> ResponseReturnValue:
    boot = {
        "page": "prepare",
        "lang": words.language(),
        "auth": None,
        "conference": None,
        "timezone": current_app.extensions["settings"].timezone,
        "messages": words.page_messages(current_app),
        "version": __version__,
    }
    return render_template("live/prepare.html", boot=boot)


@blueprint.get("/seat")
def where_to() -> ResponseReturnValue:
    """Whether the link leads to the preparation now or to the seat."""
    link = links.resolve_link(request.headers.get(HEADER, ""))
    is_near = datetime.now(UTC) >= link.conference.opens_at - WAITING_PAGE_FROM
    is_before = link.kind is LinkKind.SITE and not is_near and not store.is_frozen(link.conference)
    return jsonify(page="prepare" if is_before else "seat")


@blueprint.get("/seat/preparation")
def preparation() -> ResponseReturnValue:
    return jsonify(seat_page.preparation_of(_site()))


@blueprint.post("/seat/answer")
def answer() -> ResponseReturnValue:
    with writing():
        answers.read_and_answer(_open_site(), form_of_json(request.get_json(silent=True)), datetime.now(UTC))
    return preparation()


@blueprint.post("/seat/list")
def send_list() -> ResponseReturnValue:
    with writing():
        answers.send_list(_open_site(), datetime.now(UTC))
    return preparation()


@blueprint.post("/seat/delegates")
def add_delegate() -> ResponseReturnValue:
    with writing():
        site = _open_site()
        store.add_delegate(
            site, seat_page.read_delegate(form_of_json(request.get_json(silent=True)), site)
        ).is_from_site = True
    return preparation()


@blueprint.put("/seat/delegates/<int:delegate_id>")
def change_delegate(delegate_id: int) -> ResponseReturnValue:
    form = form_of_json(request.get_json(silent=True))
    try:
        with writing():
            site = _open_site()
            delegate = seat_page.access_delegate(site, delegate_id)
            seat_page.change_delegate(delegate, form)
    except store.Overwritten:
        return _both(seat_page.access_delegate(_site(), delegate_id), form)
    except store.NotFound:
        message = _("Đại biểu này vừa bị bỏ khỏi danh sách. Những gì bạn gõ vẫn còn đây để chép lại.")
        return jsonify(error="removed", message=message), 404
    return preparation()


def _both(delegate: Delegate, form: dict[str, str]) -> ResponseReturnValue:
    """What the point has typed stays in its form; what has been saved meanwhile is told beside it."""
    theirs = {name: value for name, value in store.delegate_values(delegate).items() if name in form}
    return jsonify(
        error="overwritten",
        message=_("Người khác vừa sửa đại biểu này. Xem từng ô rồi lưu lại: bản của bạn vẫn còn đây."),
        version=delegate.version,
        theirs={one.name: one.theirs for one in store.differences({}, form, theirs)},
    ), 409


@blueprint.delete("/seat/delegates/<int:delegate_id>")
def remove_delegate(delegate_id: int) -> ResponseReturnValue:
    with writing():
        seat_page.remove_delegate(_open_site(), delegate_id)
    return preparation()


@blueprint.post("/seat/speeches")
def add_speech() -> ResponseReturnValue:
    with writing():
        answers.add_speech(_open_site(), form_of_json(request.get_json(silent=True)))
    return preparation()


@blueprint.delete("/seat/speeches/<int:speech_id>")
def remove_speech(speech_id: int) -> ResponseReturnValue:
    with writing():
        answers.remove_speech(_open_site(), speech_id)
    return preparation()


@blueprint.get("/seat/template.xlsx")
def template() -> ResponseReturnValue:
    """The empty sheet, the same for every point: no link needed."""
    response = Response(files.delegate_template(None), mimetype=files.XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=_("Mẫu danh sách đại biểu.xlsx"))
    return response


@blueprint.post("/seat/lists")
def read_list() -> ResponseReturnValue:
    """Read an upload; its preview is asked at `/seat/lists/<id>`."""
    site = _open_site()
    with writing():
        told = _told(
            importing.ask_to_read(
                request.files.get("file"), "delegates", site_id=site.id, conference_id=site.conference_id
            )
        )
    return jsonify(told)


@blueprint.get("/seat/lists/<job_id>")
def show_list(job_id: str) -> ResponseReturnValue:
    return jsonify(_told(store.access_site_job(_site(), job_id)))


@blueprint.post("/seat/lists/<job_id>")
def import_list(job_id: str) -> ResponseReturnValue:
    """Look again with other columns, or put the list in."""
    site, form = _open_site(), form_of_json(request.get_json(silent=True))
    job = store.access_site_job(site, job_id)
    with writing():
        if form.get("act") == "import":
            following = importing.ask_to_import(job, form.get("duplicates", ""))
        else:
            following = importing.ask_to_read_again(job, _columns(form))
        told = _told(following)
    return jsonify(told)


def _columns(form: dict[str, str]) -> dict[str, int]:
    return {
        name.removeprefix("column-"): int(value)
        for name, value in form.items()
        if name.startswith("column-") and value.isdecimal() and value.isascii()
    }


def _told(job: Job) -> dict[str, object]:
    return {**jobs.as_told(job), "kind": job.kind, "preview": importing.preview_of(job)}


def _site() -> Site:
    link = links.resolve_link(request.headers.get(HEADER, ""))
    if link.kind is not LinkKind.SITE or link.site is None:
        raise links.UnknownLink
    return link.site


def _open_site() -> Site:
    site = _site()
    if not answers.may_site_change(site):
        raise Closed
    return site


@blueprint.errorhandler(store.Invalid)
def _invalid(error: store.Invalid) -> ResponseReturnValue:
    return jsonify(error="invalid", message=next(iter(error.errors.values())), errors=error.errors), 422


@blueprint.errorhandler(Closed)
def _closed(_error: Closed) -> ResponseReturnValue:
    return jsonify(error="closed", message=_("Đã hết hạn trả lời. Muốn thay đổi, hãy liên hệ ban tổ chức.")), 409
