"""Sockets and who is behind them: the handshake's token becomes a `Connection`, checked once, then trusted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from meetings import links
from meetings.core.codec import Malformed
from meetings.core.vocabulary import AccountId, Actor, Role, SiteId
from meetings.tables import LinkKind, SiteKind
from signaling.protocol import fields
from signaling.seats import SeatKey, SeatState

MAX_CONNECTIONS = {"threading": 350, "gevent": 900}
"""By `SOCKET_MODE`. Each socket holds a thread, or a place, of the web process; the pages need some as well."""

_TAB = re.compile(r"[A-Za-z0-9_-]{8,40}")


class Slot(StrEnum):
    """What a page has a peer for, one of each: the conference's pictures and sound; the tiles of the gallery; the paper picture
    that it shares."""

    STAGE = "stage"
    TILES = "tiles"
    PAPER = "paper"


@dataclass
class Connection:
    """One socket. `page` is what kind of page it serves media to; `actor` is None for the hall screen, which never acts.

    `name` is what others are told of it: the account's or the site's. `process` is the media process that has, or last had, its
    peers; None before it had any.
    """

    socket: str
    conference_id: int
    label: str
    page: str
    actor: Actor | None
    tab: str
    lang: str
    name: str
    link_id: int | None = None
    state: SeatState = SeatState.HELD
    peers: dict[Slot, str] = field(default_factory=dict)
    process: int | None = None

    @property
    def peer_names(self) -> tuple[str, ...]:
        """Those of `peers` at this moment: the media's own thread takes out what has ended."""
        return tuple(self.peers.values())

    @property
    def site_id(self) -> SiteId | None:
        return self.actor.site_id if self.actor else None

    @property
    def is_desk(self) -> bool:
        return self.page == "desk"

    @property
    def seat_key(self) -> SeatKey:
        return (self.conference_id, self.label)

    @property
    def role(self) -> str:
        return self.actor.role.value if self.actor else "screen"


def admit(socket: str, auth: Any) -> Connection:
    """The connection a handshake asks for. Raises `Malformed` or a `links.LinkRefused`."""
    auth = fields(auth, {"tab": str}, {"link": str, "desk": str, "lang": str, "companion": bool})
    tab, lang = auth["tab"], "en" if auth.get("lang") == "en" else "vi"
    if not _TAB.fullmatch(tab):
        raise Malformed("tab", "8 to 40 letters and digits")
    if auth.get("desk"):
        return _desk(socket, auth["desk"], tab, lang)
    if auth.get("link"):
        seat = _seat(socket, auth["link"], tab, lang)
        if auth.get("companion") and seat.site_id is not None:
            seat.state = SeatState.COMPANION
        return seat
    raise Malformed("link", "missing")


def _desk(socket: str, token: str, tab: str, lang: str) -> Connection:
    seat = links.resolve_desk_token(token)
    actor = Actor(Role(seat.role.value), account_id=AccountId(seat.account.id))
    return Connection(
        socket, seat.conference.id, f"desk:{seat.account.id}:{tab}", "desk", actor, tab, lang, seat.account.display_name
    )


def _seat(socket: str, token: str, tab: str, lang: str) -> Connection:
    link = links.resolve_link(token)
    if link.kind is LinkKind.HALL_SCREEN:
        return Connection(socket, link.conference_id, f"screen:{tab}", "screen", None, tab, lang, "", link.id)
    is_station = link.kind is LinkKind.HALL_STATION
    site = link.site or next(s for s in link.conference.sites if s.kind is SiteKind.HALL)
    actor = Actor(Role.SITE, site_id=SiteId(site.id))
    page = "station" if is_station else "site"
    return Connection(socket, link.conference_id, f"site:{site.id}", page, actor, tab, lang, site.name, link.id)


class Connections:
    """All sockets of this process."""

    def __init__(self) -> None:
        self._by_socket: dict[str, Connection] = {}
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._by_socket)

    def __iter__(self) -> Iterator[Connection]:
        with self._guard:
            return iter(list(self._by_socket.values()))

    def add(self, connection: Connection) -> None:
        with self._guard:
            self._by_socket[connection.socket] = connection

    def remove(self, socket: str) -> Connection | None:
        with self._guard:
            return self._by_socket.pop(socket, None)

    def get(self, socket: str) -> Connection | None:
        return self._by_socket.get(socket)

    def with_peer(self, peer: str) -> Connection | None:
        return next((c for c in self if peer in c.peer_names), None)
