"""The paper picture: a point's screen or second camera, offered by the point, shown by a desk. Rules 42, 43.

An offer is told to its point and the desks only, and nothing of it leaves the point before it is shown. What is shown is one
picture for all; it changes what is seen, never who is heard. An offer outlives a short loss of the line, as a turn does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import commands as c
from . import events as e
from .refusals import (
    AlreadySharing,
    ConferenceIsAdjourned,
    ConferenceIsSuspended,
    DoorsNotOpen,
    NotAdmitted,
    NotConvened,
    NotSharing,
    ShareNotShown,
    SiteNotConnected,
    UnknownSite,
)
from .speech import Applier, Decider, require_own
from .state import Share, State
from .vocabulary import Actor, ConferenceStatus, Role, SiteId

KEPT_FOR = timedelta(seconds=30)
"""So long an offer waits for a point whose line is lost."""

_NOT_NOW = {
    ConferenceStatus.SCHEDULED: DoorsNotOpen,
    ConferenceStatus.DOORS_OPEN: NotConvened,
    ConferenceStatus.SUSPENDED: ConferenceIsSuspended,
    ConferenceStatus.ADJOURNED: ConferenceIsAdjourned,
}


def shares_due(state: State) -> Iterable[tuple[datetime, SiteId]]:
    """When the offers of points that are away will end."""
    for site_id, share in state.shares.items():
        if share.lost_since is not None:
            yield share.lost_since + KEPT_FOR, site_id


def _offer(state: State, command: c.OfferShare, actor: Actor, now: datetime) -> Sequence[e.Event]:
    if state.status in (ConferenceStatus.SCHEDULED, ConferenceStatus.ADJOURNED):
        raise _NOT_NOW[state.status]
    if not state.frozen.has_site(command.site_id):
        raise UnknownSite
    require_own(actor, command.site_id)
    if not state.is_admitted(command.site_id):
        raise NotAdmitted
    if command.site_id in state.shares:
        raise AlreadySharing
    return [e.ShareOffered(command.site_id, command.source)]


def _end(state: State, command: c.EndShare, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_own(actor, command.site_id)
    if command.site_id in state.shares:
        return [e.ShareEnded(command.site_id)]
    if actor.role is Role.SYSTEM:
        return []
    raise NotSharing


def _show(state: State, command: c.ShowShare, actor: Actor, now: datetime) -> Sequence[e.Event]:
    if state.status in _NOT_NOW:
        raise _NOT_NOW[state.status]
    if command.site_id not in state.shares:
        raise NotSharing
    if command.site_id not in state.connected:
        raise SiteNotConnected
    uncovered: list[e.Event] = [e.CardHidden()] if state.card is not None else []
    shown = [e.ShareShown(command.site_id)] if state.shown_share != command.site_id else []
    return [*uncovered, *shown]


def _hide(state: State, command: c.HideShare, actor: Actor, now: datetime) -> Sequence[e.Event]:
    if state.shown_share is None:
        raise ShareNotShown
    return [e.ShareHidden()]


DECIDE: dict[type[Any], Decider] = {
    c.OfferShare: _offer,
    c.EndShare: _end,
    c.ShowShare: _show,
    c.HideShare: _hide,
}


def without_share(state: State, site_id: SiteId) -> State:
    """Nothing of the site is offered or shown any more."""
    shares = {key: share for key, share in state.shares.items() if key != site_id}
    shown = None if state.shown_share == site_id else state.shown_share
    return replace(state, shares=shares, shown_share=shown)


def share_lost(state: State, site_id: SiteId, since: datetime | None) -> State:
    """The site's line is lost since then; None: it is back."""
    share = state.shares.get(site_id)
    if share is None:
        return state
    return replace(state, shares={**state.shares, site_id: replace(share, lost_since=since)})


def _offered(state: State, event: e.ShareOffered, at: datetime) -> State:
    return replace(state, shares={**state.shares, event.site_id: Share(event.source, at)})


def _ended(state: State, event: e.ShareEnded, at: datetime) -> State:
    return without_share(state, event.site_id)


def _shown(state: State, event: e.ShareShown, at: datetime) -> State:
    return replace(state, shown_share=event.site_id)


def _hidden(state: State, event: e.ShareHidden, at: datetime) -> State:
    return replace(state, shown_share=None)


APPLY: dict[type[Any], Applier] = {
    e.ShareOffered: _offered,
    e.ShareEnded: _ended,
    e.ShareShown: _shown,
    e.ShareHidden: _hidden,
}
