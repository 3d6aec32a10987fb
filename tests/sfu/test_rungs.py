"""A viewer's line becomes narrow and wide again: what it then gets, over real sockets, rung by rung."""

import asyncio
from typing import Any

import pytest

from signaling.sfu.dtls import Identity
from signaling.sfu.framing import Deframer
from signaling.sfu.ladder import Rung
from signaling.sfu.peer import Peer, PeerSpec
from signaling.sfu.producer import Producer
from signaling.sfu.router import RESEND_SPAN, Outlet
from signaling.sfu.rtcp import ReportBlock, write_bit_rate_limit, write_nack, write_receiver_report
from signaling.sfu.rtp import RtpPacket, is_padding

from .media_process import Media, Page, eventually, media_here
from .test_layers import Layered, asked_for, layer_packet, layered
from .test_media import bus_ssrc, run, viewer
from .test_streams import Connection
from .test_transport import check


class Stage:
    """One publisher of two layers and its sound, two viewers; `send` sends what a browser would, asked-for key frames too."""

    def __init__(self, media: Media, page: Layered, weak: Page, strong: Page) -> None:
        self.media, self.page, self.weak, self.strong = media, page, weak, strong
        self.video, self.audio = bus_ssrc(media, "floor", "video"), bus_ssrc(media, "floor", "audio")
        self._number = 100

    async def send(self, key: str = "") -> None:
        self._number += 1
        for rid in "lh":
            is_key = rid in key or asked_for(self.page, rid)()
            await self.page.send_layer(rid, [self._number], key=is_key)
        self.page.rtcp.clear()
        await self.page.send_audio([self._number])
        await asyncio.sleep(0.005)

    async def until(self, claim: Any, what: str) -> None:
        async def sent() -> bool:
            await self.send()
            return bool(claim())

        await eventually(sent, what)

    @property
    def peer(self) -> Any:
        return self.media.node.peers["v2"]

    def pictures(self, view: Page) -> list[RtpPacket]:
        return view.received(self.video)

    def layers(self, view: Page) -> str:
        return "".join(packet.payload[5:6].decode() for packet in self.pictures(view))

    async def narrow(self, bits: int) -> None:
        """The viewer's browser finds out that its line takes `bits` only."""
        now = self.media.node.clock()
        self.peer.sent_bits = 2_000_000.0
        self.peer.bandwidth._deaf_until = 0.0
        self.peer.bandwidth._strained_at = now
        self.peer.bandwidth.note_limit(3_000_000, self.peer.sent_bits, now)
        for _ in range(3):
            await self.weak.send(write_bit_rate_limit(bits, [self.video]))


async def stage(media: Media) -> Stage:
    await media.route(floor_video="site:1", floor_audio="site:1")
    made = Stage(media, await layered(media), await viewer(media, 2), await viewer(media, 3))
    await made.send(key="lh")
    await made.until(lambda: made.layers(made.weak).endswith("hhh"), "the full picture")
    for name, bits in (("video", 1_500_000.0), ("low", 150_000.0)):
        meter = media.node.peers["p1"].producers[name].reception._meter
        meter._since, meter._rate = media.node.clock() + 1000, bits
    return made


def test_a_narrow_line_gets_the_small_picture_and_nobody_else_notices() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            await on.narrow(400_000)
            await on.until(lambda: on.layers(on.weak).endswith("lll"), "the small picture")
            assert "l" not in on.layers(on.strong).lstrip("l"), "the others keep the full one"
            row = on.pictures(on.weak)
            assert [(packet.sequence - row[0].sequence) & 0xFFFF for packet in row] == list(range(len(row)))
            pictures = [int.from_bytes(packet.payload[2:4], "big") & 0x7FFF for packet in row]
            assert pictures == sorted(pictures)
            stats = await media.stats("v2")
            assert stats["room"] == 400_000
            assert stats["room_by"] == "estimate"
            assert next(v["rung"] for v in stats["viewed"] if (v["bus"], v["kind"]) == ("floor", "video")) == "small"
            assert (await media.stats("v3"))["room"] is None
            assert media.node.counters.srtp_errors == 0

    run(test())


