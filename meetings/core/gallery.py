"""The gallery: sixteen sites at a time, in protocol order, on the hall screen and at the desks.

There is one page for all who look, since the pictures come on sixteen tile buses. Whether the hall screen shows it is the
desk's choice, and lasts like a card; it changes what is seen, never who is heard (rule 31). A site keeps its place whether it
is connected or not: a lost point is shown as lost, and nobody moves because of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .refusals import ConferenceIsAdjourned, DoorsNotOpen, GalleryNotShown, OutOfRange
from .speech import Applier, Decider
from .state import Gallery, State
from .vocabulary import Actor, ConferenceStatus, GalleryTime, SiteId

TILES = 16
"""How many fit the hall screen, and how many tile buses there are."""

TURN_SECONDS = range(10, 601)


def page_count(state: State) -> int:
    """How many pages hold all sites; one before the doors open."""
    return max(1, -(-len(state.setup.sites) // TILES)) if state.setup else 1


def tiles(state: State) -> tuple[SiteId, ...]:
    """The sites of the present page, in protocol order. None in a break: it is private, as before and after the sitting."""
    if state.setup is None or state.status not in (ConferenceStatus.DOORS_OPEN, ConferenceStatus.CONVENED):
        return ()
    first = (state.gallery.page - 1) * TILES
    return tuple(site.id for site in state.setup.sites[first : first + TILES])


def is_on_screen(state: State) -> bool:
    """Whether the hall screen shows the gallery now: a desk asked for it, no card or share covers it, no speech comes first."""
    gallery = state.gallery
    if gallery.shown is None or state.card is not None or state.shown_share is not None or not tiles(state):
        return False
    return gallery.shown is GalleryTime.ALWAYS or not (state.holders() or state.is_chair_speaking)


def turn_due(state: State) -> datetime | None:
    """When the page turns by itself; never while nobody in the hall sees it."""
    gallery = state.gallery
    if gallery.turn is None or gallery.turned_at is None or page_count(state) == 1 or not is_on_screen(state):
        return None
    return gallery.turned_at + gallery.turn


def _require_sitting(state: State) -> None:
    if state.status is ConferenceStatus.SCHEDULED:
        raise DoorsNotOpen
    if state.status is ConferenceStatus.ADJOURNED:
        raise ConferenceIsAdjourned


def _require_page(state: State, page: int) -> None:
    if not 1 <= page <= page_count(state):
        raise OutOfRange


def _show(state: State, command: c.ShowGallery, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_sitting(state)
    page = state.gallery.page if command.page is None else command.page
    _require_page(state, page)
    if command.turn_seconds is not None and command.turn_seconds not in TURN_SECONDS:
        raise OutOfRange
    uncovered: list[e.Event] = [e.CardHidden()] if state.card is not None else []
    return [*uncovered, e.GalleryShown(command.when, page, command.turn_seconds)]


def _turn(state: State, command: c.TurnGallery, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_sitting(state)
    _require_page(state, command.page)
    return [e.GalleryTurned(command.page)] if command.page != state.gallery.page else []


def _hide(state: State, command: c.HideGallery, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_sitting(state)
    if state.gallery.shown is None:
        raise GalleryNotShown
    return [e.GalleryHidden()]


DECIDE: dict[type[Any], Decider] = {
    c.ShowGallery: _show,
    c.TurnGallery: _turn,
    c.HideGallery: _hide,
}


def _shown(state: State, event: e.GalleryShown, at: datetime) -> State:
    return replace(state, gallery=Gallery(event.page, event.when, event.turn_seconds, at))


def _turned(state: State, event: e.GalleryTurned, at: datetime) -> State:
    return replace(state, gallery=replace(state.gallery, page=event.page, turned_at=at))


def _hidden(state: State, event: e.GalleryHidden, at: datetime) -> State:
    return replace(state, gallery=Gallery(state.gallery.page))


APPLY: dict[type[Any], Applier] = {
    e.GalleryShown: _shown,
    e.GalleryTurned: _turned,
    e.GalleryHidden: _hidden,
}
