"""What the clock will ask of a state. Rules 15, 21, 22, 38, 43.

Derived from the state alone, so nothing is lost in a restart; each command has an id made of what it is about, so that it
happens once, whoever issues it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from . import commands as c
from .floor import grace, grace_began
from .gallery import page_count, turn_due
from .granting import HELD
from .roll_call import report_due
from .share import shares_due
from .state import PREPARE_BEFORE_END, SpeakerRequest, State
from .vocabulary import ConferenceStatus, FloorMode

Due = tuple[datetime, str, c.Command]
"""When, the command's id, the command."""


def deadlines(state: State) -> Iterable[Due]:
    """Everything that will be due if nothing else happens."""
    if state.status not in (ConferenceStatus.DOORS_OPEN, ConferenceStatus.CONVENED):
        return
    due = state.frozen.entry.admits_at
    if due is not None and not state.are_all_admitted:
        yield due, f"admit:{due.isoformat()}", c.AdmitAll()
    if (due := turn_due(state)) is not None:
        yield due, f"turn:{due.isoformat()}", c.TurnGallery(state.gallery.page % page_count(state) + 1)
    called, reported = state.roll_call, report_due(state)
    if called is not None and reported is not None:
        yield reported, f"report:{called.site_id}:{reported.isoformat()}", c.NextReport(called.site_id)
    for due, site_id in shares_due(state):
        yield due, f"share:{site_id}:{due.isoformat()}", c.EndShare(site_id)
    for holder in state.holders():
        yield from _of_speech(state, holder)
        yield from _of_next(state, holder)


def _of_speech(state: State, holder: SpeakerRequest) -> Iterable[Due]:
    due = holder.on_air_due()
    if holder.on_air_at is None and due is not None:
        yield due, f"on-air:{holder.id}:{due.isoformat()}", c.GoOnAir(holder.id)
    began = grace_began(state, holder)
    if began is not None:
        yield began + grace(state), f"cut:{holder.id}:{began.isoformat()}", c.CutSpeech(holder.id)


def _of_next(state: State, holder: SpeakerRequest) -> Iterable[Due]:
    following = state.next_request()
    if following is None:
        return
    if state.settings.mode is FloorMode.FIFO and holder.held_since is not None:
        due = holder.held_since + HELD
        yield due, f"pass:{holder.id}:{due.isoformat()}:{following.id}", c.PassHeldSpeech(holder.id)
    deadline = holder.deadline()
    comes_back = holder.is_point_of_order and len(state.holders()) > 1
    if deadline is None or comes_back or following.unprepared_at or state.prepared_request():
        return
    yield deadline - PREPARE_BEFORE_END, f"prepare:{holder.id}:{following.id}", c.PrepareRequest(following.id)
