"""How the loop waits: the port that all media come by is read without the loop's ceremony.

Theory. Between the kernel's word that a socket is readable and the first line of its reader a loop makes a list, a handle and
a context. Where packets are few, that is a twentieth of what one costs. So the selector itself calls the reader of that one
port, and tells the loop of all others: they stand behind a descriptor of their own, which is ready when one of them is.

Rules.
- The loop has its turn after each call: what the reader has scheduled comes next, and no timer waits longer than before.
- The reader does not raise.
"""

import select
import selectors
from collections.abc import Callable

is_available = hasattr(select, "epoll")
"""Elsewhere the loop reads the port as any other."""


class PortSelector(selectors.DefaultSelector):
    """For `asyncio.SelectorEventLoop`; reads one port itself."""

    def __init__(self) -> None:
        super().__init__()
        self._all = select.epoll()
        self._all.register(self.fileno(), select.EPOLLIN)
        self._port = -1
        self._receive: Callable[[], None] = lambda: None

    def read(self, descriptor: int, receive: Callable[[], None]) -> None:
        """Call `receive` whenever `descriptor` is readable; it takes all there is or is called again."""
        self._port, self._receive = descriptor, receive
        self._all.register(descriptor, select.EPOLLIN)

    def forget(self) -> None:
        """Read the port no more."""
        self._all.unregister(self._port)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait as `selectors` do, for what the loop is to do itself."""
        ready: list[tuple[selectors.SelectorKey, int]] = []
        for descriptor, _ in self._all.poll(timeout):
            if descriptor == self._port:
                self._receive()
            else:
                ready = super().select(0)
        return ready

    def close(self) -> None:
        """Close it, not the descriptors it waits for."""
        self._all.close()
        super().close()
