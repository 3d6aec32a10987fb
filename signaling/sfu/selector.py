"""How the loop waits: the port that all media come by is read without the loop's ceremony, and not for each packet.

Theory. Between the kernel's word that a socket is readable and the first line of its reader a loop makes a list, a handle and
a context. Where packets are few, that is a twentieth of what one costs. So the selector itself calls the reader of that one
port, and tells the loop of all others: they stand behind a descriptor of their own, which is ready when one of them is.

Waking is dearer still. What comes within 5 ms of the last reading is read together, at the end of them. What comes after a rest
is read 1 ms later: a browser sends the packets of a picture within that (Chromium: seven in 0.3 ms), and so they stay together.
A packet waits 2.5 ms at most in the mean, a tenth of a picture.

Rules.
- The loop has its turn after each call: what the reader has scheduled comes next, and no timer waits longer than before.
- Other descriptors never wait for the port, nor it for them.
- The reader does not raise.
"""

import select
import selectors
from collections.abc import Callable
from time import monotonic

is_available = hasattr(select, "epoll")
"""Elsewhere the loop reads the port as any other."""

GATHER_SECONDS, BURST_SECONDS = 0.005, 0.001


class PortSelector(selectors.DefaultSelector):
    """For `asyncio.SelectorEventLoop`; reads one port itself."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._all = select.epoll()
        self._all.register(self.fileno(), select.EPOLLIN)
        self._port = -1
        self._receive: Callable[[], None] = lambda: None
        self._clock = clock
        self._due = 0.0
        self._is_waiting = False

    def read(self, descriptor: int, receive: Callable[[], None]) -> None:
        """Call `receive` soon after `descriptor` is readable, every 5 ms at most; it takes all there is or is called again."""
        self._port, self._receive = descriptor, receive
        self._all.register(descriptor, select.EPOLLIN)

    def forget(self) -> None:
        """Read the port no more."""
        self._all.unregister(self._port)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait as `selectors` do, for what the loop is to do itself."""
        ready: list[tuple[selectors.SelectorKey, int]] = []
        is_readable = False
        for descriptor, _ in self._all.poll(timeout):
            if descriptor == self._port:
                is_readable = True
            else:
                ready = super().select(0)
        if is_readable:
            if not self._is_waiting:
                self._is_waiting = True
                self._due = max(self._due, self._clock() + BURST_SECONDS)
            early = self._due - self._clock()
            if early > 0 and not ready:
                ready = super().select(early if timeout is None else min(early, timeout))
                early = self._due - self._clock()
            if early <= 0:
                self._is_waiting = False
                self._due = self._clock() + GATHER_SECONDS
                self._receive()
        return ready

    def close(self) -> None:
        """Close it, not the descriptors it waits for."""
        self._all.close()
        super().close()
