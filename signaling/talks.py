"""Socket messages of the line-test board: what the desk sees of every point, and a private talk with one (rule 35).

A talk is a side line with two ends: nothing of it reaches a bus of a conference, and nobody else can join it. The point answers
it; its microphone and camera are sent to that desk page alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_socketio import join_room

from meetings import line_tests
from meetings.core.codec import Malformed
from meetings.core.parts import instant
from meetings.core.refusals import NotPermitted, UnknownSite
from meetings.live import utc_now
from signaling.answers import Answer, answered, refused
from signaling.connections import Connection
from signaling.protocol import fields
from signaling.seats import SeatState
from signaling.side_lines import TALK, SideLine

if TYPE_CHECKING:
    from signaling.handlers import Wire

LARGEST_PICTURE = 40_000
"""Characters of base64: a thumbnail, not a photograph."""

_JPEG = re.compile(rb"\xff\xd8\xff")


@dataclass(frozen=True)
class Thumbnail:
    at: datetime
    jpeg: str


def room_of_board(conference_id: int) -> str:
    return f"conference:{conference_id}:board"


class Talks:
    """One method a message; names as in PROTOCOL.md."""

    NAMES = ("watch_board", "report_picture", "keep_test", "talk_to", "answer_talk", "end_talk")

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._pictures: dict[int, dict[int, Thumbnail]] = {}

    def register(self) -> None:
        for name in self.NAMES:
            self.wire.socketio.on_event(name, getattr(self, name))

    # --- the board ---

    @answered
    def watch_board(self, connection: Connection, message: Any) -> Answer:
        fields(message, {})
        _require_desk(connection)
        conference_id = connection.conference_id
        join_room(room_of_board(conference_id))
        return {
            "ok": True,
            "contacts": line_tests.contacts(conference_id),
            "tests": line_tests.as_told(conference_id),
            "pictures": {str(k): _picture(v) for k, v in self._pictures.get(conference_id, {}).items()},
        }

    @answered
    def report_picture(self, connection: Connection, message: Any) -> Answer:
        jpeg = fields(message, {"jpeg": str})["jpeg"]
        if connection.site_id is None or connection.state is not SeatState.HELD:
            raise NotPermitted
        if len(jpeg) > LARGEST_PICTURE or not _is_jpeg(jpeg):
            raise Malformed("jpeg", f"a JPEG of at most {LARGEST_PICTURE} characters of base64")
        picture = Thumbnail(utc_now(), jpeg)
        self._pictures.setdefault(connection.conference_id, {})[connection.site_id] = picture
        told = {str(connection.site_id): _picture(picture)}
        self.wire.socketio.emit("pictures", told, to=room_of_board(connection.conference_id))
        return {"ok": True}

    @answered
    def keep_test(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"site_id": int, "remark": str}, {"is_passed": bool})
        _require_desk(connection)
        site_id = self._known(connection, message["site_id"])
        remark = " ".join(message["remark"].split())
        if len(remark) > line_tests.REMARK_LENGTH:
            raise Malformed("remark", f"at most {line_tests.REMARK_LENGTH} characters")
        passed = message.get("is_passed")
        told = line_tests.keep(connection.conference_id, site_id, passed, remark, connection.name, utc_now())
        self.wire.socketio.emit("tests", {str(site_id): told}, to=room_of_board(connection.conference_id))
        return {"ok": True, "test": told}

    def _known(self, connection: Connection, site_id: int) -> int:
        _, directory = self.wire.live.look(connection.conference_id)
        if all(site.id != site_id for site in directory.sites):
            raise UnknownSite
        return site_id

    # --- talks ---

    @answered
    def talk_to(self, connection: Connection, message: Any) -> Answer:
        """The point is asked; a talk that this desk page still has ends first."""
        _require_desk(connection)
        site_id = self._known(connection, fields(message, {"site_id": int})["site_id"])
        state, _ = self.wire.live.known(connection.conference_id)
        if any(holder.site_id == site_id for holder in state.holders()):
            return refused("site_speaks", gettext("Điểm cầu đang phát biểu; hãy gọi khi phát biểu xong."))
        holder = self.wire.seats.holder((connection.conference_id, f"site:{site_id}"))
        if holder is None:
            return refused("site_is_away", gettext("Điểm cầu chưa mở trang; hãy gọi điện cho người trực."))
        for before in self.wire.side_lines.of_socket(connection.socket, TALK):
            self.end(before)
        if self.wire.side_lines.of_site(connection.conference_id, site_id, TALK):
            return refused("site_is_talking", gettext("Một bàn khác đang nói chuyện với điểm cầu này."))
        places = {"desk": connection.socket, "site": holder}
        line = self.wire.side_lines.open(TALK, connection, site_id, places)
        self._tell(line, "asked", connection.name)
        return {"ok": True, "line": line.id}

    @answered
    def answer_talk(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"line": str, "is_accepted": bool})
        line = self.wire.side_lines.access(connection, message["line"])
        if line.kind is not TALK or line.places["site"] != connection.socket:
            raise NotPermitted
        if not message["is_accepted"]:
            self.end(line, "declined")
            return {"ok": True}
        self._tell(line, "accepted")
        return {"ok": True}

    @answered
    def end_talk(self, connection: Connection, message: Any) -> Answer:
        line = self.wire.side_lines.access(connection, fields(message, {"line": str})["line"])
        if line.kind is not TALK:
            raise NotPermitted
        self.end(line)
        return {"ok": True}

    def end(self, line: SideLine, state: str = "ended") -> None:
        self.wire.side_lines.close(line)
        self._tell(line, state)

    def _tell(self, line: SideLine, state: str, name: str = "") -> None:
        told = {"line": line.id, "site_id": line.site_id, "state": state, "name": name}
        self.wire.socketio.emit("talk", told, to=list(line.places.values()))

    def left(self, connection: Connection) -> None:
        """A talk ends when either page goes; a site that goes leaves no picture behind."""
        for line in self.wire.side_lines.of_socket(connection.socket, TALK):
            self.end(line)
        if connection.site_id is not None and connection.state is SeatState.HELD:
            self._pictures.get(connection.conference_id, {}).pop(connection.site_id, None)


def _require_desk(connection: Connection) -> None:
    if not connection.is_desk:
        raise NotPermitted


def _picture(picture: Thumbnail) -> dict[str, Any]:
    return {"at": instant(picture.at), "jpeg": picture.jpeg}


def _is_jpeg(text: str) -> bool:
    try:
        return bool(_JPEG.match(base64.b64decode(text, validate=True)))
    except (binascii.Error, ValueError):
        return False
