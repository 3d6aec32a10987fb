"""A conference as it is prepared: its sites, delegates and links; the agenda is in `agenda`."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetings.core.vocabulary import QuorumShare
from meetings.tables.database import Base, Removable, Versioned, random_id, searchable, stored_words
from meetings.tables.units import Person, Unit

if TYPE_CHECKING:
    from meetings.tables.agenda import AgendaItem


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


class LinkKind(StrEnum):
    SITE = "site"
    HALL_STATION = "hall_station"
    HALL_SCREEN = "hall_screen"
    HALL_CAMERA = "hall_camera"
    """An encoder that sends the hall's picture (WHIP)."""
    OVERFLOW = "overflow"
    """A player in another room (WHEP)."""
    CHECK_IN = "check_in"
    """The desk at the door of a point."""


class Conference(Versioned, Base):
    """`version` counts the saves of its details, `agenda_version` the changes of the agenda's order."""

    __tablename__ = "conference"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    title: Mapped[str] = mapped_column(sa.String(300))
    short_title: Mapped[str] = mapped_column(sa.String(70))
    organiser: Mapped[str] = mapped_column(sa.String(160))
    kind: Mapped[str] = mapped_column(sa.String(40))
    status: Mapped[ConferenceStatus] = mapped_column(
        stored_words(ConferenceStatus), default=ConferenceStatus.DRAFT, index=True
    )
    opens_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(160))
    speech_limit_seconds: Mapped[int] = mapped_column(default=300)
    quorum_share: Mapped[QuorumShare | None] = mapped_column(stored_words(QuorumShare))
    quorum_count: Mapped[int | None]
    reenactment_note: Mapped[str | None] = mapped_column(sa.String(120))
    is_example: Mapped[bool] = mapped_column(default=False)
    presiding_site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="SET NULL", use_alter=True))
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id", ondelete="SET NULL"), index=True)
    rehearsal_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conference.id", ondelete="SET NULL"), index=True)
    """Of a copy to practise in: it is nowhere listed, told or sent unless asked for."""
    moved_from: Mapped[datetime | None]
    move_reason: Mapped[str] = mapped_column(sa.String(250), default="")
    cancel_reason: Mapped[str] = mapped_column(sa.String(250), default="")
    agenda_version: Mapped[int] = mapped_column(default=1)
    search_text: Mapped[str] = mapped_column(sa.String(1000), default="")

    sites: Mapped[list[Site]] = relationship(
        back_populates="conference",
        foreign_keys="Site.conference_id",
        order_by="Site.position",
        passive_deletes=True,
    )
    items: Mapped[list[AgendaItem]] = relationship(
        back_populates="conference", order_by="AgendaItem.number", passive_deletes=True
    )
    rehearsal_of: Mapped[Conference | None] = relationship(remote_side=[id])
    delegates: Mapped[list[Delegate]] = relationship(
        back_populates="conference",
        order_by="(Delegate.site_id, Delegate.precedence, Delegate.id)",
        passive_deletes=True,
    )

    @hybrid_property
    def is_rehearsal(self) -> bool:
        """A copy to practise in."""
        return self.rehearsal_of_id is not None

    @is_rehearsal.inplace.expression
    @classmethod
    def _is_rehearsal(cls) -> sa.ColumnElement[bool]:
        return cls.rehearsal_of_id.is_not(None)


@sa.event.listens_for(Conference, "before_insert")
@sa.event.listens_for(Conference, "before_update")
def _keep_search_text(_mapper: object, _connection: object, conference: Conference) -> None:
    told = (conference.title, conference.short_title, conference.organiser, conference.kind, conference.place)
    conference.search_text = searchable(" ".join(told))[:1000]


class Site(Removable, Base):
    """One point of a conference: the hall, or a remote site with its own link."""

    __tablename__ = "site"

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
    seats: Mapped[int | None]
    address: Mapped[str] = mapped_column(sa.String(200), default="")
    room: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(200), default="")

    conference: Mapped[Conference] = relationship(back_populates="sites", foreign_keys=[conference_id])
    unit: Mapped[Unit | None] = relationship()


class Delegate(Removable, Base):
    """Who comes to one site. `substitute_for_id` is whom this one stands in for; that one stays on the list."""

    __tablename__ = "delegate"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.String(160), default="")
    precedence: Mapped[int] = mapped_column(default=0)
    role: Mapped[DelegateRole] = mapped_column(stored_words(DelegateRole), default=DelegateRole.DELEGATE)
    substitute_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id", ondelete="SET NULL"), index=True)
    is_from_site: Mapped[bool] = mapped_column(default=False)

    substitute_for: Mapped[Delegate | None] = relationship(remote_side="Delegate.id")
    conference: Mapped[Conference] = relationship(back_populates="delegates")
    person: Mapped[Person] = relationship()
    site: Mapped[Site] = relationship()


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
