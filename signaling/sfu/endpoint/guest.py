"""A peer of the media process that decodes what it receives and sends sound of its own (aiortc)."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import aiohttp
import aioice.ice
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

LOOPBACK = "127.0.0.1"
CONNECT_SECONDS = 10.0


def _own_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    return ([LOOPBACK] if use_ipv4 else []) + (["::1"] if use_ipv6 else [])


# The media process is on this machine; of itself the library leaves loopback out.
aioice.ice.get_host_addresses = _own_addresses


class GuestRefused(Exception):
    """The media process did not let the guest in, or there was no way to it."""


class Guest:
    """One seat of one router, for as long as the context lasts. `received` are the tracks it views, in the order asked."""

    def __init__(
        self,
        media: aiohttp.ClientSession,
        router: str,
        seat: str,
        sends: MediaStreamTrack,
        views: Sequence[tuple[str, str]],
    ) -> None:
        self._media, self._router, self._seat, self._sends, self._views = media, router, seat, sends, views
        self._peer = f"guest.{seat}.{uuid.uuid4().hex}"
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.received: list[MediaStreamTrack] = []

    async def __aenter__(self) -> Guest:
        try:
            await asyncio.wait_for(self._join(), CONNECT_SECONDS)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await self.__aexit__(None, None, None)
            raise GuestRefused(str(error) or type(error).__name__) from error
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.close()
        try:
            async with self._media.delete(f"http://media/peers/{self._peer}"):
                pass
        except (aiohttp.ClientError, OSError):
            pass  # the media process is gone, and the peer with it

    async def _join(self) -> None:
        connected = asyncio.Event()
        connection = self._connection

        def changed() -> None:
            if connection.connectionState == "connected":
                connected.set()

        connection.on("track", self.received.append)
        connection.on("connectionstatechange", changed)
        body = {
            "peer": self._peer,
            "router": self._router,
            "seat": self._seat,
            "publishes": True,
            "subscribes": [list(view) for view in self._views],
        }
        offer = str((await self._ask("/peers", body))["sdp"])
        connection.addTrack(self._sends)
        await connection.setRemoteDescription(RTCSessionDescription(with_loopback(offer), "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        await self._ask(f"/peers/{self._peer}/answer", {"sdp": connection.localDescription.sdp})
        await connected.wait()

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._media.post(f"http://media{path}", json=body) as response:
            answer: dict[str, Any] = await response.json()
            if response.status >= 400:
                raise GuestRefused(str(answer.get("error")))
            return answer


def with_loopback(offer: str) -> str:
    """The offer with this machine's own address besides the announced ones, which need not be reachable from here (NAT)."""

    def named(match: re.Match[str]) -> str:
        return f"{match[0]}\r\na=candidate:loopback 1 udp 1 {LOOPBACK} {match[1]} typ host"

    if f" {LOOPBACK} " in offer:
        return offer
    return re.sub(r"a=candidate:1 1 udp \d+ \S+ (\d+) typ host", named, offer)
