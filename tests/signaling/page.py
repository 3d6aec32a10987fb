"""A page as the server sees it: a real Socket.IO client over WebSocket that keeps whatever it is told."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import socketio
import sqlalchemy as sa
from flask import Flask

from meetings import links
from meetings.tables import (
    AgendaItem,
    Conference,
    Delegate,
    JournalEvent,
    LinkKind,
    Role,
    Site,
    SiteLink,
    StaffAccount,
    db,
)

PATIENCE_SECONDS = 15.0

_numbers = itertools.count(1)


@dataclass
class Room:
    """A conference in the database, with what opens its pages."""

    app: Flask
    address: str
    conference_id: int

    @property
    def conference(self) -> Conference:
        db.session.rollback()
        conference = db.session.get(Conference, self.conference_id)
        assert conference
        return conference

    @property
    def sites(self) -> list[int]:
        """The hall first."""
        found = sa.select(Site.id).where(Site.conference_id == self.conference_id).order_by(Site.position)
        return list(db.session.scalars(found))

    @property
    def items(self) -> list[int]:
        found = (
            sa.select(AgendaItem.id).where(AgendaItem.conference_id == self.conference_id).order_by(AgendaItem.number)
        )
        return list(db.session.scalars(found))

    def delegates(self, site_id: int) -> list[int]:
        found = sa.select(Delegate.id).where(Delegate.site_id == site_id).order_by(Delegate.precedence)
        return list(db.session.scalars(found))

    def account(self, name: str) -> StaffAccount:
        return db.session.scalars(sa.select(StaffAccount).where(StaffAccount.name == name)).one()

    def link(self, number: int, kind: LinkKind = LinkKind.SITE) -> SiteLink:
        """The link of the site in this place (the hall is 0)."""
        wanted = sa.select(SiteLink).where(SiteLink.conference_id == self.conference_id, SiteLink.kind == kind)
        if kind is not LinkKind.HALL_SCREEN:
            wanted = wanted.where(SiteLink.site_id == self.sites[number])
        return db.session.scalars(wanted).one()

    def site_auth(self, number: int, kind: LinkKind = LinkKind.SITE) -> dict[str, Any]:
        return {"link": links.link_token(self.link(number, kind)), "tab": f"tab-{next(_numbers):05}"}

    def desk_auth(self, name: str) -> dict[str, Any]:
        account = self.account(name)
        role = Role.CHAIR if account.role is Role.CHAIR else Role.SECRETARY
        return {"desk": links.desk_token(account, self.conference, role), "tab": f"tab-{next(_numbers):05}"}

    def journal(self) -> list[JournalEvent]:
        db.session.rollback()
        rows = sa.select(JournalEvent).where(JournalEvent.conference_id == self.conference_id)
        return list(db.session.scalars(rows.order_by(JournalEvent.seq)))


class Refused(Exception):
    """The handshake was refused; `data` is what the page was told."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.data = data


@dataclass
class Page:
    address: str
    auth: Any
    told: list[tuple[str, Any]] = field(default_factory=list)
    is_open: bool = False

    def open(self) -> Page:
        """Connects and waits for the first snapshot. Raises `Refused`."""
        self._changed = threading.Condition()
        self._refusal: Any = None
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", self._hear)
        self.client.on("connect", self._greet)
        self.client.on("connect_error", self._refuse)
        self.client.on("disconnect", self._lose)
        self.client.connect(self.address, auth=self.auth, transports=["websocket"], wait=False)
        self.is_open = True
        self._socket = self.client.eio.ws.sock
        self.wait(lambda: self._refusal or self._is_greeted(), "the first snapshot or a refusal")
        if self._refusal:
            self.close()
            raise Refused(self._refusal.get("data"))
        return self

    def _is_greeted(self) -> bool:
        return bool(self.all("snapshot")) and "/" in self.client.namespaces

    def _greet(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _hear(self, event: str, *args: Any) -> None:
        with self._changed:
            self.told.append((event, args[0] if args else None))
            self._changed.notify_all()

    def _refuse(self, data: Any = None) -> None:
        with self._changed:
            self._refusal = data or {"data": None}
            self._changed.notify_all()

    def _lose(self, *_: Any) -> None:
        with self._changed:
            self.is_open = False
            self._changed.notify_all()

    def all(self, event: str) -> list[Any]:
        return [message for name, message in list(self.told) if name == event]

    def wait(self, is_so: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
        end = time.monotonic() + seconds
        with self._changed:
            while not (answer := is_so()):
                left = end - time.monotonic()
                assert left > 0, f"waited in vain for {what}: {self.told}"
                self._changed.wait(left)
            return answer

    def ask(self, event: str, *message: Any) -> Any:
        return self.client.call(event, message if len(message) != 1 else message[0], timeout=PATIENCE_SECONDS)

    def command(self, name: str, command_id: str | None = None, **args: Any) -> dict[str, Any]:
        answer = self.ask("command", {"id": command_id or f"c-{next(_numbers)}", "name": name, "args": args})
        assert isinstance(answer, dict)
        return answer

    def do(self, name: str, **args: Any) -> int:
        """A command that must be accepted; the journal's number after it."""
        answer = self.command(name, **args)
        assert answer.get("ok"), f"{name}: {answer}"
        return int(answer["seq"])

    def snapshot(self) -> dict[str, Any]:
        return dict(self.ask("get_snapshot", {}))

    @property
    def seat(self) -> dict[str, Any]:
        return dict(self.all("welcome")[-1]["seat"])

    def parts(self, until: int = 2**53) -> dict[str, Any]:
        """The parts as a page keeps them: the first snapshot and the changes taken over, up to this number."""
        first = self.all("snapshot")[0]
        parts = {name: dict(part) for name, part in first["parts"].items()}
        held = dict.fromkeys(parts, first["seq"])
        for change in self.all("changes"):
            name = change["part"]
            if held[name] < change["seq"] <= until:
                assert change["prev"] <= held[name], "a change was missed"
                parts[name] |= change["changes"]
                held[name] = change["seq"]
        return parts

    def close(self) -> None:
        """The line breaks: a polite end would wait 3 s for an answer."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        for thread in (self.client.eio.read_loop_task, self.client.eio.write_loop_task):
            if thread is not None:
                thread.join(PATIENCE_SECONDS)
        self._socket.close()


class Pages:
    def __init__(self, room: Room) -> None:
        self.room = room
        self._opened: list[Page] = []

    def open(self, auth: Any) -> Page:
        page = Page(self.room.address, auth).open()
        self._opened.append(page)
        return page

    def site(self, number: int, **more: Any) -> Page:
        return self.open({**self.room.site_auth(number), **more})

    def station(self) -> Page:
        return self.open(self.room.site_auth(0, LinkKind.HALL_STATION))

    def screen(self) -> Page:
        return self.open(self.room.site_auth(0, LinkKind.HALL_SCREEN))

    def chair(self) -> Page:
        return self.open(self.room.desk_auth("chu-tri"))

    def secretary(self, name: str = "thu-ky") -> Page:
        return self.open(self.room.desk_auth(name))

    def close(self) -> None:
        for page in self._opened:
            page.close()
