"""What a sitting leaves: the journal, the names of its register, notes, messages and incidents of the lines."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from meetings.core.vocabulary import LineKind
from meetings.tables.database import Base, stored_words


class RegisterKind(StrEnum):
    SITE = "site"
    DELEGATE = "delegate"
    ITEM = "item"


class Channel(StrEnum):
    """Who reads a message: one site and the desk, all sites and the desk, or only chair and secretaries."""

    SITE = "site"
    ALL = "all"
    PRIVATE = "private"


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


class QuietCommand(Base):
    """A command that was accepted and caused no event: not in the journal, but it must not take effect later (rule 26)."""

    __tablename__ = "quiet_command"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    actor: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    command_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    seq: Mapped[int]


class RegisterName(Base):
    """A name as it was when the doors opened. The journal refers to it by id, so that it can be erased."""

    __tablename__ = "register_name"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[RegisterKind] = mapped_column(stored_words(RegisterKind), primary_key=True)
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
    """A technical message. `site_id` is the site it goes to or comes from; without one it goes to all of its channel.

    `command_id` is made by the page that sent it, unique per `actor` (rule 26).
    """

    __tablename__ = "message"
    __table_args__ = (sa.UniqueConstraint("conference_id", "actor", "command_id", name="uq_message_command"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    channel: Mapped[Channel] = mapped_column(stored_words(Channel))
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    sender: Mapped[str] = mapped_column(sa.String(24))
    sender_name: Mapped[str] = mapped_column(sa.String(160))
    text: Mapped[str] = mapped_column(sa.Text)
    sent_at: Mapped[datetime]
    actor: Mapped[str | None] = mapped_column(sa.String(80))
    command_id: Mapped[str | None] = mapped_column(sa.String(80))


class LineIncident(Base):
    """Something that happened to a site's line, with the figures of that moment. A row, never an event."""

    __tablename__ = "line_incident"
    __table_args__ = (sa.Index("ix_line_incident_site", "conference_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[LineKind] = mapped_column(stored_words(LineKind))
    figures: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class LineSample(Base):
    """Half a minute of a site's line: its worst round trip and losses, its mean rates. A row, never an event."""

    __tablename__ = "line_sample"
    __table_args__ = (sa.Index("ix_line_sample_site", "conference_id", "site_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    rtt_ms: Mapped[int | None]
    loss_up: Mapped[float | None]
    loss_down: Mapped[float | None]
    up_kbps: Mapped[int]
    down_kbps: Mapped[int]


class PointCheck(Base):
    """What a point found out of its own devices and line before it entered; `parts` as in PROTOCOL.md, `keep_check`.

    A check that was left half way stays as far as it went. `entered_at` is when the point went in with it.
    """

    __tablename__ = "point_check"
    __table_args__ = (sa.Index("ix_point_check_site", "conference_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    line: Mapped[str] = mapped_column(sa.String(40))
    began_at: Mapped[datetime]
    kept_at: Mapped[datetime]
    entered_at: Mapped[datetime | None]
    parts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
