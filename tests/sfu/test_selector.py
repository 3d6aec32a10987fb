"""The loop of the media process: one port is read at once, everything else as ever."""

import asyncio
import contextlib
import selectors
import socket
import time
from collections.abc import Iterator

import pytest

from signaling.sfu.selector import (
    BURST_SECONDS,
    EMPTY_STEPS,
    LITTLE,
    LONG_STEP_SECONDS,
    SLACK_SECONDS,
    STEP_SECONDS,
    PortSelector,
    is_available,
)
from signaling.sfu.sockets import open_port

pytestmark = pytest.mark.skipif(not is_available, reason="the loop reads the port as any other")


def test_the_port_is_read_and_the_loop_does_what_its_reader_scheduled() -> None:
    selector = PortSelector()
    port, other = open_port("127.0.0.1", 0), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    came: list[bytes] = []

    async def test() -> None:
        loop, told = asyncio.get_running_loop(), asyncio.Event()

        def receive() -> tuple[int, int]:
            try:
                came.append(port.recv(100))
            except BlockingIOError:
                return 0, 0
            loop.call_soon(told.set)
            return 1, 0

        selector.read(port.fileno(), receive)
        for number in range(3):
            told.clear()
            other.sendto(b"%d" % number, port.getsockname())
            await told.wait()  # no timer and no other socket wakes the loop
        selector.forget()
        other.sendto(b"late", port.getsockname())
        await asyncio.sleep(2 * STEP_SECONDS)
        assert came == [b"0", b"1", b"2"]

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.run(asyncio.wait_for(test(), 5))
    port.close()
    other.close()


def test_a_port_that_always_has_something_keeps_neither_timers_nor_other_sockets_waiting() -> None:
    selector = PortSelector()
    port = open_port("127.0.0.1", 0)
    ours, theirs = socket.socketpair()

    async def test() -> None:
        loop, read = asyncio.get_running_loop(), asyncio.Event()
        selector.read(port.fileno(), lambda: (1, 0))  # it stays readable
        port.sendto(b"x", port.getsockname())
        await asyncio.sleep(0.01)
        loop.add_reader(ours.fileno(), read.set)
        theirs.send(b"x")
        await read.wait()
        selector.forget()

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.run(asyncio.wait_for(test(), 5))
    for each in (port, ours, theirs):
        each.close()


class Row:
    """A port, one other socket and a clock that stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.time = 100.0
        self.selector = PortSelector(clock=lambda: self.time)
        self.port = open_port("127.0.0.1", 0)
        self.ours, self.theirs = socket.socketpair()
        self.came: list[bytes] = []
        self.readings = 0
        self.sent = LITTLE + 1
        """For what came, whenever something did."""
        self.selector.register(self.ours, selectors.EVENT_READ)
        self.selector.read(self.port.fileno(), self._receive)

    def _receive(self) -> tuple[int, int]:
        self.readings += 1
        before = len(self.came)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.came.append(self.port.recv(100))
        return len(self.came) - before, self.sent if len(self.came) > before else 0

    def step(self) -> None:
        """One step of its clock goes by, and the loop has its turn."""
        self.time += LONG_STEP_SECONDS
        self.selector.select(0)

    def send(self, datagram: bytes) -> None:
        self.port.sendto(datagram, self.port.getsockname())

    def close(self) -> None:
        self.selector.close()
        for each in (self.port, self.ours, self.theirs):
            each.close()


@pytest.fixture
def row() -> Iterator[Row]:
    made = Row()
    yield made
    made.close()


def test_what_comes_after_a_rest_waits_for_the_rest_of_its_burst(row: Row) -> None:
    row.send(b"1")
    assert row.selector.select(1) == []
    assert row.came == []
    began = time.monotonic()
    assert row.selector.select(1) == []
    assert time.monotonic() - began >= BURST_SECONDS, "it rests meanwhile"
    assert row.came == [], "too early by its clock"
    row.send(b"2")
    row.time += BURST_SECONDS + SLACK_SECONDS
    assert row.selector.select(1) == []
    assert row.came == [b"1", b"2"]


def flowing(row: Row) -> None:
    row.send(b"0")
    row.selector.select(1)
    row.step()
    assert row.came == [b"0"]
    row.came.clear()


def test_what_flows_is_read_step_by_step(row: Row) -> None:
    flowing(row)
    row.send(b"1")
    row.time += STEP_SECONDS / 2
    began = time.monotonic()
    row.selector.select(1)
    assert time.monotonic() - began >= STEP_SECONDS / 2, "the kernel is not asked meanwhile"
    assert row.came == []
    row.send(b"2")
    row.time += STEP_SECONDS / 2
    row.selector.select(1)
    assert row.came == [b"1", b"2"]


def test_where_little_is_to_do_the_steps_are_longer(row: Row) -> None:
    row.sent = LITTLE
    flowing(row)
    row.send(b"1")
    row.time += STEP_SECONDS
    row.selector.select(0)
    assert row.came == []
    row.time += LONG_STEP_SECONDS - STEP_SECONDS
    row.selector.select(0)
    assert row.came == [b"1"]


def test_reports_and_empty_steps_change_no_step(row: Row) -> None:
    flowing(row)
    row.sent = 0
    for report in (b"1", b"", b"2"):
        if report:
            row.send(report)
        row.time += STEP_SECONDS
        row.selector.select(0)
    assert row.came == [b"1", b"2"] and row.readings == 4


def test_a_timer_that_is_due_about_then_shares_the_step(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    flowing(row)
    row.time += STEP_SECONDS - SLACK_SECONDS / 2
    row.send(b"1")
    row.selector.select(0)
    assert row.came == [b"1"], "hardly too early"
    waits: list[float | None] = []
    monkeypatch.setattr(selectors.DefaultSelector, "select", lambda _, timeout: waits.append(timeout) or [])
    row.time += STEP_SECONDS / 2
    timers = [STEP_SECONDS / 4, STEP_SECONDS / 2 + SLACK_SECONDS / 2, STEP_SECONDS]
    for timeout in timers:
        row.selector.select(timeout)
    assert waits == [*timers[:2], pytest.approx(STEP_SECONDS / 2)], "the timer that is due first, or about then"


def test_when_nothing_flows_any_more_the_kernel_is_to_tell(row: Row) -> None:
    flowing(row)
    for _ in range(EMPTY_STEPS):
        row.step()
    readings = row.readings
    row.step()
    assert row.readings == readings == 1 + EMPTY_STEPS
    row.send(b"1")
    row.selector.select(None)
    row.step()
    assert row.came == [b"1"]


def test_a_burst_is_read_in_time_though_other_sockets_always_have_something(row: Row) -> None:
    row.theirs.send(b"x")
    for _ in range(5):
        row.send(b"1")
        row.selector.select(1)
        row.time += BURST_SECONDS / 2
    assert row.came


def test_while_packets_gather_another_socket_is_told_of_at_once(row: Row) -> None:
    row.send(b"1")
    row.theirs.send(b"x")
    assert [key.fileobj for key, _ in row.selector.select(None)] == [row.ours]
    assert row.came == []
    assert [key.fileobj for key, _ in row.selector.select(None)] == [row.ours], "nobody has read it"
    assert row.came == [], "nor has the burst ended"
    row.time += STEP_SECONDS
    assert [key.fileobj for key, _ in row.selector.select(None)] == [row.ours]
    assert row.came == [b"1"], "and the port does not wait for that"
