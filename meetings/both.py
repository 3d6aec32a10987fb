"""Two who edit the same thing, on the pages of the office: a form says what it was filled in from, and both are shown.

Where the first has removed it, the second is told so and shown what they typed (`keeps_typed`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

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


View = Callable[..., ResponseReturnValue]


def keeps_typed(
    what: Any, fields: Mapping[str, Any], back: str, choices: Collection[str] = ()
) -> Callable[[View], View]:
    """Of a page with a form: who sends it when its thing is gone is told by whom and when, and shown what they typed.

    `what` names the thing in a sentence ("điểm cầu này"), `fields` gives the label of each field, `back` the page to go on
    from. `choices` are the fields in which nothing is typed.
    """

    def keeping(view: View) -> View:
        @wraps(view)
        def kept(**ids: Any) -> ResponseReturnValue:
            try:
                return view(**ids)
            except store.NotFound as gone:
                if request.method != "POST":
                    raise
                of_conference = {name: value for name, value in ids.items() if name == "public_id"}
                was = store.seen_values(request.form, fields)
                held = typed_values(name for name in fields if name not in choices)
                typed = {name: value for name, value in held.items() if value and value != was.get(name)}
                shown = render_template(
                    "office/removed.html",
                    what=what,
                    who_when=removed_words(gone, what),
                    names=fields,
                    typed=typed,
                    rest={name: value for name, value in held.items() if value and name not in typed},
                    back=url_for(back, **of_conference),
                    section="conferences" if of_conference else back.partition(".")[0],
                )
                return shown, 410

        return kept

    return keeping


def removed_words(gone: store.NotFound, what: Any) -> str:
    """By whom and when it was removed, as far as that is known."""
    if not isinstance(gone, store.Removed):
        return str(_("Không còn %(what)s: có thể người khác vừa bỏ.", what=what))
    at = gone.at.astimezone(ZoneInfo(current_app.extensions["settings"].timezone))
    who, hour, day = gone.by or _("Một người khác"), f"{at:%H:%M}", f"{at:%d/%m/%Y}"
    return str(_("%(who)s đã bỏ %(what)s lúc %(hour)s ngày %(day)s.", who=who, what=what, hour=hour, day=day))
