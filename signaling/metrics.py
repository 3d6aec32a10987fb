"""`GET /metrics` for Prometheus: what the media process counts, and how many pages are open.

It tells addresses of nothing and names of nobody, but still how a conference goes: so it answers this machine only, or whoever
has `METRICS_TOKEN`. What a proxy passes on comes from this machine as well, and is not taken for it.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, abort, request

from signaling.connections import Connection
from signaling.media import ASIDE, MediaUnavailable

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "diem_cau"

PUBLISHED = {
    "bit_rate": ("published_bits_per_second", 1.0),
    "fraction_lost": ("published_loss_ratio", 1.0),
    "jitter_ms": ("published_jitter_seconds", 0.001),
    "audio_level_db": ("published_audio_level_decibels", 1.0),
}
VIEWED = {
    "bit_rate": ("viewed_bits_per_second", 1.0),
    "fraction_lost": ("viewed_loss_ratio", 1.0),
    "rtt_ms": ("viewed_round_trip_seconds", 0.001),
}

Sample = tuple[Mapping[str, str], float]


def exposition(stats: Mapping[str, Any] | None, pages: Mapping[str, int]) -> str:
    """The text format; `stats` as `GET /stats` answers, None while the media process does not, `pages` by kind."""
    lines = [*_family("media_up", "gauge", [({}, float(stats is not None))])]
    lines += _family("pages", "gauge", [({"page": page}, float(count)) for page, count in sorted(pages.items())])
    if stats is not None:
        for name, count in stats["process"].items():
            lines += _family(f"media_{name}_total", "counter", [({}, float(count))])
        peers = [peer for peer in stats["peers"] if peer["connected"] and not peer["router"].startswith(ASIDE)]
        lines += _family("media_peers", "gauge", [({}, float(len(peers)))])
        for key, (name, scale) in PUBLISHED.items():
            lines += _family(name, "gauge", _samples(peers, "published", key, scale, ("stream",)))
        for key, (name, scale) in VIEWED.items():
            lines += _family(name, "gauge", _samples(peers, "viewed", key, scale, ("bus", "kind")))
    return "\n".join(lines) + "\n"


def _samples(
    peers: Iterable[Mapping[str, Any]], side: str, key: str, scale: float, names: tuple[str, ...]
) -> Iterator[Sample]:
    """One sample per seat and stream: of several pages of a seat the newest, which feeds the buses, counts."""
    found: dict[tuple[str, ...], Sample] = {}
    for peer in peers:
        for stream in peer[side]:
            if stream[key] is not None:
                labels = {"conference": peer["router"], "seat": peer["seat"], **{name: stream[name] for name in names}}
                found[tuple(labels.values())] = labels, stream[key] * scale
    yield from found.values()


def _family(name: str, kind: str, samples: Iterable[Sample]) -> Iterator[str]:
    name = f"{PREFIX}_{name}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{inside}}} {value:.10g}" if inside else f"{name} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def register(
    app: Flask, read_stats: Callable[[], dict[str, Any]], connections: Callable[[], Iterable[Connection]]
) -> None:
    """Adds the page to `app`."""
    blueprint = Blueprint("metrics", __name__)
    token: str = app.extensions["settings"].metrics_token

    @blueprint.get("/metrics")
    def metrics() -> Response:
        if not (_has_token(token) if token else _is_of_this_machine()):
            abort(404)
        try:
            stats = read_stats()
        except MediaUnavailable:
            stats = None
        pages = Counter(connection.page for connection in connections())
        return Response(exposition(stats, pages), content_type=CONTENT_TYPE)

    app.register_blueprint(blueprint)


def _has_token(token: str) -> bool:
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_of_this_machine() -> bool:
    is_passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"))
    return not is_passed_on and request.remote_addr in ("127.0.0.1", "::1", "::ffff:127.0.0.1")
