"""Conferences at the same time that need the same hall, the same point or the same chair: told, never refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings.tables import (
    Conference,
    ConferenceStatus,
    Delegate,
    DelegateRole,
    Person,
    Site,
    SiteKind,
    db,
    searchable,
)

_NO_MORE = (ConferenceStatus.ADJOURNED, ConferenceStatus.CANCELLED)
_PRESIDING = (DelegateRole.CHAIR, DelegateRole.COCHAIR)


class ClashKind(StrEnum):
    HALL = "hall"
    SITE = "site"
    CHAIR = "chair"


@dataclass(frozen=True)
class Clash:
    """`what` both need: the hall's name, the points', the chair's."""

    kind: ClashKind
    what: str
    other: Conference

    def in_words(self) -> str:
        title = self.other.short_title
        if self.kind is ClashKind.HALL:
            return str(_("Trùng giờ tại %(what)s với “%(title)s”", what=self.what, title=title))
        if self.kind is ClashKind.CHAIR:
            return str(_("%(what)s cùng giờ chủ trì “%(title)s”", what=self.what, title=title))
        return str(_("%(what)s cùng giờ dự “%(title)s”", what=self.what, title=title))


def clashes_of(conferences: Sequence[Conference]) -> dict[int, list[Clash]]:
    """What each of the conferences shares with others that overlap it, from three queries whatever their number.

    A rehearsal needs no hall of its own: it clashes with nothing.
    """
    conferences = [conference for conference in conferences if not conference.is_rehearsal]
    if not conferences:
        return {}
    candidates = db.session.scalars(
        sa.select(Conference).where(
            Conference.opens_at < max(c.ends_at for c in conferences),
            Conference.ends_at > min(c.opens_at for c in conferences),
            Conference.status.not_in(_NO_MORE),
            ~Conference.is_rehearsal,
        )
    ).all()
    pairs = [
        (one, other)
        for one in conferences
        for other in candidates
        if one.id != other.id and other.opens_at < one.ends_at and other.ends_at > one.opens_at
    ]
    ids = {conference.id for pair in pairs for conference in pair}
    sites, chairs = _sites_of(ids), _chairs_of(ids)
    found: dict[int, list[Clash]] = {}
    for one, other in pairs:
        told = found.setdefault(one.id, [])
        if searchable(one.place) == searchable(other.place):
            told.append(Clash(ClashKind.HALL, one.place, other))
        for kind, of_conference in ((ClashKind.SITE, sites), (ClashKind.CHAIR, chairs)):
            mine, theirs = of_conference.get(one.id, {}), of_conference.get(other.id, {})
            if shared := [name for key, name in mine.items() if key in theirs]:
                told.append(Clash(kind, _few(shared), other))
    return found


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    if len(names) <= 3:
        return shown
    return str(_("%(names)s và %(count)d nơi khác", names=shown, count=len(names) - 3))


def _sites_of(ids: Iterable[int]) -> Mapping[int, dict[object, str]]:
    """The points of each conference, by unit, or by name where there is no unit."""
    rows = db.session.execute(
        sa.select(Site.conference_id, Site.unit_id, Site.name)
        .where(Site.conference_id.in_(ids), Site.kind == SiteKind.SITE)
        .order_by(Site.position)
    )
    found: dict[int, dict[object, str]] = {}
    for conference_id, unit_id, name in rows:
        found.setdefault(conference_id, {})[unit_id or searchable(name)] = name
    return found


def _chairs_of(ids: Iterable[int]) -> Mapping[int, dict[object, str]]:
    """Who presides, by name, or by title and body where no name is known."""
    rows = db.session.execute(
        sa.select(Delegate.conference_id, Person.full_name, Delegate.title, Delegate.body)
        .join(Person, Delegate.person_id == Person.id)
        .where(Delegate.conference_id.in_(ids), Delegate.role.in_(_PRESIDING))
        .order_by(Delegate.precedence)
    )
    found: dict[int, dict[object, str]] = {}
    for conference_id, full_name, title, body in rows:
        key = searchable(full_name or f"{title}, {body}")
        found.setdefault(conference_id, {})[key] = full_name or title
    return found
