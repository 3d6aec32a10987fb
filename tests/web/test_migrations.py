"""An older database is brought up to date, and a copy of it is kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

from flask import Flask

from meetings.app import alembic, create_app
from meetings.tables import db

FIRST = "0001"


def _app(folder: Path) -> Flask:
    return create_app({"DATA_DIR": folder, "TESTING": True})


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def _copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("before-*.db"))


def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    _close(_app(tmp_path))
    assert _copies(tmp_path) == []


def test_a_current_database_is_left_alone(tmp_path: Path) -> None:
    _close(_app(tmp_path))
    _close(_app(tmp_path))
    assert _copies(tmp_path) == []


def test_an_older_database_is_copied_first_and_then_migrated(tmp_path: Path) -> None:
    """Stand in for an older release: the first tables with a row in them, called by an older revision's name."""
    _close(_app(tmp_path))
    file = tmp_path / "diem-cau.db"
    with closing(sqlite3.connect(file)) as old:
        old.execute("INSERT INTO person (title, body) VALUES ('Trưởng ban', 'Ban Tổ chức')")
        old.commit()
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "0002_test.py").write_text(
        'revision, down_revision, branch_labels, depends_on = "test2", "'
        + _head(tmp_path)
        + '", None, None\nfrom alembic import op\nimport sqlalchemy as sa\n'
        "def upgrade():\n"
        '    with op.batch_alter_table("person", recreate="always") as batch:\n'
        '        batch.add_column(sa.Column("note", sa.String(10)))\n'
    )
    app = create_app(
        {"DATA_DIR": tmp_path, "TESTING": True, "ALEMBIC": {"version_locations": [str(newer)]}},
    )
    _close(app)
    (copy,) = _copies(tmp_path)
    with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(copy)) as before:
        assert now.execute("SELECT title, note FROM person").fetchall() == [("Trưởng ban", None)]
        assert before.execute("SELECT title FROM person").fetchall() == [("Trưởng ban",)]
        assert now.execute("PRAGMA foreign_key_check").fetchall() == []


def _head(folder: Path) -> str:
    app = _app(folder)
    with app.app_context():
        revision: str = alembic.heads()[0].revision
        db.engine.dispose()
    return revision


def test_a_failed_migration_changes_nothing(tmp_path: Path) -> None:
    _close(_app(tmp_path))
    head = _head(tmp_path)
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "0002_test.py").write_text(
        f'revision, down_revision, branch_labels, depends_on = "test2", "{head}", None, None\n'
        "from alembic import op\n"
        "def upgrade():\n"
        '    op.drop_table("register_name")\n'
        "    raise RuntimeError\n"
    )
    options = {"DATA_DIR": tmp_path, "TESTING": True, "ALEMBIC": {"version_locations": [str(newer)]}}
    try:
        create_app(options)
    except RuntimeError:
        pass
    else:
        raise AssertionError("the migration did not fail")
    with closing(sqlite3.connect(tmp_path / "diem-cau.db")) as database:
        assert database.execute("SELECT count(*) FROM register_name").fetchone() == (0,)
