"""One conference at two media processes: whoever publishes at one is seen and heard at both, by the same rules."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiortc import AudioStreamTrack, VideoStreamTrack

from signaling.sfu.relay import SILENT_SECONDS, relay_path
from signaling.sfu.relay_messages import Present, Takes, write_message
from signaling.sfu.rtcp import BitRateLimit, KeyFrameRequest, SenderReport, write_picture_loss, write_sender_report

from .media_process import Media, Page, eventually, media_here, open_page, running_media
from .test_layers import Layered, asked_for, layered, marks
from .test_media import VIEWS, bus_ssrc, publisher, run, viewer


@contextlib.asynccontextmanager
async def pair() -> AsyncIterator[tuple[Media, Media]]:
    """Two nodes of one machine, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        among = [str(Path(folder) / name) for name in ("a.sock", "b.sock")]
        async with media_here(among=among, place=0) as here, media_here(among=among, place=1) as there:
            yield here, there


async def route(*media: Media, **seats: str | None) -> None:
    for each in media:
        await each.route(**seats)


def payloads(media: Media, page: Page, kind: str, bus: str = "floor") -> list[bytes]:
    return [packet.payload for packet in page.received(bus_ssrc(media, bus, kind))]


def is_offered(media: Media, seat: str, streams: int) -> bool:
    """So many streams of this seat are known here of another process."""
    router = media.node.routers["r"]
    return streams == sum(len(each.producers) for each in router.remotes if each.spec.seat == seat)


def is_taken(media: Media, peer: str, streams: int) -> bool:
    """So many streams that this peer sends go to the other process."""
    return streams == sum(bool(each.takers) for each in media.node.peers[peer].producers.values())


def is_asked(page: Page) -> bool:
    return any(isinstance(report, KeyFrameRequest) for report in page.rtcp)


def test_who_publishes_at_one_process_is_seen_and_heard_at_both() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_video="site:1", floor_audio="site:1")
            page, near, far = await publisher(here), await viewer(here, 1), await viewer(there, 2)
            await page.send_video([1])
            await page.send_audio([1], mark=b"first")
            await eventually(lambda: is_offered(there, "site:1", 2), "it is known there")
            await eventually(lambda: is_taken(here, "p1", 2), "it is wanted there")
            await page.send_video([2], key=True, mark=b"k")
            for number in range(3, 40):
                await page.send_video([number], mark=b"%d" % number)
                await page.send_audio([number], mark=b"s%d" % number)
            for media, view in ((here, near), (there, far)):
                await eventually(lambda m=media, v=view: len(payloads(m, v, "video")) == 38, "the picture")
                await eventually(lambda m=media, v=view: payloads(m, v, "audio")[-37:], "the sound")
                assert [p[2:] for p in payloads(media, view, "video")][1:] == [b"%d" % n for n in range(3, 40)]
                assert payloads(media, view, "audio")[-37:] == [b"s%d" % n for n in range(3, 40)]
            assert payloads(here, near, "audio")[0] == b"first"
            assert here.node.counters.relayed_out == there.node.counters.relayed_in == 75
            assert there.node.counters.ingress_packets == 0

    run(test())


