"""Conferences that sit, on a real database: restarts, two processes at once, a disk that is full."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from meetings import journal
from meetings.app import create_app
from meetings.core import commands as c
from meetings.core.codec import to_json
from meetings.core.events import FloorGranted, WentOnAir
from meetings.core.refusals import Refusal, StorageFailed
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, AccountId, Actor, DelegateId, ItemId, RequestId, Role, RollStatus, SiteId
from meetings.live import Change, Deadlines, LiveConferences
from meetings.tables import ConferenceStatus, db, writing
from tests.core.sitting import TAN_AN, delegate, discussing
from tests.databases import Databases
from tests.signaling.conftest import new_conference
from tests.signaling.page import Room

CHAIR = Actor(Role.CHAIR, account_id=AccountId(1))
SECRETARY = Actor(Role.SECRETARY, account_id=AccountId(2))
PATIENCE_SECONDS = 15.0


class Watcher:
    """A listener that can wait for what it is told."""

    def __init__(self, live: LiveConferences, conference_id: int) -> None:
        self.changes: list[Change] = []
        self._conference_id = conference_id
        self._told = threading.Condition()
        live.subscribe(self._hear)

    def _hear(self, change: Change) -> None:
        if change.conference_id == self._conference_id:
            with self._told:
                self.changes.append(change)
                self._told.notify_all()

    def wait(self, is_so: Callable[[Change], bool]) -> None:
        with self._told:
            assert self._told.wait_for(lambda: any(is_so(change) for change in self.changes), PATIENCE_SECONDS)


@pytest.fixture
def alone(tmp_path: Path, databases: Databases) -> Iterator[Room]:
    """A conference in an application of its own, nothing running."""
    app = create_app({"DATA_DIR": tmp_path / "data", "DATABASE_URL": databases.new(), "TESTING": True})
    with app.app_context():
        with writing() as session:
            conference = new_conference(session)
        room = Room(app, "", conference.id)
        yield room
        db.session.close()
        db.engine.dispose()


def begin(live: LiveConferences, room: Room) -> None:
    for number, command in enumerate((c.OpenDoors(journal.setup_of(room.conference_id)), c.Convene())):
        live.execute(room.conference_id, CHAIR, command, f"begin-{number}")
    live.execute(room.conference_id, CHAIR, c.OpenItem(ItemId(room.items[1])), "begin-item")
    for site_id in room.sites:
        live.execute(room.conference_id, SYSTEM, c.ReportConnected(SiteId(site_id)), f"begin-{site_id}")


def ask(live: LiveConferences, room: Room, number: int, command_id: str = "") -> RequestId:
    delegate_id = DelegateId(room.delegates(room.sites[number])[0])
    live.execute(room.conference_id, SECRETARY, c.RequestFloor(delegate_id), command_id or f"ask-{number}")
    return RequestId(max(live.look(room.conference_id)[0].requests))


def test_rule_29_another_process_takes_up_the_same_state(alone: Room) -> None:
    live = LiveConferences(alone.app)
    begin(live, alone)
    live.execute(alone.conference_id, CHAIR, c.GrantFloor(ask(live, alone, 1)), "grant")
    again = LiveConferences(alone.app)
    assert to_json(again.look(alone.conference_id)[0]) == to_json(live.look(alone.conference_id)[0])
    assert again.look(alone.conference_id)[1] == live.look(alone.conference_id)[1]


def test_rule_15_a_deadline_missed_while_nothing_ran_is_met_once_by_whoever_starts_first(alone: Room) -> None:
    live = LiveConferences(alone.app)
    begin(live, alone)
    request_id = ask(live, alone, 1)
    state, _ = live.look(alone.conference_id)
    a_while_ago = datetime.now(UTC) - timedelta(minutes=1)
    with writing():
        journal.append(alone.conference_id, state, [FloorGranted(request_id, 300)], CHAIR, "grant", a_while_ago)
    processes = [LiveConferences(alone.app) for _ in range(2)]
    watchers = [Watcher(process, alone.conference_id) for process in processes]
    for process in processes:
        process.look(alone.conference_id)
    for process in processes:
        process.start()
    for watcher in watchers:
        watcher.wait(lambda change: any(isinstance(r.event, WentOnAir) for r in change.recorded))
    assert [row.kind for row in alone.journal()].count("went_on_air") == 1


def test_rule_15_a_warning_that_a_break_interrupts_ends_after_the_break(alone: Room) -> None:
    live = LiveConferences(alone.app)
    watcher = Watcher(live, alone.conference_id)
    live.start()
    begin(live, alone)
    live.execute(alone.conference_id, CHAIR, c.GrantFloor(ask(live, alone, 1)), "grant")
    live.execute(alone.conference_id, CHAIR, c.Suspend(), "suspend")
    live.execute(alone.conference_id, CHAIR, c.Resume(), "resume")
    watcher.wait(lambda change: any(isinstance(r.event, WentOnAir) for r in change.recorded))


class Issued:
    """What the clock issued; the first `failing` times it could not be written."""

    def __init__(self, failing: int = 0) -> None:
        self.ids: list[str] = []
        self._failing = failing
        self._told = threading.Condition()

    def __call__(self, conference_id: int, command: c.Command, command_id: str) -> None:
        with self._told:
            self.ids.append(command_id)
            self._told.notify_all()
        if len(self.ids) <= self._failing:
            raise StorageFailed

    def wait(self, count: int) -> None:
        with self._told:
            assert self._told.wait_for(lambda: len(self.ids) >= count, PATIENCE_SECONDS)


def in_the_warning() -> State:
    """A speech granted long ago that never went on air."""
    sitting = discussing()
    sitting.chair(c.GrantFloor(sitting.request(delegate(TAN_AN))))
    return sitting.state


def test_rule_15_what_was_refused_is_asked_again_when_the_next_state_still_needs_it() -> None:
    issued = Issued()
    deadlines = Deadlines(issued)
    deadlines.start()
    for count in (1, 2):
        deadlines.put(1, in_the_warning())
        issued.wait(count)
    assert len(set(issued.ids)) == 1


def test_rule_15_what_could_not_be_written_is_tried_again() -> None:
    issued = Issued(failing=1)
    deadlines = Deadlines(issued)
    deadlines.start()
    deadlines.put(1, in_the_warning())
    issued.wait(2)
    assert issued.ids[0] == issued.ids[1]


def test_rule_26_a_command_repeated_after_a_restart_gives_the_same_answer(alone: Room) -> None:
    live = LiveConferences(alone.app)
    begin(live, alone)
    asked = c.RequestFloor(DelegateId(alone.delegates(alone.sites[1])[0]))
    first = live.execute(alone.conference_id, SECRETARY, asked, "same")
    live.execute(alone.conference_id, CHAIR, c.Adjourn(), "adjourn")
    assert LiveConferences(alone.app).execute(alone.conference_id, SECRETARY, asked, "same") == first


def test_rule_27_what_is_announced_is_already_on_disk_and_the_lists_know_the_status(alone: Room) -> None:
    live = LiveConferences(alone.app)
    on_disk: list[int] = []
    live.subscribe(lambda change: on_disk.append(len(journal.load(change.conference_id)) - change.after.seq))
    begin(live, alone)
    assert on_disk and set(on_disk) == {0}
    assert alone.conference.status is ConferenceStatus.CONVENED
    live.execute(alone.conference_id, CHAIR, c.Adjourn(), "adjourn")
    assert alone.conference.status is ConferenceStatus.ADJOURNED
    assert journal.unfinished() == []


def test_a_listener_that_fails_harms_neither_the_command_nor_the_next_listener(alone: Room) -> None:
    live = LiveConferences(alone.app)
    told: list[int] = []
    live.subscribe(lambda change: 1 / 0)  # type: ignore[arg-type,return-value]
    live.subscribe(lambda change: told.append(change.after.seq))
    begin(live, alone)
    assert told == list(range(1, len(told) + 1))


@pytest.mark.only_on("sqlite")
def test_rule_27_a_full_disk_is_answered_changes_nothing_and_passes(alone: Room) -> None:
    live = LiveConferences(alone.app)
    begin(live, alone)
    full = {"is_full": True}
    pages = db.session.scalar(sa.text("PRAGMA page_count"))
    db.session.rollback()

    @sa.event.listens_for(db.engine, "checkout")
    def limit(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages if full['is_full'] else 1_000_000}")  # type: ignore[attr-defined]

    delegate_id = DelegateId(alone.delegates(alone.sites[1])[0])
    marked = c.MarkRoll(delegate_id, RollStatus.EXCUSED, "x" * 250)

    def fill() -> None:
        for number in range(500):
            live.execute(alone.conference_id, SECRETARY, marked, f"fill-{number}")

    with pytest.raises(StorageFailed):
        fill()
    before = live.look(alone.conference_id)[0]
    for number in range(3):
        with pytest.raises(StorageFailed):
            live.execute(alone.conference_id, SECRETARY, marked, f"full-{number}")
    assert live.look(alone.conference_id)[0] is before
    assert len(alone.journal()) == before.seq
    full["is_full"] = False
    assert live.execute(alone.conference_id, SECRETARY, marked, "full-0").seq == before.seq + 1


def test_rule_28_two_threads_hammering_one_conference_leave_a_journal_without_gaps(alone: Room) -> None:
    live = LiveConferences(alone.app)
    begin(live, alone)
    tally = hammer(alone, [live, live])
    assert tally["accepted"] + tally["refused"] == tally["sent"]
    assert_consistent(alone, live)


def test_rule_28_a_command_overtaken_by_another_process_is_judged_anew_and_nothing_is_lost(alone: Room) -> None:
    one, two = LiveConferences(alone.app), LiveConferences(alone.app)
    begin(one, alone)
    two.look(alone.conference_id)
    request_id = ask(one, alone, 1)
    two.execute(alone.conference_id, CHAIR, c.GrantFloor(request_id), "two-grants")
    with pytest.raises(Refusal) as refused:
        one.execute(alone.conference_id, CHAIR, c.GrantFloor(request_id), "one-grants")
    assert refused.value.code == "not_waiting"
    tally = hammer(alone, [one, two])
    assert tally["accepted"] + tally["refused"] == tally["sent"]
    one.execute(alone.conference_id, CHAIR, c.Suspend(), "at last")
    assert_consistent(alone, one)


def hammer(room: Room, processes: list[LiveConferences]) -> dict[str, int]:
    """Each process opens and closes the queue and asks for the same delegates at once."""
    tally = {"sent": 0, "accepted": 0, "refused": 0}
    guard = threading.Lock()
    item_id = ItemId(room.items[1])
    delegates = [DelegateId(d) for site_id in room.sites for d in room.delegates(site_id)]

    def run(live: LiveConferences, name: str) -> None:
        for number in range(25):
            forms = (c.CloseQueue(item_id), c.OpenQueue(item_id), c.RequestFloor(delegates[number % len(delegates)]))
            outcome = "accepted"
            try:
                live.execute(room.conference_id, SECRETARY, forms[number % 3], f"{name}-{number}")
            except Refusal:
                outcome = "refused"
            with guard:
                tally["sent"] += 1
                tally[outcome] += 1

    threads = [threading.Thread(target=run, args=(live, f"p{n}")) for n, live in enumerate(processes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert tally["sent"] == 25 * len(processes)
    recorded = {row.command_id for row in room.journal() if row.command_id and row.command_id.startswith("p")}
    assert len(recorded) == tally["accepted"], "what was acknowledged is on disk, and nothing else"
    return tally


def assert_consistent(room: Room, live: LiveConferences) -> None:
    rows = room.journal()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert to_json(live.look(room.conference_id)[0]) == to_json(LiveConferences(room.app).look(room.conference_id)[0])


def test_names_are_frozen_when_the_doors_open(alone: Room) -> None:
    live = LiveConferences(alone.app)
    begin(live, alone)
    with writing():
        alone.conference.sites[1].name = "Đổi tên sau"
    assert LiveConferences(alone.app).look(alone.conference_id)[1].sites[1].name == "Huyện 1"


def test_an_unknown_conference_is_named(alone: Room) -> None:
    with pytest.raises(journal.UnknownConference):
        LiveConferences(alone.app).look(999)
