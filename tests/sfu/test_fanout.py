"""One packet to many viewers, both ways of calling the kernel."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from signaling.sfu.rtp import write_padding, write_rtp
from signaling.sfu.sockets import Calls, Endpoint, Fanout, Inbox, MmsgCalls, PortableCalls, address_of, open_port
from signaling.sfu.srtp import PROFILES, SrtpSessions

MATERIAL = os.urandom(64)


@pytest.fixture(params=[MmsgCalls, PortableCalls])
def calls(request: pytest.FixtureRequest) -> Iterator[Calls]:
    opened = open_port("127.0.0.1", 0)
    yield request.param(opened)
    opened.close()


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
    assert Fanout(calls, viewers).send(packet) == (3, 0)
    for sink in sinks:
        assert opened_by(sessions(False, profile), sink.recv(2048)) == packet


def test_plain_text_is_never_sent_when_srtp_refuses(calls: Calls, sinks: list[Any]) -> None:
    viewers = [(sessions(), Endpoint(address_of(sink.getsockname()))) for sink in sinks]
    worn_out = viewers[1][0]
    assert worn_out.protect(write_rtp(96, False, 1, 0, 9, b"x"))
    assert worn_out.protect(write_rtp(96, False, 30_000, 0, 9, b"x"))
    assert worn_out.protect(write_rtp(96, False, 60_000, 0, 9, b"x"))
    refused = write_rtp(96, False, 40_000, 0, 9, b"secret")
    assert worn_out.protect(refused) is None
    assert Fanout(calls, viewers).send(refused) == (2, 1)
    assert b"secret" not in sinks[0].recv(2048)
    with pytest.raises(BlockingIOError):
        sinks[1].recv(2048)


def test_an_address_that_cannot_be_reached_does_not_stop_the_others(calls: Calls, sinks: list[Any]) -> None:
    viewers = [(sessions(), Endpoint(address_of(sink.getsockname()))) for sink in sinks]
    viewers[0][1].move(address_of(("255.255.255.255", 9)))
    given, refused = Fanout(calls, viewers).send(write_rtp(96, False, 1, 1, 1, b"x"))
    assert (given, refused) == (2, 0)
    assert sinks[1].recv(2048) and sinks[2].recv(2048)


def test_an_endpoint_that_moves_is_followed(calls: Calls, sinks: list[Any]) -> None:
    endpoint = Endpoint(address_of(sinks[0].getsockname()))
    fanout = Fanout(calls, [(sessions(), endpoint)])
    endpoint.move(address_of(sinks[1].getsockname()))
    fanout.send(write_rtp(96, False, 1, 1, 1, b"x"))
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
