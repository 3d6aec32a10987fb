"""A few packets to many viewers, all ways of calling the kernel."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signaling.sfu.mmsg import Segments
from signaling.sfu.rtp import write_padding, write_rtp
from signaling.sfu.sockets import (
    Calls,
    Endpoint,
    Fanout,
    Inbox,
    MmsgCalls,
    PortableCalls,
    address_of,
    open_port,
    runs_of,
)
from signaling.sfu.srtp import PROFILES, SrtpSessions
from tests.browser.namespace import make_namespace

ROOT = Path(__file__).resolve().parents[2]
MATERIAL = bytes(range(64))
UDP_GRO = 104
SIZES = (1084, 1084, 1085, 1085, 1085, 90, 1084)
"""As Chromium parts a picture: in pieces of one size, the last ones one byte longer."""


def in_segments(opened: socket.socket) -> MmsgCalls:
    calls = MmsgCalls(opened)
    assert calls.segments.are_possible, "this kernel sends no segments"
    return calls


def one_by_one(opened: socket.socket) -> MmsgCalls:
    return MmsgCalls(opened, Segments(False))


@pytest.fixture(params=[in_segments, one_by_one, PortableCalls])
def calls(request: pytest.FixtureRequest) -> Iterator[Calls]:
    opened = open_port("127.0.0.1", 0)
    yield request.param(opened)
    opened.close()


def picture(first: int = 7) -> list[bytes]:
    """Packets with a content of their own each, of `SIZES` bytes."""
    return [write_rtp(96, False, first + at, 8, 9, bytes([65 + at]) * (size - 12)) for at, size in enumerate(SIZES)]


@pytest.fixture
def sinks() -> Iterator[list[Any]]:
    opened = [open_port("127.0.0.1", 0) for _ in range(3)]
    yield opened
    for each in opened:
        each.close()


def sessions(is_server: bool = True, profile: int = 0) -> SrtpSessions:
    return SrtpSessions(PROFILES[profile], MATERIAL[: PROFILES[profile].keying_bytes], is_server)


def opened_by(viewer: SrtpSessions, datagram: bytes) -> bytes:
    inbox = Inbox()
    inbox.views[0][: len(datagram)] = datagram
    length = viewer.unprotect(inbox.pointers[0], len(datagram))
    assert length > 0
    return bytes(inbox.views[0][:length])


@pytest.mark.parametrize("profile", [0, 1])
def test_every_viewer_gets_the_packet_under_its_own_keys(calls: Calls, sinks: list[Any], profile: int) -> None:
    viewers = [(sessions(profile=profile), Endpoint(address_of(sink.getsockname()))) for sink in sinks]
    packet = write_rtp(96, True, 7, 8, 9, bytes(1200))
    assert Fanout(calls, viewers).send([packet]) == (3, 0)
    for sink in sinks:
        assert opened_by(sessions(False, profile), sink.recv(2048)) == packet


@pytest.mark.parametrize("profiles", [(0, 0, 0), (1, 1, 1), (0, 1, 0)])
def test_what_is_sent_together_comes_as_packets_of_their_own(
    calls: Calls, sinks: list[Any], profiles: tuple[int, ...]
) -> None:
    viewers = [
        (sessions(profile=profile), Endpoint(address_of(sink.getsockname())))
        for sink, profile in zip(sinks, profiles, strict=True)
    ]
    fanout = Fanout(calls, viewers, 8)
    theirs = [sessions(False, profile) for profile in profiles]
    for packets in (picture(), picture(20)[:1], picture(30)[2:4], picture(40)):
        assert fanout.send(packets) == (3 * len(packets), 0)
        for viewer, sink in zip(theirs, sinks, strict=True):
            assert [opened_by(viewer, sink.recv(2048)) for _ in packets] == packets


def test_the_packets_of_a_picture_make_their_way_through_the_kernel_once(sinks: list[Any]) -> None:
    opened = open_port("127.0.0.1", 0)
    for sink in sinks:
        sink.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    viewers = [(sessions(), Endpoint(address_of(sink.getsockname()))) for sink in sinks]
    assert Fanout(in_segments(opened), viewers, 8).send(picture()) == (3 * len(SIZES), 0)
    tag = 16
    for sink in sinks:
        assert [len(sink.recv(65536)) for _ in range(3)] == [2 * (1084 + tag), 3 * (1085 + tag) + 90 + tag, 1084 + tag]
    opened.close()


@pytest.mark.parametrize(
    ("sizes", "runs"),
    [
        ([], []),
        ([5], [(0, 1)]),
        ([5, 5, 5], [(0, 3)]),
        ([5, 5, 4], [(0, 3)]),
        ([5, 4, 4], [(0, 2), (2, 3)]),
        ([5, 4, 5], [(0, 2), (2, 3)]),
        ([5, 6, 6], [(0, 1), (1, 3)]),
        ([5, 5, 6, 6, 1, 1], [(0, 2), (2, 5), (5, 6)]),
    ],
)
def test_packets_go_in_runs_of_one_size_of_which_the_last_may_be_shorter(
    sizes: list[int], runs: list[tuple[int, int]]
) -> None:
    assert list(runs_of([bytes(size) for size in sizes])) == runs


NARROW = """
from tests.sfu.test_fanout import *
import itertools
opened, sink, other = (open_port("127.0.0.1", 0) for _ in range(3))
calls = in_segments(opened)
viewers = [(sessions(), Endpoint(address_of(each.getsockname()))) for each in (sink, other)]
assert Fanout(calls, viewers, 8).send(picture()) == (2 * len(SIZES), 0)
for each in (sink, other):
    theirs = sessions(False)
    assert [opened_by(theirs, each.recv(2048)) for _ in SIZES] == picture()
