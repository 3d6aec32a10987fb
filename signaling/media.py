"""The only module that knows which media engine runs: stage to routes, pages to peers, losses to presence.

Commands go to a media process over its Unix socket, its events come back on one WebSocket (`engine`). Routes are sent
whole and are idempotent, so a restart of either side ends with one `PUT` per conference. A media process names itself
by an *epoch*; a new one means that every page of its conferences must join again. Of several processes each conference
has one, by its number, so that a restarted web process finds them again. Side lines are the first one's.
"""

from __future__ import annotations

import logging
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
from signaling.engine import Engine
from signaling.engine import MediaUnavailable as MediaUnavailable
from signaling.quality import Reading

log = logging.getLogger(__name__)

ASIDE = "aside-"
"""How the routers of side lines are called; those of conferences are called by their number."""

FLOORS = ("floor", "floor2", "floor3", "floor4")
"""A bus has one source: each further speaker of a dialogue is heard on a floor bus of its own (rule 16)."""

TILE_BUSES = tuple(f"tile-{number}" for number in range(1, TILES + 1))

PAPER_VIEW = ("paper", "video")

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
    It concerns the conferences that it `serves`."""

    epoch: str | None
    peers: list[dict[str, Any]]
    gone: frozenset[str]
    serves: Callable[[int], bool]


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
        room_bps=peer["room"],
        room_by=peer["room_by"],
        allowed_bps=peer["bit_rate_ceiling"],
    )


class Media:
    """The link of the web process to the media processes, at least one."""

    def __init__(self, paths: Sequence[str], listener: MediaListener, states: Callable[[], dict[int, State]]) -> None:
        self._listener = listener
        self._states = states
        self._engines = [Engine(path, self) for path in paths]
        self._engine_of_peer: dict[str, Engine] = {}
        self._sent: dict[int, dict[str, Any]] = {}
        self._asked: queue.SimpleQueue[tuple[int, State]] = queue.SimpleQueue()
        self._with_program: set[int] = set()

    def start(self) -> None:
        """Begins to listen, and waits a little for the media processes."""
        for engine in self._engines:
            engine.start()
        threading.Thread(target=self._send_routes, name="media-routes", daemon=True).start()
        for engine in self._engines:
            engine.wait()

    def epoch_of(self, conference_id: int) -> str | None:
        """The epoch of the media process that has this conference; None while it does not answer."""
        return self._of_conference(conference_id).epoch

    def _of_conference(self, conference_id: int) -> Engine:
        return self._engines[conference_id % len(self._engines)]

    def _of_router(self, router: str) -> Engine:
        return self._of_conference(int(router)) if router.isdecimal() else self._engines[0]

    def _of_peer(self, peer: str) -> Engine:
        return self._engine_of_peer.get(peer, self._engines[0])

    def _add_peer(self, body: dict[str, Any]) -> str:
        engine = self._of_router(body["router"])
        sdp = str(engine.ask("POST", "/peers", body)["sdp"])
        if body["router"].isdecimal():  # side lines are all with the first engine, and none of the listener's
            self._engine_of_peer[body["peer"]] = engine
        return sdp

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
        """All that the media processes count, added up; raises `MediaUnavailable` when none answers."""
        found = []
        for engine in self._engines:
            try:
                found.append(engine.ask("GET", "/stats"))
            except MediaUnavailable:
                if engine is self._engines[-1] and not found:
                    raise
        process = {name: sum(each["process"][name] for each in found) for name in found[0]["process"]}
        lists = {name: [one for each in found for one in each[name]] for name in ("peers", "buses")}
        return {**found[0], "process": process, **lists}

    def route(self, conference_id: int, state: State) -> None:
        """Brings the stage of `state` on the buses, soon: a later state overtakes one still waiting."""
        self._asked.put((conference_id, state))

    def join(self, conference_id: int, peer: str, seat: str, kind: str, publishes: bool) -> str:
        """A peer for one page; the SDP offer for it. Raises `MediaUnavailable`."""
        body = {"router": str(conference_id), "peer": peer, "seat": seat, "publishes": publishes}
        subscribes = [list(pair) for pair in SUBSCRIPTIONS[kind]]
        return self._add_peer({**body, "subscribes": subscribes, "paper": kind == "paper"})

    def join_aside(
        self, router: str, peer: str, seat: str, publishes: bool, subscribes: Sequence[tuple[str, str]]
    ) -> str:
        """A peer of any router, for a side line; the SDP offer for it. Raises `MediaUnavailable`."""
        body = {"router": router, "peer": peer, "seat": seat, "publishes": publishes}
        return self._add_peer({**body, "subscribes": [list(pair) for pair in subscribes]})

    def route_aside(self, router: str, routes: dict[str, Any]) -> None:
        """The routes of a side line, now. Raises `MediaUnavailable`."""
        self._of_router(router).ask("PUT", f"/routers/{router}/routes", routes)

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
        sdp = self._add_peer({**body, "subscribes": subscribes, "offer": offer})
        if not is_encoder:
            self._with_program.add(conference_id)
        return sdp

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
        try:
            peers = self._of_conference(conference_id).ask("GET", "/state")["peers"]
        except MediaUnavailable:
            return  # then nothing goes anywhere
        for peer in peers:
            if (peer["router"], peer["seat"]) == (str(conference_id), seat):
                self.leave(str(peer["peer"]))

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
            self._of_conference(conference_id).ask("PUT", f"/routers/{conference_id}/routes", routes)
            self._sent[conference_id] = routes
        except MediaUnavailable as error:
            # The next hello of the media process sends every route anew.
            self._sent.pop(conference_id, None)
            log.warning("conference %s: the stage could not be sent: %s", conference_id, error.code)

    # --- events ---

    def _clear_aside(self, found: dict[str, Any]) -> None:
        """Side lines of a web process that is gone are nobody's."""
        for peer in found["peers"]:
            if peer["router"].startswith(ASIDE):
                self.leave(str(peer["peer"]))
        for router in found["routers"]:
            if router.startswith(ASIDE):
                self.route_aside(router, {"buses": {}, "warm": []})

    def greeted(self, engine: Engine) -> None:
        found = engine.ask("GET", "/state")
        gone = self._forget(engine)
        peers = [peer for peer in found["peers"] if not peer["router"].startswith(ASIDE)]
        self._engine_of_peer |= {str(peer["peer"]): engine for peer in peers}
        self._clear_aside(found)
        players = {int(peer["router"]) for peer in peers if str(peer["seat"]).startswith("overflow:")}
        for conference_id in list(self._sent):
            if self._of_conference(conference_id) is engine:
                self._sent.pop(conference_id, None)
        kept = {each for each in self._with_program if self._of_conference(each) is not engine}
        self._with_program = kept | players
        self._tell(engine, peers, gone)
        for conference_id, state in self._states().items():
            if self._of_conference(conference_id) is engine:
                self.route(conference_id, state)

    def lost(self, engine: Engine) -> None:
        self._tell(engine, [], self._forget(engine))

    def event(self, engine: Engine, event: dict[str, Any]) -> None:
        if str(event.get("router", "")).startswith(ASIDE):
            return
        self._listener.media_event(event)
        if event["type"] == "peer_closed":
            self._engine_of_peer.pop(str(event["peer"]), None)

    def _forget(self, engine: Engine) -> frozenset[str]:
        """The peers we knew of it."""
        gone = frozenset(peer for peer, each in list(self._engine_of_peer.items()) if each is engine)
        for peer in gone:
            self._engine_of_peer.pop(peer, None)
        return gone

    def _tell(self, engine: Engine, peers: list[dict[str, Any]], gone: frozenset[str]) -> None:
        def serves(conference_id: int) -> bool:
            return self._of_conference(conference_id) is engine

        self._listener.epoch_changed(EpochChange(engine.epoch, peers, gone, serves))
