"""Conferences that sit: every command goes through `execute`, one at a time per conference.

Lock, read on, decide, record, apply, announce. The state in memory is only a cache of the journal: it is replayed at the
first use, and each command first reads on from there, in case another process was faster. From there to its own events
being on disk nobody else writes (`writing()`). Listeners are told in the order
of the journal, after the events are on disk. One thread keeps the deadlines of all conferences (rule 15); their commands
have deterministic ids, so each happens once, also after a restart.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from meetings import journal
from meetings.core.commands import Command
from meetings.core.conference import apply, decide, replay
from meetings.core.deadlines import deadlines
from meetings.core.directory import Directory
from meetings.core.events import Recorded
from meetings.core.refusals import Refusal, StorageFailed, TryAgain
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, AccountId, Actor, Role
from meetings.tables import writing

log = logging.getLogger(__name__)

IDLE_SECONDS = 3600.0
RETRY = timedelta(seconds=1)


@dataclass(frozen=True)
class Change:
    """What one command did to one conference."""

    conference_id: int
    before: State
    after: State
    recorded: Sequence[Recorded]
    directory: Directory


@dataclass(frozen=True)
class Accepted:
    """`seq` is the journal's after the command. A repeated command gives the answer it gave before (rule 26)."""

    seq: int


Listener = Callable[[Change], None]


@dataclass
class _Sitting:
    conference_id: int
    state: State
    directory: Directory
    lock: threading.RLock = field(default_factory=threading.RLock)


