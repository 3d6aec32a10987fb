"""The papers of a conference at the office: uploading, order, versions, who may have them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser
from wtforms.validators import ValidationError  # type: ignore[import-untyped]

from meetings import __version__, accounts, paper_archive, papers, store, words
from meetings.config import Settings
from meetings.documents.papers import names, vault
from meetings.documents.papers.faults import Fault, Refused
from meetings.tables import Conference, Paper, StaffAccount, Visibility, writing

blueprint = Blueprint("papers", __name__)

_BESIDES_THE_FILE = 64 * 1024
_MEGABYTE = 1024 * 1024
_LARGEST_DISCARDED = 1024 * _MEGABYTE
_PATIENCE_SECONDS = 60

FAULTS = {
    Fault.EMPTY: lazy_gettext("Tệp này trống."),
    Fault.TOO_LARGE: lazy_gettext(
        "Tệp lớn quá: mỗi tệp tối đa %(count)d MB. Hãy nén ảnh trong tệp hoặc tách tệp rồi tải lại."
    ),
    Fault.UNKNOWN_KIND: lazy_gettext(
        "Chỉ nhận PDF, DOCX, XLSX, PPTX và ảnh PNG, JPEG, WebP. Nội dung tệp này không phải loại nào trong số đó."
    ),
    Fault.OLD_OFFICE: lazy_gettext(
        "Tệp dạng cũ (.doc, .xls, .ppt, .rtf) hoặc đặt mật khẩu. Hãy mở ra, lưu lại thành .docx, .xlsx, .pptx "
        "hoặc PDF không mật khẩu rồi tải lên."
    ),
    Fault.PROGRAM: lazy_gettext(
        "Đây là chương trình chạy được, không phải tài liệu, dù tên tệp là gì. Không nhận tệp này."
    ),
    Fault.DAMAGED: lazy_gettext(
        "Tệp bị hỏng hoặc chưa chép trọn vẹn. Hãy mở thử trên máy của bạn, lưu lại rồi tải lên."
    ),
    Fault.BOMB: lazy_gettext("Tệp này bung ra lớn bất thường, có thể làm treo máy người mở. Không nhận tệp này."),
    Fault.MACROS: lazy_gettext("Tệp có macro. Hãy lưu lại thành .docx, .xlsx hoặc .pptx không macro rồi tải lên."),
    Fault.ACTIVE: lazy_gettext("Tệp có phần tự chạy hoặc tự tải từ mạng khi mở. Hãy in ra PDF rồi tải bản PDF đó lên."),
    Fault.LOCKED: lazy_gettext(
        "Tệp đặt mật khẩu hoặc bị khóa, nên không kiểm tra được. Hãy bỏ mật khẩu, hoặc in ra PDF, rồi tải lên."
    ),
    Fault.PICTURE_TOO_LARGE: lazy_gettext(
        "Ảnh có quá nhiều điểm ảnh (tối đa 16.384 mỗi chiều). Hãy thu nhỏ ảnh rồi tải lên."
    ),
    Fault.NO_ROOM: lazy_gettext("Ổ đĩa máy chủ không còn đủ chỗ. Hãy báo người quản trị."),
}
_STATUS = {Fault.TOO_LARGE: 413, Fault.NO_ROOM: 507}


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
    paper = store.access_paper(account, store.access_conference(account, public_id), paper_id)
    number = request.args.get("version", type=int)
    if number is not None and account.role not in store.DESK_ROLES:
        raise store.NotFound
    return papers.handed_out(account, store.access_version(paper, number), datetime.now(UTC))


@blueprint.post("/c/<public_id>/papers")
def upload(public_id: str) -> ResponseReturnValue:
    def add(account: StaffAccount, form: MultiDict[str, str], version: store.NewVersion) -> str:
        conference = store.access_conference(account, public_id, store.Right.EDIT)
        title = " ".join(form.get("title", "").split())[:250] or names.title_of(version.file_name)
        form.setlist("title", [title])
        draft = store.read_paper(form, conference)
        now = datetime.now(UTC)
        paper = store.add_paper(conference, draft, version, account.display_name, now)
        store.note_look(account, paper, 1, now)
        papers.announce(conference, store.readers_of(paper))
        twin = store.same_content(conference, version.sha256, paper)
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
        conference = store.access_conference(account, public_id, store.Right.EDIT)
        paper = store.access_paper(account, conference, paper_id)
        now = datetime.now(UTC)
        store.add_version(paper, version, account.display_name, now)
        store.note_look(account, paper, paper.current.number, now)
        papers.announce(conference, store.readers_of(paper))
        return str(_("Đã thay bằng bản mới; bản cũ vẫn giữ."))

    return _uploaded(public_id, add)


def _uploaded(
    public_id: str, add: Callable[[StaffAccount, MultiDict[str, str], store.NewVersion], str]
) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    store.access_conference(account, public_id, store.Right.EDIT)
    try:
        with _received() as (form, version), writing():
            done = add(account, form, version)
    except Refused as refusal:
        settings: Settings = current_app.extensions["settings"]
        return _answer(public_id, str(FAULTS[refusal.fault]) % {"count": settings.paper_megabytes}, _status(refusal))
    except store.Invalid as error:
        return _answer(public_id, " ".join(error.errors.values()), 422)
    return _answer(public_id, done, 200)


def _status(refusal: Refused) -> int:
    return _STATUS.get(refusal.fault, 422)


@contextmanager
def _received() -> Iterator[tuple[MultiDict[str, str], store.NewVersion]]:
    """The form and its one file, which goes to the disk as it arrives; raises `Refused`."""
    settings: Settings = current_app.extensions["settings"]
    limit = settings.paper_megabytes * _MEGABYTE
    length = request.content_length or 0
    if length > limit + _BESIDES_THE_FILE:
        if not _is_script():
            _let_finish(length)
        raise Refused(Fault.TOO_LARGE)
    request.max_content_length = limit + _BESIDES_THE_FILE
    with vault.receiving(settings.data_dir, length) as incoming:
        parser = FormDataParser(
            lambda *_args, **_kwargs: incoming.file,
            max_form_memory_size=_BESIDES_THE_FILE,
            max_form_parts=500,
            silent=False,
        )
        try:
            _stream, form, files = parser.parse(request.stream, request.mimetype, length, request.mimetype_params)
        except ValueError:
            abort(400)
        try:
            validate_csrf(form.get("csrf_token"))
        except ValidationError as error:
            raise CSRFError(str(error)) from None
        if len(files) != 1 or "file" not in files:
            raise Refused(Fault.EMPTY)
        incoming.file.flush()
        if incoming.path.stat().st_size > limit:
            raise Refused(Fault.TOO_LARGE)
        kept = vault.keep(settings.data_dir, incoming)
        yield form, _version(kept, files["file"].filename or "")


def _is_script() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _let_finish(length: int) -> None:
    """A browser without our script reads no answer before all is sent: take it, within reason, and keep nothing."""
    end = time.monotonic() + _PATIENCE_SECONDS
    stream = request.environ["wsgi.input"]
    while 0 < length <= _LARGEST_DISCARDED and time.monotonic() < end:
        piece = stream.read(min(length, _MEGABYTE))
        if not piece:
            break
        length -= len(piece)


def _version(kept: vault.Kept, given_name: str) -> store.NewVersion:
    content = kept.content
    return store.NewVersion(
        sha256=kept.sha256,
        size=kept.size,
        kind=content.kind.value,
        pages=content.pages,
        notices=[notice.value for notice in content.notices],
        file_name=names.kept_name(given_name, content.kind.value),
    )


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
def edit(public_id: str, paper_id: int) -> ResponseReturnValue:
    account = accounts.office_account()
    conference = store.access_conference(account, public_id, store.Right.EDIT)
    assert account is not None
    paper = store.access_paper(account, conference, paper_id)
    if request.method == "GET":
        values = MultiDict({"title": paper.title, "item_id": str(paper.item_id), "visibility": paper.visibility.value})
        values.setlist("site", [str(site.id) for site in paper.sites])
        return _page("office/paper.html", conference, paper=paper, values=values, errors={})
    try:
        with writing():
            before = store.readers_of(paper)
            store.change_paper(paper, store.read_paper(request.form, conference))
    except store.Invalid as error:
        return _page("office/paper.html", conference, paper=paper, values=request.form, errors=error.errors), 422
    papers.announce(conference, before | store.readers_of(paper))
    flash(_("Đã lưu tài liệu."))
    return redirect(url_for("papers.show", public_id=public_id))


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/publish")
def publish(public_id: str, paper_id: int) -> ResponseReturnValue:
    def give_to_all(paper: Paper) -> None:
        store.change_paper(paper, store.PaperDraft(paper.title, paper.item_id, Visibility.ALL, ()))

    return _changed(public_id, paper_id, give_to_all, _("Mọi điểm cầu đã xem được tài liệu này."))


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/remove")
def remove(public_id: str, paper_id: int) -> ResponseReturnValue:
    return _changed(
        public_id,
        paper_id,
        lambda paper: store.remove_paper(paper, datetime.now(UTC)),
        _("Đã bỏ tài liệu. Có thể lấy lại ở cuối trang."),
    )


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/move")
def move(public_id: str, paper_id: int) -> ResponseReturnValue:
    places = -1 if request.form.get("direction") == "up" else 1
    return _changed(public_id, paper_id, lambda paper: store.move_paper(paper, places), "")


def _changed(public_id: str, paper_id: int, change: Callable[[Paper], None], done: str) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    with writing():
        conference = store.access_conference(account, public_id, store.Right.EDIT)
        paper = store.access_paper(account, conference, paper_id)
        before = store.readers_of(paper)
        change(paper)
    papers.announce(conference, before | store.readers_of(paper))
    if done:
        flash(done)
    return redirect(url_for("papers.show", public_id=public_id))


@blueprint.post("/c/<public_id>/papers/<int:paper_id>/restore")
def restore(public_id: str, paper_id: int) -> ResponseReturnValue:
    with writing():
        conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
        paper = store.access_removed_paper(conference, paper_id)
        store.restore_paper(paper)
    papers.announce(conference, store.readers_of(paper))
    flash(_("Đã lấy lại tài liệu."))
    return redirect(url_for("papers.show", public_id=public_id))


@blueprint.post("/c/<public_id>/papers/order")
def order(public_id: str) -> ResponseReturnValue:
    """The whole new order, after a drag."""
    try:
        with writing():
            conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
            store.order_papers(conference, request.form.getlist("paper", type=int))
    except store.Invalid as error:
        return jsonify(message=error.errors["order"]), 409
    everybody = {site.id for site in conference.sites}
    papers.announce(conference, everybody)
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
        visibilities=Visibility,
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
