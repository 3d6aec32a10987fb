"""A peer whose network changes: new credentials, new addresses, the same media."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

from signaling.sfu.bandwidth import SETTLE_SECONDS
from signaling.sfu.dtls import Identity
from signaling.sfu.peer import STALE_SECONDS, Peer, PeerSpec
from signaling.sfu.producer import MOST_KEY_FRAME_SECONDS, Producer
from signaling.sfu.sockets import address_of, open_port

from .media_process import eventually, media_here, open_page
from .test_media import VIEWS, publisher, run, viewer
from .test_transport import Stranger, check, offered


def test_a_restart_offers_the_same_with_new_credentials_and_a_higher_version() -> None:
    async def test() -> None:
        async with media_here() as media:
            await viewer(media)
            offers = [(await media.call("POST", "/peers/v1/restart"))[1]["sdp"] for _ in range(2)]
            kept = [re.sub(r"a=ice-(ufrag|pwd):.*|o=.*", "", offer) for offer in offers]
            assert kept[0] == kept[1]
            versions = [re.search(r"o=- (\d+) (\d+) ", offer) for offer in offers]
            assert [match[2] for match in versions if match] == ["2", "3"]
            assert len({re.search(r"a=ice-pwd:(\w+)", offer)[1] for offer in offers}) == 2  # type: ignore[index]
            assert (await media.call("POST", "/peers/nobody/restart"))[0] == 404

    run(test())


def test_after_a_restart_both_credentials_are_good_and_a_third_ends_the_first() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            credentials = [(peer.ice_ufrag, peer.ice_pwd)]
            for _ in range(2):
                await media.call("POST", "/peers/x/restart")
                credentials.append((peer.ice_ufrag, peer.ice_pwd))
            with Stranger(media) as stranger:
                stranger.send(check(f"{credentials[0][0]}:x", credentials[0][1]))
                await eventually(lambda: media.node.counters.stun_rejected == 1, "the first is refused")
                for fragment, password in credentials[1:]:
                    stranger.send(check(f"{fragment}:x", password))
                    await eventually(stranger.answers, "an answer")
                stranger.send(check(f"{credentials[1][0]}:x", credentials[2][1]))
                await eventually(lambda: media.node.counters.stun_rejected == 2, "a mixture is refused")
            await media.call("DELETE", "/peers/x")
            assert not media.node._by_fragment and not media.node._by_address

    run(test())


def test_media_go_on_through_a_restart_and_move_with_its_nominated_check() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1")
            page, view = await publisher(media), await viewer(media)
            await media.call("POST", "/peers/v1/restart")
            await page.send_video([1], key=True)
            await eventually(lambda: len(view.rtp) == 1, "a picture on the old path")
            peer, producer = media.node.peers["v1"], media.node.peers["p1"].producers["video"]
            view.filter_outgoing(lambda datagram: datagram[0] < 4)
            assert not producer.wants_key_frame
            with Stranger(media) as elsewhere:
                elsewhere.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd, nominates=True))
                await eventually(elsewhere.answers, "an answer")
                assert producer.wants_key_frame, "what was sent on the old path may not have come"
                await page.send_video([2])
                await eventually(lambda: any(each[0] >= 128 for each in elsewhere.answers()), "the next on the new one")
            assert len(view.rtp) == 1 and not media.event(type="peer_closed")

    run(test())


def test_on_a_new_path_a_key_frame_is_asked_for_at_once_and_old_losses_do_not_count() -> None:
    peer = Peer(PeerSpec("p", "r", "site:1", True, ()), Identity(), 1, 0.0)
    peer.note_check(b"\0\1" + bytes(4), None, True, 0.0)
    low = peer.producers["low"] = Producer("video", 5, name="low", trip=peer.trip)
    low.ask_key_frame()
    asked = [step / 10 for step in range(100) if low.key_frame_request_due(step / 10)]
    assert 10.2 - asked[-1] < MOST_KEY_FRAME_SECONDS and not low.key_frame_request_due(10.2)
    peer.note_check(b"\0\2" + bytes(4), None, True, 10.3)
    assert low.key_frame_request_due(10.3)
    peer.bandwidth.note_report(100, 70, None, 11.0)
    assert peer.bandwidth.take(1e6, 11.0) is None
    peer.bandwidth.note_report(100, 70, None, 11.0 + SETTLE_SECONDS)
    assert peer.bandwidth.take(1e6, 11.0 + SETTLE_SECONDS) is not None


def test_an_address_without_checks_is_left_for_one_with() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            now = [1000.0]
            media.node.clock = lambda: now[0]
            with Stranger(media) as first, Stranger(media) as second:
                rows = [
                    (first, 0.0, first),
                    (second, 1.0, first),
                    (second, STALE_SECONDS - 1.5, first),
                    (first, 0.5, first),
                    (second, STALE_SECONDS, first),
                    (second, 0.5, second),
                    (first, 0.5, second),
                ]
                for who, seconds, home in rows:
                    now[0] += seconds
                    who.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
                    await eventually(who.answers, "an answer")
                    assert peer.endpoint.address == home.address

    run(test())


class Nat(asyncio.DatagramProtocol):
    """Stands between a page and the port; `rebind` gives the page another address, as a restarted router does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.page: tuple[str, int] | None = None
        self.outside = open_port("127.0.0.1", 0)
        self._watch()

    def _watch(self) -> None:
        asyncio.get_running_loop().add_reader(self.outside.fileno(), self._inwards)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.page = addr
        self.outside.sendto(data, ("127.0.0.1", self.port))

    def _inwards(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.transport.sendto(self.outside.recv(2048), self.page)

    @property
    def address(self) -> bytes:
        return address_of(self.outside.getsockname())

    def rebind(self) -> None:
        self.close()
        self.outside = open_port("127.0.0.1", 0)
        self._watch()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.outside.fileno())
        self.outside.close()

    def edit_offer(self, text: str) -> str:
        port = self.transport.get_extra_info("sockname")[1]
        return re.sub(
            r"(a=candidate:\d+ 1 udp \d+ \S+) \d+", rf"\1 {port}", re.sub(r"a=candidate:.* tcp .*\r\n", "", text)
        )


@contextlib.asynccontextmanager
async def behind_nat(port: int) -> AsyncIterator[Nat]:
    _, nat = await asyncio.get_running_loop().create_datagram_endpoint(lambda: Nat(port), ("127.0.0.1", 0))
    try:
        yield nat
    finally:
        nat.close()
        nat.transport.close()


def test_a_speaker_whose_address_changes_goes_on_speaking() -> None:
    """aiortc, whose checks nominate nothing after the first."""

    async def test() -> None:
        async with media_here() as media, behind_nat(media.node.port) as nat:
            await media.route(floor_video="site:1")
            page = await open_page(media, "p1", "site:1", sends=True, views=VIEWS, edit_offer=nat.edit_offer)
            page.record()
            view = await viewer(media)
            await page.send_video([1], key=True)
            await eventually(lambda: len(view.rtp) == 1, "a picture")
            nat.rebind()
            peer = media.node.peers["p1"]
            await eventually(lambda: peer.endpoint.address == nat.address, "it has moved", 20)
            await page.send_video([2])
            await eventually(lambda: len(view.rtp) == 2, "the next picture")
            assert not media.event(type="peer_closed") and media.node.routers["r"].producers

    run(test())
