"""What a page says when it cannot do what was asked: in words, in both languages, never a traceback."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from meetings import both, links, store
from meetings.tables import db

_SAYS: dict[int, Callable[[], tuple[str, str]]] = {
    400: lambda: (
        _("Yêu cầu không hợp lệ"),
        _("Trang này không hiểu yêu cầu vừa gửi. Hãy quay lại và thử lại."),
    ),
    403: lambda: (
        _("Bạn không có quyền mở trang này"),
        _("Tài khoản đang đăng nhập không được làm việc này. Hãy đăng nhập bằng tài khoản có quyền."),
    ),
    404: lambda: (
        _("Không tìm thấy"),
        _("Địa chỉ này không có hội nghị hay trang nào. Hãy kiểm tra lại liên kết."),
    ),
    405: lambda: (
        _("Yêu cầu không hợp lệ"),
        _("Trang này không hiểu yêu cầu vừa gửi. Hãy quay lại và thử lại."),
    ),
    413: lambda: (
        _("Dữ liệu gửi lên quá lớn"),
        _("Hãy gửi nội dung ngắn hơn."),
    ),
    429: lambda: (
        _("Thử quá nhiều lần"),
        _("Hãy đợi một phút rồi thử lại."),
    ),
    500: lambda: (
        _("Có lỗi ở máy chủ"),
        _("Lỗi đã được ghi lại. Việc vừa làm chưa được lưu; hãy thử lại."),
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(store.Removed, _answer_removed)
    app.register_error_handler(store.NotFound, lambda _error: _answer(404))
    app.register_error_handler(sa.exc.DataError, _answer_unheard)
    app.register_error_handler(store.Forbidden, lambda _error: _answer(403))
    app.register_error_handler(links.LinkRefused, _answer_link)
    app.register_error_handler(store.Frozen, _answer_frozen)
    app.register_error_handler(CSRFError, _answer_csrf)
    app.register_error_handler(500, lambda _error: _answer(500))


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    return _answer(error.code)


def _answer_unheard(_error: sa.exc.DataError) -> ResponseReturnValue:
    """A database refuses even to look for what it cannot hold: a number too large, on PostgreSQL a NUL among words."""
    db.session.rollback()
    return _answer(404)


def _answer_removed(gone: store.Removed) -> ResponseReturnValue:
    return _page(404, _("Đã bị bỏ"), both.removed_words(gone, _("mục này")))


def _answer_link(error: links.LinkRefused) -> ResponseReturnValue:
    """To a page that is opened by a link, and asks with it."""
    said = (
        _("Liên kết này đã bị thu hồi. Hãy xin liên kết mới từ ban tổ chức.")
        if isinstance(error, links.RevokedLink)
        else _("Liên kết này không đúng. Hãy mở lại liên kết đầy đủ.")
    )
    return jsonify(error=error.code, message=said), 403


def _answer_frozen(_error: store.Frozen) -> ResponseReturnValue:
    return _page(409, _("Hội nghị đã mở cửa"), _("Thông tin, chương trình, điểm cầu và đại biểu đã chốt."))


def _answer_csrf(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, _("Trang đã cũ"), _("Trang được mở từ trước khi đăng nhập lại. Hãy tải lại trang rồi làm lại."))


def _answer(code: int) -> ResponseReturnValue:
    title, text = _SAYS.get(code, _SAYS[500 if code >= 500 else 400])()
    return _page(code, title, text)


def _page(code: int, title: str, text: str) -> ResponseReturnValue:
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(error=title, message=text), code
    return render_template("office/refusal.html", code=code, title=title, text=text), code
