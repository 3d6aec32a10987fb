"""Watches every line: sockets and media come and go here, and the sitting is told what follows (rule 22)."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Any

from flask_socketio import SocketIO

from meetings.core.refusals import Refusal
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, SiteId
from meetings.live import LiveConferences
from signaling.announcer import room_of_all
from signaling.connections import Connection, Connections, Slot
from signaling.media import EpochChange
from signaling.peer_names import is_client, is_publisher, link_of, slot_of, tab_of
from signaling.presence import SILENCE, Presence

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25


class Lines:
    """Presence of all conferences of this process; listens to the media process (`MediaListener`)."""

    def __init__(self, socketio: SocketIO, live: LiveConferences, connections: Connections) -> None:
        self._socketio = socketio
        self._live = live
        self._connections = connections
        self._presence: dict[int, Presence] = {}
        self._devices: dict[int, dict[int, dict[str, Any]]] = {}
        self._told: dict[int, dict[str, Any]] = {}
        self._peers_of_tab: dict[str, dict[Slot, str]] = {}
        self._process_of_tab: dict[str, int] = {}
        self._clients: list[str] = []
        self._encoders: dict[int, dict[str, SiteId]] = {}
        self._guard = threading.RLock()

    def start(self) -> None:
        """After a restart, expects those back whom the journal calls connected."""
        now = time.monotonic()
        for conference_id in self._live.now_sitting():
            state, _ = self._live.known(conference_id)
            with self._guard:
                self._of(conference_id).expect(state.connected, now)
        threading.Thread(target=self._run, name="lines", daemon=True).start()

    def states(self) -> dict[int, State]:
        """The states of all conferences in hand, for whoever must be brought up to date."""
        return {conference_id: self._live.known(conference_id)[0] for conference_id in self._live.now_sitting()}

    def as_told(self, conference_id: int) -> dict[str, Any]:
        """The `presence` message: lines and devices of every site that was ever there."""
        with self._guard:
            devices = self._devices.get(conference_id, {})
            nothing = {"camera": None, "microphone": None, "fault": None}
            told = {
                site_id: {**line, **devices.get(int(site_id), nothing)}
                for site_id, line in self._of(conference_id).as_told().items()
            }
            for site_id in self._encoders.get(conference_id, {}).values():
                told.setdefault(str(site_id), {"socket": False, "media": False, **nothing})["encoder"] = True
            return told

    def socket_arrived(self, connection: Connection) -> None:
        """A tab that comes back still has its peers, also after a restart of this process."""
        self._restore(connection)
        if connection.site_id is not None:
            with self._guard:
                self._of(connection.conference_id).socket_arrived(connection.site_id, time.monotonic())
            self.look(connection.conference_id)

    def _restore(self, connection: Connection) -> None:
        connection.peers = dict(self._peers_of_tab.get(connection.tab, {}))
        connection.process = self._process_of_tab.get(connection.tab, connection.process)

    def socket_left(self, connection: Connection) -> None:
        if connection.site_id is not None:
            with self._guard:
                self._of(connection.conference_id).socket_left(connection.site_id, time.monotonic())
            self.look(connection.conference_id)

    def client_joined(self, peer: str) -> None:
        """An encoder or a player has a peer."""
        with self._guard:
            self._clients.append(peer)

    def clients_of(self, link_id: int) -> list[str]:
        """The peers of encoders and players that came by this link, the oldest first."""
        return [peer for peer in list(self._clients) if link_of(peer) == link_id]

    def clients(self) -> dict[str, int]:
        """All such peers, and the link of each."""
        return {peer: link_of(peer) for peer in list(self._clients)}

    def publishers(self, connection: Connection) -> frozenset[str]:
        """The peers that send this seat's sound and picture, of whichever tab."""
        if connection.site_id is None:
            return frozenset()
        with self._guard:
            return self._of(connection.conference_id).publishers(connection.site_id)

    def devices_reported(self, connection: Connection, devices: dict[str, Any]) -> None:
        if connection.site_id is not None:
            with self._guard:
                self._devices.setdefault(connection.conference_id, {})[connection.site_id] = devices
            self.look(connection.conference_id)

    # --- what the media process reports ---

    def epoch_changed(self, change: EpochChange) -> None:
        now = time.monotonic()
        with self._guard:
            for presence in self._presence.values():
                presence.peers_left(change.gone, now)
            for encoders in self._encoders.values():
                for encoder in change.gone & encoders.keys():
                    del encoders[encoder]
            known = [peer["peer"] for peer in change.peers if is_client(peer["peer"])]
            self._clients = [peer for peer in self._clients if peer not in change.gone and peer not in known] + known
        for gone in change.gone:
            if not is_client(gone):
                self._forget(gone)
        for peer in change.peers:
            if not is_client(peer["peer"]):
                self._note(peer["peer"], change.process)
        for connection in self._connections:
            self._restore(connection)
        for peer in change.peers:
            if peer.get("connected"):
                self._peer_changed({**peer, "type": "peer_connected"}, now)
        for connection in self._connections:
            if change.concerns(connection):
                self._socketio.emit("media_epoch", {"epoch": change.epoch}, to=connection.socket)

    def peer_joined(self, connection: Connection, peer: str, process: int) -> None:
        """A tab has a peer at this media process."""
        self._note(peer, process)
        connection.peers[slot_of(peer)] = peer
        connection.process = process

    def _note(self, peer: str, process: int) -> None:
        self._peers_of_tab.setdefault(tab_of(peer), {})[slot_of(peer)] = peer
        self._process_of_tab[tab_of(peer)] = process

    def media_event(self, event: dict[str, Any]) -> None:
        if "peer" in event:
            self._peer_changed(event, time.monotonic())
        if event["type"] == "peer_closed":
            if is_client(event["peer"]):
                with self._guard:
                    self._clients = [peer for peer in self._clients if peer != event["peer"]]
                return
            self._forget(event["peer"])
            connection = self._connections.with_peer(event["peer"])
            if connection is not None:
                connection.peers.pop(slot_of(event["peer"]), None)
                closed = {"peer": event["peer"], "reason": event.get("reason", "")}
                self._socketio.emit("media_closed", closed, to=connection.socket)

    def _forget(self, peer: str) -> None:
        kept = self._peers_of_tab.get(tab_of(peer), {})
        for slot in [slot for slot, each in kept.items() if each == peer]:
            del kept[slot]
        if not kept:
            self._peers_of_tab.pop(tab_of(peer), None)
            self._process_of_tab.pop(tab_of(peer), None)

    def _peer_changed(self, event: dict[str, Any], now: float) -> None:
        """Only publishing pages count as a site's media; a silent watcher does not, nor an encoder, which is told apart."""
        kind, seat = event["type"], str(event.get("seat", ""))
        if not seat.startswith("site:") or not (is_publisher(event["peer"]) or is_client(event["peer"])):
            return
        site_id, conference_id = SiteId(int(seat.removeprefix("site:"))), int(event["router"])
        if is_client(event["peer"]):
            self._encoder_changed(kind, conference_id, site_id, event["peer"])
            return
        with self._guard:
            presence = self._of(conference_id)
            if kind in ("peer_connected", "media_back"):
                presence.media_arrived(site_id, event["peer"], now)
            elif kind == "media_lost":
                presence.media_left(site_id, event["peer"], now, silent_for=SILENCE)
            elif kind == "peer_closed":
                presence.media_left(site_id, event["peer"], now)
            else:
                return
        self.look(conference_id)

    def _encoder_changed(self, kind: str, conference_id: int, site_id: SiteId, peer: str) -> None:
        with self._guard:
            encoders = self._encoders.setdefault(conference_id, {})
            if kind in ("peer_connected", "media_back"):
                encoders[peer] = site_id
            elif kind in ("media_lost", "peer_closed"):
                encoders.pop(peer, None)
        self.look(conference_id)

    # --- what the sitting is told ---

    def look(self, conference_id: int) -> None:
        """Tells the sitting what is due and the pages what they see, now."""
        state, _ = self._live.known(conference_id)
        with self._guard:
            due = self._of(conference_id).due(state, time.monotonic())
        if state.setup is not None:
            for command in due:
                try:
                    self._live.execute(conference_id, SYSTEM, command, f"line:{uuid.uuid4().hex}")
                except Refusal as refusal:
                    log.info("conference %s: %s refused: %s", conference_id, command, refusal.code)
        told = self.as_told(conference_id)
        with self._guard:
            if self._told.get(conference_id) == told:
                return
            self._told[conference_id] = told
        self._socketio.emit("presence", told, to=room_of_all(conference_id))

    def _run(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            for conference_id in list(self._presence):
                try:
                    self.look(conference_id)
                except Exception:
                    log.exception("conference %s: presence failed", conference_id)

    def _of(self, conference_id: int) -> Presence:
        return self._presence.setdefault(conference_id, Presence())
