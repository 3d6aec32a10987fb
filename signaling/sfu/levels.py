"""How loud one stream of sound was of late, slot by slot (pure; seconds, dBov).

Every packet of sound names its level (RFC 6464: 0 is the loudest, 127 digital silence). A *slot* keeps the loudest of its
time. All streams of a process have the same slots, so that the rows of two may be laid beside each other.
"""

SLOT_SECONDS = 0.05
SLOTS = 200
"""Ten seconds."""
SILENT_LEVEL = 127


class Levels:
    """The last `SLOTS` slots of one stream."""

    def __init__(self) -> None:
        self._loudest = [SILENT_LEVEL] * SLOTS
        self._newest = -1

    def note(self, level: int, now: float) -> None:
        """A packet of this level (0…127) came at `now`."""
        slot = int(now / SLOT_SECONDS)
        self._forget_until(slot)
        place = slot % SLOTS
        if level < self._loudest[place]:
            self._loudest[place] = level

    def row(self, now: float) -> list[int]:
        """The slots that have ended by `now`, the oldest first, as 0 (loud) … -127 (nothing came, or silence)."""
        slot = int(now / SLOT_SECONDS)
        self._forget_until(slot)
        return [-self._loudest[(slot + 1 + n) % SLOTS] for n in range(SLOTS - 1)]

    def _forget_until(self, slot: int) -> None:
        for passed in range(max(self._newest + 1, slot + 1 - SLOTS), slot + 1):
            self._loudest[passed % SLOTS] = SILENT_LEVEL
        self._newest = max(self._newest, slot)
