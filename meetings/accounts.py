"""Staff: passwords, limited tries, and who is signed in.

One browser session may hold several accounts at once: the chair's and the secretary's pages in two tabs of
one browser both keep working, each with the account whose role it needs.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from threading import Lock

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import session

from meetings.tables import Role, StaffAccount, db, random_id

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 200
FREE_TRIES = 5
MAX_WAIT_SECONDS = 60
MOST_SIGNED_IN = 6

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe())


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
    account.stamp = random_id()


def find_account(name: str) -> StaffAccount | None:
    return db.session.scalar(sa.select(StaffAccount).where(StaffAccount.name == name))


def check_password(name: str, password: str) -> StaffAccount | None:
    """The active account of this name and password. An unknown name takes as long as a wrong password."""
    account = find_account(name)
    known = account is not None and account.is_active and account.password_hash
    try:
        _hasher.verify((account.password_hash or _NOBODY) if account and known else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    return account if known else None


def sign_in(account: StaffAccount) -> None:
    """Add the account to this browser's session, as the newest; forms opened before must be reloaded."""
    others = [entry for entry in session.get("accounts", []) if entry[0] != account.id]
    session["accounts"] = [*others, [account.id, account.stamp]][-MOST_SIGNED_IN:]
    session["signed_in_at"] = datetime.now(UTC).isoformat()
    session.pop("csrf_token", None)


def sign_out() -> None:
    session.clear()


def signed_in_accounts() -> list[StaffAccount]:
    """Whoever is signed in with this browser and still may, newest first."""
    found = []
    for account_id, stamp in reversed(session.get("accounts", [])):
        account = db.session.get(StaffAccount, account_id)
        if account and account.is_active and account.stamp == stamp:
            found.append(account)
    return found


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
