"""Media over IPv6, and over both families on one port."""

import asyncio

import aioice.ice
import pytest

from signaling.sfu.sockets import address_of, host_of, pair_of

from .media_process import Media, eventually, media_here
from .test_media import BOTH_KINDS, publisher, run, viewer
from .test_transport import Stranger, check, offered


def use(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """The test's own endpoints have this address and no other."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [host])


def route_of(media: Media, peer: str) -> str:
    return pair_of(media.node.peers[peer].endpoint.address)[0]


@BOTH_KINDS
def test_a_picture_over_ipv6_alone(portable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with media_here(portable, hosts=("::1",)) as media:
            await media.route(floor_video="site:1")
            use(monkeypatch, "::1")
            page, view = await publisher(media), await viewer(media)
            await page.send_video([1, 2, 3], key=True)
            await eventually(lambda: len(view.rtp) == 3, "three packets")
            assert route_of(media, "p1") == route_of(media, "v1") == "::1"

    run(test())


@BOTH_KINDS
def test_both_families_share_one_port(portable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with media_here(portable, hosts=("127.0.0.1", "::1")) as media:
            await media.route(floor_video="site:1")
            page, old = await publisher(media), await viewer(media, 1)
            use(monkeypatch, "::1")
            new = await viewer(media, 2)
            await page.send_video([1, 2, 3], key=True)
            await eventually(lambda: len(old.rtp) == len(new.rtp) == 3, "three packets to each")
            assert route_of(media, "v1") == "::ffff:127.0.0.1"
            assert route_of(media, "v2") == "::1"

    run(test())


def test_an_address_of_ipv4_in_ipv6_is_told_as_ipv4() -> None:
    async def test() -> None:
        async with media_here(hosts=("127.0.0.1", "::1")) as media:
            peer = await offered(media)
            with Stranger(media) as stranger:
                stranger.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
                (answer,) = await eventually(stranger.answers, "an answer")
            assert answer[20:26] == bytes.fromhex("002000080001"), "XOR-MAPPED-ADDRESS of IPv4"

    run(test())


def test_addresses_as_bytes_and_back() -> None:
    for name in [("192.0.2.1", 5), ("2001:db8::1", 65535), ("::ffff:192.0.2.1", 9)]:
        assert pair_of(address_of(name)) == name
    assert address_of(("fe80::1%lo", 7, 0, 1)) == address_of(("fe80::1", 7))
    assert host_of(address_of(("::ffff:192.0.2.1", 9))) == bytes([192, 0, 2, 1])
    assert len(host_of(address_of(("2001:db8::1", 9)))) == 16


def test_the_tcp_port_takes_both_families_too() -> None:
    async def test() -> None:
        async with media_here(hosts=("127.0.0.1", "::1")) as media:
            peer = await offered(media)
            for host, told in (("127.0.0.1", "0001"), ("::1", "0002")):
                reader, writer = await asyncio.open_connection(host, media.node.port)
                signed = check(f"{peer.ice_ufrag}:x", peer.ice_pwd, nominates=True)
                writer.write(len(signed).to_bytes(2, "big") + signed)
                answer = await reader.read(2048)
                family = "00200008" if host == "127.0.0.1" else "00200014"
                assert answer[22:28] == bytes.fromhex(family + told), "XOR-MAPPED-ADDRESS of its family"
                assert peer.path == "tcp" and route_of(media, "x").endswith(host)
                writer.close()

    run(test())
