"""At which of several media processes the peers of a conference are (pure; a process is a number from 0).

Theory. A conference is at *home* at one process, by its number. While it is small all of it is there, and nothing need be
relayed. When it is a crowd, a page that comes goes where the fewest of it are.

Rules.
- The peers of one page are at one process: it knows one epoch.
- Who has a place keeps it; when a process is lost, its pages find a new one as they come.
- A process that does not answer is given nobody, but for a conference that is at home there and small: that one waits.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection

from signaling.peer_names import page_of

CROWD = 30
"""Peers at home from which on others are spread: a core carries some hundred, and a site without a gallery has one or two."""


class Places:
    """All conferences. Safe to use from several threads."""

    def __init__(self, processes: int, crowd: int = CROWD) -> None:
        self._processes = processes
        self._crowd = crowd
        self._places: dict[str, tuple[int, int]] = {}
        """By peer: conference and process."""
        self._guard = threading.Lock()

    def home(self, conference_id: int) -> int:
        return conference_id % self._processes

    def of(self, peer: str) -> int | None:
        """The process of a peer; None if nothing is known of it."""
        found = self._places.get(peer)
        return found[1] if found else None

    def peers(self, conference_id: int) -> list[str]:
        with self._guard:
            return [peer for peer, (where, _) in self._places.items() if where == conference_id]

    def processes(self, conference_id: int) -> set[int]:
        """Those that have peers of it, and its home."""
        with self._guard:
            found = {process for where, process in self._places.values() if where == conference_id}
        return found | {self.home(conference_id)}

    def choose(self, conference_id: int, peer: str, running: Collection[int]) -> int:
        """The process for a new peer, which has its place from now on. `running` are the processes that answer."""
        with self._guard:
            process = self._choose(conference_id, page_of(peer), running)
            self._places[peer] = conference_id, process
        return process

    def _choose(self, conference_id: int, page: str, running: Collection[int]) -> int:
        home = self.home(conference_id)
        here = {peer: process for peer, (where, process) in self._places.items() if where == conference_id}
        of_page = next((process for peer, process in here.items() if page_of(peer) == page), None)
        if of_page is not None:
            return of_page
        peers = Counter(here.values())
        if peers[home] < self._crowd:
            return home
        return min(running, key=lambda process: (peers[process], process != home, process), default=home)

    def note(self, conference_id: int, peer: str, process: int) -> None:
        """It is there, whoever put it there."""
        with self._guard:
            self._places[peer] = conference_id, process

    def forget(self, peer: str) -> None:
        with self._guard:
            self._places.pop(peer, None)

    def lose(self, process: int) -> frozenset[str]:
        """A process is gone: the peers it had."""
        with self._guard:
            gone = frozenset(peer for peer, (_, where) in self._places.items() if where == process)
            self._places = {peer: place for peer, place in self._places.items() if peer not in gone}
        return gone
