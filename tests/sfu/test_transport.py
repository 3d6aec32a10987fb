"""Who is let in: STUN, DTLS, consent, and garbage on the port."""

import functools
import os
import socket
import struct
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling.sfu.dtls import DtlsAssociation, DtlsState, Identity
from signaling.sfu.node import MediaNode, Patience
from signaling.sfu.peer import MAX_STREAMS
from signaling.sfu.rtp import write_rtp
from signaling.sfu.sockets import Inbox, address_of, open_port
from signaling.sfu.stun import BINDING_REQUEST, MAGIC_COOKIE, sign

from .media_process import Media, eventually, media_here, open_page
from .test_media import BOTH_KINDS, VIEWS, publisher, run, viewer


def check(username: str, password: str, nominates: bool = False, transaction: bytes | None = None) -> bytes:
    """A STUN check as a browser sends it."""
    name = username.encode()
    body = struct.pack("!HH", 0x0006, len(name)) + name + bytes(-len(name) % 4)
    if nominates:
        body += struct.pack("!HH", 0x0025, 0)
    header = struct.pack("!HHL", BINDING_REQUEST, 0, MAGIC_COOKIE) + (transaction or os.urandom(12))
    return sign(header + body, password.encode())


class Stranger:
    """A UDP socket of somebody else."""

    def __init__(self, media: Media) -> None:
        self.media = media
        self.socket = open_port("127.0.0.1", 0)

    @property
    def address(self) -> bytes:
        return address_of(self.socket.getsockname())

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, ("127.0.0.1", self.media.node.port))

    def answers(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self.socket.recv(2048))
            except BlockingIOError:
                return found

    def __enter__(self) -> "Stranger":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


async def offered(media: Media, peer: str = "x") -> Any:
    body = {"peer": peer, "router": "r", "seat": "s", "publishes": True, "subscribes": []}
    status, _ = await media.call("POST", "/peers", body)
    assert status == 201
    return media.node.peers[peer]


def test_a_check_without_the_right_password_gets_no_answer_and_moves_nothing() -> None:
    async def test() -> None:
        async with media_here() as media:
            page = await publisher(media)
            peer = media.node.peers["p1"]
            home = peer.endpoint.address
            with Stranger(media) as stranger:
                stranger.send(check(f"{peer.ice_ufrag}:x", "wrong password", nominates=True))
                stranger.send(check("nobody:x", peer.ice_pwd, nominates=True))
                await eventually(lambda: media.node.counters.stun_rejected == 2, "both are refused")
                assert stranger.answers() == []
                assert peer.endpoint.address == home
                assert stranger.address not in peer.addresses
            assert page.connection.connectionState == "connected"

    run(test())


def test_a_copied_check_from_elsewhere_moves_nothing() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            copied = check(f"{peer.ice_ufrag}:x", peer.ice_pwd, nominates=True)
            with Stranger(media) as owner, Stranger(media) as thief:
                owner.send(copied)
                await eventually(owner.answers, "an answer")
                thief.send(copied)
                await eventually(lambda: media.node.counters.stun_rejected == 1, "refused")
                assert thief.answers() == []
                assert peer.endpoint.address == owner.address

    run(test())


def test_a_nomination_moves_the_peer_and_a_plain_check_does_not() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            with Stranger(media) as first, Stranger(media) as second:
                first.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
                await eventually(first.answers, "an answer")
                second.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
                await eventually(second.answers, "an answer")
                assert peer.endpoint.address == first.address
                second.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd, nominates=True))
                await eventually(second.answers, "an answer")
                assert peer.endpoint.address == second.address

    run(test())


def client_hello() -> bytes:
    client = DtlsAssociation(Identity())
    client.connect()
    (hello,) = client.outgoing()
    return hello


