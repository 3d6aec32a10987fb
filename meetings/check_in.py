"""Checking delegates in at the door: a code for each, printed as a QR, and what a code that is read does.

A code is nothing but digits, `<ten digits of a signature><number of the delegate>`: a scanner that types like a keyboard
cannot be garbled by a Vietnamese input method, and the QR stays small. It is made under the installation's key and never
stored: it can be printed again, and says nothing of the person. It opens no page; only a check-in desk can use it.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from meetings import appointments, prints, store, words
from meetings.core.state import State
from meetings.core.vocabulary import DelegateId, RollStatus
from meetings.documents import cards
from meetings.documents.official import ascii_name
from meetings.tables import Conference, Delegate, Site, SiteKind, db

SIGNED_DIGITS = 10
_LONGEST = SIGNED_DIGITS + 10


class UnknownCode(Exception):
    """Not a code of this installation: misread, or made elsewhere."""


@dataclass(frozen=True)
class OtherConference(Exception):
    """A good code, for another conference."""

    title: str


@dataclass(frozen=True)
class OtherSite(Exception):
    """A good code of this conference, for another of its points."""

    site_name: str


@dataclass(frozen=True)
class AlreadyIn(Exception):
    """The delegate was marked present before."""

    at: datetime | None


def code_of(delegate: Delegate) -> str:
    return f"{_signature(delegate)}{delegate.id}"


def _signature(delegate: Delegate) -> str:
    key = f"check-in:{current_app.secret_key!s}".encode()
    made = hmac.digest(key, f"{delegate.conference.public_id}.{delegate.id}".encode(), "sha256")
    return f"{int.from_bytes(made[:8], 'big') % 10**SIGNED_DIGITS:0{SIGNED_DIGITS}d}"


def delegate_of(typed: str, site: Site) -> Delegate:
    """Whose code was read at this point's door. Raises `UnknownCode`, `OtherConference`, `OtherSite`."""
    digits = "".join(typed.split())
    if not SIGNED_DIGITS < len(digits) <= _LONGEST or not (digits.isascii() and digits.isdecimal()):
        raise UnknownCode
    number = int(digits[SIGNED_DIGITS:])
    delegate = db.session.get(Delegate, number) if number < 2**31 else None
    if delegate is None or not hmac.compare_digest(code_of(delegate), digits):
        raise UnknownCode
    if delegate.conference_id != site.conference_id:
        raise OtherConference(delegate.conference.short_title)
    if delegate.site_id != site.id:
        raise OtherSite(delegate.site.name)
    return delegate


def require_not_in(state: State, delegate: Delegate) -> None:
    """Raises `AlreadyIn`: a code that is read twice marks nobody twice."""
    entry = state.roll_entry(DelegateId(delegate.id))
    if entry.status in (RollStatus.PRESENT, RollStatus.SUBSTITUTE):
        raise AlreadyIn(entry.marked_at)


def who(delegate: Delegate) -> str:
    return delegate.person.full_name or delegate.title


@prints.paper("cards")
def _cards(conference: Conference, asked: prints.PrintPaper) -> prints.Print:
    """A card for every delegate of the hall."""
    hall = next(site for site in conference.sites if site.kind is SiteKind.HALL)
    made = [
        cards.Card(who(one), one.title if one.person.full_name else one.body, code_of(one))
        for one in store.delegates_of(hall)
    ]
    when = f"{conference.opens_at.astimezone(appointments.zone()):%H:%M, %d/%m/%Y} · {conference.place}"
    title, language = conference.short_title, words.language()
    return prints.Print(
        [made, title, when, language],
        lambda: cards.as_pdf(made, title, when, language),
        f"the-dai-bieu-{ascii_name(title)}.pdf",
    )
