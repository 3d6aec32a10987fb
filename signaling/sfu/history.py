"""The last packets of a bus, for viewers that ask again (RFC 4585 section 6.2.1).

Rules.
- What is sent again is byte for byte what was sent first. Under AES-GCM a second, different plaintext with
  the same sequence number would reveal the key stream, so packets are stored as written and never rebuilt.
- Positions are extended sequence numbers: a number from one wrap earlier is never mistaken for its namesake.
"""


class History:
    """A ring of the newest `capacity` packets (a power of two) by extended sequence number."""

    def __init__(self, capacity: int) -> None:
        if capacity & (capacity - 1):
            raise ValueError("capacity must be a power of two")
        self.capacity = capacity
        self._mask = capacity - 1
        self._packets: list[tuple[int, bytes] | None] = [None] * capacity

    def put(self, index: int, packet: bytes) -> None:
        """Remember `packet` as number `index`, forgetting the one that is `capacity` older."""
        self._packets[index & self._mask] = (index, packet)

    def get(self, index: int) -> bytes | None:
        """The packet numbered `index`, or None if it was never sent or is forgotten."""
        entry = self._packets[index & self._mask]
        return entry[1] if entry is not None and entry[0] == index else None

    def fork(self) -> "History":
        """The same packets, to be continued in another way."""
        fork = History(self.capacity)
        fork._packets = self._packets.copy()
        return fork
