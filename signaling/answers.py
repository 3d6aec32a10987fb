"""Every message of a page gets an answer: `{"ok": true, …}` or `{"ok": false, "code", "message"}`, in its language."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from flask import request
from flask_babel import force_locale, gettext

from meetings.core.codec import Malformed
from meetings.core.refusals import Refusal
from meetings.refusal_words import in_words, malformed_in_words
from meetings.tables import db
from signaling.connections import Connection
from signaling.media import MediaUnavailable

if TYPE_CHECKING:
    from signaling.handlers import Wire

log = logging.getLogger(__name__)

Answer = dict[str, Any]


class OfTheWire(Protocol):
    """Whoever handles messages of the live side."""

    wire: Wire


def refused(code: str, message: str) -> Answer:
    return {"ok": False, "code": code, "message": message}


def answered(handler: Callable[[Any, Connection, Any], Answer]) -> Callable[..., Answer]:
    """Whatever a page sends, it gets an answer in words, in its language, and no exception leaves the handler."""

    @wraps(handler)
    def answer(self: OfTheWire, *args: Any) -> Answer:
        connection = self.wire.connections.get(request.sid)  # type: ignore[attr-defined]
        if connection is None:
            return refused("not_seated", "")
        with force_locale(connection.lang):
            try:
                return handler(self, connection, args[0] if args else {})
            except Malformed as error:
                log.info("%s: malformed message: %s", connection.label, error)
                return refused("malformed", malformed_in_words(error.path))
            except Refusal as refusal:
                return refused(refusal.code, in_words(refusal))
            except MediaUnavailable as error:
                return refused(error.code, gettext("Máy chủ hình và tiếng đang khởi động lại."))
            except Exception:
                log.exception("%s: a message failed", connection.label)
                return refused("failed", gettext("Có lỗi ở máy chủ; việc vừa làm chưa được thực hiện."))
            finally:
                db.session.rollback()

    return answer