def utc_now() -> datetime:
    """Whole milliseconds, so that what is told, stored and replayed is the same."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class LiveConferences:
    """All sittings of this process. One instance per application, in `app.extensions["live"]`."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._sittings: dict[int, _Sitting] = {}
        self._guard = threading.Lock()
        self._listeners: list[Listener] = []
        self._deadlines = Deadlines(self._execute_due)

    def subscribe(self, listener: Listener) -> None:
        """`listener` is called under the conference's lock: it must be quick and must not raise."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Takes up every unfinished sitting and starts its clock."""
        self._deadlines.start()
        with self._app.app_context():
            for conference_id in journal.unfinished():
                sitting = self._sitting(conference_id)
                self._deadlines.put(conference_id, sitting.state)

    def now_sitting(self) -> list[int]:
        with self._guard:
            return list(self._sittings)

    def look(self, conference_id: int) -> tuple[State, Directory]:
        """State and names as they are; raises `journal.UnknownConference`."""
        sitting = self._sittings.get(conference_id)
        if sitting is None or sitting.state.seq == 0:
            with self._app.app_context():
                self._sitting(conference_id)
        return self.known(conference_id)

    def known(self, conference_id: int) -> tuple[State, Directory]:
        """The state as it is, and the names as they were last looked at: for what is asked many times a second."""
        sitting = self._sittings.get(conference_id)
        if sitting is None:
            return self.look(conference_id)
        with sitting.lock:
            return sitting.state, sitting.directory

    def take_secretaries(self, accounts: dict[AccountId, str]) -> list[int]:
        """Accounts come and go while conferences sit; gives the conferences whose list has changed."""
        with self._guard:
            sittings = list(self._sittings.values())
        changed = []
        for sitting in sittings:
            with sitting.lock:
                if sitting.directory.accounts != accounts:
                    sitting.directory = replace(sitting.directory, accounts=dict(accounts))
                    changed.append(sitting.conference_id)
        return changed

    def execute(self, conference_id: int, actor: Actor, command: Command, command_id: str) -> Accepted:
        """Judges and records one command. Raises a `Refusal`; then nothing has changed."""
        with self._app.app_context():
            sitting = self._sitting(conference_id)
            with sitting.lock:
                try:
                    return self._execute(sitting, actor, command, command_id)
                except journal.Overtaken as error:
                    raise TryAgain from error
                except sa.exc.SQLAlchemyError as error:
                    log.error("conference %s: the journal cannot be written: %s", conference_id, error)
                    raise StorageFailed from error

    def _execute(self, sitting: _Sitting, actor: Actor, command: Command, command_id: str) -> Accepted:
        """One transaction reads on, judges and records: nobody writes in between, so no command meets a state that was."""
        with writing():
            self._catch_up(sitting)
            if (seq := journal.accepted(sitting.conference_id, actor, command_id)) is not None:
                return Accepted(seq)
            now = utc_now()
            events = decide(sitting.state, command, actor, now)
            if not events:
                if actor.role is not Role.SYSTEM:
                    journal.remember(sitting.conference_id, sitting.state, actor, command_id)
                return Accepted(sitting.state.seq)
            recorded = journal.append(sitting.conference_id, sitting.state, events, actor, command_id, now)
        self._take_over(sitting, recorded)
        return Accepted(sitting.state.seq)

    def _catch_up(self, sitting: _Sitting) -> None:
        """Reads what other processes recorded, so that no command is refused for what was true before (rule 28)."""
        if recorded := journal.load(sitting.conference_id, after=sitting.state.seq):
            self._take_over(sitting, recorded)

    def _take_over(self, sitting: _Sitting, recorded: Sequence[Recorded]) -> None:
        before = sitting.state
        for entry in recorded:
            sitting.state = apply(sitting.state, entry)
        if before.status is not sitting.state.status:
            self._read_names(sitting)
        change = Change(sitting.conference_id, before, sitting.state, recorded, sitting.directory)
        self._deadlines.put(sitting.conference_id, sitting.state)
        for listener in self._listeners:
            try:
                listener(change)
            except Exception:
                log.exception("a listener failed; the journal is not affected")

    def _read_names(self, sitting: _Sitting) -> None:
        """The command is on disk: names that cannot be read just now are no reason to call it failed."""
        try:
            sitting.directory = journal.directory_of(sitting.conference_id)
        except sa.exc.SQLAlchemyError as error:
            log.error("conference %s: its names cannot be read: %s", sitting.conference_id, error)

    def _sitting(self, conference_id: int) -> _Sitting:
        with self._guard:
            sitting = self._sittings.get(conference_id)
            if sitting is None:
                directory = journal.directory_of(conference_id)
                state = replay(journal.load(conference_id))
                sitting = self._sittings[conference_id] = _Sitting(conference_id, state, directory)
            elif sitting.state.seq == 0:
                # Until the doors open the office may still change names and structure.
                sitting.directory = journal.directory_of(conference_id)
            return sitting

    def _execute_due(self, conference_id: int, command: Command, command_id: str) -> None:
        try:
            self.execute(conference_id, SYSTEM, command, command_id)
        except (StorageFailed, TryAgain):
            raise
        except Refusal as refusal:
            log.info("conference %s: %s of the clock refused: %s", conference_id, command, refusal.code)


class Deadlines:
    """One thread that issues what the clock asks of any conference; the journal sees to it that each happens once.

    A refused command is forgotten, not marked as done: the next state asks again if it still needs it.
    """

    def __init__(self, execute: Callable[[int, Command, str], None]) -> None:
        self._execute = execute
        self._due: dict[int, list[tuple[datetime, str, Command]]] = {}
        self._changed = threading.Condition()

    def start(self) -> None:
        threading.Thread(target=self._run, name="deadlines", daemon=True).start()

    def put(self, conference_id: int, state: State) -> None:
        """Replaces the conference's deadlines by those of `state`."""
        due = list(deadlines(state))
        with self._changed:
            self._due[conference_id] = due
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                coming = [
                    (at, conference_id, i)
                    for conference_id, due in self._due.items()
                    for i, (at, _, _) in enumerate(due)
                ]
                if not coming:
                    self._changed.wait(IDLE_SECONDS)
                    continue
                at, conference_id, i = min(coming)
                wait = at - utc_now()
                if wait > timedelta():
                    self._changed.wait(min(wait.total_seconds(), IDLE_SECONDS))
                    continue
                _, command_id, command = self._due[conference_id].pop(i)
            try:
                self._execute(conference_id, command, command_id)
            except Exception:
                log.exception("conference %s: %s of the clock failed and is tried again", conference_id, command)
                with self._changed:
                    self._due[conference_id].append((utc_now() + RETRY, command_id, command))
