"""Two who edit the same thing, on the pages of the office: a form says what it was filled in from, and both are shown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from meetings import store
from meetings.tables import Conference, Versioned


@dataclass(frozen=True)
class Seen:
    """What a form was filled in from: the version, and what stood in each field then."""

    version: int
    was: Mapping[str, str]


def seen(row: Versioned, values: Mapping[str, str]) -> Seen:
    """What the form that was sent has seen; of a page that is opened, the `row` as its `values` tell it."""
    if "version" not in request.form:
        return Seen(row.version, values)
    return Seen(seen_version(), {**values, **store.seen_values(request.form, values)})


def seen_version() -> int:
    return request.form.get("version", 0, type=int)


def typed_values(names: Iterable[str]) -> dict[str, str]:
    """What the form that was sent says of each field."""
    return store.chosen_values(request.form, names)


def both_shown(
    row: Versioned,
    what: str,
    fields: Mapping[str, Any],
    theirs: Mapping[str, str],
    back: str,
    conference: Conference | None = None,
    in_words: Mapping[str, Callable[[str], Any]] | None = None,
    **page: Any,
) -> ResponseReturnValue:
    """Both, field by field: nothing that was typed is lost.

    `what` names the thing in a sentence, `fields` gives the label of each field, `theirs` what the `row` says now,
    `in_words` how the value of a field is told to people where it is no words itself.
    """
    typed = typed_values(fields)
    shown = render_template(
        "office/both.html",
        row=row,
        what=what,
        names=fields,
        typed=typed,
        differences=store.differences(store.seen_values(request.form, fields), typed, theirs),
        in_words=in_words or {},
        back=back,
        conference=conference,
        is_frozen=conference is not None and store.is_frozen(conference),
        **page,
    )
    return shown, 409
