"""What goes wrong on the day, at the level of the wire: two chairs, lost answers, crowds, lines that drop."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import socketio

from meetings import journal, store
from meetings.app import create_app
from meetings.core import commands as c
from meetings.core.audience import public_part
from meetings.core.codec import to_json
from meetings.core.conference import replay
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, Actor, ItemId, SiteId, SpeechKind, UndoAct
from meetings.live import LiveConferences
from meetings.tables import DelegateRole, LinkKind, Site, db, writing
from signaling.presence import GRACE, SILENCE, Presence
from tests.core.sitting import BEN_LUC, CAN_DUOC, CHAIR, TAN_AN, Sitting, delegate, discussing
from tests.databases import Databases
from tests.server import ROOT, wait_for
from tests.sfu.media_process import running_media
from tests.signaling.conftest import new_conference
from tests.signaling.killed import SECRETARY
from tests.signaling.page import Page, Pages, Room
from tests.signaling.publishing import publish
from tests.signaling.test_handlers import open_discussion

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")

CROWD = 30
LONG = 200


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each call gave; all begin at the same moment."""
    start = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(number: int) -> None:
        start.wait()
        answers[number] = calls[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def add_delegates(room: Room, number: int) -> None:
    """To each site but the hall, before the doors open."""
    with writing():
        for site_id in room.sites[1:]:
            site = db.session.get(Site, site_id)
            assert site
            for n in range(number):
                draft = store.DelegateDraft(f"Người {site_id}-{n}", "Trưởng ban", "Ban", DelegateRole.DELEGATE, 10 + n)
                store.add_delegate(site, draft)


def wait_connected(chair: Page, room: Room) -> None:
    there = set(room.sites[1:])
    chair.wait(lambda: there <= set(chair.parts()["public"]["connected"]), "the sites to be connected")


def events_of(room: Room, kind: str) -> int:
    return [row.kind for row in room.journal()].count(kind)


# --- two chairs ---


def test_rule_28_two_chairs_who_press_at_once_never_make_two_speakers(room: Room, pages: Pages) -> None:
    one, two = pages.chair(), pages.chair()
    sites = [pages.site(n) for n in (1, 2, 3)]
    open_discussion(one, room)
    wait_connected(one, room)
    for number, site in enumerate(sites, 1):
        for delegate_id in room.delegates(room.sites[number]):
            site.do("request_floor", delegate_id=delegate_id)
    waiting = [q["request_id"] for q in one.snapshot()["parts"]["public"]["queue"]]
    for request_id in waiting[:3]:
        grant = [lambda page=page, i=request_id: page.command("grant_floor", request_id=i) for page in (one, two)]
        answers = at_once(grant)
        assert sorted((a["ok"], a.get("code")) for a in answers) == [(False, "not_waiting"), (True, None)]
        assert len(one.snapshot()["parts"]["public"]["holders"]) == 1
    extended = at_once([lambda page=page: page.command("extend_speech", request_id=waiting[2]) for page in (one, two)])
    assert all(a["ok"] for a in extended), "two who add a minute add two"
    before = one.snapshot()["parts"]["public"]["floor"]["limit_seconds"]
    undo = [o["seq"] for o in one.snapshot()["parts"]["desk"]["undo"] if o["act"] == "grant"][-1]
    undone = at_once([lambda page=page: page.command("undo", seq=undo) for page in (one, two)])
    assert sorted((a["ok"], a.get("code")) for a in undone) == [(False, "nothing_to_undo"), (True, None)]
    assert before == 300 + 2 * 60


# --- answers that are lost ---


def test_rule_26_a_command_sent_again_after_a_reconnect_takes_effect_once(room: Room, pages: Pages) -> None:
    chair, auth = pages.chair(), room.site_auth(1)
    open_discussion(chair, room)
    site = pages.open(auth)
    asked = {"delegate_id": room.delegates(room.sites[1])[0], "topic": "Nhân sự"}
    site.client.emit("command", {"id": "once", "name": "request_floor", "args": asked})
    chair.wait(lambda: chair.parts()["public"]["queue"], "the request")
    site.close()
    site = pages.open(auth)
    first, second = (site.command("request_floor", command_id="once", **asked) for _ in range(2))
    assert first == second and first["ok"]
    assert events_of(room, "floor_requested") == 1


def test_rule_26_an_undo_repeated_does_not_undo_what_was_done_since(room: Room, pages: Pages) -> None:
    chair, site = pages.chair(), pages.site(1)
    open_discussion(chair, room)
    site.do("request_floor", delegate_id=room.delegates(room.sites[1])[0])
    entry = chair.snapshot()["parts"]["public"]["queue"][0]["request_id"]
    chair.do("remove_request", request_id=entry)
    seq = chair.snapshot()["parts"]["desk"]["undo"][-1]["seq"]
    undone = chair.command("undo", command_id="undo-once", seq=seq)
    chair.do("remove_request", request_id=entry)
    assert chair.command("undo", command_id="undo-once", seq=seq) == undone
    assert chair.snapshot()["parts"]["public"]["queue"] == []
    assert events_of(room, "request_reinstated") == 1


@pytest.fixture
def environment(tmp_path: Path, databases: Databases) -> dict[str, str]:
    return {**os.environ, "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": databases.new()}


@contextmanager
def discussion(environment: dict[str, str], more_delegates: int = 0) -> Iterator[Room]:
    """A conference whose second item is discussed, in an application of its own; nothing runs."""
    app = create_app({name: environment[name] for name in ("DATA_DIR", "DATABASE_URL")})
    with app.app_context():
        with writing() as session:
            conference = new_conference(session)
        room = Room(app, "", conference.id)
        add_delegates(room, more_delegates)
        live = LiveConferences(app)
        begin: list[c.Command] = [c.OpenDoors(journal.setup_of(room.conference_id)), c.Convene()]
        for number, command in enumerate([*begin, c.OpenItem(ItemId(room.items[1]))]):
            live.execute(room.conference_id, CHAIR, command, f"begin-{number}")
        yield room
        db.session.close()
        db.engine.dispose()


@pytest.fixture
def discussed(environment: dict[str, str]) -> Iterator[Room]:
    with discussion(environment) as room:
        yield room


@pytest.fixture
def crowded(environment: dict[str, str]) -> Iterator[Room]:
    with discussion(environment, more_delegates=-(-LONG // 3)) as room:
        yield room


def test_rule_27_what_was_on_disk_when_the_process_was_killed_is_answered_as_done(
    discussed: Room, environment: dict[str, str]
) -> None:
    room = discussed
    before = len(room.journal())
    command = [sys.executable, "-m", "tests.signaling.killed", str(room.conference_id), "kept"]
    killed = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout == "", "it had answered nobody"
    rows = room.journal()
    assert [row.kind for row in rows[before:]] == ["floor_requested"]
    live = LiveConferences(room.app)
    again = c.RequestFloor(live.look(room.conference_id)[0].frozen.delegates[0].id)
    for _ in range(2):
        assert live.execute(room.conference_id, SECRETARY, again, "kept").seq == rows[-1].seq
    assert len(room.journal()) == len(rows)
    assert to_json(replay(journal.load(room.conference_id))) == to_json(live.look(room.conference_id)[0])


# --- crowds ---


def test_thirty_requests_at_once_are_all_taken_in_one_order_for_everybody(room: Room, pages: Pages) -> None:
    add_delegates(room, CROWD // 3)
    chair, sites = pages.chair(), [pages.site(n) for n in (1, 2, 3)]
    open_discussion(chair, room)
    wait_connected(chair, room)
    asked = [
        (site, delegate_id)
        for number, site in enumerate(sites, 1)
        for delegate_id in room.delegates(room.sites[number])[2:]
    ]
    assert len(asked) == CROWD
    calls = [lambda p=page, d=delegate_id: p.command("request_floor", delegate_id=d) for page, delegate_id in asked]
    answers = at_once(calls)
    assert [a["ok"] for a in answers] == [True] * CROWD
    by_seq = sorted(zip((a["seq"] for a in answers), (d for _, d in asked), strict=True))
    assert len({seq for seq, _ in by_seq}) == CROWD
    queues = [[q["delegate_id"] for q in page.snapshot()["parts"]["public"]["queue"]] for page in (chair, *sites)]
    assert queues == [[d for _, d in by_seq]] * 4
    for page in (chair, *sites):
        last = by_seq[-1][0]
        page.wait(lambda page=page, last=last: any(m["seq"] >= last for m in page.all("changes")), "the last change")
        assert [q["delegate_id"] for q in page.parts()["public"]["queue"]] == queues[0]


def test_a_list_of_two_hundred_is_reordered_led_and_undone(crowded: Room) -> None:
    live = LiveConferences(crowded.app)
    conference_id = crowded.conference_id
    numbers = itertools.count()

    def do(command: c.Command, actor: Actor = CHAIR) -> State:
        live.execute(conference_id, actor, command, f"n-{next(numbers)}")
        return live.look(conference_id)[0]

    state = live.look(conference_id)[0]
    for site in state.frozen.sites:
        do(c.ReportConnected(site.id), SYSTEM)
    for one in state.frozen.delegates[:LONG]:
        state = do(c.RequestFloor(one.id))
    item_id = state.current_item_id
    assert item_id is not None
    waiting = state.queues[item_id]
    assert len(waiting) == LONG
    state = do(c.ReorderQueue(item_id, (waiting[-1], *waiting[:-1])))
    state = do(c.RequestFloor(state.frozen.delegates[0].id, SpeechKind.POINT_OF_ORDER))
    order = max(state.requests)
    assert state.queues[item_id] == (waiting[-1], order, *waiting[:-1])
    queue = public_part(state, live.look(conference_id)[1])["queue"]
    assert queue[-1]["wait_seconds"] == 120 + 300 * (LONG - 1)
    state = do(c.Undo(next(o.seq for o in state.undoable if o.act is UndoAct.ORDER)))
    assert state.queues[item_id] == (order, *waiting)
    do(c.RemoveRequest(order))
    for request_id in waiting[:3]:
        state = do(c.GrantNext())
        assert [r.id for r in state.holders()] == [request_id]
    db.session.rollback()
    assert to_json(replay(journal.load(conference_id))) == to_json(state)


# --- lines that drop ---


class Lines:
    """A site's lines as presence sees them, and a sitting that is told what follows. `now` is the sitting's."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        self.presence = Presence()
        for site_id in (TAN_AN, BEN_LUC, CAN_DUOC):
            self.arrives(site_id)

    @property
    def now(self) -> float:
        return self.sitting.now.timestamp()

    def arrives(self, site_id: SiteId) -> None:
        self.presence.socket_arrived(site_id, self.now)
        self.presence.media_arrived(site_id, f"p-{site_id}", self.now)
        self.look()

    def drops(self, site_id: SiteId) -> None:
        self.presence.socket_left(site_id, self.now)
        self.presence.media_left(site_id, f"p-{site_id}", self.now)
        self.let(max(GRACE, SILENCE))

    def let(self, seconds: float) -> None:
        self.sitting.let(seconds)
        self.look()

    def look(self) -> None:
        for command in self.presence.due(self.sitting.state, self.now):
            self.sitting.when(SYSTEM, command)


@pytest.fixture
def lines() -> Lines:
    return Lines(discussing())


def test_rule_20_a_site_that_drops_while_waiting_keeps_its_place_and_is_passed_over(lines: Lines) -> None:
    sitting = lines.sitting
    lost, other = sitting.request(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    lines.drops(TAN_AN)
    assert sitting.waiting() == [lost, other]
    sitting.chair(c.GrantNext())
    assert [r.id for r in sitting.state.holders()] == [other]
    lines.let(3600)
    lines.arrives(TAN_AN)
    sitting.chair(c.GrantNext())
    assert [r.id for r in sitting.state.holders()] == [lost]


def test_rule_21_a_site_that_drops_when_it_is_next_is_prepared_anew_when_it_is_back(lines: Lines) -> None:
    sitting = lines.sitting
    speech = sitting.grant(delegate(BEN_LUC))
    following, after = sitting.request(delegate(TAN_AN)), sitting.request(delegate(CAN_DUOC))
    lines.let(130)
    assert sitting.speech(following).prepared_at
    lines.drops(TAN_AN)
    assert sitting.state.next_request() is sitting.speech(after)
    assert sitting.speech(following).devices_confirmed_at is None
    lines.let(0)
    assert sitting.state.prepared_request() is sitting.speech(after), "whoever is next now gets ready"
    lines.arrives(TAN_AN)
    assert sitting.state.next_request() is sitting.speech(following)
    assert sitting.spoken_seconds(speech) > 130


def test_rule_22_a_site_that_drops_while_speaking_is_held_and_goes_on(lines: Lines) -> None:
    sitting = lines.sitting
    speech = sitting.grant(delegate(TAN_AN))
    lines.let(30)
    lines.drops(TAN_AN)
    held = sitting.spoken_seconds(speech)
    assert held <= 30 + max(GRACE, SILENCE)
    assert sitting.speech(speech).held_since is not None
    lines.let(600)
    assert sitting.spoken_seconds(speech) == held
    lines.arrives(TAN_AN)
    assert sitting.speech(speech).is_on_air
    lines.let(10)
    assert sitting.spoken_seconds(speech) == held + 10


def test_rule_22_a_line_that_is_gone_for_a_moment_changes_nothing(lines: Lines) -> None:
    sitting = lines.sitting
    speech, waiting = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    seq = sitting.state.seq
    for site_id in (TAN_AN, BEN_LUC):
        lines.presence.socket_left(site_id, lines.now)
    lines.let(GRACE / 2)
    for site_id in (TAN_AN, BEN_LUC):
        lines.presence.socket_arrived(site_id, lines.now)
    lines.let(60)
    assert (sitting.state.seq, sitting.waiting()) == (seq, [waiting])
    assert sitting.speech(speech).is_on_air


# --- companions ---


def test_a_companion_registers_and_withdraws_beside_the_seat_and_is_warned_off_the_microphone(
    room: Room, pages: Pages
) -> None:
    chair, seat = pages.chair(), pages.site(1)
    open_discussion(chair, room)
    companion = pages.open({**room.site_auth(1), "companion": True})
    assert (companion.seat["state"], seat.seat["state"]) == ("companion", "held")
    own = room.delegates(room.sites[1])[0]
    companion.do("request_floor", delegate_id=own)
    entry = companion.snapshot()["parts"]["own"]["requests"][-1]["request_id"]
    companion.do("withdraw_request", request_id=entry)
    companion.do("undo", seq=companion.snapshot()["parts"]["own"]["undo"][-1]["seq"])
    for name in ("open_microphone", "close_microphone"):
        said = companion.command(name, site_id=room.sites[1])
        assert said["code"] == "companion_is_silent" and "micro" in said["message"]
    for name in ("confirm_devices", "release_floor"):
        assert companion.command(name, request_id=entry)["code"] == "companion_is_silent"
    assert companion.ask("join_media", {"publishes": True})["code"] == "companion_is_silent"
    assert companion.ask("join_media", {"publishes": False})["code"] == "media_unavailable", "pictures it may have"
    for name, args in (("confirm_roll", {"site_id": room.sites[1]}), ("open_doors", {}), ("grant_next", {})):
        assert companion.command(name, **args)["code"] == "not_permitted"
    other = room.delegates(room.sites[2])[0]
    assert companion.command("request_floor", delegate_id=other)["code"] == "not_your_site"


def test_a_page_that_is_lost_while_it_is_let_in_keeps_no_seat(room: Room, pages: Pages) -> None:
    wire = room.app.extensions["wire"]
    server = wire.socketio.server
    known = set(server.eio.sockets)
    lost = socketio.Client(reconnection=False)
    with wire.seats_guard:  # the program is slow
        lost.connect(room.address, auth=room.site_auth(1), transports=["websocket"], wait=False)
        wait_for(lambda: server.manager.pending_connect, "the page is being let in")
        for transport in set(server.eio.sockets) - known:
            server.eio.sockets[transport].close(wait=False, abort=True)
    wait_for(lambda: not server.manager.pending_connect, "the program has dealt with it")
    assert pages.site(1).seat["state"] == "held"
    lost.disconnect()


def test_a_companion_is_not_the_sites_line(room: Room, pages: Pages) -> None:
    chair = pages.chair()
    chair.do("open_doors")
    companion = pages.open({**room.site_auth(1), "companion": True})
    assert room.sites[1] not in companion.snapshot()["parts"]["public"]["connected"]
    seat = pages.site(1)
    assert seat.seat["state"] == "held", "a companion leaves the seat free"


def test_a_seat_that_becomes_a_companion_gives_up_its_line_and_may_take_it_over_again(room: Room, pages: Pages) -> None:
    chair, first = pages.chair(), pages.station()
    chair.do("open_doors")
    here = room.sites[0]
    chair.wait(lambda: here in chair.parts()["public"]["connected"], "the hall")
    assert first.ask("claim_seat", {"mode": "companion"}) == {"ok": True, "state": "companion"}
    second = pages.station()
    assert second.seat["state"] == "held"
    assert first.ask("claim_seat", {"mode": "watch"}) == {"ok": True, "state": "watching"}
    assert first.ask("claim_seat", {"mode": "companion"})["ok"]
    assert first.ask("claim_seat", {"mode": "take_over"}) == {"ok": True, "state": "held"}
    second.wait(lambda: not second.is_open, "the loss of the seat")
    first.do("close_microphone", site_id=here)


def test_a_peer_that_ends_while_its_seat_is_taken_over_is_no_fault(
    room: Room, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(asyncio.wait_for(_take_over_a_sender(room, pages, monkeypatch), 60))


async def _take_over_a_sender(room: Room, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, wire = pages.site(1), pages.site(1), room.app.extensions["wire"]
    leave = wire.media.leave

    def leave_and_wait(peer: str) -> None:
        """The media's own thread hears of it before this one goes on."""
        leave(peer)
        wait_for(lambda: wire.connections.with_peer(peer) is None, "the end of the peer")

    monkeypatch.setattr(wire.media, "leave", leave_and_wait)
    async with running_media(path=Path(room.app.extensions["settings"].data_dir) / "media.sock"):
        await asyncio.to_thread(first.wait, lambda: any(m["epoch"] for m in first.all("media_epoch")), "media")
        connection = (await publish(first)).connection
        taken = await asyncio.to_thread(second.ask, "claim_seat", {"mode": "take_over"})
        assert taken == {"ok": True, "state": "held"}
        await asyncio.to_thread(first.wait, lambda: first.all("seat_lost"), "the first page is told")
        await connection.close()


def test_a_screen_is_no_companion(room: Room, pages: Pages) -> None:
    screen = pages.open({**room.site_auth(0, LinkKind.HALL_SCREEN), "companion": True})
    assert screen.seat["state"] == "held"
    assert screen.ask("claim_seat", {"mode": "companion"})["code"] == "malformed"
