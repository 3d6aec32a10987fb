"""The only module that knows which media engine runs: stage to routes, pages to peers, losses to presence.

Commands go to a media process over its Unix socket, its events come back on one WebSocket (`engine`). Routes are sent
whole and are idempotent, so a restart of either side ends with one `PUT` per conference and process. A media process names
itself by an *epoch*; a new one means that every page with peers there must join again. Of several processes each conference
has one, a large one more (`places`): what is published at one of them they relay to each other by themselves, and all that is
to be done here is to send every one of them the same routes in the same order. Side lines are the first one's.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from meetings.core.gallery import TILES
from meetings.core.stage import Large, Stage, stage_for
from meetings.core.state import State
from meetings.core.vocabulary import SiteId
from signaling.alarms import Flow
from signaling.connections import Connection
from signaling.engine import Engine
from signaling.engine import MediaUnavailable as MediaUnavailable
from signaling.peer_names import is_player
from signaling.places import CROWD, Places
from signaling.quality import Reading

log = logging.getLogger(__name__)

ASIDE = "aside-"
"""How the routers of side lines are called; those of conferences are called by their number."""

FLOORS = ("floor", "floor2", "floor3", "floor4")
"""A bus has one source: each further speaker of a dialogue is heard on a floor bus of its own (rule 16)."""

TILE_BUSES = tuple(f"tile-{number}" for number in range(1, TILES + 1))

STAGE_SECONDS = 0.25
"""So long pages are not told of a new stage, at most, because a media process is slow to take it."""

PAPER_VIEW = ("paper", "video")

_PAPER_RUNGS = {"none": "none", "still": "still", "small": "full", "full": "full"}
"""A shared picture comes in one size: who would get the small one has all of it (`sfu/router`)."""

_FLOOR_SOUND = [(bus, "audio") for bus in FLOORS]

SUBSCRIPTIONS: dict[str, list[tuple[str, str]]] = {
    "site": [("hall", "audio"), ("hall", "video"), ("floor", "video"), PAPER_VIEW, *_FLOOR_SOUND],
    "station": [("floor", "video"), ("hall", "video"), PAPER_VIEW, *_FLOOR_SOUND],
    "screen": [("hall", "video"), ("floor", "video"), PAPER_VIEW],
    "watcher": [("hall", "video"), ("floor", "video"), PAPER_VIEW],
    "overflow": [("program", "audio"), ("program", "video")],
    "encoder": [],
    "desk": [
        ("floor", "video"),
        ("hall", "video"),
        ("next", "video"),
        PAPER_VIEW,
        ("hall", "audio"),
        *_FLOOR_SOUND,
    ],
    "tiles": [(bus, "video") for bus in TILE_BUSES],
    "paper": [],
}
"""What each kind of page may receive, fixed for the life of its peer (PROTOCOL.md, "Media of a page"). The tiles are a peer of
their own, beside the page's first: only who looks at the gallery has one. So is what a page
shares: that peer sends and gets nothing."""


@dataclass(frozen=True)
class EpochChange:
    """A media process is gone (`epoch` None), or new, or new to us: `peers` are what it has now, `gone` what we knew of before.
    It concerns the pages whose peers it has or had, and those without any of the conferences that are at home there."""

    process: int
    epoch: str | None
    peers: list[dict[str, Any]]
    gone: frozenset[str]
    is_home: Callable[[int], bool]

    def concerns(self, connection: Connection) -> bool:
        if connection.process is None:
            return self.is_home(connection.conference_id)
        return connection.process == self.process


class MediaListener(Protocol):
    """Who is told what the media processes report. Called from their reading threads."""

    def epoch_changed(self, change: EpochChange) -> None: ...

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
    paper = {"video": seat(stage.share_site_id), "audio": None, "paper": True}
    picture = paper if stage.share_site_id is not None else {"video": seat(large)}
    program = {"program": {**picture, "audio": next(iter(speakers), in_hall)}} if has_program else {}
    return {
        "buses": {
            **program,
            "hall": {"video": seat(hall), "audio": in_hall},
            **{bus: {"video": seat(floor) if bus == "floor" else None, "audio": sound.get(bus)} for bus in FLOORS},
            "next": {"video": seat(stage.next_site_id), "audio": None, "small": True},
            "paper": paper,
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
        is_page = peer["connected"] and not peer["encoder"] and not peer["paper"]
        if is_page and peer["published"] and seat.startswith("site:"):
            found[int(peer["router"]), int(seat.removeprefix("site:"))] = _reading(peer)
    return found


def flows_of(buses: list[dict[str, Any]]) -> dict[int, list[Flow]]:
    """By conference, what its hall and floor buses carry, of an answer to `GET /stats`."""
    found: dict[int, list[Flow]] = {}
    for bus in buses:
        seat = str(bus["seat"])
        if bus["router"].isdecimal() and bus["bus"] in ("hall", *FLOORS) and seat.startswith("site:"):
            site_id = SiteId(int(seat.removeprefix("site:")))
            flow = Flow(bus["kind"], site_id, bus["seconds_since_packet"], bus["levels_db"])
            found.setdefault(int(bus["router"]), []).append(flow)
    return found


def buses_of(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each bus once: of a conference that is at several processes, as that one tells it which received its source last."""
    buses: dict[tuple[str, str, str], dict[str, Any]] = {}

    def age(bus: dict[str, Any]) -> float:
        return math.inf if bus["seconds_since_packet"] is None else float(bus["seconds_since_packet"])

    for bus in found:
        name = bus["router"], bus["bus"], bus["kind"]
        if name not in buses or age(bus) < age(buses[name]):
            buses[name] = bus
    return list(buses.values())


