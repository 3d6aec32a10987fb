"""A paper comes in: the file of a form, received without ever lying in memory, examined, kept and put on the list."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import abort, current_app, request
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser

from meetings import papers, store
from meetings.config import Settings
from meetings.documents.papers import names, vault
from meetings.documents.papers.faults import Fault, Refused
from meetings.tables import Paper, StaffAccount, writing

_BESIDES_THE_FILE = 64 * 1024
_MEGABYTE = 1024 * 1024
_LARGEST_DISCARDED = 1024 * _MEGABYTE
_PATIENCE_SECONDS = 60

_WORDS = {
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


def in_words(refusal: Refused) -> str:
    """Why the file does not come in, and what to do."""
    settings: Settings = current_app.extensions["settings"]
    return str(_WORDS[refusal.fault]) % {"count": settings.paper_megabytes}


def status_of(refusal: Refused) -> int:
    """As HTTP has it."""
    return _STATUS.get(refusal.fault, 422)


@contextmanager
def received(
    check: Callable[[MultiDict[str, str]], None] = lambda form: None, *, is_browser: bool = False
) -> Iterator[tuple[MultiDict[str, str], store.NewVersion]]:
    """The form of this request and its one file, which goes to the disk as it arrives; raises `Refused`.

    `check` refuses by the form's other fields, before anything is kept.
    """
    settings: Settings = current_app.extensions["settings"]
    limit = settings.paper_megabytes * _MEGABYTE
    length = request.content_length or 0
    if length > limit + _BESIDES_THE_FILE:
        if is_browser:
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
        check(form)
        if len(files) != 1 or "file" not in files:
            raise Refused(Fault.EMPTY)
        incoming.file.flush()
        if incoming.path.stat().st_size > limit:
            raise Refused(Fault.TOO_LARGE)
        kept = vault.keep(settings.data_dir, incoming)
        yield form, _version(kept, files["file"].filename or "")


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


def add(
    account: StaffAccount, public_id: str, form: MultiDict[str, str], version: store.NewVersion
) -> tuple[Paper, Paper | None]:
    """A new last paper of the conference, and the one that has the very same content; without a title its file gives it."""
    now = datetime.now(UTC)
    with writing():
        conference = store.access_conference(account, public_id, store.Right.EDIT)
        title = " ".join(form.get("title", "").split())[:250] or names.title_of(version.file_name)
        form.setlist("title", [title])
        draft = store.read_paper(store.chosen_values(form, store.PAPER_FIELDS), conference)
        paper = store.add_paper(conference, draft, version, account.display_name, now)
        store.note_look(account, paper, 1, now)
    papers.announce(conference, store.readers_of(paper))
    return paper, store.same_content(conference, version.sha256, paper)


def add_version(account: StaffAccount, public_id: str, paper_id: int, version: store.NewVersion) -> Paper:
    """A newer file of a paper; raises `Invalid` when it is the one that is there."""

    def replace(paper: Paper) -> None:
        now = datetime.now(UTC)
        store.add_version(paper, version, account.display_name, now)
        store.note_look(account, paper, paper.current.number, now)

    return papers.changed(account, public_id, paper_id, replace)
