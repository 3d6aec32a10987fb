"""The papers of a conference at the office: uploading, order, versions, who may have them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError  # type: ignore[import-untyped]

from meetings import __version__, accounts, both, paper_archive, paper_uploads, papers, store, words
from meetings.config import Settings
from meetings.documents.papers.faults import Refused
from meetings.tables import Conference, Paper, StaffAccount, writing

blueprint = Blueprint("papers", __name__)

FIELDS = {
    "title": lazy_gettext("Tên tài liệu"),
    "item_id": lazy_gettext("Thuộc mục"),
    "visibility": lazy_gettext("Ai được xem"),
    "site": lazy_gettext("Điểm cầu được xem"),
}


@blueprint.get("/c/<public_id>/papers")
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id)
    shown = store.papers_for(account, conference)
    return _page(
        "office/papers.html",
        conference,
        papers=shown,
        news={entry["id"]: entry["news"] for entry in papers.papers_for(account, conference)},
        fetched=store.fetched_counts(conference),
        readers={paper.id: len(store.readers_of(paper)) for paper in shown},
        removed=store.removed_papers(conference) if store.may(account, store.Right.EDIT) else [],
    )


@blueprint.get("/c/<public_id>/papers.json")
def listing(public_id: str) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.VIEW)
    return jsonify(papers=papers.papers_for(account, store.access_conference(account, public_id)))


@blueprint.get("/c/<public_id>/papers/<int:paper_id>/file")
def file(public_id: str, paper_id: int) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.VIEW)
    number = request.args.get("version", type=int)
    return papers.handed_out_to_staff(account, public_id, paper_id, number, datetime.now(UTC))


@blueprint.post("/c/<public_id>/papers")
def upload(public_id: str) -> ResponseReturnValue:
    def add(account: StaffAccount, form: MultiDict[str, str], version: store.NewVersion) -> str:
        paper, twin = paper_uploads.add(account, public_id, form, version)
        if twin:
            return str(
                _(
                    "Đã tải lên “%(new)s”. Lưu ý: nội dung giống hệt tài liệu “%(title)s”.",
                    new=paper.title,
                    title=twin.title,
                )
            )
        return str(_("Đã tải lên “%(title)s”.", title=paper.title))

    return _uploaded(public_id, add)


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/versions")
def upload_version(public_id: str, paper_id: int) -> ResponseReturnValue:
    def add(account: StaffAccount, _form: MultiDict[str, str], version: store.NewVersion) -> str:
        paper_uploads.add_version(account, public_id, paper_id, version)
        return str(_("Đã thay bằng bản mới; bản cũ vẫn giữ."))

    return _uploaded(public_id, add)


def _uploaded(
    public_id: str, add: Callable[[StaffAccount, MultiDict[str, str], store.NewVersion], str]
) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    store.access_conference(account, public_id, store.Right.EDIT)
    try:
        with paper_uploads.received(_check_token, is_browser=not _is_script()) as (form, version):
            done = add(account, form, version)
    except Refused as refusal:
        return _answer(public_id, paper_uploads.in_words(refusal), paper_uploads.status_of(refusal))
    except store.Invalid as error:
        return _answer(public_id, " ".join(error.errors.values()), 422)
    return _answer(public_id, done, 200)


def _check_token(form: MultiDict[str, str]) -> None:
    try:
        validate_csrf(form.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from None


def _is_script() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _answer(public_id: str, message: str, status: int) -> ResponseReturnValue:
    """To a script what happened; to a plain form the list again, with the words above it."""
    if _is_script():
        return jsonify(message=message), status
    flash(message)
    return redirect(url_for("papers.show", public_id=public_id), 303)


@blueprint.post("/c/<public_id>/papers/zip")
def archive(public_id: str) -> ResponseReturnValue:
    """All of them as one file, which a job makes."""
    account = store.require(accounts.office_account(), store.Right.VIEW)
    with writing():
        conference = store.access_conference(account, public_id)
        job_id = paper_archive.ask(account, conference).public_id
    return redirect(url_for("jobs.show", public_id=job_id))


@blueprint.route("/c/<public_id>/papers/<int:paper_id>", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("tài liệu này"), FIELDS, "papers.show", choices=("item_id", "visibility", "site"))
def edit(public_id: str, paper_id: int) -> ResponseReturnValue:
    account = accounts.office_account()
    conference = store.access_conference(account, public_id, store.Right.EDIT)
    assert account is not None
    paper = store.access_paper(account, conference, paper_id)
    if request.method == "GET":
        return _form(paper, store.paper_values(paper), {})
    typed = both.typed_values(FIELDS)
    try:
        papers.change(account, public_id, paper_id, typed, both.seen_version())
    except store.Invalid as error:
        return _form(paper, typed, error.errors), 422
    except store.Overwritten:
        return _both(paper)
    flash(_("Đã lưu tài liệu."))
    return redirect(url_for("papers.show", public_id=public_id))


def _form(paper: Paper, values: dict[str, str], errors: dict[str, str]) -> str:
    seen = both.seen(paper, store.paper_values(paper))
    return _page("office/paper.html", paper.conference, paper=paper, values=values, errors=errors, seen=seen)


def _both(paper: Paper) -> ResponseReturnValue:
    conference = paper.conference
    items = {str(item.id): item.title for item in conference.items}
    sites = {str(site.id): site.short_name for site in conference.sites}
    return both.both_shown(
        paper,
        _("tài liệu “%(title)s”", title=paper.title),
        FIELDS,
        store.paper_values(paper),
        url_for("papers.show", public_id=conference.public_id),
        conference,
        {"item_id": items.__getitem__, "site": lambda ids: ", ".join(sites[id] for id in ids.split() if id in sites)},
        section="conferences",
        tab="papers",
    )


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/publish")
def publish(public_id: str, paper_id: int) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    done = _("Mọi điểm cầu đã xem được tài liệu này.")
    return _changed(public_id, paper_id, lambda paper: store.give_to_all(paper, account.display_name), done)


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/remove")
def remove(public_id: str, paper_id: int) -> ResponseReturnValue:
    account, now = store.require(accounts.office_account(), store.Right.EDIT), datetime.now(UTC)
    done = _("Đã bỏ tài liệu. Có thể lấy lại ở cuối trang.")
    return _changed(public_id, paper_id, lambda paper: store.remove_paper(paper, account.display_name, now), done)


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/move")
def move(public_id: str, paper_id: int) -> ResponseReturnValue:
    places = -1 if request.form.get("direction") == "up" else 1
    return _changed(public_id, paper_id, lambda paper: store.move_paper(paper, places), "")


def _changed(public_id: str, paper_id: int, change: Callable[[Paper], None], done: str) -> ResponseReturnValue:
    papers.changed(store.require(accounts.office_account(), store.Right.EDIT), public_id, paper_id, change)
    if done:
        flash(done)
    return redirect(url_for("papers.show", public_id=public_id))


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/restore")
def restore(public_id: str, paper_id: int) -> ResponseReturnValue:
    papers.restore(store.require(accounts.office_account(), store.Right.EDIT), public_id, paper_id)
    flash(_("Đã lấy lại tài liệu."))
    return redirect(url_for("papers.show", public_id=public_id))


@blueprint.post("/c/<public_id>/papers/order")
def order(public_id: str) -> ResponseReturnValue:
    """The whole new order, after a drag."""
    try:
        account = store.require(accounts.office_account(), store.Right.EDIT)
        papers.reorder(account, public_id, request.form.getlist("paper", type=int))
    except store.Invalid as error:
        return jsonify(message=error.errors["order"]), 409
    return jsonify(message=_("Đã đổi thứ tự."))


def _page(template: str, conference: Conference, **given: Any) -> str:
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        template,
        conference=conference,
        is_frozen=store.is_frozen(conference),
        numbers=store.labels(conference.items),
        boot=_boot(),
        largest_megabytes=settings.paper_megabytes,
        section="conferences",
        tab="papers",
        **given,
    )


def _boot() -> dict[str, Any]:
    """What the scripts of these pages need to know."""
    return {
        "page": "papers",
        "lang": words.language(),
        "auth": None,
        "timezone": current_app.extensions["settings"].timezone,
        "messages": words.page_messages(current_app),
        "version": __version__,
    }
