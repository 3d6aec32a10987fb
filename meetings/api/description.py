"""What every part of the API shares: who asks, how faults are told, and the OpenAPI description."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, g, jsonify, request
from flask_babel import gettext as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.model_adapter.protocol import ModelAdapter, SchemaMode
from spectree.model_adapter.pydantic_adapter import PydanticModelAdapter
from spectree.models import SecureType, SecuritySchemeData
from werkzeug.exceptions import HTTPException

from meetings import __version__, accounts, api_tokens, store
from meetings.lists.delegates import Twin
from meetings.store import answers as point_answers
from meetings.store import invitations as texts
from meetings.tables import StaffAccount, db

PREFIX = "/api/v1"
DESCRIPTION_PATH = "api/description"
SPEC_PATH = f"/{DESCRIPTION_PATH}/openapi.json"

View = Callable[..., Any]
File = Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})]
Instant = Annotated[AwareDatetime, PlainSerializer(lambda moment: moment.astimezone(UTC).isoformat(), return_type=str)]
"""A moment with its zone; answers give UTC."""


class Part(BaseModel):
    """What the API takes and gives: no field it does not know."""

    model_config = ConfigDict(extra="forbid", str_max_length=50_000)


class Fault(Part):
    """Why something was not done: `error` for programs, `message` for people, `fields` by the name of each field."""

    error: str
    message: str
    fields: dict[str, str] = Field(default_factory=dict)


class Malformed(Exception):
    """The request does not have the shape that the description gives."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields


def _raise_malformed(_request: Any, _answer: Any, error: Any, *_rest: Any) -> None:
    if error is not None:
        raise Malformed({".".join(str(step) for step in fault["loc"]): fault["msg"] for fault in error.errors()})


