"""The only module that knows which media engine runs: stage to routes, pages to peers, losses to presence.

Commands go to the media process over its Unix socket by pooled HTTP; its events come back on one WebSocket read by a thread.
Routes are sent whole and are idempotent, so a restart of either side ends with one `PUT` per conference. The media process
names itself by an *epoch*; a new one means that every page must join again.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import httpx
import websocket

from meetings.core.gallery import TILES
from meetings.core.stage import Large, Stage, stage_for
from meetings.core.state import State
from signaling.quality import Reading

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.2
FIRST_HELLO_SECONDS = 2.0
TIMEOUT_SECONDS = 3.0
POOL = 16

ASIDE = "aside-"
"""How the routers of side lines are called; those of conferences are called by their number."""

FLOORS = ("floor", "floor2", "floor3", "floor4")
"""A bus has one source: each further speaker of a dialogue is heard on a floor bus of its own (rule 16)."""

TILE_BUSES = tuple(f"tile-{number}" for number in range(1, TILES + 1))

_FLOOR_SOUND = [(bus, "audio") for bus in FLOORS]

SUBSCRIPTIONS: dict[str, list[tuple[str, str]]] = {
    "site": [("hall", "audio"), ("hall", "video"), ("floor", "video"), *_FLOOR_SOUND],
    "station": [("floor", "video"), ("hall", "video"), *_FLOOR_SOUND],
    "screen": [("hall", "video"), ("floor", "video")],
    "watcher": [("hall", "video"), ("floor", "video")],
    "overflow": [("program", "audio"), ("program", "video")],
    "encoder": [],
    "desk": [
        ("floor", "video"),
        ("hall", "video"),
        ("next", "video"),
        ("hall", "audio"),
        *_FLOOR_SOUND,
    ],
    "tiles": [(bus, "video") for bus in TILE_BUSES],
}
"""What each kind of page may receive, fixed for the life of its peer (PROTOCOL.md, "Media of a page"). The tiles are a peer of
their own, beside the page's first: only who looks at the gallery has one."""


