"""Tells every page what changed: parts of the audiences it belongs to, never more (rule 30)."""

from __future__ import annotations

import threading
from typing import Any

from flask_socketio import SocketIO

from meetings import journal
from meetings.core import audience
from meetings.core.directory import Directory
from meetings.core.parts import Part, instant
from meetings.core.state import State
from meetings.core.vocabulary import SiteId
from meetings.live import Change
from signaling.connections import Connection

LOG_LENGTH = 300


def room_of_all(conference_id: int) -> str:
    return f"conference:{conference_id}"


def room_of_desk(conference_id: int) -> str:
    return f"conference:{conference_id}:desk"


def room_of_site(conference_id: int, site_id: int) -> str:
    return f"conference:{conference_id}:site:{site_id}"


class Announcer:
    """Sends `changes` and `log` after each command. Remembers each part as last told, and at which number it last changed."""

    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio
        self._told: dict[str, tuple[Part, int]] = {}
        self._guard = threading.Lock()

    def announce(self, change: Change) -> None:
        conference_id, state, directory = change.conference_id, change.after, change.directory
        with self._guard:
            self._tell(room_of_all(conference_id), "public", change, audience.public_part)
            self._tell(room_of_desk(conference_id), "desk", change, audience.desk_part)
            for site in directory.sites:
                self._tell_site(room_of_site(conference_id, site.id), change, site.id)
        if entries := audience.log_entries(change.recorded, state, directory):
            self._socketio.emit("log", entries, to=room_of_desk(conference_id))

    def _tell_site(self, room: str, change: Change, site_id: SiteId) -> None:
        self._tell(room, "own", change, lambda state, names: audience.own_part(state, names, site_id))

    def _tell(self, room: str, name: str, change: Change, part_of: Any) -> None:
        told, prev = self._told.get(room) or self._known_before(change, part_of)
        part = part_of(change.after, change.directory)
        changes = audience.changed_values(told, part)
        if not changes:
            self._told[room] = (told, prev)
            return
        self._told[room] = (part, change.after.seq)
        message = {
            "part": name,
            "prev": prev,
            "seq": change.after.seq,
            "at": instant(change.recorded[-1].at),
            "changes": changes,
        }
        self._socketio.emit("changes", message, to=room)

    @staticmethod
    def _known_before(change: Change, part_of: Any) -> tuple[Part, int]:
        """Until the doors opened the office could change anything, so nothing that was told before counts."""
        if change.before.seq == 0:
            return {}, 0
        return part_of(change.before, change.directory), change.before.seq


def snapshot_for(connection: Connection, state: State, directory: Directory, at: str | None) -> dict[str, Any]:
    """Everything the page of `connection` may know, as it is."""
    parts: dict[str, Part] = {"public": audience.public_part(state, directory)}
    log: list[Part] = []
    if connection.site_id is not None:
        parts["own"] = audience.own_part(state, directory, connection.site_id)
    if connection.is_desk:
        parts["desk"] = audience.desk_part(state, directory)
        recent = journal.load(connection.conference_id, after=max(0, state.seq - LOG_LENGTH))
        log = audience.log_entries((entry for entry in recent if entry.seq <= state.seq), state, directory)
    return {"seq": state.seq, "at": at, "parts": parts, "log": log}
