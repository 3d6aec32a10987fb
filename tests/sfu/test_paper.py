"""The paper picture: a page's second picture on a bus of its own, seen by nobody before it is routed nor after."""

from typing import Any

import pytest

from meetings.core.stage import Stage
from meetings.core.vocabulary import ShareSource, SiteId
from signaling.media import SUBSCRIPTIONS, readings_of, routes_for
from signaling.sfu.rtcp import BitRateLimit, KeyFrameRequest
from signaling.sfu.wire import WireError, read_peer

from .media_process import Media, Page, eventually, media_here, open_page
from .test_media import bus_ssrc, run

VIEWS = (("floor", "video"), ("paper", "video"))
SHOWN = Stage(hall_site_id=SiteId(1), floor_site_id=SiteId(2), share_site_id=SiteId(7), share_source=ShareSource.SCREEN)


async def put(media: Media, paper: str | None, **buses: Any) -> None:
    routes = {"paper": {"video": paper, "audio": None, "paper": True}, **buses}
    assert (await media.call("PUT", "/routers/r/routes", {"buses": routes, "warm": []}))[0] == 200


async def sharer(media: Media, number: int) -> Page:
    """What a page sends besides its camera."""
    page = await open_page(media, f"s{number}", f"site:{number}", sends=True, is_paper=True)
    return page.record()


async def page_of(media: Media, number: int) -> Page:
    return (await open_page(media, f"p{number}", f"site:{number}", views=VIEWS, sends=True)).record()


def seen(media: Media, page: Page, bus: str) -> str:
    return "".join(packet.payload[2:].decode() for packet in page.received(bus_ssrc(media, bus, "video")))


def ceilings(page: Page) -> list[int]:
    return [report.bits_per_second for report in page.rtcp if isinstance(report, BitRateLimit)]


def test_rule_42_a_share_is_forwarded_to_all_but_its_own_seat_only_while_it_is_routed() -> None:
    async def test() -> None:
        async with media_here() as media:
            own, other, share = await page_of(media, 1), await page_of(media, 2), await sharer(media, 1)
            await put(media, None, floor={"video": "site:1", "audio": None})
            await own.send_video([1], key=True, mark=b"c")
            await share.send_video(range(1, 20), key=True, mark=b"s")
            await eventually(lambda: media.node.peers["s1"].producers, "the share has come")
            await eventually(lambda: seen(media, other, "floor") == "c", "the camera of the same seat")
            await eventually(lambda: ceilings(share), "what nobody is shown may send little")
            assert ceilings(share)[-1] < 260_000
            assert seen(media, other, "paper") == ""

            await put(media, "site:1", floor={"video": "site:1", "audio": None})
            await eventually(
                lambda: any(isinstance(r, KeyFrameRequest) for r in share.rtcp), "a key frame is asked for"
            )
            await share.send_video([100], key=True, mark=b"S")
            await share.send_video([101, 102], mark=b"S")
            await own.send_video([2, 3], mark=b"c")
            await eventually(lambda: seen(media, other, "paper") == "SSS", "the share, large")
            await eventually(lambda: seen(media, other, "floor") == "ccc", "the speaker beside it")
            assert media.event(type="source_live", bus="paper", seat="site:1")
            assert (seen(media, own, "paper"), seen(media, own, "floor")) == ("", "")
            await eventually(lambda: ceilings(share)[-1] > 2_000_000, "the shown one may be sharp")

            await put(media, None, floor={"video": "site:1", "audio": None})
            await share.send_video(range(103, 140), key=True, mark=b"x")
            await own.send_video([4], mark=b"c")
            await eventually(lambda: seen(media, other, "floor") == "cccc", "all of it has come")
            assert seen(media, other, "paper") == "SSS"

    run(test())


