"""The tile buses of a gallery: the right picture under the right name, and nothing for nobody."""

from typing import Any

from meetings.core.gallery import TILES
from meetings.core.stage import Stage
from meetings.core.vocabulary import SiteId
from signaling.media import SUBSCRIPTIONS, TILE_BUSES, routes_for
from tests.sfu.media_process import Media, Page, eventually, media_here, open_page
from tests.sfu.test_layers import SSRC, Layered, asked_for, layered, marks
from tests.sfu.test_media import bus_ssrc, run

TILE_VIEWS = (("tile-1", "video"), ("tile-2", "video"))


async def turn_to(media: Media, *seats: str | None) -> None:
    buses: dict[str, Any] = {
        f"tile-{place}": {"video": seat, "audio": None, "small": True} for place, seat in enumerate(seats, 1)
    }
    assert (await media.call("PUT", "/routers/r/routes", {"buses": buses, "warm": []}))[0] == 200


async def looker(media: Media, number: int = 1) -> Page:
    return (await open_page(media, f"t{number}", f"screen:{number}", views=TILE_VIEWS)).record()


def on_tile(media: Media, page: Page, place: int) -> int:
    return len(page.received(bus_ssrc(media, f"tile-{place}", "video")))


async def key_frames(media: Media, page: Layered, place: int, view: Page, start: int) -> None:
    """`page` sends key frames until its picture comes on that tile."""
    seen, numbers = on_tile(media, view, place), iter(range(start, start + 400))

    async def comes() -> bool:
        await page.send_layer("l", [next(numbers)], key=True)
        return on_tile(media, view, place) > seen

    await eventually(comes, f"a picture on tile {place}")


def test_who_is_turned_away_is_off_the_tile_at_once_and_nobody_renegotiates() -> None:
    async def test() -> None:
        async with media_here() as media:
            first, second, view = await layered(media, 1), await layered(media, 2), await looker(media)
            await first.send_layer("l", [1], key=True)
            await turn_to(media, "site:1", "site:9")
            await key_frames(media, first, 1, view, 2)
            assert on_tile(media, view, 2) == 0, "the place of a site that is not there stays empty"
            ssrcs = [bus_ssrc(media, f"tile-{place}", "video") for place in (1, 2)]

            # The page turns: until the next one's key frame nothing comes, rather than a wrong picture.
            await turn_to(media, "site:2", None)
            shown = on_tile(media, view, 1)
            await first.send_layer("l", range(500, 520), key=True)  # type: ignore[arg-type]
            await first.send_audio([1])
            await eventually(lambda: "audio" in media.node.peers["p1"].producers, "all of it has come")
            assert on_tile(media, view, 1) == shown
            await key_frames(media, second, 1, view, 1)
            assert media.event(type="source_live", bus="tile-1", seat="site:2")
            assert [bus_ssrc(media, f"tile-{place}", "video") for place in (1, 2)] == ssrcs

            # A site that is not there, on a tile that had a picture.
            await turn_to(media, "site:9")
            shown = on_tile(media, view, 1)
            await second.send_layer("l", range(800, 820), key=True)  # type: ignore[arg-type]
            await second.send_audio([1])
            await eventually(lambda: "audio" in media.node.peers["p2"].producers, "all of it has come")
            assert on_tile(media, view, 1) == shown

    run(test())


def test_a_tile_that_nobody_looks_at_asks_its_site_for_nothing() -> None:
    async def test() -> None:
        async with media_here() as media:
            page = await layered(media)
            await turn_to(media, "site:1")
            await page.send_layer("l", [1], key=True)
            await page.send_layer("l", [2, 3])
            await eventually(lambda: "low" in media.node.peers["p1"].producers, "the small picture")
            producer = media.node.peers["p1"].producers["low"]
            assert (producer.ssrc, producer.wants_key_frame) == (SSRC["l"], False)
            assert not asked_for(page, "l")()
            view = await looker(media)
            await eventually(asked_for(page, "l"), "a key frame for who looks now")
            await page.send_layer("l", [4], key=True)
            await page.send_layer("l", [5, 6])
            await eventually(lambda: marks(view, bus_ssrc(media, "tile-1", "video")) == "lll", "the picture")
            await view.close()
            await eventually(lambda: media.event(type="peer_closed", peer="t1"), "goodbye")
            await eventually(lambda: media.node.routers["r"].outlet("tile-1", "video").bus.current is None, "nobody")

    run(test())


def test_the_tiles_of_a_stage_are_small_pictures_on_sixteen_buses() -> None:
    sites = tuple(SiteId(n) for n in range(101, 101 + TILES))
    buses = routes_for(Stage(hall_site_id=SiteId(101), tiles=sites))["buses"]
    assert [buses[bus]["video"] for bus in TILE_BUSES] == [f"site:{n}" for n in sites]
    assert all(buses[bus]["small"] and buses[bus]["audio"] is None for bus in TILE_BUSES)
    assert SUBSCRIPTIONS["tiles"] == [(bus, "video") for bus in TILE_BUSES]
    last = routes_for(Stage(tiles=sites[:1]))["buses"]
    assert [bus for bus in TILE_BUSES if bus in last] == ["tile-1"], "an empty place is fed by nobody"
