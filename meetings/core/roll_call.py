"""The roll call by voice: one point after the other is heard and reports. Rules 35 and 36.

It goes through the points in the order of protocol and moves on by itself: when a point's time is over, or soon after its roll
has come in. A point that is not there is noted and passed over. A desk may stop it, go on by hand, take any point it likes.
While somebody holds the floor it waits: the floor comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import commands as c
from . import events as e
from .refusals import (
    ChairAlreadySpeaks,
    FloorIsTaken,
    NoRollCall,
    OutOfRange,
    RollCallIsPaused,
    RollCallRuns,
    SiteNotConnected,
    UnknownSite,
)
from .speech import Applier, Decider, require_live
from .state import RollCall, State
from .vocabulary import Actor, Role, SiteId

REPORT_SECONDS = range(3, 121)
AFTER_REPORT = timedelta(seconds=2)
"""So long a point is still heard once its roll has come in."""


def report_due(state: State) -> datetime | None:
    """When the roll call moves on by itself; None while it does not."""
    called, site_id = state.roll_call, state.reporting_site_id
    if called is None or called.is_paused or called.since is None or site_id is None:
        return None
    due = called.since + timedelta(seconds=called.seconds)
    confirmed = state.rolls_confirmed_at.get(site_id)
    return min(due, confirmed + AFTER_REPORT) if confirmed and confirmed > called.since else due


def coming_reports(state: State) -> Sequence[SiteId]:
    """Who has not been heard or noted as missing yet, in the order of protocol."""
    called = state.roll_call
    if called is None or state.setup is None or called.ended_at is not None:
        return ()
    done = {*called.heard, *called.missed, called.site_id}
    return [site.id for site in state.setup.sites if site.id not in done]


def _moving_on(state: State, coming: Sequence[SiteId]) -> list[e.Event]:
    """To the first of these who is there; those before it are noted as missing."""
    happened: list[e.Event] = []
    for site_id in coming:
        if state.is_reachable(site_id):
            return [*happened, e.ReportInvited(site_id)]
        happened.append(e.ReportMissed(site_id))
    return [*happened, e.RollCallEnded()]


def _require_free_floor(state: State) -> None:
    require_live(state)
    if state.is_chair_speaking:
        raise ChairAlreadySpeaks
    if state.holders():
        raise FloorIsTaken


def _running(state: State) -> RollCall:
    if state.roll_call is None or state.roll_call.ended_at is not None:
        raise NoRollCall
    return state.roll_call


def _start(state: State, command: c.StartRollCall, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_free_floor(state)
    if state.roll_call is not None and state.roll_call.ended_at is None:
        raise RollCallRuns
    if command.seconds not in REPORT_SECONDS:
        raise OutOfRange
    return [e.RollCallStarted(command.seconds), *_moving_on(state, [site.id for site in state.frozen.sites])]


def _invite(state: State, command: c.InviteReport, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """By hand: what goes by itself is stopped."""
    _require_free_floor(state)
    if not state.frozen.has_site(command.site_id):
        raise UnknownSite
    if not state.is_reachable(command.site_id):
        raise SiteNotConnected
    called = state.roll_call
    happened: list[e.Event] = [] if called is not None else [e.RollCallStarted(c.StartRollCall().seconds)]
    if called is None or not called.is_paused:
        happened.append(e.RollCallPaused())
    return [*happened, e.ReportInvited(command.site_id)]


def _next(state: State, command: c.NextReport, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """Only away from the point that the desk or the clock means: two at once pass over nobody."""
    called = state.roll_call
    if actor.role is Role.SYSTEM:
        due = report_due(state)
        if called is None or called.site_id != command.after or due is None or due > now:
            return []
    else:
        _require_free_floor(state)
        if _running(state).site_id != command.after:
            return []
    return _moving_on(state, coming_reports(state))


def _pause(state: State, command: c.PauseRollCall, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    if _running(state).is_paused:
        raise RollCallIsPaused
    return [e.RollCallPaused()]


def _continue(state: State, command: c.ContinueRollCall, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """The point that is heard has its whole time again."""
    _require_free_floor(state)
    if not _running(state).is_paused:
        raise RollCallRuns
    return [e.RollCallContinued()]


def _end(state: State, command: c.EndRollCall, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    _running(state)
    return [e.RollCallEnded()]


DECIDE: dict[type[Any], Decider] = {
    c.StartRollCall: _start,
    c.InviteReport: _invite,
    c.NextReport: _next,
    c.PauseRollCall: _pause,
    c.ContinueRollCall: _continue,
    c.EndRollCall: _end,
}


def _started(state: State, event: e.RollCallStarted, at: datetime) -> State:
    return replace(state, roll_call=RollCall(event.seconds))


def _called(state: State) -> RollCall:
    assert state.roll_call is not None
    return state.roll_call


def _left(called: RollCall) -> RollCall:
    """The point that was heard, if any, has been."""
    if called.site_id is None:
        return called
    heard = (*(one for one in called.heard if one != called.site_id), called.site_id)
    return replace(called, heard=heard, site_id=None, since=None)


def _invited(state: State, event: e.ReportInvited, at: datetime) -> State:
    called = _left(_called(state))
    missed = tuple(one for one in called.missed if one != event.site_id)
    called = replace(called, site_id=event.site_id, since=at, missed=missed, ended_at=None)
    closed = state.closed_microphones
    if event.site_id != state.presiding_site_id:
        closed = closed - {event.site_id}
    return replace(state, roll_call=called, closed_microphones=closed, card=None)


def _missed(state: State, event: e.ReportMissed, at: datetime) -> State:
    called = _left(_called(state))
    return replace(state, roll_call=replace(called, missed=(*called.missed, event.site_id)))


def _paused(state: State, event: e.RollCallPaused, at: datetime) -> State:
    return replace(state, roll_call=replace(_called(state), is_paused=True))


def _continued(state: State, event: e.RollCallContinued, at: datetime) -> State:
    called = _called(state)
    return replace(state, roll_call=replace(called, is_paused=False, since=at if called.site_id else None))


def _ended(state: State, event: e.RollCallEnded, at: datetime) -> State:
    return replace(state, roll_call=replace(_left(_called(state)), ended_at=at))


APPLY: dict[type[Any], Applier] = {
    e.RollCallStarted: _started,
    e.ReportInvited: _invited,
    e.ReportMissed: _missed,
    e.RollCallPaused: _paused,
    e.RollCallContinued: _continued,
    e.RollCallEnded: _ended,
}