def test_dtls_from_an_address_that_was_not_validated_is_ignored() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            with Stranger(media) as stranger:
                stranger.send(client_hello())
                await eventually(lambda: media.node.counters.rejected_datagrams == 1, "it is refused")
                assert peer.dtls.state is DtlsState.NEW
                stranger.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
                stranger.send(client_hello())
                await eventually(lambda: peer.dtls.state is DtlsState.HANDSHAKING, "now it is heard")

    run(test())


def test_a_wrong_fingerprint_is_refused() -> None:
    async def test() -> None:
        def lie(text: str) -> str:
            lines = text.splitlines()
            return "\r\n".join(
                "a=fingerprint:sha-256 " + ":".join(["00"] * 32) if "fingerprint:sha-256" in line else line
                for line in lines
            )

        async with media_here() as media:
            await open_page(media, "x", "s", views=VIEWS, edit_answer=lie, waits=False)
            await eventually(lambda: media.event(type="peer_closed", peer="x", reason="fingerprint"), "it is closed")
            assert media.event(type="peer_connected", peer="x") is None

    run(test())


def test_a_handshake_before_the_answer_is_held_until_it_comes() -> None:
    async def test() -> None:
        async with media_here() as media:
            page = await open_page(media, "x", "s", views=VIEWS, completes_handshake=True)
            assert page.connection.connectionState == "connected"

    run(test())


def test_no_media_flow_before_the_answer() -> None:
    async def test() -> None:
        async with media_here() as media:
            peer = await offered(media)
            peer.dtls.state = DtlsState.FINISHED
            media.node._advance_dtls(peer)
            assert not peer.is_connected

    run(test())


def test_a_page_that_wants_to_be_the_dtls_server_is_connected_too() -> None:
    client, server = DtlsAssociation(Identity()), DtlsAssociation(Identity())
    client.connect()
    for _ in range(6):
        for datagram in client.outgoing():
            assert len(datagram) <= 1200
            server.receive(datagram)
        for datagram in server.outgoing():
            client.receive(datagram)
    assert client.state is server.state is DtlsState.FINISHED
    assert server.verify((client._identity.fingerprint,))
    assert not server.verify((server._identity.fingerprint,))
    ours, theirs = client.sessions(), server.sessions()
    assert ours is not None and theirs is not None
    inbox = Inbox()
    sealed = ours.protect(write_rtp(96, False, 1, 2, 3, b"hello"))
    assert sealed is not None
    inbox.views[0][: len(sealed)] = sealed
    length = theirs.unprotect(inbox.pointers[0], len(sealed))
    assert bytes(inbox.views[0][:length]).endswith(b"hello")
    client.close()
    for datagram in client.outgoing():
        server.receive(datagram)
    assert server.state is DtlsState.CLOSED


def test_a_peer_whose_checks_stop_is_closed() -> None:
    async def test() -> None:
        async with media_here(patience=Patience(consent=1.0, silence=0.2, media=0.2)) as media:
            page = await publisher(media)
            page.filter_outgoing(lambda datagram: True)
            await eventually(lambda: media.event(type="media_lost", peer="p1"), "its media are missed")
            await eventually(lambda: media.event(type="peer_silent", peer="p1"), "its silence is told")
            await eventually(lambda: media.event(type="peer_closed", peer="p1", reason="consent"), "it is closed")
            assert media.node.peers == {}

    run(test())


def test_media_that_come_back_are_told() -> None:
    async def test() -> None:
        async with media_here(patience=Patience(media=0.2)) as media:
            page = await publisher(media)
            await eventually(lambda: media.event(type="media_lost", peer="p1", seat="site:1"), "lost")
            await page.send_audio([1])

            def is_back() -> bool:
                return media.event(type="media_back", peer="p1", seat="site:1") is not None

            await eventually(is_back, "back")

    run(test())


def test_a_viewer_is_not_missed_for_sending_nothing() -> None:
    async def test() -> None:
        async with media_here(patience=Patience(media=0.05)) as media:
            await viewer(media)
            page = await publisher(media)
            await eventually(lambda: media.event(type="media_lost", peer="p1"), "the publisher is missed")
            assert page and media.event(type="media_lost", peer="v1") is None

    run(test())


