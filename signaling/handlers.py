"""Socket.IO: parse, execute, acknowledge. `register(app)` puts the live side together; PROTOCOL.md specifies the messages.

Every handler answers with an acknowledgement, whatever it was sent: `{"ok": true, …}` or `{"ok": false, "code", "message"}`.
Only a message that has been checked reaches the rules, and nothing a page sends can reach another session.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from flask import Flask, request
from flask_babel import force_locale, gettext
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

import meetings
from meetings import journal, links
from meetings.core.codec import Malformed, from_plain
from meetings.core.commands import AppointActingChair, OpenDoors
from meetings.core.entry import may_receive
from meetings.core.parts import instant
from meetings.core.permissions import require_companions
from meetings.core.refusals import CompanionIsSilent, NotAdmitted, NotPermitted, NotSharing, UnknownAccount
from meetings.live import Change, LiveConferences, utc_now
from meetings.media_places import media_sockets
from meetings.refusal_words import malformed_in_words
from meetings.tables import SiteLink, StaffAccount, db
from signaling import metrics, whip
from signaling.announcer import Announcer, room_of_all, room_of_desk, room_of_site, snapshot_for
from signaling.answers import Answer, answered, refused
from signaling.checks import Checks
from signaling.connections import MAX_CONNECTIONS, Connection, Connections, Slot, admit
from signaling.correspondence import Correspondence
from signaling.endpoint import Endpoint
from signaling.gauge import Gauge
from signaling.lines import Lines
from signaling.link_messages import LinkMessages
from signaling.media import Media, seat_of_site
from signaling.peer_names import new_peer_id, tab_of
from signaling.protocol import Asked, asked_command, fields
from signaling.seats import Seats, SeatState
from signaling.side_lines import SideLines
from signaling.talks import Talks
from signaling.turn import ice_servers

log = logging.getLogger(__name__)

PING_SECONDS = 4
LARGEST_MESSAGE = 300_000
"""A note and what it began from, both as long as they may be, in any spelling of JSON."""
REVOCATION_SECONDS = 1.0

FAULTS = (
    "camera_refused",
    "camera_busy",
    "camera_missing",
    "microphone_refused",
    "microphone_busy",
    "microphone_missing",
    "insecure",
)


class Wire:
    """The live side of one application, in `app.extensions["wire"]`. `start()` begins its threads."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.socketio = SocketIO(
            app,
            async_mode=app.extensions["settings"].socket_mode,
            transports=["websocket"],
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            max_http_buffer_size=LARGEST_MESSAGE,
            manage_session=False,
        )
        self.live = LiveConferences(app)
        self.connections = Connections()
        self.seats = Seats()
        self.seats_guard = threading.Lock()
        self.announcer = Announcer(self.socketio)
        self.lines = Lines(self.socketio, self.live, self.connections)
        socket_path = os.environ.get("MEDIA_SOCKET") or str(app.extensions["settings"].data_dir / "media.sock")
        paths = media_sockets(socket_path, app.extensions["settings"].media_processes)
        self.media = Media(paths, self.lines, self.lines.states)
        self.side_lines = SideLines(self.media)
        self.endpoint = Endpoint(
            os.environ.get("ENDPOINT_SOCKET") or str(app.extensions["settings"].data_dir / "endpoint.sock")
        )
        self.checks = Checks(self)
        self.talks = Talks(self)
        self.gauge = Gauge(app, self.socketio, self.live, self.connections, self.lines, self.media.measured)
        self.live.subscribe(self._keep_out)
        self.live.subscribe(lambda change: self.media.stage(change.conference_id, change.after))
        self.live.subscribe(self.announcer.announce)
        app.extensions["live"] = self.live
        app.extensions["papers_changed"] = self.tell_of_papers
        app.extensions["media_health"] = self.media.health

    def start(self) -> None:
        self.live.start()
        self.lines.start()
        self.media.start()
        self.gauge.start()
        threading.Thread(target=self._watch_revocations, name="revocations", daemon=True).start()

    def _keep_out(self, change: Change) -> None:
        """Before the pictures change: whoever is not, or no longer, let in receives nothing (rules 37, 41)."""
        for site in change.directory.sites:
            was_in = may_receive(change.before, change.directory.entry, site.id, site.kind == "hall")
            if was_in and not change.after.is_admitted(site.id):
                self.media.leave_seat(change.conference_id, seat_of_site(site.id))

    def may_receive(self, connection: Connection) -> bool:
        """Whether media of the conference may go to this page. Desks and hall screen are part of the hall."""
        if connection.site_id is None:
            return True
        state, directory = self.live.look(connection.conference_id)
        is_hall = any(site.id == connection.site_id and site.kind == "hall" for site in directory.sites)
        return may_receive(state, directory.entry, connection.site_id, is_hall)

    def tell_of_papers(self, conference_id: int, site_ids: Iterable[int]) -> None:
        """The desks and these sites ask again for the list: what is in it goes to nobody here (rule 30)."""
        rooms = [room_of_desk(conference_id), *(room_of_site(conference_id, site_id) for site_id in site_ids)]
        self.socketio.emit("papers_changed", {}, to=rooms)

    def disconnect(self, connection: Connection, reason: str) -> None:
        """Ends a seat: its page is told why, its media and its socket are closed."""
        self.socketio.emit("seat_lost", {"reason": reason}, to=connection.socket)
        for peer in connection.peer_names:
            self.media.leave(peer)
        self.socketio.server.disconnect(connection.socket)

    def _watch_revocations(self) -> None:
        while True:
            time.sleep(REVOCATION_SECONDS)
            try:
                with self.app.app_context():
                    self._drop_revoked()
                    self._tell_secretaries()
            except Exception:
                log.exception("revoked links could not be looked up")

    def _tell_secretaries(self) -> None:
        """Nothing is journaled when an account is made or closed, so the desks are given the whole anew."""
        changed = set(self.live.take_secretaries(journal.secretaries()))
        for connection in self.connections:
            if connection.is_desk and connection.conference_id in changed:
                self.socketio.emit("snapshot", self.snapshot(connection), to=connection.socket)

    def snapshot(self, connection: Connection) -> Answer:
        """All that the page of `connection` may know, now."""
        state, directory = self.live.look(connection.conference_id)
        snapshot = snapshot_for(connection, state, directory, instant(utc_now()))
        presence = self.lines.as_told(connection.conference_id)
        checks = self.checks.as_told(connection)
        return {**snapshot, "presence": presence, "checks": checks, **self.gauge.as_told(connection)}

    def _drop_revoked(self) -> None:
        clients = self.lines.clients()
        links_in_use = {c.link_id for c in self.connections if c.link_id is not None} | set(clients.values())
        desks = {c.actor.account_id for c in self.connections if c.is_desk and c.actor}
        revoked = sa.select(SiteLink.id).where(SiteLink.id.in_(links_in_use), SiteLink.revoked_at.is_not(None))
        closed = sa.select(StaffAccount.id).where(StaffAccount.id.in_(desks), ~StaffAccount.is_active)
        gone = set(db.session.scalars(revoked)) if links_in_use else set()
        dismissed = set(db.session.scalars(closed)) if desks else set()
        for peer, link_id in clients.items():
            if link_id in gone:
                log.info("link %s was revoked: its encoder or player is disconnected", link_id)
                self.media.leave(peer)
        for connection in self.connections:
            if connection.link_id in gone:
                log.info("link %s was revoked: its page is disconnected", connection.link_id)
                self.disconnect(connection, "link_revoked")
            elif connection.is_desk and connection.actor and connection.actor.account_id in dismissed:
                log.info("%s: the account was closed", connection.label)
                self.disconnect(connection, "account_closed")


