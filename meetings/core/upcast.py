"""Journal rows to events, whatever release wrote them.

Each released form of an event stays readable: `UPCAST[(kind, v)]` lifts the plain fields of form `v` to form `v + 1`.
The journals of each release are kept in `tests/core/journals/` and replayed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args

from . import events
from .codec import from_plain

Plain = dict[str, Any]

UPCAST: dict[tuple[str, int], Callable[[Plain], Plain]] = {}


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


EVENTS: dict[str, type[Any]] = {_snake(form.__name__): form for form in get_args(events.Event)}
KINDS: dict[type[Any], str] = {form: kind for kind, form in EVENTS.items()}


def event_from(kind: str, v: int, plain: Plain) -> events.Event:
    """The event of a journal row. Raises `KeyError` for a kind that no release knew, `ValueError` for a later form."""
    if v > events.EVENT_VERSION:
        raise ValueError(
            f"{kind} was recorded by a newer release (form {v}); this one reads up to {events.EVENT_VERSION}"
        )
    while v < events.EVENT_VERSION:
        lift = UPCAST.get((kind, v))
        plain = lift(plain) if lift else plain
        v += 1
    event: events.Event = from_plain(EVENTS[kind], plain)
    return event
