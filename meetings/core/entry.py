"""The door: who is let in, sent away, kept outside. Rules 37-41.

A point that has not been admitted is connected all the same (it waits, writes, reads papers), but nothing of the conference
reaches it. Whoever was let in keeps its place while it is away, so that a lost line never costs a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .permissions import require_chair
from .refusals import (
    AlreadyAdmitted,
    AlreadyRemoved,
    CeilingReached,
    ConferenceIsAdjourned,
    DoorsNotOpen,
    EntryIsLocked,
    EntryIsOpen,
    HallStays,
    UnknownSite,
)
from .setup import EntrySettings
from .share import without_share
from .speakers import checked_reason
from .speech import Applier, Decider
from .state import State
from .vocabulary import Actor, ConferenceStatus, Role, SiteId


def may_receive(state: State, prepared: EntrySettings, site_id: SiteId, is_hall: bool) -> bool:
    """Whether media of the conference may go to the site; `prepared` is what will be frozen when the doors open."""
    if state.setup is None:
        return is_hall or prepared.is_free
    return state.is_admitted(site_id)


def let_in(state: State, site_ids: Iterable[SiteId]) -> State:
    """The first of them, as far as there are places."""
    for site_id in site_ids:
        if state.has_place and site_id not in state.removed and not state.frozen.is_hall(site_id):
            state = replace(state, admitted=state.admitted | {site_id})
    return state


def _require_door(state: State) -> None:
    if state.status is ConferenceStatus.SCHEDULED:
        raise DoorsNotOpen
    if state.status is ConferenceStatus.ADJOURNED:
        raise ConferenceIsAdjourned


def _require_site(state: State, site_id: SiteId) -> None:
    _require_door(state)
    if not state.frozen.has_site(site_id):
        raise UnknownSite


def _admit(state: State, command: c.AdmitSite, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_site(state, command.site_id)
    if state.is_admitted(command.site_id):
        raise AlreadyAdmitted
    if not state.has_place:
        raise CeilingReached
    return [e.SiteAdmitted(command.site_id)]


def _admit_all(state: State, command: c.AdmitAll, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_door(state)
    waits = any(not state.is_admitted(site_id) and site_id not in state.removed for site_id in state.connected)
    if not state.are_all_admitted or (waits and state.has_place):
        return [e.AllAdmitted()]
    if actor.role is Role.SYSTEM:
        return []
    raise AlreadyAdmitted


def _remove(state: State, command: c.RemoveSite, actor: Actor, now: datetime) -> Sequence[e.Event]:
    """Ending a speech is the chair's, also this way (rule 36)."""
    _require_site(state, command.site_id)
    if state.frozen.is_hall(command.site_id) or command.site_id == state.presiding_site_id:
        raise HallStays
    if command.site_id in state.removed:
        raise AlreadyRemoved
    speaks = [r for r in state.holders() if r.site_id == command.site_id]
    if speaks:
        require_chair(state, actor)
    return [*(e.FloorRevoked(r.id) for r in speaks), e.SiteRemoved(command.site_id, checked_reason(command.reason))]


def _lock(state: State, command: c.LockEntry, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_door(state)
    if state.is_entry_locked:
        raise EntryIsLocked
    return [e.EntryLocked()]


def _unlock(state: State, command: c.UnlockEntry, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_door(state)
    if not state.is_entry_locked:
        raise EntryIsOpen
    return [e.EntryUnlocked()]


DECIDE: dict[type[Any], Decider] = {
    c.AdmitSite: _admit,
    c.AdmitAll: _admit_all,
    c.RemoveSite: _remove,
    c.LockEntry: _lock,
    c.UnlockEntry: _unlock,
}


def _in_order(state: State, site_ids: frozenset[SiteId]) -> list[SiteId]:
    return [site.id for site in state.frozen.sites if site.id in site_ids]


def _admitted(state: State, event: e.SiteAdmitted, at: datetime) -> State:
    removed = {site_id: reason for site_id, reason in state.removed.items() if site_id != event.site_id}
    return replace(state, admitted=state.admitted | {event.site_id}, removed=removed)


def _all_admitted(state: State, event: e.AllAdmitted, at: datetime) -> State:
    return replace(let_in(state, _in_order(state, state.connected)), are_all_admitted=True)


def _removed(state: State, event: e.SiteRemoved, at: datetime) -> State:
    return replace(
        without_share(state, event.site_id),
        admitted=state.admitted - {event.site_id},
        removed={**state.removed, event.site_id: event.reason},
    )


def _locked(state: State, event: e.EntryLocked, at: datetime) -> State:
    """Who has been there may come back."""
    been = let_in(state, _in_order(state, state.arrived)) if state.is_open_to_all else state
    return replace(been, is_entry_locked=True)


def _unlocked(state: State, event: e.EntryUnlocked, at: datetime) -> State:
    state = replace(state, is_entry_locked=False)
    return let_in(state, _in_order(state, state.connected)) if state.is_open_to_all else state


APPLY: dict[type[Any], Applier] = {
    e.SiteAdmitted: _admitted,
    e.AllAdmitted: _all_admitted,
    e.SiteRemoved: _removed,
    e.EntryLocked: _locked,
    e.EntryUnlocked: _unlocked,
}
