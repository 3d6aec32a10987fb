"""Microphones and lines of the sites. Rules 18, 19 and 22.

Presence (outside) decides when a site is connected and when a holder counts as lost; here it becomes part of the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .entry import let_in
from .floor import releasing
from .granting import taking
from .refusals import DoorsNotOpen, MicrophoneIsTheChairs, NotAdmitted, UnknownSite
from .share import share_lost
from .speech import (
    Applier,
    Decider,
    require_own,
)
from .state import State
from .vocabulary import (
    Actor,
    ConferenceStatus,
    FloorMode,
    PauseReason,
    SiteId,
)


def _close_microphone(state: State, command: c.CloseMicrophone, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """Whoever took the floor itself gives it back by closing its microphone (rule 19)."""
    _require_site(state, actor, command.site_id)
    taken = next((r for r in state.holders() if r.site_id == command.site_id and r.is_free), None)
    if taken is not None and state.status is not ConferenceStatus.SUSPENDED:
        return releasing(state, taken, now)
    return [] if command.site_id in state.closed_microphones else [e.MicrophoneClosed(command.site_id)]


def _open_microphone(state: State, command: c.OpenMicrophone, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    if not state.is_admitted(command.site_id):
        raise NotAdmitted
    own = [r for r in state.holders() if r.site_id == command.site_id]
    is_presiding = command.site_id == state.presiding_site_id
    is_reporting = command.site_id == state.reporting_site_id
    if not own and not is_presiding and not is_reporting and state.settings.mode is FloorMode.FREE_DISCUSSION:
        return taking(state, command.site_id, command.delegate_id, actor)
    if not is_presiding and not is_reporting and all(PauseReason.MUTED in r.paused_by for r in own):
        raise MicrophoneIsTheChairs
    return [e.MicrophoneOpened(command.site_id)] if command.site_id in state.closed_microphones else []


def _require_site(state: State, actor: Actor, site_id: SiteId) -> None:
    if state.status is ConferenceStatus.SCHEDULED:
        raise DoorsNotOpen
    if not state.frozen.has_site(site_id):
        raise UnknownSite
    require_own(actor, site_id)


def _report_connected(state: State, command: c.ReportConnected, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    if state.status is ConferenceStatus.ADJOURNED:
        return []
    return [] if command.site_id in state.connected else [e.SiteConnected(command.site_id)]


def _report_disconnected(state: State, command: c.ReportDisconnected, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    if command.site_id not in state.connected:
        return []
    return [e.SiteDisconnected(command.site_id), *_holding(state, command.site_id)]


def _hold(state: State, command: c.HoldSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    return _holding(state, command.site_id)


def _holding(state: State, site_id: SiteId) -> Sequence[e.Event]:
    """A presiding site's speaker is heard in the room itself, so only other sites are held."""
    if site_id == state.presiding_site_id:
        return []
    return [
        e.SpeechPaused(r.id, PauseReason.LINE)
        for r in state.holders()
        if r.site_id == site_id and PauseReason.LINE not in r.paused_by
    ]


def _continue(state: State, command: c.ContinueSpeech, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    return [
        e.SpeechContinued(r.id, PauseReason.LINE)
        for r in state.holders()
        if r.site_id == command.site_id and PauseReason.LINE in r.paused_by
    ]


def _microphone_closed(state: State, event: e.MicrophoneClosed, at: datetime) -> State:
    return replace(state, closed_microphones=state.closed_microphones | {event.site_id})


def _microphone_opened(state: State, event: e.MicrophoneOpened, at: datetime) -> State:
    return replace(state, closed_microphones=state.closed_microphones - {event.site_id})


def _site_connected(state: State, event: e.SiteConnected, at: datetime) -> State:
    state = replace(state, connected=state.connected | {event.site_id}, arrived=state.arrived | {event.site_id})
    state = share_lost(state, event.site_id, None)
    return let_in(state, [event.site_id]) if state.is_open_to_all else state


def _site_disconnected(state: State, event: e.SiteDisconnected, at: datetime) -> State:
    """Devices confirmed over a line that is lost are confirmed no longer (rule 21)."""
    unsure = {
        r.id: replace(r, devices_confirmed_at=None)
        for r in state.requests.values()
        if r.site_id == event.site_id and r.is_waiting
    }
    state = share_lost(state, event.site_id, at)
    return replace(state, connected=state.connected - {event.site_id}, requests={**state.requests, **unsure})


DECIDE: dict[type[Any], Decider] = {
    c.CloseMicrophone: _close_microphone,
    c.OpenMicrophone: _open_microphone,
    c.ReportConnected: _report_connected,
    c.ReportDisconnected: _report_disconnected,
    c.HoldSpeech: _hold,
    c.ContinueSpeech: _continue,
}

APPLY: dict[type[Any], Applier] = {
    e.MicrophoneClosed: _microphone_closed,
    e.MicrophoneOpened: _microphone_opened,
    e.SiteConnected: _site_connected,
    e.SiteDisconnected: _site_disconnected,
}