def test_the_floor_passes_from_one_process_to_the_other_at_the_new_ones_key_frame() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_video="site:1", floor_audio="site:1")
            one, two = await publisher(here, 1), await publisher(there, 2)
            views = [(here, await viewer(here, 1)), (there, await viewer(there, 2))]
            await one.send_video([1])
            await two.send_video([900])
            await eventually(lambda: is_asked(one) and is_offered(there, "site:1", 1), "the first is known")
            await one.send_video([2], key=True, mark=b"one")
            await eventually(lambda: all(payloads(m, v, "video") for m, v in views), "the first picture at both")

            await route(here, there, floor_video="site:2", floor_audio="site:2")
            await eventually(lambda: is_asked(two), "a key frame of the second")
            sent = there.node.peers["p2"].producers
            await eventually(lambda: sent["video"].takers, "it is wanted here too")
            await one.send_video([3], mark=b"one")
            await eventually(lambda: all(len(payloads(m, v, "video")) == 2 for m, v in views), "the old one stays")
            await one.send_audio([1], mark=b"one speaks on")
            await two.send_audio([1, 2], mark=b"two speaks")
            await two.send_video([901], key=True, mark=b"two")
            await eventually(lambda: all(len(payloads(m, v, "video")) == 3 for m, v in views), "the new one at both")
            await one.send_video([4], mark=b"one")
            await two.send_video([902], mark=b"two")
            for media, view in views:
                await eventually(lambda m=media, v=view: len(payloads(m, v, "video")) == 4, "the new picture")
                row = view.received(bus_ssrc(media, "floor", "video"))
                assert [packet.payload[2:] for packet in row] == [b"one", b"one", b"two", b"two"]
                assert [(packet.sequence - row[0].sequence) & 0xFFFF for packet in row] == [0, 1, 2, 3]
                assert set(payloads(media, view, "audio")) <= {b"two speaks"}
                assert media.event(type="source_live", bus="floor", kind="video", seat="site:2")

            async def is_taken_back() -> bool:
                before = here.node.counters.relayed_out
                await one.send_video([5 + before])
                await asyncio.sleep(0.02)
                return here.node.counters.relayed_out == before

            await eventually(is_taken_back, "what nobody there sees is not sent there")
            await eventually(lambda: is_offered(there, "site:1", 0), "nor is it known there")

    run(test())


def test_a_viewer_at_the_other_process_gets_a_key_frame_when_it_comes_and_when_it_asks() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_video="site:1")
            page, _ = await publisher(here), await viewer(here)
            await page.send_video([1], key=True)
            producer = here.node.peers["p1"].producers
            await eventually(lambda: "video" in producer and not producer["video"].wants_key_frame, "on the air")
            page.rtcp.clear()
            view = await viewer(there, 2)
            await eventually(lambda: is_asked(page), "a key frame for who has come")
            await page.send_video([2], key=True)
            await eventually(lambda: len(payloads(there, view, "video")) == 1, "it has come")
            page.rtcp.clear()
            await view.send(write_picture_loss(bus_ssrc(there, "floor", "video")))
            await eventually(lambda: is_asked(page), "a key frame for who asks")
            await page.send_video([3], key=True)
            await eventually(lambda: len(payloads(there, view, "video")) == 2, "it has come")
            assert not producer["video"].wants_key_frame

    run(test())


def test_nobody_sees_or_hears_its_own_seat_at_either_process() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_video="site:1", floor_audio="site:1")
            page, other = await publisher(here), await viewer(there, 2)
            second_tab = (await open_page(there, "tab", "site:1", views=VIEWS)).record()
            await page.send_video([1])
            await page.send_audio([1])
            await eventually(lambda: is_offered(there, "site:1", 2), "it is known there")
            await eventually(lambda: is_taken(here, "p1", 2), "it is wanted there")
            await page.send_video([2], key=True)
            await page.send_video(range(3, 20))
            await page.send_audio(range(2, 20))
            await eventually(lambda: len(payloads(there, other, "video")) == 18, "the picture")
            await eventually(lambda: len(payloads(there, other, "audio")) == 18, "the sound")
            assert payloads(there, second_tab, "video") == payloads(there, second_tab, "audio") == []

    run(test())


