"""Several holders of the floor on the buses: each is heard by all but himself (rules 16, 31, 32)."""

from __future__ import annotations

import asyncio

from meetings.core import commands as c
from meetings.core.stage import Stage
from meetings.core.vocabulary import SpeechKind
from signaling.media import FLOORS, SUBSCRIPTIONS, routes_for, seat_of_site
from tests.core.sitting import BEN_LUC, CAN_DUOC, HALL, TAN_AN, VINH_HUNG, Sitting, delegate, discussing, site
from tests.sfu.media_process import Media, Page, eventually, media_here, open_page

ROUTER = "r"


def sound_of(routes: dict[str, dict[str, dict[str, str | None]]]) -> list[str | None]:
    return [routes["buses"][bus]["audio"] for bus in FLOORS]


def test_rule_31_each_speaker_has_a_bus_of_his_own_and_keeps_it_whoever_else_comes_or_goes() -> None:
    sitting = discussing()
    sitting.chair(c.SetOpenMicrophones(4))
    assert sound_of(routes_for(sitting.stage)) == [None] * 4
    first = sitting.grant(delegate(VINH_HUNG))
    routes = routes_for(sitting.stage)
    assert sound_of(routes) == ["site:5", None, None, None]
    second = sitting.grant(delegate(TAN_AN))
    routes = routes_for(sitting.stage, routes)
    assert sound_of(routes) == ["site:5", "site:2", None, None], "who is heard already stays where he is"
    assert routes["buses"]["floor"]["video"] == "site:2", "the one granted last is seen"
    sitting.chair(c.RevokeFloor(first))
    routes = routes_for(sitting.stage, routes)
    assert sound_of(routes) == [None, "site:2", None, None]
    for site_id in (BEN_LUC, CAN_DUOC, VINH_HUNG):
        sitting.grant(delegate(site_id))
    routes = routes_for(sitting.stage, routes)
    assert sound_of(routes) == ["site:3", "site:2", "site:4", "site:5"]
    sitting.chair(c.MuteHolder(second))
    assert sound_of(routes_for(sitting.stage, routes)) == ["site:3", None, "site:4", "site:5"]


def test_rule_32_of_the_hall_there_is_no_second_copy() -> None:
    sitting = discussing()
    sitting.chair(c.SetOpenMicrophones(2))
    for site_id in (HALL, TAN_AN):
        sitting.grant(delegate(site_id))
    routes = routes_for(sitting.stage)
    assert sound_of(routes) == ["site:2", None, None, None]
    assert routes["buses"]["hall"] == {"video": "site:1", "audio": "site:1"}


def test_after_a_silence_everybody_begins_on_the_first_bus_again() -> None:
    before = routes_for(Stage(hall_site_id=HALL, heard=(HALL, TAN_AN, BEN_LUC)))
    assert sound_of(routes_for(Stage(hall_site_id=HALL, heard=(HALL,)), before)) == [None] * 4
    assert sound_of(routes_for(Stage(hall_site_id=HALL, heard=(HALL, BEN_LUC)))) == ["site:3", None, None, None]


def test_every_page_with_a_loudspeaker_hears_every_floor_bus_and_a_watcher_none() -> None:
    for kind, views in SUBSCRIPTIONS.items():
        heard = {bus for bus, medium in views if medium == "audio"}
        expected = {
            "site": {"hall", *FLOORS},
            "station": set(FLOORS),
            "desk": {"hall", *FLOORS},
            "overflow": {"program"},
        }
        assert heard == expected.get(kind, set()), kind


# --- on the wire ---


async def open_site(media: Media, site_id: int) -> Page:
    """A site's page, which sends, and hears what any site's page hears."""
    kind = "station" if site_id == HALL else "site"
    page = await open_page(
        media, f"p{site_id}", seat_of_site(site_id), views=tuple(SUBSCRIPTIONS[kind]), router=ROUTER, sends=True
    )
    return page.record()


def heard_by(media: Media, page: Page) -> set[bytes]:
    """The words of those whose packets came on any floor bus."""
    outlets = media.node.routers[ROUTER].outlets
    return {
        packet.payload
        for bus in FLOORS
        if (bus, "audio") in outlets
        for packet in page.received(outlets[bus, "audio"].bus.ssrc)
    }


async def bring_on_stage(media: Media, sitting: Sitting, before: dict[str, object] | None) -> dict[str, object]:
    routes = routes_for(sitting.stage, before)
    assert (await media.call("PUT", f"/routers/{ROUTER}/routes", routes))[0] == 200
    return routes


def test_rule_32_on_the_buses_everybody_hears_all_holders_but_himself() -> None:
    async def test() -> None:
        sitting = discussing()
        sitting.chair(c.SetOpenMicrophones(3))
        holders = (TAN_AN, BEN_LUC, CAN_DUOC)
        speeches = [sitting.grant(delegate(site_id)) for site_id in holders]
        async with media_here() as media:
            routes = await bring_on_stage(media, sitting, None)
            pages = {site_id: await open_site(media, site_id) for site_id in (HALL, *holders, VINH_HUNG)}
            words = {site_id: b"sound-%d" % site_id for site_id in pages}

            async def everybody_speaks(numbers: range) -> None:
                for site_id, page in pages.items():
                    await page.send_audio(numbers, words[site_id])

            def wanted(heard: tuple[int, ...], listener: int) -> set[bytes]:
                return {words[s] for s in heard if s != listener}

            await everybody_speaks(range(1, 6))
            for site_id, page in pages.items():
                await eventually(
                    lambda s=site_id, p=page: heard_by(media, p) == wanted(holders, s),
                    f"site {site_id} hears the others",
                )
            sitting.when(site(BEN_LUC), c.ReleaseFloor(speeches[1]))
            order = sitting.request(delegate(VINH_HUNG), kind=SpeechKind.POINT_OF_ORDER)
            sitting.chair(c.GrantFloor(order))
            sitting.let(3)
            await bring_on_stage(media, sitting, routes)
            for page in pages.values():
                page.rtp.clear()
            await everybody_speaks(range(6, 11))
            for site_id, page in pages.items():
                await eventually(
                    lambda s=site_id, p=page: heard_by(media, p) == wanted((VINH_HUNG,), s),
                    f"site {site_id} hears the point of order alone",
                )
            assert (await media.process())["internal_errors"] == 0

    asyncio.run(asyncio.wait_for(test(), 30))
