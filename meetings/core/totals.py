"""Who has spoken for how long: per site and per body, who has not been heard, what is left of a quota. Rule 25.

Pure questions; nothing here reorders anything. Times are what is booked: the speech that runs just now has its own clock,
which whoever shows a total adds (`SpeakerRequest.running_since`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .keeping import kept_while
from .state import SpeakerRequest, State
from .vocabulary import SiteId


@dataclass(frozen=True)
class Spoken:
    """`speeches` counts those that have been on air, the running ones included."""

    speeches: int = 0
    spoken_ms: int = 0

    def __add__(self, other: Spoken) -> Spoken:
        return Spoken(self.speeches + other.speeches, self.spoken_ms + other.spoken_ms)


def speeches(state: State) -> Iterable[SpeakerRequest]:
    """Everything said so far and just now, also what was granted and never came on air."""
    return (r for r in state.requests.values() if r.granted_at is not None)


def spoken(request: SpeakerRequest) -> Spoken:
    return Spoken() if request.on_air_at is None else Spoken(1, request.spoken_ms)


@kept_while("setup", "requests")
def spoken_by_site(state: State) -> dict[SiteId, Spoken]:
    """Of every site, in the structure's order."""
    found = {site.id: Spoken() for site in state.frozen.sites} if state.setup else {}
    for request in speeches(state):
        found[request.site_id] += spoken(request)
    return found


def not_yet_heard(state: State) -> tuple[SiteId, ...]:
    """The sites of which nobody has been on air; the presiding site is heard anyway."""
    return tuple(s for s, said in spoken_by_site(state).items() if not said.speeches and s != state.presiding_site_id)


def quota_left_ms(state: State, site_id: SiteId, said: Spoken) -> int | None:
    """What is left of the site's quota, below zero when it is overdrawn; None without quotas."""
    quota = state.settings.site_quota_seconds
    return None if quota is None else 1000 * (quota + state.quota_added.get(site_id, 0)) - said.spoken_ms
