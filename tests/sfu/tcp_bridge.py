"""Pages that come by TCP: aiortc knows no ICE-TCP, so a bridge carries its datagrams, framed, to the TCP port."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any


class Bridge(asyncio.DatagramProtocol):
    """One TCP connection to `port` per address that sends here. While `is_reading` is false nothing is taken from them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections: dict[tuple[str, int], asyncio.StreamWriter] = {}
        self._waiting: dict[tuple[str, int], list[bytes]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._reading = asyncio.Event()
        self._reading.set()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    @property
    def own_port(self) -> int:
        return int(self.transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr in self.connections:
            self.connections[addr].write(len(data).to_bytes(2, "big") + data)
        elif addr in self._waiting:
            self._waiting[addr].append(data)
        else:
            self._waiting[addr] = [data]
            self._tasks.append(asyncio.create_task(self._carry(addr)))

    async def _carry(self, addr: tuple[str, int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=4096)
        self.connections[addr] = writer
        for data in self._waiting.pop(addr):
            self.datagram_received(data, addr)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await self._reading.wait()
                size = int.from_bytes(await reader.readexactly(2), "big")
                self.transport.sendto(await reader.readexactly(size), addr)
        self.connections.pop(addr, None)
        writer.close()

    def pause(self) -> None:
        self._reading.clear()

    def resume(self) -> None:
        self._reading.set()

    def cut(self) -> None:
        """Break all connections."""
        for writer in self.connections.values():
            writer.transport.abort()

    def edit_offer(self, text: str) -> str:
        """The offer with the bridge as the only place to send to."""
        text = re.sub(r"a=candidate:\d+ 1 tcp .*\r\n", "", text)
        return re.sub(r"(a=candidate:\d+ 1 udp \d+ \S+) \d+", rf"\1 {self.own_port}", text)

    async def close(self) -> None:
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.transport.close()


@contextlib.asynccontextmanager
async def bridged(port: int) -> AsyncIterator[Bridge]:
    loop = asyncio.get_running_loop()
    _, bridge = await loop.create_datagram_endpoint(lambda: Bridge(port), ("127.0.0.1", 0))
    try:
        yield bridge
    finally:
        await bridge.close()
