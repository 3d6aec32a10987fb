"""The list of speakers: who waits, who is deferred or prepared. Rules 1-4, 7-9, 21. In which order is told in `order`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .order import moved_ids, place_for, replied_to
from .refusals import (
    AlreadyDeferred,
    AlreadyPrepared,
    AlreadyWaiting,
    DelegateIsAbsent,
    ItemIsOver,
    ItemNotOpen,
    NoItemOpen,
    NotAdmitted,
    NotPermitted,
    NotPrepared,
    OrderDoesNotMatch,
    OutOfRange,
    PresentersOnly,
    QueueIsClosed,
    QueueIsOpen,
    ReasonTooLong,
    SiteNotConnected,
    TopicTooLong,
    UnknownCategory,
    UnknownDelegate,
)
from .speech import (
    Applier,
    Decider,
    changed,
    require_live,
    require_own,
    waiting_request,
    with_queue,
)
from .state import SpeakerRequest, State
from .undo import offered
from .vocabulary import (
    Actor,
    RequestId,
    Role,
    SpeechKind,
    UndoAct,
)

TOPIC_LENGTH = 250
REASON_LENGTH = 250
LIMIT_SECONDS = range(30, 3 * 3600 + 1)


def _request_floor(state: State, command: c.RequestFloor, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    site_id = state.frozen.site_of(command.delegate_id)
    if site_id is None:
        raise UnknownDelegate
    require_own(actor, site_id)
    if actor.role is Role.SITE and not state.is_admitted(site_id):
        raise NotAdmitted
    if actor.role is Role.SITE and command.limit_seconds is not None:
        raise NotPermitted
    topic = " ".join(command.topic.split())
    if len(topic) > TOPIC_LENGTH:
        raise TopicTooLong
    if command.limit_seconds is not None and command.limit_seconds not in LIMIT_SECONDS:
        raise OutOfRange
    item_id = command.item_id if command.item_id is not None else state.current_item_id
    if item_id is None:
        raise NoItemOpen
    state.setup_item(item_id)
    item = state.item(item_id)
    is_point_of_order = command.kind is SpeechKind.POINT_OF_ORDER
    if item.closed_at is not None:
        raise ItemIsOver
    is_taken_when_closed = is_point_of_order and state.settings.takes_orders_when_closed
    if item.is_queue_closed and actor.role is Role.SITE and not is_taken_when_closed:
        raise QueueIsClosed
    if state.frozen.is_present_only and state.is_absent(command.delegate_id, site_id):
        raise DelegateIsAbsent
    if any(
        r.delegate_id == command.delegate_id and r.is_point_of_order == is_point_of_order for r in state.queue(item_id)
    ):
        raise AlreadyWaiting
    request = SpeakerRequest(
        id=RequestId(max(state.requests, default=0) + 1),
        item_id=item_id,
        delegate_id=command.delegate_id,
        site_id=site_id,
        kind=command.kind,
        topic=topic,
        asked_limit_seconds=command.limit_seconds,
        asked_by=actor.role,
        requested_at=now,
        category_id=command.category_id,
        reply_to=replied_to(state) if command.kind is SpeechKind.REPLY and item_id == state.current_item_id else None,
    )
    _require_foreseen(state, request)
    return [
        e.FloorRequested(
            request_id=request.id,
            item_id=request.item_id,
            delegate_id=request.delegate_id,
            site_id=request.site_id,
            kind=request.kind,
            topic=request.topic,
            limit_seconds=request.asked_limit_seconds,
            asked_by=request.asked_by,
            category_id=request.category_id,
            reply_to=request.reply_to,
            place=place_for(state, request),
        )
    ]


def _require_foreseen(state: State, request: SpeakerRequest) -> None:
    """The category is one of the conference's (rule 5), and the mode lets this site ask (rule 19)."""
    categories = {category.id for category in state.settings.order_categories}
    if request.category_id is not None and (not request.is_point_of_order or request.category_id not in categories):
        raise UnknownCategory
    if request.asked_by is Role.SITE and request.item_id == state.current_item_id and not state.is_in_turn(request):
        raise PresentersOnly


