"""Two who edit the same thing: the second is shown both and loses nothing, or that it was removed, by whom and when.

A form carries the version it was filled in from and what stood in each field then. When somebody has saved meanwhile, the
fields that differ are told one by one (`differences`): the form's owner chooses for each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from werkzeug.datastructures import MultiDict

from meetings.store.forms import as_kept
from meetings.tables import Removable, Removal, Versioned, db


class Overwritten(Exception):
    """Somebody else has saved it since it was seen."""


def count_list(row: Versioned) -> None:
    """Called after a list has been put in: counts a save where it has changed anything of a row that was there."""
    if row in db.session.dirty and db.session.is_modified(row):
        count_save(row, row.version, "")


def remove(row: Removable, by: str) -> None:
    """Called inside `writing()`: it goes; who removed it is kept for whoever still writes of it."""
    note_removal(row, by)
    db.session.delete(row)


def note_removal(row: Removable, by: str) -> None:
    """For what goes with something else, or only out of sight."""
    db.session.merge(Removal(kind=row.__tablename__, row_id=row.id, removed_by=by, removed_at=datetime.now(UTC)))


@dataclass(frozen=True)
class Difference:
    """One field of which there are two. `is_contested`: both have changed it; else only the one that is `chosen`."""

    name: str
    mine: str
    theirs: str
    chosen: str
    is_contested: bool


def count_save(row: Versioned, seen: int, by: str) -> None:
    """Called inside `writing()`, before what is saved. Raises `Overwritten` when `seen` is not the version that is there."""
    if row.version != seen:
        raise Overwritten
    row.version, row.saved_by = row.version + 1, by


def differences(was: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[Difference]:
    """The fields of `theirs` in which the two differ; what only one of them changed is chosen from that one."""
    found = []
    for name, other in theirs.items():
        own = mine.get(name, "")
        if own == other:
            continue
        is_own_change = name not in was or own != was[name]
        is_contested = is_own_change and (name not in was or other != was[name])
        found.append(Difference(name, own, other, "mine" if is_own_change else "theirs", is_contested))
    return found


def chosen_values(form: MultiDict[str, str], names: Iterable[str]) -> dict[str, str]:
    """What a form says of each field; after both were shown, the one that `use_<name>` chooses.

    Of a field that stands several times in the form each filled one is a line.
    """
    values = {}
    for name in names:
        use = form.get(f"use_{name}", "")
        given = form.getlist(f"{use}_{name}" if use in ("mine", "theirs") else name)
        values[name] = as_kept("\n".join(line for line in given if line.strip()))
    return values


def seen_values(form: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """What stood in each field when the form was opened, as far as it says so."""
    return {name: as_kept(form[f"was_{name}"]) for name in names if f"was_{name}" in form}
