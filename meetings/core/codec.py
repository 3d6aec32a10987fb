"""Frozen dataclasses to plain JSON values and back, by their type hints alone.

Used for journal rows, for comparing states byte by byte (rule 29) and for commands from the wire, so reading is strict:
every field is checked, unknown ones are refused, a bool is not a number. `Malformed` names the field.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

MAX_TEXT = 2000
MAX_ITEMS = 50_000
"""More than the delegates of any conference: a journal that was written must be read again."""

MAX_INTEGER = 2**53


class Malformed(ValueError):
    """A value does not have the form its type asks for."""

    def __init__(self, path: str, wanted: str) -> None:
        super().__init__(f"{path or 'value'}: {wanted}")
        self.path = path
        self.wanted = wanted


def to_plain(value: Any) -> Any:
    """JSON values: dataclasses become objects, times ISO 8601 in UTC, sets sorted lists, mapping keys strings."""
    if is_dataclass(value):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, frozenset):
        return sorted(to_plain(v) for v in value)
    if isinstance(value, tuple | list):
        return [to_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): to_plain(value[k]) for k in sorted(value)}
    return value


def to_json(value: Any) -> str:
    """The same value gives the same bytes, in any process."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def from_plain(form: Any, plain: Any, path: str = "") -> Any:
    """A value of type `form` (dataclass, enum, scalar, tuple, frozenset, optional). Raises `Malformed`."""
    if isinstance(form, NewType):
        return from_plain(form.__supertype__, plain, path)
    origin = get_origin(form)
    if origin in (Union, types.UnionType):
        return _optional(form, plain, path)
    if origin is tuple:
        return tuple(_items(get_args(form)[0], plain, path))
    if origin is frozenset:
        return frozenset(_items(get_args(form)[0], plain, path))
    if is_dataclass(form):
        return _dataclass(form, plain, path)
    return _scalar(form, plain, path)


def _optional(form: Any, plain: Any, path: str) -> Any:
    if plain is None:
        return None
    inner = [a for a in get_args(form) if a is not type(None)]
    return from_plain(inner[0], plain, path)


def _items(form: Any, plain: Any, path: str) -> list[Any]:
    if not isinstance(plain, list) or len(plain) > MAX_ITEMS:
        raise Malformed(path, "list")
    return [from_plain(form, v, f"{path}[{i}]") for i, v in enumerate(plain)]


@cache
def _hints(form: Any) -> dict[str, Any]:
    return get_type_hints(form)


def _dataclass(form: Any, plain: Any, path: str) -> Any:
    if not isinstance(plain, dict):
        raise Malformed(path, "object")
    known = {f.name: f for f in fields(form)}
    for name in plain:
        if name not in known:
            raise Malformed(_join(path, str(name)[:40]), "unknown")
    values = {}
    for name, field in known.items():
        if name in plain:
            values[name] = from_plain(_hints(form)[name], plain[name], _join(path, name))
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Malformed(_join(path, name), "missing")
    return form(**values)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def is_text(plain: Any) -> bool:
    """Whether any database can keep it: no NUL, no half of a surrogate pair."""
    return isinstance(plain, str) and not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in plain)


def _instant(plain: str, path: str) -> datetime:
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        raise Malformed(path, "time") from None
    if at.tzinfo is None:
        raise Malformed(path, "time with its zone")
    return at


def _scalar(form: Any, plain: Any, path: str) -> Any:
    if form is bool and isinstance(plain, bool):
        return plain
    if form is int and isinstance(plain, int) and not isinstance(plain, bool) and abs(plain) <= MAX_INTEGER:
        return plain
    if form is str and is_text(plain) and len(plain) <= MAX_TEXT:
        return plain
    if form is datetime and isinstance(plain, str):
        return _instant(plain, path)
    if isinstance(form, type) and issubclass(form, Enum):
        try:
            return form(plain)
        except ValueError:
            raise Malformed(path, "one of " + ", ".join(str(m.value) for m in form)) from None
    raise Malformed(path, getattr(form, "__name__", str(form)))
