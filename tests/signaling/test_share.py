"""What a point shares, over a real socket: who may send it, and who is told of it when (rules 30, 42)."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from tests.sfu.media_process import eventually, running_media
from tests.signaling.page import Page, Pages, Room
from tests.signaling.test_handlers import open_discussion

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")


def offer(room: Room, page: Page, number: int, source: str = "screen") -> None:
    page.do("offer_share", site_id=room.sites[number], source=source)


def joining(page: Page, publishes: bool = True) -> str:
    """What a page that wants to send a shared picture is told; there is no media process to take it."""
    return str(page.ask("join_media", {"publishes": publishes, "slot": "paper"})["code"])


def test_rule_42_a_share_is_told_to_its_point_and_the_desks_until_a_desk_shows_it(room: Room, pages: Pages) -> None:
    chair, secretary, site, other, screen = (
        pages.chair(),
        pages.secretary(),
        pages.site(1),
        pages.site(2),
        pages.screen(),
    )
    open_discussion(chair, room)
    chair.wait(lambda: room.sites[1] in chair.parts()["public"]["connected"], "the site is there")
    offer(room, site, 1)
    for desk in (chair, secretary):
        [told] = desk.snapshot()["parts"]["desk"]["shares"]
        assert (told["site_id"], told["source"], told["is_shown"]) == (room.sites[1], "screen", False)
    assert site.snapshot()["parts"]["own"]["share"]["is_shown"] is False
    for page in (other, screen):
        assert page.snapshot()["parts"]["public"]["stage"]["share"] is None
        assert "offered_at" not in json.dumps(page.told)
    assert other.snapshot()["parts"]["own"]["share"] is None

    secretary.do("show_share", site_id=room.sites[1])
    shown = {"site_id": room.sites[1], "source": "screen"}
    for page in (other, screen, chair):
        page.wait(lambda page=page: page.parts()["public"]["stage"]["share"] == shown, "everybody is told")  # type: ignore[misc]
    site.wait(lambda: site.parts()["own"]["share"]["is_shown"], "the sharer is told that it is on show")
    chair.do("hide_share")
    other.wait(lambda: other.parts()["public"]["stage"]["share"] is None, "and that it is over")
    site.do("end_share", site_id=room.sites[1])
    chair.wait(lambda: chair.parts()["desk"]["shares"] == [], "the desks are told")
    log = [entry["event"] for entry in chair.snapshot()["log"]]
    assert [event for event in log if event.startswith("share_")] == [
        "share_offered",
        "share_shown",
        "share_hidden",
        "share_ended",
    ]


def test_rule_42_only_the_seat_itself_sends_and_only_what_it_offers(room: Room, pages: Pages) -> None:
    chair, site, screen = pages.chair(), pages.site(1), pages.screen()
    second = pages.site(1)  # the same seat in another tab
    companion = pages.site(1, companion=True)
    open_discussion(chair, room)
    assert joining(site) == "not_sharing"
    offer(room, site, 1)
    assert joining(site) == "media_unavailable", "it may"
    assert joining(site, publishes=False) == "not_permitted"
    for page in (second, companion, screen, chair):
        assert joining(page) == "not_permitted"
    assert companion.command("offer_share", site_id=room.sites[1], source="camera")["code"] == "not_permitted"
    assert pages.site(2).command("offer_share", site_id=room.sites[1], source="camera")["code"] == "not_your_site"
    assert site.command("offer_share", site_id=room.sites[1], source="window")["code"] == "malformed"


def test_rule_43_removing_the_point_ends_what_it_sends_at_once(
    room: Room, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.media.STAGE_SECONDS", 10.0)
    asyncio.run(asyncio.wait_for(_remove(room, pages), 60))


async def _remove(room: Room, pages: Pages) -> None:
    chair, site = pages.chair(), pages.site(1)
    async with running_media(path=Path(room.app.extensions["settings"].data_dir) / "media.sock") as media:
        await asyncio.to_thread(site.wait, lambda: any(m["epoch"] for m in site.all("media_epoch")), "media")
        await asyncio.to_thread(open_discussion, chair, room)
        await asyncio.to_thread(offer, room, site, 1)
        joined = await asyncio.to_thread(site.ask, "join_media", {"publishes": True, "slot": "paper"})
        assert joined["sdp"].count("m=") == 1
        is_there = lambda: room.sites[1] in chair.parts()["public"]["connected"]  # noqa: E731
        await asyncio.to_thread(chair.wait, is_there, "the site is there")
        os.kill(media.pid, signal.SIGSTOP)
        try:
            showing = asyncio.create_task(asyncio.to_thread(chair.do, "show_share", site_id=room.sites[1]))
            await eventually(lambda: room.journal()[-1].kind == "share_shown", "it is recorded")
            await asyncio.to_thread(site.ask, "read_clock", {})
            assert site.parts()["own"]["share"]["is_shown"] is False
        finally:
            os.kill(media.pid, signal.SIGCONT)
        await showing

        async def route() -> str | None:
            routers = (await media.call("GET", "/state"))[1]["routers"]
            return dict(routers[str(room.conference_id)]["routes"]["buses"]["paper"])["video"]

        assert await route() == f"site:{room.sites[1]}", "in force before anybody is told"
        await asyncio.to_thread(chair.do, "remove_site", site_id=room.sites[1], reason="Nhầm hình")
        peers = (await media.call("GET", "/state"))[1]["peers"]
        assert [peer["peer"] for peer in peers] == []
        assert await route() is None, "it is shown no more"
        await asyncio.to_thread(site.wait, lambda: site.parts()["own"]["share"] is None, "its page is told")
