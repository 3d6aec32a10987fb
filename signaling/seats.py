"""Who sits where: one tab holds a site's seat, others may watch, take over, or be companions. Pure.

A companion is a second device of the site, in the same room: without microphone and loudspeaker, but it registers speakers. It
never holds the seat, and any number of them is there beside it.

A seat belongs to the live socket that holds it. The same tab coming back replaces its own older socket (a reconnect is never
its own duplicate); another tab finds the seat occupied and must ask. Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

SeatKey = tuple[int, str]

ALLOWED_SECONDS = 60.0
"""How long the desk's permission to take over an on-air seat is good for."""


class SeatState(StrEnum):
    HELD = "held"
    OCCUPIED = "occupied"
    WATCHING = "watching"
    COMPANION = "companion"


@dataclass
class _Seat:
    holder: str | None = None
    tab: str = ""
    takeover_allowed_until: float = 0.0


@dataclass(frozen=True)
class Arrival:
    """`replaced` is the older socket of the same tab, which has to go."""

    state: SeatState
    replaced: str | None = None


@dataclass
class Seats:
    """Keyed by conference and seat label; sockets and tabs are opaque strings."""

    _seats: dict[SeatKey, _Seat] = field(default_factory=dict)

    def arrive(self, key: SeatKey, socket: str, tab: str, publishing_tab: str | None = None) -> Arrival:
        """`publishing_tab` still sends this seat's sound and picture: while only its socket is away, the seat is its own."""
        seat = self._seats.setdefault(key, _Seat())
        if seat.holder is None:
            if publishing_tab not in (None, tab):
                return Arrival(SeatState.OCCUPIED)
            seat.holder, seat.tab = socket, tab
            return Arrival(SeatState.HELD)
        if seat.tab == tab:
            replaced, seat.holder = seat.holder, socket
            return Arrival(SeatState.HELD, replaced)
        return Arrival(SeatState.OCCUPIED)

    def leave(self, key: SeatKey, socket: str) -> bool:
        """Whether the socket held the seat."""
        seat = self._seats.get(key)
        if seat is None or seat.holder != socket:
            return False
        seat.holder = None
        return True

    def holder(self, key: SeatKey) -> str | None:
        seat = self._seats.get(key)
        return seat.holder if seat else None

    def allow_takeover(self, key: SeatKey, now: float) -> None:
        """The desk lets an asking tab take the seat even while it is on air: once, and soon."""
        self._seats.setdefault(key, _Seat()).takeover_allowed_until = now + ALLOWED_SECONDS

    def may_take_over(self, key: SeatKey, is_on_air: bool, now: float) -> bool:
        """`is_on_air`: the seat's own tab speaks just now, whether or not its socket is there."""
        seat = self._seats.get(key)
        return not is_on_air or (seat is not None and now < seat.takeover_allowed_until)

    def take_over(self, key: SeatKey, socket: str, tab: str) -> str | None:
        """Gives the seat to `socket`; the socket that lost it, if any."""
        lost = self.holder(key)
        self._seats[key] = _Seat(socket, tab)
        return lost if lost != socket else None
