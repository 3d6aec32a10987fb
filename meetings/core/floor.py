"""A speech on the floor: released, revoked, cut, extended, muted, paused, lent to the chair. Rules 12-14, 17, 24.

How anybody comes to the floor is in `granting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import commands as c
from . import events as e
from .granting import going_on, granting_after
from .refusals import (
    AlreadyMuted,
    AlreadyPaused,
    ChairAlreadySpeaks,
    ChairDoesNotSpeak,
    NobodySpeaks,
    NotPaused,
    OutOfRange,
)
from .speech import (
    Applier,
    Decider,
    changed,
    floor_holder,
    require_live,
    require_own,
    without_entry,
)
from .state import SpeakerRequest, State
from .undo import offered
from .vocabulary import (
    Actor,
    CurrentSpeech,
    OnExceed,
    PauseReason,
    RequestStatus,
    UndoAct,
)

EXTENSION_SECONDS = range(10, 3601)

ENDED_BY: dict[type[Any], RequestStatus] = {
    e.FloorReleased: RequestStatus.RELEASED,
    e.FloorRevoked: RequestStatus.REVOKED,
    e.FloorCut: RequestStatus.REVOKED,
    e.RequestWithdrawn: RequestStatus.WITHDRAWN,
    e.RequestDeclined: RequestStatus.DECLINED,
    e.RequestRemoved: RequestStatus.REMOVED,
}

_LIFTED = frozenset({PauseReason.MUTED, PauseReason.PAUSED, PauseReason.CHAIR})
"""What the chair lifts by letting a speech go on; the others go by themselves."""


def _release(state: State, command: c.ReleaseFloor, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    require_own(actor, state.request(command.request_id).site_id)
    return releasing(state, floor_holder(state, command.request_id), now)


def releasing(state: State, request: SpeakerRequest, now: datetime) -> Sequence[e.Event]:
    """The speaker's own end of a speech; in FIFO the next comes at once."""
    return [e.FloorReleased(request.id), *_given_back(state, request), *granting_after(state, request, now)]


def _given_back(state: State, ended: SpeakerRequest) -> list[e.Event]:
    """What a point of order had interrupted goes on when it ends (rule 12)."""
    return going_on(state.holders(), PauseReason.POINT_OF_ORDER) if ended.is_point_of_order else []


def _revoke(state: State, command: c.RevokeFloor, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """The chair ends a speech and decides what comes next, in every mode."""
    require_live(state)
    request = floor_holder(state, command.request_id)
    return [e.FloorRevoked(request.id), *_given_back(state, request)]


def grace_began(state: State, request: SpeakerRequest) -> datetime | None:
    """Whence the grace of a speech counts that the clock will end (rule 14); None: it is not ended.

    From its deadline; later if only then the chair asked for cutting, or brought the speech back.
    """
    deadline = request.deadline()
    if state.settings.on_exceed is not OnExceed.CUT or deadline is None:
        return None
    return max(at for at in (deadline, state.cut_since, request.brought_back_at) if at is not None)


def grace(state: State) -> timedelta:
    return timedelta(seconds=state.settings.cut_grace_seconds)


def _cut(state: State, command: c.CutSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """Time that was added, or stopped, meanwhile leaves nothing to cut."""
    require_live(state)
    request = floor_holder(state, command.request_id)
    began = grace_began(state, request)
    if began is None or now < began + grace(state):
        return []
    return [e.FloorCut(request.id), *_given_back(state, request), *granting_after(state, request, now)]


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


def _pause(state: State, command: c.PauseSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    request = floor_holder(state, command.request_id)
    if PauseReason.PAUSED in request.paused_by:
        raise AlreadyPaused
    return [e.SpeechPaused(request.id, PauseReason.PAUSED)]


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
    lifted = request.paused_by & _LIFTED
    if not lifted:
        raise NotPaused
    own = [e.SpeechContinued(request.id, reason) for reason in sorted(lifted)]
    if not state.is_chair_speaking:
        return own
    others = [r for r in state.holders() if r.id != request.id]
    return [e.ChairYieldedFloor(), *own, *going_on(others, PauseReason.CHAIR)]


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
    return [e.ChairYieldedFloor(), *going_on(state.holders(), PauseReason.CHAIR)]


def _ended(state: State, event: Any, at: datetime) -> State:
    before, request = state, state.requests[event.request_id]
    ended = replace(
        request,
        status=ENDED_BY[type(event)],
        reason=getattr(event, "reason", ""),
        ended_at=at,
        paused_by=frozenset(),
        stopped_by=request.paused_by,
        held_since=None,
    )
    state = without_entry(changed(state, ended, at), request)
    act = UndoAct.END if request.is_granted else UndoAct.REMOVAL
    return offered(state, act, at, request, before=before)


def _extended(state: State, event: e.SpeechExtended, at: datetime) -> State:
    request = state.requests[event.request_id]
    longer = replace(request, limit_seconds=request.limit_seconds + event.seconds)
    return replace(state, requests={**state.requests, request.id: longer})


def _paused(state: State, event: e.SpeechPaused, at: datetime) -> State:
    request = state.requests[event.request_id]
    request = replace(request, paused_by=request.paused_by | {event.reason})
    if event.reason is PauseReason.LINE:
        request = replace(request, held_since=at)
    if event.reason is PauseReason.POINT_OF_ORDER:
        request = replace(request, is_clock_kept=event.is_clock_kept)
    return changed(state, request, at)


def _continued(state: State, event: e.SpeechContinued, at: datetime) -> State:
    request = state.requests[event.request_id]
    request = replace(request, paused_by=request.paused_by - {event.reason})
    if event.reason is PauseReason.LINE:
        request = replace(request, held_since=None)
    return changed(state, request, at)


def _chair_took_floor(state: State, event: e.ChairTookFloor | e.ChairYieldedFloor, at: datetime) -> State:
    return replace(state, is_chair_speaking=isinstance(event, e.ChairTookFloor))


DECIDE: dict[type[Any], Decider] = {
    c.ReleaseFloor: _release,
    c.RevokeFloor: _revoke,
    c.CutSpeech: _cut,
    c.ExtendSpeech: _extend,
    c.MuteHolder: _mute,
    c.MuteAll: _mute_all,
    c.PauseSpeech: _pause,
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
    e.FloorCut: _ended,
    e.SpeechExtended: _extended,
    e.SpeechPaused: _paused,
    e.SpeechContinued: _continued,
    e.ChairTookFloor: _chair_took_floor,
    e.ChairYieldedFloor: _chair_took_floor,
}
