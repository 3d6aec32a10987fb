"""Any sequence of commands by anybody keeps the invariants (rules 5-7, 11, 12, 15, 16, 20, 23, 29-31).

Hypothesis issues all commands, sensible and senseless, by every actor, and lets time go by with the deadlines fired. After
each step the state is held against an oracle that knows only the journal.
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from inspect import signature
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.audience import changed_values, desk_part, own_part, public_part
from meetings.core.codec import to_json
from meetings.core.conference import apply, replay
from meetings.core.events import EVENT_VERSION, Recorded
from meetings.core.keeping import KEPT
from meetings.core.order import rank_of
from meetings.core.permissions import ALLOWED
from meetings.core.refusals import Refusal
from meetings.core.setup import FloorSettings, OrderCategory, SetupSpeech
from meetings.core.stage import stage_for
from meetings.core.state import State
from meetings.core.upcast import KINDS, event_from
from meetings.core.vocabulary import (
    SYSTEM,
    AccountId,
    Card,
    ConferenceStatus,
    CurrentSpeech,
    DelegateId,
    FloorMode,
    GalleryTime,
    ItemId,
    Language,
    OnExceed,
    PauseReason,
    RequestId,
    Role,
    RollStatus,
    ShareSource,
    SiteId,
    SpeechKind,
)
from tests.core.sitting import (
    CHAIR,
    DELEGATES,
    DIRECTORY,
    ITEMS,
    OTHER_SECRETARY,
    SECRETARY,
    SETUP,
    SITES,
    Sitting,
    discussing,
    floor_of,
    site,
)

ACTORS = (CHAIR, SECRETARY, OTHER_SECRETARY, *(site(s) for s in SITES), SYSTEM)
LEADING = (
    *(c.GrantFloor, c.PrepareRequest, c.ConfirmDevices, c.MuteHolder, c.ResumeSpeech, c.ChairSpeaks, c.EndChairSpeech),
    *(c.Suspend, c.Resume, c.HoldSpeech, c.ContinueSpeech, c.ReportDisconnected, c.ReportConnected, c.ReleaseFloor),
    *(
        c.CloseMicrophone,
        c.OpenMicrophone,
        c.ExtendSpeech,
        c.WithdrawRequest,
        c.RevokeFloor,
        c.PauseSpeech,
        c.DeferRequest,
    ),
)
UNDOABLE = (
    c.GrantFloor,
    c.RevokeFloor,
    c.ReleaseFloor,
    c.WithdrawRequest,
    c.RemoveRequest,
    c.DeferRequest,
    c.ReorderQueue,
)
CATEGORIES = (OrderCategory(1, "Kỹ thuật", 1), OrderCategory(2, "Cách điều hành", 2))
RICH = replace(
    SETUP,
    items=tuple(
        replace(i, presenter_ids=DELEGATES[4:8], speeches=(SetupSpeech(DELEGATES[5]), SetupSpeech(DELEGATES[9])))
        for i in SETUP.items
    ),
    floor=FloorSettings(order_categories=CATEGORIES),
)
SECONDS = (0.001, 1, 3, 10, 59.5, 180, 4000)


class Clock:
    """The oracle of spoken time: what the journal says of when each request was on air and not paused."""

    def __init__(self) -> None:
        self.on_air: set[int] = set()
        self.paused: dict[int, set[PauseReason]] = {}
        self.since: dict[int, datetime] = {}
        self.spoken: dict[int, timedelta] = {}
        self.began: set[int] = set()
        self.kept: set[int] = set()

    def read(self, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case e.WentOnAir(request_id) | e.MicrophoneTaken(request_id):
                self.on_air.add(request_id)
                self.began.add(request_id)
            case e.SpeechPaused(request_id, reason, is_clock_kept):
                self.paused.setdefault(request_id, set()).add(reason)
                if reason is PauseReason.POINT_OF_ORDER:
                    (self.kept.add if is_clock_kept else self.kept.discard)(request_id)
            case e.SpeechContinued(request_id, reason):
                self.paused.setdefault(request_id, set()).discard(reason)
            case e.FloorReleased(request_id) | e.FloorRevoked(request_id) | e.FloorCut(request_id):
                self.on_air.discard(request_id)
            case e.EndUndone(request_id, paused_by):
                self.on_air |= {request_id} & self.began
                self.paused[request_id] = set(paused_by)
            case e.GrantUndone(request_id):
                self.on_air.discard(request_id)
                self.began.discard(request_id)
                self.since.pop(request_id, None)
                self.spoken.pop(request_id, None)
                self.paused.pop(request_id, None)
            case _:
                return
        began = self.since.pop(request_id, None)
        if began is not None:
            self.spoken[request_id] = self.spoken.get(request_id, timedelta()) + (recorded.at - began)
        if request_id in self.on_air and not self.stopped(request_id):
            self.since[request_id] = recorded.at

    def stopped(self, request_id: int) -> set[PauseReason]:
        kept = {PauseReason.POINT_OF_ORDER} if request_id in self.kept else set()
        return self.paused.get(request_id, set()) - kept

    def heard(self) -> set[int]:
        return {i for i in self.on_air if not self.paused.get(i)}

    def of(self, request_id: int, now: datetime) -> timedelta:
        running = now - self.since[request_id] if request_id in self.since else timedelta()
        return self.spoken.get(request_id, timedelta()) + running


def through_json(recorded: Recorded) -> Recorded:
    """What another process reads of a journal row."""
    row = json.loads(json.dumps({"kind": KINDS[type(recorded.event)], "data": to_json(recorded.event)}))
    event = event_from(row["kind"], EVENT_VERSION, json.loads(row["data"]))
    return Recorded(recorded.seq, recorded.at, Role(recorded.role.value), event)


def parts_of(state: State) -> dict[str, dict[str, Any]]:
    own = {f"own:{s}": own_part(state, DIRECTORY, s) for s in SITES}
    return {"public": public_part(state, DIRECTORY), "desk": desk_part(state, DIRECTORY), **own}


class AnySitting(RuleBasedStateMachine):
    steps = 0

    steps = 0

    @initialize(is_begun=st.sampled_from([True, True, True, False]))
    def begin(self, is_begun: bool) -> None:
        self.sitting = discussing(RICH) if is_begun else Sitting()
        self.clock = Clock()
        self.shadow = State()
        self.told = State()
        self.held = parts_of(self.told)
        self.spoken_before: dict[int, timedelta] = {}
        self.read_journal()

    def read_journal(self) -> None:
        """Also rebuilds the state from the journal's rows alone (rule 29); `teardown` compares the bytes."""
        if self.shadow.seq == self.sitting.state.seq:
            return
        for recorded in self.sitting.journal[self.shadow.seq :]:
            self.clock.read(recorded)
            if isinstance(recorded.event, e.GrantUndone):
                self.spoken_before.pop(recorded.event.request_id, None)
            self.shadow = apply(self.shadow, through_json(recorded))
        assert self.shadow == self.sitting.state

    @rule(seconds=st.sampled_from(SECONDS))
    def time_goes_by(self, seconds: float) -> None:
        self.sitting.let(seconds)

    @rule(data=st.data(), form=st.sampled_from(sorted(ALLOWED, key=lambda f: f.__name__)), is_fitting=st.booleans())
    def somebody_commands(self, data: st.DataObject, form: type[Any], is_fitting: bool) -> None:
        command = form(**{name: data.draw(s, label=name) for name, s in self.arguments(form).items()})
        fitting = [a for a in ACTORS if a.role in ALLOWED[form]] if is_fitting else list(ACTORS)
        actor = data.draw(st.sampled_from(fitting))
        before, rebuilt = self.sitting.state, self.shadow
        try:
            self.sitting.when(actor, command)
        except Refusal as refusal:
            assert refusal.code
            assert self.sitting.state is before
        assert before == rebuilt, "an old state stays what it was"

    @rule(data=st.data())
    def somebody_asks_for_the_floor(self, data: st.DataObject) -> None:
        """More often than the others, so that there is something to grant."""
        delegate_id = data.draw(st.sampled_from(DELEGATES))
        kind = data.draw(st.sampled_from([SpeechKind.DISCUSSION, *SpeechKind]))
        before = dict(self.sitting.state.queues)
        with suppress(Refusal):
            self.sitting.when(CHAIR, c.RequestFloor(delegate_id, kind))
            self.is_in_order(before)
            if data.draw(st.booleans()):
                self.sitting.when(CHAIR, c.GrantNext())

    @rule(data=st.data())
    def the_speech_is_led(self, data: st.DataObject) -> None:
        """What fits the running speech or the first who waits, so that speeches pause, overlap and end in every way."""
        state = self.sitting.state
        about = [*state.holders(), *state.queue(state.current_item_id)]
        if not about:
            return
        request = data.draw(st.sampled_from(about))
        form = data.draw(st.sampled_from(LEADING))
        named = {"request_id": request.id, "site_id": request.site_id}
        command = form(**{name: value for name, value in named.items() if name in form.__dataclass_fields__})
        actor = next(a for a in (CHAIR, site(request.site_id), SYSTEM) if a.role in ALLOWED[form])
        with suppress(Refusal):
            self.sitting.when(actor, command)
        self.sitting.let(data.draw(st.sampled_from(SECONDS)))

    @rule(delegate_id=st.sampled_from(DELEGATES), status=st.sampled_from(RollStatus))
    def the_desk_marks_the_roll(self, delegate_id: DelegateId, status: RollStatus) -> None:
        """Without times, which hardly ever fit by chance."""
        with suppress(Refusal):
            self.sitting.when(SECRETARY, c.MarkRoll(delegate_id, status))

    def is_in_order(self, before: dict[ItemId, tuple[RequestId, ...]]) -> None:
        """Who came stands behind whom he does not outrank, and nobody else has moved (rules 5, 6)."""
        state = self.sitting.state
        new = state.requests[max(state.requests)]
        waiting = state.queues[new.item_id]
        place = waiting.index(new.id)
        assert (*waiting[:place], *waiting[place + 1 :]) == before.get(new.item_id, ())
        entries = [state.requests[i] for i in waiting]
        by_hand = [r.is_placed or r.deferred_at is not None for r in entries]
        ahead = zip(entries[:place], by_hand, strict=False)
        assert all(placed or rank_of(state, r) <= rank_of(state, new) for r, placed in ahead)
        if place + 1 < len(entries):
            assert not by_hand[place + 1] and rank_of(state, entries[place + 1]) > rank_of(state, new)

    @rule(data=st.data())
    def something_is_done_and_undone_at_once(self, data: st.DataObject) -> None:
        """Then everything is as it was (rule 23)."""
        state = self.sitting.state
        form = data.draw(st.sampled_from(UNDOABLE))
        if form is c.ReorderQueue:
            waiting = state.queues.get(state.current_item_id or ITEMS[0], ())
            order = tuple(data.draw(st.permutations(waiting)))
            command, actor = c.ReorderQueue(state.current_item_id or ITEMS[0], order), CHAIR
        else:
            granted = form in (c.RevokeFloor, c.ReleaseFloor)
            fitting = state.holders() if granted else tuple(state.queue(state.current_item_id))
            if not fitting:
                return
            request = data.draw(st.sampled_from(fitting))
            command = form(request.id)
            actor = CHAIR if CHAIR.role in ALLOWED[form] else site(request.site_id)
        offers, before = state.undoable, self.floor_now()
        try:
            self.sitting.when(actor, command)
        except Refusal:
            return
        self.read_journal()
        new = [o for o in self.sitting.state.undoable if o not in offers]
        assert len(new) == 1
        self.sitting.when(CHAIR, c.Undo(new[0].seq))
        self.read_journal()
        assert self.floor_now() == before

    def floor_now(self) -> Any:
        """But for what presence and the desk would tell again: a line that is not there, a preparation deferred."""
        floor = floor_of(self.sitting)
        away = set(SITES) - self.sitting.state.connected
        for request in floor["requests"].values():  # type: ignore[attr-defined]
            for name in ("prepared_at", "unprepared_at", "devices_confirmed_at"):
                del request[name]
            if request["site_id"] in away:
                request |= {"paused_by": None, "runs": None}
        return floor

    def in_minutes(self, minutes: int | None) -> datetime | None:
        return None if minutes is None else self.sitting.now + timedelta(minutes=minutes)

    def arguments(self, form: type[Any]) -> dict[str, st.SearchStrategy[Any]]:
        state = self.sitting.state
        requests = st.sampled_from([*sorted(state.requests), RequestId(99)])
        items = st.sampled_from([*ITEMS, ItemId(77)])
        delegates = st.sampled_from([*DELEGATES, DelegateId(999)])
        sites = st.sampled_from([*SITES, SiteId(88)])
        by_name: dict[str, st.SearchStrategy[Any]] = {
            "request_id": requests,
            "after": sites,
            "item_id": items,
            "delegate_id": delegates,
            "site_id": sites,
            "setup": st.just(RICH),
            "is_confirmed": st.booleans(),
            "status": st.sampled_from(RollStatus),
            "reason": st.sampled_from(["", "ốm", "x" * 251]),
            "count": st.sampled_from([-1, 0, 1, 2, 4, 22, 5001]),
            "mode": st.sampled_from(FloorMode),
            "on_exceed": st.sampled_from([None, *OnExceed]),
            "category_id": st.sampled_from([None, None, 1, 2, 3]),
            "seq": st.sampled_from([99_999, *(o.seq for o in state.undoable)]),
            **{
                name: st.sampled_from([None, None, True, False])
                for name in ("is_present_only", "is_clock_stopped_by_order", "takes_orders_when_closed")
            },
            **{
                name: st.sampled_from([None, 0, 60, 120])
                for name in (
                    "speech_limit_seconds",
                    "cut_grace_seconds",
                    "point_of_order_seconds",
                    "site_quota_seconds",
                )
            },
            "kind": st.sampled_from(SpeechKind),
            "topic": st.sampled_from(["", "Nhân sự", "x" * 251]),
            "limit_seconds": st.sampled_from([None, 30, 120, 7]),
            "seconds": st.sampled_from([60, 600, 5]),
            "current": st.sampled_from(CurrentSpeech),
            "card": st.sampled_from(Card),
            "words": st.sampled_from(["", "Mời đại biểu dùng nước", "x" * 121]),
            "resumes_at": st.sampled_from([None, 0, 15, 2000]).map(self.in_minutes),
            "came_at": st.sampled_from([None, -20, 0, 5]).map(self.in_minutes),
            "left_at": st.sampled_from([None, -10, 0]).map(self.in_minutes),
            "language": st.sampled_from(Language),
            "when": st.sampled_from(GalleryTime),
            "page": st.sampled_from([1, 1, 2]),
            "turn_seconds": st.sampled_from([None, 5, 10]),
            "source": st.sampled_from(ShareSource),
            "account_id": st.sampled_from([AccountId(2), AccountId(3)]),
        }
        if form is c.ReorderQueue:
            item_id = state.current_item_id or ITEMS[0]
            waiting = state.queues.get(item_id, ())
            orders = st.permutations(waiting).map(tuple) | st.just((*waiting[1:], RequestId(99)))
            return {"item_id": st.just(item_id), "request_ids": orders}
        return {name: by_name[name] for name in form.__dataclass_fields__}

    @invariant()
    def is_a_step(self) -> None:
        AnySitting.steps += 1

    @invariant()
    def no_more_hold_the_floor_than_there_are_microphones(self) -> None:
        state = self.sitting.state
        holders = [r for r in state.requests.values() if r.is_granted]
        orders = [r for r in holders if r.is_point_of_order]
        assert len(orders) <= 1
        assert len(holders) - len(orders) <= state.settings.open_microphones
        for holder in holders:
            assert (PauseReason.POINT_OF_ORDER in holder.paused_by) == (bool(orders) and holder not in orders)
            assert (PauseReason.CHAIR in holder.paused_by) == state.is_chair_speaking
            assert (holder.held_since is not None) == (PauseReason.LINE in holder.paused_by)
            assert holder.item_id == state.current_item_id
            assert (PauseReason.SUSPENDED in holder.paused_by) == (state.status is ConferenceStatus.SUSPENDED)

    @invariant()
    def each_queue_is_a_permutation_of_the_waiting_requests(self) -> None:
        state = self.sitting.state
        for item_id in ITEMS:
            waiting = sorted(r.id for r in state.requests.values() if r.is_waiting and r.item_id == item_id)
            assert sorted(state.queues.get(item_id, ())) == waiting
        keys = [(r.item_id, r.delegate_id, r.is_point_of_order) for r in state.requests.values() if r.is_waiting]
        assert len(keys) == len(set(keys))

    @invariant()
    def spoken_time_is_what_the_journal_says_and_never_less_than_before(self) -> None:
        self.read_journal()
        now = self.sitting.now
        for request in self.sitting.state.requests.values():
            spoken = request.spoken(now)
            assert spoken == self.clock.of(request.id, now)
            assert spoken >= self.spoken_before.get(request.id, timedelta())
            self.spoken_before[request.id] = spoken

    @invariant()
    def changes_lead_where_a_snapshot_would(self) -> None:
        if self.sitting.state is self.told:
            return
        self.told = self.sitting.state
        after = parts_of(self.told)
        for question in KEPT:
            asked = (self.told, DIRECTORY)[: len(signature(question).parameters)]
            assert question(*asked) == question.__wrapped__(*asked), question
        for name, part in after.items():
            assert self.held[name] | changed_values(self.held[name], part) == part
        self.held = after

    @invariant()
    def a_site_is_told_nothing_of_another_sites_own(self) -> None:
        for s in SITES:
            own = self.held[f"own:{s}"]
            assert {d["id"] for d in own["delegates"]} == {d for d in DELEGATES if d // 10 == s}
            assert {r["delegate_id"] // 10 for r in own["requests"]} <= {s}

    @invariant()
    def only_the_presiding_site_and_the_holders_on_air_are_heard(self) -> None:
        self.read_journal()
        state = self.sitting.state
        stage = stage_for(state)
        on_air = {r.site_id for r in state.requests.values() if r.id in self.clock.heard()}
        assert set(stage.heard) <= {state.presiding_site_id} | on_air | ({state.reporting_site_id} - {None})
        assert state.reporting_site_id is None or not on_air
        assert not set(stage.heard) & state.closed_microphones
        if state.status is not ConferenceStatus.CONVENED:
            assert not stage.heard or state.status is ConferenceStatus.DOORS_OPEN

    @invariant()
    def a_card_hides_no_new_speaker_and_silences_nobody(self) -> None:
        state = self.sitting.state
        bare = stage_for(replace(state, card=None))
        assert stage_for(state).heard == bare.heard
        if state.card is None:
            return
        assert all(r.granted_at <= state.card.shown_at for r in state.holders() if r.granted_at)
        assert stage_for(state).card is state.card.card

    @invariant()
    def only_what_its_point_offers_is_shown_and_only_while_the_conference_sits(self) -> None:
        state = self.sitting.state
        shown = stage_for(state).share_site_id
        assert state.shown_share is None or state.shown_share in state.shares
        if shown is not None:
            assert shown == state.shown_share and shown not in state.removed
            assert state.status is ConferenceStatus.CONVENED and state.card is None

    @invariant()
    def only_who_waits_and_is_connected_comes_next(self) -> None:
        state = self.sitting.state
        following = state.next_request()
        if following is not None:
            assert following.is_waiting and following.item_id == state.current_item_id
            assert following.site_id in state.connected | {state.presiding_site_id}

    @invariant()
    def count(self) -> None:
        AnySitting.steps += 1

    def teardown(self) -> None:
        if hasattr(self, "sitting"):
            journal = [through_json(recorded) for recorded in self.sitting.journal]
            assert to_json(replay(journal)) == to_json(self.sitting.state) == to_json(self.shadow)


class TestAnySitting(AnySitting.TestCase):  # type: ignore[misc,name-defined]
    def runTest(self) -> None:
        super().runTest()
        assert AnySitting.steps >= 10_000, "as many steps as are promised"


TestAnySitting.settings = settings(
    max_examples=300, stateful_step_count=40, derandomize=True, deadline=None, database=None
)
