"""The sitting itself: doors, convening, suspending, adjourning, and who may act for the chair. Rules 24, 36."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .attendance import is_quorate
from .refusals import (
    AlreadyConvened,
    ConferenceIsAdjourned,
    ConferenceIsSuspended,
    DoorsAlreadyOpen,
    DoorsNotOpen,
    NoActingChair,
    NotConvened,
    NotQuorate,
    NotSuspended,
    SetupIncomplete,
)
from .setup import Setup
from .speech import Applier, Decider
from .state import State
from .undo import floor_moved_on
from .vocabulary import Actor, Card, ConferenceStatus, PauseReason, RequestId, SpeechKind

_STATUS_REFUSAL = {
    ConferenceStatus.SCHEDULED: DoorsNotOpen,
    ConferenceStatus.DOORS_OPEN: NotConvened,
    ConferenceStatus.CONVENED: AlreadyConvened,
    ConferenceStatus.SUSPENDED: ConferenceIsSuspended,
    ConferenceStatus.ADJOURNED: ConferenceIsAdjourned,
}


def _require(state: State, *allowed: ConferenceStatus) -> None:
    if state.status not in allowed:
        raise _STATUS_REFUSAL[state.status]


def _open_doors(state: State, command: c.OpenDoors, actor: Actor, now: datetime) -> Sequence[e.Event]:
    if state.status is not ConferenceStatus.SCHEDULED:
        raise DoorsAlreadyOpen
    if not command.setup.sites or not command.setup.items:
        raise SetupIncomplete
    return [e.DoorsOpened(command.setup), *_assigned_speeches(command.setup, actor)]


def _assigned_speeches(setup: Setup, actor: Actor) -> Sequence[e.Event]:
    """Speeches assigned beforehand wait in their item's list, in the agenda's order (rule 5)."""
    assigned = [(item.id, speech) for item in setup.items for speech in item.speeches]
    return [
        e.FloorRequested(
            request_id=RequestId(number),
            item_id=item_id,
            delegate_id=speech.delegate_id,
            site_id=site_id,
            kind=SpeechKind.PREPARED_SPEECH,
            topic=speech.topic,
            limit_seconds=speech.limit_seconds,
            asked_by=actor.role,
        )
        for number, (item_id, speech) in enumerate(assigned, 1)
        if (site_id := setup.site_of(speech.delegate_id)) is not None
    ]


def _convene(state: State, command: c.Convene, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """Without its quorum the conference is opened only knowingly; nothing ever stands in the way of that."""
    _require(state, ConferenceStatus.DOORS_OPEN)
    if not command.is_confirmed and not is_quorate(state):
        raise NotQuorate
    return [e.ConferenceConvened()]


def _suspend(state: State, command: c.Suspend, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require(state, ConferenceStatus.CONVENED)
    paused = [e.SpeechPaused(r.id, PauseReason.SUSPENDED) for r in state.holders()]
    return [*paused, e.ConferenceSuspended()]


def _resume(state: State, command: c.Resume, actor: Actor, now: datetime) -> Sequence[e.Event]:
    if state.status is not ConferenceStatus.SUSPENDED:
        raise NotSuspended
    continued = [e.SpeechContinued(r.id, PauseReason.SUSPENDED) for r in state.holders()]
    return [e.ConferenceResumed(), *continued]


def _adjourn(state: State, command: c.Adjourn, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """A running speech or an open item never stands in the way of closing."""
    _require(state, ConferenceStatus.CONVENED, ConferenceStatus.SUSPENDED)
    events: list[e.Event] = [e.FloorRevoked(r.id) for r in state.holders()]
    if state.current_item_id is not None:
        events.append(e.ItemClosed(state.current_item_id))
    return [*events, e.ConferenceAdjourned()]


def _appoint(state: State, command: c.AppointActingChair, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_open(state)
    return [e.ActingChairAppointed(command.account_id)]


def _dismiss(state: State, command: c.DismissActingChair, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_open(state)
    if state.acting_chair is None:
        raise NoActingChair
    return [e.ActingChairDismissed()]


def _require_open(state: State) -> None:
    _require(state, ConferenceStatus.DOORS_OPEN, ConferenceStatus.CONVENED, ConferenceStatus.SUSPENDED)


DECIDE: dict[type[Any], Decider] = {
    c.OpenDoors: _open_doors,
    c.Convene: _convene,
    c.Suspend: _suspend,
    c.Resume: _resume,
    c.Adjourn: _adjourn,
    c.AppointActingChair: _appoint,
    c.DismissActingChair: _dismiss,
}


def _doors_opened(state: State, event: e.DoorsOpened, at: datetime) -> State:
    return replace(state, setup=event.setup, status=ConferenceStatus.DOORS_OPEN, doors_opened_at=at)


def _convened(state: State, event: e.ConferenceConvened, at: datetime) -> State:
    return replace(state, status=ConferenceStatus.CONVENED, convened_at=at, card=None)


def _suspended(state: State, event: e.ConferenceSuspended, at: datetime) -> State:
    shown = state.card if state.card and state.card.card is Card.BREAK else None
    return replace(
        floor_moved_on(state), status=ConferenceStatus.SUSPENDED, suspended_at=at, card=shown, shown_share=None
    )


def _resumed(state: State, event: e.ConferenceResumed, at: datetime) -> State:
    return replace(state, status=ConferenceStatus.CONVENED, suspended_at=None, card=None)


def _adjourned(state: State, event: e.ConferenceAdjourned, at: datetime) -> State:
    end = state.card if state.card and state.card.card is Card.END else None
    return replace(
        state,
        status=ConferenceStatus.ADJOURNED,
        adjourned_at=at,
        suspended_at=None,
        is_chair_speaking=False,
        roll_call=None,
        undoable=(),
        shares={},
        shown_share=None,
        card=end,
    )


def _appointed(state: State, event: e.ActingChairAppointed, at: datetime) -> State:
    return replace(state, acting_chair=event.account_id)


def _dismissed(state: State, event: e.ActingChairDismissed, at: datetime) -> State:
    return replace(state, acting_chair=None)


APPLY: dict[type[Any], Applier] = {
    e.DoorsOpened: _doors_opened,
    e.ConferenceConvened: _convened,
    e.ConferenceSuspended: _suspended,
    e.ConferenceResumed: _resumed,
    e.ConferenceAdjourned: _adjourned,
    e.ActingChairAppointed: _appointed,
    e.ActingChairDismissed: _dismissed,
}
