"""Reads every `READING_SECONDS` how good the lines are and what flows, tells the pages, keeps what happened to each site."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from flask import Flask
from flask_socketio import SocketIO

from meetings import incidents, journal, line_history
from meetings.core.parts import instant
from meetings.core.stage import stage_for
from meetings.core.vocabulary import ConferenceStatus, SiteId
from meetings.incidents import FigureValues, Incident
from meetings.live import LiveConferences, utc_now
from signaling.alarms import NOTHING, Alarm, Watch, expected_of
from signaling.announcer import room_of_all, room_of_desk, room_of_site
from signaling.connections import Connection, Connections
from signaling.media import Measured, MediaUnavailable
from signaling.quality import READING_SECONDS, Figures, PageReport, SiteLine, is_worth_telling
from signaling.sampler import Sampler

log = logging.getLogger(__name__)


class Presences(Protocol):
    """Who is there, as `signaling.lines` tells it."""

    def as_told(self, conference_id: int) -> dict[str, dict[str, Any]]: ...


class _Lines:
    """The lines of one conference, and what was last told of them."""

    def __init__(self, lines: dict[SiteId, SiteLine]) -> None:
        self.lines = lines
        self.told_words: dict[str, str] = {}
        self.told_figures: dict[SiteId, Figures] = {}
        self.watch = Watch()
        self.sampler = Sampler()
        self.told_alarms: dict[Alarm, datetime] = {}
        """Those that are on, and since when."""

    def alarms(self, site_id: SiteId | None = None) -> list[dict[str, Any]]:
        """As pages are told (PROTOCOL.md, `alarms`): all, or those of one site."""
        return [
            {
                "kind": alarm.kind.value,
                "site_id": alarm.site_id,
                "of_site_id": alarm.of_site_id,
                "since": instant(since),
            }
            for alarm, since in self.told_alarms.items()
            if site_id in (None, alarm.site_id)
        ]

    def words(self) -> dict[str, str]:
        return {str(site_id): line.word.value for site_id, line in self.lines.items() if line.word is not None}


class Gauge:
    def __init__(
        self,
        app: Flask,
        socketio: SocketIO,
        live: LiveConferences,
        connections: Connections,
        presences: Presences,
        measured: Callable[[], Measured],
    ) -> None:
        self._app = app
        self._socketio = socketio
        self._live = live
        self._connections = connections
        self._presences = presences
        self._measured = measured
        self._conferences: dict[int, _Lines] = {}
        self._guard = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._run, name="gauge", daemon=True).start()

    def report(self, conference_id: int, site_id: SiteId, report: PageReport, now: float) -> None:
        """What a site's own page measured."""
        conference = self._of(conference_id, now)
        with self._guard:
            conference.lines.setdefault(site_id, SiteLine()).report(report, now)

    def as_told(self, connection: Connection) -> dict[str, Any]:
        """Words of all sites, and the figures this page may see: the desk all, a site its own."""
        with self._guard:
            conference = self._conferences.get(connection.conference_id)
            if conference is None:
                return {"links": {}, "link_figures": {}, "alarms": []}
            figures = {
                str(site_id): asdict(told)
                for site_id, told in conference.told_figures.items()
                if connection.is_desk or connection.site_id == site_id
            }
            alarms = conference.alarms(connection.site_id) if connection.is_desk or connection.site_id else []
            return {"links": conference.told_words, "link_figures": figures, "alarms": alarms}

    def _run(self) -> None:
        while True:
            time.sleep(READING_SECONDS)
            try:
                self.tick(time.monotonic(), utc_now())
            except Exception:
                log.exception("the lines could not be measured")

    def tick(self, now: float, at: datetime) -> None:
        """One reading of every conference that has pages."""
        watched = {connection.conference_id for connection in self._connections} | set(self._conferences)
        if not watched:
            return
        try:
            measured = self._measured()
        except MediaUnavailable:
            measured = Measured()
        for conference_id in watched:
            try:
                self._measure(conference_id, measured, now, at)
            except journal.UnknownConference:
                self._forget(conference_id)
            except Exception:
                log.exception("conference %s: its lines could not be measured", conference_id)

    def _measure(self, conference_id: int, measured: Measured, now: float, at: datetime) -> None:
        state, directory = self._live.known(conference_id)
        if state.status is ConferenceStatus.ADJOURNED:
            self._forget(conference_id)
            return
        conference = self._of(conference_id, now)
        presence = self._presences.as_told(conference_id)
        flows = measured.flows.get(conference_id, [])
        stage = stage_for(state) if state.setup is not None else None
        sending = frozenset(SiteId(int(key)) for key, told in presence.items() if told["media"] or told.get("encoder"))
        filming = frozenset(
            SiteId(int(key))
            for key, told in presence.items()
            if told.get("encoder") or (told["media"] and told["camera"])
        )
        # Without any flow the media process does not answer: that is told otherwise.
        expected = expected_of(state, stage, sending, filming) if stage is not None and flows else NOTHING
        found: list[Incident] = []
        with self._guard:
            for site in directory.sites:
                told = presence.get(str(site.id), {})
                is_here = bool(told.get("socket") or told.get("media"))
                reading = measured.readings.get((conference_id, site.id))
                line = conference.lines.get(site.id)
                if line is None and not is_here and reading is None:
                    continue
                line = line or conference.lines.setdefault(site.id, SiteLine())
                for kind in line.read(reading, now, is_here=is_here):
                    found.append(Incident(site.id, at, kind, _values(line.figures)))
                if reading is not None:
                    conference.sampler.note(site.id, line.figures, at)
            for site_id, kind in conference.watch.look(expected, flows, now):
                figures = conference.lines.get(site_id, SiteLine()).figures
                found.append(Incident(site_id, at, kind, _values(figures)))
        self._tell_alarms(conference_id, conference, at)
        self._tell(conference_id, conference)
        samples = conference.sampler.due(at)
        if found:
            with self._app.app_context():
                incidents.add(conference_id, found)
        if samples:
            with self._app.app_context():
                line_history.add(conference_id, samples)
        if not any(line.is_here for line in conference.lines.values()) and not self._has_pages(conference_id):
            self._forget(conference_id)

    def _of(self, conference_id: int, now: float) -> _Lines:
        conference = self._conferences.get(conference_id)
        if conference is None:
            with self._app.app_context():
                last = incidents.last_kinds(conference_id)
            lines = {site_id: SiteLine.expected(kind, now) for site_id, kind in last.items()}
            with self._guard:
                conference = self._conferences.setdefault(conference_id, _Lines(lines))
        return conference

    def _forget(self, conference_id: int) -> None:
        with self._guard:
            gone = self._conferences.pop(conference_id, None)
        if gone is not None and gone.told_words:
            self._socketio.emit("links", {}, to=room_of_all(conference_id))
        if gone is not None and gone.told_alarms:
            self._socketio.emit("alarms", [], to=room_of_all(conference_id))

    def _has_pages(self, conference_id: int) -> bool:
        return any(connection.conference_id == conference_id for connection in self._connections)

    def _tell_alarms(self, conference_id: int, conference: _Lines, at: datetime) -> None:
        """To the desk all, to a site its own."""
        with self._guard:
            before = conference.told_alarms
            conference.told_alarms = {alarm: before.get(alarm, at) for alarm in conference.watch.alarms}
            changed = before.keys() ^ conference.told_alarms.keys()
        if changed:
            self._socketio.emit("alarms", conference.alarms(), to=room_of_desk(conference_id))
        for site_id in {alarm.site_id for alarm in changed}:
            self._socketio.emit("alarms", conference.alarms(site_id), to=room_of_site(conference_id, site_id))

    def _tell(self, conference_id: int, conference: _Lines) -> None:
        """The word of each site to everybody; its figures to the desk and to itself, when they are worth it."""
        with self._guard:
            words = conference.words()
            changed = {
                site_id: line.figures
                for site_id, line in conference.lines.items()
                if is_worth_telling(conference.told_figures.get(site_id), line.figures)
            }
            is_new_word = words != conference.told_words
            conference.told_words = words
            conference.told_figures |= changed
        if is_new_word:
            self._socketio.emit("links", words, to=room_of_all(conference_id))
        if changed:
            figures = {str(site_id): asdict(line) for site_id, line in changed.items()}
            self._socketio.emit("link_figures", figures, to=room_of_desk(conference_id))
            for site_id, line in changed.items():
                self._socketio.emit(
                    "link_figures", {str(site_id): asdict(line)}, to=room_of_site(conference_id, site_id)
                )


def _values(figures: Figures) -> FigureValues:
    """What is known: rows are kept for years."""
    return {name: value for name, value in asdict(figures).items() if value is not None}
