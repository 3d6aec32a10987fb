"""The line-test board over a real socket: who sees what, and a talk of the desk with one point that nobody else hears."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from signaling.talks import LARGEST_PICTURE
from tests.sfu.media_process import eventually, open_page, running_media
from tests.sfu.test_echo import HERTZ, Voice, strongest
from tests.signaling.page import Page, Pages, Room
from tests.signaling.test_checks import ask, hear, take_end

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0 a small picture").decode()


def last_talk(page: Page) -> dict[str, Any]:
    return dict(page.all("talk")[-1]) if page.all("talk") else {}


def test_the_board_tells_the_desk_alone_whom_to_phone_and_shows_what_points_send(room: Room, pages: Pages) -> None:
    here = str(room.sites[1])
    desk, site, other = pages.secretary(), pages.site(1), pages.site(2)
    assert site.ask("report_picture", {"jpeg": JPEG})["ok"]
    board = desk.ask("watch_board", {})
    assert board["contacts"][here] == {"name": "Liên-hệ-riêng", "phone": "0900", "where": ""}
    assert board["pictures"][here]["jpeg"] == JPEG
    site.ask("report_picture", {"jpeg": JPEG})
    desk.wait(lambda: desk.all("pictures"), "a newer picture")
    for page in (site, other, pages.screen()):
        assert page.ask("watch_board", {})["code"] == "not_permitted"
    assert not other.all("pictures") and not site.all("pictures")
    site.close()
    desk.wait(lambda: not desk.ask("watch_board", {})["pictures"], "who is gone is not seen")


@pytest.mark.parametrize("jpeg", ["", "no base64!", base64.b64encode(b"GIF89a").decode(), "A" * (LARGEST_PICTURE + 4)])
def test_what_is_no_small_picture_is_refused(room: Room, pages: Pages, jpeg: str) -> None:
    assert pages.site(1).ask("report_picture", {"jpeg": jpeg})["code"] == "malformed"


def test_the_desk_keeps_what_it_found_at_each_point(room: Room, pages: Pages) -> None:
    here = room.sites[1]
    desk, other_desk = pages.secretary(), pages.secretary("thu-ky-2")
    other_desk.ask("watch_board", {})
    answer = desk.ask("keep_test", {"site_id": here, "is_passed": False, "remark": " Tiếng   nhỏ "})
    assert (answer["test"]["is_passed"], answer["test"]["remark"], answer["test"]["tested_by"]) == (
        False,
        "Tiếng nhỏ",
        "thu-ky",
    )
    desk.ask("keep_test", {"site_id": here, "is_passed": True, "remark": ""})
    other_desk.wait(
        lambda: [t[str(here)]["is_passed"] for t in other_desk.all("tests")] == [False, True], "both are told"
    )
    assert pages.chair().ask("watch_board", {})["tests"][str(here)]["is_passed"] is True
    assert desk.ask("keep_test", {"site_id": 10**6, "is_passed": True, "remark": ""})["code"] == "unknown_site"
    assert desk.ask("keep_test", {"site_id": here, "is_passed": 1, "remark": ""})["code"] == "malformed"
    assert pages.site(1).ask("keep_test", {"site_id": here, "is_passed": True, "remark": ""})["code"] == "not_permitted"


def test_a_point_that_is_away_or_speaks_is_not_called(room: Room, pages: Pages) -> None:
    desk = pages.secretary()
    assert desk.ask("talk_to", {"site_id": room.sites[1]})["code"] == "site_is_away"
    assert pages.site(2).ask("talk_to", {"site_id": room.sites[1]})["code"] == "not_permitted"


def test_rule_35_a_talk_is_heard_at_both_ends_and_by_nobody_else(room: Room, pages: Pages) -> None:
    asyncio.run(asyncio.wait_for(_talk(room, pages), 90))


async def _talk(room: Room, pages: Pages) -> None:
    here = room.sites[1]
    desk, other_desk, site, other = pages.secretary(), pages.chair(), pages.site(1), pages.site(2)
    async with running_media(path=Path(room.app.extensions["settings"].data_dir) / "media.sock") as media:
        await asyncio.to_thread(site.wait, lambda: any(m["epoch"] for m in site.all("media_epoch")), "media")
        await asyncio.to_thread(desk.do, "open_doors")
        views = (("hall", "audio"), ("floor", "audio"))
        conference = str(room.conference_id)
        viewer = await open_page(media, "viewer.w.1", f"site:{room.sites[2]}", views=views, router=conference)

        line = (await ask(desk, "talk_to", {"site_id": here}))["line"]
        await asyncio.to_thread(site.wait, lambda: last_talk(site).get("state") == "asked", "the point is asked")
        assert (await ask(other_desk, "talk_to", {"site_id": here}))["code"] == "site_is_talking"
        assert (await ask(other, "join_aside", {"line": line, "end": "site"}))["code"] == "not_permitted"
        assert (await ask(desk, "join_aside", {"line": line, "end": "site"}))["code"] == "not_permitted"
        assert (await ask(site, "answer_talk", {"line": line, "is_accepted": True}))["ok"]
        await asyncio.to_thread(desk.wait, lambda: last_talk(desk).get("state") == "accepted", "the desk is told")
        ends = [await take_end(desk, line, "desk", Voice()), await take_end(site, line, "site", Voice())]
        heard: list[list[Any]] = [[], []]
        hearing = [
            asyncio.create_task(hear(received[0], into)) for (_, received), into in zip(ends, heard, strict=True)
        ]
        await eventually(lambda: all(len(frames) > 50 for frames in heard), "each hears the other", 30)
        for task in hearing:
            task.cancel()
        assert [strongest(frames) for frames in heard] == pytest.approx([HERTZ, HERTZ], abs=10)
        assert all(stream["packets"] == 0 for stream in (await media.stats(viewer.peer))["viewed"])
        assert not other.all("talk") and not other_desk.all("talk")

        await asyncio.to_thread(site.close)
        await asyncio.to_thread(desk.wait, lambda: last_talk(desk)["state"] == "ended", "it ends when the point goes")
        _, state = await media.call("GET", "/state")
        assert {peer["peer"] for peer in state["peers"]} == {"viewer.w.1"}
        for connection, _ in ends:
            await connection.close()
    assert not [e for e in room.journal() if "talk" in e.kind]
