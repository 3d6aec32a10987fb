"""Conferences as appointments in other calendars: when they change, and who may subscribe.

An appointment's SEQUENCE grows when somebody looks and finds time, place, title, points or cancellation different from
what was told last. The address of a feed is signed like a link's (`meetings.links`); renewing it ends the old one.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import selectinload

from meetings import store
from meetings.documents import calendar
from meetings.tables import (
    AppointmentState,
    CalendarFeed,
    Conference,
    ConferenceStatus,
    Site,
    StaffAccount,
    db,
    random_id,
    writing,
)

_DOMAIN = "diem-cau"
FEED_REACHES_BACK = timedelta(days=400)


def zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)


def revised(conference: Conference, now: datetime) -> AppointmentState:
    """The state of the appointment, with a higher sequence if it has changed since last told. Inside `writing()`."""
    return _revise(conference, db.session.get(AppointmentState, conference.id), now)


def _revise(conference: Conference, state: AppointmentState | None, now: datetime) -> AppointmentState:
    digest = _digest(conference)
    if state is None:
        state = AppointmentState(conference_id=conference.id, sequence=0, digest=digest, changed_at=now)
        db.session.add(state)
    elif state.digest != digest:
        state.sequence, state.digest, state.changed_at = state.sequence + 1, digest, now
    return state


def current(conference: Conference, now: datetime) -> AppointmentState:
    """As `revised`, outside of `writing()`: writes only when there is something to write."""
    ((_conference, state),) = _all_current(sa.select(Conference).where(Conference.id == conference.id), now)
    return state


def _all_current(wanted: sa.Select[Conference], now: datetime) -> Sequence[tuple[Conference, AppointmentState]]:
    """The conferences with their states, from the same number of queries however many there are."""
    with_states = (
        wanted.add_columns(AppointmentState)
        .outerjoin(AppointmentState, AppointmentState.conference_id == Conference.id)
        .options(selectinload(Conference.sites))
    )
    told = db.session.execute(with_states).all()
    if any(state is None or state.digest != _digest(conference) for conference, state in told):
        with writing() as session:
            for conference, state in session.execute(with_states):
                _revise(conference, state, now)
        told = db.session.execute(with_states).all()
    return [(conference, state) for conference, state in told]


def _digest(conference: Conference) -> str:
    told = [
        conference.title,
        conference.opens_at.isoformat(),
        conference.ends_at.isoformat(),
        conference.place,
        conference.status is ConferenceStatus.CANCELLED,
        [[site.id, site.name] for site in conference.sites],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def of_site(state: AppointmentState, site: Site, where: str, address: str, description: str) -> calendar.Appointment:
    """The conference as the people of one site have it in their calendars."""
    return _appointment(site.conference, state, f"s{site.id}", where, address, description)


def _appointment(
    conference: Conference, state: AppointmentState, part: str, where: str, address: str, description: str
) -> calendar.Appointment:
    return calendar.Appointment(
        uid=f"{conference.public_id}-{part}@{_DOMAIN}",
        sequence=state.sequence,
        changed_at=state.changed_at,
        opens_at=conference.opens_at,
        ends_at=conference.ends_at,
        title=conference.title,
        place=where,
        description=description,
        is_cancelled=conference.status is ConferenceStatus.CANCELLED,
        address=address,
    )


def feed_of(account: StaffAccount, base: str, now: datetime) -> bytes:
    """Every conference that the account may see and that is more than a draft; no rehearsal."""
    store.require(account, store.Right.VIEW)
    told = (
        sa.select(Conference)
        .where(
            Conference.status != ConferenceStatus.DRAFT,
            ~Conference.is_rehearsal,
            Conference.opens_at > now - FEED_REACHES_BACK,
        )
        .order_by(Conference.opens_at)
    )
    appointments = [
        _appointment(one, state, "c", one.place, f"{base}/c/{one.public_id}", f"Đơn vị tổ chức: {one.organiser}")
        for one, state in _all_current(told, now)
    ]
    return calendar.feed(appointments, zone(), "Điểm Cầu")


# --- the address of a feed ---


def feed_path(account: StaffAccount) -> str | None:
    """The secret address of this account's feed, when it has one."""
    row = db.session.get(CalendarFeed, account.id)
    return f"/calendar/{_token(row)}.ics" if row else None


def renew_feed(account: StaffAccount, now: datetime) -> None:
    """A new address; the old one ends. Inside `writing()`."""
    row = db.session.get(CalendarFeed, account.id)
    if row is None:
        row = CalendarFeed(account_id=account.id)
        db.session.add(row)
    row.public_id, row.nonce, row.created_at, row.read_at = random_id(), secrets.token_urlsafe(16), now, None


def end_feed(account: StaffAccount) -> None:
    """Inside `writing()`."""
    row = db.session.get(CalendarFeed, account.id)
    if row is not None:
        db.session.delete(row)


def feed_read_at(account: StaffAccount) -> datetime | None:
    row = db.session.get(CalendarFeed, account.id)
    return row.read_at if row else None


def account_of_feed(token: str, now: datetime) -> StaffAccount:
    """Whose feed this is; raises `store.NotFound` for any token that opens nothing."""
    public_id, _, signature = token.partition(".")
    row = db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.public_id == public_id[:16]))
    if row is None or not hmac.compare_digest(_signature(row).encode(), signature.encode()):
        raise store.NotFound
    account = db.session.get(StaffAccount, row.account_id)
    if account is None or not account.is_active:
        raise store.NotFound
    _note_reading(row, now)
    return db.session.get_one(StaffAccount, account.id)


def _note_reading(row: CalendarFeed, now: datetime) -> None:
    account_id = row.account_id
    if row.read_at is not None and (now - row.read_at).total_seconds() < 600:
        return
    with writing() as session:
        found = session.get(CalendarFeed, account_id)
        if found is not None:
            found.read_at = now


def _token(row: CalendarFeed) -> str:
    return f"{row.public_id}.{_signature(row)}"


def _signature(row: CalendarFeed) -> str:
    key = f"calendar-feed:{current_app.secret_key!s}".encode()
    digest = hmac.digest(key, f"{row.public_id}.{row.nonce}".encode(), "sha256")
    return b32encode(digest[:15]).decode().lower()
