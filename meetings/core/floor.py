"""The floor: granted, released, revoked, extended, muted, lent to the chair. Rules 10, 11, 13-15, 17, 20, 21, 24.

A granted request is the speech itself: first a warning of 3 s unless it was prepared (rule 21), then on air. Rules 12, 16,
19, 23 and 25 come later: several holders have their one place in `State.holders`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .refusals import (
    AlreadyMuted,
    ChairAlreadySpeaks,
    ChairDoesNotSpeak,
    ItemNotOpen,
    NobodyConnected,
    NobodySpeaks,
    NotPaused,
    OutOfRange,
    QueueIsEmpty,
    SiteNotConnected,
)
from .speech import (
    Applier,
    Decider,
    changed,
    floor_holder,
    require_live,
    require_own,
    waiting_request,
    without_entry,
)
from .state import PREPARE_BEFORE_END, SpeakerRequest, State
from .vocabulary import (
    Actor,
    ConferenceStatus,
    CurrentSpeech,
    PauseReason,
    RequestStatus,
)

EXTENSION_SECONDS = range(10, 3601)

ENDED_BY: dict[type[Any], RequestStatus] = {
    e.FloorReleased: RequestStatus.RELEASED,
    e.FloorRevoked: RequestStatus.REVOKED,
    e.RequestWithdrawn: RequestStatus.WITHDRAWN,
    e.RequestDeclined: RequestStatus.DECLINED,
    e.RequestRemoved: RequestStatus.REMOVED,
}


def _grant(state: State, command: c.GrantFloor, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = waiting_request(state, command.request_id)
    if request.item_id != state.current_item_id:
        raise ItemNotOpen
    if not state.is_reachable(request.site_id):
        raise SiteNotConnected
    return _granting(state, request, now)


def _grant_next(state: State, command: c.GrantNext, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    following = state.next_request()
    if following is None:
        raise NobodyConnected if any(state.queue(state.current_item_id)) else QueueIsEmpty
    return _granting(state, following, now)


def _granting(state: State, request: SpeakerRequest, now: datetime) -> Sequence[e.Event]:
    """Ends the current speech and starts the new one in one step (rule 11)."""
    happened: list[e.Event] = [e.FloorRevoked(r.id) for r in state.holders()]
    if state.is_chair_speaking:
        happened.append(e.ChairYieldedFloor())
    happened.append(e.FloorGranted(request.id, limit_in_force(state, request)))
    if request.site_id == state.presiding_site_id or request.is_ready(now):
        happened.append(e.WentOnAir(request.id))
    return happened


def limit_in_force(state: State, request: SpeakerRequest) -> int:
    """Seconds, from the request, else the item, else the conference (rule 14)."""
    return (
        request.asked_limit_seconds
        or state.setup_item(request.item_id).speech_limit_seconds
        or state.frozen.speech_limit_seconds
    )


def _go_on_air(state: State, command: c.GoOnAir, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = floor_holder(state, command.request_id)
    return [e.WentOnAir(request.id)] if request.on_air_at is None else []


def _release(state: State, command: c.ReleaseFloor, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    require_own(actor, state.request(command.request_id).site_id)
    return [e.FloorReleased(floor_holder(state, command.request_id).id)]


def _revoke(state: State, command: c.RevokeFloor, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    return [e.FloorRevoked(floor_holder(state, command.request_id).id)]


def _extend(state: State, command: c.ExtendSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = floor_holder(state, command.request_id)
    if command.seconds not in EXTENSION_SECONDS:
        raise OutOfRange
    return [e.SpeechExtended(request.id, command.seconds)]


def _mute(state: State, command: c.MuteHolder, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = floor_holder(state, command.request_id)
    if PauseReason.MUTED in request.paused_by:
        raise AlreadyMuted
    return [e.SpeechPaused(request.id, PauseReason.MUTED)]


def _mute_all(state: State, command: c.MuteAll, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    if not state.holders():
        raise NobodySpeaks
    muted = [e.SpeechPaused(r.id, PauseReason.MUTED) for r in state.holders() if PauseReason.MUTED not in r.paused_by]
    if not muted:
        raise AlreadyMuted
    return muted


def _resume_speech(state: State, command: c.ResumeSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = floor_holder(state, command.request_id)
    lifted = request.paused_by & {PauseReason.MUTED, PauseReason.CHAIR}
    if not lifted:
        raise NotPaused
    yielded = [e.ChairYieldedFloor()] if state.is_chair_speaking else []
    return [*yielded, *(e.SpeechContinued(request.id, reason) for reason in sorted(lifted))]


def _chair_speaks(state: State, command: c.ChairSpeaks, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    if state.is_chair_speaking:
        raise ChairAlreadySpeaks
    end = command.current is CurrentSpeech.END
    current: list[e.Event] = [
        e.FloorRevoked(r.id) if end else e.SpeechPaused(r.id, PauseReason.CHAIR) for r in state.holders()
    ]
    return [*current, e.ChairTookFloor()]


def _end_chair_speech(state: State, command: c.EndChairSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    if not state.is_chair_speaking:
        raise ChairDoesNotSpeak
    return [
        e.ChairYieldedFloor(),
        *(e.SpeechContinued(r.id, PauseReason.CHAIR) for r in state.holders() if PauseReason.CHAIR in r.paused_by),
    ]


def deadlines(state: State) -> Iterable[tuple[datetime, str, c.Command]]:
    """`(when, command id, command)` of everything the clock will ask of this state; the ids make each happen once."""
    if state.status not in (ConferenceStatus.DOORS_OPEN, ConferenceStatus.CONVENED):
        return
    for holder in state.holders():
        due = holder.on_air_due()
        if holder.on_air_at is None and due is not None:
            yield due, f"on-air:{holder.id}:{due.isoformat()}", c.GoOnAir(holder.id)
        deadline = holder.deadline()
        following = state.next_request()
        if deadline and following and not following.unprepared_at and state.prepared_request() is None:
            yield (
                deadline - PREPARE_BEFORE_END,
                f"prepare:{holder.id}:{following.id}",
                c.PrepareRequest(following.id),
            )


def _ended(state: State, event: e.Event, at: datetime) -> State:
    request = state.requests[event.request_id]  # type: ignore[union-attr]
    ended = replace(
        request,
        status=ENDED_BY[type(event)],
        reason=getattr(event, "reason", ""),
        ended_at=at,
        paused_by=frozenset(),
    )
    return without_entry(changed(state, ended, at), request)


def _granted(state: State, event: e.FloorGranted, at: datetime) -> State:
    """The speaker's microphone starts open (rule 18), except the presiding site's, which is its own affair (rule 34)."""
    request = replace(
        state.requests[event.request_id],
        status=RequestStatus.GRANTED,
        granted_at=at,
        limit_seconds=event.limit_seconds,
    )
    # Whoever speaks is seen: a card that was forgotten does not stand before the speaker.
    state = replace(without_entry(changed(state, request, at), request), card=None)
    if request.site_id == state.presiding_site_id:
        return state
    return replace(state, closed_microphones=state.closed_microphones - {request.site_id})


def _went_on_air(state: State, event: e.WentOnAir, at: datetime) -> State:
    return changed(state, replace(state.requests[event.request_id], on_air_at=at), at)


def _extended(state: State, event: e.SpeechExtended, at: datetime) -> State:
    request = state.requests[event.request_id]
    return replace(
        state,
        requests={
            **state.requests,
            request.id: replace(request, limit_seconds=request.limit_seconds + event.seconds),
        },
    )


def _paused(state: State, event: e.SpeechPaused, at: datetime) -> State:
    request = state.requests[event.request_id]
    return changed(state, replace(request, paused_by=request.paused_by | {event.reason}), at)


def _continued(state: State, event: e.SpeechContinued, at: datetime) -> State:
    request = state.requests[event.request_id]
    return changed(state, replace(request, paused_by=request.paused_by - {event.reason}), at)


def _chair_took_floor(state: State, event: e.ChairTookFloor | e.ChairYieldedFloor, at: datetime) -> State:
    return replace(state, is_chair_speaking=isinstance(event, e.ChairTookFloor))


DECIDE: dict[type[Any], Decider] = {
    c.GrantFloor: _grant,
    c.GrantNext: _grant_next,
    c.GoOnAir: _go_on_air,
    c.ReleaseFloor: _release,
    c.RevokeFloor: _revoke,
    c.ExtendSpeech: _extend,
    c.MuteHolder: _mute,
    c.MuteAll: _mute_all,
    c.ResumeSpeech: _resume_speech,
    c.ChairSpeaks: _chair_speaks,
    c.EndChairSpeech: _end_chair_speech,
}

APPLY: dict[type[Any], Applier] = {
    e.RequestWithdrawn: _ended,
    e.RequestDeclined: _ended,
    e.RequestRemoved: _ended,
    e.FloorReleased: _ended,
    e.FloorRevoked: _ended,
    e.FloorGranted: _granted,
    e.WentOnAir: _went_on_air,
    e.SpeechExtended: _extended,
    e.SpeechPaused: _paused,
    e.SpeechContinued: _continued,
    e.ChairTookFloor: _chair_took_floor,
    e.ChairYieldedFloor: _chair_took_floor,
}
