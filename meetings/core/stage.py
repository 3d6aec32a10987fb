"""Who is seen and heard where: a pure function of the state (rules 31-35).

The floor *is* the microphone: what is not in a `Stage` is not forwarded, whatever a browser sends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .gallery import is_on_screen, tiles
from .keeping import kept_while
from .roll_call import coming_reports
from .state import State
from .vocabulary import Card, ConferenceStatus, PauseReason, ShareSource, SiteId

_UNSEEN = frozenset({PauseReason.LINE, PauseReason.CHAIR, PauseReason.POINT_OF_ORDER})
"""A muted speaker keeps the picture; one whose line is lost, or who gave way to somebody, does not."""


class Large(StrEnum):
    FLOOR = "floor"
    HALL = "hall"


@dataclass(frozen=True)
class Stage:
    """`floor_site_id` is the site whose picture the *floor* bus carries, of several holders the one granted last; never the
    presiding site (rule 33: a holder in the hall is the hall's picture). `heard` holds every site that is forwarded.
    `next_site_id` is shown to the desk only; `warm_site_ids` are those who may be on air within seconds: told to get ready,
    warned, or paused. A `card` stands instead of the pictures, with the desk's own words and, in a break, the time at which the
    conference goes on; it silences nobody. `tiles` are the sites of the gallery's present page, `is_gallery` whether the hall
    screen shows them. `share_site_id` is the site whose paper picture everybody sees large, its `share_source` what that is.
    """

    card: Card | None = None
    card_words: str = ""
    resumes_at: datetime | None = None
    large: Large = Large.HALL
    hall_site_id: SiteId | None = None
    floor_site_id: SiteId | None = None
    next_site_id: SiteId | None = None
    warm_site_ids: tuple[SiteId, ...] = ()
    heard: tuple[SiteId, ...] = ()
    is_chair_speaking: bool = False
    is_point_of_order: bool = False
    tiles: tuple[SiteId, ...] = ()
    is_gallery: bool = False
    share_site_id: SiteId | None = None
    share_source: ShareSource | None = None

    @property
    def full_site_ids(self) -> frozenset[SiteId]:
        """Who is to send the full picture; all others send the small one only."""
        shown = {self.hall_site_id, self.floor_site_id, *self.warm_site_ids}
        return frozenset(site_id for site_id in shown if site_id is not None)


@kept_while()
def stage_for(state: State) -> Stage:
    stage = replace(_of_the_sitting(state), tiles=tiles(state), is_gallery=is_on_screen(state))
    if (shown := state.card) is None:
        return _with_share(stage, state)
    return replace(stage, card=shown.card, card_words=shown.words, resumes_at=shown.resumes_at)


def _with_share(stage: Stage, state: State) -> Stage:
    """A card covers what is shared."""
    share = state.shares.get(state.shown_share) if state.shown_share is not None else None
    if share is None or stage.card is not None:
        return stage
    return replace(stage, share_site_id=state.shown_share, share_source=share.source)


def _of_the_sitting(state: State) -> Stage:
    """What the sitting itself puts on the stage."""
    hall = state.presiding_site_id
    if state.status is ConferenceStatus.SCHEDULED or hall is None:
        return Stage(card=Card.BEFORE)
    if state.status is ConferenceStatus.ADJOURNED:
        return Stage(card=Card.END)
    if state.status is ConferenceStatus.SUSPENDED:
        # A break is private: neither the hall's nor anybody's microphone is forwarded.
        return Stage(card=Card.BREAK, hall_site_id=hall)
    following = state.next_request()
    next_site = following.site_id if following and following.site_id != hall else None
    prepared = state.prepared_request()
    warm = [r.site_id for r in (*state.holders(), prepared) if r is not None]
    is_before = state.status is ConferenceStatus.DOORS_OPEN
    speakers = [r for r in state.holders() if r.on_air_at is not None]
    seen = [r.site_id for r in speakers if r.site_id != hall and not r.paused_by & _UNSEEN]
    heard = {r.site_id for r in speakers if r.is_on_air}
    reporting = state.reporting_site_id
    if reporting is not None:
        heard.add(reporting)
        seen = [reporting] if reporting != hall else []
        warm += coming_reports(state)[:1]
    is_quiet = is_before and not state.holders() and reporting is None
    if not is_quiet:
        # Before the opening there is no sound but the roll call's.
        heard.add(hall)
    return Stage(
        card=Card.BEFORE if is_quiet else None,
        large=Large.FLOOR if seen else Large.HALL,
        hall_site_id=hall,
        floor_site_id=seen[-1] if seen else None,
        next_site_id=next_site,
        warm_site_ids=tuple(sorted({*warm} - {hall, *seen[-1:]})),
        heard=tuple(sorted(heard - state.closed_microphones)),
        is_chair_speaking=state.is_chair_speaking,
        is_point_of_order=any(r.is_on_air and r.is_point_of_order for r in speakers),
    )
