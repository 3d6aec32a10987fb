"""WHIP and WHEP over HTTP: the real media process, aiortc as encoder and player, and requests that are refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

from meetings import links, store
from meetings.tables import LinkKind, db, writing
from signaling.media import routes_for
from signaling.whip import FRAGMENT, SDP
from tests.sfu.media_process import eventually, running_media
from tests.sfu.test_client_offer import HEAD, PICTURE, SOUND, client
from tests.signaling.page import Pages, Room

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")

OFFER = HEAD + SOUND + PICTURE


def token(room: Room, kind: LinkKind) -> str:
    with writing():
        link = store.add_client_link(room.conference, kind)
    return links.link_token(link)


def post(room: Room, path: str, given: str, offer: str = OFFER, content_type: str = SDP) -> httpx.Response:
    headers = {"Authorization": f"Bearer {given}", "Content-Type": content_type}
    return httpx.post(room.address + path, content=offer, headers=headers)


def test_a_page_link_is_no_token_and_a_token_opens_no_page(room: Room, pages: Pages) -> None:
    camera = token(room, LinkKind.HALL_CAMERA)
    for given in ("x", "x.y", links.link_token(room.link(1)), token(room, LinkKind.OVERFLOW)):
        refused = post(room, "/whip", given)
        assert refused.status_code == 401 and refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert post(room, "/whep", camera).status_code == 401
    with pytest.raises(links.UnknownLink):
        links.resolve_link(camera)


def test_requests_that_the_rfc_names_are_answered_as_it_says(room: Room) -> None:
    camera = token(room, LinkKind.HALL_CAMERA)
    for method in ("GET", "HEAD", "PUT"):
        assert httpx.request(method, f"{room.address}/whip").status_code == 405
        assert httpx.request(method, f"{room.address}/whip/x").status_code == 405
    options = httpx.options(f"{room.address}/whip", headers={"Origin": "https://player.example"})
    assert options.status_code == 204 and options.headers["Accept-Post"] == SDP
    assert options.headers["Access-Control-Allow-Origin"] == "*"
    assert post(room, "/whip", camera, content_type="text/plain").status_code == 415
    assert post(room, "/whip", camera, offer="x" * 300_000).status_code == 413
    unknown = f"{room.address}/whip/link:1.e.00"
    assert httpx.delete(unknown, headers={"Authorization": f"Bearer {camera}"}).status_code == 404
    assert httpx.delete(unknown).status_code == 401
    absent = post(room, "/whip", camera)
    assert absent.status_code == 503 and absent.headers["Retry-After"], "there is no media process"


def test_the_programme_is_who_speaks_else_the_hall(room: Room) -> None:
    from meetings.core.stage import Large, Stage
    from meetings.core.vocabulary import SiteId

    hall, site = SiteId(1), SiteId(2)
    rows = [
        (Stage(hall_site_id=hall, heard=(hall,)), {"video": "site:1", "audio": "site:1"}),
        (
            Stage(large=Large.FLOOR, hall_site_id=hall, floor_site_id=site, heard=(hall, site)),
            {"video": "site:2", "audio": "site:2"},
        ),
        (Stage(hall_site_id=hall), {"video": "site:1", "audio": None}),
    ]
    for stage, program in rows:
        assert routes_for(stage, has_program=True)["buses"]["program"] == program
        assert "program" not in routes_for(stage)["buses"]


class Client:
    """An encoder or a player: aiortc and an HTTP client."""

    def __init__(self, room: Room, path: str, given: str) -> None:
        self.room, self.path = room, path
        self.headers = {"Authorization": f"Bearer {given}"}
        self.connection: RTCPeerConnection = client()
        self.location = self.tag = ""

    async def start(self) -> None:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        await eventually(lambda: self.connection.iceGatheringState == "complete", "all candidates")
        headers = {**self.headers, "Content-Type": SDP}
        text = self.connection.localDescription.sdp
        answer = await self.ask("POST", self.path, content=text, headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (201, SDP), answer.text
        self.location, self.tag = answer.headers["Location"], answer.headers["ETag"]
        await self.connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await eventually(lambda: self.connection.connectionState == "connected", "connected", 40)

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await asyncio.to_thread(
            httpx.request, method, self.room.address + path, **{"headers": self.headers, **more}
        )

    async def patch(self, fragment: str, **headers: str) -> httpx.Response:
        given = {**self.headers, "Content-Type": FRAGMENT, **headers}
        return await self.ask("PATCH", self.location, content=fragment, headers=given)


def encoder(room: Room, given: str) -> Client:
    made = Client(room, "/whip", given)
    made.connection.addTrack(VideoStreamTrack())
    made.connection.addTrack(AudioStreamTrack())
    return made


def test_an_encoder_and_a_player_from_the_first_request_to_revocation(room: Room, pages: Pages) -> None:
    asyncio.run(asyncio.wait_for(_hold(room, pages), 180))


async def _hold(room: Room, pages: Pages) -> None:
    control = Path(room.app.extensions["settings"].data_dir) / "media.sock"
    hall = str(room.sites[0])
    chair = pages.chair()
    async with running_media(path=control) as media:
        await asyncio.to_thread(chair.wait, lambda: any(m["epoch"] for m in chair.all("media_epoch")), "media")
        camera, projector = token(room, LinkKind.HALL_CAMERA), token(room, LinkKind.OVERFLOW)
        chair.do("open_doors")
        chair.do("convene")

        sending = encoder(room, camera)
        await sending.start()
        await _until(
            chair, lambda: (chair.all("presence") or [{}])[-1].get(hall, {}).get("encoder"), "told to the desk"
        )
        assert chair.all("presence")[-1][hall]["media"] is False, "it is no page of the hall"

        watching = Client(room, "/whep", projector)
        tracks: dict[str, Any] = {}
        watching.connection.on("track", lambda track: tracks.update({track.kind: track}))
        watching.connection.addTransceiver("video", direction="recvonly")
        watching.connection.addTransceiver("audio", direction="recvonly")
        await watching.start()
        assert (await asyncio.wait_for(tracks["video"].recv(), 40)).width == 640
        assert (await asyncio.wait_for(tracks["audio"].recv(), 40)).sample_rate == 48_000

        # Trickled candidates say nothing to an ICE-lite server; a restart gives new credentials.
        mine = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
        assert (await sending.patch(mine)).status_code == 428
        assert (await sending.patch(mine, **{"If-Match": '"other"'})).status_code == 412
        assert (await sending.patch(mine, **{"If-Match": sending.tag})).status_code == 204
        assert (await sending.patch("m=audio", **{"If-Match": "*"})).status_code == 400
        restarted = await sending.patch(mine, **{"If-Match": "*"})
        assert restarted.status_code == 200 and restarted.headers["ETag"] != sending.tag
        assert re.search(r"a=ice-ufrag:\w+\r\na=ice-pwd:\w+\r\na=candidate:", restarted.text)
        assert "fingerprint" not in restarted.text
        assert (await watching.ask("DELETE", sending.location)).status_code == 401, "another's token"

        # A third encoder ends the first; the newest is seen.
        others = [encoder(room, camera) for _ in range(2)]
        for each in others:
            await each.start()
        await eventually(lambda: media.event(type="peer_closed", reason="deleted"), "the oldest is closed", 40)
        assert (await others[0].ask("DELETE", others[0].location)).status_code == 200
        assert (await others[0].ask("DELETE", others[0].location)).status_code == 404

        for link in store.links_of(room.conference):
            if link.kind in links.CLIENTS:
                with writing():
                    links.revoke_link(link, room.conference.opens_at)
        await eventually(lambda: watching.connection.connectionState == "closed", "the player is ended", 40)
        await _until(
            chair, lambda: "encoder" not in (chair.all("presence") or [{}])[-1].get(hall, {}), "and the encoder"
        )
        assert post(room, "/whip", camera).status_code == 401
        for each in (sending, watching, *others):
            await each.connection.close()
    db.session.rollback()


async def _until(page: Any, is_so: Callable[[], Any], what: str) -> None:
    await asyncio.to_thread(page.wait, is_so, what)
