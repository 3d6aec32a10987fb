"""The sitting as a whole: `decide` what a command causes, `apply` what happened.

Each field of the rules keeps its own two tables (`sitting`, `entry`, `agenda`, `roll`, `roll_call`, `speakers`, `granting`,
`floor`, `modes`, `undo`, `line`, `screen`, `gallery`, `share`); they are joined here and nowhere else. A command that is
refused raises and changes nothing; a command from presence or the clock that finds nothing to do gives no events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import (
    agenda,
    entry,
    floor,
    gallery,
    granting,
    line,
    modes,
    roll,
    roll_call,
    screen,
    share,
    sitting,
    speakers,
    undo,
)
from .commands import Command
from .events import Event, Recorded
from .permissions import require_permission
from .speech import Applier, Decider
from .state import State
from .vocabulary import Actor

_FIELDS = (
    sitting,
    entry,
    agenda,
    roll,
    roll_call,
    speakers,
    granting,
    floor,
    modes,
    undo,
    line,
    screen,
    gallery,
    share,
)

DECIDE: dict[type[Any], Decider] = {name: decider for field in _FIELDS for name, decider in field.DECIDE.items()}
APPLY: dict[type[Any], Applier] = {name: applier for field in _FIELDS for name, applier in field.APPLY.items()}


def decide(state: State, command: Command, actor: Actor, now: datetime) -> Sequence[Event]:
    """The events that `command` causes, in order; `now` is aware UTC. Raises a `Refusal` that names why not."""
    require_permission(state, command, actor)
    return DECIDE[type(command)](state, command, actor, now)


def apply(state: State, recorded: Recorded) -> State:
    """The state after one more event of the journal. Raises `ValueError` on a gap."""
    if recorded.seq != state.seq + 1:
        raise ValueError(f"event {recorded.seq} cannot follow {state.seq}")
    state = APPLY[type(recorded.event)](state, recorded.event, recorded.at)
    return replace(state, seq=recorded.seq)


def replay(journal: Iterable[Recorded], state: State | None = None) -> State:
    """The state that a journal leads to (rule 29)."""
    state = state or State()
    for recorded in journal:
        state = apply(state, recorded)
    return state
