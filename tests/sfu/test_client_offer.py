"""Offers that encoders and players make: what is answered, and media by their numbers."""

import re
from typing import Any

import pytest
from aiortc import (
    AudioStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)

from signaling.sfu.client_offer import Agreement, agree, parse_offer
from signaling.sfu.sdp import OfferedView, SdpError, Transport

from .media_process import Media, eventually, media_here, open_page
from .test_media import VIEWS, run

TRANSPORT = Transport("frag", "secret", "AA:BB", ("192.0.2.1",), 7080)
PROGRAM = (OfferedView("program", "audio", 7), OfferedView("program", "video", 8))
FINGERPRINT = ":".join(["AB"] * 32)

HEAD = f"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=fingerprint:sha-256 {FINGERPRINT}\r\n"
COMMON = "c=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=setup:actpass\r\n"
SOUND = f"m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n{COMMON}a=mid:0\r\na=sendrecv\r\na=rtpmap:96 OPUS/48000/2\r\n"
PICTURE = (
    f"m=video 9 UDP/TLS/RTP/SAVPF 120 121 99\r\n{COMMON}a=mid:1\r\na=sendrecv\r\na=rtpmap:120 H264/90000\r\n"
    "a=rtpmap:121 VP8/90000\r\na=rtcp-fb:121 nack\r\na=rtcp-fb:* nack pli\r\na=rtcp-fb:120 transport-cc\r\n"
    "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=121\r\n"
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
)


def agreed(text: str, publishes: bool = True, views: tuple[OfferedView, ...] = ()) -> Agreement:
    return agree(parse_offer(text), TRANSPORT, publishes, views, 1)


def test_an_encoders_numbers_are_translated_and_its_answer_keeps_them() -> None:
    agreement = agreed(HEAD + SOUND + PICTURE)
    assert agreement.inwards == {96: 111, 121: 96, 99: 97} and agreement.outwards == {}
    assert agreement.transport_extension == 3
    assert agreement.answer.fingerprints == (FINGERPRINT,) and agreement.answer.setup == "active"
    assert [each.sends for each in agreement.answer.sections] == [True, True]
    picture = agreement.text.partition("m=video ")[2]
    assert picture.startswith("7080 UDP/TLS/RTP/SAVPF 121 99\r\n")
    for line in ("recvonly", "setup:passive", "rtcp-fb:121 nack", "rtcp-fb:121 nack pli", "mid:1", "fmtp:99 apt=121"):
        assert f"a={line}\r\n" in picture
    assert "rtcp-fb:121 transport-cc" not in picture
    assert "a=ice-lite\r\n" in agreement.text and "a=group:BUNDLE 0 1\r\n" in agreement.text


def test_a_player_gets_the_buses_in_order_and_the_rest_is_refused() -> None:
    agreement = agreed(HEAD + PICTURE + SOUND + PICTURE.replace("mid:1", "mid:2"), False, PROGRAM)
    assert agreement.outwards == {111: 96, 96: 121} and agreement.inwards == {}
    assert [(each.kind, each.receives) for each in agreement.answer.sections] == [("audio", True), ("video", True)]
    ports = re.findall(r"m=\w+ (\d+) ", agreement.text)
    assert ports == ["7080", "7080", "0"]
    assert "a=msid:program program-video\r\na=ssrc:8 cname:program\r\n" in agreement.text


def test_a_player_without_sound_sees_the_picture() -> None:
    agreement = agreed(HEAD + PICTURE.replace("sendrecv", "recvonly"), False, PROGRAM)
    assert [each.is_rejected for each in agreement.answer.sections] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0\r\n",
        HEAD,
        (HEAD + SOUND).replace("fingerprint", "imprint"),
        (HEAD + SOUND).replace("setup", "setdown"),
        (HEAD + SOUND).replace("m=audio 9", "m=audio nine"),
        HEAD + SOUND * 17,
        (HEAD + SOUND).replace("OPUS", "PCMU"),
        (HEAD + SOUND + PICTURE).replace("VP8", "VP9"),
        (HEAD + SOUND).replace("sendrecv", "recvonly"),
        (HEAD + SOUND).replace("a=rtcp-mux\r\n", ""),
        (HEAD + SOUND + PICTURE).replace("BUNDLE 0 1", "BUNDLE 0"),
    ],
    ids=str,
)
def test_what_cannot_be_answered_is_refused(text: str) -> None:
    with pytest.raises(SdpError):
        agreed(text)


async def join(
    media: Media, connection: RTCPeerConnection, peer: str, seat: str, publishes: bool, views: Any = (), **more: Any
) -> None:
    """As an encoder or a player does."""
    await connection.setLocalDescription(await connection.createOffer())
    await eventually(lambda: connection.iceGatheringState == "complete", "all candidates")
    body = {"peer": peer, "router": "r", "seat": seat, "publishes": publishes, "subscribes": [list(v) for v in views]}
    status, answer = await media.call("POST", "/peers", {**body, "offer": connection.localDescription.sdp, **more})
    assert status == 201, answer
    await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
    await eventually(lambda: media.event(type="peer_connected", peer=peer), f"{peer} connects")


def client() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


class Coloured(VideoStreamTrack):
    """A picture of one brightness."""

    def __init__(self, brightness: int) -> None:
        super().__init__()
        self.brightness = brightness

    async def recv(self) -> Any:
        frame = await super().recv()
        for plane in frame.planes:
            plane.update(bytes([self.brightness]) * plane.buffer_size)
        return frame


def test_an_encoder_goes_before_its_seats_page_and_a_player_sees_both() -> None:
    async def test() -> None:
        encoder, player = client(), client()
        async with media_here() as media:
            await media.route(program_video="site:1", program_audio="site:1")
            await open_page(media, "page", "site:1", (AudioStreamTrack(), Coloured(20)))
            player.addTransceiver("audio", direction="recvonly")
            player.addTransceiver("video", direction="recvonly")
            tracks: dict[str, Any] = {}
            player.on("track", lambda track: tracks.update({track.kind: track}))
            await join(media, player, "player", "overflow:1", False, (("program", "audio"), ("program", "video")))

            async def shows(low: int, high: int) -> bool:
                frame = await tracks["video"].recv()
                return low < frame.to_ndarray()[240, 320] < high

            await eventually(lambda: shows(0, 60), "the page's picture", 20)
            assert (await tracks["audio"].recv()).sample_rate == 48_000
            encoder.addTrack(Coloured(200))
            await join(media, encoder, "camera", "site:1", True, encoder=True)
            await eventually(lambda: shows(160, 255), "the encoder's picture", 20)
            figures = await media.stats("camera")
            assert [each["stream"] for each in figures["published"]] == ["video"]
            assert (await tracks["audio"].recv()).sample_rate == 48_000, "the sound is still the page's"
            await encoder.close()
            await eventually(lambda: shows(0, 60), "the page's picture again", 20)
            assert media.node.counters.srtp_errors == 0
            await player.close()

    run(test())


def test_an_offer_that_is_refused_leaves_nothing_behind() -> None:
    async def test() -> None:
        async with media_here() as media:
            body = {"peer": "x", "router": "r", "seat": "s", "publishes": True, "subscribes": [], "offer": HEAD}
            assert (await media.call("POST", "/peers", body))[0] == 422
            assert media.node.peers == media.node.routers == {}
            await open_page(media, "page", "site:1", views=VIEWS)

    run(test())
