"""What a new conference may begin as: its kind, usual length, limits and a skeleton of the agenda. Data, not code.

`meetings/data/conference_templates.json` ships; a file of the same name in `DATA_DIR` takes its place.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app

from meetings.store.agenda import ItemDraft, add_item
from meetings.tables import Conference, ItemKind, searchable

_FILE = "conference_templates.json"
_SHIPPED = Path(__file__).parents[1] / "data" / _FILE


@dataclass(frozen=True)
class TemplateItem:
    draft: ItemDraft
    parts: tuple["TemplateItem", ...] = ()


@dataclass(frozen=True)
class Template:
    """`longest_minutes` is the rule's limit, None where none is known; `rule` says which."""

    key: str
    kind: str
    title: str
    length_minutes: int
    longest_minutes: int | None
    rule: str
    speech_minutes: int
    items: tuple[TemplateItem, ...] = field(repr=False)


def templates() -> tuple[Template, ...]:
    own = Path(current_app.extensions["settings"].data_dir) / _FILE
    return _read(own if own.exists() else _SHIPPED)


def template_of(key: str) -> Template | None:
    return next((template for template in templates() if template.key == key), None)


def template_of_kind(kind: str) -> Template | None:
    """The template of a conference's kind, however it is written."""
    wanted = searchable(kind)
    return next((template for template in templates() if searchable(template.kind) == wanted), None)


def lay_out_agenda(conference: Conference, template: Template) -> None:
    for one in template.items:
        parent = add_item(conference, one.draft)
        for part in one.parts:
            add_item(conference, part.draft, parent)


@cache
def _read(path: Path) -> tuple[Template, ...]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Template(
            key=row["key"],
            kind=row["kind"],
            title=row["title"],
            length_minutes=row["length_minutes"],
            longest_minutes=row["longest_minutes"],
            rule=row["rule"],
            speech_minutes=row["speech_minutes"],
            items=tuple(_item(one) for one in row["items"]),
        )
        for row in rows
    )


def _item(row: dict[str, Any]) -> TemplateItem:
    speech_minutes = row.get("speech_minutes")
    draft = ItemDraft(
        title=row["title"],
        kind=ItemKind(row["kind"]),
        planned_minutes=row["minutes"],
        speech_limit_seconds=speech_minutes * 60 if speech_minutes else None,
        script_say=row.get("say", ""),
        script_do=row.get("do", ""),
    )
    return TemplateItem(draft, tuple(_item(one) for one in row.get("items", ())))
