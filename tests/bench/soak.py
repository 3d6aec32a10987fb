"""Sites that leave and come for `SOAK_MINUTES` (2): how the memory of web and media process grows, what they leave open.

Simulated points (`python -m meetings rehearse`) enter in rounds, ask for the floor, are lost, come back and leave. After each
round, when nobody is there, resident memory and descriptors are read. Growth is the slope of the straight line through the
readings after the first third, which is warm-up; `leaked` is the difference of descriptors between its first and its last.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

from tests.bench.measurement import Measurement
from tests.bench.sockets import discuss, open_chairs, session_of
from tests.server import Server, demo_server

MINUTES = float(os.environ.get("SOAK_MINUTES") or 2)
POINTS, ROUND_MINUTES = 8, 0.15
QUIET_SECONDS = 2.0
LEAST_READINGS = 6
PROCESSES = {"web": "gunicorn", "media": "signaling.sfu "}


@dataclass(frozen=True)
class Reading:
    """Of one process at one moment; the last of those of its name is the one that works."""

    hours: float
    megabytes: float
    descriptors: int


def read(server: Server, needle: str, began: float) -> Reading:
    place = Path(f"/proc/{server.pids(needle)[-1]}")
    resident = int((place / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Reading((time.monotonic() - began) / 3600, resident / 1e6, len(list((place / "fd").iterdir())))


async def sit(server: Server) -> None:
    """The conference is in session and an item is open."""
    async with session_of(server) as session:
        (chair,) = await open_chairs(session, server, server.links()["chair"], asyncio.Condition())
        await discuss(chair)
        await chair.close()


def measure() -> Iterator[Measurement]:
    readings: dict[str, list[Reading]] = {name: [] for name in PROCESSES}
    with tempfile.TemporaryDirectory() as folder:
        server = demo_server(Path(folder) / "data")
        try:
            asyncio.run(sit(server))
            began = time.monotonic()
            rounds = joins = 0
            while time.monotonic() - began < MINUTES * 60 or rounds < LEAST_READINGS:
                told = server.command("rehearse", "1", "--points", str(POINTS), "--minutes", str(ROUND_MINUTES))
                time.sleep(QUIET_SECONDS)
                rounds += 1
                joins += int(told.split(" times", 1)[0].rsplit(None, 1)[-1])
                for name, needle in PROCESSES.items():
                    readings[name].append(read(server, needle, began))
                print(f"  round {rounds}", {name: rows[-1] for name, rows in readings.items()}, file=sys.stderr)
        finally:
            server.stop()
    for name, rows in readings.items():
        steady = rows[len(rows) // 3 :]
        slope = linear_regression([row.hours for row in steady], [row.megabytes for row in steady]).slope
        more = {"minutes": round(60 * rows[-1].hours, 1), "joins": joins, "resident_mb": round(rows[-1].megabytes)}
        yield Measurement("soak", f"{name}_growth", slope, "MB/h", more)
        leaked = steady[-1].descriptors - steady[0].descriptors
        yield Measurement("soak", f"{name}_leaked", leaked, "fd", more)
