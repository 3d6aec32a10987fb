"""A speech and its clock, and what decisions about speeches share.

Theory. What stops a granted speech is a set of reasons (`paused_by`): muted or paused by the chair, conference suspended,
chair speaking, line lost, a point of order heard. Its clock runs exactly while it is on air and the set is empty (but for a
point of order that stops no clocks), so that reasons may overlap and time is never lost: every change of a speech goes
through `with_clock`, which books what was spoken so far (rules 13, 15).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import events as e
from .refusals import (
    ConferenceIsAdjourned,
    ConferenceIsSuspended,
    DoorsNotOpen,
    NotHolder,
    NotWaiting,
    NotYourSite,
)
from .state import SpeakerRequest, State
from .vocabulary import Actor, ConferenceStatus, ItemId, RequestId, Role, SiteId

Decider = Callable[[State, Any, Actor, datetime], Sequence[e.Event]]
Applier = Callable[[State, Any, datetime], State]


def require_live(state: State) -> None:
    """The floor is moved only between the opening of the doors and the adjournment, and not while suspended."""
    if state.status is ConferenceStatus.SCHEDULED:
        raise DoorsNotOpen
    if state.status is ConferenceStatus.SUSPENDED:
        raise ConferenceIsSuspended
    if state.status is ConferenceStatus.ADJOURNED:
        raise ConferenceIsAdjourned


def require_sitting(state: State) -> None:
    """From the opening of the doors to the adjournment, breaks included."""
    if state.status is ConferenceStatus.SCHEDULED:
        raise DoorsNotOpen
    if state.status is ConferenceStatus.ADJOURNED:
        raise ConferenceIsAdjourned


def require_own(actor: Actor, site_id: SiteId) -> None:
    if actor.role is Role.SITE and actor.site_id != site_id:
        raise NotYourSite


def waiting_request(state: State, request_id: RequestId) -> SpeakerRequest:
    request = state.request(request_id)
    if not request.is_waiting:
        raise NotWaiting
    return request


def floor_holder(state: State, request_id: RequestId) -> SpeakerRequest:
    request = state.request(request_id)
    if not request.is_granted:
        raise NotHolder
    return request


def with_clock(request: SpeakerRequest, at: datetime) -> SpeakerRequest:
    """Books what was spoken until `at` and lets the clock go on exactly while the speech runs."""
    if request.running_since is not None:
        spoken_ms = request.spoken(at) // timedelta(milliseconds=1)
        request = replace(request, spoken_ms=spoken_ms, running_since=None)
    return replace(request, running_since=at) if request.runs else request


def changed(state: State, request: SpeakerRequest, at: datetime) -> State:
    return replace(state, requests={**state.requests, request.id: with_clock(request, at)})


def with_queue(state: State, item_id: ItemId, request_ids: tuple[RequestId, ...]) -> State:
    return replace(state, queues={**state.queues, item_id: request_ids})


def without_entry(state: State, request: SpeakerRequest) -> State:
    """The entry leaves its queue."""
    waiting = state.queues[request.item_id]
    return with_queue(state, request.item_id, tuple(i for i in waiting if i != request.id))
