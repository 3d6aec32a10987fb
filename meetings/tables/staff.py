"""Who signs in, from where, and which programs act for them."""

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetings.tables.database import Base, Versioned, random_id, stored_words


class Role(StrEnum):
    ADMIN = "admin"
    SECRETARY = "secretary"
    CHAIR = "chair"
    VIEWER = "viewer"


class StaffAccount(Versioned, Base):
    """Somebody who signs in. `stamp` changes whenever earlier sign-ins must end. `version`: the saves of names and role."""

    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    display_name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Role] = mapped_column(stored_words(Role))
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    stamp: Mapped[str] = mapped_column(sa.String(16), default=random_id)
    created_at: Mapped[datetime | None] = mapped_column(default=lambda: datetime.now(UTC))
    last_used_at: Mapped[datetime | None]


class StaffSession(Base):
    """One sign-in of an account with one browser. It ends by itself, by its account, or by an administrator."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(sa.String(45))
    browser: Mapped[str] = mapped_column(sa.String(160))
    ended_at: Mapped[datetime | None]

    account: Mapped[StaffAccount] = relationship(lazy="joined")


class ApiToken(Base):
    """What a program of the office shows instead of a password. Only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    account: Mapped[StaffAccount] = relationship(lazy="joined")


class OneTimeSignIn(Base):
    """A sign-in address that works once. Without an account it is the set-up of an empty installation."""

    __tablename__ = "one_time_sign_in"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(sa.String(200))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
