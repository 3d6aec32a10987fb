"""A rehearsal with simulated points, over the real socket and the real media port.

`REHEARSAL_POINTS=97 REHEARSAL_MINUTES=2` runs the same with more and for longer, and prints what the points saw.
"""

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from meetings import store
from meetings.app import create_app
from meetings.tables import Conference, SiteKind, db, writing
from tests.bench.sockets import Socket, csrf_token_in, desk_token, discuss, session_of
from tests.server import PATIENCE_SECONDS, Server, demo_server

POINTS = int(os.environ.get("REHEARSAL_POINTS", 16))
MINUTES = os.environ.get("REHEARSAL_MINUTES", "0.3")
PATIENCE = 5
COPY = 2
NEW = "Xã mới {}"


def test_simulated_points_enter_ask_speak_are_lost_and_come_back_and_tell_what_they_saw(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.command("demo")
    with_points(tmp_path / "data", POINTS)
    server.pass_checks()
    server.start()
    try:
        told = asyncio.run(rehearsed(server, server.links()))
    finally:
        server.stop()
    print(told)
    joined = re.search(rf"{POINTS} points joined (\d+) times: p50 ([\d.]+) s, p95 ([\d.]+) s", told)
    assert joined, told
    assert int(joined[1]) >= POINTS, "every one of them, and some again"
    acts = re.search(r"lost and come back (\d+), requests (\d+), switches of the floor (\d+)", told)
    assert acts and all(int(count) >= 1 for count in acts.groups()), told
    received = re.search(r"received (\d+) packets, lost (\d+) \(([\d.]+) %\)", told)
    assert received, told
    assert int(received[1]) > 50


def test_a_chair_has_points_to_practise_with_by_one_button(tmp_path: Path) -> None:
    server = demo_server(tmp_path / "data")
    try:
        all_of_them, beside_somebody_real = asyncio.run(practised(server, server.links()))
    finally:
        server.stop()
    total = all_of_them["total"]
    for told, count in ((all_of_them, total), (beside_somebody_real, total - 1)):
        assert told["state"] == "done", told
        assert (told["result"]["joined"], told["result"]["failed"]) == (count, 0), told


async def practised(server: Server, links: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The chair presses the button and waits until all points are in the copy. Somebody real takes the seat of one, and the
    chair sends the others away and lets them in again: what the two jobs tell."""
    async with session_of(server) as session:
        await desk_token(session, server.address, links["chair"])
        here = f"{server.address}/c/{links['public_id']}"

        async def press(address: str, **fields: str) -> tuple[str, str]:
            """The page that it leads to, and the job that is shown there."""
            token = csrf_token_in(await (await session.get(here)).text())
            answer = await session.post(address, data={"csrf_token": token, **fields})
            assert answer.status == 200, answer.url
            found = re.search(r'data-job="([^"]+)"', page := await answer.text())
            assert found, f"{answer.url}: {page}"
            return str(answer.url), f"{server.address}{found[1]}"

        copy, job = await press(f"{here}/rehearsal")

        async def told(job: str, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
            while True:
                answer = await session.get(job, headers={"Accept": "application/json"})
                if is_wanted(said := await answer.json()) or said["state"] == "failed":
                    return dict(said)
                await asyncio.sleep(0.2)

        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            await told(job, lambda said: said["total"] and said["done"] == said["total"])
            site, heard = server.links(COPY)["sites"][0], asyncio.Condition()
            technician = Socket(heard)
            await technician.open(session, server.address, {"link": urlsplit(site["url"]).fragment, "tab": "tab-real"})
            claimed = await technician.say("claim_seat", {"mode": "take_over"})
            assert claimed["ok"], claimed
            await told(job, lambda said: said["done"] == said["total"] - 1)
            await press(f"{copy}/rehearsal/points", away="1")
            first = await told(job, lambda said: said["state"] == "done")
            _, job = await press(f"{copy}/rehearsal/points")
            await told(job, lambda said: said["total"] and said["done"] == said["total"] - 1)
            await press(f"{copy}/rehearsal/points", away="1")
            return first, await told(job, lambda said: said["state"] == "done")


class Chair(Socket):
    """The chair's page, which keeps the public part as it changes."""

    async def _hear(self, now: float, event: str, body: Any) -> None:
        if event == "changes" and body["part"] == "public":
            self.snapshot["parts"]["public"].update(body["changes"])
        await super()._hear(now, event, body)


async def rehearsed(server: Server, links: dict[str, Any]) -> str:
    """What the rehearsal prints, while a chair leads: doors, convening, discussion, and the first who asks has the floor."""
    async with session_of(server) as session:
        token, heard = await desk_token(session, server.address, links["chair"]), asyncio.Condition()
        chair = Chair(heard)
        await chair.open(session, server.address, {"desk": token, "tab": "tab-chair"})
        await discuss(chair)
        command = ("rehearse", "1", "--points", str(POINTS), "--minutes", MINUTES)
        running = asyncio.create_task(asyncio.to_thread(server.command, *command))
        tries = 0
        while not running.done():
            await asyncio.sleep(1)
            tries += 1
            public = chair.snapshot["parts"]["public"]
            waiting = [entry for entry in public["queue"] if entry["is_connected"]]
            # Whoever was lost before its countdown was over is passed by after a while.
            is_stuck = public["stage"]["floor_site_id"] is None and tries > PATIENCE
            if waiting and (public["floor"] is None or is_stuck):
                tries = 0
                await chair.ask("grant_floor", request_id=waiting[0]["request_id"])
        return await running


def with_points(data_dir: Path, count: int) -> None:
    """The demonstration with more points, each with delegates, until there are so many."""
    app = create_app({"DATA_DIR": data_dir})
    with app.app_context():
        with writing() as session:
            conference = session.get_one(Conference, 1)
            there = sum(site.kind is SiteKind.SITE for site in conference.sites)
            for number in range(there, count):
                name = NEW.format(number + 1)
                site = store.add_site(conference, store.SiteDraft(name, name, name, "", None, None, None, None))
                store.add_delegate(
                    site, store.read_delegate({"title": "Bí thư", "role": "delegate", "precedence": "1"}, site)
                )
        db.session.close()
        db.engine.dispose()
