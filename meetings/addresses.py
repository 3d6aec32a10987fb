"""The addresses that are given out before a conference: to the desk, to the hall, to each site."""

import ipaddress
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from meetings import links, store, tls
from meetings.config import Settings
from meetings.tables import Conference, LinkKind, Role, StaffAccount, db, writing


def base_addresses(settings: Settings) -> list[str]:
    """Where browsers reach the web process, the best to give out first."""
    try:
        host = ipaddress.ip_address(settings.host)
    except ValueError:
        return [_address(settings, settings.host)]
    hosts = [host]
    if host.is_unspecified:
        versions = {4} if host.version == 4 else {4, 6}
        hosts = [address for address in tls.lan_addresses() if address.version in versions]
        loopback = ipaddress.ip_address("127.0.0.1")
        # Without TLS a browser on another computer gets no camera: this one's own address comes first.
        hosts = [*hosts, loopback] if settings.tls == "auto" else [loopback, *hosts]
    return [_address(settings, str(host)) for host in hosts]


def own_address(settings: Settings) -> str:
    """Where this machine itself reaches the web process. With `TLS=auto` the certificate is the installation's own."""
    return _address(settings, {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host))


def _address(settings: Settings, host: str) -> str:
    scheme = "https" if settings.tls == "auto" else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def addresses_of(conference_id: int, base: str) -> dict[str, Any]:
    """Every address of a conference. Chair and secretary get new one-time sign-ins; raises `store.NotFound`."""
    now = datetime.now(UTC)
    with writing() as session:
        conference = session.get(Conference, conference_id)
        if conference is None:
            raise store.NotFound
        live = store.links_of(conference)
        path = f"/c/{conference.public_id}"
        return {
            "conference": conference.id,
            "public_id": conference.public_id,
            "title": conference.title,
            "chair": _one_time(base, (Role.CHAIR,), f"{path}/chair", now),
            "secretary": _one_time(base, (Role.SECRETARY, Role.ADMIN), f"{path}/secretary", now),
            "station": _first(base, live, LinkKind.HALL_STATION),
            "screen": _first(base, live, LinkKind.HALL_SCREEN),
            "sites": [
                {"site_id": link.site_id, "name": link.site.name, "url": base + links.link_path(link)}
                for link in live
                if link.kind is LinkKind.SITE and link.site
            ],
        }


def _one_time(base: str, roles: tuple[Role, ...], target: str, now: datetime) -> str | None:
    for role in roles:
        account = db.session.scalar(
            sa.select(StaffAccount).where(StaffAccount.role == role, StaffAccount.is_active).order_by(StaffAccount.id)
        )
        if account is not None:
            return base + links.one_time_path(account, target, now)
    return None


def _first(base: str, live: Any, kind: LinkKind) -> str | None:
    return next((base + links.link_path(link) for link in live if link.kind is kind), None)


def as_table(addresses: dict[str, Any]) -> str:
    """The addresses for reading and copying in a terminal."""
    rows = [
        ("Chủ trì (chair, works once)", addresses["chair"]),
        ("Thư ký (secretary, works once)", addresses["secretary"]),
        ("Máy trạm hội trường (hall station)", addresses["station"]),
        ("Màn hình hội trường (hall screen)", addresses["screen"]),
        *((site["name"], site["url"]) for site in addresses["sites"]),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:<{width}}  {url or '– (no such account)'}" for name, url in rows)
