"""Who comes into a conference when, as it is prepared: admission, the time for all, the ceiling (rules 37-40)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from meetings.core.setup import EntrySettings
from meetings.core.vocabulary import Admission
from meetings.store.forms import Reader, as_fields
from meetings.store.versions import count_save
from meetings.tables import Conference, EntryRules, db

LONGEST_MINUTES = 24 * 60
LARGEST_CEILING = 1000


@dataclass(frozen=True)
class EntryDraft:
    admission: Admission = Admission.AUTOMATIC
    admits_minutes: int | None = None
    ceiling: int | None = None


def entry_rules_of(conference_id: int) -> EntryRules:
    """The row of a conference; of one that has none yet the defaults, as version 0."""
    return db.session.get(EntryRules, conference_id) or EntryRules(
        conference_id=conference_id, version=0, saved_by="", **vars(EntryDraft())
    )


def entry_draft(conference_id: int) -> EntryDraft:
    """What was prepared, or the defaults."""
    row = entry_rules_of(conference_id)
    return EntryDraft(row.admission, row.admits_minutes, row.ceiling)


def entry_values(rules: EntryRules) -> dict[str, str]:
    """The rules as their form shows them."""
    return as_fields({name: getattr(rules, name) for name in EntryDraft.__dataclass_fields__})


def entry_of(conference: Conference) -> EntrySettings:
    """What is frozen when the doors open."""
    draft = entry_draft(conference.id)
    is_timed = draft.admission is Admission.BY_DESK and draft.admits_minutes is not None
    at = conference.opens_at - timedelta(minutes=draft.admits_minutes or 0) if is_timed else None
    return EntrySettings(draft.admission, at, draft.ceiling)


def read_entry(form: Mapping[str, str]) -> EntryDraft:
    """Raises `Invalid`."""
    reader = Reader(form)
    draft = EntryDraft(
        reader.word("admission", Admission),
        reader.number_or_none("admits_minutes", 0, LONGEST_MINUTES),
        reader.number_or_none("ceiling", 1, LARGEST_CEILING),
    )
    reader.finish()
    return draft


def save_entry(conference_id: int, draft: EntryDraft, seen_version: int, by: str) -> None:
    """Inside `writing()`, before the doors open. Raises `Overwritten` when somebody has saved them since they were seen."""
    row = entry_rules_of(conference_id)
    count_save(row, seen_version, by)
    db.session.add(row)
    row.admission, row.admits_minutes, row.ceiling = draft.admission, draft.admits_minutes, draft.ceiling
