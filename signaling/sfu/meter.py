"""How many bits a second lately."""

WINDOW_SECONDS = 1.0


class Meter:
    """Bit rate over windows of `WINDOW_SECONDS`."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._octets = 0
        self._rate = 0.0

    def count(self, octets: int, now: float) -> None:
        """`octets` went by at `now`."""
        if self._since is None or now - self._since >= WINDOW_SECONDS:
            self._roll(now)
        self._octets += octets

    def bit_rate(self, now: float) -> float:
        """Bits per second in the last whole window; nothing if that is long ago."""
        self._roll(now)
        return self._rate

    def _roll(self, now: float) -> None:
        if self._since is None:
            self._since = now
        elif (elapsed := now - self._since) >= WINDOW_SECONDS:
            self._rate = self._octets * 8 / elapsed
            self._since, self._octets = now, 0