def test_a_narrower_line_gets_stills_and_the_narrowest_sound_only_until_it_is_wide_again() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            for rung in (Rung.SMALL, Rung.STILL):
                await on.narrow(100_000)
                await on.until(lambda rung=rung: on.peer.ladder.rung("floor") is rung, "a rung lower")
            await on.until(lambda: on.layers(on.weak).endswith("l"), "a still")
            shown = len(on.pictures(on.weak))
            for _ in range(20):
                await on.send()
            assert len(on.pictures(on.weak)) - shown <= 2, "nothing between two stills"

            await on.narrow(5_000)
            await on.until(lambda: on.peer.ladder.rung("floor") is Rung.NONE, "no picture")
            shown, heard = len(on.pictures(on.weak)), len(on.weak.received(on.audio))
            await on.until(lambda: len(on.weak.received(on.audio)) >= heard + 20, "sound all the time")
            assert len(on.pictures(on.weak)) <= shown + 1

            on.peer.ladder.budget = float("inf")
            media.node.routers["r"].refresh()
            await on.until(lambda: on.layers(on.weak).endswith("hhh"), "the full picture again")
            row = on.pictures(on.weak)
            numbers = [(packet.sequence - row[0].sequence) & 0xFFFF for packet in row]
            assert numbers == list(range(len(row)))
            sound = [packet.sequence for packet in on.weak.received(on.audio)]
            assert [(number - sound[0]) & 0xFFFF for number in sound] == list(range(len(sound)))
            assert media.node.counters.srtp_errors == 0

    run(test())


def test_a_burst_to_a_narrow_line_is_spread_and_the_sound_does_not_wait() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            await on.narrow(400_000)
            await on.until(lambda: on.layers(on.weak).endswith("lll"), "the small picture")
            on.weak.rtp.clear()
            first = on._number + 1
            for number in range(first, first + 20):
                await on.page.send(layer_packet("l", number, False, number * 7 & 0x7FFF, ()) + bytes(1000))
            await on.page.send_audio([first])
            await eventually(lambda: len(on.pictures(on.weak)) == 20, "all of it")
            numbers = [packet.sequence for packet in on.pictures(on.weak)]
            assert [(number - numbers[0]) & 0xFFFF for number in numbers] == list(range(20))
            sound = next(at for at, packet in enumerate(on.weak.rtp) if packet.ssrc == on.audio)
            assert sound < 10, "before most of the burst"

    run(test())


def test_nothing_is_sent_again_of_the_picture_that_was_too_large() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            await on.narrow(400_000)
            await on.until(lambda: on.layers(on.weak).endswith("lll"), "the small picture")
            row, counters = on.pictures(on.weak), media.node.counters
            large = [packet.sequence for packet in row if packet.payload[5:6] == b"h"]
            asked, resent = counters.nacks_in, counters.resent_packets
            await on.weak.send(write_nack(on.video, large[-3:]))
            await eventually(lambda: counters.nacks_in == asked + 3, "it is asked")
            assert counters.resent_packets == resent
            await on.weak.send(write_nack(on.video, [row[-1].sequence]))
            await eventually(lambda: counters.resent_packets == resent + 1, "the small one is")

    run(test())


def test_neither_padding_nor_what_is_long_past_is_sent_again() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            await on.narrow(400_000)
            await on.until(lambda: on.layers(on.weak).endswith("lll"), "the small picture")
            old, counters = on.pictures(on.weak)[-1].sequence, media.node.counters
            router = media.node.routers["r"]
            bus = router.own[on.peer]["floor"].bus

            def is_much_padded() -> bool:
                bus._is_between_frames, on.peer.padding_bits = True, 400_000.0
                router.pad(on.peer, 0.1, media.node.clock())
                return (bus.last_index - old) & 0xFFFF > RESEND_SPAN + 50

            await on.until(is_much_padded, "much padding")
            asked, resent = counters.nacks_in, counters.resent_packets
            newest = range(bus.last_index - 250, bus.last_index + 1)
            padding = [index & 0xFFFF for index in newest if is_padding(bus.history.get(index) or b"\0")][-5:]
            assert len(padding) > 3
            await on.weak.send(write_nack(on.video, [old, *padding]))
            await eventually(lambda: counters.nacks_in == asked + 1 + len(padding), "it is asked")
            assert counters.resent_packets == resent

    run(test())


def test_of_a_picture_that_floods_a_line_nothing_more_is_sent_until_the_small_one_comes() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            meter = media.node.routers["r"].outlet("floor", "video").bus.meter
            meter._since, meter._rate = media.node.clock() + 1000, 1_500_000.0
            await on.narrow(400_000)
            outlet = await moved(on)
            assert outlet.bus.current is None and outlet.bus.pending is not None
            shown = len(on.pictures(on.weak))
            for number in range(7_000, 7_010):
                await on.page.send_layer("h", [number])
            await on.page.send_layer("l", [7_000], key=True)
            await eventually(lambda: on.layers(on.weak).endswith("l"), "the small picture")
            assert "h" not in on.layers(on.weak)[shown:]

    run(test())


