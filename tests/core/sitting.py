"""A small sitting for the tests: a hall and four sites, three delegates each, four agenda items.

Given, when, then: `given(…)` issues commands that must succeed, `sitting.when(…)` gives the events of one more, and
`sitting.refused(…)` the code of a refusal, having seen that nothing changed. Time moves only by `let(seconds)`, which
also issues what the clock asks for, as `meetings.live` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from meetings.core import commands as c
from meetings.core.codec import to_json, to_plain
from meetings.core.conference import apply, decide
from meetings.core.deadlines import deadlines
from meetings.core.directory import Directory, NamedDelegate, NamedItem, NamedSite
from meetings.core.events import Event, Recorded
from meetings.core.refusals import Refusal
from meetings.core.setup import Setup, SetupDelegate, SetupItem, SetupSite
from meetings.core.stage import Stage, stage_for
from meetings.core.state import SpeakerRequest, State
from meetings.core.vocabulary import SYSTEM, AccountId, Actor, DelegateId, ItemId, RequestId, Role, SiteId

HALL, TAN_AN, BEN_LUC, CAN_DUOC, VINH_HUNG = (SiteId(n) for n in range(1, 6))
SITES = (HALL, TAN_AN, BEN_LUC, CAN_DUOC, VINH_HUNG)
REPORT, DISCUSSION, DIRECTIVE, CLOSING = (ItemId(n) for n in range(1, 5))
ITEMS = (REPORT, DISCUSSION, DIRECTIVE, CLOSING)

CHAIR = Actor(Role.CHAIR, account_id=AccountId(1))
SECRETARY = Actor(Role.SECRETARY, account_id=AccountId(2))
OTHER_SECRETARY = Actor(Role.SECRETARY, account_id=AccountId(3))

START = datetime(2020, 7, 16, 0, 30, tzinfo=UTC)


def site(site_id: SiteId) -> Actor:
    return Actor(Role.SITE, site_id=site_id)


def delegate(site_id: SiteId, number: int = 1) -> DelegateId:
    return DelegateId(site_id * 10 + number)


DELEGATES = tuple(delegate(s, n) for s in SITES for n in (1, 2, 3))

SETUP = Setup(
    presiding_site_id=HALL,
    sites=tuple(SetupSite(s, is_hall=s == HALL) for s in SITES),
    delegates=tuple(SetupDelegate(delegate(s, n), s) for s in SITES for n in (1, 2, 3)),
    items=(SetupItem(REPORT), SetupItem(DISCUSSION, 180), SetupItem(DIRECTIVE), SetupItem(CLOSING)),
    speech_limit_seconds=300,
)

DIRECTORY = Directory(
    public_id="c-1",
    title="Hội nghị trực tuyến sơ kết",
    short_title="Sơ kết",
    organiser="Ban Tổ chức Tỉnh ủy",
    note=None,
    is_example=True,
    place="Hội trường tỉnh",
    opens_at=START,
    sites=tuple(
        NamedSite(s, "hall" if s == HALL else "site", f"Điểm cầu {s}", f"Đ{s}", f"Đ{s}", None, None, None)
        for s in SITES
    ),
    delegates=tuple(
        NamedDelegate(delegate(s, n), s, f"Người-{s}-{n}", f"Chức vụ {s}-{n}", f"Cơ quan {s}")
        for s in SITES
        for n in (1, 2, 3)
    ),
    items=tuple(NamedItem(i, str(i), f"Mục {i}", "discussion", "", START, 30, (), 300) for i in ITEMS),
    accounts={AccountId(2): "Thư ký Hai", AccountId(3): "Thư ký Ba"},
)


@dataclass
class Sitting:
    state: State = field(default_factory=State)
    now: datetime = START
    journal: list[Recorded] = field(default_factory=list)
    _issued: set[str] = field(default_factory=set)

    def when(self, actor: Actor, command: c.Command) -> list[Event]:
        """The events of a command that is accepted now."""
        events = list(decide(self.state, command, actor, self.now))
        for event in events:
            recorded = Recorded(self.state.seq + 1, self.now, actor.role, event)
            self.state = apply(self.state, recorded)
            self.journal.append(recorded)
        return events

    def refused(self, actor: Actor, command: c.Command) -> str:
        """The code of the refusal; fails when the command is accepted or anything changed."""
        before, bytes_before = self.state, to_json(self.state)
        try:
            events = decide(self.state, command, actor, self.now)
        except Refusal as refusal:
            assert self.state is before and to_json(self.state) == bytes_before
            return refusal.code
        raise AssertionError(f"{command} was accepted: {events}")

    def let(self, seconds: float) -> list[Event]:
        """Time goes by; gives the events of what the clock asked for meanwhile."""
        end, happened = self.now + timedelta(seconds=seconds), []
        while due := [d for d in deadlines(self.state) if d[0] <= end and d[1] not in self._issued]:
            at, command_id, command = min(due, key=lambda d: d[0])
            self._issued.add(command_id)
            self.now = max(self.now, at)
            happened += self.when(SYSTEM, command)
        self.now = end
        return happened

    # --- short forms ---

    def chair(self, command: c.Command) -> list[Event]:
        return self.when(CHAIR, command)

    def undo(self, actor: Actor = CHAIR) -> list[Event]:
        """Undoes what was done last."""
        return self.when(actor, c.Undo(self.state.undoable[-1].seq))

    def request(self, delegate_id: DelegateId, **more: Any) -> RequestId:
        """Its own site asks for the floor."""
        self.when(site(SiteId(delegate_id // 10)), c.RequestFloor(delegate_id, **more))
        return RequestId(max(self.state.requests))

    def grant(self, delegate_id: DelegateId, **more: Any) -> RequestId:
        """Asks, is granted, and is on air after the warning."""
        request_id = self.request(delegate_id, **more)
        self.chair(c.GrantFloor(request_id))
        self.let(3)
        assert self.state.requests[request_id].on_air_at
        return request_id

    def prepare(self, request_id: RequestId) -> None:
        self.when(SECRETARY, c.PrepareRequest(request_id))
        self.when(site(self.state.requests[request_id].site_id), c.ConfirmDevices(request_id))

    def waiting(self, item_id: ItemId = DISCUSSION) -> list[RequestId]:
        return [r.id for r in self.state.queue(item_id)]

    def speech(self, request_id: RequestId) -> SpeakerRequest:
        return self.state.requests[request_id]

    def spoken_seconds(self, request_id: RequestId) -> float:
        return self.speech(request_id).spoken(self.now).total_seconds()

    @property
    def stage(self) -> Stage:
        return stage_for(self.state)


def doors_open(setup: Setup = SETUP) -> Sitting:
    """Every site is connected, nothing has begun."""
    sitting = Sitting()
    sitting.when(SECRETARY, c.OpenDoors(setup))
    for site_id in SITES:
        sitting.when(SYSTEM, c.ReportConnected(site_id))
    return sitting


def discussing(setup: Setup = SETUP) -> Sitting:
    """Convened, and the discussion is open."""
    sitting = doors_open(setup)
    sitting.let(1800)
    sitting.chair(c.Convene())
    sitting.chair(c.OpenItem(DISCUSSION))
    return sitting


def floor_of(sitting: Sitting) -> dict[str, object]:
    """Everything undoing brings back: who speaks and waits, and how; not by which way it came."""
    state = sitting.state
    passing = ("running_since", "spoken_ms", "granted_at", "stopped_by", "brought_back_at", "held_since")
    requests = {
        i: {"spoken": r.spoken(sitting.now), "runs": r.runs}
        | {name: value for name, value in to_plain(r).items() if name not in passing}
        for i, r in state.requests.items()
    }
    return {"requests": requests, "queues": to_plain(state.queues), "chair": state.is_chair_speaking}
