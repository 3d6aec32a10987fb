"""What a desk puts on the hall screen: a card instead of the pictures, and its language. Rules 33, 35.

A card changes what is seen, never who is heard: microphones are the chair's (rules 17, 31, 36). It lasts until a desk takes
it away, or until the sitting goes on by itself: with the opening, the end of a break, and whenever the floor is granted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import commands as c
from . import events as e
from .refusals import (
    ConferenceIsAdjourned,
    DoorsNotOpen,
    NoCardShown,
    OutOfRange,
    ScreenWordsTooLong,
)
from .speech import Applier, Decider
from .state import ShownCard, State
from .vocabulary import Actor, Card, ConferenceStatus

MAX_WORDS = 120
"""What can be read from the last row."""

LONGEST_BREAK = timedelta(days=1)


def _require_doors_open(state: State) -> None:
    if state.status is ConferenceStatus.SCHEDULED:
        raise DoorsNotOpen


def _show(state: State, command: c.ShowCard, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_doors_open(state)
    if state.status is ConferenceStatus.ADJOURNED and command.card is not Card.END:
        raise ConferenceIsAdjourned
    words = command.words.strip()
    if len(words) > MAX_WORDS:
        raise ScreenWordsTooLong
    resumes_at = command.resumes_at
    if resumes_at is not None and (command.card is not Card.BREAK or not now < resumes_at <= now + LONGEST_BREAK):
        raise OutOfRange
    return [e.CardShown(command.card, words, resumes_at)]


def _hide(state: State, command: c.HideCard, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_doors_open(state)
    if state.card is None:
        raise NoCardShown
    return [e.CardHidden()]


def _set_language(state: State, command: c.SetScreenLanguage, actor: Actor, now: datetime) -> Sequence[e.Event]:
    _require_doors_open(state)
    return [e.ScreenLanguageSet(command.language)]


DECIDE: dict[type[Any], Decider] = {
    c.ShowCard: _show,
    c.HideCard: _hide,
    c.SetScreenLanguage: _set_language,
}


def _shown(state: State, event: e.CardShown, at: datetime) -> State:
    return replace(state, card=ShownCard(event.card, event.words, event.resumes_at, at))


def _hidden(state: State, event: e.CardHidden, at: datetime) -> State:
    return replace(state, card=None)


def _language_set(state: State, event: e.ScreenLanguageSet, at: datetime) -> State:
    return replace(state, screen_language=event.language)


APPLY: dict[type[Any], Applier] = {
    e.CardShown: _shown,
    e.CardHidden: _hidden,
    e.ScreenLanguageSet: _language_set,
}
