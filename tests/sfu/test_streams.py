"""The TCP port: who is let in, and what a slow or broken connection costs."""

import asyncio
import contextlib
import os
from typing import Any

import pytest

from signaling.sfu import streams
from signaling.sfu.framing import CHUNK_BYTES, PICTURE_BYTES, URGENT_BYTES, Deframer

from .media_process import Media, Page, eventually, media_here, open_page
from .tcp_bridge import Bridge, bridged
from .test_media import BOTH_KINDS, VIEWS, bus_ssrc, publisher, run, viewer
from .test_transport import Stranger, check, offered


async def tcp_page(media: Media, bridge: Bridge, peer: str, seat: str, sends: bool = False) -> Page:
    return (await open_page(media, peer, seat, views=VIEWS, sends=sends, edit_offer=bridge.edit_offer)).record()


class Connection:
    """A TCP connection of somebody to the media port."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, media: Media) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", media.node.port))

    def send(self, *datagrams: bytes) -> None:
        self.writer.write(b"".join(len(each).to_bytes(2, "big") + each for each in datagrams))

    async def receive(self) -> bytes:
        """One datagram, or nothing when the other end has closed."""
        deframer = Deframer()
        while data := await self.reader.read(4096):
            for datagram in deframer.feed(data):
                return datagram
        return b""

    async def is_closed(self) -> bool:
        try:
            return await self.receive() == b""
        except ConnectionError:
            return True
        finally:
            self.writer.close()


@BOTH_KINDS
def test_media_flow_over_tcp_and_udp_at_once(portable: bool) -> None:
    async def test() -> None:
        async with media_here(portable) as media, bridged(media.node.port) as bridge:
            await media.route(floor_video="site:1", floor_audio="site:1")
            page = await tcp_page(media, bridge, "p1", "site:1", sends=True)
            near, far = await viewer(media), await tcp_page(media, bridge, "v2", "screen:2")
            await page.send_video([1], key=True)
            await page.send_video(range(2, 40))
            await page.send_audio(range(1, 40))
            for view in (near, far):
                for kind in ("audio", "video"):
                    ssrc = bus_ssrc(media, "floor", kind)
                    await eventually(lambda view=view, ssrc=ssrc: len(view.received(ssrc)) == 39, kind)
            paths = [(await media.stats(peer))["path"] for peer in ("p1", "v1", "v2")]
            assert paths == ["tcp", "udp", "tcp"]
            await far.close()
            await eventually(lambda: media.event(type="peer_closed", peer="v2", reason="left"), "its goodbye")
            await eventually(lambda: len(media.node.streams) == 1, "its connection is closed")

    run(test())


def test_a_slow_viewer_delays_nobody_and_holds_a_bounded_queue() -> None:
    async def test() -> None:
        async with media_here() as media, bridged(media.node.port) as bridge:
            await media.route(floor_video="site:1", floor_audio="site:1")
            page, near = await publisher(media), await viewer(media)
            far = await tcp_page(media, bridge, "v2", "screen:2")
            video, audio = bus_ssrc(media, "floor", "video"), bus_ssrc(media, "floor", "audio")
            bridge.pause()
            await page.send_video([1], key=True, mark=bytes(1100))
            sent = 1
            stream = media.node.peers["v2"].endpoint.stream
            while media.node.counters.egress_dropped == 0:
                await page.send_video(range(sent + 1, sent + 51), mark=bytes(1100))
                sent += 50
                await eventually(lambda sent=sent: len(near.received(video)) == sent, "the other viewer has all of it")
                assert stream.waiting_bytes <= URGENT_BYTES + PICTURE_BYTES + 2 * CHUNK_BYTES
                assert sent < 20_000, "the queue has no end"
            await page.send_audio([1])
            bridge.resume()
            await eventually(lambda: far.received(audio), "the sound comes through")
            await page.send_video([sent + 1], mark=b"newest")
            await eventually(lambda: any(b"newest" in each.payload for each in far.received(video)), "and pictures")
            assert len(far.received(video)) < sent

    run(test())


def test_a_peer_goes_from_udp_to_tcp_and_back_with_its_media() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page, view = await publisher(media), await viewer(media)
            await page.send_video([1], key=True)
            await eventually(lambda: len(view.rtp) == 1, "a picture")
            peer = media.node.peers["v1"]
            home = peer.endpoint.address
            outlet = media.node.routers["r"].outlets["floor", "video"]

            def send_again() -> None:
                outlet.resend(peer, [outlet.bus.last_index & 0xFFFF], media.node.clock())

            send_again()
            view.filter_outgoing(lambda datagram: datagram[0] < 4)  # its own checks would move it back at once
            connection = await Connection.to(media)
            connection.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd, nominates=True))
            assert (await connection.receive())[:2] == b"\x01\x01"
            assert peer.path == "tcp"
            await page.send_video([2])
            picture = await connection.receive()
            assert picture[1] & 0x7F == 96 and len(view.rtp) == 1
            send_again()
            assert await connection.receive() == picture
            with Stranger(media) as stranger:
                stranger.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd, nominates=True))
                await eventually(lambda: peer.endpoint.address == stranger.address, "it moves back to UDP")
                await page.send_video([3])
                await eventually(lambda: any(each[1] & 0x7F == 96 for each in stranger.answers()), "the next picture")
                send_again()
                await eventually(lambda: any(each[1] & 0x7F == 96 for each in stranger.answers()), "and once more")
            connection.writer.close()
            await eventually(lambda: not media.node.streams, "the connection is forgotten")
            assert home in peer.addresses and all(len(address) == 6 for address in peer.addresses)

    run(test())


def test_a_broken_connection_is_replaced_by_the_next_check() -> None:
    async def test() -> None:
        async with media_here() as media, bridged(media.node.port) as bridge:
            await media.route(floor_video="site:1")
            page = await publisher(media)
            view = await tcp_page(media, bridge, "v1", "screen:1")
            before = media.node.peers["v1"].endpoint.address
            bridge.cut()
            await eventually(lambda: before not in media.node.streams, "it is noticed")
            assert "v1" in media.node.peers
            # aiortc's next check makes the bridge connect anew
            await eventually(lambda: media.node.peers["v1"].endpoint.address != before, "it is back", 20)
            await page.send_video([1], key=True)
            await eventually(lambda: len(view.rtp) == 1, "a picture")

    run(test())


FIRST_FRAMES = [
    b"\x80\x60" + bytes(50),
    b"\x00\x01" + bytes(18),
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x16\xfe\xfd" + bytes(50),
]


@pytest.mark.parametrize("first", FIRST_FRAMES, ids=["media", "stun", "http", "dtls"])
def test_who_does_not_begin_with_a_signed_check_is_closed(first: bytes) -> None:
    async def test() -> None:
        async with media_here() as media:
            await offered(media)
            connection = await Connection.to(media)
            connection.send(first)
            assert await connection.is_closed()
            assert media.node.streams == {}

    run(test())


def test_a_frame_that_is_too_long_ends_the_connection_of_a_peer_but_not_the_peer() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            connection = await Connection.to(media)
            connection.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
            assert await connection.receive()
            connection.writer.write(b"\xff\xff" + os.urandom(100))
            assert await connection.is_closed()
            assert peer.endpoint.is_gone and "x" in media.node.peers

    run(test())


def test_who_says_nothing_is_closed_and_of_many_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with media_here() as media:
            quiet: list[Any] = [await Connection.to(media) for _ in range(streams.MAX_HALF_OPEN)]
            await eventually(lambda: len(media.node.streams) == streams.MAX_HALF_OPEN, "all are there")
            one_more = await Connection.to(media)
            assert await quiet[0].is_closed()
            assert len(media.node.streams) == streams.MAX_HALF_OPEN
            monkeypatch.setattr(streams, "FIRST_SECONDS", 0.0)
            await eventually(lambda: not media.node.streams, "all are closed")
            for each in (*quiet[1:], one_more):
                assert await each.is_closed()

    run(test())


def test_a_page_that_is_silent_for_long_loses_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            connection = await Connection.to(media)
            connection.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
            assert await connection.receive()
            monkeypatch.setattr(streams, "IDLE_SECONDS", 0.0)
            assert await connection.is_closed()
            assert media.node.streams == {}

    run(test())


def test_an_address_beyond_the_limit_takes_the_place_of_the_oldest() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            places = []
            with contextlib.ExitStack() as strangers:  # together, or two might have the same port
                for _ in range(40):
                    stranger = strangers.enter_context(Stranger(media))
                    stranger.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd, nominates=True))
                    await eventually(stranger.answers, "an answer")
                    places.append(stranger.address)
            assert peer.endpoint.address == places[-1]
            assert list(peer.addresses) == places[-32:]
            assert set(media.node._by_address) == set(places[-32:])

    run(test())
