"""How good the lines are, over a real socket: who may say it, who is told what, and what is kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meetings import incidents
from meetings.core.vocabulary import LineKind, SiteId
from meetings.incidents import Incident
from signaling.media import readings_of
from signaling.quality import Reading
from tests.sfu.media_process import running_media
from tests.signaling.page import Page, Pages, Room
from tests.signaling.publishing import publish
from tests.signaling.test_handlers import open_discussion, speaker

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")

AT = datetime(2020, 7, 16, 1, 0, tzinfo=UTC)
SEEN = {"seen_width": 640, "seen_height": 360, "seen_fps": 25}
REPORT = {
    "rtt_ms": 24,
    "width": 1280,
    "height": 720,
    "fps": 25,
    **SEEN,
    "frozen_ms": 0,
    "limited_by": None,
    "is_relayed": False,
}


@pytest.mark.parametrize(
    "report", [REPORT, {}, {**REPORT, "limited_by": "cpu"}, {"rtt_ms": None, "width": None, "fps": 0}]
)
def test_a_site_reports_what_its_page_measured(room: Room, pages: Pages, report: Any) -> None:
    assert pages.site(1).ask("report_link", report) == {"ok": True}


@pytest.mark.parametrize(
    "report",
    [
        [],
        {"rtt_ms": -1},
        {"rtt_ms": 60_001},
        {"rtt_ms": 1.5},
        {"rtt_ms": True},
        {"rtt_ms": "24"},
        {"width": 2**53},
        {"fps": 241},
        {"frozen_ms": 10_001},
        {"limited_by": "moon"},
        {"limited_by": 3},
        {"is_relayed": "yes"},
        {"site_id": 2},
    ],
    ids=str,
)
def test_a_malformed_report_is_refused_in_words(room: Room, pages: Pages, report: Any) -> None:
    answer = pages.site(1).ask("report_link", report)
    assert (answer["ok"], answer["code"]) == (False, "malformed") and answer["message"]


def test_only_the_tab_that_holds_a_sites_seat_reports(room: Room, pages: Pages) -> None:
    first, second = pages.site(1), pages.site(1)
    assert first.ask("report_link", REPORT)["ok"]
    for page in (second, pages.secretary(), pages.screen()):
        assert page.ask("report_link", REPORT)["code"] == "not_permitted"


def test_the_desk_and_the_site_itself_read_what_happened_to_a_line(room: Room, pages: Pages) -> None:
    here, there = SiteId(room.sites[1]), SiteId(room.sites[2])
    incidents.add(
        room.conference_id,
        [
            Incident(here, AT, LineKind.CONNECTED, {}),
            Incident(there, AT, LineKind.CONNECTED, {}),
            Incident(here, AT + timedelta(seconds=4), LineKind.WEAK, {"rtt_ms": 210, "loss_up": 0.04}),
        ],
    )
    for page in (pages.secretary(), pages.chair(), pages.site(1)):
        answer = page.ask("get_incidents", {"site_id": here})
        found = [one for one in answer["incidents"] if one["at"] < "2021"]
        assert found == [
            {"at": "2020-07-16T01:00:00.000Z", "kind": "connected", "figures": {}},
            {"at": "2020-07-16T01:00:04.000Z", "kind": "weak", "figures": {"rtt_ms": 210, "loss_up": 0.04}},
        ]
    for page in (pages.site(2), pages.screen()):
        assert page.ask("get_incidents", {"site_id": here})["code"] == "not_permitted"


@pytest.mark.parametrize("message", [None, {}, {"site_id": "1"}, {"site_id": 1, "more": 1}], ids=str)
def test_a_malformed_question_is_refused(room: Room, pages: Pages, message: Any) -> None:
    assert pages.secretary().ask("get_incidents", message)["code"] == "malformed"


def test_another_conferences_line_is_unknown(room: Room, pages: Pages) -> None:
    assert pages.secretary().ask("get_incidents", {"site_id": 10**6})["code"] == "unknown_site"


def test_the_latest_incidents_are_given_and_the_last_of_each_site_is_known(room: Room) -> None:
    here = SiteId(room.sites[1])
    many = [
        Incident(here, AT + timedelta(seconds=n), LineKind.FAIR if n % 2 else LineKind.GOOD, {"rtt_ms": n})
        for n in range(incidents.KEPT + 6)
    ]
    incidents.add(room.conference_id, many)
    assert incidents.of_site(room.conference_id, here) == many[6:]
    assert incidents.last_kinds(room.conference_id) == {here: LineKind.FAIR}


def published(**more: Any) -> dict[str, Any]:
    figures = {"kind": "video", "packets": 10, "packets_lost": 1, "jitter_ms": 2.0, "bit_rate": 1000}
    return {**figures, "audio_level_db": None, **more}


def viewed(**more: Any) -> dict[str, Any]:
    view = {"bus": "hall", "kind": "audio", "seat": "site:1", "rung": None}
    return {**view, "excluded": False, "packets": 20, "packets_lost": 2, "bit_rate": 500, "rtt_ms": None, **more}


def test_the_newest_connected_publisher_of_a_seat_is_read() -> None:
    old = {
        "peer": "a.p.1",
        "router": "12",
        "seat": "site:7",
        "connected": True,
        "encoder": False,
        "paper": False,
        "path": "tcp",
        "bit_rate_ceiling": 250_000,
        "room": 90_000,
        "room_by": "loss",
        "viewed": [],
    }
    seen = {"kind": "video", "packets": 0, "packets_lost": 0, "bit_rate": 0}
    peers = [
        {**old, "published": [published()]},
        {
            **old,
            "peer": "a.p.2",
            "published": [published(), published(packets=5, jitter_ms=7.0, audio_level_db=-40)],
            "viewed": [
                *(viewed(rtt_ms=30.0), viewed(excluded=True, rtt_ms=1.0), viewed(rtt_ms=40.0)),
                *(viewed(**seen, rung="small"), viewed(**seen, bus="floor", seat=None, rung="still")),
            ],
        },
        {**old, "peer": "a.p.3", "connected": False, "published": [published()]},
        {**old, "peer": "a.w.4", "published": []},
        {**old, "peer": "d.w.5", "seat": "desk:1:d", "published": []},
    ]
    rungs = {"hall_rung": "small", "room_bps": 90_000, "room_by": "loss", "allowed_bps": 250_000}
    assert readings_of(peers) == {(12, 7): Reading("a.p.2", 15, 2, 60, 6, 30.0, 7.0, 2000, 1000, -40, "tcp", **rungs)}


def test_nobody_is_told_of_the_rung_of_its_own_picture() -> None:
    peer = {
        **{"peer": "a.p.1", "router": "12", "seat": "site:7", "connected": True, "encoder": False, "paper": False},
        **{
            "path": "udp",
            "bit_rate_ceiling": 2_500_000,
            "room": 90_000,
            "room_by": "delay",
            "published": [published()],
        },
        "viewed": [viewed(kind="video", bus="floor", seat="site:7", rung="still")],
    }
    assert readings_of([peer])[12, 7].floor_rung is None


@pytest.mark.parametrize(("rung", "told"), [("none", "none"), ("still", "still"), ("small", "full"), ("full", "full")])
def test_a_shared_picture_has_a_rung_of_its_own_and_is_never_small(rung: str, told: str) -> None:
    seen = {"kind": "video", "packets": 0, "packets_lost": 0, "bit_rate": 0}
    peer = {
        **{"peer": "a.p.1", "router": "12", "seat": "site:7", "connected": True, "encoder": False, "paper": False},
        **{"path": "udp", "bit_rate_ceiling": 250_000, "room": 90_000, "room_by": "loss", "published": [published()]},
        "viewed": [viewed(**seen, rung="full"), viewed(**seen, bus="paper", seat="site:3", rung=rung)],
    }
    reading = readings_of([peer])[12, 7]
    assert (reading.hall_rung, reading.floor_rung, reading.paper_rung) == ("full", None, told)


def test_a_real_line_is_measured_told_and_written_down(room: Room, pages: Pages) -> None:
    """The real media process, and aiortc in the place of the browser."""
    asyncio.run(asyncio.wait_for(_measure_a_line(room, pages), 60))


async def _measure_a_line(room: Room, pages: Pages) -> None:
    here = str(room.sites[1])
    control = Path(room.app.extensions["settings"].data_dir) / "media.sock"
    desk, site, other = pages.secretary(), pages.site(1), pages.site(2)
    async with running_media(path=control):
        await asyncio.to_thread(site.wait, lambda: any(m["epoch"] for m in site.all("media_epoch")), "media")
        connection = (await publish(site)).connection
        assert site.ask("report_link", REPORT)["ok"]
        await _until(other, lambda: last(other, "links").get(here) == "good", "the word, told to everybody")
        await _until(desk, lambda: last(desk, "link_figures").get(here, {}).get("up_kbps"), "its rate")
        await _until(desk, lambda: last(desk, "link_figures")[here]["width"] == 1280, "what its page measured")
        assert last(desk, "link_figures")[here]["rtt_ms"] <= 24
        assert here in last(site, "link_figures") and all(here not in m for m in other.all("link_figures"))
        late = pages.site(3)
        assert late.snapshot()["links"][here] == "good" and here not in late.snapshot()["link_figures"]
        assert desk.snapshot()["link_figures"][here]["height"] == 720
        assert desk.snapshot()["link_figures"][here]["seen_width"] == 640
        # It is given the floor and sends silence: the desk and itself are told, nobody else; muted, it is no alarm.
        chair = pages.chair()
        await asyncio.to_thread(open_discussion, chair, room)
        request_id = await asyncio.to_thread(speaker, site, chair, room, 1)
        for page in (desk, chair, site):
            await _until(page, lambda page=page: silent_sites(page) == [int(here)], "the silence")  # type: ignore[misc]
        assert desk.snapshot()["alarms"][0]["since"] and other.snapshot()["alarms"] == []
        await asyncio.to_thread(chair.do, "mute_holder", request_id=request_id)
        await _until(desk, lambda: silent_sites(desk) == [], "the end of the alarm")
        await connection.close()
        await _until(other, lambda: last(other, "links").get(here) == "lost", "the loss")
    assert not other.all("alarms")
    kinds = [one["kind"] for one in desk.ask("get_incidents", {"site_id": int(here)})["incidents"]]
    assert (kinds[:2], kinds[-2:]) == (["connected", "good"], ["silent", "lost"])
    assert not any(entry.kind.startswith("Line") for entry in room.journal())


def silent_sites(page: Page) -> list[int]:
    """Of whom this page was told last that they hold the floor without a sound."""
    told = page.all("alarms")
    return [alarm["site_id"] for alarm in told[-1] if alarm["kind"] == "silent"] if told else []


def last(page: Page, event: str) -> dict[str, Any]:
    """All that was told by this message so far, the latest first to be believed."""
    told: dict[str, Any] = {}
    for message in page.all(event):
        told |= message
    return told


async def _until(page: Page, is_so: Any, what: str) -> None:
    await asyncio.to_thread(page.wait, is_so, what)
