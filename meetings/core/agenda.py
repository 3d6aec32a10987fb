"""The agenda while the conference sits: one item is open at a time. Rule 24."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .refusals import ItemAlreadyOpen, ItemNotOpen, SpeechRuns
from .speech import Applier, Decider, require_live
from .state import State
from .undo import floor_moved_on
from .vocabulary import Actor


def _open_item(state: State, command: c.OpenItem, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    state.setup_item(command.item_id)
    if command.item_id == state.current_item_id:
        raise ItemAlreadyOpen
    closed = [e.ItemClosed(state.current_item_id)] if state.current_item_id is not None else []
    return [*_ending_speeches(state, command.is_confirmed), *closed, e.ItemOpened(command.item_id)]


def _close_item(state: State, command: c.CloseItem, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_live(state)
    state.setup_item(command.item_id)
    if command.item_id != state.current_item_id:
        raise ItemNotOpen
    return [*_ending_speeches(state, command.is_confirmed), e.ItemClosed(command.item_id)]


def _ending_speeches(state: State, is_confirmed: bool) -> list[e.Event]:
    if state.holders() and not is_confirmed:
        raise SpeechRuns
    return [e.FloorRevoked(r.id) for r in state.holders()]


DECIDE: dict[type[Any], Decider] = {c.OpenItem: _open_item, c.CloseItem: _close_item}


def _item_opened(state: State, event: e.ItemOpened, at: datetime) -> State:
    """An item opened again keeps the time of its first opening."""
    item = state.item(event.item_id)
    item = replace(item, opened_at=item.opened_at or at, closed_at=None)
    return replace(floor_moved_on(state), items={**state.items, event.item_id: item}, current_item_id=event.item_id)


def _item_closed(state: State, event: e.ItemClosed, at: datetime) -> State:
    """Nothing of it can be undone any more."""
    item = replace(state.item(event.item_id), closed_at=at)
    left = tuple(o for o in state.undoable if o.item_id != event.item_id)
    return replace(state, items={**state.items, event.item_id: item}, current_item_id=None, undoable=left)


APPLY: dict[type[Any], Applier] = {e.ItemOpened: _item_opened, e.ItemClosed: _item_closed}
