"""Who gets the floor: by the chair, in turn, by a point of order, or by taking it. Rules 10-12, 14, 16, 19-22.

A granted request is the speech itself: first a warning of 3 s unless it was prepared (rule 21), then on air. Granting a
speech ends as many as stand in its way, the longest-running first, in one step; a point of order ends nothing, it
interrupts. In `gone` are those whom the same command has ended already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import commands as c
from . import events as e
from .refusals import (
    AllMicrophonesOpen,
    ChairAlreadySpeaks,
    DelegateIsAbsent,
    DelegateNeeded,
    ItemNotOpen,
    NobodyConnected,
    NobodyInTurn,
    NoItemOpen,
    NotYourSite,
    PointOfOrderRuns,
    QueueIsEmpty,
    Refusal,
    SiteNotConnected,
)
from .speech import Applier, Decider, changed, floor_holder, require_live, waiting_request, without_entry
from .state import SpeakerRequest, State
from .undo import floor_moved_on, forgotten, offered
from .vocabulary import (
    Actor,
    DelegateId,
    FloorMode,
    PauseReason,
    RequestId,
    RequestStatus,
    SiteId,
    SpeechKind,
    UndoAct,
)

HELD = timedelta(seconds=60)
"""After this long a held speech makes way for the next in FIFO; elsewhere it waits for the chair (rule 22)."""


def _grant(state: State, command: c.GrantFloor, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = waiting_request(state, command.request_id)
    if request.item_id != state.current_item_id:
        raise ItemNotOpen
    if not state.is_reachable(request.site_id):
        raise SiteNotConnected
    return granting(state, request, now)


def _grant_next(state: State, command: c.GrantNext, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    following = state.next_request()
    if following is None:
        raise _why_nobody(state)
    return granting(state, following, now)


def _why_nobody(state: State) -> Refusal:
    waiting = list(state.queue(state.current_item_id))
    if not waiting:
        return QueueIsEmpty()
    return NobodyInTurn() if any(state.is_reachable(r.site_id) for r in waiting) else NobodyConnected()


def granting(
    state: State, request: SpeakerRequest, now: datetime, gone: tuple[RequestId, ...] = ()
) -> Sequence[e.Event]:
    """What granting `request` causes. Raises `PointOfOrderRuns` when it is a second point of order."""
    holders = [r for r in state.holders() if r.id not in gone]
    if request.is_point_of_order:
        if any(r.is_point_of_order for r in holders):
            raise PointOfOrderRuns
        ended, kept = [], holders
        happened = _interrupted(state, kept)
    else:
        ended = in_the_way(holders, state.settings.open_microphones - 1)
        kept = [r for r in holders if r not in ended]
        happened = [e.FloorRevoked(r.id) for r in ended]
        if any(r.is_point_of_order for r in ended):
            happened += going_on(kept, PauseReason.POINT_OF_ORDER)
    if state.is_chair_speaking:
        happened += [e.ChairYieldedFloor(), *going_on(kept, PauseReason.CHAIR)]
    instead_of = (*gone, *(r.id for r in ended))
    limit = limit_in_force(state, request)
    happened.append(e.FloorGranted(request.id, limit, instead_of, state.is_chair_speaking))
    if request.site_id == state.presiding_site_id or request.is_ready(now):
        happened.append(e.WentOnAir(request.id))
    return happened


def in_the_way(holders: Sequence[SpeakerRequest], room: int) -> list[SpeakerRequest]:
    """Who has to end so that only `room` speeches stay: a point of order, and those granted first (rule 16)."""
    speeches = [r for r in holders if not r.is_point_of_order]
    surplus = speeches[: max(0, len(speeches) - room)]
    return [r for r in holders if r.is_point_of_order or r in surplus]


def going_on(requests: Sequence[SpeakerRequest], reason: PauseReason) -> list[e.Event]:
    """For `requests`, one reason of a pause is gone."""
    return [e.SpeechContinued(r.id, reason) for r in requests if reason in r.paused_by]


def _interrupted(state: State, requests: Sequence[SpeakerRequest]) -> list[e.Event]:
    keeps_clock = not state.settings.is_clock_stopped_by_order
    return [e.SpeechPaused(r.id, PauseReason.POINT_OF_ORDER, keeps_clock) for r in requests]


def limit_in_force(state: State, request: SpeakerRequest) -> int:
    """Seconds: from the request, else (a point of order) its own, else the item, else the conference (rules 12, 14)."""
    if request.asked_limit_seconds:
        return request.asked_limit_seconds
    if request.is_point_of_order:
        return state.settings.point_of_order_seconds
    return state.setup_item(request.item_id).speech_limit_seconds or state.frozen.speech_limit_seconds


def granting_after(state: State, ended: SpeakerRequest, now: datetime) -> Sequence[e.Event]:
    """In FIFO the end of a speech grants the next (rule 19); the end of a point of order gives the floor back."""
    if state.settings.mode is not FloorMode.FIFO:
        return []
    rest = [r for r in state.holders() if r.id != ended.id]
    following = state.next_request()
    is_interrupted = any(r.is_point_of_order for r in (*rest, ended)) and bool(rest)
    if following is None or is_interrupted:
        return []
    return granting(state, following, now, gone=(ended.id,))


def _pass_held(state: State, command: c.PassHeldSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    held = floor_holder(state, command.request_id)
    is_over = held.held_since is not None and now - held.held_since >= HELD
    following = state.next_request()
    if state.settings.mode is not FloorMode.FIFO or not is_over or following is None:
        return []
    order = state.running_order()
    if order is not None and order.id != held.id:
        return []
    interrupted = going_on(state.holders(), PauseReason.POINT_OF_ORDER)
    if interrupted:
        return [e.FloorRevoked(held.id), *interrupted]
    return [e.FloorRevoked(held.id), *granting(state, following, now, gone=(held.id,))]


def _go_on_air(state: State, command: c.GoOnAir, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = floor_holder(state, command.request_id)
    return [e.WentOnAir(request.id)] if request.on_air_at is None else []


def taking(state: State, site_id: SiteId, delegate_id: DelegateId | None, actor: Actor) -> Sequence[e.Event]:
    """In a free discussion a site opens its own microphone: one of its delegates takes the floor (rule 19)."""
    require_live(state)
    if state.current_item_id is None:
        raise NoItemOpen
    if state.is_chair_speaking:
        raise ChairAlreadySpeaks
    if state.running_order():
        raise PointOfOrderRuns
    if len(state.holders()) >= state.settings.open_microphones:
        raise AllMicrophonesOpen
    delegate = _speaking_delegate(state, site_id, delegate_id)
    own = (r for r in state.queue(state.current_item_id) if r.delegate_id == delegate and not r.is_point_of_order)
    waiting = next(own, None)
    if waiting is not None:
        return [e.MicrophoneTaken(waiting.id, limit_in_force(state, waiting))]
    asked = e.FloorRequested(
        request_id=RequestId(max(state.requests, default=0) + 1),
        item_id=state.current_item_id,
        delegate_id=delegate,
        site_id=site_id,
        kind=SpeechKind.DISCUSSION,
        topic="",
        limit_seconds=None,
        asked_by=actor.role,
    )
    limit = state.setup_item(asked.item_id).speech_limit_seconds or state.frozen.speech_limit_seconds
    return [asked, e.MicrophoneTaken(asked.request_id, limit)]


def _speaking_delegate(state: State, site_id: SiteId, delegate_id: DelegateId | None) -> DelegateId:
    """The one named; unnamed, the only one there is."""
    there = [
        d.id
        for d in state.frozen.delegates
        if d.site_id == site_id and not (state.frozen.is_present_only and state.is_absent(d.id, site_id))
    ]
    if delegate_id is None:
        if len(there) != 1:
            raise DelegateNeeded
        return there[0]
    if state.frozen.site_of(delegate_id) != site_id:
        raise NotYourSite
    if delegate_id not in there:
        raise DelegateIsAbsent
    return delegate_id


DECIDE: dict[type[Any], Decider] = {
    c.GrantFloor: _grant,
    c.GrantNext: _grant_next,
    c.PassHeldSpeech: _pass_held,
    c.GoOnAir: _go_on_air,
}


def _granted(state: State, event: e.FloorGranted, at: datetime) -> State:
    before = state
    request = replace(
        state.requests[event.request_id],
        status=RequestStatus.GRANTED,
        granted_at=at,
        limit_seconds=event.limit_seconds,
    )
    state = without_entry(changed(floor_moved_on(state), request, at), request)
    state = offered(
        state,
        UndoAct.GRANT,
        at,
        request,
        before=before,
        instead_of=event.instead_of,
        ended_chair_speech=event.ends_chair_speech,
    )
    return _on_the_floor(state, request)


def _taken(state: State, event: e.MicrophoneTaken, at: datetime) -> State:
    request = replace(
        state.requests[event.request_id],
        status=RequestStatus.GRANTED,
        granted_at=at,
        on_air_at=at,
        limit_seconds=event.limit_seconds,
        is_free=True,
    )
    state = without_entry(changed(floor_moved_on(state), request, at), request)
    return _on_the_floor(forgotten(state, [request.id]), request)


def _on_the_floor(state: State, request: SpeakerRequest) -> State:
    """Whoever speaks is seen: a card that was forgotten does not stand before the speaker. His microphone starts open
    (rule 18), except the presiding site's, which is its own affair (rule 34).
    """
    state = replace(state, card=None)
    if request.site_id == state.presiding_site_id:
        return state
    return replace(state, closed_microphones=state.closed_microphones - {request.site_id})


def _went_on_air(state: State, event: e.WentOnAir, at: datetime) -> State:
    return changed(state, replace(state.requests[event.request_id], on_air_at=at), at)


APPLY: dict[type[Any], Applier] = {
    e.FloorGranted: _granted,
    e.MicrophoneTaken: _taken,
    e.WentOnAir: _went_on_air,
}
