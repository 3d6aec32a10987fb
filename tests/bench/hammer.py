"""Eight clients hammer one conference: accepted + refused = sent, and what was accepted is on disk once.

`lost` counts commands without an answer, and answers that the journal does not bear out; `per_second` how many were judged.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measurement import Measurement
from tests.bench.sockets import Socket, discuss, open_chairs, open_seats, session_of
from tests.server import Server, demo_server

CHAIRS = 4
SITES = 4
COMMANDS_EACH = 150
AT_A_TIME = 3


@dataclass
class Tally:
    sent: int = 0
    accepted: int = 0
    refused: int = 0
    seconds: float = 0.0
    recorded: int = 0

    @property
    def lost(self) -> int:
        return (self.sent - self.accepted - self.refused) + abs(self.accepted - self.recorded)


class Client:
    """One page that asks without waiting for the answer before, knowing only what it was told at first."""

    def __init__(self, socket: Socket, item_id: int, number: int) -> None:
        self.socket = socket
        self.item_id = item_id
        self.choice = random.Random(number)
        own = socket.snapshot["parts"].get("own")
        self.site_id = own["site_id"] if own else None
        self.delegates = [d["id"] for d in own["delegates"]] if own else []

    def next_command(self) -> tuple[str, dict[str, Any]]:
        request_id = {"request_id": self.choice.randint(1, 60)}
        if self.site_id is not None:
            asked = {"delegate_id": self.choice.choice(self.delegates)}
            return self.choice.choice(
                [("request_floor", asked), ("request_floor", asked), ("withdraw_request", request_id)]
            )
        return self.choice.choice(
            [
                ("grant_next", {}),
                ("grant_floor", request_id),
                ("revoke_floor", request_id),
                ("extend_speech", request_id),
                ("decline_request", request_id),
                ("close_queue", {"item_id": self.item_id}),
                ("open_queue", {"item_id": self.item_id}),
            ]
        )

    async def hammer(self, tally: Tally) -> None:
        async def one() -> None:
            name, args = self.next_command()
            tally.sent += 1
            try:
                said = await self.socket.ask(name, **args)
            except TimeoutError:
                return
            if said["ok"]:
                tally.accepted += 1
            else:
                assert said["code"] != "failed", said
                tally.refused += 1

        for _ in range(COMMANDS_EACH // AT_A_TIME):
            await asyncio.gather(*(one() for _ in range(AT_A_TIME)))


async def hammered(server: Server) -> Tally:
    links = server.links()
    tally = Tally()
    async with session_of(server) as session:
        heard = asyncio.Condition()
        chairs = await open_chairs(session, server, links["chair"], heard, CHAIRS)
        item_id = await discuss(chairs[0])
        sites = await open_seats(session, server, links, heard, SITES)
        await asyncio.sleep(1)  # the sites' connections are recorded
        clients = [Client(socket, item_id, number) for number, socket in enumerate((*chairs, *sites))]
        before = recorded_commands(server)
        began = time.monotonic()
        await asyncio.gather(*(client.hammer(tally) for client in clients))
        tally.seconds = time.monotonic() - began
        tally.recorded = recorded_commands(server) - before
        for client in clients:
            await client.socket.close()
    return tally


def recorded_commands(server: Server) -> int:
    """How many commands of pages the journal holds."""
    path = Path(server.environment["DATA_DIR"]) / "diem-cau.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        of_pages = "SELECT COUNT(DISTINCT actor || command_id) FROM journal_event WHERE actor NOT LIKE 'system/%'"
        return int(database.execute(of_pages).fetchone()[0])


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        server = demo_server(Path(folder) / "data")
        try:
            tally = asyncio.run(hammered(server))
        finally:
            server.stop()
    more = {"sent": tally.sent, "accepted": tally.accepted, "refused": tally.refused, "clients": CHAIRS + SITES}
    yield Measurement("hammer", "lost", tally.lost, "", more)
    yield Measurement("hammer", "per_second", tally.sent / tally.seconds, "/s", more)
