"""The roll: per delegate, and a head count per site. Rule 4.

The point says that its roll is complete, the desk that it is right, and closes the roll of the conference. Nothing is locked
by that: who comes late is marked whenever, and the journal keeps who changed what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .attendance import summed
from .refusals import DoorsNotOpen, OutOfRange, TimesOutOfOrder, UnknownDelegate, UnknownSite
from .speakers import checked_reason
from .speech import Applier, Decider, require_own
from .state import RollEntry, State
from .vocabulary import Actor, DelegateId, Role, RollStatus, SiteId

HEAD_COUNT = range(0, 5001)
_CAME = (RollStatus.PRESENT, RollStatus.SUBSTITUTE)


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
    reason = checked_reason(command.reason)
    if command.status not in _CAME:
        return [e.RollMarked(command.delegate_id, command.status, reason)]
    came_at = command.came_at or _came_late(state, command.delegate_id, now)
    told = [at for at in (came_at, command.left_at) if at is not None]
    if told != sorted(told) or any(at > now for at in told):
        raise TimesOutOfOrder
    return [e.RollMarked(command.delegate_id, command.status, reason, came_at, command.left_at)]


def _came_late(state: State, delegate_id: DelegateId, now: datetime) -> datetime | None:
    """Who was told to be absent and comes after the opening comes now; a time that was kept stays."""
    entry = state.roll_entry(delegate_id)
    is_absent = entry.status in (RollStatus.EXCUSED, RollStatus.UNEXCUSED)
    return now if is_absent and state.convened_at is not None else entry.came_at


def _count(state: State, command: c.ReportHeadCount, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    if command.count not in HEAD_COUNT:
        raise OutOfRange
    return [e.HeadCountReported(command.site_id, command.count)]


def _confirm(state: State, command: c.ConfirmRoll, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, actor, command.site_id)
    return [e.RollConfirmed(command.site_id, is_by_desk=actor.role is not Role.SITE)]


def _close(state: State, command: c.CloseRoll, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """Closing it again takes in what has changed since."""
    if state.setup is None:
        raise DoorsNotOpen
    total = summed(state)
    return [e.RollClosed(total.present, total.expected)]


DECIDE: dict[type[Any], Decider] = {
    c.MarkRoll: _mark,
    c.ReportHeadCount: _count,
    c.ConfirmRoll: _confirm,
    c.CloseRoll: _close,
}


def _marked(state: State, event: e.RollMarked, at: datetime) -> State:
    entry = RollEntry(event.status, event.reason, event.came_at, event.left_at, at)
    site_id = state.frozen.site_of(event.delegate_id)
    assert site_id is not None
    return _changed(replace(state, roll={**state.roll, event.delegate_id: entry}), site_id, at)


def _counted(state: State, event: e.HeadCountReported, at: datetime) -> State:
    return _changed(replace(state, head_counts={**state.head_counts, event.site_id: event.count}), event.site_id, at)


def _changed(state: State, site_id: SiteId, at: datetime) -> State:
    return replace(state, rolls_changed_at={**state.rolls_changed_at, site_id: at})


def _confirmed(state: State, event: e.RollConfirmed, at: datetime) -> State:
    state = replace(state, rolls_confirmed_at={**state.rolls_confirmed_at, event.site_id: at})
    if event.is_by_desk:
        state = replace(state, rolls_checked_at={**state.rolls_checked_at, event.site_id: at})
    return state


def _closed(state: State, event: e.RollClosed, at: datetime) -> State:
    return replace(state, roll_closed_at=at)


APPLY: dict[type[Any], Applier] = {
    e.RollMarked: _marked,
    e.HeadCountReported: _counted,
    e.RollConfirmed: _confirmed,
    e.RollClosed: _closed,
}
