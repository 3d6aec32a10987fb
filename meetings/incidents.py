"""What happened to the lines of a conference's sites: one row for each change, kept with the conference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from meetings.core.vocabulary import LineKind, SiteId
from meetings.tables import LineIncident, db, writing

KEPT = 300

FigureValues = dict[str, int | float | str | None]


@dataclass(frozen=True)
class Incident:
    """One change, with the figures of that moment (PROTOCOL.md, `link_figures`)."""

    site_id: SiteId
    at: datetime
    kind: LineKind
    figures: FigureValues


def add(conference_id: int, incidents: Sequence[Incident]) -> None:
    with writing() as session:
        for one in incidents:
            row = LineIncident(
                conference_id=conference_id, site_id=one.site_id, at=one.at, kind=one.kind, figures=one.figures
            )
            session.add(row)
            session.flush()  # ids in the order given, whatever the database does with many rows at once


def of_site(conference_id: int, site_id: int) -> list[Incident]:
    """The latest ones, oldest first."""
    wanted = sa.select(LineIncident).where(LineIncident.conference_id == conference_id, LineIncident.site_id == site_id)
    latest = db.session.scalars(wanted.order_by(LineIncident.id.desc()).limit(KEPT)).all()
    return [Incident(SiteId(row.site_id), row.at, row.kind, row.figures) for row in reversed(latest)]


def last_kinds(conference_id: int) -> dict[SiteId, LineKind]:
    """The last one of each site."""
    newest = (
        sa.select(sa.func.max(LineIncident.id))
        .where(LineIncident.conference_id == conference_id)
        .group_by(LineIncident.site_id)
    )
    rows = db.session.execute(sa.select(LineIncident.site_id, LineIncident.kind).where(LineIncident.id.in_(newest)))
    return {SiteId(site_id): kind for site_id, kind in rows}
