"""Socket messages on the quality of lines: what a site's page measured, and what happened to a site's line."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from meetings import incidents, line_history
from meetings.core.codec import Malformed
from meetings.core.parts import instant
from meetings.core.refusals import NotPermitted, UnknownSite
from meetings.incidents import Incident
from meetings.line_history import Sample
from signaling.answers import Answer, answered
from signaling.connections import Connection
from signaling.protocol import fields
from signaling.quality import PageReport
from signaling.seats import SeatState

if TYPE_CHECKING:
    from signaling.handlers import Wire

LARGEST = {"rtt_ms": 60_000, "width": 10_000, "height": 10_000, "fps": 240, "frozen_ms": 10_000}
LARGEST |= {f"seen_{name}": LARGEST[name] for name in ("width", "height", "fps")}
LIMITS = ("bandwidth", "cpu", "other")
"""Why a browser sends a smaller picture than it was asked to (`qualityLimitationReason` of webrtc-stats)."""


class LinkMessages:
    """One method a message; names as in PROTOCOL.md."""

    NAMES = ("report_link", "get_incidents", "get_line_history")

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def register(self) -> None:
        for name in self.NAMES:
            self.wire.socketio.on_event(name, getattr(self, name))

    @answered
    def report_link(self, connection: Connection, message: Any) -> Answer:
        report = asked_report(message)
        if connection.site_id is None or connection.state is not SeatState.HELD:
            raise NotPermitted
        self.wire.gauge.report(connection.conference_id, connection.site_id, report, time.monotonic())
        return {"ok": True}

    @answered
    def get_incidents(self, connection: Connection, message: Any) -> Answer:
        found = incidents.of_site(connection.conference_id, self._asked_site(connection, message))
        return {"ok": True, "incidents": [_incident(one) for one in found]}

    @answered
    def get_line_history(self, connection: Connection, message: Any) -> Answer:
        found = line_history.of_site(connection.conference_id, self._asked_site(connection, message))
        return {"ok": True, "samples": [_sample(one) for one in found]}

    def _asked_site(self, connection: Connection, message: Any) -> int:
        """The site of a question on its line: the desk may ask of any, a site of itself."""
        site_id: int = fields(message, {"site_id": int})["site_id"]
        if not connection.is_desk and (connection.actor is None or connection.site_id != site_id):
            raise NotPermitted
        _, directory = self.wire.live.look(connection.conference_id)
        if all(site.id != site_id for site in directory.sites):
            raise UnknownSite
        return site_id


def asked_report(message: Any) -> PageReport:
    """The page's figures, each within what can be. Raises `Malformed`, which names the field."""
    message = fields(message, {}, {**dict.fromkeys(LARGEST, int), "limited_by": str, "is_relayed": bool})
    for name, largest in LARGEST.items():
        value = message.get(name)
        if value is not None and not 0 <= value <= largest:
            raise Malformed(name, f"0 to {largest}")
    if message.get("limited_by") not in (None, *LIMITS):
        raise Malformed("limited_by", "one of " + ", ".join(LIMITS))
    return PageReport(**{name: value for name, value in message.items() if value is not None})


def _incident(one: Incident) -> dict[str, Any]:
    return {"at": instant(one.at), "kind": one.kind.value, "figures": one.figures}


def _sample(one: Sample) -> dict[str, Any]:
    figures = {name: value for name, value in asdict(one).items() if name not in ("site_id", "at")}
    return {"at": instant(one.at), **figures}