class _Schemas(PydanticModelAdapter):
    """Works the schema of a model out once: a hundred operations share a few, and that was a third of the start."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[tuple[Any, ...], dict[str, Any]] = {}

    def json_schema(self, model: type[Any], *, ref_template: str, mode: SchemaMode = "validation") -> dict[str, Any]:
        key = model, ref_template, mode
        if key not in self._kept:
            self._kept[key] = super().json_schema(model, ref_template=ref_template, mode=mode)
        return self._kept[key]


_schemas: ModelAdapter[Any, Any, Any] = _Schemas()

description = SpecTree(
    "flask",
    model_adapter=_schemas,
    title="Điểm Cầu",
    version=__version__,
    path=DESCRIPTION_PATH,
    page_templates={},
    mode="strict",
    before=_raise_malformed,
    validation_error_model=Fault,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security=[{"token": []}],
)


def answers(**models: Any) -> Answers:
    """The answers of an operation: its own and the faults that any may give."""
    return Answers(
        **models,
        **{f"HTTP_{code}": Fault for code in (400, 401, 403, 404, 409, 413, 415, 429) if f"HTTP_{code}" not in models},
    )


def takes_file(form: type[Part], tags: list[str], **models: Any) -> Callable[[View], View]:
    """The description of an operation that takes `form` with a file; it reads the request itself, as it arrives."""

    def describe(view: View) -> View:
        described: View = description.validate(form=form, resp=answers(**models), tags=tags, skip_validation=True)(view)
        _take_files.add(described)
        return described

    return describe


_take_files: set[View] = set()


def hand_over(file: Response) -> NoReturn:
    """End the request with this file as it is; a view that returned it would have it read into memory."""
    abort(file)


def new_blueprint(name: str, **names: str) -> Blueprint:
    """A part of the API: only for those who show a token, faults as JSON.

    `names`: the fields of its forms whose values it gives another name.
    """
    blueprint = Blueprint(f"api_{name}", __name__, url_prefix=PREFIX)
    blueprint.before_request(_let_in)
    blueprint.register_error_handler(Malformed, _answer_malformed)
    blueprint.register_error_handler(store.Invalid, _answering_invalid({**_NAMES, **names}))
    blueprint.register_error_handler(sa.exc.DataError, _answer_unheard)
    blueprint.register_error_handler(HTTPException, _answer_http)
    for kind, (code, error) in _FAULTS.items():
        blueprint.register_error_handler(kind, _answering(code, error))
    return blueprint


_FAULTS: Mapping[type[Exception], tuple[int, str]] = {
    store.NotFound: (404, "not_found"),
    store.Forbidden: (403, "forbidden"),
    store.Frozen: (409, "frozen"),
    store.Overwritten: (409, "overwritten"),
    store.HoldsSecrets: (422, "holds_secrets"),
    texts.Overtaken: (409, "overwritten"),
    Twin: (409, "twin"),
    point_answers.WouldLose: (409, "would_lose"),
}


def _words(error: str) -> str:
    words: dict[str, str] = {
        "unauthorised": _("Cần mã của tài khoản trong Authorization: Bearer."),
        "not_json": _("Nội dung phải là JSON."),
        "not_multipart": _("Nội dung phải là một biểu mẫu có tệp (multipart/form-data)."),
        "twin": _("Đại biểu này đã có trong danh sách. Hãy gửi lại với twin là merge (gộp) hoặc add (vẫn thêm)."),
        "would_lose": _(
            "Điểm cầu này đã trả lời hoặc đã có danh sách: bỏ thì mất theo. Muốn bỏ, hãy gửi lại với confirmed=true."
        ),
        "not_found": _("Không có mục này."),
        "forbidden": _("Tài khoản của mã này không được làm việc đó."),
        "frozen": _("Hội nghị đã mở cửa: thông tin, chương trình, điểm cầu và đại biểu đã chốt."),
        "overwritten": _("Người khác vừa sửa mục này. Hãy đọc lại rồi sửa."),
        "holds_secrets": _("Nội dung bí mật nhà nước không được đưa vào hệ thống này."),
        "malformed": _("Yêu cầu không đúng mô tả."),
        "invalid": _("Có ô chưa đúng."),
        "refused_file": _("Không nhận tệp này."),
        "too_large": _("Dữ liệu gửi lên quá lớn"),
        "too_often": _("Thử quá nhiều lần"),
        "server": _("Có lỗi ở máy chủ"),
    }
    return words[error]


def fault(code: int, error: str, fields: Mapping[str, str] | None = None) -> Response:
    answer = jsonify(Fault(error=error, message=_words(error), fields=dict(fields or {})).model_dump())
    answer.status_code = code
    return answer


def _answering(code: int, error: str) -> Any:
    return lambda _error: fault(code, error)


def _answer_malformed(error: Malformed) -> Response:
    return fault(422, "malformed", error.fields)


def _answer_unheard(_error: sa.exc.DataError) -> Response:
    """As the pages tell it (`meetings.web.refusals`): there is no such thing."""
    db.session.rollback()
    return fault(404, "not_found")


def _answer_http(error: HTTPException) -> Response:
    code = error.code or 500
    return fault(code, {413: "too_large", 429: "too_often"}.get(code, "malformed" if code < 500 else "server"))


# The fields of a form whose values the API gives another name.
_NAMES = {"day": "opens_at", "opens": "opens_at", "ends": "ends_at", "limit_minutes": "speech_limit_minutes"}


def _answering_invalid(names: Mapping[str, str]) -> Callable[[store.Invalid], Response]:
    return lambda error: fault(422, "invalid", {names.get(name, name): text for name, text in error.errors.items()})


def _let_in() -> Response | None:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    account = api_tokens.account_of(text.strip(), datetime.now(UTC)) if scheme.lower() == "bearer" else None
    if account is None:
        answer = fault(401, "unauthorised")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    g.api_account_id = account.id
    takes_file = current_app.view_functions[request.endpoint or ""] in _take_files
    if takes_file and request.mimetype != "multipart/form-data":
        return fault(415, "not_multipart")
    if request.content_length and not takes_file and request.mimetype != "application/json":
        return fault(415, "not_json")
    return None


def caller() -> StaffAccount:
    """Whose token this request shows."""
    account = accounts.account_numbered(g.api_account_id)
    if account is None:
        raise store.Forbidden
    return account


def zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)


def base() -> str:
    """This program's address as whoever asks has it."""
    return request.host_url.rstrip("/")


def told(row: Any, form: type[Part], but: Collection[str] = ()) -> dict[str, Any]:
    """The fields of `form`, as a row has them by the same names; `but` those that are told otherwise."""
    return {name: getattr(row, name) for name in form.model_fields if name not in but}
