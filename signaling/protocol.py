"""Wire to command, validated; pure. PROTOCOL.md lists the commands; the tests hold the two together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, get_args

from meetings.core import commands as c
from meetings.core.codec import Malformed, from_plain, is_text

MAX_ID = 80

NOT_ON_THE_WIRE = (
    *(c.GoOnAir, c.CutSpeech, c.PassHeldSpeech, c.OpenDoors),
    *(c.ReportConnected, c.ReportDisconnected, c.HoldSpeech, c.ContinueSpeech),
)
"""Issued by the server itself. `open_doors` is asked by name; its structure comes from the tables."""

OPEN_DOORS = "open_doors"


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


COMMANDS: dict[str, type[Any]] = {
    _snake(form.__name__): form for form in get_args(c.Command) if form not in NOT_ON_THE_WIRE
}


@dataclass(frozen=True)
class Asked:
    """A command as a page asked for it. `command` is None for `open_doors`."""

    id: str
    command: c.Command | None


def asked_command(message: Any) -> Asked:
    """The command of a `command` message. Raises `Malformed`, which names the field."""
    message = fields(message, {"id": str, "name": str}, {"args": dict})
    if not 0 < len(message["id"]) <= MAX_ID:
        raise Malformed("id", f"1 to {MAX_ID} characters")
    name, args = message["name"], message.get("args", {})
    if name == OPEN_DOORS:
        fields(args, {})
        return Asked(message["id"], None)
    if name not in COMMANDS:
        raise Malformed("name", "unknown")
    return Asked(message["id"], from_plain(COMMANDS[name], args, "args"))


def fields(
    message: Any, required: dict[str, type[Any]], optional: dict[str, type[Any]] | None = None
) -> dict[str, Any]:
    """`message` itself when it is an object of just these fields with just these types. Raises `Malformed`."""
    optional = optional or {}
    if not isinstance(message, dict):
        raise Malformed("", "object")
    for name, value in message.items():
        form = required.get(name) or optional.get(name)
        if form is None:
            raise Malformed(str(name)[:40], "unknown")
        if value is None and name in optional:
            continue
        if not isinstance(value, form) or (form is bool) != isinstance(value, bool):
            raise Malformed(name, form.__name__)
        if form is str and not is_text(value):
            raise Malformed(name, "text")
    for name in required:
        if name not in message:
            raise Malformed(name, "missing")
    return message
