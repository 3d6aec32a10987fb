"""What the database promises: nothing lost, nothing half done, instants that keep their meaning."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask

from meetings.app import alembic
from meetings.tables import Conference, Person, Unit, database, db, writing
from meetings.tables.database import CACHE_KILOBYTES


def _conference(**values: object) -> Conference:
    opens_at = datetime(2020, 7, 16, 1, 0, tzinfo=UTC)
    given: dict[str, object] = {
        "title": "Hội nghị sơ kết",
        "short_title": "Sơ kết",
        "organiser": "Ban Tổ chức Tỉnh ủy",
        "kind": "Sơ kết",
        "opens_at": opens_at,
        "ends_at": opens_at + timedelta(hours=3),
        "place": "Hội trường tỉnh",
    }
    return Conference(**{**given, **values})


def test_no_increment_of_eight_threads_is_lost(app: Flask) -> None:
    with writing() as session:
        session.add(Unit(id=1, name="Đếm", short_name="Đếm", kind="", level="", map_row=0))

    def increment_hundred_times() -> None:
        for _ in range(100):
            with app.app_context(), writing() as session:
                unit = session.get_one(Unit, 1)
                assert unit.map_row is not None
                unit.map_row += 1

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(increment_hundred_times) for _ in range(8)]:
            done.result()
    assert db.session.get_one(Unit, 1).map_row == 800


def test_a_writer_that_waits_too_long_fails_and_the_next_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 1)
    db.engine.dispose()

    def write() -> None:
        with app.app_context(), writing() as session:
            session.add(Person(title="Trưởng ban", body=""))

    with ThreadPoolExecutor(1) as thread:
        with writing() as session:
            session.flush()
            with pytest.raises(sa.exc.OperationalError):
                thread.submit(write).result()
        thread.submit(write).result()


def test_a_failed_write_changes_nothing(app: Flask) -> None:
    def write_and_fail() -> None:
        with writing() as session:
            session.add(Person(title="Trưởng ban", body="Ban Tổ chức"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


def test_a_reader_is_not_held_up_by_a_writer(app: Flask) -> None:
    with writing() as session:
        session.add(_conference())
        session.flush()
        with ThreadPoolExecutor(1) as thread:

            def count() -> int | None:
                with app.app_context():
                    return db.session.scalar(sa.select(sa.func.count()).select_from(Conference))

            assert thread.submit(count).result(timeout=5) == 0


def test_an_instant_comes_back_in_utc(app: Flask) -> None:
    hanoi = timezone(timedelta(hours=7))
    with writing() as session:
        session.add(_conference(opens_at=datetime(2020, 7, 16, 8, 0, tzinfo=hanoi)))
    conference = db.session.scalars(sa.select(Conference)).one()
    assert conference.opens_at == datetime(2020, 7, 16, 1, 0, tzinfo=UTC)
    assert conference.opens_at.tzinfo is UTC


def test_a_naive_instant_is_refused(app: Flask) -> None:
    def write_naive() -> None:
        with writing() as session:
            session.add(_conference(opens_at=datetime(2020, 7, 16, 8, 0)))

    with pytest.raises(sa.exc.StatementError):
        write_naive()


def test_the_migrations_make_the_tables_of_the_code(app: Flask) -> None:
    """On PostgreSQL the database is a copy of one that the migrations have made."""
    assert alembic.compare_metadata() == []


def test_of_twenty_connections_few_are_used(app: Flask) -> None:
    with db.engine.connect() as first, db.engine.connect() as second:
        mine = [each.connection.dbapi_connection for each in (first, second)]
    for _ in range(2):
        with db.engine.connect() as again:
            assert again.connection.dbapi_connection is mine[0], "the last one that was returned"


@pytest.mark.only_on("sqlite")
def test_twenty_connections_do_not_keep_the_same_pages_twenty_times(app: Flask) -> None:
    assert db.session.scalar(sa.text("PRAGMA cache_size")) == -CACHE_KILOBYTES


@pytest.mark.only_on("sqlite")
def test_power_loss_keeps_what_was_committed(app: Flask) -> None:
    settings = {
        name: db.session.scalar(sa.text(f"PRAGMA {name}")) for name in ("synchronous", "journal_mode", "foreign_keys")
    }
    assert settings == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}
