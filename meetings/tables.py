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
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from meetings.core.vocabulary import LineKind

LOCK_SECONDS = 15
"""How long a writer waits for the others before it fails."""

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


def _words(kind: type[StrEnum]) -> sa.Enum:
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


class Role(StrEnum):
    ADMIN = "admin"
    SECRETARY = "secretary"
    CHAIR = "chair"
    VIEWER = "viewer"


class ConferenceStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    CONVENED = "convened"
    SUSPENDED = "suspended"
    ADJOURNED = "adjourned"
    CANCELLED = "cancelled"


class SiteKind(StrEnum):
    HALL = "hall"
    SITE = "site"


class DelegateRole(StrEnum):
    DELEGATE = "delegate"
    GUEST = "guest"
    CHAIR = "chair"
    COCHAIR = "cochair"
    SECRETARY = "secretary"
    PRESENTER = "presenter"
    PRESS = "press"


class ItemKind(StrEnum):
    OPENING = "opening"
    REPORT = "report"
    PREPARED_SPEECH = "prepared_speech"
    DISCUSSION = "discussion"
    BREAK = "break"
    DIRECTIVE_REMARKS = "directive_remarks"
    CONCLUSION = "conclusion"
    CLOSING = "closing"
    OTHER = "other"


class LinkKind(StrEnum):
    SITE = "site"
    HALL_STATION = "hall_station"
    HALL_SCREEN = "hall_screen"


class RegisterKind(StrEnum):
    SITE = "site"
    DELEGATE = "delegate"
    ITEM = "item"


class Channel(StrEnum):
    """Who reads a message: one site and the desk, all sites and the desk, or only chair and secretaries."""

    SITE = "site"
    ALL = "all"
    PRIVATE = "private"


class Unit(Base):
    """An administrative unit as it was between two dates; units and levels are data, never code."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    short_name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(40))
    level: Mapped[str] = mapped_column(sa.String(40))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="SET NULL"))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    map_column: Mapped[int | None]
    map_row: Mapped[int | None]


class Person(Base):
    """Who a delegate is. Without a name, a role title stands for the person."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str | None] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.String(160))


class StaffAccount(Base):
    """Somebody who signs in. `stamp` changes whenever earlier sign-ins must end."""

    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    display_name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Role] = mapped_column(_words(Role))
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    stamp: Mapped[str] = mapped_column(sa.String(16), default=random_id)


class OneTimeSignIn(Base):
    """A sign-in address that works once. Without an account it is the set-up of an empty installation."""

    __tablename__ = "one_time_sign_in"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(sa.String(200))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Conference(Base):
    __tablename__ = "conference"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    title: Mapped[str] = mapped_column(sa.String(300))
    short_title: Mapped[str] = mapped_column(sa.String(70))
    organiser: Mapped[str] = mapped_column(sa.String(160))
    kind: Mapped[str] = mapped_column(sa.String(40))
    status: Mapped[ConferenceStatus] = mapped_column(_words(ConferenceStatus), default=ConferenceStatus.DRAFT)
    opens_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(160))
    speech_limit_seconds: Mapped[int] = mapped_column(default=300)
    reenactment_note: Mapped[str | None] = mapped_column(sa.String(120))
    is_example: Mapped[bool] = mapped_column(default=False)
    presiding_site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="SET NULL", use_alter=True))

    sites: Mapped[list["Site"]] = relationship(
        back_populates="conference",
        foreign_keys="Site.conference_id",
        order_by="Site.position",
        passive_deletes=True,
    )
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="conference", order_by="AgendaItem.number", passive_deletes=True
    )
    delegates: Mapped[list["Delegate"]] = relationship(
        back_populates="conference",
        order_by="(Delegate.site_id, Delegate.precedence, Delegate.id)",
        passive_deletes=True,
    )


class Site(Base):
    """One point of a conference: the hall, or a remote site with its own link."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="SET NULL"))
    kind: Mapped[SiteKind] = mapped_column(_words(SiteKind))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    short_name: Mapped[str] = mapped_column(sa.String(60))
    label: Mapped[str] = mapped_column(sa.String(60))
    map_column: Mapped[int | None]
    map_row: Mapped[int | None]
    contact_name: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_phone: Mapped[str | None] = mapped_column(sa.String(40))
    expected_count: Mapped[int | None]

    conference: Mapped[Conference] = relationship(back_populates="sites", foreign_keys=[conference_id])
    unit: Mapped[Unit | None] = relationship()


class Delegate(Base):
    __tablename__ = "delegate"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.String(160), default="")
    precedence: Mapped[int] = mapped_column(default=0)
    role: Mapped[DelegateRole] = mapped_column(_words(DelegateRole), default=DelegateRole.DELEGATE)

    conference: Mapped[Conference] = relationship(back_populates="delegates")
    person: Mapped[Person] = relationship()
    site: Mapped[Site] = relationship()


class AgendaItem(Base):
    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(250))
    kind: Mapped[ItemKind] = mapped_column(_words(ItemKind), default=ItemKind.OTHER)
    presenter: Mapped[str] = mapped_column(sa.String(160), default="")
    planned_at: Mapped[datetime]
    planned_minutes: Mapped[int]
    speech_limit_seconds: Mapped[int | None]
    topics: Mapped[list[str]] = mapped_column(default=list)

    conference: Mapped[Conference] = relationship(back_populates="items")


class SiteLink(Base):
    """A link that opens one seat. The token is not stored: `links.link_token` signs it when asked."""

    __tablename__ = "site_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind] = mapped_column(_words(LinkKind))
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    nonce: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    revoked_at: Mapped[datetime | None]

    conference: Mapped[Conference] = relationship()
    site: Mapped[Site | None] = relationship()


class JournalEvent(Base):
    """One event of a sitting, in order. `data` is JSON; it holds ids of delegates, never names."""

    __tablename__ = "journal_event"
    __table_args__ = (sa.Index("ix_journal_event_command", "conference_id", "actor", "command_id"),)

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(80))
    command_id: Mapped[str | None] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(60))
    v: Mapped[int]
    data: Mapped[str] = mapped_column(sa.Text)


class RegisterName(Base):
    """A name as it was when the doors opened. The journal refers to it by id, so that it can be erased."""

    __tablename__ = "register_name"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[RegisterKind] = mapped_column(_words(RegisterKind), primary_key=True)
    ref_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(250))
    title: Mapped[str] = mapped_column(sa.String(160), default="")
    body: Mapped[str] = mapped_column(sa.String(160), default="")


class SpeechNote(Base):
    """What the secretaries wrote of one speech. `version` counts its saves; two writers are merged, never overwritten."""

    __tablename__ = "speech_note"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(sa.String(120))


class Message(Base):
    """A technical message. `site_id` is the site it goes to or comes from; without one it goes to all of its channel."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    channel: Mapped[Channel] = mapped_column(_words(Channel))
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    sender: Mapped[str] = mapped_column(sa.String(24))
    sender_name: Mapped[str] = mapped_column(sa.String(160))
    text: Mapped[str] = mapped_column(sa.Text)
    sent_at: Mapped[datetime]


class LineIncident(Base):
    """Something that happened to a site's line, with the figures of that moment. A row, never an event."""

    __tablename__ = "line_incident"
    __table_args__ = (sa.Index("ix_line_incident_site", "conference_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[LineKind] = mapped_column(_words(LineKind))
    figures: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


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
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@sa.event.listens_for(sa.Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        is_write = connection.get_execution_options().get("is_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
