"""The sites of a conference and their links."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased, contains_eager

from meetings.store.delegates import delegates_of
from meetings.store.forms import Invalid, Reader, as_fields
from meetings.store.versions import count_save, note_removal, remove
from meetings.tables import (
    Conference,
    LinkKind,
    Site,
    SiteKind,
    SiteLink,
    Unit,
    db,
)

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")


@dataclass(frozen=True)
class SiteDraft:
    name: str
    short_name: str
    label: str
    contact_name: str
    contact_phone: str | None
    expected_count: int | None
    map_column: int | None
    map_row: int | None
    address: str = ""
    room: str = ""
    contact_email: str = ""
    seats: int | None = None


def read_site(form: Mapping[str, str]) -> SiteDraft:
    reader = Reader(form)
    name, short_name = reader.text("name", 120), reader.text("short_name", 60)
    draft = SiteDraft(
        name=name,
        short_name=short_name,
        label=reader.text("label", 60, is_required=False) or short_name,
        contact_name=reader.text("contact_name", 120, is_required=False),
        contact_phone=reader.text("contact_phone", 40, is_required=False) or None,
        expected_count=reader.number_or_none("expected_count", 0, 100_000),
        map_column=reader.number_or_none("map_column", 1, 40),
        map_row=reader.number_or_none("map_row", 1, 40),
        address=reader.text("address", 200, is_required=False),
        room=reader.text("room", 120, is_required=False),
        contact_email=reader.text("contact_email", 200, is_required=False),
        seats=reader.number_or_none("seats", 1, 100_000),
    )
    if draft.contact_email and not _ADDRESS.fullmatch(draft.contact_email):
        reader.errors["contact_email"] = _("Hãy điền một địa chỉ thư như vanphong@example.gov.vn.")
    reader.finish()
    return draft


def add_site(
    conference: Conference, draft: SiteDraft, kind: SiteKind = SiteKind.SITE, unit: Unit | None = None
) -> Site:
    """A new last site, with its link; a hall gets one for its station and one for its screen."""
    site = Site(**vars(draft), kind=kind, unit=unit, position=len(conference.sites))
    conference.sites.append(site)
    db.session.flush()
    if kind is SiteKind.HALL:
        db.session.add(SiteLink(conference_id=conference.id, site_id=site.id, kind=LinkKind.HALL_STATION))
        db.session.add(SiteLink(conference_id=conference.id, site_id=None, kind=LinkKind.HALL_SCREEN))
    else:
        db.session.add(SiteLink(conference_id=conference.id, site_id=site.id, kind=LinkKind.SITE))
    return site


def site_values(site: Site) -> dict[str, str]:
    """The site as its form shows it."""
    return as_fields({name: getattr(site, name) for name in SiteDraft.__dataclass_fields__})


def change_site(site: Site, draft: SiteDraft, seen_version: int, by: str) -> None:
    """Raises `Overwritten` when somebody has saved the site since it was seen."""
    count_save(site, seen_version, by)
    for name, value in vars(draft).items():
        setattr(site, name, value)


def remove_site(site: Site, by: str) -> None:
    """Its delegates and its link go with it. The hall stays."""
    if site.kind is SiteKind.HALL:
        raise Invalid({"site": _("Không bỏ được hội trường.")})
    rest = [other for other in site.conference.sites if other is not site]
    for delegate in delegates_of(site):
        note_removal(delegate, by)
    remove(site, by)
    for position, other in enumerate(rest):
        other.position = position


def move_site(site: Site, places: int) -> None:
    """Up (negative) or down in the order of protocol."""
    sites = list(site.conference.sites)
    at = sites.index(site)
    if site.kind is SiteKind.HALL:
        raise Invalid({"site": _("Hội trường đứng đầu danh sách.")})
    sites.insert(max(1, at + places), sites.pop(at))
    order_sites(site.conference, [other.id for other in sites])


def order_sites(conference: Conference, site_ids: Sequence[int]) -> None:
    """All sites in this order of protocol; raises `Invalid` when one is missing or foreign, or the hall is not first."""
    sites = {site.id: site for site in conference.sites}
    if sorted(sites) != sorted(site_ids):
        raise Invalid({"site": _("Danh sách vừa thay đổi; hãy xem lại thứ tự.")})
    if any(sites[site_id].kind is SiteKind.HALL for site_id in site_ids[1:]):
        raise Invalid({"site": _("Hội trường đứng đầu danh sách.")})
    for position, site_id in enumerate(site_ids):
        sites[site_id].position = position


def units_to_add(conference: Conference, zone: ZoneInfo) -> Sequence[Unit]:
    """Units of that day that lie below another and are not a site of the conference yet."""
    day = conference.opens_at.astimezone(zone).date()
    taken = [site.unit_id for site in conference.sites if site.unit_id]
    return db.session.scalars(
        sa.select(Unit)
        .where(
            Unit.parent_id.is_not(None),
            Unit.id.not_in(taken),
            sa.or_(Unit.valid_from.is_(None), Unit.valid_from <= day),
            sa.or_(Unit.valid_until.is_(None), Unit.valid_until >= day),
        )
        .order_by(Unit.id)
    ).all()


def add_units(conference: Conference, unit_ids: Iterable[int], zone: ZoneInfo) -> int:
    """A site for each of these units; returns how many were added."""
    wanted = set(unit_ids)
    chosen = [unit for unit in units_to_add(conference, zone) if unit.id in wanted]
    for unit in chosen:
        add_site(conference, site_of_unit(unit), unit=unit)
    return len(chosen)


def site_of_unit(unit: Unit, contact_name: str = "", expected_count: int | None = None) -> SiteDraft:
    return SiteDraft(
        name=unit.name,
        short_name=unit.short_name,
        label=_short_kind(unit),
        contact_name=contact_name,
        contact_phone=None,
        expected_count=expected_count,
        map_column=unit.map_column,
        map_row=unit.map_row,
    )


def _short_kind(unit: Unit) -> str:
    prefix = {"Thành phố": "TP ", "Thị xã": "TX "}.get(unit.kind, "")
    return prefix + unit.short_name


_LINK_ORDER = (
    LinkKind.HALL_STATION,
    LinkKind.HALL_SCREEN,
    LinkKind.CHECK_IN,
    LinkKind.HALL_CAMERA,
    LinkKind.OVERFLOW,
    LinkKind.SITE,
)
_IN_LINK_ORDER = (
    sa.case({kind: rank for rank, kind in enumerate(_LINK_ORDER)}, value=SiteLink.kind),
    Site.position,
    SiteLink.id,
)


def add_client_link(conference: Conference, kind: LinkKind) -> SiteLink:
    """A token for an encoder in the hall or a player in another room."""
    link = SiteLink(conference_id=conference.id, site_id=None, kind=kind)
    db.session.add(link)
    return link


def open_check_in(conference: Conference, site: Site | None) -> None:
    """A link for the check-in desk of a site, else of the hall, unless it has one."""
    site = site or next(one for one in conference.sites if one.kind is SiteKind.HALL)
    if site.id not in [link.site_id for link in links_of(conference) if link.kind is LinkKind.CHECK_IN]:
        db.session.add(SiteLink(conference_id=conference.id, site_id=site.id, kind=LinkKind.CHECK_IN))


def links_of(conference: Conference) -> Sequence[SiteLink]:
    """The links that open something now: the hall's first, then the sites' in order."""
    return db.session.scalars(
        sa.select(SiteLink)
        .outerjoin(Site, SiteLink.site_id == Site.id)
        .where(SiteLink.conference_id == conference.id, SiteLink.revoked_at.is_(None))
        .order_by(*_IN_LINK_ORDER)
        .options(contains_eager(SiteLink.site))
    ).all()


def closed_links_of(conference: Conference) -> Sequence[SiteLink]:
    """The last link of each place that has none now, because it was revoked; programs' tokens are not among them."""
    beside = aliased(SiteLink)
    is_newer = sa.or_(beside.revoked_at.is_(None), beside.id > SiteLink.id)
    newer = sa.exists().where(
        beside.conference_id == SiteLink.conference_id,
        beside.site_id.is_not_distinct_from(SiteLink.site_id),
        beside.kind == SiteLink.kind,
        is_newer,
    )
    return db.session.scalars(
        sa.select(SiteLink)
        .outerjoin(Site, SiteLink.site_id == Site.id)
        .where(
            SiteLink.conference_id == conference.id,
            SiteLink.revoked_at.is_not(None),
            SiteLink.kind.not_in((LinkKind.HALL_CAMERA, LinkKind.OVERFLOW)),
            ~newer,
        )
        .order_by(*_IN_LINK_ORDER)
        .options(contains_eager(SiteLink.site))
    ).all()