def _withdraw(state: State, command: c.WithdrawRequest, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    require_own(actor, state.request(command.request_id).site_id)
    return [e.RequestWithdrawn(waiting_request(state, command.request_id).id)]


def _decline(state: State, command: c.DeclineRequest, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    return [e.RequestDeclined(waiting_request(state, command.request_id).id, checked_reason(command.reason))]


def _remove(state: State, command: c.RemoveRequest, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    return [e.RequestRemoved(waiting_request(state, command.request_id).id, checked_reason(command.reason))]


def checked_reason(text: str) -> str:
    reason = " ".join(text.split())
    if len(reason) > REASON_LENGTH:
        raise ReasonTooLong
    return reason


def _defer(state: State, command: c.DeferRequest, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = waiting_request(state, command.request_id)
    if request.deferred_at and state.queues[request.item_id][-1] == request.id:
        raise AlreadyDeferred
    return [e.RequestDeferred(request.id)]


def _reorder(state: State, command: c.ReorderQueue, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    state.setup_item(command.item_id)
    waiting = state.queues.get(command.item_id, ())
    if len(command.request_ids) != len(waiting) or set(command.request_ids) != set(waiting):
        raise OrderDoesNotMatch
    return [e.QueueReordered(command.item_id, command.request_ids, moved_ids(waiting, command.request_ids))]


def _close_queue(state: State, command: c.CloseQueue, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    state.setup_item(command.item_id)
    if state.item(command.item_id).is_queue_closed:
        raise QueueIsClosed
    return [e.QueueClosed(command.item_id)]


def _open_queue(state: State, command: c.OpenQueue, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    state.setup_item(command.item_id)
    if not state.item(command.item_id).is_queue_closed:
        raise QueueIsOpen
    return [e.QueueOpened(command.item_id)]


def _prepare(state: State, command: c.PrepareRequest, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = waiting_request(state, command.request_id)
    if request.item_id != state.current_item_id:
        raise ItemNotOpen
    if request.prepared_at is not None:
        raise AlreadyPrepared
    if not state.is_reachable(request.site_id):
        raise SiteNotConnected
    others = [e.RequestUnprepared(r.id) for r in state.queue(request.item_id) if r.prepared_at is not None]
    return [*others, e.RequestPrepared(request.id)]


def _unprepare(state: State, command: c.UnprepareRequest, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = waiting_request(state, command.request_id)
    if request.prepared_at is None:
        raise NotPrepared
    return [e.RequestUnprepared(request.id)]


def _confirm_devices(state: State, command: c.ConfirmDevices, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    require_own(actor, state.request(command.request_id).site_id)
    request = waiting_request(state, command.request_id)
    if request.prepared_at is None:
        raise NotPrepared
    return [e.DevicesConfirmed(request.id)]


def _requested(state: State, event: e.FloorRequested, at: datetime) -> State:
    request = SpeakerRequest(
        id=event.request_id,
        item_id=event.item_id,
        delegate_id=event.delegate_id,
        site_id=event.site_id,
        kind=event.kind,
        topic=event.topic,
        asked_limit_seconds=event.limit_seconds,
        asked_by=event.asked_by,
        requested_at=at,
        category_id=event.category_id,
        reply_to=event.reply_to,
    )
    waiting = list(state.queues.get(event.item_id, ()))
    waiting.insert(len(waiting) if event.place is None else event.place, request.id)
    return with_queue(changed(state, request, at), event.item_id, tuple(waiting))


def _prepared(state: State, event: e.RequestPrepared, at: datetime) -> State:
    request = state.requests[event.request_id]
    return changed(state, replace(request, prepared_at=at, unprepared_at=None), at)


def _unprepared(state: State, event: e.RequestUnprepared, at: datetime) -> State:
    request = state.requests[event.request_id]
    return changed(state, replace(request, prepared_at=None, devices_confirmed_at=None, unprepared_at=at), at)


def _devices_confirmed(state: State, event: e.DevicesConfirmed, at: datetime) -> State:
    return changed(state, replace(state.requests[event.request_id], devices_confirmed_at=at), at)


def _deferred(state: State, event: e.RequestDeferred, at: datetime) -> State:
    before, request = state, state.requests[event.request_id]
    request = replace(request, deferred_at=at, prepared_at=None, devices_confirmed_at=None, unprepared_at=None)
    waiting = tuple(i for i in state.queues[request.item_id] if i != request.id)
    state = with_queue(changed(state, request, at), request.item_id, (*waiting, request.id))
    return offered(state, UndoAct.DEFERRAL, at, request, before=before)


def _reordered(state: State, event: e.QueueReordered, at: datetime) -> State:
    before = state
    moved = {i: replace(state.requests[i], is_placed=True) for i in event.moved_ids}
    state = replace(state, requests={**state.requests, **moved})
    state = with_queue(state, event.item_id, event.request_ids)
    return offered(state, UndoAct.ORDER, at, item_id=event.item_id, before=before)


def _queue_closed(state: State, event: e.QueueClosed | e.QueueOpened, at: datetime) -> State:
    item = replace(state.item(event.item_id), is_queue_closed=isinstance(event, e.QueueClosed))
    return replace(state, items={**state.items, event.item_id: item})


DECIDE: dict[type[Any], Decider] = {
    c.RequestFloor: _request_floor,
    c.WithdrawRequest: _withdraw,
    c.DeclineRequest: _decline,
    c.RemoveRequest: _remove,
    c.DeferRequest: _defer,
    c.ReorderQueue: _reorder,
    c.CloseQueue: _close_queue,
    c.OpenQueue: _open_queue,
    c.PrepareRequest: _prepare,
    c.UnprepareRequest: _unprepare,
    c.ConfirmDevices: _confirm_devices,
}

APPLY: dict[type[Any], Applier] = {
    e.FloorRequested: _requested,
    e.RequestDeferred: _deferred,
    e.QueueReordered: _reordered,
    e.QueueClosed: _queue_closed,
    e.QueueOpened: _queue_closed,
    e.RequestPrepared: _prepared,
    e.RequestUnprepared: _unprepared,
    e.DevicesConfirmed: _devices_confirmed,
}