def test_each_process_takes_the_layer_that_its_viewers_need() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            small = {"tile": {"video": "site:1", "audio": None, "small": True}}
            full = {"floor": {"video": "site:1", "audio": None}}
            for media, buses in ((here, full), (there, {**full, **small})):
                assert (await media.call("PUT", "/routers/r/routes", {"buses": buses, "warm": []}))[0] == 200
            page, near = await layered(here), await viewer(here)
            far = (await open_page(there, "v2", "screen:2", views=(("tile", "video"),))).record()
            await page.send_layer("l", [1])
            await page.send_layer("h", [1])
            await eventually(lambda: is_offered(there, "site:1", 2), "both are known there")
            for rid in ("l", "h"):
                await eventually(asked_for(page, rid), "each is asked for by one of them")
                await page.send_layer(rid, [2], key=True)
            for number in range(3, 9):
                await page.send_layer("l", [number])
                await page.send_layer("h", [number])
            await eventually(lambda: marks(near, bus_ssrc(here, "floor", "video"))[-6:] == "h" * 6, "the full one")
            await eventually(lambda: marks(far, bus_ssrc(there, "tile", "video")) == "l" * 7, "the small one")
            taken = {name for name, each in here.node.peers["p1"].producers.items() if each.takers}
            assert taken == {"low"}, "the full picture, which nobody there sees, is not sent there"
            router, low = here.node.routers["r"], here.node.peers["p1"].producers["low"]
            low.ask_key_frame()
            router.refresh()
            assert low.wants_key_frame and router.shows(low), "what only they show is shown"

            async def knows_rates() -> bool:
                await page.send_layer("h", [10 + len(page.rtp)])
                (remote,) = there.node.routers["r"].remotes
                return remote.producers["video"].reception.bit_rate(0) > 0

            await eventually(knows_rates, "how much the full one would take is known there too")

    run(test())


async def _falls_back(page: Layered, there: Media, far: Page) -> None:
    sent = [100]

    async def is_small() -> bool:
        sent[0] += 1
        await page.send_layer("l", [sent[0]], key=True)
        return marks(far, bus_ssrc(there, "floor", "video")).endswith("l")

    await eventually(is_small, "the small one when the full one stops")


def test_a_picture_that_stops_is_left_for_the_small_one_at_both() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_video="site:1")
            page, far = await layered(here), await viewer(there, 2)
            await page.send_layer("l", [1])
            await page.send_layer("h", [1])
            await eventually(asked_for(page, "h"), "the full one is asked for")
            await page.send_layer("h", [2], key=True)
            await eventually(lambda: marks(far, bus_ssrc(there, "floor", "video")).endswith("h"), "the full one")
            await _falls_back(page, there, far)

    run(test())


def test_the_newest_page_of_a_seat_feeds_it_wherever_it_is_and_an_encoder_goes_before() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_audio="site:1")
            views = [(here, await viewer(here, 1)), (there, await viewer(there, 2))]
            number = [0]

            async def is_heard(page: Page, mark: bytes) -> None:
                async def heard() -> bool:
                    number[0] += 1
                    await page.send_audio([number[0]], mark=mark)
                    return all(payloads(m, v, "audio")[-1:] == [mark] for m, v in views)

                await eventually(heard, f"{mark!r} at both")

            def ceilings(page: Page) -> list[int]:
                return [r.bits_per_second for r in page.rtcp if isinstance(r, BitRateLimit)]

            old = await publisher(here, 1)
            await is_heard(old, b"old")
            new = await publisher(there, 1, peer="second")
            await is_heard(new, b"new")
            await old.send_audio([number[0] + 1], mark=b"old")
            await eventually(lambda: ceilings(old) and ceilings(old)[-1] < 300_000, "the old one may send little")
            await eventually(lambda: ceilings(new)[-1] > 2_000_000, "the new one much")
            encoder = (await open_page(here, "e", "site:1", sends=True, is_encoder=True)).record()
            await is_heard(encoder, b"encoder")
            newest = await publisher(there, 1, peer="third")
            await newest.send_audio([1], mark=b"newest")
            await eventually(lambda: there.node.peers["third"].producers, "it has come")
            await is_heard(encoder, b"encoder still")
            assert (await here.call("DELETE", "/peers/e"))[0] == 204
            await is_heard(newest, b"newest again")
            for peer in ("third", "second"):
                assert (await there.call("DELETE", f"/peers/{peer}"))[0] == 204
            await is_heard(old, b"old again")

    run(test())


