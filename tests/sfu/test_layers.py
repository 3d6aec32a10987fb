"""Two layers of one picture: which of them a bus carries, and that a viewer sees one stream whatever changes."""

import asyncio
from collections.abc import Callable

from signaling.sfu.dtls import Identity
from signaling.sfu.peer import Peer, PeerSpec
from signaling.sfu.producer import Producer
from signaling.sfu.rtcp import BitRateLimit, KeyFrameRequest, write_bit_rate_limit
from signaling.sfu.rtp import FIXED_HEADER, parse_rtp
from signaling.sfu.sdp import EXTENSION_LAYER, EXTENSION_REPAIRED_LAYER, EXTENSION_TRANSPORT, RTX, VP8

from .media_process import Media, Page, eventually, media_here, open_page
from .test_media import VIEWS, bus_ssrc, run, viewer

SSRC = {"l": 7_000, "h": 8_000}


def with_layers(text: str) -> str:
    """An answer that takes the simulcast."""
    head, *sections = text.split("m=")
    sections[1] = sections[1].rstrip() + "\r\na=rid:l send\r\na=rid:h send\r\na=simulcast:send l;h\r\n"
    return "m=".join([head, *sections])


def layer_packet(rid: str, number: int, is_key: bool, picture: int, extensions: tuple[tuple[int, bytes], ...]) -> bytes:
    """A VP8 packet with a 15-bit picture number."""
    body = b"".join(bytes([identity << 4 | len(value) - 1]) + value for identity, value in extensions)
    body += bytes(-len(body) % 4)
    extension = b"\xbe\xde" + (len(body) // 4).to_bytes(2, "big") + body if body else b""
    header = FIXED_HEADER.pack(0x90 if body else 0x80, VP8, number, number * 3000 & 0xFFFFFFFF, SSRC[rid])
    payload = b"\x90\x80" + (0x8000 | picture).to_bytes(2, "big") + (b"\x00" if is_key else b"\x01") + rid.encode()
    return header + extension + payload


class Layered(Page):
    """A page that publishes both layers."""

    async def send_layer(self, rid: str, numbers: list[int], key: bool = False, is_named: bool = True) -> None:
        for number in numbers:
            names = ((EXTENSION_LAYER, rid.encode()),) if is_named else ()
            await self.send(layer_packet(rid, number, key, number * 7 & 0x7FFF, names))


async def layered(media: Media, number: int = 1) -> Layered:
    page = await open_page(media, f"p{number}", f"site:{number}", views=VIEWS, sends=True, edit_answer=with_layers)
    page.__class__ = Layered
    page.record()
    assert isinstance(page, Layered)
    return page


def asked_for(page: Page, rid: str) -> Callable[[], bool]:
    return lambda: any(isinstance(r, KeyFrameRequest) and r.ssrc == SSRC[rid] for r in page.rtcp)


def marks(page: Page, ssrc: int) -> str:
    return "".join(packet.payload[5:].decode() for packet in page.received(ssrc))


def test_a_bus_takes_the_full_picture_when_it_comes_and_goes_back_when_it_stops() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page, view = await layered(media), await viewer(media)
            video = bus_ssrc(media, "floor", "video")
            await page.send_layer("l", [100], key=True)
            await page.send_layer("l", [101, 102], is_named=False)
            await eventually(lambda: marks(view, video) == "lll", "the small picture at once")
            await page.send_layer("h", [9_000])
            await eventually(asked_for(page, "h"), "a key frame of the full one is asked for")
            await page.send_layer("l", [103])
            await page.send_layer("h", [9_001], key=True)
            await page.send_layer("l", [104])
            await page.send_layer("h", [9_002])
            await eventually(lambda: marks(view, video) == "llllhh", "the full picture after its key frame")

            async def goes_back() -> bool:
                await page.send_layer("l", [105 + len(page.rtcp)])
                return asked_for(page, "l")()

            page.rtcp.clear()
            await eventually(goes_back, "the small one is asked for a key frame when the full one stops")
            await page.send_layer("l", [5_000, 5_001], key=True)
            await eventually(lambda: marks(view, video).endswith("l"), "the small picture again")
            row = view.received(video)
            first = row[0].sequence
            assert [(packet.sequence - first) & 0xFFFF for packet in row] == list(range(len(row)))
            pictures = [int.from_bytes(packet.payload[2:4], "big") & 0x7FFF for packet in row]
            cuts = [at for at in range(1, len(row)) if marks(view, video)[at] != marks(view, video)[at - 1]]
            assert [pictures[at] - pictures[at - 1] for at in cuts] == [1, 1]
            assert len([e for e in media.events if e["type"] == "source_live"]) == 1

    run(test())


def test_a_picture_with_a_hole_that_nobody_fills_is_asked_for_a_key_frame() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page, view = await layered(media), await viewer(media)
            video = bus_ssrc(media, "floor", "video")
            await page.send_layer("h", [9_000], key=True)
            await eventually(lambda: marks(view, video) == "h", "the full picture")
            page.rtcp.clear()
            sent = [9_001]

            async def is_asked_for() -> bool:
                sent[0] += 1
                await page.send_layer("h", [sent[0]])
                await view.send(write_bit_rate_limit(5_000_000, [video]))  # it is there all the time
                return asked_for(page, "h")()

            await eventually(is_asked_for, "a key frame")
            assert media.node.counters.nacks_out > 0

    run(test())


def test_a_flooded_picture_is_left_for_the_small_one_and_its_sender_slowed_down() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page, view = await layered(media), await viewer(media)
            video = bus_ssrc(media, "floor", "video")
            await page.send_layer("l", [100], key=True)
            await page.send_layer("h", [9_000], key=True)
            await eventually(lambda: marks(view, video).endswith("h"), "the full picture")
            page.rtcp.clear()
            sent = [9_000, 100]

            async def is_asked_for_small() -> bool:
                sent[0], sent[1] = sent[0] + 9, sent[1] + 1
                await page.send_layer("h", [sent[0]])
                await page.send_layer("l", [sent[1]])
                await asyncio.sleep(0.01)
                return asked_for(page, "l")()

            await eventually(is_asked_for_small, "a key frame of the small picture is asked for")
            await eventually(
                lambda: any(isinstance(each, BitRateLimit) and each.bits_per_second < 1_000_000 for each in page.rtcp),
                "a limit",
            )
            assert media.node.counters.nacks_out < 100
            await page.send_layer("l", [sent[1] + 1], key=True)
            await page.send_layer("h", [sent[0] + 9])
            await eventually(lambda: marks(view, video).endswith("l"), "the small picture")

    run(test())


def test_the_full_picture_is_given_up_sooner_when_the_small_one_goes_on() -> None:
    def stopped_at(comes: Callable[[str, float], bool]) -> float:
        peer = Peer(PeerSpec("p", "r", "site:1", True, ()), Identity(), 1, 0.0)
        for name in ("video", "low"):
            peer.producers[name] = Producer("video", 5, name=name)
        for tick in range(100):
            now = tick / 40
            for name, producer in peer.producers.items():
                if tick % 2 == 0 and comes(name, now):
                    producer.receive(parse_rtp(layer_packet("h", tick, False, tick, ())), 100, now)
            if peer.note_turns(now):
                return now
        raise AssertionError

    assert 0.15 < stopped_at(lambda name, now: name == "low" or now < 1) - 1 < 0.35
    assert stopped_at(lambda name, now: now < 1) - 1 > 0.5, "an outage is waited for"


def test_a_bus_of_small_pictures_takes_the_small_one_and_its_seat_may_send_little() -> None:
    async def test() -> None:
        async with media_here() as media:
            buses = {"floor": {"video": None, "audio": None}, "hall": {"video": "site:1", "audio": None, "small": True}}
            assert (await media.call("PUT", "/routers/r/routes", {"buses": buses, "warm": []}))[0] == 200
            page, view = await layered(media), await viewer(media)
            await page.send_layer("h", [1], key=True)
            await page.send_layer("l", [1], key=True)
            await page.send_layer("h", [2], key=True)
            await eventually(lambda: marks(view, bus_ssrc(media, "hall", "video")) == "hl", "small, once it is there")

            def limits() -> list[int]:
                return [r.bits_per_second for r in page.rtcp if isinstance(r, BitRateLimit)]

            await eventually(limits, "a ceiling")
            assert limits()[-1] < 260_000
            assert (await media.call("GET", "/state"))[1]["routers"]["r"]["routes"]["buses"]["hall"]["small"] is True

    run(test())


def test_a_retransmission_finds_its_layer() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page, view = await layered(media), await viewer(media)
            await page.send_layer("l", [50], key=True)
            await page.send_layer("l", [52])
            await page.send_layer("h", [51, 53])
            original = layer_packet("l", 51, False, 51 * 7, ())
            name = bytes([EXTENSION_REPAIRED_LAYER << 4]) + b"l\0\0"
            header = FIXED_HEADER.pack(0x90, RTX, 1, 51 * 3000, 7_001) + b"\xbe\xde\0\1" + name
            await page.send(header + original[2:4] + original[12:])
            await eventually(lambda: media.node.counters.rtx_recovered == 1, "it is repaired")
            await eventually(lambda: marks(view, bus_ssrc(media, "floor", "video")) == "lll", "and shown")

    run(test())


def test_what_names_no_layer_is_no_stream() -> None:
    async def test() -> None:
        async with media_here() as media:
            page = await layered(media)
            await page.send_layer("l", [1], key=True, is_named=False)
            await page.send_audio([1])
            await eventually(lambda: media.node.peers["p1"].producers, "the sound")
            assert list(media.node.peers["p1"].producers) == ["audio"]

    run(test())


def test_a_publisher_is_told_what_arrived_when() -> None:
    async def test() -> None:
        async with media_here() as media:
            page = await layered(media)
            heard: list[bytes] = []

            async def keep(data: bytes) -> None:
                heard.append(data)

            page.transport._handle_rtcp_data = keep
            for number in (5, 6, 9):
                extensions = ((EXTENSION_TRANSPORT, number.to_bytes(2, "big")), (EXTENSION_LAYER, b"l"))
                await page.send(layer_packet("l", number, True, number, extensions))
            await eventually(lambda: any(data[0] & 31 == 15 and data[1] == 205 for data in heard), "feedback")
            told = next(data for data in heard if data[0] & 31 == 15 and data[1] == 205)
            assert int.from_bytes(told[12:14], "big") == 5
            await asyncio.sleep(0)

    run(test())