def register(app: Flask) -> None:
    wire = Wire(app)
    app.extensions["wire"] = wire
    Handlers(wire).register()
    Correspondence(wire).register()
    LinkMessages(wire).register()
    wire.checks.register()
    whip.register(app, wire)
    wire.talks.register()
    metrics.register(app, wire.media.stats, lambda: wire.connections)


def _refusal(code: str, message: str) -> ConnectionRefusedError:
    """Ends a handshake; the page finds code and words in `error.data`."""
    return ConnectionRefusedError(code, {"code": code, "message": message})


class Handlers:
    """One method a message; names as in PROTOCOL.md."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def register(self) -> None:
        on = self.wire.socketio.on_event
        on("connect", self.connect)
        on("disconnect", self.disconnect)
        for name in (
            "command",
            "get_snapshot",
            "read_clock",
            "claim_seat",
            "allow_takeover",
            "join_media",
            "answer_media",
            "restart_media",
            "leave_media",
            "report_devices",
        ):
            on(name, getattr(self, name))
        on("*", self.unknown)

    # --- coming and going ---

    def connect(self, auth: Any = None) -> None:
        socket: str = request.sid  # type: ignore[attr-defined]
        if self.wire.connections.get(socket) is not None:
            log.info("a page sent a handshake as a message; it is ignored")
            return
        lang = auth.get("lang") if isinstance(auth, dict) else None
        with force_locale("en" if lang == "en" else "vi"):
            connection = self._admitted(socket, auth)
            db.session.rollback()  # no connection to the database is held while this waits for its turn or for media
            with self.wire.seats_guard:
                is_seated = connection.actor is not None and connection.site_id is not None
                if is_seated and connection.state is not SeatState.COMPANION:
                    sending = next(map(tab_of, self.wire.lines.publishers(connection)), None)
                    arrival = self.wire.seats.arrive(connection.seat_key, socket, connection.tab, sending)
                    connection.state = arrival.state
                    if arrival.replaced:
                        self._forget(arrival.replaced)
                self.wire.connections.add(connection)
        join_room(room_of_all(connection.conference_id))
        if connection.is_desk:
            join_room(room_of_desk(connection.conference_id))
        if connection.site_id is not None:
            join_room(room_of_site(connection.conference_id, connection.site_id))
        if connection.state is SeatState.HELD:
            self.wire.lines.socket_arrived(connection)
        state, _ = self.wire.live.known(connection.conference_id)
        self.wire.media.route(connection.conference_id, state)
        self._welcome(connection)
        db.session.rollback()
        if self._is_gone(socket):
            self._left(socket)
            raise ConnectionRefusedError

    def _is_gone(self, socket: str) -> bool:
        """The library tells of no page that is lost before it has been let in: its seat would be taken for ever."""
        server = self.wire.socketio.server
        transport = server.eio.sockets.get(server.manager.eio_sid_from_sid(socket, "/"))
        return transport is None or transport.closed

    def _admitted(self, socket: str, auth: Any) -> Connection:
        try:
            if len(self.wire.connections) >= MAX_CONNECTIONS[self.wire.socketio.async_mode]:
                raise _refusal("too_many", gettext("Máy chủ đã đủ số máy kết nối."))
            return admit(socket, auth)
        except Malformed as error:
            log.info("a malformed handshake was refused: %s", error)
            raise _refusal("malformed", malformed_in_words(error.path)) from None
        except links.LinkRefused as error:
            log.info("a handshake was refused: %s", error.code)
            raise _refusal(error.code, _LINK_WORDS[error.code]()) from None

    def _forget(self, socket: str) -> None:
        """The older socket of the same tab goes without a word: its tab is already here."""
        older = self.wire.connections.remove(socket)
        if older is not None:
            self.wire.checks.left(older)
            self.wire.talks.left(older)
            self.wire.lines.socket_left(older)
            self.wire.socketio.server.disconnect(socket)

    def _welcome(self, connection: Connection) -> None:
        emit = self.wire.socketio.emit
        seat = {
            "label": connection.label,
            "role": connection.role,
            "site_id": connection.site_id,
            "account_id": connection.actor.account_id if connection.actor else None,
            "is_hall_station": connection.page == "station",
            "state": connection.state.value,
        }
        now = instant(utc_now())
        epoch = self.wire.media.epoch_of(connection)
        welcome = {"seat": seat, "server_time": now, "epoch": epoch, "version": meetings.__version__}
        emit("welcome", welcome, to=connection.socket)
        emit("snapshot", self.wire.snapshot(connection), to=connection.socket)

    def disconnect(self, reason: Any = None) -> None:
        self._left(request.sid)  # type: ignore[attr-defined]

    def _left(self, socket: str) -> None:
        connection = self.wire.connections.remove(socket)
        if connection is None:
            return
        with self.wire.seats_guard:
            held = self.wire.seats.leave(connection.seat_key, connection.socket)
        if held:
            self.wire.lines.socket_left(connection)
        self.wire.checks.left(connection)
        self.wire.talks.left(connection)
        db.session.rollback()

    # --- the sitting ---

    @answered
    def command(self, connection: Connection, message: Any) -> Answer:
        asked = asked_command(message)
        if connection.actor is None or connection.state not in (SeatState.HELD, SeatState.COMPANION):
            raise NotPermitted
        if connection.state is SeatState.COMPANION and asked.command is not None:
            require_companions(asked.command)
        command = asked.command or OpenDoors(journal.setup_of(connection.conference_id))
        self._check_account(connection, asked)
        accepted = self.wire.live.execute(connection.conference_id, connection.actor, command, asked.id)
        return {"ok": True, "seq": accepted.seq}

    def _check_account(self, connection: Connection, asked: Asked) -> None:
        if isinstance(asked.command, AppointActingChair):
            _, directory = self.wire.live.look(connection.conference_id)
            if asked.command.account_id not in directory.accounts:
                raise UnknownAccount

    @answered
    def get_snapshot(self, connection: Connection, message: Any) -> Answer:
        fields(message, {})
        return self.wire.snapshot(connection)

    @answered
    def read_clock(self, connection: Connection, message: Any) -> Answer:
        return {"server_time": instant(utc_now())}

    # --- seats ---

    @answered
    def claim_seat(self, connection: Connection, message: Any) -> Answer:
        mode = fields(message, {"mode": str})["mode"]
        if mode not in ("take_over", "watch", "companion") or connection.site_id is None:
            raise Malformed("mode", "take_over, watch or companion")
        if mode == "companion":
            self._give_up_seat(connection)
            connection.state = SeatState.COMPANION
            return {"ok": True, "state": "companion"}
        if connection.state is SeatState.HELD:
            return {"ok": True, "state": "held"}
        if mode == "watch":
            connection.state = SeatState.WATCHING
            return {"ok": True, "state": "watching"}
        return self._take_over(connection, connection.site_id)

    def _give_up_seat(self, connection: Connection) -> None:
        """Whoever becomes a companion sends nothing any more, and its seat is free."""
        with self.wire.seats_guard:
            held = self.wire.seats.leave(connection.seat_key, connection.socket)
        if held:
            self.wire.lines.socket_left(connection)
        self._leave_media(connection)

    def _take_over(self, connection: Connection, site_id: int) -> Answer:
        state, _ = self.wire.live.known(connection.conference_id)
        senders = self.wire.lines.publishers(connection)
        with self.wire.seats_guard:
            is_taken = bool(senders) or self.wire.seats.holder(connection.seat_key) is not None
            is_on_air = is_taken and any(holder.site_id == site_id for holder in state.holders())
            if not self.wire.seats.may_take_over(connection.seat_key, is_on_air, time.monotonic()):
                self.wire.socketio.emit(
                    "takeover_asked", {"site_id": site_id}, to=room_of_desk(connection.conference_id)
                )
                return refused("seat_on_air", gettext("Điểm cầu đang phát biểu; đã báo thư ký cho phép chuyển máy."))
            lost = self.wire.seats.take_over(connection.seat_key, connection.socket, connection.tab)
        connection.state = SeatState.HELD
        self.wire.lines.socket_arrived(connection)
        loser = self.wire.connections.get(lost) if lost else None
        if loser is not None:
            self.wire.lines.socket_left(loser)
            self.wire.disconnect(loser, "taken_over")
        for peer in senders:
            self.wire.media.leave(peer)
        return {"ok": True, "state": "held"}

    @answered
    def allow_takeover(self, connection: Connection, message: Any) -> Answer:
        site_id = fields(message, {"site_id": int})["site_id"]
        if not connection.is_desk:
            raise NotPermitted
        with self.wire.seats_guard:
            self.wire.seats.allow_takeover((connection.conference_id, f"site:{site_id}"), time.monotonic())
        return {"ok": True}

    # --- media ---

    @answered
    def join_media(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"publishes": bool}, {"slot": str})
        wants_to_publish, slot = message["publishes"], from_plain(Slot, message.get("slot") or "stage", "slot")
        if connection.state is SeatState.OCCUPIED or (slot is Slot.TILES and connection.site_id is not None):
            raise NotPermitted
        if slot is Slot.PAPER:
            self._require_sharing(connection, wants_to_publish)
        if not self.wire.may_receive(connection):
            raise NotAdmitted
        if connection.state is SeatState.COMPANION and wants_to_publish:
            raise CompanionIsSilent
        holds_a_site = connection.site_id is not None and connection.state is SeatState.HELD
        publishes = wants_to_publish and holds_a_site
        is_silent = connection.state in (SeatState.WATCHING, SeatState.COMPANION)
        page = slot.value if slot is not Slot.STAGE else "watcher" if is_silent else connection.page
        if slot in connection.peers:
            self.wire.media.leave(connection.peers[slot])
        peer = new_peer_id(connection, slot, publishes)
        sdp, process = self.wire.media.join(connection.conference_id, peer, connection.label, page, publishes)
        self.wire.lines.peer_joined(connection, peer, process)
        settings = self.wire.app.extensions["settings"]
        relays = ice_servers(settings.turn_addresses, settings.turn_secret, peer, time.time())
        epoch = self.wire.media.epoch_of(connection)
        return {"ok": True, "peer": peer, "sdp": sdp, "epoch": epoch, "ice_servers": relays}

    def _require_sharing(self, connection: Connection, publishes: bool) -> None:
        """Only the seat itself sends what it offers, and only while it offers it (rule 42)."""
        state, _ = self.wire.live.known(connection.conference_id)
        if connection.site_id is None or connection.state is not SeatState.HELD or not publishes:
            raise NotPermitted
        if connection.site_id not in state.shares:
            raise NotSharing

    @answered
    def answer_media(self, connection: Connection, message: Any) -> Answer:
        message = fields(message, {"peer": str, "sdp": str})
        if message["peer"] not in connection.peer_names:
            raise Malformed("peer", "not of this page")
        self.wire.media.answer(message["peer"], message["sdp"])
        return {"ok": True}

    @answered
    def restart_media(self, connection: Connection, message: Any) -> Answer:
        peer = fields(message, {"peer": str})["peer"]
        if peer not in connection.peer_names:
            raise Malformed("peer", "not of this page")
        return {"ok": True, "sdp": self.wire.media.restart(peer)}

    @answered
    def leave_media(self, connection: Connection, message: Any) -> Answer:
        self._leave_media(connection)
        return {"ok": True}

    def _leave_media(self, connection: Connection) -> None:
        for peer in connection.peer_names:
            self.wire.media.leave(peer)
        connection.peers.clear()

    @answered
    def report_devices(self, connection: Connection, message: Any) -> Answer:
        devices = fields(message, {"camera": bool, "microphone": bool}, {"fault": str})
        if devices.get("fault") not in (None, *FAULTS):
            raise Malformed("fault", "one of " + ", ".join(FAULTS))
        if connection.state is SeatState.HELD:
            self.wire.lines.devices_reported(connection, {"fault": None, **devices})
        return {"ok": True}

    def unknown(self, event: str, *args: Any) -> Answer:
        log.info("unknown message %.40s", event)
        return refused("unknown_message", "")


_LINK_WORDS: dict[str, Callable[[], str]] = {
    "link_unknown": lambda: gettext("Liên kết không đúng. Hãy xin thư ký hội nghị liên kết mới."),
    "link_revoked": lambda: gettext("Liên kết này đã bị thu hồi. Hãy xin thư ký hội nghị liên kết mới."),
    "desk_expired": lambda: gettext("Phiên làm việc đã hết hạn. Hãy đăng nhập lại."),
}
