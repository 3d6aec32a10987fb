"""Attendance: per delegate, and a head count per site. Rule 4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .refusals import DoorsNotOpen, OutOfRange, UnknownDelegate, UnknownSite
from .speakers import checked_reason
from .speech import Applier, Decider, require_own
from .state import RollEntry, State
from .vocabulary import Actor, SiteId

HEAD_COUNT = range(0, 5001)


def _require_site(state: State, actor: Actor, site_id: SiteId) -> None:
    if state.setup is None:
        raise DoorsNotOpen
    if not state.frozen.has_site(site_id):
        raise UnknownSite
    require_own(actor, site_id)


def _mark(state: State, command: c.MarkRoll, actor: Actor, now: datetime) -> Sequence[e.Event]:
    if state.setup is None:
        raise DoorsNotOpen
    site_id = state.frozen.site_of(command.delegate_id)
    if site_id is None:
        raise UnknownDelegate
    require_own(actor, site_id)
    return [e.RollMarked(command.delegate_id, command.status, checked_reason(command.reason))]


def _count(state: State, command: c.ReportHeadCount, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    if command.count not in HEAD_COUNT:
        raise OutOfRange
    return [e.HeadCountReported(command.site_id, command.count)]


def _confirm(state: State, command: c.ConfirmRoll, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    return [e.RollConfirmed(command.site_id)]


DECIDE: dict[type[Any], Decider] = {c.MarkRoll: _mark, c.ReportHeadCount: _count, c.ConfirmRoll: _confirm}


def _marked(state: State, event: e.RollMarked, at: datetime) -> State:
    return replace(state, roll={**state.roll, event.delegate_id: RollEntry(event.status, event.reason)})


def _counted(state: State, event: e.HeadCountReported, at: datetime) -> State:
    return replace(state, head_counts={**state.head_counts, event.site_id: event.count})


def _confirmed(state: State, event: e.RollConfirmed, at: datetime) -> State:
    return replace(state, rolls_confirmed_at={**state.rolls_confirmed_at, event.site_id: at})


APPLY: dict[type[Any], Applier] = {
    e.RollMarked: _marked,
    e.HeadCountReported: _counted,
    e.RollConfirmed: _confirmed,
}
