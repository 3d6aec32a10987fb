"""Lines beside the stage (rule 35): a point's check of itself, and what a desk and a point say to each other.

Each is a router of its own in the media process, with buses of its own: what goes over it cannot reach a bus of a conference,
whatever a page asks. A side line has *ends*, each of one page; it goes when any of its pages goes.
"""

from __future__ import annotations

import logging
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from meetings.core.refusals import NotPermitted
from signaling.connections import Connection
from signaling.media import ASIDE, Media, MediaUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class End:
    """What one page sends and sees on a side line."""

    publishes: bool
    subscribes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Kind:
    ends: dict[str, End]
    routes: dict[str, Any]


def _routes(**buses: str) -> dict[str, Any]:
    """The seat behind each bus, with picture and sound."""
    return {"buses": {bus: {"video": seat, "audio": seat} for bus, seat in buses.items()}, "warm": []}


CHECK = Kind(
    {"out": End(True), "back": End(False, (("own", "video"), ("echo", "audio")))},
    _routes(own="out", echo="echo"),
)
"""A point sends from one end and receives the same picture at the other; the sound that comes back is the echo test's."""


TALK = Kind(
    {
        "desk": End(True, (("site", "audio"), ("site", "video"))),
        "site": End(True, (("desk", "audio"), ("desk", "video"))),
    },
    _routes(desk="desk", site="site"),
)
"""A desk and a point see and hear each other."""


@dataclass
class SideLine:
    """`places` are the sockets that may take each end, `peers` the peers that have."""

    id: str
    kind: Kind
    conference_id: int
    site_id: int
    places: dict[str, str]
    peers: dict[str, str] = field(default_factory=dict)

    @property
    def router(self) -> str:
        return f"{ASIDE}{self.id}"


class SideLines:
    """All side lines of this process."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._lines: dict[str, SideLine] = {}
        self._guard = threading.RLock()

    def open(self, kind: Kind, connection: Connection, site_id: int, places: dict[str, str]) -> SideLine:
        """A new line between these sockets. Raises `MediaUnavailable`."""
        line = SideLine(secrets.token_hex(8), kind, connection.conference_id, site_id, places)
        self._media.route_aside(line.router, kind.routes)
        with self._guard:
            self._lines[line.id] = line
        return line

    def access(self, connection: Connection, line_id: str) -> SideLine:
        """The line, for a page that has an end of it. Raises `NotPermitted`."""
        with self._guard:
            line = self._lines.get(line_id)
        if line is None or connection.socket not in line.places.values():
            raise NotPermitted
        return line

    def of_socket(self, socket: str, kind: Kind | None = None) -> list[SideLine]:
        with self._guard:
            lines = list(self._lines.values())
        return [line for line in lines if socket in line.places.values() and kind in (None, line.kind)]

    def of_site(self, conference_id: int, site_id: int, kind: Kind) -> list[SideLine]:
        with self._guard:
            lines = list(self._lines.values())
        return [x for x in lines if (x.conference_id, x.site_id, x.kind) == (conference_id, site_id, kind)]

    def join(self, connection: Connection, line: SideLine, end: str) -> tuple[str, str]:
        """The page takes its end: the peer, and the offer for it. Raises `NotPermitted` or `MediaUnavailable`."""
        if line.places.get(end) != connection.socket:
            raise NotPermitted
        peer = f"aside.{line.id}.{end}.{secrets.token_hex(4)}"
        with self._guard:
            before, line.peers[end] = line.peers.get(end), peer
        if before:
            self._media.leave(before)
        asked = line.kind.ends[end]
        return peer, self._media.join_aside(line.router, peer, end, asked.publishes, asked.subscribes)

    def close(self, line: SideLine) -> None:
        """Nothing is left of it; closing it twice is as good."""
        with self._guard:
            if self._lines.pop(line.id, None) is None:
                return
            peers = list(line.peers.values())
        for peer in peers:
            self._media.leave(peer)
        try:
            self._media.route_aside(line.router, {"buses": {}, "warm": []})
        except MediaUnavailable as error:
            log.info("side line %s could not be cleared: %s", line.id, error.code)