@dataclass(frozen=True)
class Measured:
    """One look at the media processes: what is counted of the peer that publishes for a site, by conference and site, and what
    flows on the buses of a conference."""

    readings: dict[tuple[int, int], Reading] = field(default_factory=dict)
    flows: dict[int, list[Flow]] = field(default_factory=dict)


def _reading(peer: dict[str, Any]) -> Reading:
    published = peer["published"]
    viewed = [view for view in peer["viewed"] if not view["excluded"]]
    trips = [view["rtt_ms"] for view in viewed if view["rtt_ms"] is not None]
    levels = [stream["audio_level_db"] for stream in published if stream["audio_level_db"] is not None]
    rungs = {
        view["bus"]: view["rung"]
        for view in peer["viewed"]
        if view["kind"] == "video" and view["seat"] not in (None, peer["seat"])
    }
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
        hall_rung=rungs.get("hall"),
        floor_rung=rungs.get("floor"),
        paper_rung=_PAPER_RUNGS.get(rungs.get("paper") or ""),
        room_bps=peer["room"],
        room_by=peer["room_by"],
        allowed_bps=peer["bit_rate_ceiling"],
    )


class Media:
    """The link of the web process to the media processes, at least one."""

    def __init__(
        self, paths: Sequence[str], listener: MediaListener, states: Callable[[], dict[int, State]], crowd: int = CROWD
    ) -> None:
        self._listener = listener
        self._states = states
        self._engines = [Engine(path, number, self) for number, path in enumerate(paths)]
        self._places = Places(len(paths), crowd)
        self._routes: dict[int, dict[str, Any]] = {}
        self._routed: dict[int, set[int]] = {}
        """The processes that have routes of a conference, be they old."""
        self._informed: dict[int, dict[int, str | None]] = {}
        """The processes that have those in force, by the epoch in which they were told."""
        self._asked: queue.SimpleQueue[tuple[int, State | None, threading.Event]] = queue.SimpleQueue()

    def start(self) -> None:
        """Begins to listen, and waits a little for the media processes."""
        for engine in self._engines:
            engine.start()
        threading.Thread(target=self._send_routes, name="media-routes", daemon=True).start()
        for engine in self._engines:
            engine.wait()

    def epoch_of(self, connection: Connection) -> str | None:
        """The epoch of the media process that has the peers of this page, or of its conference's home while it has none; None
        while that does not answer."""
        known = (self._places.of(peer) for peer in connection.peer_names)
        home = self._places.home(connection.conference_id)
        return self._engines[next((each for each in known if each is not None), home)].epoch

    def _of_peer(self, peer: str) -> Engine:
        return self._engines[self._places.of(peer) or 0]  # side lines are all with the first, and not in `places`

    def _add_peer(self, conference_id: int, body: dict[str, Any]) -> tuple[str, int]:
        peer = body["peer"]
        running = [engine.number for engine in self._engines if engine.epoch is not None]
        process = self._places.choose(conference_id, peer, running)
        try:
            sdp = str(self._engines[process].ask("POST", "/peers", {"router": str(conference_id), **body})["sdp"])
        except MediaUnavailable:
            self._places.forget(peer)
            raise
        self._ask(conference_id, None)
        return sdp, process

    # --- commands ---

    def health(self) -> dict[str, Any] | None:
        """What the first media process says of itself, and how many there are; None unless all answer."""
        try:
            found = [engine.ask("GET", "/health") for engine in self._engines]
        except MediaUnavailable:
            return None
        return {**found[0], "processes": len(found)}

    def measured(self) -> Measured:
        """How the lines are and what flows. Raises `MediaUnavailable`."""
        stats = self.stats()
        return Measured(readings_of(stats["peers"]), flows_of(stats["buses"]))

    def stats(self) -> dict[str, Any]:
        """All that the media processes count, added up, the peers by age; raises `MediaUnavailable` when none answers."""
        found = []
        for engine in self._engines:
            try:
                found.append(engine.ask("GET", "/stats"))
            except MediaUnavailable:
                if engine is self._engines[-1] and not found:
                    raise
        process = {name: sum(each["process"][name] for each in found) for name in found[0]["process"]}
        peers = sorted((peer for each in found for peer in each["peers"]), key=lambda peer: peer["order"])
        buses = buses_of([bus for each in found for bus in each["buses"]])
        return {**found[0], "process": process, "peers": peers, "buses": buses}

    def route(self, conference_id: int, state: State) -> None:
        """Brings the stage of `state` on the buses, soon: a later state overtakes one still waiting."""
        self._ask(conference_id, state)

    def stage(self, conference_id: int, state: State) -> None:
        """The same, and waits until it is done, `STAGE_SECONDS` at most.

        So sound and picture change when the chair says so: telling a hundred pages takes the processor that this needs.
        """
        self._ask(conference_id, state).wait(STAGE_SECONDS)

    def _ask(self, conference_id: int, state: State | None) -> threading.Event:
        """Of the thread of the routes, which tells when it has done it."""
        done = threading.Event()
        self._asked.put((conference_id, state, done))
        return done

    def join(self, conference_id: int, peer: str, seat: str, kind: str, publishes: bool) -> tuple[str, int]:
        """A peer for one page: the SDP offer for it, and the process that has it. Raises `MediaUnavailable`."""
        subscribes = [list(pair) for pair in SUBSCRIPTIONS[kind]]
        body = {"peer": peer, "seat": seat, "publishes": publishes, "subscribes": subscribes, "paper": kind == "paper"}
        return self._add_peer(conference_id, body)

    def join_aside(
        self, router: str, peer: str, seat: str, publishes: bool, subscribes: Sequence[tuple[str, str]]
    ) -> str:
        """A peer of a side line; the SDP offer for it. Raises `MediaUnavailable`."""
        body = {"router": router, "peer": peer, "seat": seat, "publishes": publishes}
        body["subscribes"] = [list(pair) for pair in subscribes]
        return str(self._engines[0].ask("POST", "/peers", body)["sdp"])

    def route_aside(self, router: str, routes: dict[str, Any]) -> None:
        """The routes of a side line, now. Raises `MediaUnavailable`."""
        self._engines[0].ask("PUT", f"/routers/{router}/routes", routes)

    def join_client(self, conference_id: int, peer: str, seat: str, kind: str, offer: str) -> str:
        """A peer for an encoder or a player, and the answer to its offer. Raises `MediaUnavailable`."""
        is_encoder = kind == "encoder"
        body = {"peer": peer, "seat": seat, "publishes": is_encoder, "encoder": is_encoder, "offer": offer}
        body["subscribes"] = [list(pair) for pair in SUBSCRIPTIONS[kind]]
        return self._add_peer(conference_id, body)[0]

    def answer(self, peer: str, sdp: str) -> None:
        self._of_peer(peer).ask("POST", f"/peers/{peer}/answer", {"sdp": sdp})

    def restart(self, peer: str) -> str:
        """A new offer for a peer whose network has changed; its media go on meanwhile. Raises `MediaUnavailable`."""
        return str(self._of_peer(peer).ask("POST", f"/peers/{peer}/restart")["sdp"])

    def leave(self, peer: str) -> None:
        """Closes a peer; none at all is as good."""
        try:
            self._of_peer(peer).ask("DELETE", f"/peers/{peer}")
        except MediaUnavailable as error:
            log.info("peer %s could not be closed: %s", peer, error.code)

    def leave_seat(self, conference_id: int, seat: str) -> None:
        """Closes every peer of a seat, of whichever page: nothing of the conference goes there any more."""
        for process in self._places.processes(conference_id):
            engine = self._engines[process]
            try:
                for peer in engine.ask("GET", "/state")["peers"]:
                    if (peer["router"], peer["seat"]) == (str(conference_id), seat):
                        engine.ask("DELETE", f"/peers/{peer['peer']}")
            except MediaUnavailable as error:
                log.info("seat %s of %s could not be cleared: %s", seat, conference_id, error.code)

    # --- routes ---

    def _send_routes(self) -> None:
        while True:
            waiting: dict[int, State | None] = {}
            to_tell: list[threading.Event] = []
            while not waiting or not self._asked.empty():
                conference_id, state, done = self._asked.get()
                waiting[conference_id] = state or waiting.get(conference_id)
                to_tell.append(done)
            for conference_id, state in waiting.items():
                try:
                    self._route(conference_id, state)
                except Exception:
                    log.exception("conference %s: the stage could not be sent", conference_id)
            for done in to_tell:
                done.set()

    def _route(self, conference_id: int, state: State | None) -> None:
        """Puts the stage of `state` in force, or without one lets who has just come have what is in force."""
        before = self._routes.get(conference_id)
        if state is not None:
            has_program = any(map(is_player, self._places.peers(conference_id)))
            routes = routes_for(stage_for(state), before, has_program)
            if routes != before:
                self._routes[conference_id] = routes
                self._informed[conference_id] = {}
        if conference_id not in self._routes:
            return
        routed = self._routed.setdefault(conference_id, set())
        informed = self._informed[conference_id]
        for process in sorted(self._places.processes(conference_id) | routed):
            engine = self._engines[process]
            epoch = engine.epoch
            if process in informed and informed[process] == epoch:
                continue
            try:
                engine.ask("PUT", f"/routers/{conference_id}/routes", self._routes[conference_id])
            except MediaUnavailable as error:
                # The next hello of the media process sends every route anew.
                log.warning("conference %s: the stage could not be sent: %s", conference_id, error.code)
            else:
                informed[process] = epoch
                routed.add(process)

    # --- events ---

    def _clear_aside(self, engine: Engine, found: dict[str, Any]) -> None:
        """Side lines of a web process that is gone are nobody's."""
        for peer in found["peers"]:
            if peer["router"].startswith(ASIDE):
                engine.ask("DELETE", f"/peers/{peer['peer']}")
        for router in found["routers"]:
            if router.startswith(ASIDE):
                engine.ask("PUT", f"/routers/{router}/routes", {"buses": {}, "warm": []})

    def greeted(self, engine: Engine) -> None:
        found = engine.ask("GET", "/state")
        gone = self._places.lose(engine.number)
        peers = [peer for peer in found["peers"] if not peer["router"].startswith(ASIDE)]
        for peer in peers:
            self._places.note(int(peer["router"]), str(peer["peer"]), engine.number)
        self._clear_aside(engine, found)
        has = {int(router) for router in found["routers"] if not router.startswith(ASIDE)}
        for conference_id in has:
            self._routed.setdefault(conference_id, set()).add(engine.number)
        self._tell(engine, peers, gone)
        for conference_id, state in self._states().items():
            if conference_id in has or self._places.home(conference_id) == engine.number:
                self.route(conference_id, state)

    def lost(self, engine: Engine) -> None:
        self._tell(engine, [], self._places.lose(engine.number))

    def event(self, engine: Engine, event: dict[str, Any]) -> None:
        if str(event.get("router", "")).startswith(ASIDE):
            return
        if event["type"] == "peer_connected":
            self._places.note(int(event["router"]), str(event["peer"]), engine.number)
        self._listener.media_event(event)
        if event["type"] == "peer_closed":
            self._places.forget(str(event["peer"]))

    def _tell(self, engine: Engine, peers: list[dict[str, Any]], gone: frozenset[str]) -> None:
        def is_home(conference_id: int) -> bool:
            return self._places.home(conference_id) == engine.number

        self._listener.epoch_changed(EpochChange(engine.number, engine.epoch, peers, gone, is_home))
