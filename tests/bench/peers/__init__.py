"""Forwarding servers under the same load: ours, Janus and Pion, each by the means of its own.

A server is a module with `name`, `missing()` (what to install, or None), `running(namespace)` (yields `Running`) and, for
another process in the same namespace, `attached(address)`, `publisher(entry)` and `viewer(entry, number)`, which connect aiortc
endpoints. All of it is in a network namespace with an address of its own: Janus offers none on loopback.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aioice.ice
from aiortc import RTCPeerConnection

CONNECT_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """`address` is what its endpoints need to find it."""

    pid: int
    address: str


def offer_only(host: str) -> None:
    """Endpoints of this process have this address and no other."""
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [host]


@dataclass(frozen=True)
class Publisher:
    """Sends RTP under these SSRCs and payload types."""

    send: Callable[[bytes], Awaitable[Any]]
    video_ssrc: int
    audio_ssrc: int
    video_type: int
    audio_type: int


def publisher_of(connection: RTCPeerConnection) -> Publisher:
    """What a connected aiortc connection sends with."""
    ssrcs = {one.kind: one.sender._ssrc for one in connection.getTransceivers()}
    agreed = connection.remoteDescription.sdp
    types = {
        name: int(found[1]) for name in ("VP8", "opus") if (found := re.search(rf"a=rtpmap:(\d+) {name}/", agreed))
    }
    return Publisher(transport_of(connection)._send_rtp, ssrcs["video"], ssrcs["audio"], types["VP8"], types["opus"])


def sockets_of(connection: RTCPeerConnection) -> list[Any]:
    """The UDP sockets of a connected connection."""
    ice = transport_of(connection).transport._connection
    return [protocol.transport.get_extra_info("socket") for protocol in ice._protocols]


async def connected(connection: RTCPeerConnection) -> RTCPeerConnection:
    async with asyncio.timeout(CONNECT_SECONDS):
        while connection.connectionState != "connected":
            await asyncio.sleep(0.02)
    return connection


def transport_of(connection: RTCPeerConnection) -> Any:
    """The DTLS transport, with which raw packets are sent."""
    return connection.getTransceivers()[0].receiver.transport
