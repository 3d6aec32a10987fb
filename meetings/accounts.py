"""Staff: passwords, limited tries, and who is signed in.

One browser's cookie may hold several sign-ins at once: the chair's and the secretary's pages in two tabs of
one browser both keep working, each with the account whose role it needs. Each sign-in is a row, so that it can
be seen and ended from elsewhere.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import request, session

from meetings.tables import Role, StaffAccount, StaffSession, db, random_id, writing

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 200
FREE_TRIES = 5
MAX_WAIT_SECONDS = 60
MOST_SIGNED_IN = 6
SESSION_DAYS = 30
"""An unused sign-in ends after this many days."""

_NOTE_USE_EVERY = timedelta(minutes=5)
_TOO_COMMON = {
    *("1234567890", "0123456789", "0987654321", "qwertyuiop", "password12", "password123"),
    *("matkhau123", "matkhau1234", "diemcau123", "diemcau1234", "hoinghi123", "tructuyen1"),
}

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """The hash that a name without an account is checked against, so that its refusal takes as long."""
    return _hasher.hash(secrets.token_urlsafe())


class TooManyTries(Exception):
    def __init__(self, wait_seconds: int) -> None:
        self.wait_seconds = wait_seconds


class SignInTries:
    """Failed tries per name. From the sixth on each doubles the wait, up to a minute: slow, never locked out."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def check(self, name: str, now: float) -> None:
        """Raise `TooManyTries` while the name has to wait. `now` is in seconds on any steady clock."""
        with self._lock:
            count, last = self._failed.get(name, (0, 0.0))
        wait = last + _wait_after(count) - now
        if wait > 0:
            raise TooManyTries(int(wait) + 1)

    def failed(self, name: str, now: float) -> None:
        with self._lock:
            count, _ = self._failed.pop(name, (0, 0.0))
            self._failed[name] = (count + 1, now)
            while len(self._failed) > 10_000:
                del self._failed[next(iter(self._failed))]

    def succeeded(self, name: str) -> None:
        with self._lock:
            self._failed.pop(name, None)


def _wait_after(failures: int) -> int:
    return 0 if failures < FREE_TRIES else min(2 ** (failures - FREE_TRIES + 1), MAX_WAIT_SECONDS)


def new_password() -> str:
    """A password to print once: twelve characters nobody mistakes for one another."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(3))


def set_password(account: StaffAccount, password: str) -> None:
    """Earlier sign-ins of the account end."""
    account.password_hash = _hasher.hash(password)
    end_everything(account, datetime.now(UTC))


def end_everything(account: StaffAccount, now: datetime) -> None:
    """Whatever was opened for the account so far opens nothing any more. Call it inside `writing()`."""
    account.stamp = random_id()
    if account.id is not None:
        end_sessions(account, now)


def find_account(name: str) -> StaffAccount | None:
    return db.session.scalar(sa.select(StaffAccount).where(StaffAccount.name == name))


def account_numbered(account_id: int) -> StaffAccount | None:
    """The account of this id, while it is active."""
    account = db.session.get(StaffAccount, account_id)
    return account if account is not None and account.is_active else None


def check_password(name: str, password: str) -> StaffAccount | None:
    """The active account of this name and password. An unknown name takes as long as a wrong password."""
    account = find_account(name)
    known = account is not None and account.is_active and account.password_hash
    try:
        _hasher.verify((account.password_hash or _nobody()) if account and known else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return None
    return account if known else None


def password_fault(name: str, password: str) -> str | None:
    """Why this cannot be the new password of the account `name`: `short`, `long`, `common`, or None.

    Length and a list, no demands on kinds of characters: NIST SP 800-63B, section 3.1.1.2.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        return "short"
    if len(password) > MAX_PASSWORD_LENGTH:
        return "long"
    plain = password.casefold()
    if plain in _TOO_COMMON or len(set(plain)) < 5 or plain.replace(name.casefold(), "").strip("-_ .0123456789") == "":
        return "common"
    return None


def sign_in(account: StaffAccount, now: datetime) -> None:
    """Add a sign-in of the account to this browser, as the newest; forms opened before must be reloaded."""
    with writing() as rows:
        kept = [entry.public_id for entry in _open_sessions(now) if entry.account_id != account.id]
        entry = StaffSession(
            public_id=random_id(),
            account_id=account.id,
            started_at=now,
            last_used_at=now,
            address=(request.remote_addr or "")[:45],
            browser=request.user_agent.string[:160],
        )
        rows.add(entry)
        account.last_used_at = now
        session["accounts"] = [*reversed(kept), entry.public_id][-MOST_SIGNED_IN:]
    session.pop("csrf_token", None)


def sign_out(now: datetime) -> None:
    """End every sign-in of this browser."""
    with writing():
        for entry in _open_sessions(now):
            entry.ended_at = now
    session.clear()


def end_sessions(account: StaffAccount, now: datetime, but: str = "") -> None:
    """End the account's sign-ins everywhere, but the one of this public id. Call it inside `writing()`."""
    db.session.execute(
        sa.update(StaffSession)
        .where(StaffSession.account_id == account.id, StaffSession.ended_at.is_(None), StaffSession.public_id != but)
        .values(ended_at=now)
    )


def sessions_of(account: StaffAccount, now: datetime) -> list[StaffSession]:
    """The account's open sign-ins, the one last used first."""
    return list(
        db.session.scalars(
            sa.select(StaffSession)
            .where(StaffSession.account_id == account.id, *_is_open(now))
            .order_by(StaffSession.last_used_at.desc(), StaffSession.id.desc())
        )
    )


def _is_open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return StaffSession.ended_at.is_(None), StaffSession.last_used_at > now - timedelta(days=SESSION_DAYS)


def _open_sessions(now: datetime) -> list[StaffSession]:
    """The sign-ins of this browser that still hold, newest first."""
    named = [name for name in session.get("accounts", []) if isinstance(name, str)]
    if not named:
        return []
    found = db.session.scalars(sa.select(StaffSession).where(StaffSession.public_id.in_(named), *_is_open(now)))
    kept = [entry for entry in found if entry.account.is_active]
    return sorted(kept, key=lambda entry: named.index(entry.public_id), reverse=True)


def note_use(now: datetime) -> None:
    """Remember that this browser's sign-ins are in use, to within a few minutes."""
    if not any(now - entry.last_used_at > _NOTE_USE_EVERY for entry in _open_sessions(now)):
        return
    with writing():
        for entry in _open_sessions(now):
            entry.last_used_at = entry.account.last_used_at = now


def session_of(account: StaffAccount) -> StaffSession | None:
    """The sign-in by which this browser acts for the account."""
    entries = _open_sessions(datetime.now(UTC))
    return next((entry for entry in entries if entry.account_id == account.id), None)


def signed_in_accounts() -> list[StaffAccount]:
    """Whoever is signed in with this browser and still may, newest first."""
    return [entry.account for entry in _open_sessions(datetime.now(UTC))]


def signed_in_as(roles: Collection[Role]) -> StaffAccount | None:
    """The signed-in account that may do what these roles may; the first role given wins."""
    accounts = signed_in_accounts()
    for role in roles:
        for account in accounts:
            if account.role is role:
                return account
    return None


def office_account() -> StaffAccount | None:
    """Whom the office pages serve: of those signed in, the one who may do most there."""
    return signed_in_as((Role.ADMIN, Role.SECRETARY, Role.CHAIR, Role.VIEWER))
