"""Rule 28: two web processes on one conference at once, as when one is being replaced by the next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from meetings import journal
from meetings.app import create_app
from meetings.core import commands as c
from meetings.core.codec import to_json
from meetings.core.conference import apply
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, ItemId, SiteId
from meetings.live import LiveConferences
from meetings.tables import db, writing
from tests.databases import Databases
from tests.server import ROOT
from tests.signaling.conftest import new_conference
from tests.signaling.page import Room
from tests.signaling.rival import CHAIR, THREADS

TIMES = 30

FAIR = {"already_waiting", "queue_is_closed", "queue_is_open", "queue_is_empty", "not_waiting", "not_holder"}
"""What the state of the moment may refuse. `try_again` would be a refusal for what the other did at the same moment."""

PROCESSES = ("one", "two")


class Rival:
    def __init__(self, room: Room, name: str, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.signaling.rival", str(room.conference_id), name, str(TIMES)]
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def read(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the process ended with {self.process.wait()}"
        return line.strip()

    def go_on(self) -> None:
        assert self.process.stdin
        print(file=self.process.stdin, flush=True)


@pytest.fixture
def environment(tmp_path: Path, databases: Databases) -> dict[str, str]:
    return {**os.environ, "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": databases.new()}


@pytest.fixture
def discussed(environment: dict[str, str]) -> Iterator[Room]:
    """A conference whose second item is discussed; every site is there."""
    app = create_app({name: environment[name] for name in ("DATA_DIR", "DATABASE_URL")})
    with app.app_context():
        with writing() as session:
            conference = new_conference(session)
        room = Room(app, "", conference.id)
        live = LiveConferences(app)
        begin: list[c.Command] = [c.OpenDoors(journal.setup_of(room.conference_id)), c.Convene()]
        for number, command in enumerate([*begin, c.OpenItem(ItemId(room.items[1]))]):
            live.execute(room.conference_id, CHAIR, command, f"begin-{number}")
        for site_id in room.sites:
            live.execute(room.conference_id, SYSTEM, c.ReportConnected(SiteId(site_id)), f"connect-{site_id}")
        yield room
        db.session.close()
        db.engine.dispose()


def test_rule_28_commands_of_two_processes_never_mix_and_none_is_lost(
    discussed: Room, environment: dict[str, str]
) -> None:
    room = discussed
    with ExitStack() as stack:
        rivals = []
        for name in PROCESSES:
            rival = Rival(room, name, environment)
            rivals.append(rival)
            stack.enter_context(rival.process)
            stack.callback(rival.process.kill)
        assert [rival.read() for rival in rivals] == ["ready", "ready"]
        for rival in rivals:
            rival.go_on()
        answers = [json.loads(rival.read()) for rival in rivals]
        for rival in rivals:
            rival.go_on()
        states = [rival.read() for rival in rivals]

    rows = room.journal()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), "no gap, no number twice"

    recorded: dict[str, list[int]] = {}
    for row in rows:
        assert row.command_id
        recorded.setdefault(row.command_id, []).append(row.seq)
    clicked = {key: last for key, (*_, last) in recorded.items() if key.startswith(("one-", "two-", "both-"))}
    accepted: dict[str, int] = {}
    for answer in answers:
        assert len(answer) == 2 * THREADS * TIMES, "every command was answered"
        for command_id, said in answer.items():
            if isinstance(said, int):
                assert accepted.setdefault(command_id, said) == said, (
                    "a repeated command gives the answer it gave before"
                )
    assert accepted == clicked, "what was accepted is on disk, and nothing else"
    for numbers in recorded.values():
        assert numbers == list(range(numbers[0], numbers[-1] + 1)), "nothing came between the events of one command"

    refused = Counter(said for answer in answers for said in answer.values() if isinstance(said, str))
    assert set(refused) <= FAIR, refused
    assert len({row.command_id for row in rows if (row.command_id or "").startswith("one-")}) > TIMES // 4
    assert len({row.command_id for row in rows if (row.command_id or "").startswith("two-")}) > TIMES // 4

    state = State()
    for entry in journal.load(room.conference_id):
        state = apply(state, entry)
        assert len(state.holders()) <= 1, f"two hold the floor at {entry.seq}"
    assert states == [to_json(state)] * 2
