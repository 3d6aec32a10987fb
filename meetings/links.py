"""Whatever opens a page without a password: links of sites, one-time sign-ins, the desk's socket token.

A link's token is `<public id>.<signature>`; the signature is an HMAC of the public id and the link's nonce
under the installation's secret key. So the database alone opens nothing, and yet an address can be shown
and printed again. Tokens travel in the fragment of an address, which no server sees and no log keeps.
"""

import hashlib
import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from meetings.tables import (
    Conference,
    LinkKind,
    OneTimeSignIn,
    Role,
    Site,
    SiteLink,
    StaffAccount,
    StaffSession,
    db,
    writing,
)

PAGES = {
    LinkKind.SITE: "/site",
    LinkKind.HALL_STATION: "/station",
    LinkKind.HALL_SCREEN: "/screen",
    LinkKind.CHECK_IN: "/check-in",
}
_SEATS = frozenset(PAGES) - {LinkKind.CHECK_IN}
CLIENTS = {LinkKind.HALL_CAMERA: "/whip", LinkKind.OVERFLOW: "/whep"}
"""Where programs knock that are no pages: their token goes into a header (`signaling/whip.py`)."""
DESK_HOURS = 24
ONE_TIME_HOURS = 24


class LinkRefused(Exception):
    """A link that opens nothing. `code` is the word on the wire."""

    code = "link_unknown"


class UnknownLink(LinkRefused):
    """Forged, damaged, or of another installation."""


class RevokedLink(LinkRefused):
    """It was good once."""

    code = "link_revoked"


class UsedLink(LinkRefused):
    """A one-time link opened a second time, or too late."""

    code = "link_used"


class DeskExpired(LinkRefused):
    """A desk's token that is too old, forged, or of an account that may not sit there any more."""

    code = "desk_expired"


@dataclass(frozen=True)
class DeskSeat:
    account: StaffAccount
    conference: Conference
    role: Role


def link_token(link: SiteLink) -> str:
    return f"{link.public_id}.{_signature(link)}"


def link_path(link: SiteLink) -> str:
    """Where the link leads: a path with the token in its fragment."""
    return f"{(PAGES | CLIENTS)[link.kind]}#{link_token(link)}"


def resolve_link(token: str) -> SiteLink:
    """The link of a seat's token; raises `UnknownLink` or `RevokedLink`."""
    return _resolve(token, _SEATS)


def resolve_check_in(token: str) -> Site:
    """The point whose check-in desk this token opens; it opens no seat. Raises as `resolve_link`."""
    site = _resolve(token, frozenset({LinkKind.CHECK_IN})).site
    if site is None:
        raise UnknownLink
    return site


def resolve_client_link(token: str) -> SiteLink:
    """The link of an encoder's or a player's token, which opens no page; raises as `resolve_link`."""
    return _resolve(token, frozenset(CLIENTS))


def _resolve(token: str, kinds: frozenset[LinkKind]) -> SiteLink:
    public_id, _, signature = token.partition(".")
    link = db.session.scalar(sa.select(SiteLink).where(SiteLink.public_id == public_id[:16]))
    if link is None or not hmac.compare_digest(_signature(link).encode(), signature.encode()):
        raise UnknownLink
    if link.kind not in kinds:
        raise UnknownLink
    if link.revoked_at is not None:
        raise RevokedLink
    return link


def revoke_link(link: SiteLink, now: datetime) -> None:
    link.revoked_at = link.revoked_at or now


def renew_link(link: SiteLink, now: datetime) -> SiteLink:
    """Revoke the link and put a new one in its place. A page has one: a second press gives the same. Inside `writing()`."""
    revoke_link(link, now)
    if link.kind in PAGES and (other := _live_beside(link)) is not None:
        return other
    renewed = SiteLink(conference_id=link.conference_id, site_id=link.site_id, kind=link.kind, created_at=now)
    db.session.add(renewed)
    return renewed


def _live_beside(link: SiteLink) -> SiteLink | None:
    db.session.flush()
    return db.session.scalar(
        sa.select(SiteLink).where(
            SiteLink.conference_id == link.conference_id,
            SiteLink.site_id.is_not_distinct_from(link.site_id),
            SiteLink.kind == link.kind,
            SiteLink.revoked_at.is_(None),
        )
    )


def _signature(link: SiteLink) -> str:
    key = f"site-link:{current_app.secret_key!s}".encode()
    digest = hmac.digest(key, f"{link.public_id}.{link.nonce}".encode(), "sha256")
    return b32encode(digest[:15]).decode().lower()


def one_time_path(account: StaffAccount, target: str, now: datetime) -> str:
    """An address that signs this account in once and goes on to `target`. Call it inside `writing()`."""
    return f"/once#{_new_one_time(account.id, target, now)}"


def setup_link(now: datetime | None = None) -> str | None:
    """The path that creates the first administrator, or None when there is an account already."""
    now = now or datetime.now(UTC)
    with writing() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(StaffAccount)):
            return None
        session.execute(sa.delete(OneTimeSignIn).where(OneTimeSignIn.account_id.is_(None)))
        return f"/setup#{_new_one_time(None, '/', now)}"


def _new_one_time(account_id: int | None, target: str, now: datetime) -> str:
    token = secrets.token_hex(20)
    db.session.add(
        OneTimeSignIn(
            token_hash=_hash(token),
            account_id=account_id,
            target=target,
            expires_at=now + timedelta(hours=ONE_TIME_HOURS),
        )
    )
    return token


def use_one_time(token: str, now: datetime) -> tuple[StaffAccount, str]:
    """The account that a one-time link signs in and where to go on. Call it inside `writing()`."""
    sign_in = _unused(token, now)
    account = db.session.get(StaffAccount, sign_in.account_id) if sign_in.account_id else None
    if account is None or not account.is_active:
        raise UnknownLink
    sign_in.used_at = now
    return account, sign_in.target


def use_setup(token: str, now: datetime) -> None:
    """Spend a set-up link. Call it inside `writing()`, with the account that it creates."""
    sign_in = _unused(token, now)
    if sign_in.account_id is not None:
        raise UnknownLink
    sign_in.used_at = now


def _unused(token: str, now: datetime) -> OneTimeSignIn:
    sign_in = db.session.get(OneTimeSignIn, _hash(token))
    if sign_in is None:
        raise UnknownLink
    if sign_in.used_at is not None or sign_in.expires_at <= now:
        raise UsedLink
    return sign_in


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def desk_token(account: StaffAccount, conference: Conference, role: Role, session_id: str = "") -> str:
    """What a desk page shows the socket; bound to the account, the conference, the role and the page's sign-in."""
    return _desk_serializer().dumps([account.id, account.stamp, conference.id, role.value, session_id])


def resolve_desk_token(token: str) -> DeskSeat:
    """The seat of a desk page; raises `DeskExpired`."""
    try:
        account_id, stamp, conference_id, role, session_id = _desk_serializer().loads(token, max_age=DESK_HOURS * 3600)
    except (BadData, ValueError, TypeError):
        raise DeskExpired from None
    account = db.session.get(StaffAccount, account_id)
    conference = db.session.get(Conference, conference_id)
    if account is None or conference is None or not account.is_active or account.stamp != stamp:
        raise DeskExpired
    if session_id and not _is_open(session_id):
        raise DeskExpired
    return DeskSeat(account, conference, Role(role))


def _is_open(session_id: str) -> bool:
    entry = db.session.scalar(sa.select(StaffSession).where(StaffSession.public_id == session_id))
    return entry is not None and entry.ended_at is None


def _desk_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="desk")