def test_a_paper_picture_goes_to_paper_buses_at_both_and_is_off_at_once() -> None:
    async def test() -> None:
        async with pair() as (here, there):

            async def put(seat: str | None) -> None:
                routes = {"paper": {"video": seat, "audio": None, "paper": True}}
                for media in (here, there):
                    assert (await media.call("PUT", "/routers/r/routes", {"buses": routes, "warm": []}))[0] == 200

            await put("site:1")
            share = (await open_page(here, "s1", "site:1", sends=True, is_paper=True)).record()
            camera = await publisher(here, 1)
            far = (await open_page(there, "v2", "screen:2", views=(("paper", "video"),))).record()
            await share.send_video([1])
            await camera.send_video([1], key=True, mark=b"camera")
            await eventually(lambda: is_asked(share), "it is wanted there")
            await share.send_video([2], key=True, mark=b"paper")
            await eventually(lambda: payloads(there, far, "video", "paper"), "it is shown there")
            await put(None)
            await share.send_video([3], key=True, mark=b"late")
            await camera.send_video([2], key=True, mark=b"camera")
            await eventually(lambda: here.node.counters.ingress_packets == 5, "all of it has come")
            await eventually(lambda: not there.node.routers["r"].remotes, "nothing of it is known there")
            assert [payload[2:] for payload in payloads(there, far, "video", "paper")] == [b"paper"]

    run(test())


def test_viewers_at_both_pair_sound_and_picture_by_the_senders_clock() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_video="site:1")
            page, far = await publisher(here), await viewer(there, 2)
            await page.send_video([1])
            await eventually(lambda: is_taken(here, "p1", 1), "it is wanted there")
            await page.send_video([2], key=True)
            await page.send(write_sender_report(SenderReport(page.ssrc("video"), 77 << 32, 6_000, 1, 1)))
            video = bus_ssrc(there, "floor", "video")
            await eventually(lambda: any(isinstance(r, SenderReport) and r.ssrc == video for r in far.rtcp), "a report")
            report = next(r for r in far.rtcp if isinstance(r, SenderReport) and r.ssrc == video)
            assert 0 <= report.timestamp - far.received(video)[0].timestamp < 5 * 90_000

    run(test())


def test_a_page_that_leaves_is_off_the_air_at_both() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_audio="site:1")
            page, _ = await publisher(here), await viewer(there, 2)
            await page.send_audio([1])
            await eventually(lambda: is_offered(there, "site:1", 1), "it is known there")
            await here.call("DELETE", "/peers/p1")
            await eventually(lambda: not there.node.routers["r"].remotes, "it is gone there")
            assert there.node.routers["r"].producers == {}

    run(test())


def test_a_process_without_viewers_is_sent_nothing_and_forgets_who_publishes() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_audio="site:1")
            page = await publisher(here)
            await page.send_audio([1])
            far = await viewer(there, 2)
            await eventually(lambda: is_offered(there, "site:1", 1), "it is known there")
            await eventually(lambda: here.node.peers["p1"].producers["audio"].takers, "it is taken")
            await far.close()
            await eventually(lambda: not here.node.peers["p1"].producers["audio"].takers, "it is taken no more")
            sibling = here.node.relay._siblings[0]
            await eventually(lambda: sibling.present == frozenset() == frozenset(sibling.takes), "nobody is there")
            await here.call("DELETE", "/peers/p1")
            await eventually(lambda: not there.node.routers["r"].remotes, "and nobody publishes here")

    run(test())


def test_a_slow_process_gets_the_sound_and_a_new_key_frame() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_audio="site:1", floor_video="site:1")
            page, far = await publisher(here), await viewer(there, 2)
            await page.send_audio([1])
            await page.send_video([1])
            await eventually(lambda: is_taken(here, "p1", 2), "it is wanted there")
            await page.send_video([2], key=True)
            producers = here.node.peers["p1"].producers
            await eventually(lambda: not producers["video"].wants_key_frame and producers["audio"].takers, "it comes")
            await eventually(lambda: payloads(there, far, "video"), "and is seen")
            loop, stream = asyncio.get_running_loop(), there.node.relay._siblings[0].stream
            loop.remove_reader(stream._socket.fileno())
            number = [2]

            async def is_full() -> bool:
                number[0] += 20
                await page.send_video(range(number[0], number[0] + 20), mark=bytes(1_100))
                return here.node.counters.relay_dropped > 0

            await eventually(is_full, "pictures are given up")
            assert producers["video"].wants_key_frame
            await page.send_audio([2], mark=b"heard")
            loop.add_reader(stream._socket.fileno(), stream.read)
            await eventually(lambda: payloads(there, far, "audio")[-1:] == [b"heard"], "the sound")
            await page.send_video([number[0] + 20], key=True, mark=b"anew")
            await eventually(lambda: payloads(there, far, "video")[-1][2:] == b"anew", "the picture")

    run(test())


