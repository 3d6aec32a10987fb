"""A page of the wire that really publishes: a sound and a picture of aiortc, by the offer that the server makes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)

from tests.signaling.page import Page


@dataclass(frozen=True)
class Published:
    """`tracks` are what it receives, in the order of the offer."""

    offer: dict[str, Any]
    connection: RTCPeerConnection
    tracks: list[Any]


async def publish(
    page: Page,
    sound: MediaStreamTrack | None = None,
    picture: MediaStreamTrack | None = None,
    is_viewing: bool = True,
) -> Published:
    """With this sound instead of silence, this picture instead of aiortc's; it receives what it is offered, or nothing."""
    offer = await asyncio.to_thread(page.ask, "join_media", {"publishes": True})
    assert offer["ok"], offer
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    tracks: list[Any] = []
    connection.on("track", tracks.append)
    for track in (sound or AudioStreamTrack(), picture or VideoStreamTrack()):
        connection.addTrack(track)
    await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
    for transceiver in connection.getTransceivers():
        if not is_viewing and transceiver.sender.track is None:
            transceiver.direction = "inactive"
    await connection.setLocalDescription(await connection.createAnswer())
    answer = {"peer": offer["peer"], "sdp": connection.localDescription.sdp}
    assert (await asyncio.to_thread(page.ask, "answer_media", answer))["ok"]
    return Published(offer, connection, tracks)
