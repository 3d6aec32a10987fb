"""An older database is brought up to date; of SQLite a copy is kept."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from meetings import store
from meetings.app import alembic, create_app
from meetings.tables import Conference, Site, db, writing
from tests.databases import Databases

Start = Callable[..., Flask]

COLUMN = (
    '    with op.batch_alter_table("person", recreate="auto") as batch:\n'
    '        batch.add_column(sa.Column("note", sa.String(10)))\n'
)
FAILURE = '    op.drop_table("register_name")\n    raise RuntimeError\n'


@pytest.fixture
def start(tmp_path: Path, databases: Databases) -> Start:
    """Starts the application on one database, again and again; what it is given goes into its configuration."""
    url = databases.new()

    def start(**more: Any) -> Flask:
        return create_app({"DATA_DIR": tmp_path, "DATABASE_URL": url, "TESTING": True, **more})

    return start


def _ask(app: Flask, *statements: str) -> list[Any]:
    """What the last statement gives."""
    with app.app_context():
        with db.engine.begin() as connection:
            rows = [connection.execute(sa.text(statement)) for statement in statements][-1]
            answer = [tuple(row) for row in rows] if rows.returns_rows else []
        db.engine.dispose()
    return answer


def _copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("before-*.db"))


def _newer(folder: Path, app: Flask, upgrade: str) -> dict[str, Any]:
    """The configuration of a newer release, which has one more migration."""
    versions = folder / "newer"
    versions.mkdir()
    with app.app_context():
        head = alembic.heads()[0].revision
    (versions / "9999_test.py").write_text(
        f'revision, down_revision, branch_labels, depends_on = "test2", "{head}", None, None\n'
        f"from alembic import op\nimport sqlalchemy as sa\ndef upgrade():\n{upgrade}"
    )
    return {"ALEMBIC": {"version_locations": [str(versions)]}}


def _conference() -> Conference:
    now = datetime.now(UTC)
    draft = store.ConferenceDraft("Sơ kết", "Sơ kết", "Ban", "a", "b", now, now + timedelta(hours=1), 300)
    return store.create_conference(draft, store.templates()[0])


def _add_site(conference: Conference, name: str) -> Site:
    return store.add_site(conference, store.SiteDraft(name, name, name, "", None, None, None, None))


def test_a_new_or_current_database_needs_no_copy(start: Start, tmp_path: Path) -> None:
    for _ in range(2):
        _ask(start(), "SELECT 1")
        assert _copies(tmp_path) == []


def test_an_older_database_is_migrated_with_its_rows(start: Start, tmp_path: Path) -> None:
    older = start()
    _ask(older, "INSERT INTO person (title, body) VALUES ('Trưởng ban', 'Ban Tổ chức')")
    newer = start(**_newer(tmp_path, older, COLUMN))
    assert _ask(newer, "SELECT title, note FROM person") == [("Trưởng ban", None)]


@pytest.mark.only_on("sqlite")
def test_of_an_older_sqlite_database_a_copy_is_kept(start: Start, tmp_path: Path) -> None:
    older = start()
    _ask(older, "INSERT INTO person (title, body) VALUES ('Trưởng ban', 'Ban Tổ chức')")
    newer = start(**_newer(tmp_path, older, COLUMN.replace("auto", "always")))
    assert _ask(newer, "PRAGMA foreign_key_check") == []
    (copy,) = _copies(tmp_path)
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("SELECT title FROM person").fetchall() == [("Trưởng ban",)]


def test_a_failed_migration_changes_nothing(start: Start, tmp_path: Path) -> None:
    older = start()
    with pytest.raises(RuntimeError):
        start(**_newer(tmp_path, older, FAILURE))
    assert _ask(older, "SELECT count(*) FROM register_name") == [(0,)]


def test_rehearsals_of_before_are_known_by_their_titles(start: Start) -> None:
    app = start()
    with app.app_context():
        with writing():
            made = _conference()
            _add_site(made, "Xã")
            store.create_rehearsal(made, datetime.now(UTC))
            made_id = made.id
        db.session.close()
        alembic.downgrade("0014")
        alembic.upgrade()
        known = sa.text("SELECT rehearsal_of_id FROM conference ORDER BY id")
        assert list(db.session.scalars(known)) == [None, made_id]
        db.session.close()
        db.engine.dispose()


def test_the_number_of_what_was_removed_is_given_to_no_other(start: Start) -> None:
    app = start()
    with app.app_context():
        with writing():
            made = _conference()
            newest = [_add_site(made, name) for name in ("Xã", "Phường", "Đặc khu")][-1].id
            made_id = made.id
        db.session.close()
        db.engine.dispose()
    _ask(app, f"DELETE FROM site WHERE id = {newest}")
    with app.app_context():
        with writing():
            made = db.session.get_one(Conference, made_id)
            assert _add_site(made, "Thôn").id > newest
        db.session.close()
        db.engine.dispose()


@pytest.mark.only_on("sqlite")
def test_tables_that_are_made_anew_keep_their_rows(start: Start) -> None:
    app = start()
    with app.app_context():
        alembic.downgrade("0021")
        assert "AUTOINCREMENT" not in str(
            db.session.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'site'"))
        )
        with writing():
            _add_site(_conference(), "Xã")
        db.session.close()
        db.engine.dispose()
    counted = "SELECT (SELECT count(*) FROM site), (SELECT count(*) FROM site_link), (SELECT count(*) FROM agenda_item)"
    before = _ask(app, counted)
    again = start()
    assert _ask(again, counted) == before and before[0][0] == 2
    with again.app_context():
        assert "AUTOINCREMENT" in str(db.session.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'site'")))
        assert alembic.compare_metadata() == []
        db.session.close()
        db.engine.dispose()