class MediaUnavailable(Exception):
    """The media process does not answer, or refuses; `code` is its word."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message


class MediaListener(Protocol):
    """Who is told what the media process reports. Called from the reading thread."""

    def epoch_changed(self, epoch: str | None, peers: list[dict[str, Any]]) -> None: ...

    def media_event(self, event: dict[str, Any]) -> None: ...


def seat_of_site(site_id: int) -> str:
    return f"site:{site_id}"


def routes_for(stage: Stage, before: dict[str, Any] | None = None, has_program: bool = False) -> dict[str, Any]:
    """The routes of a stage: per bus whose picture and sound, and which publishers are to be ready.

    `has_program`: also the one picture and the one sound that fit players of a single stream.
    `before` are the routes in force: whoever is heard stays on the same bus, whoever else comes or goes.
    """

    def seat(site_id: int | None) -> str | None:
        return seat_of_site(site_id) if site_id is not None else None

    hall, floor = stage.hall_site_id, stage.floor_site_id
    speakers = [seat_of_site(site_id) for site_id in stage.heard if site_id != hall]
    sound = _floor_sound(speakers, before["buses"] if before else {})
    in_hall = seat(hall) if hall in stage.heard else None
    large = floor if stage.large is Large.FLOOR else hall
    program = {"program": {"video": seat(large), "audio": next(iter(speakers), in_hall)}} if has_program else {}
    return {
        "buses": {
            **program,
            "hall": {"video": seat(hall), "audio": in_hall},
            **{bus: {"video": seat(floor) if bus == "floor" else None, "audio": sound.get(bus)} for bus in FLOORS},
            "next": {"video": seat(stage.next_site_id), "audio": None, "small": True},
            **{
                bus: {"video": seat_of_site(site_id), "audio": None, "small": True}
                for bus, site_id in zip(TILE_BUSES, stage.tiles, strict=False)
            },
        },
        "warm": [seat_of_site(site_id) for site_id in stage.warm_site_ids],
    }


def _floor_sound(speakers: list[str], before: dict[str, Any]) -> dict[str, str]:
    kept = {bus: before[bus]["audio"] for bus in FLOORS if bus in before and before[bus]["audio"] in speakers}
    free = [bus for bus in FLOORS if bus not in kept]
    new = [speaker for speaker in speakers if speaker not in kept.values()]
    return {**kept, **dict(zip(free, new, strict=False))}


def readings_of(peers: list[dict[str, Any]]) -> dict[tuple[int, int], Reading]:
    """The readings in an answer to `GET /stats`. The newest publishing page of a seat counts: it feeds the buses."""
    found = {}
    for peer in peers:
        seat = str(peer["seat"])
        is_page = peer["connected"] and not peer["encoder"]
        if is_page and peer["published"] and seat.startswith("site:"):
            found[int(peer["router"]), int(seat.removeprefix("site:"))] = _reading(peer)
    return found


def _reading(peer: dict[str, Any]) -> Reading:
    published = peer["published"]
    viewed = [view for view in peer["viewed"] if not view["excluded"]]
    trips = [view["rtt_ms"] for view in viewed if view["rtt_ms"] is not None]
    levels = [stream["audio_level_db"] for stream in published if stream["audio_level_db"] is not None]
    return Reading(
        peer=str(peer["peer"]),
        packets_up=sum(stream["packets"] for stream in published),
        lost_up=sum(stream["packets_lost"] for stream in published),
        packets_down=sum(view["packets"] for view in peer["viewed"]),
        lost_down=sum(view["packets_lost"] for view in peer["viewed"]),
        rtt_ms=min(trips, default=None),
        jitter_ms=max(stream["jitter_ms"] for stream in published),
        up_bps=sum(stream["bit_rate"] for stream in published),
        down_bps=sum(view["bit_rate"] for view in viewed),
        level_db=max(levels, default=None),
        path=peer["path"],
    )


class Media:
    """The link of the web process to the media process."""

    def __init__(self, path: str, listener: MediaListener, states: Callable[[], dict[int, State]]) -> None:
        self._path = path
        self._listener = listener
        self._states = states
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(uds=path, limits=httpx.Limits(max_connections=POOL)),
            base_url="http://media",
            timeout=TIMEOUT_SECONDS,
        )
        self._sent: dict[int, dict[str, Any]] = {}
        self._asked: queue.SimpleQueue[tuple[int, State]] = queue.SimpleQueue()
        self._with_program: set[int] = set()
        self._greeted = threading.Event()
        self.epoch: str | None = None

    def start(self) -> None:
        """Begins to listen. Waits a little for the media process, so that a page that comes back is not told it is gone."""
        for run, name in ((self._read_events, "media-events"), (self._send_routes, "media-routes")):
            threading.Thread(target=run, name=name, daemon=True).start()
        self._greeted.wait(FIRST_HELLO_SECONDS)

    # --- commands ---

    def health(self) -> dict[str, Any] | None:
        """What the media process says of itself, or None while it does not answer."""
        try:
            return self._ask("GET", "/health")
        except MediaUnavailable:
            return None

    def readings(self) -> dict[tuple[int, int], Reading]:
        """By conference and site, what is counted of the peer that publishes for it. Raises `MediaUnavailable`."""
        return readings_of(self.stats()["peers"])

    def stats(self) -> dict[str, Any]:
        """All that the media process counts. Raises `MediaUnavailable`."""
        return self._ask("GET", "/stats")

    def route(self, conference_id: int, state: State) -> None:
        """Brings the stage of `state` on the buses, soon: a later state overtakes one still waiting."""
        self._asked.put((conference_id, state))

    def join(self, conference_id: int, peer: str, seat: str, kind: str, publishes: bool) -> str:
        """A peer for one page; the SDP offer for it. Raises `MediaUnavailable`."""
        return self.join_aside(str(conference_id), peer, seat, publishes, SUBSCRIPTIONS[kind])

    def join_aside(
        self, router: str, peer: str, seat: str, publishes: bool, subscribes: Sequence[tuple[str, str]]
    ) -> str:
        """A peer of any router, for a side line; the SDP offer for it. Raises `MediaUnavailable`."""
        body = {"router": router, "peer": peer, "seat": seat, "publishes": publishes}
        answer = self._ask("POST", "/peers", {**body, "subscribes": [list(pair) for pair in subscribes]})
        return str(answer["sdp"])

    def route_aside(self, router: str, routes: dict[str, Any]) -> None:
        """The routes of a side line, now. Raises `MediaUnavailable`."""
        self._ask("PUT", f"/routers/{router}/routes", routes)

    def join_client(self, conference_id: int, peer: str, seat: str, kind: str, offer: str) -> str:
        """A peer for an encoder or a player, and the answer to its offer. Raises `MediaUnavailable`."""
        is_encoder = kind == "encoder"
        body = {
            "router": str(conference_id),
            "peer": peer,
            "seat": seat,
            "publishes": is_encoder,
            "encoder": is_encoder,
        }
        subscribes = [list(pair) for pair in SUBSCRIPTIONS[kind]]
        answer = self._ask("POST", "/peers", {**body, "subscribes": subscribes, "offer": offer})
        if not is_encoder:
            self._with_program.add(conference_id)
        return str(answer["sdp"])

    def answer(self, peer: str, sdp: str) -> None:
        self._ask("POST", f"/peers/{peer}/answer", {"sdp": sdp})

    def restart(self, peer: str) -> str:
        """A new offer for a peer whose network has changed; its media go on meanwhile. Raises `MediaUnavailable`."""
        return str(self._ask("POST", f"/peers/{peer}/restart")["sdp"])

    def leave(self, peer: str) -> None:
        """Closes a peer; none at all is as good."""
        try:
            self._ask("DELETE", f"/peers/{peer}")
        except MediaUnavailable as error:
            log.info("peer %s could not be closed: %s", peer, error.code)

    def leave_seat(self, conference_id: int, seat: str) -> None:
        """Closes every peer of a seat, of whichever page: nothing of the conference goes there any more."""
        try:
            peers = self._ask("GET", "/state")["peers"]
        except MediaUnavailable:
            return  # then nothing goes anywhere
        for peer in peers:
            if (peer["router"], peer["seat"]) == (str(conference_id), seat):
                self.leave(str(peer["peer"]))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if not os.path.exists(self._path):  # the client library leaks the socket of a connection that cannot begin
            raise MediaUnavailable("media_unavailable")
        try:
            response = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise MediaUnavailable("media_unavailable") from error
        answer: dict[str, Any] = response.json() if response.content else {}
        if response.is_error:
            raise MediaUnavailable(str(answer.get("error", response.status_code)), str(answer.get("message", "")))
        return answer

    # --- routes ---

    def _send_routes(self) -> None:
        while True:
            waiting = dict([self._asked.get()])
            while not self._asked.empty():
                conference_id, state = self._asked.get()
                waiting[conference_id] = state
            for conference_id, state in waiting.items():
                try:
                    has_program = conference_id in self._with_program
                    routes = routes_for(stage_for(state), self._sent.get(conference_id), has_program)
                    self._put_routes(conference_id, routes)
                except Exception:
                    log.exception("conference %s: the stage could not be sent", conference_id)

    def _put_routes(self, conference_id: int, routes: dict[str, Any]) -> None:
        if self._sent.get(conference_id) == routes:
            return
        try:
            self._ask("PUT", f"/routers/{conference_id}/routes", routes)
            self._sent[conference_id] = routes
        except MediaUnavailable as error:
            # The next hello of the media process sends every route anew.
            self._sent.pop(conference_id, None)
            log.warning("conference %s: the stage could not be sent: %s", conference_id, error.code)

    # --- events ---

    def _read_events(self) -> None:
        while True:
            try:
                self._read_connection()
            except (OSError, websocket.WebSocketException, ValueError, MediaUnavailable) as error:
                log.debug("media process: %s", error)
            except Exception:
                log.exception("an event of the media process failed")
            if self.epoch is not None:
                self.epoch = None
                log.warning("the media process is gone; waiting for it")
                self._listener.epoch_changed(None, [])
            time.sleep(RETRY_SECONDS)

    def _read_connection(self) -> None:
        connection = websocket.WebSocket()
        with socket.socket(socket.AF_UNIX) as raw:
            raw.settimeout(TIMEOUT_SECONDS)
            raw.connect(self._path)
            connection.connect("ws://media/events", socket=raw)
            raw.settimeout(None)
            while True:
                message = connection.recv()
                if not message:
                    return
                event = json.loads(message)
                if event["type"] == "hello":
                    self._hello(str(event["epoch"]))
                else:
                    self._listener.media_event(event)

    def _clear_aside(self, found: dict[str, Any]) -> None:
        """Side lines of a web process that is gone are nobody's."""
        for peer in found["peers"]:
            if peer["router"].startswith(ASIDE):
                self.leave(str(peer["peer"]))
        for router in found["routers"]:
            if router.startswith(ASIDE):
                self.route_aside(router, {"buses": {}, "warm": []})

    def _hello(self, epoch: str) -> None:
        found = self._ask("GET", "/state")
        peers = [peer for peer in found["peers"] if not peer["router"].startswith(ASIDE)]
        self._clear_aside(found)
        self._sent.clear()
        self._with_program = {int(peer["router"]) for peer in peers if str(peer["seat"]).startswith("overflow:")}
        self.epoch = epoch
        self._listener.epoch_changed(epoch, peers)
        for conference_id, state in self._states().items():
            self.route(conference_id, state)
        self._greeted.set()
