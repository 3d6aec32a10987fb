"""Notes of speeches: saved while they are written, merged when two write at once."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from meetings.core.merging import merged
from meetings.tables import SpeechNote, db, writing

LONGEST = 20_000


class TooLong(ValueError):
    """The note is longer than `LONGEST` characters."""


@dataclass(frozen=True)
class Note:
    request_id: int
    text: str
    version: int
    saved_at: datetime
    saved_by: str


def save(conference_id: int, request_id: int, text: str, base: str, author: str, now: datetime) -> Note:
    """Saves `text`, which its writer began from `base`. What others saved meanwhile is merged in. Raises `TooLong`."""
    if max(len(text), len(base)) > LONGEST:
        raise TooLong
    with writing() as session:
        row = session.get(SpeechNote, (conference_id, request_id), with_for_update=True)
        if row is None:
            row = SpeechNote(conference_id=conference_id, request_id=request_id, text="", version=0)
            session.add(row)
        both = merged(base, row.text, text)
        if len(both) > LONGEST:
            raise TooLong
        if both != row.text or not row.version:
            row.text, row.version, row.saved_at, row.saved_by = both, row.version + 1, now, author
        return _note(row)


def of_conference(conference_id: int) -> list[Note]:
    rows = sa.select(SpeechNote).where(SpeechNote.conference_id == conference_id).order_by(SpeechNote.request_id)
    return [_note(row) for row in db.session.scalars(rows)]


def _note(row: SpeechNote) -> Note:
    return Note(row.request_id, row.text, row.version, row.saved_at, row.saved_by)