def test_a_speaker_whose_line_stops_leaves_its_viewers_the_full_picture() -> None:
    """What did not come from it, the browsers of all who watch count as lost, and ask for."""

    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            bus = media.node.routers["r"].outlet("floor", "video").bus
            counters = media.node.counters

            async def tell(fraction: float, lost: int) -> None:
                on.peer.bandwidth._deaf_until = 0.0
                before = counters.rtcp_in
                block = ReportBlock(on.video, int(fraction * 256), lost, bus.last_index, 0, 0, 0)
                await on.weak.send(write_receiver_report([block]))
                await eventually(lambda: counters.rtcp_in > before, "the report")
                on.peer.sent_bits = 1_500_000.0
                media.node.routers["r"].weigh(on.peer, media.node.clock())

            async def told() -> int:
                return sum(view["packets_lost"] for view in (await media.stats("v2"))["viewed"])

            await tell(0.0, 0)
            shown = bus.last_index
            on._number += 200
            for _ in range(25):
                await on.send()
            await eventually(lambda: bus.last_index == shown + 225, "it goes on")
            asked = counters.nacks_in
            await on.weak.send(write_nack(on.video, [shown + back & 0xFFFF for back in range(1, 201)]))
            await eventually(lambda: counters.nacks_in == asked + 200, "it is asked for")
            await tell(200 / 225, 200)
            assert not on.peer.ladder.is_limited
            assert await told() == 0
            for _ in range(25):
                await on.send()
            await eventually(lambda: bus.last_index == shown + 250, "it goes on")
            await tell(0.9, 222)
            assert on.peer.ladder.is_limited, "what its own line loses counts"
            assert await told() == 22

    run(test())


async def moved(on: Stage) -> Outlet:
    own = on.media.node.routers["r"].own
    await eventually(lambda: on.peer in own and own[on.peer], "a bus of its own")
    return own[on.peer]["floor"]


def test_a_round_trip_down_is_told_without_the_queue_of_the_line_up() -> None:
    peer = Peer(PeerSpec("p", "r", "site:1", True, ()), Identity(), 1, 0.0)
    assert peer.trip_down_ms(400.0) == 400.0
    sound = peer.producers["audio"] = Producer("audio", 5)
    for number, delay in enumerate([0.02] * 20 + [0.37] * 5):
        sound.reception.receive(number, number * 960, 60, number * 0.02 + delay)
    assert peer.trip_down_ms(400.0) == pytest.approx(50, abs=1)
    assert peer.trip_down_ms(None) is None


def test_a_picture_of_ones_own_goes_by_tcp_when_its_viewer_does() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            await on.narrow(400_000)
            await on.until(lambda: on.layers(on.weak).endswith("lll"), "the small picture")
            on.weak.filter_outgoing(lambda datagram: datagram[0] < 4)  # its own checks would move it back at once
            connection = await Connection.to(media)
            connection.send(check(f"{on.peer.ice_ufrag}:x", on.peer.ice_pwd, nominates=True))
            assert (await connection.receive())[:2] == b"\x01\x01"
            shown = len(on.pictures(on.weak))
            for _ in range(20):
                await on.send()
            kinds: set[int] = set()
            deframer = Deframer()
            async with asyncio.timeout(5):
                while not kinds >= {96, 111}:  # pictures and sound
                    kinds |= {each[1] & 0x7F for each in deframer.feed(await connection.reader.read(4096))}
            assert len(on.pictures(on.weak)) <= shown + 1
            connection.writer.close()

    run(test())


def test_a_line_that_loses_at_any_rate_gets_the_sound_twice() -> None:
    async def test() -> None:
        async with media_here() as media:
            on = await stage(media)
            on.peer.bandwidth.is_lossy = True
            await on.until(lambda: on.peer.is_sent_sound_twice, "it is noticed")
            again = media.node.counters.resent_packets
            await on.until(lambda: media.node.counters.resent_packets > again + 5, "each packet goes again")
            sound = [packet.sequence for packet in on.weak.received(on.audio)]
            assert len(sound) == len(set(sound)), "SRTP takes the second for a replay"
            assert media.node.counters.srtp_errors == 0

    run(test())
