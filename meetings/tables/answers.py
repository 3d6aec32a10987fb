"""What the points answer before the day: whether they come, who wants to speak; until when, and who was reminded."""

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetings.tables.conferences import Delegate, Site
from meetings.tables.database import Base, Versioned, stored_words


class AnswerState(StrEnum):
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class ReminderState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class AnswerTerms(Versioned, Base):
    """Until when the points of a conference may change their lists, and whom to ask afterwards."""

    __tablename__ = "answer_terms"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[datetime | None]
    contact_name: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(40), default="")


class PointAnswer(Base):
    """The last answer of a site; `list_sent_at` is when it said that its list is complete."""

    __tablename__ = "point_answer"

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[AnswerState | None] = mapped_column(stored_words(AnswerState))
    remark: Mapped[str] = mapped_column(sa.String(500), default="")
    head_count: Mapped[int | None]
    answered_by: Mapped[str] = mapped_column(sa.String(160), default="")
    answered_at: Mapped[datetime | None]
    list_sent_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship()


class RegisteredSpeech(Base):
    """A speech that a site asks for before the day. The desk takes it into the agenda or not."""

    __tablename__ = "registered_speech"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    delegate_id: Mapped[int] = mapped_column(sa.ForeignKey("delegate.id", ondelete="CASCADE"), index=True)
    topic: Mapped[str] = mapped_column(sa.String(250))
    minutes: Mapped[int]
    registered_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))

    site: Mapped[Site] = relationship()
    delegate: Mapped[Delegate] = relationship()


class Reminder(Base):
    """One reminder to one address of a site, and what became of it."""

    __tablename__ = "reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="SET NULL"))
    address: Mapped[str] = mapped_column(sa.String(200))
    asked_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    ended_at: Mapped[datetime | None]
    state: Mapped[ReminderState] = mapped_column(stored_words(ReminderState), default=ReminderState.WAITING)
    words: Mapped[str] = mapped_column(sa.String(500), default="")

    site: Mapped[Site] = relationship()