def test_a_peer_that_never_connects_is_forgotten() -> None:
    async def test() -> None:
        async with media_here(patience=Patience(connecting=0.1)) as media:
            await offered(media)
            await eventually(lambda: media.event(type="peer_closed", reason="never_connected"), "it is closed")

    run(test())


@BOTH_KINDS
def test_forged_and_broken_media_are_counted_and_change_nothing(portable: bool) -> None:
    async def test() -> None:
        async with media_here(portable) as media:
            await media.route(floor_video="site:1")
            page, view = await publisher(media), await viewer(media)
            await page.send_video([1], key=True)
            await eventually(lambda: len(view.rtp) == 1, "a picture")
            ssrc = page.ssrc("video")
            before = media.node.counters.rejected_datagrams
            forged = [
                write_rtp(96, False, 2, 3, ssrc, bytes(50)),
                b"\x80\xc8" + bytes(40),
                b"\x80\x60",
                b"\xbf" * 1500,
                bytes([0x80, 0x60]) + bytes(2040),
                bytes([0x80, 0x60]) + bytes(5000),
                b"\x16\xfe\xfd" + bytes(30),
                b"\x00" * 20,
                b"\xff" * 30,
            ]
            for datagram in forged:
                page.datagrams.sendto(datagram, ("127.0.0.1", media.node.port))
            await page.send_video([2])
            await eventually(lambda: len(view.rtp) == 2, "the next picture")
            counters = media.node.counters
            assert counters.srtp_errors >= 3
            assert counters.rejected_datagrams - before >= 3
            assert len(media.node.peers) == 2

    run(test())


def test_a_flood_of_streams_ends_at_a_limit() -> None:
    async def test() -> None:
        async with media_here() as media:
            page = await publisher(media)
            for ssrc in range(10_000, 10_100):
                await page.send(write_rtp(96, False, 1, 1, ssrc, b"\x10\x00"))
            await eventually(lambda: media.node.counters.rejected_datagrams >= 100 - MAX_STREAMS, "the rest is refused")
            assert len(media.node.routers["r"].producers) == MAX_STREAMS

    run(test())


class FakeCalls:
    """Hands over the datagrams a test gives it."""

    name = "fake"

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def fill(self, inbox: Inbox) -> int:
        count = min(len(self.waiting), 60)
        for slot in range(count):
            datagram = self.waiting.pop()
            inbox.views[slot][: len(datagram)] = datagram
            inbox.lengths[slot], inbox.addresses[slot] = len(datagram), b"\x12\x34\x7f\0\0\1"
        return count

    def sender(self, fanout: Any) -> Any:
        raise AssertionError("nothing is to be sent")


@functools.cache
def deaf_node() -> tuple[MediaNode, FakeCalls, list[bytes]]:
    """A node without a socket; everything it sends is in the list."""
    calls = FakeCalls()
    sent: list[bytes] = []
    node = MediaNode(calls, lambda data, pair: sent.append(data), ("127.0.0.1",), 1, lambda event: None, clock=float)
    return node, calls, sent


FIRST_BYTES = st.sampled_from([b"", b"\x00\x01", b"\x16\xfe\xfd", b"\x80\x60", b"\x80\xc8", b"\x81\xcd", b"\xff"])


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(FIRST_BYTES, st.binary(max_size=300)), max_size=5))
def test_garbage_never_makes_a_peer_nor_gets_an_answer(rows: list[tuple[bytes, bytes]]) -> None:
    node, calls, sent = deaf_node()
    calls.waiting = [head + body for head, body in rows]
    counters = node.counters
    before = counters.rejected_datagrams + counters.stun_rejected
    node.receive()
    assert counters.rejected_datagrams + counters.stun_rejected == before + len(rows)
    assert counters.internal_errors == 0
    assert node.peers == node.routers == {} and sent == []


def test_a_taken_port_is_an_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(OSError):
            open_port("127.0.0.1", taken.getsockname()[1])
