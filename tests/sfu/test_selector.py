"""The loop of the media process: one port is read at once, everything else as ever."""

import asyncio
import socket

import pytest

from signaling.sfu.selector import PortSelector, is_available
from signaling.sfu.sockets import open_port

pytestmark = pytest.mark.skipif(not is_available, reason="the loop reads the port as any other")


def test_the_port_is_read_and_the_loop_does_what_its_reader_scheduled() -> None:
    selector = PortSelector()
    port, other = open_port("127.0.0.1", 0), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    came: list[bytes] = []

    async def test() -> None:
        loop, told = asyncio.get_running_loop(), asyncio.Event()

        def receive() -> None:
            came.append(port.recv(100))
            loop.call_soon(told.set)

        selector.read(port.fileno(), receive)
        for number in range(3):
            told.clear()
            other.sendto(b"%d" % number, port.getsockname())
            await told.wait()  # no timer and no other socket wakes the loop
        selector.forget()
        other.sendto(b"late", port.getsockname())
        await asyncio.sleep(0)
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
        selector.read(port.fileno(), lambda: None)  # it stays readable
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
