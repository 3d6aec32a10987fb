"""Tokens by which a program of the office acts for the account that made them.

`dc_<40 letters>`: the prefix lets a scanner of leaked secrets know it. Only the SHA-256 is kept; 238 random bits
need no slow hash. A token may what its account may, and ends with the account.
"""

import hashlib
import secrets
import string
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from meetings.tables import ApiToken, StaffAccount, db, writing

PREFIX = "dc_"
MOST_TOKENS = 20
_LETTERS = string.ascii_letters + string.digits
_NOTE_USE_EVERY = timedelta(minutes=5)


def new_token(account: StaffAccount, name: str, days: int | None, now: datetime) -> str:
    """The token's text, shown this once. Without `days` it has no end. Call it inside `writing()`."""
    text = PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(40))
    expires_at = now + timedelta(days=days) if days else None
    db.session.add(
        ApiToken(account_id=account.id, name=name, token_hash=_hash(text), created_at=now, expires_at=expires_at)
    )
    return text


def account_of(text: str, now: datetime) -> StaffAccount | None:
    """Whose token this is, while it is good."""
    token = db.session.scalar(sa.select(ApiToken).where(ApiToken.token_hash == _hash(text)))
    if token is None or token.revoked_at is not None or not token.account.is_active:
        return None
    if token.expires_at is not None and token.expires_at <= now:
        return None
    if token.last_used_at is None or now - token.last_used_at > _NOTE_USE_EVERY:
        with writing():
            token.last_used_at = token.account.last_used_at = now
    return token.account


def tokens_of(account: StaffAccount) -> Sequence[ApiToken]:
    """Those not revoked, the newest first."""
    return db.session.scalars(
        sa.select(ApiToken)
        .where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    ).all()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
