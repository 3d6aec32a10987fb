"""Undo: a command that brings back what was before, by events of its own. Rule 23.

Theory. What may be undone is part of the state: each act that allows it leaves an `Undoable`, named by the number of its
event. Undoing never rewrites the journal. The request keeps its id through all of it, so that in the minutes an undone
speech is one speech: its clock goes on from where it stood, and what was undone by mistake of a grant has not been spoken.

- An end may be undone until another grant; what else, for `UNDO`.
- Another grant, another item and a break put an end to undoing what happened on the floor.
- Only the chair undoes what is the chair's; the desk, removals and orders; a site, its own withdrawal (rule 36).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import commands as c
from . import events as e
from .order import place_again, restored
from .permissions import require_chair
from .refusals import AlreadyWaiting, NothingToUndo, NotPermitted
from .speech import Applier, Decider, changed, require_live, require_own, with_queue, without_entry
from .state import SpeakerRequest, State, Undoable
from .vocabulary import Actor, ItemId, PauseReason, RequestId, RequestStatus, Role, UndoAct

UNDO = timedelta(seconds=10)
"""The pages offer it for 8 s; the rest is the way."""

_OF_THE_FLOOR = (UndoAct.END, UndoAct.GRANT)
_REMOVED = (RequestStatus.WITHDRAWN, RequestStatus.DECLINED, RequestStatus.REMOVED)


# --- what may be undone ---


def offered(
    state: State,
    act: UndoAct,
    at: datetime,
    request: SpeakerRequest | None = None,
    item_id: ItemId | None = None,
    *,
    before: State,
    instead_of: tuple[RequestId, ...] = (),
    ended_chair_speech: bool = False,
) -> State:
    """`state` with one more act to undo; called while its event is applied. `before`: whence to take the list's order."""
    item = request.item_id if request else item_id
    assert item is not None
    order = before.queues.get(item, ())
    offer = Undoable(
        seq=state.seq + 1,
        act=act,
        at=at,
        until=None if act is UndoAct.END else at + UNDO,
        item_id=item,
        request_id=request.id if request else None,
        order=order,
        placed=tuple(i for i in order if before.requests[i].is_placed),
        instead_of=instead_of,
        ended_chair_speech=ended_chair_speech,
        deferred_at=before.requests[request.id].deferred_at if request else None,
    )
    kept = (o for o in state.undoable if is_open(o, at) and not (request and o.request_id == request.id))
    return replace(state, undoable=(*kept, offer))


def is_open(offer: Undoable, now: datetime) -> bool:
    return offer.until is None or now <= offer.until


def floor_moved_on(state: State) -> State:
    """What happened on the floor before can be undone no longer."""
    return replace(state, undoable=tuple(o for o in state.undoable if o.act not in _OF_THE_FLOOR))


def forgotten(state: State, request_ids: Iterable[RequestId]) -> State:
    gone = set(request_ids)
    return replace(state, undoable=tuple(o for o in state.undoable if o.request_id not in gone))


# --- deciding ---


