"""A conference as it is prepared: its sites, delegates, agenda and links."""

import secrets
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetings.tables.database import Base, random_id, stored_words
from meetings.tables.units import Person, Unit


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


class Conference(Base):
    __tablename__ = "conference"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    title: Mapped[str] = mapped_column(sa.String(300))
    short_title: Mapped[str] = mapped_column(sa.String(70))
    organiser: Mapped[str] = mapped_column(sa.String(160))
    kind: Mapped[str] = mapped_column(sa.String(40))
    status: Mapped[ConferenceStatus] = mapped_column(stored_words(ConferenceStatus), default=ConferenceStatus.DRAFT)
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
    kind: Mapped[SiteKind] = mapped_column(stored_words(SiteKind))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    short_name: Mapped[str] = mapped_column(sa.String(60))
    label: Mapped[str] = mapped_column(sa.String(60))
    map_column: Mapped[int | None]
    map_row: Mapped[int | None]
    contact_name: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_phone: Mapped[str | None] = mapped_column(sa.String(40))
    expected_count: Mapped[int | None]
    address: Mapped[str] = mapped_column(sa.String(200), default="")
    room: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(200), default="")

    conference: Mapped[Conference] = relationship(back_populates="sites", foreign_keys=[conference_id])
    unit: Mapped[Unit | None] = relationship()


class Delegate(Base):
    """Who comes to one site. `substitute_for_id` is whom this one stands in for; that one stays on the list."""

    __tablename__ = "delegate"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.String(160), default="")
    precedence: Mapped[int] = mapped_column(default=0)
    role: Mapped[DelegateRole] = mapped_column(stored_words(DelegateRole), default=DelegateRole.DELEGATE)
    substitute_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id", ondelete="SET NULL"), index=True)
    is_from_site: Mapped[bool] = mapped_column(default=False)

    substitute_for: Mapped["Delegate | None"] = relationship(remote_side=[id])
    conference: Mapped[Conference] = relationship(back_populates="delegates")
    person: Mapped[Person] = relationship()
    site: Mapped[Site] = relationship()


class AgendaItem(Base):
    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(250))
    kind: Mapped[ItemKind] = mapped_column(stored_words(ItemKind), default=ItemKind.OTHER)
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
    kind: Mapped[LinkKind] = mapped_column(stored_words(LinkKind))
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    nonce: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    revoked_at: Mapped[datetime | None]

    conference: Mapped[Conference] = relationship()
    site: Mapped[Site | None] = relationship()