assert calls.segments.are_possible
"""


def test_where_the_way_takes_less_at_once_packets_go_one_by_one(tmp_path: Path) -> None:
    with make_namespace(f"narrow{os.getpid()}", tmp_path, "10.80.0.1/24") as place:
        subprocess.run([*place.inside, "ip", "link", "set", "lo", "mtu", "600"], check=True)
        subprocess.run([*place.inside, sys.executable, "-c", NARROW], check=True, cwd=ROOT)


def test_what_srtp_refuses_of_a_picture_is_missing_there_alone(calls: Calls, sinks: list[Any]) -> None:
    viewers = [(sessions(), Endpoint(address_of(sink.getsockname()))) for sink in sinks]
    worn_out = viewers[1][0]
    for number in (1, 30_000, 60_000):
        assert worn_out.protect(write_rtp(96, False, number, 0, 9, b"x"))
    packets = [write_rtp(96, False, number, 0, 9, bytes(1000)) for number in (40_000, 60_001, 60_002)]
    assert Fanout(calls, viewers, 8).send(packets) == (8, 1)
    assert [len(sinks[0].recv(2048)) for _ in packets] == [1028] * 3
    theirs = sessions(False)
    assert [opened_by(theirs, sinks[1].recv(2048)) for _ in range(2)] == packets[1:]
    with pytest.raises(BlockingIOError):
        sinks[1].recv(2048)


def test_plain_text_is_never_sent_when_srtp_refuses(calls: Calls, sinks: list[Any]) -> None:
    viewers = [(sessions(), Endpoint(address_of(sink.getsockname()))) for sink in sinks]
    worn_out = viewers[1][0]
    assert worn_out.protect(write_rtp(96, False, 1, 0, 9, b"x"))
    assert worn_out.protect(write_rtp(96, False, 30_000, 0, 9, b"x"))
    assert worn_out.protect(write_rtp(96, False, 60_000, 0, 9, b"x"))
    refused = write_rtp(96, False, 40_000, 0, 9, b"secret")
    assert worn_out.protect(refused) is None
    assert Fanout(calls, viewers).send([refused]) == (2, 1)
    assert b"secret" not in sinks[0].recv(2048)
    with pytest.raises(BlockingIOError):
        sinks[1].recv(2048)


def test_an_address_that_cannot_be_reached_does_not_stop_the_others(calls: Calls, sinks: list[Any]) -> None:
    viewers = [(sessions(), Endpoint(address_of(sink.getsockname()))) for sink in sinks]
    viewers[0][1].move(address_of(("255.255.255.255", 9)))
    fanout = Fanout(calls, viewers, 2)
    assert fanout.send([write_rtp(96, False, 1, 1, 1, b"x")]) == (2, 0)
    assert fanout.send([write_rtp(96, False, number, 1, 1, b"x") for number in (2, 3)]) == (4, 0)
    for _ in range(3):
        assert sinks[1].recv(2048) and sinks[2].recv(2048)


def test_an_endpoint_that_moves_is_followed(calls: Calls, sinks: list[Any]) -> None:
    endpoint = Endpoint(address_of(sinks[0].getsockname()))
    fanout = Fanout(calls, [(sessions(), endpoint)])
    endpoint.move(address_of(sinks[1].getsockname()))
    fanout.send([write_rtp(96, False, 1, 1, 1, b"x")])
    assert sinks[1].recv(2048)


def test_datagrams_are_received_with_their_length_and_address(calls: Calls) -> None:
    opened = open_port("127.0.0.1", 0)
    ours = type(calls)(opened)  # type: ignore[call-arg]
    sender = open_port("127.0.0.1", 0)
    inbox = Inbox()
    assert ours.fill(inbox) == 0
    for size in (0, 1, 1200, 5000):
        sender.sendto(b"z" * size, opened.getsockname())
    assert ours.fill(inbox) == 4
    assert inbox.lengths[:4] == [0, 1, 1200, 2048]
    assert inbox.addresses[:4] == [address_of(sender.getsockname())] * 4
    assert bytes(inbox.views[2][:1200]) == b"z" * 1200
    sender.close()
    opened.close()


def test_a_resent_packet_is_the_same_on_the_wire() -> None:
    ours = sessions()
    packet = write_rtp(96, False, 5, 5, 5, b"x")
    assert ours.protect(packet) == ours.protect(packet)


@pytest.mark.parametrize(("has_fillers", "is_served"), [(False, False), (True, True)])
def test_srtp_serves_a_viewer_that_was_away_for_long_only_with_fillers(has_fillers: bool, is_served: bool) -> None:
    # The reason for the fillers; if libsrtp ever serves without them, they can go.
    ours = sessions()
    assert ours.protect(write_rtp(96, False, 30_000, 0, 5, b"before"))
    if has_fillers:
        for number in range(30_500, 76_000, 500):
            assert ours.protect(write_padding(96, number, 0, 5))
    assert (ours.protect(write_rtp(96, False, 76_000, 0, 5, b"back")) is not None) is is_served
