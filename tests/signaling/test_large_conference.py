"""A conference too large for one media process: its pages are at several, see one another, and are told of their own only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from flask import Flask

from meetings.media_places import media_sockets
from signaling.media import SUBSCRIPTIONS
from signaling.places import CROWD
from tests.databases import Databases
from tests.sfu.media_process import Media, eventually, running_media
from tests.signaling.conftest import serving
from tests.signaling.page import Page, Pages, Room
from tests.signaling.publishing import Published, publish
from tests.signaling.test_handlers import open_discussion, speaker

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")


@pytest.fixture(scope="module")
def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    with serving(databases, tmp_path_factory, MEDIA_PROCESSES="2") as found:
        yield found


class Seen:
    """What a page has of the conference: its connection and the tracks it receives, by bus and kind."""

    def __init__(self, published: Published, kind: str) -> None:
        self.peer, self.epoch = published.offer["peer"], published.offer["epoch"]
        self.connection = published.connection
        self.tracks = dict(zip(SUBSCRIPTIONS[kind], published.tracks, strict=True))

    async def sees(self, bus: str) -> None:
        frame = await asyncio.wait_for(self.tracks[bus, "video"].recv(), 20)
        assert (frame.width, frame.height) == (640, 480)


async def join(page: Page, kind: str) -> Seen:
    return Seen(await publish(page), kind)


async def peers_at(media: Media) -> set[str]:
    return {peer["peer"] for peer in (await media.call("GET", "/state"))[1]["peers"]}


async def routes_at(media: Media, room: Room) -> Any:
    found = (await media.call("GET", "/state"))[1]["routers"].get(str(room.conference_id))
    return found and {bus: seats for bus, seats in found["routes"]["buses"].items() if any(seats.values())}


def epochs(page: Page) -> list[Any]:
    return [message["epoch"] for message in page.all("media_epoch")]


def test_a_large_conference_is_at_both_processes_and_the_end_of_one_concerns_its_pages_only(
    room: Room, pages: Pages
) -> None:
    asyncio.run(asyncio.wait_for(_hold(room, pages), 120))


async def _hold(room: Room, pages: Pages) -> None:
    wire = room.app.extensions["wire"]
    paths = media_sockets(str(room.app.extensions["settings"].data_dir / "media.sock"), 2)
    if room.conference_id % 2:
        paths.reverse()
    home, other = paths
    chair, station, site = pages.chair(), pages.station(), pages.site(1)

    async with running_media(path=home, siblings=[other]) as here:
        async with AsyncExitStack() as until_killed:
            there = await until_killed.enter_async_context(running_media(path=other, siblings=[home]))
            await eventually(lambda: all(engine.epoch for engine in wire.media._engines), "both are there")
            await asyncio.to_thread(open_discussion, chair, room)
            hall = await join(station, "station")
            for number in range(CROWD - 1):
                names = (f"screen-{number}.stage.w.1", f"screen:{number}", "screen", False)
                _, process = await asyncio.to_thread(wire.media.join, room.conference_id, *names)
                assert process == room.conference_id % 2
            point = await join(site, "site")
            assert hall.peer in await peers_at(here) and await peers_at(there) == {point.peer}
            assert hall.epoch == here.event(type="hello")["epoch"] != point.epoch == there.event(type="hello")["epoch"]
            await point.sees("hall")

            async def have_routes(bus: str, seat: str) -> bool:
                at_both = [await routes_at(media, room) for media in (here, there)]
                return at_both[0] == at_both[1] is not None and at_both[0].get(bus, {}).get("video") == seat

            await eventually(lambda: have_routes("hall", f"site:{room.sites[0]}"), "the same routes at both")
            await asyncio.to_thread(speaker, site, chair, room, 1)
            await eventually(lambda: have_routes("floor", f"site:{room.sites[1]}"), "the next routes at both")
            await hall.sees("floor")
            stats = await asyncio.to_thread(wire.media.stats)
            buses = [(bus["bus"], bus["kind"]) for bus in stats["buses"]]
            assert len(buses) == len(set(buses)), "each bus is told once"
            orders = [peer["order"] for peer in stats["peers"]]
            assert len(orders) == CROWD + 1 and orders == sorted(orders), "the newest page of a seat is the last"

            told = len(epochs(station))
        await asyncio.to_thread(site.wait, lambda: epochs(site)[-1:] == [None], "its page is told")
        seat, centre = str(room.sites[1]), str(room.sites[0])
        await eventually(lambda: wire.lines.as_told(room.conference_id)[seat]["media"] is False, "it sends nothing")
        assert wire.lines.as_told(room.conference_id)[centre]["media"] is True
        await point.connection.close()

        async with running_media(path=other, siblings=[home]) as again:
            await asyncio.to_thread(site.wait, lambda: epochs(site)[-1], "its page is told of the new one")
            point = await join(site, "site")
            assert point.epoch == epochs(site)[-1] == again.event(type="hello")["epoch"]
            await point.sees("hall")
            await hall.sees("floor")
            assert len(epochs(station)) == told, "the others were told nothing"
            await asyncio.to_thread(wire.media.leave_seat, room.conference_id, f"site:{room.sites[1]}")
            assert await peers_at(again) == set()
            await point.connection.close()
        await hall.connection.close()
