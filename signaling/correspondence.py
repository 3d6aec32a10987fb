"""Socket messages that are words, not rules: notes of speeches and technical messages. Rows, never events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from meetings import messages, notes
from meetings.core.codec import Malformed
from meetings.core.parts import instant
from meetings.core.refusals import NotPermitted, UnknownRequest, UnknownSite
from meetings.core.vocabulary import SiteId
from meetings.live import utc_now
from meetings.tables import Channel
from signaling.announcer import room_of_desk, room_of_site
from signaling.answers import Answer, answered, refused
from signaling.connections import Connection
from signaling.protocol import MAX_ID, fields
from signaling.seats import SeatState

if TYPE_CHECKING:
    from signaling.handlers import Wire


class Correspondence:
    """One method a message; names as in PROTOCOL.md."""

    NAMES = ("save_note", "get_notes", "send_message", "get_messages")

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def register(self) -> None:
        for name in self.NAMES:
            self.wire.socketio.on_event(name, getattr(self, name))

    @answered
    def save_note(self, connection: Connection, message: Any) -> Answer:
        """Saves while it is written; the other desks see it at once."""
        message = fields(message, {"request_id": int, "text": str, "base": str})
        if not connection.is_desk:
            raise NotPermitted
        state, _ = self.wire.live.known(connection.conference_id)
        if message["request_id"] not in state.requests:
            raise UnknownRequest
        text, base = (message[name].replace("\r\n", "\n") for name in ("text", "base"))
        try:
            note = notes.save(connection.conference_id, message["request_id"], text, base, connection.name, utc_now())
        except notes.TooLong:
            return refused("note_too_long", gettext("Ghi chú dài quá; phần vừa thêm chưa được lưu."))
        self.wire.socketio.emit("note", _note(note), to=room_of_desk(connection.conference_id))
        return {"ok": True, **_note(note)}

    @answered
    def get_notes(self, connection: Connection, message: Any) -> Answer:
        if not connection.is_desk:
            raise NotPermitted
        return {"ok": True, "notes": [_note(note) for note in notes.of_conference(connection.conference_id)]}

    @answered
    def send_message(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"id": str, "channel": str, "text": str}, {"site_id": int})
        text, site_id = message["text"].strip(), message.get("site_id")
        if connection.actor is None or connection.state is not SeatState.HELD:
            raise NotPermitted
        if not 0 < len(message["id"]) <= MAX_ID:
            raise Malformed("id", f"1 to {MAX_ID} characters")
        if message["channel"] not in list(Channel):
            raise Malformed("channel", "one of " + ", ".join(Channel))
        if not 0 < len(text) <= messages.LONGEST:
            return refused("message_length", gettext("Tin nhắn cần từ 1 đến %(n)s ký tự.", n=messages.LONGEST))
        _, directory = self.wire.live.look(connection.conference_id)
        if site_id is not None and all(site.id != site_id for site in directory.sites):
            raise UnknownSite
        channel = Channel(message["channel"])
        try:
            letter = messages.send(
                connection.conference_id,
                connection.actor,
                connection.name,
                channel,
                site_id,
                text,
                message["id"],
                utc_now(),
            )
        except messages.NotForYou:
            raise NotPermitted from None
        self._deliver(connection.conference_id, letter, [site.id for site in directory.sites])
        return {"ok": True, **_letter(letter)}

    def _deliver(self, conference_id: int, letter: messages.Letter, site_ids: list[SiteId]) -> None:
        """To whom `get_messages` would give it: never the hall screen."""
        readers: list[SiteId] = {
            Channel.ALL: [*site_ids],
            Channel.PRIVATE: [],
            Channel.SITE: [site for site in site_ids if site == letter.site_id],
        }[letter.channel]
        rooms = [room_of_desk(conference_id), *(room_of_site(conference_id, site) for site in readers)]
        self.wire.socketio.emit("message", _letter(letter), to=rooms)

    @answered
    def get_messages(self, connection: Connection, message: Any) -> Answer:
        if connection.actor is None:
            raise NotPermitted
        letters = messages.readable_by(connection.conference_id, connection.actor)
        return {"ok": True, "messages": [_letter(letter) for letter in letters]}


def _note(note: notes.Note) -> dict[str, Any]:
    return {
        "request_id": note.request_id,
        "text": note.text,
        "version": note.version,
        "saved_at": instant(note.saved_at),
        "saved_by": note.saved_by,
    }


def _letter(letter: messages.Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "channel": letter.channel.value,
        "site_id": letter.site_id,
        "sender": letter.sender,
        "sender_name": letter.sender_name,
        "text": letter.text,
        "sent_at": instant(letter.sent_at),
    }
