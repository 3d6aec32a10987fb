"""How the loop waits: the port that all media come by is read without the loop's ceremony, and not for each packet.

Theory. Between the kernel's word that a socket is readable and the first line of its reader a loop makes a list, a handle and
a context. Where packets are few, that is a twentieth of what one costs. So the selector itself calls the reader of that one
port, and tells the loop of all others: they stand behind a descriptor of their own, which is ready when one of them is.

Waking is dearer still. While packets flow, the port is read in steps without asking whether there is something: that is one
wake-up a step, and a timer that is due about then has the same one. A step is 6 ms, and 10 ms where there is little to do in
it, for there waking is most of the cost: a packet waits 3 or 5 ms in the mean, a tenth or a sixth of a picture. When some steps
in a row bring nothing, the kernel is to say when something comes; that is read 1 ms later: a browser sends the packets of
a picture within that (Chromium: seven in 0.3 ms), and so they stay together.

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

STEP_SECONDS, LONG_STEP_SECONDS = 1 / 160, 1 / 100
"""A quarter of a tick of the node, and two fifths of it."""
LITTLE = 90
"""Not more than so many datagrams went for those of a step, and the next steps are long."""
BURST_SECONDS = SLACK_SECONDS = 0.001
EMPTY_STEPS = 4
"""So many, and nothing flows any more."""


class PortSelector(selectors.DefaultSelector):
    """For `asyncio.SelectorEventLoop`; reads one port itself."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._all = select.epoll()
        self._all.register(self.fileno(), select.EPOLLIN)
        self._port = -1
        self._receive: Callable[[], tuple[int, int]] = lambda: (0, 0)
        self._clock = clock
        self._due = 0.0
        self._step = LONG_STEP_SECONDS
        self._steps_left = 0
        """Until the kernel is asked again."""

    def read(self, descriptor: int, receive: Callable[[], tuple[int, int]]) -> None:
        """Call `receive` soon after `descriptor` is readable, every 6 ms at most.

        It takes all there is, or is called again; it tells how many datagrams came, and how many went for them.
        """
        self._port, self._receive = descriptor, receive
        self._all.register(descriptor, select.EPOLLIN)

    def forget(self) -> None:
        """Read the port no more."""
        self._all.unregister(self._port)
        self._steps_left = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait as `selectors` do, for what the loop is to do itself."""
        if not self._steps_left:
            return self._rest(timeout)
        early = self._due - self._clock()
        shares_timer = timeout is not None and timeout < early + SLACK_SECONDS
        ready = super().select(timeout if shares_timer else max(0.0, early))
        now = self._clock()
        if now > self._due - SLACK_SECONDS:
            came, went = self._receive()
            self._steps_left = EMPTY_STEPS if came else self._steps_left - 1
            if went:
                self._step = STEP_SECONDS if went > LITTLE else LONG_STEP_SECONDS
            self._due = now + self._step
        return ready

    def _rest(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = []
        for descriptor, _ in self._all.poll(timeout):
            if descriptor == self._port:
                self._steps_left = EMPTY_STEPS
                self._due = max(self._due, self._clock() + BURST_SECONDS + SLACK_SECONDS)
            else:
                ready = super().select(0)
        return ready

    def close(self) -> None:
        """Close it, not the descriptors it waits for."""
        self._all.close()
        super().close()
