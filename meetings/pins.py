"""PINs: eight digits that open a point's seat where its link cannot be clicked, typed from paper or told by phone.

A PIN is made from its link's secret parts under the installation's key, like the link's token: it can be printed again, and
ends with the link. What is stored is a keyed digest by which the link is found: the database alone gives no PIN away.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Lock

import sqlalchemy as sa
from flask import current_app

from meetings.tables import ConferenceStatus, LinkKind, SiteLink, SitePin, db

DIGITS = 8
OPENS_BEFORE, CLOSES_AFTER = timedelta(days=30), timedelta(days=1)
"""When a PIN works: around its conference only, so that few are good at any time."""
KINDS = (LinkKind.SITE, LinkKind.HALL_STATION)


class UnknownPin(Exception):
    """No link that is good now has this PIN."""


class NotAPin(Exception):
    """What was typed is not eight digits."""


class TooManyPins(Exception):
    """From this address, for this PIN, or by everybody together."""


class PinTries:
    """Wrong PINs are counted by address and altogether, right ones by PIN: within the last hour, in memory."""

    HOUR = 3600.0
    BY_ADDRESS, TOGETHER, BY_PIN = 10, 500, 30

    def __init__(self) -> None:
        self._tries: dict[str, list[float]] = {}
        self._lock = Lock()

    def check(self, address: str, pin: str, now: float) -> None:
        """Raise `TooManyPins` when one more is too much. `now` is in seconds on any steady clock."""
        for key, most in self._limits(address, pin):
            if len(self._recent(key, now)) >= most:
                raise TooManyPins

    def wrong(self, address: str, now: float) -> None:
        self._add(f"address {address}", now)
        self._add("together", now)

    def right(self, pin: str, now: float) -> None:
        self._add(f"pin {_hidden(pin)}", now)

    def _limits(self, address: str, pin: str) -> tuple[tuple[str, int], ...]:
        return (
            (f"address {address}", self.BY_ADDRESS),
            ("together", self.TOGETHER),
            (f"pin {_hidden(pin)}", self.BY_PIN),
        )

    def _recent(self, key: str, now: float) -> list[float]:
        with self._lock:
            return [at for at in self._tries.get(key, ()) if now - at < self.HOUR]

    def _add(self, key: str, now: float) -> None:
        with self._lock:
            kept = [at for at in self._tries.pop(key, []) if now - at < self.HOUR]
            self._tries[key] = [*kept, now]
            while len(self._tries) > 10_000:
                del self._tries[next(iter(self._tries))]


def _hidden(pin: str) -> str:
    return hashlib.sha256(pin.encode()).hexdigest()


def pins_of(links: Iterable[SiteLink]) -> dict[int, str]:
    """The PIN of each link that has one, by the link's id; made for those that have none yet. Inside `writing()`."""
    wanted = [link for link in links if link.kind in KINDS and link.revoked_at is None]
    known = {row.link_id: row for row in _rows(wanted)}
    return {link.id: _pin_of(link, known.get(link.id)) for link in wanted}


def lack_pins(links: Iterable[SiteLink]) -> bool:
    """Whether `pins_of` would have something to write."""
    wanted = [link for link in links if link.kind in KINDS and link.revoked_at is None]
    known = {row.link_id: row for row in _rows(wanted)}
    return any(
        link.id not in known or known[link.id].digest != _digest(_pin(link, known[link.id].turn)) for link in wanted
    )


def _rows(links: list[SiteLink]) -> list[SitePin]:
    return list(db.session.scalars(sa.select(SitePin).where(SitePin.link_id.in_([link.id for link in links]))))


def _pin_of(link: SiteLink, row: SitePin | None) -> str:
    if row is not None and row.digest == _digest(_pin(link, row.turn)):
        return _pin(link, row.turn)
    if row is not None:  # made under another secret key
        db.session.delete(row)
        db.session.flush()
    turn = 0
    while db.session.scalar(sa.select(SitePin.link_id).where(SitePin.digest == _digest(_pin(link, turn)))):
        turn += 1
    db.session.add(SitePin(link_id=link.id, turn=turn, digest=_digest(_pin(link, turn))))
    db.session.flush()
    return _pin(link, turn)


def resolve_pin(typed: str, now: datetime) -> SiteLink:
    """The link that this PIN opens now; raises `NotAPin` or `UnknownPin`."""
    link = db.session.scalar(
        sa.select(SiteLink).join(SitePin, SitePin.link_id == SiteLink.id).where(SitePin.digest == _digest(read(typed)))
    )
    if link is None or link.revoked_at is not None or link.conference.status is ConferenceStatus.CANCELLED:
        raise UnknownPin
    conference = link.conference
    if not conference.opens_at - OPENS_BEFORE <= now <= conference.ends_at + CLOSES_AFTER:
        raise UnknownPin
    return link


def read(typed: str) -> str:
    """The digits of what was typed, however they were grouped; raises `NotAPin`."""
    digits = "".join(c for c in typed if not c.isspace() and c not in ".-\u2013")
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdecimal():
        raise NotAPin
    return digits


def _pin(link: SiteLink, turn: int) -> str:
    key = f"site-pin:{current_app.secret_key!s}".encode()
    made = hmac.digest(key, f"{link.public_id}.{link.nonce}.{turn}".encode(), "sha256")
    return f"{int.from_bytes(made[:16], 'big') % 10**DIGITS:0{DIGITS}d}"


def _digest(pin: str) -> str:
    return hmac.digest(f"site-pin-index:{current_app.secret_key!s}".encode(), pin.encode(), "sha256").hex()
