"""The door over a real socket: before a point is admitted, and after it is removed, no media of the conference reaches it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from meetings.core.vocabulary import Admission
from meetings.store.entry import EntryDraft, save_entry
from meetings.tables import writing
from tests.sfu.media_process import eventually, running_media
from tests.signaling.page import Page, Pages, Room
from tests.signaling.publishing import publish

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")


def prepare(room: Room, admission: Admission = Admission.BY_DESK, **more: Any) -> None:
    with writing():
        save_entry(room.conference_id, EntryDraft(admission, **more), 0, "Thư ký")


def joining(page: Page) -> str:
    """What a page that wants media is told; there is no media process to let it in."""
    return str(page.ask("join_media", {"publishes": page.seat["role"] == "site"})["code"])


def state_of(page: Page) -> str:
    return str(page.parts()["own"]["entry"]["state"])


def test_rule_37_media_is_refused_until_the_desk_admits_and_the_page_is_told(room: Room, pages: Pages) -> None:
    prepare(room)
    desk, site, station, screen = pages.secretary(), pages.site(1), pages.station(), pages.screen()
    assert joining(site) == "not_admitted" and state_of(site) == "waiting"
    desk.do("open_doors")
    companion = pages.site(1, companion=True)
    assert joining(site) == joining(companion) == "not_admitted"
    assert {joining(page) for page in (station, screen, desk)} == {"media_unavailable"}
    assert desk.command("admit_site", site_id=room.sites[1])["ok"]
    site.wait(lambda: state_of(site) == "admitted", "it is told")
    assert joining(site) == "media_unavailable"
    assert {e["site_id"]: e["state"] for e in desk.snapshot()["parts"]["desk"]["entries"]}[room.sites[2]] == "waiting"


def test_rule_37_by_default_nothing_stands_in_the_way(room: Room, pages: Pages) -> None:
    desk, site = pages.secretary(), pages.site(1)
    assert joining(site) == "media_unavailable" and state_of(site) == "admitted"
    desk.do("open_doors")
    assert joining(site) == "media_unavailable"


def test_rule_38_the_clock_admits_all_at_the_time_that_was_prepared(room: Room, pages: Pages) -> None:
    """The conference of the tests should have opened in 2020: the time is over when the doors open."""
    prepare(room, admits_minutes=10)
    site = pages.site(1)
    assert state_of(site) == "waiting"
    pages.secretary().do("open_doors")
    site.wait(lambda: state_of(site) == "admitted", "the clock lets it in")
    assert [e.kind for e in room.journal()].count("all_admitted") == 1


def test_rule_40_who_is_one_too_many_is_told_in_words(room: Room, pages: Pages) -> None:
    prepare(room, Admission.AUTOMATIC, ceiling=1)
    desk, first = pages.secretary(), pages.site(1)
    desk.do("open_doors")
    first.wait(lambda: state_of(first) == "admitted", "the first is let in")
    second = pages.site(2)
    second.wait(lambda: state_of(second) == "full", "the second is told")
    answer = second.ask("join_media", {"publishes": True})
    assert answer["code"] == "not_admitted" and answer["message"]
    assert desk.command("admit_site", site_id=room.sites[2])["code"] == "ceiling_reached"


def test_rule_41_removing_ends_the_media_at_once_and_the_page_reads_why(room: Room, pages: Pages) -> None:
    asyncio.run(asyncio.wait_for(_remove(room, pages), 60))


async def _remove(room: Room, pages: Pages) -> None:
    desk, site = pages.secretary(), pages.site(1)
    async with running_media(path=Path(room.app.extensions["settings"].data_dir) / "media.sock") as media:
        await asyncio.to_thread(site.wait, lambda: any(m["epoch"] for m in site.all("media_epoch")), "media")
        await asyncio.to_thread(desk.do, "open_doors")
        connection = (await publish(site)).connection
        await eventually(lambda: media.event(type="peer_connected"), "it publishes")
        await asyncio.to_thread(desk.do, "remove_site", site_id=room.sites[1], reason="Mở loa ngoài")
        assert (await media.call("GET", "/state"))[1]["peers"] == []
        await asyncio.to_thread(site.wait, lambda: site.all("media_closed"), "the page is told")
        answer = await asyncio.to_thread(site.ask, "join_media", {"publishes": True})
        assert answer["code"] == "not_admitted"
        assert site.parts()["own"]["entry"] == {"state": "removed", "reason": "Mở loa ngoài"}
        await connection.close()
