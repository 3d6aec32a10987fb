"""Publish, forward, view: over real sockets, with aiortc as the pages, both ways of talking to the kernel."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiortc import AudioStreamTrack, VideoStreamTrack

from signaling.sfu.node import OUTAGE_SECONDS
from signaling.sfu.router import SENT_TOGETHER
from signaling.sfu.rtcp import (
    BitRateLimit,
    KeyFrameRequest,
    Nack,
    ReportBlock,
    SenderReport,
    write_nack,
    write_picture_loss,
    write_receiver_report,
    write_sender_report,
)
from signaling.sfu.rtp import RtpPacket

from .media_process import Media, Page, eventually, is_media, media_here, open_page, running_media

VIEWS = (("hall", "audio"), ("hall", "video"), ("floor", "audio"), ("floor", "video"))
BOTH_KINDS = pytest.mark.parametrize("portable", [False, True], ids=["sendmmsg", "portable"])


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 30))


def bus_ssrc(media: Media, bus: str, kind: str) -> int:
    return media.node.routers["r"].outlet(bus, kind).bus.ssrc


async def publisher(media: Media, number: int = 1, peer: str = "") -> Page:
    """A page at `site:<number>` that sends what the test tells it to, and views everything."""
    page = await open_page(media, peer or f"p{number}", f"site:{number}", views=VIEWS, sends=True)
    return page.record()


async def viewer(media: Media, number: int = 1) -> Page:
    return (await open_page(media, f"v{number}", f"screen:{number}", views=VIEWS)).record()


@BOTH_KINDS
def test_a_published_picture_and_sound_are_seen_and_heard(portable: bool) -> None:
    async def test() -> None:
        async with running_media(portable) as media:
            await media.route(hall_audio="site:1", hall_video="site:1")
            page = await open_page(media, "p", "site:1", (AudioStreamTrack(), VideoStreamTrack()))
            view = await open_page(media, "v", "screen:1", views=VIEWS)
            frame = await view.tracks["hall", "video"].recv()
            sound = await view.tracks["hall", "audio"].recv()
            assert (frame.width, frame.height) == (640, 480)
            assert sound.sample_rate == 48_000
            assert media.event(type="source_live", router="r", bus="hall", kind="video", seat="site:1")
            assert (await media.call("GET", "/health"))[1]["backend"] == ("portable" if portable else "sendmmsg")
            figures = await media.stats("v")
            seen = next(v for v in figures["viewed"] if (v["bus"], v["kind"]) == ("hall", "video"))
            assert seen["packets"] > 0
            await page.close()
            await view.close()
            await eventually(lambda: media.event(type="peer_closed", peer="v", reason="left"), "goodbye")
            assert (await media.process())["internal_errors"] == 0

    run(test())


@BOTH_KINDS
def test_nobody_is_sent_its_own_seat(portable: bool) -> None:
    async def test() -> None:
        async with media_here(portable) as media:
            await media.route(floor_audio="site:1", floor_video="site:1")
            own, view = await publisher(media), await viewer(media)
            second_tab = (await open_page(media, "tab", "site:1", views=VIEWS)).record()
            await own.send_video([1], key=True)
            await own.send_video(range(2, 20))
            await own.send_audio(range(20))
            video, audio = bus_ssrc(media, "floor", "video"), bus_ssrc(media, "floor", "audio")
            await eventually(lambda: len(view.received(video)) == 19, "the picture")
            await eventually(lambda: len(view.received(audio)) == 20, "the sound")
            assert own.received(video) == own.received(audio) == []
            assert second_tab.received(video) == second_tab.received(audio) == []

    run(test())


def test_a_holder_left_off_for_six_minutes_sees_the_next_picture_at_once() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:2")
            holder, other = await publisher(media, 1), await publisher(media, 2)
            video = bus_ssrc(media, "floor", "video")
            outlet = media.node.routers["r"].outlets["floor", "video"]
            outlet.bus._numbering.last_index = 30_000  # where the gap is one that SRTP cannot bridge
            await other.send_video([1], key=True)
            await eventually(lambda: holder.received(video), "a picture before the speech")
            await media.route(floor_video="site:1")
            before = outlet.bus.last_index
            await holder.send_video([1], key=True)
            await eventually(lambda: outlet.bus.current and outlet.bus.current.seat == "site:1", "the cut")
            producer = media.node.peers["p1"].producers["video"]
            for number in range(2, 46_002):
                speech = RtpPacket(False, 96, number & 0xFFFF, number * 3000, producer.ssrc, b"\x10\x01")
                media.node.routers["r"].forward(producer, speech, number / 125)
                if number % 500 == 0:
                    await asyncio.sleep(0)
            assert outlet.bus.last_index - before > 45_000
            assert len(holder.received(video)) == 1
            await media.route(floor_video="site:2")
            await other.send_video(range(2, 5), key=True, mark=b"after")
            await eventually(lambda: len(holder.received(video)) == 4, "a picture after the speech", 1.0)
            assert media.node.counters.srtp_errors == 0

    run(test())


def test_what_came_together_reaches_who_was_there_when_it_came() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(hall_video="site:1")
            page, leaving, staying = await publisher(media), await viewer(media, 1), await viewer(media, 2)
            video = bus_ssrc(media, "hall", "video")
            await page.send_video([1], key=True)
            await eventually(lambda: staying.received(video) and leaving.received(video), "the picture")
            router, producer = media.node.routers["r"], media.node.peers["p1"].producers["video"]

            def forward(number: int) -> None:
                packet = RtpPacket(False, 96, number, number * 3000, producer.ssrc, b"\x10\x01" + bytes([number]))
                router.forward(producer, packet, number / 125)

            forward(2)
            forward(3)
            router.disconnect(media.node.peers["v1"])
            forward(4)
            router.flush()
            marks = [b"\x02", b"\x03", b"\x04"]
            await eventually(lambda: [each.payload[2:] for each in staying.received(video)[1:]] == marks, "all of it")
            assert [each.payload[2:] for each in leaving.received(video)[1:]] == marks[:2]
            egress = media.node.counters.egress_packets
            for number in range(5, 5 + 3 * SENT_TOGETHER + 1):
                forward(number)
            router.flush()
            assert media.node.counters.egress_packets - egress == 3 * SENT_TOGETHER + 1
            await eventually(lambda: len(staying.received(video)) == 4 + 3 * SENT_TOGETHER + 1, "more than go together")

    run(test())


@BOTH_KINDS
def test_switching_never_renegotiates_and_numbers_go_on(portable: bool) -> None:
    async def test() -> None:
        async with media_here(portable) as media:
            await media.route(floor_video="site:1", floor_audio="site:1")
            one, two, view = await publisher(media, 1), await publisher(media, 2), await viewer(media)
            video = bus_ssrc(media, "floor", "video")
            await two.send_video([900], mark=b"early")
            await one.send_video([1], key=True, mark=b"one")
            await eventually(lambda: view.received(video), "the first picture")
            await media.route(floor_video="site:2", floor_audio="site:2")
            await eventually(lambda: any(isinstance(r, KeyFrameRequest) for r in two.rtcp), "a key frame request")
            await one.send_video([2], mark=b"one")
            await eventually(lambda: len(view.received(video)) == 2, "the old picture stays")
            await two.send_video([901], mark=b"two")
            await two.send_video([902], key=True, mark=b"two")
            await one.send_video([3], mark=b"one")
            await two.send_video([903], mark=b"two")
            await eventually(lambda: len(view.received(video)) == 4, "the new picture")
            row = view.received(video)
            assert [packet.payload[2:] for packet in row] == [b"one", b"one", b"two", b"two"]
            first = row[0].sequence
            assert [(packet.sequence - first) & 0xFFFF for packet in row] == [0, 1, 2, 3]
            assert media.event(type="source_live", bus="floor", kind="video", seat="site:2")

    run(test())


def test_a_key_frame_is_asked_for_until_it_comes() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page = await publisher(media)
            await page.send_video([1])

            def asked() -> int:
                return sum(isinstance(report, KeyFrameRequest) for report in page.rtcp)

            await eventually(lambda: asked() >= 3, "three requests")
            await page.send_video([2], key=True)
            outlet = media.node.routers["r"].outlets["floor", "video"]
            await eventually(lambda: outlet.bus.current, "on the air")
            assert not any(producer.wants_key_frame for producer in media.node.peers["p1"].producers.values())

    run(test())


def test_who_comes_back_after_an_outage_gets_a_key_frame_without_asking() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page = await publisher(media)
            await page.send_video([1], key=True)
            producer = media.node.peers["p1"].producers
            view = await viewer(media)
            await page.send_video([2], key=True)
            await eventually(lambda: view.rtp and not producer["video"].wants_key_frame, "a picture")

            page.rtcp.clear()
            media.node.peers["v1"].heard_at -= OUTAGE_SECONDS + 1
            await view.send(write_receiver_report([ReportBlock(bus_ssrc(media, "floor", "video"), 0, 0, 2, 0, 0, 0)]))
            await eventually(lambda: any(isinstance(r, KeyFrameRequest) for r in page.rtcp), "for a viewer")
            await page.send_video([3], key=True)
            await eventually(lambda: not producer["video"].wants_key_frame, "it came")

            await eventually(lambda: producer["video"].is_paused, "nothing comes")
            assert not producer["video"].wants_key_frame
            page.rtcp.clear()
            media.node.peers["v1"].heard_at = media.node.clock() + 60  # of the viewer it is not the time
            await page.send_video([90])
            await eventually(lambda: any(isinstance(r, KeyFrameRequest) for r in page.rtcp), "of who shows itself", 3)

    run(test())


def test_a_new_viewer_gets_a_key_frame_and_a_bad_one_not_for_ever() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page = await publisher(media)
            await page.send_video([1], key=True)
            producer = media.node.peers["p1"].producers
            await eventually(lambda: "video" in producer and not producer["video"].wants_key_frame, "on the air")
            view = await viewer(media)
            await eventually(lambda: producer["video"].wants_key_frame, "a key frame for the new viewer")
            await page.send_video([2], key=True)
            await eventually(lambda: not producer["video"].wants_key_frame, "it came")
            video = bus_ssrc(media, "floor", "video")
            honoured = 0
            for number in range(3, 23):
                before = media.node.counters.plis_in
                await view.send(write_picture_loss(video))
                await eventually(lambda b=before: media.node.counters.plis_in > b, "the request arrives")
                honoured += producer["video"].wants_key_frame
                await page.send_video([number], key=True)
                await eventually(lambda: not producer["video"].wants_key_frame, "answered")
            assert 1 <= honoured <= 5

    run(test())


def test_who_asks_for_a_key_frame_that_cannot_come_yet_may_ask_again_later() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page, view = await publisher(media), await viewer(media)
            await page.send_video([1], key=True)
            await eventually(lambda: view.rtp, "on the air")
            producer, counters = media.node.peers["p1"].producers["video"], media.node.counters
            video = bus_ssrc(media, "floor", "video")

            async def ask() -> None:
                before = counters.plis_in
                await view.send(write_picture_loss(video))
                await eventually(lambda: counters.plis_in > before, "the request arrives")
                assert producer.wants_key_frame

            for _ in range(8):
                await ask()
            for number in (2, 3):
                await page.send_video([number], key=True)
                await eventually(lambda: not producer.wants_key_frame, "it came")
                await ask()

    run(test())


@BOTH_KINDS
def test_a_viewer_gets_again_what_it_missed(portable: bool) -> None:
    async def test() -> None:
        async with media_here(portable) as media:
            await media.route(floor_video="site:1")
            page, view = await publisher(media), await viewer(media)
            video = bus_ssrc(media, "floor", "video")
            lost: list[int] = []

            def is_lost(datagram: bytes) -> bool:
                number = int.from_bytes(datagram[2:4], "big")
                if is_media(datagram) and number % 10 == 0 and number not in lost:
                    lost.append(number)
                    return True
                return False

            view.filter_incoming(is_lost)
            await page.send_video([1], key=True)
            for number in range(2, 30):
                await page.send_video([number], mark=b"%d" % number)
            await eventually(lambda: len(view.received(video)) + len(lost) == 29, "the picture")
            await view.send(write_nack(video, lost))
            await eventually(lambda: len(view.received(video)) == 29, "the packets again")
            row = sorted(view.received(video), key=lambda packet: packet.sequence)
            assert [packet.payload[2:] for packet in row[1:]] == [b"%d" % number for number in range(2, 30)]
            assert (await media.process())["resent_packets"] == len(lost) > 1

    run(test())


def test_nobody_gets_again_what_was_sent_before_it_came_or_while_it_was_left_off() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_audio="site:1")
            own, other = await publisher(media, 1), await publisher(media, 2)
            audio = bus_ssrc(media, "floor", "audio")
            await own.send_audio(range(30), mark=b"own voice")
            outlet = media.node.routers["r"].outlets["floor", "audio"]
            await eventually(lambda: outlet.bus.packets == 30, "the speech")
            late = await viewer(media)
            everything = [(outlet.bus.last_index - back) & 0xFFFF for back in range(30, -1, -1)]
            await own.send(write_nack(audio, everything))
            await late.send(write_nack(audio, everything))
            await eventually(lambda: media.node.counters.nacks_in == 62, "the requests")
            await media.route(floor_audio="site:2")
            await other.send_audio(range(5), mark=b"other voice")
            await eventually(lambda: len(own.received(audio)) == len(late.received(audio)) == 5, "the next speech")
            await own.send(write_nack(audio, everything))
            await eventually(lambda: media.node.counters.nacks_in == 93, "the request")
            await other.send_audio([5], mark=b"other voice")
            await eventually(lambda: len(own.received(audio)) == 6, "the next packet")
            assert {packet.payload for packet in own.received(audio)} == {b"other voice"}
            assert media.node.counters.resent_packets == 0

    run(test())


def test_what_came_late_from_the_speaker_is_asked_for_without_being_lost() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_audio="site:1")
            page, view = await publisher(media), await viewer(media)
            audio = bus_ssrc(media, "floor", "audio")
            await page.send_audio([1, 3, 2, 4])
            await eventually(lambda: len(view.received(audio)) == 4, "the sound")
            outlet = media.node.routers["r"].outlets["floor", "audio"]
            consumer = outlet.viewers[media.node.peers["v1"]]
            for sequence, asked in ((2, 0), (3, 1)):
                before = media.node.counters.resent_packets
                await view.send(write_nack(audio, [outlet.bus.last_index - 4 + sequence & 0xFFFF]))
                await eventually(lambda b=before: media.node.counters.resent_packets > b, "it is sent again")
                assert consumer.newly_asked == asked

    run(test())


@BOTH_KINDS
def test_loss_on_both_sides_is_repaired(portable: bool) -> None:
    async def test() -> None:
        async with media_here(portable) as media:
            await media.route(hall_video="site:1")
            page = await open_page(media, "p", "site:1", (AudioStreamTrack(), VideoStreamTrack()))
            view = await open_page(media, "v", "screen:1", views=VIEWS)
            page.filter_outgoing(every(20))
            view.filter_incoming(every(20))
            track = view.tracks["hall", "video"]
            for _ in range(60):
                await asyncio.wait_for(track.recv(), 2)
            await eventually(lambda: media.node.counters.rtx_recovered, "repaired on the way up")
            await eventually(lambda: media.node.counters.resent_packets, "repaired on the way down")
            published = (await media.stats("p"))["published"]
            assert any(stream["packets_lost"] > 0 for stream in published)
            await page.close()
            await view.close()

    run(test())


def every(nth: int) -> Callable[[bytes], bool]:
    """True for one media packet in `nth`."""
    counted = itertools.count(1)
    return lambda datagram: is_media(datagram) and next(counted) % nth == 0


def test_the_process_asks_for_what_does_not_come() -> None:
    async def test() -> None:
        async with media_here() as media:
            page = await publisher(media)
            await page.send_video([1, 2, 5])
            await eventually(lambda: any(isinstance(r, Nack) for r in page.rtcp), "a request")
            nack = next(r for r in page.rtcp if isinstance(r, Nack))
            assert nack == Nack(page.ssrc("video"), (3, 4))

    run(test())


def test_reports_tell_a_publisher_how_it_arrives_and_what_it_may_send() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1", warm=("site:3",))
            on_stage, listening, warm = [await publisher(media, number) for number in (1, 2, 3)]
            for page in (on_stage, listening, warm):
                await page.send_video([1, 2, 4])

            def ceilings(page: Page) -> list[int]:
                return [r.bits_per_second for r in page.rtcp if isinstance(r, BitRateLimit)]

            await eventually(lambda: all(map(ceilings, (on_stage, listening, warm))), "ceilings")
            assert ceilings(on_stage)[-1] == pytest.approx(2_500_000, rel=1e-4)
            assert ceilings(warm)[-1] == pytest.approx(2_500_000, rel=1e-4)
            assert ceilings(listening)[-1] == pytest.approx(250_000, rel=1e-4)
            await eventually(lambda: any(isinstance(r, ReportBlock) for r in on_stage.rtcp), "a report")
            block = next(r for r in on_stage.rtcp if isinstance(r, ReportBlock))
            assert (block.cumulative_lost, block.fraction_lost) == (1, 64)
            await media.route(floor_video="site:2")
            await eventually(lambda: ceilings(listening)[-1] > 2_000_000, "more for the new speaker", 1.0)

    run(test())


def test_a_deselected_sources_sender_report_reaches_nobody() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            one, two, view = await publisher(media, 1), await publisher(media, 2), await viewer(media)
            video = bus_ssrc(media, "floor", "video")
            second = 1 << 32

            async def report(page: Page, timestamp: int) -> None:
                raw = SenderReport(page.ssrc("video"), 77 * second, timestamp, 1, 1)
                await page.send(write_sender_report(raw))

            def reports() -> list[SenderReport]:
                return [r for r in view.rtcp if isinstance(r, SenderReport) and r.ssrc == video]

            await one.send_video([1], key=True)
            await report(one, 3_000)
            await eventually(reports, "the first source's report")
            await media.route(floor_video="site:2")
            await two.send_video([500], key=True)
            await eventually(lambda: len(view.received(video)) == 2, "the cut")
            view.rtcp.clear()
            for turn in range(3):
                await report(one, 900_000_000 + turn)
            await eventually(lambda: media.node.peers["p1"].producers["video"].clock_point, "it arrived")
            await report(two, 500 * 3_000)
            await eventually(reports, "the second source's report")
            cut = view.received(video)[1].timestamp
            for each in reports():
                assert 0 <= each.timestamp - cut < 10 * 90_000

    run(test())


def test_a_second_tab_takes_over_the_seat_and_gives_it_back() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_audio="site:1")
            first, view = await publisher(media), await viewer(media)
            audio = bus_ssrc(media, "floor", "audio")
            await first.send_audio([1], mark=b"first")
            await eventually(lambda: len(view.received(audio)) == 1, "the first tab")
            second = await publisher(media, 1, peer="second")
            await second.send_audio([1], mark=b"second")
            await eventually(lambda: len(view.received(audio)) == 2, "the second tab")
            assert (await media.call("PATCH", "/peers/second", {"publishing": False}))[0] == 200
            await second.send_audio([2], mark=b"second")
            await first.send_audio([2], mark=b"first")
            await eventually(lambda: len(view.received(audio)) == 3, "the first tab again")
            assert [p.payload for p in view.received(audio)] == [b"first", b"second", b"first"]

    run(test())


def test_a_demoted_publisher_is_not_heard_even_if_nobody_takes_over() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_audio="site:1", floor_video="site:1")
            page, view = await publisher(media), await viewer(media)
            await page.send_audio([1])
            await page.send_video([1], key=True)
            await eventually(lambda: len(view.rtp) == 2, "on the air")
            await media.call("PATCH", "/peers/p1", {"publishing": False})
            await page.send_audio([2])
            await page.send_video([2], key=True)
            await eventually(lambda: media.node.counters.ingress_packets == 4, "arrived")
            assert media.node.counters.egress_packets == 2

    run(test())


def test_a_route_to_a_seat_that_comes_later_is_remembered() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_audio="site:1")
            view = await viewer(media)
            page = await publisher(media)
            await page.send_audio([1])
            await eventually(lambda: view.received(bus_ssrc(media, "floor", "audio")), "the sound")

    run(test())


def test_a_seat_off_the_routes_is_not_heard() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_audio="site:1")
            one, two, view = await publisher(media, 1), await publisher(media, 2), await viewer(media)
            await two.send_audio(range(20))
            await one.send_audio([1], mark=b"one")
            await eventually(lambda: view.rtp, "the speaker")
            await eventually(lambda: media.node.counters.ingress_packets == 21, "everything arrived")
            assert [packet.payload for packet in view.rtp] == [b"one"]

    run(test())


def test_a_late_packet_is_not_for_a_viewer_that_came_after_its_place() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_audio="site:1")
            page, early = await publisher(media), await viewer(media, 1)
            audio = bus_ssrc(media, "floor", "audio")
            await page.send_audio([1, 3])
            await eventually(lambda: len(early.received(audio)) == 2, "the sound")
            newcomer = await viewer(media, 2)
            await page.send_audio([2], mark=b"late")
            await page.send_audio([4])
            await eventually(lambda: len(early.received(audio)) == 4, "the late packet")
            await eventually(lambda: newcomer.received(audio), "the next packet")
            assert [packet.payload for packet in newcomer.received(audio)] == [b"sound"]

    run(test())


def test_a_viewer_reports_its_line() -> None:
    async def test() -> None:
        async with media_here() as media:
            view = await viewer(media)
            audio = bus_ssrc(media, "hall", "audio")
            await view.send(write_receiver_report([ReportBlock(audio, 64, 9, 1, 480, 0, 0)]))

            async def figures() -> Any:
                viewed = (await media.stats("v1"))["viewed"]
                return next(v for v in viewed if (v["bus"], v["kind"], v["packets_lost"]) == ("hall", "audio", 9))

            async def told() -> bool:
                return any(v["packets_lost"] == 9 for v in (await media.stats("v1"))["viewed"])

            await eventually(told, "the report")
            assert (await figures())["fraction_lost"] == 0.25
            assert (await figures())["jitter_ms"] == 10

    run(test())


def test_a_page_that_refuses_sections_gets_the_others() -> None:
    async def test() -> None:
        def refuse_pictures(text: str) -> str:
            head, *sections = text.split("m=")
            changed = [s.replace("a=recvonly", "a=inactive") if s.startswith("video") else s for s in sections]
            return "m=".join([head, *changed])

        async with media_here() as media:
            await media.route(floor_audio="site:1", floor_video="site:1")
            page = await publisher(media)
            view = (await open_page(media, "v", "s", views=VIEWS, edit_answer=refuse_pictures)).record()
            await page.send_video([1], key=True)
            await page.send_audio([1])
            await eventually(lambda: view.received(bus_ssrc(media, "floor", "audio")), "the sound")
            assert [each["kind"] for each in (await media.stats("v"))["viewed"]] == ["audio", "audio"]

    run(test())