def _undo(state: State, command: c.Undo, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    offer = next((o for o in state.undoable if o.seq == command.seq), None)
    if offer is None or not is_open(offer, now):
        raise NothingToUndo
    return _COMPENSATE[offer.act](state, offer, actor)


def _undo_end(state: State, offer: Undoable, actor: Actor) -> Sequence[e.Event]:
    require_chair(state, actor)
    yields = state.is_chair_speaking and PauseReason.CHAIR not in _named(state, offer).stopped_by
    happened: list[e.Event] = []
    if yields:
        happened = [e.ChairYieldedFloor(), *_continued(state.holders(), PauseReason.CHAIR)]
    return [*happened, *_back_on_the_floor(state, [_named(state, offer)], state.is_chair_speaking and not yields)]


def _undo_grant(state: State, offer: Undoable, actor: Actor) -> Sequence[e.Event]:
    require_chair(state, actor)
    granted = _named(state, offer)
    rest = [r for r in state.holders() if r.id != granted.id]
    chair_speaks = offer.ended_chair_speech or state.is_chair_speaking
    happened: list[e.Event] = [e.GrantUndone(granted.id, _place(state, offer)), *_waiting_as_before(state, granted)]
    if granted.is_point_of_order:
        happened += _continued(rest, PauseReason.POINT_OF_ORDER)
    if chair_speaks and not state.is_chair_speaking:
        happened.append(e.ChairTookFloor())
        happened += [e.SpeechPaused(r.id, PauseReason.CHAIR) for r in rest if PauseReason.CHAIR not in r.paused_by]
    ended = [state.requests[i] for i in offer.instead_of]
    return [*happened, *_back_on_the_floor(state, ended, chair_speaks, besides=granted)]


def _undo_removal(state: State, offer: Undoable, actor: Actor) -> Sequence[e.Event]:
    removed = _named(state, offer)
    if actor.role is Role.SITE:
        require_own(actor, removed.site_id)
        if removed.status is not RequestStatus.WITHDRAWN:
            raise NotPermitted
    return [e.RequestReinstated(removed.id, _place(state, offer)), *_waiting_as_before(state, removed)]


def _undo_deferral(state: State, offer: Undoable, actor: Actor) -> Sequence[e.Event]:
    _require_desk(actor)
    deferred = _named(state, offer)
    if not deferred.is_waiting:
        raise NothingToUndo
    return [e.RequestReinstated(deferred.id, _place(state, offer), offer.deferred_at)]


def _undo_order(state: State, offer: Undoable, actor: Actor) -> Sequence[e.Event]:
    _require_desk(actor)
    order = restored(state, offer.item_id, offer.order, offer.placed)
    return [e.OrderRestored(offer.item_id, order, tuple(i for i in offer.placed if i in order))]


_COMPENSATE: dict[UndoAct, Callable[[State, Undoable, Actor], Sequence[e.Event]]] = {
    UndoAct.END: _undo_end,
    UndoAct.GRANT: _undo_grant,
    UndoAct.REMOVAL: _undo_removal,
    UndoAct.DEFERRAL: _undo_deferral,
    UndoAct.ORDER: _undo_order,
}


def _require_desk(actor: Actor) -> None:
    if actor.role is Role.SITE:
        raise NotPermitted


def _named(state: State, offer: Undoable) -> SpeakerRequest:
    assert offer.request_id is not None
    return state.requests[offer.request_id]


def _place(state: State, offer: Undoable) -> int:
    return place_again(state, _named(state, offer), offer.order)


def _waiting_as_before(state: State, request: SpeakerRequest) -> list[e.Event]:
    """It must not wait twice (rule 2), and only one is prepared at a time (rule 21)."""
    others = [r for r in state.queue(request.item_id) if r.id != request.id]
    if any(r.delegate_id == request.delegate_id and r.is_point_of_order == request.is_point_of_order for r in others):
        raise AlreadyWaiting
    is_second = request.prepared_at is not None and any(r.prepared_at is not None for r in others)
    return [e.RequestUnprepared(request.id)] if is_second else []


def _continued(requests: Iterable[SpeakerRequest], reason: PauseReason) -> list[e.Event]:
    return [e.SpeechContinued(r.id, reason) for r in requests if reason in r.paused_by]


def _back_on_the_floor(
    state: State, ended: Sequence[SpeakerRequest], chair_speaks: bool, besides: SpeakerRequest | None = None
) -> list[e.Event]:
    """Each goes on as it was, but for what is over meanwhile; a point of order interrupts the others again (rule 12)."""
    rest = [r for r in state.holders() if besides is None or r.id != besides.id]
    order = next((r for r in (*ended, *rest) if r.is_point_of_order), None)
    happened: list[e.Event] = []
    for request in ended:
        stopped = set(request.stopped_by - {PauseReason.CHAIR, PauseReason.POINT_OF_ORDER, PauseReason.LINE})
        if chair_speaks:
            stopped.add(PauseReason.CHAIR)
        if order is not None and order.id != request.id:
            stopped.add(PauseReason.POINT_OF_ORDER)
        if not state.is_reachable(request.site_id) or _is_still_held(state, request):
            stopped.add(PauseReason.LINE)
        happened.append(e.EndUndone(request.id, tuple(sorted(stopped))))
    if order in ended:
        keeps = not state.settings.is_clock_stopped_by_order
        happened += [
            e.SpeechPaused(r.id, PauseReason.POINT_OF_ORDER, keeps)
            for r in rest
            if PauseReason.POINT_OF_ORDER not in r.paused_by
        ]
    return happened


def _is_still_held(state: State, request: SpeakerRequest) -> bool:
    """Nothing says that its media came back; presence lets it go on as soon as it is there."""
    return PauseReason.LINE in request.stopped_by and request.site_id != state.presiding_site_id


DECIDE: dict[type[Any], Decider] = {c.Undo: _undo}


# --- applying ---


def _end_undone(state: State, event: e.EndUndone, at: datetime) -> State:
    request = replace(
        state.requests[event.request_id],
        status=RequestStatus.GRANTED,
        ended_at=None,
        brought_back_at=at,
        paused_by=frozenset(event.paused_by),
        held_since=at if PauseReason.LINE in event.paused_by else None,
    )
    return forgotten(changed(state, request, at), [request.id])


def _grant_undone(state: State, event: e.GrantUndone, at: datetime) -> State:
    request = state.requests[event.request_id]
    request = replace(
        request,
        status=RequestStatus.WAITING,
        granted_at=None,
        on_air_at=None,
        limit_seconds=0,
        spoken_ms=0,
        running_since=None,
        paused_by=frozenset(),
        held_since=None,
    )
    return forgotten(_inserted(state, request, event.place), [request.id])


def _reinstated(state: State, event: e.RequestReinstated, at: datetime) -> State:
    request = state.requests[event.request_id]
    if request.is_waiting:
        request = replace(request, deferred_at=event.deferred_at)
    request = replace(request, status=RequestStatus.WAITING, reason="", ended_at=None)
    return forgotten(_inserted(state, request, event.place), [request.id])


def _inserted(state: State, request: SpeakerRequest, place: int) -> State:
    """Devices confirmed over a line that was lost meanwhile are confirmed no longer (rule 21)."""
    if not state.is_reachable(request.site_id):
        request = replace(request, devices_confirmed_at=None)
    state = without_entry(state, request)
    waiting = list(state.queues[request.item_id])
    waiting.insert(place, request.id)
    state = replace(state, requests={**state.requests, request.id: request})
    return with_queue(state, request.item_id, tuple(waiting))


def _order_restored(state: State, event: e.OrderRestored, at: datetime) -> State:
    placed = set(event.placed_ids)
    requests = {i: replace(state.requests[i], is_placed=i in placed) for i in event.request_ids}
    left = tuple(o for o in state.undoable if o.act is not UndoAct.ORDER or o.item_id != event.item_id)
    state = replace(state, requests={**state.requests, **requests}, undoable=left)
    return with_queue(state, event.item_id, event.request_ids)


APPLY: dict[type[Any], Applier] = {
    e.EndUndone: _end_undone,
    e.GrantUndone: _grant_undone,
    e.RequestReinstated: _reinstated,
    e.OrderRestored: _order_restored,
}
