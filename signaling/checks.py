"""Socket messages of the green room: a point checks its devices and its line before it enters."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from meetings import checks
from meetings.core.codec import Malformed
from meetings.core.refusals import NotPermitted
from meetings.live import utc_now
from signaling.announcer import room_of_desk, room_of_site
from signaling.answers import Answer, answered
from signaling.connections import Connection
from signaling.media import MediaUnavailable
from signaling.protocol import fields
from signaling.seats import SeatState
from signaling.side_lines import CHECK, SideLine
from signaling.turn import ice_servers

if TYPE_CHECKING:
    from signaling.handlers import Wire

log = logging.getLogger(__name__)

MOST_ECHOES = 20
"""In one check: whoever holds the button down does not keep the endpoint process busy."""


class Checks:
    """One method a message; names as in PROTOCOL.md."""

    NAMES = ("open_check", "join_aside", "answer_aside", "close_aside", "read_check", "start_echo", "keep_check")

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._echoes: dict[str, int] = {}

    def register(self) -> None:
        for name in self.NAMES:
            self.wire.socketio.on_event(name, getattr(self, name))

    @answered
    def open_check(self, connection: Connection, message: Any) -> Answer:
        fields(message, {})
        site_id = _held_site(connection)
        for before in self.wire.side_lines.of_socket(connection.socket, CHECK):
            self._close(before)
        both_ends = dict.fromkeys(CHECK.ends, connection.socket)
        line = self.wire.side_lines.open(CHECK, connection, site_id, both_ends)
        return {"ok": True, "line": line.id}

    @answered
    def join_aside(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"line": str, "end": str})
        line = self.wire.side_lines.access(connection, message["line"])
        peer, sdp = self.wire.side_lines.join(connection, line, message["end"])
        settings = self.wire.app.extensions["settings"]
        relays = ice_servers(settings.turn_addresses, settings.turn_secret, peer, time.time())
        return {"ok": True, "peer": peer, "sdp": sdp, "ice_servers": relays}

    @answered
    def answer_aside(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"line": str, "peer": str, "sdp": str})
        line = self.wire.side_lines.access(connection, message["line"])
        mine = {end for end, socket in line.places.items() if socket == connection.socket}
        if message["peer"] not in {peer for end, peer in list(line.peers.items()) if end in mine}:
            raise Malformed("peer", "not of this page")
        self.wire.media.answer(message["peer"], message["sdp"])
        return {"ok": True}

    @answered
    def close_aside(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"line": str})
        line = self.wire.side_lines.access(connection, message["line"])
        if line.kind is not CHECK:
            raise NotPermitted
        self._close(line)
        return {"ok": True}

    def _close(self, line: SideLine) -> None:
        self._echoes.pop(line.id, None)
        self.wire.side_lines.close(line)

    @answered
    def read_check(self, connection: Connection, message: Any) -> Answer:
        """What has arrived of the page: it cannot know that itself."""
        message = fields(message, {"line": str})
        line = self.wire.side_lines.access(connection, message["line"])
        peer = line.peers.get("out")
        counted = next((one for one in self.wire.media.stats()["peers"] if one["peer"] == peer), None)
        published = counted["published"] if counted else []
        packets = sum(stream["packets"] for stream in published)
        lost = sum(stream["packets_lost"] for stream in published)
        return {
            "ok": True,
            "up_kbps": round(sum(stream["bit_rate"] for stream in published) / 1000),
            "loss_up": round(lost / (packets + lost), 4) if packets else None,
            "packets": packets,
        }

    @answered
    def start_echo(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"line": str})
        line = self.wire.side_lines.access(connection, message["line"])
        self._echoes[line.id] = self._echoes.get(line.id, 0) + 1
        if line.kind is not CHECK or self._echoes[line.id] > MOST_ECHOES:
            raise NotPermitted
        threading.Thread(target=self._echo, args=(connection.socket, line), name="echo", daemon=True).start()
        return {"ok": True}

    def _echo(self, socket: str, line: SideLine) -> None:
        try:
            for phase in self.wire.endpoint.echo(line.router):
                self.wire.socketio.emit("echo", {"line": line.id, **phase}, to=socket)
        except MediaUnavailable as error:
            phase = {"phase": "busy" if error.code == "busy" else "failed"}
            self.wire.socketio.emit("echo", {"line": line.id, **phase}, to=socket)

    @answered
    def keep_check(self, connection: Connection, message: Any) -> Answer:
        """How far the check has come. A point without the media process keeps its own findings all the same."""
        message = fields(message, {"check": str, "parts": dict, "is_entering": bool})
        site_id, conference_id = _held_site(connection), connection.conference_id
        if not 8 <= len(message["check"]) <= 40:
            raise Malformed("check", "8 to 40 characters")
        parts = checks.read_parts(message["parts"])
        told = checks.keep(conference_id, site_id, message["check"], parts, message["is_entering"], utc_now())
        rooms = [room_of_desk(conference_id), room_of_site(conference_id, site_id)]
        self.wire.socketio.emit("checks", {str(site_id): told}, to=rooms)
        return {"ok": True, "check": told}

    def as_told(self, connection: Connection) -> dict[str, Any]:
        """The last check of every point to the desk, to a point its own."""
        if not connection.is_desk and connection.site_id is None:
            return {}
        found = checks.latest(connection.conference_id)
        return {
            str(site_id): told for site_id, told in found.items() if connection.is_desk or site_id == connection.site_id
        }

    def left(self, connection: Connection) -> None:
        """A check that is left half way leaves no line behind."""
        for line in self.wire.side_lines.of_socket(connection.socket, CHECK):
            self._close(line)


def _held_site(connection: Connection) -> int:
    if connection.site_id is None or connection.state is not SeatState.HELD:
        raise NotPermitted
    return connection.site_id
