"""A rehearsal with simulated points, over the real socket and the real media port."""

import re
from pathlib import Path

from tests.server import demo_server


def test_simulated_points_enter_are_lost_and_come_back_and_tell_what_they_saw(tmp_path: Path) -> None:
    server = demo_server(tmp_path / "data")
    try:
        told = server.command("rehearse", "1", "--points", "3", "--minutes", "0.2")
    finally:
        server.stop()
    joined = re.search(r"3 points joined (\d+) times: p50 ([\d.]+) s, p95 ([\d.]+) s", told)
    assert joined, told
    assert int(joined[1]) >= 3
    assert re.search(r"requests \d+, switches of the floor \d+", told)
    assert re.search(r"received \d+ packets, lost \d+ \([\d.]+ %\)", told)