def test_the_next_share_takes_the_place_at_once_and_a_camera_never_stands_there() -> None:
    async def test() -> None:
        async with media_here() as media:
            page, view = await page_of(media, 2), await page_of(media, 3)
            first, second = await sharer(media, 1), await sharer(media, 2)
            await put(media, "site:1")
            await first.send_video([1], key=True, mark=b"1")
            await first.send_video([2], key=True, mark=b"1")
            await eventually(lambda: "1" in seen(media, view, "paper"), "the first")
            await put(media, "site:2")
            shown = seen(media, view, "paper")
            await first.send_video(range(3, 20), key=True, mark=b"1")
            await page.send_video(range(1, 20), key=True, mark=b"c")
            await second.send_video([1], key=True, mark=b"2")
            await second.send_video([2], key=True, mark=b"2")
            await eventually(lambda: "2" in seen(media, view, "paper"), "the second")
            assert set(seen(media, view, "paper")[len(shown) :]) == {"2"}
            await second.close()
            await eventually(lambda: media.event(type="peer_closed", peer="s2"), "goodbye")
            assert media.node.routers["r"].outlet("paper", "video").bus.current is None
            assert media.node.routers["r"].feeder("site:2") is media.node.peers["p2"], "the camera goes on"

    run(test())


def test_one_bus_may_carry_a_share_and_then_the_camera_of_the_same_seat() -> None:
    """A player of a single stream (the bus `program`)."""

    async def test() -> None:
        async with media_here() as media:
            page, share, view = await page_of(media, 1), await sharer(media, 1), await page_of(media, 3)
            camera = {"floor": {"video": "site:1", "audio": None}}
            await put(media, None, floor={**camera["floor"], "paper": True})
            await share.send_video([1], key=True, mark=b"s")
            await share.send_video([2], key=True, mark=b"s")
            await eventually(lambda: "s" in seen(media, view, "floor"), "the share")
            await put(media, None, **camera)
            shown = seen(media, view, "floor")
            await share.send_video(range(3, 20), key=True, mark=b"s")
            await page.send_video([1], key=True, mark=b"c")
            await page.send_video([2], key=True, mark=b"c")
            await eventually(lambda: "c" in seen(media, view, "floor"), "the camera")
            assert set(seen(media, view, "floor")[len(shown) :]) == {"c"}

    run(test())


def test_the_offer_for_a_share_is_one_picture_without_layers() -> None:
    async def test() -> None:
        async with media_here() as media:
            body = {"peer": "s", "router": "r", "seat": "site:1", "publishes": True, "subscribes": [], "paper": True}
            _, answer = await media.call("POST", "/peers", body)
            [section] = answer["sdp"].split("m=")[1:]
            assert section.startswith("video ")
            assert "a=recvonly" in section and "transport-cc" in section
            assert "simulcast" not in section and "rid" not in section
            assert (await media.call("GET", "/state"))[1]["peers"][0]["paper"] is True

    run(test())


@pytest.mark.parametrize("wrong", [{"publishes": False, "subscribes": [["hall", "video"]]}, {"encoder": True}])
def test_a_paper_peer_is_a_page_that_publishes(wrong: dict[str, Any]) -> None:
    body = {"peer": "s", "router": "r", "seat": "site:1", "publishes": True, "subscribes": [], "paper": True}
    assert read_peer(body).is_paper
    with pytest.raises(WireError):
        read_peer({**body, **wrong})


def test_what_the_stage_shares_goes_on_the_paper_bus_and_to_players_of_one_picture() -> None:
    paper = {"video": "site:7", "audio": None, "paper": True}
    buses = routes_for(SHOWN, has_program=True)["buses"]
    assert buses["paper"] == buses["program"] == paper
    assert buses["floor"]["video"] == "site:2", "the speaker stays beside it"
    before = routes_for(Stage(hall_site_id=SiteId(1)), has_program=True)["buses"]
    assert before["paper"]["video"] is None
    assert before["program"] == {"video": "site:1", "audio": None}
    for kind in ("site", "station", "screen", "desk", "watcher"):
        assert ("paper", "video") in SUBSCRIPTIONS[kind], kind
    assert SUBSCRIPTIONS["paper"] == [], "what is sent there brings nothing back"


def test_a_share_says_nothing_of_its_sites_line() -> None:
    peer = {"peer": "t.paper.p.1", "router": "1", "seat": "site:7", "connected": True, "encoder": False, "paper": True}
    assert readings_of([{**peer, "published": [{}], "viewed": []}]) == {}
