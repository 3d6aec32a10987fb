"""The control channel's JSON: what the web process may say, checked, and what it is told."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from .consumer import Consumer
from .node import MediaNode
from .peer import Peer, PeerSpec
from .producer import Producer, clock_rate
from .router import KINDS, Outlet, Router, Routes

MAX_NAME = 100
MAX_BUSES = 32
MAX_SUBSCRIPTIONS = 32
BUS_MARKS = ("small", "paper")


class WireError(ValueError):
    """The body is not what this command takes; the text says why."""


def read_name(value: object, what: str) -> str:
    """A peer, router, seat or bus name; raises `WireError`."""
    # Names go into SDP lines, so no spaces and no line ends.
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME or not value.isprintable() or " " in value:
        raise WireError(f"{what} must be a short text without spaces")
    return value


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WireError(f"{what} must be an object")
    return value


def _flag(body: dict[str, Any], key: str) -> bool:
    value = body.get(key)
    if not isinstance(value, bool):
        raise WireError(f"{key} must be true or false")
    return value


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str):
        raise WireError(f"{key} must be a text")
    return value


def read_peer(value: object) -> PeerSpec:
    """The body of `POST /peers`."""
    body = _object(value, "the body")
    subscribes = body.get("subscribes")
    if not isinstance(subscribes, list) or len(subscribes) > MAX_SUBSCRIPTIONS:
        raise WireError("subscribes must be a list")
    pairs: list[tuple[str, str]] = []
    for each in subscribes:
        if not isinstance(each, list) or len(each) != 2 or each[1] not in KINDS:
            raise WireError('subscribes must list ["bus", "audio"] or ["bus", "video"]')
        pairs.append((read_name(each[0], "bus"), each[1]))
    if len(set(pairs)) != len(pairs):
        raise WireError("subscribes names a bus twice")
    publishes = _flag(body, "publishes")
    if not publishes and not pairs:
        raise WireError("a peer must publish or subscribe")
    is_paper, is_encoder = (_flag({name: False, **body}, name) for name in ("paper", "encoder"))
    if is_paper and (is_encoder or not publishes or body.get("offer")):
        raise WireError("a paper peer is a page that publishes")
    return PeerSpec(
        read_name(body.get("peer"), "peer"),
        read_name(body.get("router"), "router"),
        read_name(body.get("seat"), "seat"),
        publishes,
        tuple(pairs),
        _text(body, "offer"),
        is_encoder,
        is_paper,
    )


def read_routes(value: object) -> Routes:
    """The body of `PUT /routers/{router}/routes`."""
    body = _object(value, "the body")
    buses = _object(body.get("buses"), "buses")
    if len(buses) > MAX_BUSES:
        raise WireError("too many buses")
    seats: dict[tuple[str, str], str] = {}
    marked: dict[str, set[str]] = {mark: set() for mark in BUS_MARKS}
    for bus, sources in buses.items():
        for kind, seat in _object(sources, f"bus {bus}").items():
            if kind in BUS_MARKS:
                if _flag(sources, kind):
                    marked[kind].add(read_name(bus, "bus"))
                continue
            if kind not in KINDS:
                raise WireError(f"bus {bus} has no kind {kind}")
            if seat is not None:
                seats[read_name(bus, "bus"), kind] = read_name(seat, "seat")
    warm = body.get("warm", [])
    if not isinstance(warm, list):
        raise WireError("warm must be a list")
    names = frozenset(read_name(seat, "seat") for seat in warm)
    return Routes(seats, names, frozenset(marked["small"]), frozenset(marked["paper"]))


def read_answer(value: object) -> str:
    """The body of `POST /peers/{peer}/answer`."""
    text = _object(value, "the body").get("sdp")
    if not isinstance(text, str):
        raise WireError("sdp must be a text")
    return text


def read_publishing(value: object) -> bool:
    """The body of `PATCH /peers/{peer}`."""
    return _flag(_object(value, "the body"), "publishing")


def health(node: MediaNode) -> dict[str, Any]:
    """The answer to `GET /health`."""
    return {
        "epoch": node.epoch,
        "port": node.port,
        "hosts": list(node.hosts),
        "backend": node.calls.name,
        "peers": len(node.peers),
        "routers": len(node.routers),
    }


def state(node: MediaNode) -> dict[str, Any]:
    """The answer to `GET /state`."""
    return {
        "epoch": node.epoch,
        "routers": {name: {"routes": _routes(router)} for name, router in node.routers.items()},
        "peers": [_peer_state(peer) for peer in node.peers.values()],
    }


def _routes(router: Router) -> dict[str, Any]:
    names = {bus for bus, _ in (*router.routes.seats, *router.outlets)}
    return {
        "buses": {
            bus: {
                **{kind: router.routes.seats.get((bus, kind)) for kind in KINDS},
                **({"small": True} if bus in router.routes.small else {}),
                **({"paper": True} if bus in router.routes.paper else {}),
            }
            for bus in sorted(names)
        },
        "warm": sorted(router.routes.warm),
    }


def _peer_state(peer: Peer) -> dict[str, Any]:
    return {
        "peer": peer.spec.peer,
        "router": peer.spec.router,
        "seat": peer.spec.seat,
        "connected": peer.is_connected,
        "publishes": peer.spec.publishes,
        "publishing": peer.is_publishing,
        "encoder": peer.spec.is_encoder,
        "paper": peer.spec.is_paper,
    }


def stats(node: MediaNode) -> dict[str, Any]:
    """The answer to `GET /stats`."""
    now = node.clock()
    peers: list[dict[str, Any]] = []
    for peer in node.peers.values():
        router = node.routers[peer.spec.router]
        peers.append(
            {
                "peer": peer.spec.peer,
                "router": peer.spec.router,
                "seat": peer.spec.seat,
                "order": peer.order,
                "connected": peer.is_connected,
                "encoder": peer.spec.is_encoder,
                "paper": peer.spec.is_paper,
                "path": peer.path,
                "seconds_since_heard": round(now - peer.heard_at, 3),
                "bit_rate_ceiling": peer.bit_rate_ceiling or None,
                "bit_rate_limit": peer.bit_rate_limit,
                "room": round(peer.ladder.budget) if peer.ladder.is_limited else None,
                "room_by": peer.ladder.sign,
                "is_sent_sound_twice": peer.is_sent_sound_twice,
                "published": [_published(producer, now) for producer in peer.producers.values()],
                "viewed": [_viewed(peer, router, outlet, consumer, now) for outlet, consumer in router.views(peer)],
            }
        )
    buses = [bus for router in node.routers.values() for bus in _buses(router, now)]
    return {"epoch": node.epoch, "process": asdict(node.counters), "peers": peers, "buses": buses}


def _buses(router: Router, now: float) -> Iterator[dict[str, Any]]:
    """What flows on the buses that have a seat, but for those of small pictures."""
    for (name, kind), seat in router.routes.seats.items():
        if name in router.routes.small:
            continue
        current = router.outlet(name, kind).bus.current
        producer = router.producers.get(current.key) if current is not None and current.seat == seat else None
        has_levels = producer is not None and producer.level_extension is not None and kind == "audio"
        yield {
            "router": router.name,
            "bus": name,
            "kind": kind,
            "seat": seat,
            "seconds_since_packet": None if producer is None else round(now - producer.received_at, 3),
            "levels_db": producer.levels.row(now) if producer is not None and has_levels else None,
        }


def _published(producer: Producer, now: float) -> dict[str, Any]:
    reception = producer.reception
    return {
        "kind": producer.kind,
        "stream": producer.name,
        "is_paused": producer.is_paused,
        "packets": reception.packets,
        "bytes": reception.octets,
        "bit_rate": round(reception.bit_rate(now)),
        "fraction_lost": round(reception.fraction_lost / 256, 4),
        "packets_lost": reception.cumulative_lost,
        "packets_recovered": reception.recovered,
        "jitter_ms": round(reception.jitter_ms, 2),
        "key_frames_asked": producer.key_frames_asked,
        "audio_level_db": -producer.level
        if producer.kind == "audio" and producer.level_extension is not None
        else None,
    }


def _viewed(peer: Peer, router: Router, outlet: Outlet, consumer: Consumer, now: float) -> dict[str, Any]:
    bus = outlet.bus
    rate = bus.meter.bit_rate(now) if consumer.is_attached else 0.0
    packets, octets = consumer.sent(bus.packets, bus.octets)
    return {
        "bus": bus.name,
        "kind": bus.kind,
        "seat": router.routes.seats.get((bus.name, bus.kind)),
        "excluded": not consumer.is_attached,
        "rung": peer.ladder.rung(bus.name).name.lower() if bus.kind == "video" else None,
        "packets": packets,
        "bytes": octets,
        "bit_rate": round(rate),
        "fraction_lost": round(consumer.fraction_lost / 256, 4),
        "packets_lost": consumer.line_lost,
        "packets_resent": consumer.resent,
        "jitter_ms": round(consumer.jitter_ticks / clock_rate(bus.kind) * 1000, 2),
        "rtt_ms": None if consumer.rtt_ms is None else round(consumer.rtt_ms, 2),
    }
