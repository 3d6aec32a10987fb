"""An older database takes the lines' incidents in, and a conference that is deleted takes its own away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from meetings import incidents, store
from meetings.app import alembic, migrate
from meetings.core.vocabulary import LineKind, SiteId
from meetings.incidents import Incident
from meetings.tables import Conference, LineIncident, db, writing

AT = datetime(2020, 7, 16, 1, 0, tzinfo=UTC)


def _conference() -> Conference:
    draft = store.ConferenceDraft(
        "Hội nghị", "Hội nghị", "Ban", "Sơ kết", "Hội trường", AT, AT + timedelta(hours=2), 300
    )
    with writing():
        return store.create_conference(draft)


@contextmanager
def _keys_not_enforced() -> Iterator[None]:
    """SQLite alone: a batch migration drops tables, which cascades while the keys are enforced."""
    connection = alembic.migration_context.connection
    assert connection is not None
    is_sqlite = connection.dialect.name == "sqlite"
    connection.rollback()
    if is_sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    yield
    if is_sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


def test_a_database_from_before_them_is_brought_up_to_date(app: Flask) -> None:
    conference = _conference()
    here = SiteId(conference.sites[0].id)
    conference_id = conference.id
    db.session.close()
    with _keys_not_enforced():
        alembic.downgrade("0002")
    assert "line_incident" not in sa.inspect(db.engine).get_table_names()
    migrate(app)
    happened = [Incident(here, AT, LineKind.WEAK, {"rtt_ms": 210, "loss_up": 0.04, "limited_by": "bandwidth"})]
    incidents.add(conference_id, happened)
    assert incidents.of_site(conference_id, here) == happened
    assert alembic.compare_metadata() == []


def test_a_deleted_conference_takes_its_incidents_away(app: Flask) -> None:
    conference = _conference()
    incidents.add(conference.id, [Incident(SiteId(conference.sites[0].id), AT, LineKind.LOST, {})])
    with writing() as session:
        session.delete(session.merge(conference))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LineIncident)) == 0
