"""`kill -9` of the web or the media process → running again: a new process answers `/healthz` with nothing missing."""

from __future__ import annotations

import os
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measurement import Measurement
from tests.server import demo_server, wait_for

ROUNDS = 5
PROCESSES = {"web": "gunicorn", "media": "signaling.sfu "}


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        server = demo_server(Path(folder) / "data")
        try:
            for metric, needle in PROCESSES.items():
                seconds = []
                for _ in range(ROUNDS):
                    victim = server.pids(needle)[0]
                    killed = time.monotonic()
                    os.kill(victim, signal.SIGKILL)
                    wait_for(
                        lambda victim=victim, needle=needle: (
                            (found := server.pids(needle)) and found[0] != victim and server.is_healthy()
                        ),
                        f"{metric} runs again",
                        every=0.02,
                    )
                    seconds.append(time.monotonic() - killed)
                    # A process that has lived for a while is started again at once; so it is in real life.
                    time.sleep(6)
                yield Measurement(
                    "restart",
                    metric,
                    statistics.median(seconds),
                    "s",
                    {"worst": round(max(seconds), 2), "rounds": ROUNDS},
                )
        finally:
            server.stop()
