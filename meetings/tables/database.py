"""The database: typed tables, the engine's settings, and `writing()`.

SQLite is set up so that no increment is lost: the driver's own transaction handling is off, every
transaction begins explicitly, and one that will write begins with BEGIN IMMEDIATE, so that it reads what
it changes under the write lock. Readers begin deferred and are never serialised (WAL). `synchronous=FULL`
keeps an acknowledged command through a power loss. PostgreSQL gets the same promise by one lock that every
write transaction holds to its end: read-committed alone lost 567 of 800 increments, with no error.
"""

import secrets
import sqlite3
import string
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

LOCK_SECONDS = 15
"""How long a writer waits for the others before it fails."""
CACHE_KILOBYTES = 512
"""SQLite's, of each connection: there are twenty, and what all of them read the system keeps once."""


WRITE_LOCK = 4_206_820
"""Ours among PostgreSQL's advisory locks of this database."""


db = SQLAlchemy(engine_options={"pool_pre_ping": False})


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An instant: aware datetimes only, stored in UTC, read back aware in UTC on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: instants carry their zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: UtcDateTime(),
        list[str]: sa.JSON(),
    }


class Versioned:
    """What several may edit at once. `version` counts its saves; `saved_by` made the last one, "" where that is not known."""

    version: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[str] = mapped_column(sa.String(120), default="")


class Removable(Versioned):
    """What may also be removed. Its number is given to no other, so that a form of it still open writes to nothing else.

    SQLite would give that of the newest again.
    """

    id: Mapped[int] = mapped_column(primary_key=True)

    __tablename__: str
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute


class Removal(Base):
    """Who removed what several may edit, and when: for those who still have its form open. `kind` is the table it stood in."""

    __tablename__ = "removal"

    kind: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    removed_by: Mapped[str] = mapped_column(sa.String(120))
    removed_at: Mapped[datetime]


def stored_words(kind: type[StrEnum]) -> sa.Enum:
    """Store an enum by its value, as plain text: a new member then needs no migration."""
    return sa.Enum(
        kind,
        native_enum=False,
        length=24,
        validate_strings=True,
        values_callable=lambda e: [m.value for m in e],
    )


_LETTERS = string.ascii_letters + string.digits


def random_id() -> str:
    """Ten letters and digits that cannot be guessed and stand in an address as they are."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def searchable(text: str) -> str:
    """`text` as it is looked for: lower case, no marks, one space between words. "Sơ kết" and "so ket" are the same."""
    bare = (c for c in unicodedata.normalize("NFD", text.casefold().replace("đ", "d")) if not unicodedata.combining(c))
    return " ".join("".join(bare).split())


@contextmanager
def writing() -> Iterator[Session]:
    """The session of this application context inside one write transaction, committed at the end.

    What it reads is what it changes: the write lock is taken before the first read, and one transaction writes at a
    time. Rows loaded earlier are read again when touched. An exception rolls everything back.
    """
    session = db.session
    session.rollback()
    try:
        connection = session.connection(execution_options={"is_write": True})
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@sa.event.listens_for(sa.Engine, "connect")
def _set_up_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={LOCK_SECONDS * 1000}",
        f"cache_size=-{CACHE_KILOBYTES}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@sa.event.listens_for(sa.Engine, "handle_error")
def _tell_too_large(context: sa.engine.ExceptionContext) -> sa.exc.DataError | None:
    """A number that no column holds is refused by SQLite's driver itself: told as PostgreSQL tells it."""
    error = context.original_exception
    return sa.exc.DataError(context.statement, None, error) if isinstance(error, OverflowError) else None


@sa.event.listens_for(sa.Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        is_write = connection.get_execution_options().get("is_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
