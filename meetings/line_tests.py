"""The desk's test of every point before the opening: passed, failed, a remark; and whom to phone."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from meetings.core.parts import instant
from meetings.tables import LineTest, Site, db, writing

REMARK_LENGTH = 250


def keep(
    conference_id: int, site_id: int, is_passed: bool | None, remark: str, tested_by: str, now: datetime
) -> dict[str, Any]:
    """What the desk says of a point, in place of what it said before. As it is told."""
    with writing() as session:
        row = session.get(LineTest, site_id)
        if row is None:
            row = LineTest(site_id=site_id, conference_id=conference_id)
            session.add(row)
        row.is_passed, row.remark, row.tested_by, row.tested_at = is_passed, remark, tested_by[:120], now
        session.flush()
        return _told(row)


def of_conference(conference_id: int) -> dict[int, LineTest]:
    rows = db.session.scalars(sa.select(LineTest).where(LineTest.conference_id == conference_id))
    return {row.site_id: row for row in rows}


def as_told(conference_id: int) -> dict[str, Any]:
    return {str(site_id): _told(row) for site_id, row in of_conference(conference_id).items()}


def contacts(conference_id: int) -> dict[str, Any]:
    """Who sits at each point and by which phone: the desk's alone (rule 30)."""
    sites = db.session.scalars(sa.select(Site).where(Site.conference_id == conference_id))
    return {
        str(site.id): {"name": site.contact_name, "phone": site.contact_phone or "", "where": site.room}
        for site in sites
    }


def _told(row: LineTest) -> dict[str, Any]:
    return {
        "is_passed": row.is_passed,
        "remark": row.remark,
        "tested_by": row.tested_by,
        "tested_at": instant(row.tested_at),
    }
