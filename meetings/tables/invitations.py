"""Letters of invitation, the mail that carries them, PINs of links, and calendars that subscribe."""

import secrets
from datetime import UTC, date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetings.tables.conferences import Conference, Site, SiteLink
from meetings.tables.database import Base, Versioned, random_id, stored_words


class MailKind(StrEnum):
    INVITATION = "invitation"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    TEST = "test"


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class InvitationText(Versioned, Base):
    """What the invitations of a conference have in common, as it was last saved; until then there are defaults."""

    __tablename__ = "invitation_text"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    layout: Mapped[str] = mapped_column(sa.String(24))
    superior: Mapped[str] = mapped_column(sa.String(160))
    issuer: Mapped[str] = mapped_column(sa.String(160))
    body_symbol: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[int | None]
    place: Mapped[str] = mapped_column(sa.String(80))
    day: Mapped[date | None]
    summary: Mapped[str] = mapped_column(sa.String(400))
    greeting: Mapped[str] = mapped_column(sa.String(300))
    attendees: Mapped[str] = mapped_column(sa.String(600))
    chair: Mapped[str] = mapped_column(sa.String(300))
    content: Mapped[str] = mapped_column(sa.String(1000))
    note: Mapped[str] = mapped_column(sa.String(1000))
    recipients: Mapped[list[str]] = mapped_column(default=list)
    signer_title: Mapped[str] = mapped_column(sa.String(160))
    signer_name: Mapped[str] = mapped_column(sa.String(120))
    has_codes: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether the delegates' check-in codes follow each letter."""

    conference: Mapped[Conference] = relationship()


class PointInvitation(Versioned, Base):
    """What the letter to one site says besides, and whom else it goes to."""

    __tablename__ = "point_invitation"

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    addition: Mapped[str] = mapped_column(sa.String(600), default="")
    emails: Mapped[list[str]] = mapped_column(default=list)

    site: Mapped[Site] = relationship()


class Mail(Base):
    """One letter to one address, and what became of it. `base` is the address of this program as the sender sees it.

    `sequence` is the appointment's when it was sent: a higher one now means that the conference has changed since.
    """

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="SET NULL"))
    kind: Mapped[MailKind] = mapped_column(stored_words(MailKind))
    address: Mapped[str] = mapped_column(sa.String(200))
    base: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[MailState] = mapped_column(stored_words(MailState), default=MailState.WAITING)
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    tries: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str] = mapped_column(sa.String(40), default=lambda: secrets.token_hex(12))
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    next_try_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    ended_at: Mapped[datetime | None]

    conference: Mapped[Conference | None] = relationship()
    site: Mapped[Site | None] = relationship()


class SitePin(Base):
    """How a link is found by its PIN: neither the PIN nor what it is made from stands here (`meetings.pins`)."""

    __tablename__ = "site_pin"

    link_id: Mapped[int] = mapped_column(sa.ForeignKey("site_link.id", ondelete="CASCADE"), primary_key=True)
    turn: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)

    link: Mapped[SiteLink] = relationship()


class AppointmentState(Base):
    """Which change of a conference's appointment calendars have been told of last."""

    __tablename__ = "appointment_state"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    changed_at: Mapped[datetime]


class CalendarFeed(Base):
    """The address by which one account's calendar program reads every conference. The token is signed, not stored."""

    __tablename__ = "calendar_feed"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="CASCADE"), primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    nonce: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    read_at: Mapped[datetime | None]
