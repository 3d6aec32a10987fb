"""The agenda: items and their sub-items, who presents them, and the speeches assigned beforehand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetings.tables.conferences import Conference, Delegate
from meetings.tables.database import Base, Removable, stored_words


class ItemKind(StrEnum):
    OPENING = "opening"
    REPORT = "report"
    PREPARED_SPEECH = "prepared_speech"
    DISCUSSION = "discussion"
    BREAK = "break"
    VOTE = "vote"
    DIRECTIVE_REMARKS = "directive_remarks"
    CONCLUSION = "conclusion"
    CLOSING = "closing"
    OTHER = "other"


class AgendaItem(Removable, Base):
    """`number` is the place in the whole agenda, sub-items included: an item stands before its sub-items.

    `presenter` is free text beside the `presenters` that are delegates. `version` counts the saves of what is
    written in the item (not its place), so that two writers are both heard.
    """

    __tablename__ = "agenda_item"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agenda_item.id", ondelete="SET NULL"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(250))
    kind: Mapped[ItemKind] = mapped_column(stored_words(ItemKind), default=ItemKind.OTHER)
    presenter: Mapped[str] = mapped_column(sa.String(160), default="")
    planned_at: Mapped[datetime]
    planned_minutes: Mapped[int]
    speech_limit_seconds: Mapped[int | None]
    topics: Mapped[list[str]] = mapped_column(default=list)
    script_say: Mapped[str] = mapped_column(sa.Text, default="")
    script_do: Mapped[str] = mapped_column(sa.Text, default="")
    private_note: Mapped[str] = mapped_column(sa.Text, default="")

    conference: Mapped[Conference] = relationship(back_populates="items")
    presenters: Mapped[list[Delegate]] = relationship(
        secondary="item_presenter", order_by="(Delegate.precedence, Delegate.id)", passive_deletes=True
    )
    speeches: Mapped[list[PreparedSpeech]] = relationship(
        back_populates="item", order_by="PreparedSpeech.position", passive_deletes=True
    )


class ItemPresenter(Base):
    __tablename__ = "item_presenter"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("agenda_item.id", ondelete="CASCADE"), primary_key=True)
    delegate_id: Mapped[int] = mapped_column(sa.ForeignKey("delegate.id", ondelete="CASCADE"), primary_key=True)


class PreparedSpeech(Base):
    """A speech assigned before the conference. When the doors open it becomes a waiting request of its item."""

    __tablename__ = "prepared_speech"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("agenda_item.id", ondelete="CASCADE"), index=True)
    delegate_id: Mapped[int] = mapped_column(sa.ForeignKey("delegate.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    topic: Mapped[str] = mapped_column(sa.String(250), default="")
    minutes: Mapped[int | None]

    item: Mapped[AgendaItem] = relationship(back_populates="speeches")
    delegate: Mapped[Delegate] = relationship()
