"""Who may have which row: objects come from `access_*` only."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import sqlalchemy as sa

from meetings.tables import (
    AgendaItem,
    Base,
    Conference,
    Delegate,
    Job,
    JournalEvent,
    Removal,
    Role,
    Site,
    SiteLink,
    StaffAccount,
    db,
)

T = TypeVar("T", Site, AgendaItem, Delegate, SiteLink)


class NotFound(Exception):
    """There is no such thing, or not where it was looked for."""


class Removed(NotFound):
    """It was there until somebody removed it; `by` is "" where that is not known."""

    def __init__(self, by: str, at: datetime) -> None:
        self.by, self.at = by, at


class Forbidden(Exception):
    """This account may not do that."""


class Frozen(Exception):
    """The doors are open: names and order are in the journal and the register now."""


class Right(StrEnum):
    VIEW = "view"
    EDIT = "edit"
    REHEARSE = "rehearse"
    ADMINISTER = "administer"


_RIGHTS = {
    Role.ADMIN: {Right.VIEW, Right.EDIT, Right.REHEARSE, Right.ADMINISTER},
    Role.SECRETARY: {Right.VIEW, Right.EDIT, Right.REHEARSE},
    Role.CHAIR: {Right.VIEW, Right.REHEARSE},
    Role.VIEWER: {Right.VIEW},
}


def may(account: StaffAccount | None, right: Right) -> bool:
    return account is not None and right in _RIGHTS[account.role]


def require(account: StaffAccount | None, right: Right) -> StaffAccount:
    if account is None or not may(account, right):
        raise Forbidden
    return account


def access_conference(account: StaffAccount | None, public_id: str, right: Right = Right.VIEW) -> Conference:
    require(account, right)
    conference = db.session.scalar(sa.select(Conference).where(Conference.public_id == public_id))
    if conference is None:
        raise NotFound
    return conference


def access_structure(account: StaffAccount | None, public_id: str) -> Conference:
    """The conference, to change what it is made of: raises `Frozen` once the doors are open."""
    conference = access_conference(account, public_id, Right.EDIT)
    if is_frozen(conference):
        raise Frozen
    return conference


def access_site(conference: Conference, site_id: int) -> Site:
    return _part(Site, site_id, conference)


def access_item(conference: Conference, item_id: int) -> AgendaItem:
    return _part(AgendaItem, item_id, conference)


def access_delegate(conference: Conference, delegate_id: int) -> Delegate:
    return _part(Delegate, delegate_id, conference)


def access_link(conference: Conference, link_id: int) -> SiteLink:
    return _part(SiteLink, link_id, conference)


def access_job(account_ids: Collection[int], public_id: str) -> Job:
    """A job that one of these accounts asked for."""
    job = db.session.scalar(sa.select(Job).where(Job.public_id == public_id, Job.account_id.in_(account_ids)))
    if job is None:
        raise NotFound
    return job


def access_site_job(site: Site, public_id: str) -> Job:
    """A job that this site asked for by its link."""
    job = db.session.scalar(sa.select(Job).where(Job.public_id == public_id, Job.site_id == site.id))
    if job is None:
        raise NotFound
    return job


def _part(table: type[T], row_id: int, conference: Conference) -> T:
    part = db.session.get(table, row_id)
    if part is None:
        raise missing(table, row_id)
    if part.conference_id != conference.id:
        raise NotFound
    return part


def missing(table: type[Base], row_id: int) -> NotFound:
    """What to raise for a row that is not there, to one of the office: `Removed` where it is known who removed it."""
    removal = db.session.get(Removal, (table.__tablename__, row_id))
    return Removed(removal.removed_by, removal.removed_at) if removal else NotFound()


def is_frozen(conference: Conference) -> bool:
    """Whether the doors have been opened."""
    return frozen_among([conference]) == {conference.id}


def frozen_among(conferences: Iterable[Conference]) -> set[int]:
    ids = [conference.id for conference in conferences]
    found = sa.select(JournalEvent.conference_id).where(JournalEvent.conference_id.in_(ids)).distinct()
    return set(db.session.scalars(found))
