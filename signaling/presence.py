"""Which sites are there: sockets and media of each, and what the sitting must be told of it (rule 22). Pure: `now` in seconds.

A lost socket alone is only a warning at the desk. A site counts as disconnected when socket and media are both gone for
`GRACE`; a holder is held when it has sent no media for `SILENCE`. After a restart of the web process nobody has arrived yet,
so what the journal calls connected gets `RETURN` to come back before it counts as gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from meetings.core import commands as c
from meetings.core.state import State
from meetings.core.vocabulary import PauseReason, SiteId

GRACE = 2.0
SILENCE = 5.0
RETURN = 10.0


@dataclass
class _Line:
    sockets: int = 0
    socket_lost_at: float = 0.0
    peers: set[str] = field(default_factory=set)
    media_lost_at: float = 0.0

    @property
    def is_gone(self) -> bool:
        return not self.sockets and not self.peers


@dataclass
class Presence:
    """The sites of one conference."""

    _lines: dict[SiteId, _Line] = field(default_factory=dict)

    def expect(self, sites: Iterable[SiteId], now: float) -> None:
        """After a restart: these were connected and may come back."""
        for site_id in sites:
            self._line(site_id, now + RETURN - GRACE)

    def socket_arrived(self, site_id: SiteId, now: float) -> None:
        self._line(site_id, now).sockets += 1

    def socket_left(self, site_id: SiteId, now: float) -> None:
        line = self._line(site_id, now)
        line.sockets = max(0, line.sockets - 1)
        line.socket_lost_at = now

    def media_arrived(self, site_id: SiteId, peer: str, now: float) -> None:
        self._line(site_id, now).peers.add(peer)

    def media_left(self, site_id: SiteId, peer: str, now: float, silent_for: float = 0.0) -> None:
        """`silent_for`: how many seconds ago the last media came."""
        line = self._line(site_id, now)
        if peer in line.peers:
            line.peers.remove(peer)
            line.media_lost_at = now - silent_for

    def peers_left(self, peers: frozenset[str], now: float) -> None:
        """A media process is gone, and these with it."""
        for line in self._lines.values():
            if line.peers & peers:
                line.peers -= peers
                line.media_lost_at = now

    def publishers(self, site_id: SiteId) -> frozenset[str]:
        """The peers whose media of this site is there."""
        line = self._lines.get(site_id)
        return frozenset(line.peers) if line else frozenset()

    def as_told(self) -> dict[str, dict[str, bool]]:
        """`{site id: {"socket", "media"}}` of every site that was ever there."""
        return {
            str(site_id): {"socket": line.sockets > 0, "media": bool(line.peers)}
            for site_id, line in self._lines.items()
        }

    def due(self, state: State, now: float) -> list[c.Command]:
        """What the sitting must be told now."""
        commands: list[c.Command] = []
        for site_id, line in self._lines.items():
            is_connected = site_id in state.connected
            if not line.is_gone and not is_connected:
                commands.append(c.ReportConnected(site_id))
            elif line.is_gone and is_connected and now - max(line.socket_lost_at, line.media_lost_at) >= GRACE:
                commands.append(c.ReportDisconnected(site_id))
        for holder in state.holders():
            if holder.site_id == state.presiding_site_id:
                continue
            line = self._line(holder.site_id, now)
            is_held = PauseReason.LINE in holder.paused_by
            if line.peers and is_held:
                commands.append(c.ContinueSpeech(holder.site_id))
            elif not line.peers and not is_held and now - line.media_lost_at >= SILENCE:
                commands.append(c.HoldSpeech(holder.site_id))
        return commands

    def _line(self, site_id: SiteId, now: float) -> _Line:
        line = self._lines.get(site_id)
        if line is None:
            line = self._lines[site_id] = _Line(socket_lost_at=now, media_lost_at=now)
        return line
