"""The list of speakers: who waits, in which order, who is prepared. Rules 1-4, 7-9, 21.

Rules 5 and 6 (points of order, replies, manual places) have their one place in `_place_for`; until then order is by time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .refusals import (
    AlreadyPrepared,
    AlreadyWaiting,
    DelegateIsAbsent,
    ItemIsOver,
    ItemNotOpen,
    NoItemOpen,
    NotPermitted,
    NotPrepared,
    OrderDoesNotMatch,
    OutOfRange,
    QueueIsClosed,
    QueueIsOpen,
    ReasonTooLong,
    SiteNotConnected,
    TopicTooLong,
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
from .vocabulary import (
    Actor,
    RequestId,
    Role,
    SpeechKind,
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
    if item.is_queue_closed and actor.role is Role.SITE and not is_point_of_order:
        raise QueueIsClosed
    if state.frozen.is_present_only and state.is_absent(command.delegate_id, site_id):
        raise DelegateIsAbsent
    if any(
        r.delegate_id == command.delegate_id and r.is_point_of_order == is_point_of_order for r in state.queue(item_id)
    ):
        raise AlreadyWaiting
    request_id = RequestId(max(state.requests, default=0) + 1)
    return [
        e.FloorRequested(
            request_id=request_id,
            item_id=item_id,
            delegate_id=command.delegate_id,
            site_id=site_id,
            kind=command.kind,
            topic=topic,
            limit_seconds=command.limit_seconds,
            asked_by=actor.role,
        )
    ]


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


def _reorder(state: State, command: c.ReorderQueue, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    state.setup_item(command.item_id)
    waiting = state.queues.get(command.item_id, ())
    if len(command.request_ids) != len(waiting) or set(command.request_ids) != set(waiting):
        raise OrderDoesNotMatch
    return [e.QueueReordered(command.item_id, command.request_ids)]


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


def _place_for(request: SpeakerRequest, waiting: Sequence[RequestId]) -> int:
    """Where a new entry stands: last, by time. Rules 5 and 6 (points of order, replies, prepared speeches) come here."""
    return len(waiting)


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
    )
    waiting = list(state.queues.get(event.item_id, ()))
    waiting.insert(_place_for(request, waiting), request.id)
    return with_queue(changed(state, request, at), event.item_id, tuple(waiting))


def _prepared(state: State, event: e.RequestPrepared, at: datetime) -> State:
    request = state.requests[event.request_id]
    return changed(state, replace(request, prepared_at=at, unprepared_at=None), at)


def _unprepared(state: State, event: e.RequestUnprepared, at: datetime) -> State:
    request = state.requests[event.request_id]
    return changed(state, replace(request, prepared_at=None, devices_confirmed_at=None, unprepared_at=at), at)


def _devices_confirmed(state: State, event: e.DevicesConfirmed, at: datetime) -> State:
    return changed(state, replace(state.requests[event.request_id], devices_confirmed_at=at), at)


def _reordered(state: State, event: e.QueueReordered, at: datetime) -> State:
    return with_queue(state, event.item_id, event.request_ids)


def _queue_closed(state: State, event: e.QueueClosed | e.QueueOpened, at: datetime) -> State:
    item = replace(state.item(event.item_id), is_queue_closed=isinstance(event, e.QueueClosed))
    return replace(state, items={**state.items, event.item_id: item})


DECIDE: dict[type[Any], Decider] = {
    c.RequestFloor: _request_floor,
    c.WithdrawRequest: _withdraw,
    c.DeclineRequest: _decline,
    c.RemoveRequest: _remove,
    c.ReorderQueue: _reorder,
    c.CloseQueue: _close_queue,
    c.OpenQueue: _open_queue,
    c.PrepareRequest: _prepare,
    c.UnprepareRequest: _unprepare,
    c.ConfirmDevices: _confirm_devices,
}

APPLY: dict[type[Any], Applier] = {
    e.FloorRequested: _requested,
    e.QueueReordered: _reordered,
    e.QueueClosed: _queue_closed,
    e.QueueOpened: _queue_closed,
    e.RequestPrepared: _prepared,
    e.RequestUnprepared: _unprepared,
    e.DevicesConfirmed: _devices_confirmed,
}