def test_a_process_that_says_nothing_is_gone_until_it_speaks_again() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_audio="site:1")
            page, _ = await publisher(here), await viewer(there, 2)
            await page.send_audio([1])
            await eventually(lambda: is_offered(there, "site:1", 1), "it is known there")
            (sibling,) = there.node.relay._siblings
            sibling.stream.heard_at -= SILENT_SECONDS + 1
            asyncio.get_running_loop().remove_reader(sibling.stream._socket.fileno())
            await eventually(lambda: sibling.stream.is_closed, "it is given up")
            assert not any(remote in there.node.routers["r"].remotes for remote in sibling.remotes)
            await eventually(lambda: is_offered(there, "site:1", 1), "it is known again")

    run(test())


def test_a_stranger_at_the_relay_socket_does_no_harm() -> None:
    async def test() -> None:
        async with pair() as (here, there):
            await route(here, there, floor_audio="site:1")
            page, far = await publisher(here), await viewer(there, 2)
            path = relay_path(there.path)
            assert os.stat(path).st_mode & 0o077 == 0
            reader, writer = await asyncio.open_unix_connection(path)
            messages = [b"{", b"\x80" * 40, b'{"router":1}', write_message(Present(frozenset("r")))]
            messages.append(write_message(Takes("r", frozenset({1, 2}), frozenset({1, 2, 99}))))
            for each in messages:
                writer.write(len(each).to_bytes(2, "big") + each)
            await eventually(lambda: there.node.counters.rejected_datagrams == 3, "it is refused")
            assert await reader.read(10)
            writer.close()
            await eventually(lambda: len(there.node.relay._siblings) == 1, "it is gone")
            await page.send_audio([1])
            await eventually(lambda: is_offered(there, "site:1", 1), "it is known there")
            await eventually(lambda: here.node.peers["p1"].producers["audio"].takers, "it is taken")
            await page.send_audio([2])
            await eventually(lambda: payloads(there, far, "audio"), "the sound")

    run(test())


def test_a_process_that_is_killed_takes_only_its_own_pages_with_it_and_is_taken_up_again() -> None:
    async def test() -> None:
        with tempfile.TemporaryDirectory() as folder:
            first, second = (Path(folder) / name for name in ("a.sock", "b.sock"))
            async with running_media(path=first, siblings=[str(second)]) as here:
                await here.route(floor_video="site:1", floor_audio="site:1")
                page = await open_page(here, "p", "site:1", (AudioStreamTrack(), VideoStreamTrack()))
                near = await open_page(here, "v", "screen:1", views=VIEWS)

                async def sees(view: Page) -> Any:
                    sound = await asyncio.wait_for(view.tracks["floor", "audio"].recv(), 5)
                    assert sound.sample_rate == 48_000
                    return await asyncio.wait_for(view.tracks["floor", "video"].recv(), 5)

                for _ in range(2):
                    async with running_media(path=second, siblings=[str(first)]) as there:
                        await there.route(floor_video="site:1", floor_audio="site:1")
                        far = await open_page(there, "v", "screen:2", views=VIEWS)
                        frame, _ = await asyncio.gather(sees(far), sees(near))
                        assert (frame.width, frame.height) == (640, 480)
                        os.kill(there.pid, signal.SIGKILL)
                        await far.close()
                    assert await sees(near)
                figures = await here.process()
                assert figures["internal_errors"] == 0 and figures["relayed_out"] > 0
                await page.close()
                await near.close()

    run(test())
