"""How the floor is run, as the chair changes it during the sitting. Rules 14, 16, 19, 25.

The structure frozen at the opening is where it starts; from there on every change is an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from . import commands as c
from . import events as e
from .granting import in_the_way
from .refusals import OutOfRange, QuotaIsOff, SpeechRuns, UnknownSite
from .setup import CUT_GRACE_SECONDS, OPEN_MICROPHONES, POINT_OF_ORDER_SECONDS, QUOTA_SECONDS, FloorSettings, Setup
from .speakers import LIMIT_SECONDS
from .speech import Applier, Decider, require_sitting
from .state import State
from .undo import floor_moved_on
from .vocabulary import Actor, OnExceed

QUOTA_ADDED = range(30, 3600 + 1)

_RANGES = {
    "speech_limit_seconds": LIMIT_SECONDS,
    "cut_grace_seconds": CUT_GRACE_SECONDS,
    "point_of_order_seconds": POINT_OF_ORDER_SECONDS,
    "site_quota_seconds": QUOTA_SECONDS,
}


def _set_mode(state: State, command: c.SetMode, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_sitting(state)
    return [] if command.mode is state.settings.mode else [e.ModeSet(command.mode)]


def _set_open_microphones(
    state: State, command: c.SetOpenMicrophones, actor: Actor, now: datetime
) -> Sequence[e.Event]:
    """Fewer than speak now: the longest-running ones end, if that is confirmed."""
    require_sitting(state)
    if command.count not in OPEN_MICROPHONES:
        raise OutOfRange
    if command.count == state.settings.open_microphones:
        return []
    ended = [r for r in in_the_way(state.holders(), command.count) if not r.is_point_of_order]
    if ended and not command.is_confirmed:
        raise SpeechRuns
    return [*(e.FloorRevoked(r.id) for r in ended), e.OpenMicrophonesSet(command.count)]


def _change_settings(state: State, command: c.ChangeSettings, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_sitting(state)
    asked = {name: value for name, value in asdict(command).items() if value is not None}
    for name, allowed in _RANGES.items():
        is_quota_off = name == "site_quota_seconds" and asked.get(name) == 0
        if name in asked and asked[name] not in allowed and not is_quota_off:
            raise OutOfRange
    new = {name: value for name, value in asked.items() if value != _current(state.frozen, name)}
    return [e.SettingsChanged(**new)] if new else []


def _current(setup: Setup, name: str) -> Any:
    value = getattr(setup if hasattr(setup, name) else setup.floor, name)
    return 0 if value is None else value


def _set_item_limit(state: State, command: c.SetItemLimit, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_sitting(state)
    item = state.setup_item(command.item_id)
    if command.seconds is not None and command.seconds not in LIMIT_SECONDS:
        raise OutOfRange
    is_new = item.speech_limit_seconds != command.seconds
    return [e.ItemLimitSet(command.item_id, command.seconds)] if is_new else []


def _add_quota(state: State, command: c.AddQuota, actor: Actor, now: datetime) -> Sequence[e.Event]:
    require_sitting(state)
    if not state.frozen.has_site(command.site_id):
        raise UnknownSite
    if state.settings.site_quota_seconds is None:
        raise QuotaIsOff
    if command.seconds not in QUOTA_ADDED:
        raise OutOfRange
    return [e.QuotaAdded(command.site_id, command.seconds)]


DECIDE: dict[type[Any], Decider] = {
    c.SetMode: _set_mode,
    c.SetOpenMicrophones: _set_open_microphones,
    c.ChangeSettings: _change_settings,
    c.SetItemLimit: _set_item_limit,
    c.AddQuota: _add_quota,
}


def _with(state: State, **changed: Any) -> State:
    return replace(state, setup=replace(state.frozen, floor=replace(state.settings, **changed)))


def _mode_set(state: State, event: e.ModeSet, at: datetime) -> State:
    return _with(state, mode=event.mode)


def _open_microphones_set(state: State, event: e.OpenMicrophonesSet, at: datetime) -> State:
    return _with(floor_moved_on(state), open_microphones=event.count)


def _settings_changed(state: State, event: e.SettingsChanged, at: datetime) -> State:
    new = {name: value for name, value in asdict(event).items() if value is not None}
    if "site_quota_seconds" in new:
        new["site_quota_seconds"] = new["site_quota_seconds"] or None
    if event.on_exceed is OnExceed.CUT:
        state = replace(state, cut_since=at)
    of_floor = {f.name for f in fields(FloorSettings)} & new.keys()
    state = _with(state, **{name: new[name] for name in of_floor})
    return replace(state, setup=replace(state.frozen, **{name: new[name] for name in new.keys() - of_floor}))


def _item_limit_set(state: State, event: e.ItemLimitSet, at: datetime) -> State:
    items = tuple(
        replace(item, speech_limit_seconds=event.limit_seconds) if item.id == event.item_id else item
        for item in state.frozen.items
    )
    return replace(state, setup=replace(state.frozen, items=items))


def _quota_added(state: State, event: e.QuotaAdded, at: datetime) -> State:
    added = state.quota_added.get(event.site_id, 0) + event.seconds
    return replace(state, quota_added={**state.quota_added, event.site_id: added})


APPLY: dict[type[Any], Applier] = {
    e.ModeSet: _mode_set,
    e.OpenMicrophonesSet: _open_microphones_set,
    e.SettingsChanged: _settings_changed,
    e.ItemLimitSet: _item_limit_set,
    e.QuotaAdded: _quota_added,
}
