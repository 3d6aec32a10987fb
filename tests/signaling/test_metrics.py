"""What Prometheus reads, and who may read it."""

import asyncio
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from flask import Flask

from meetings.app import create_app
from signaling.metrics import exposition
from tests.databases import Databases
from tests.sfu.media_process import eventually, media_here
from tests.sfu.test_media import publisher, viewer
from tests.signaling.page import Pages, Room

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\.)*",?)*)\})? (-?[0-9.e+-]+)')


def read(text: str) -> dict[tuple[str, str], float]:
    """The samples by name and labels; every line must be one, or name the type of those that follow."""
    found: dict[tuple[str, str], float] = {}
    family = ""
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            family = line.split()[2]
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample is not None and sample[1] == family, line
        key = (sample[1], sample[2] or "")
        assert key not in found, line
        found[key] = float(sample[3])
    return found


def test_what_the_media_process_counts_is_told_per_seat_and_stream() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.route(floor_video="site:1", floor_audio="site:1")
            page, view = await publisher(media), await viewer(media)
            second = await publisher(media, 1, peer="second")
            for each in (page, second):
                await each.send_video([1, 2], key=True)
            await eventually(lambda: view.rtp, "the picture")
            _, stats = await media.call("GET", "/stats")
            samples = read(exposition(stats, {"site": 2, "chair": 1}))
            assert samples["diem_cau_media_up", ""] == 1
            assert samples["diem_cau_media_peers", ""] == 3
            assert samples["diem_cau_pages", 'page="site"'] == 2
            counted = samples["diem_cau_media_ingress_packets_total", ""]
            assert counted == stats["process"]["ingress_packets"] >= 4
            assert ("diem_cau_published_loss_ratio", 'conference="r",seat="site:1",stream="video"') in samples
            where = 'conference="r",seat="screen:1",bus="floor",kind="video"'
            assert samples["diem_cau_viewed_loss_ratio", where] == 0

    asyncio.run(asyncio.wait_for(test(), 30))


def test_a_label_may_hold_anything() -> None:
    stream = {"stream": "video", "bit_rate": 5, "fraction_lost": 0.5, "jitter_ms": 20.0, "audio_level_db": None}
    peer = {"router": "1", "seat": 'a"b\\c\nd', "connected": True, "published": [stream], "viewed": []}
    samples = read(exposition({"process": {}, "peers": [peer]}, {}))
    assert samples["diem_cau_published_jitter_seconds", 'conference="1",seat="a\\"b\\\\c\\nd",stream="video"'] == 0.02


def ask(address: str, **headers: str) -> str:
    asked = urllib.request.Request(address + "/metrics", headers=headers)
    with urllib.request.urlopen(asked) as answer:
        return str(answer.read().decode())


def test_this_machine_may_read_it_and_sees_pages_and_a_missing_media_process(room: Room, pages: Pages) -> None:
    pages.site(1)
    samples = read(ask(room.address))
    assert samples["diem_cau_media_up", ""] == 0
    assert samples["diem_cau_pages", 'page="site"'] >= 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_what_a_proxy_passes_on_is_not_answered(room: Room, header: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        ask(room.address, **{header: "127.0.0.1"})
    refused.value.close()


@pytest.fixture
def guarded(databases: Databases, tmp_path: Path) -> Flask:
    token = {"METRICS_TOKEN": "x" * 20}
    return create_app({"DATA_DIR": tmp_path, "DATABASE_URL": databases.new(), "TESTING": True, **token})


@pytest.mark.parametrize(
    ("given", "status"), [("", 404), ("Bearer wrong", 404), ("Bearer é", 404), ("Bearer " + "x" * 20, 200)]
)
def test_with_a_token_nobody_reads_it_without(guarded: Flask, given: str, status: int) -> None:
    answer = guarded.test_client().get("/metrics", headers={"Authorization": given, "X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == status
