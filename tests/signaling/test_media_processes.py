"""Several media processes: each conference has one, and what happens to one is told to its conferences only."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from meetings.config import ConfigError, load_settings
from meetings.media_places import media_sockets
from signaling.connections import Connection, Slot
from signaling.media import EpochChange, Media, MediaUnavailable, buses_of
from tests.sfu.media_process import eventually, running_media

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")


class Told:
    """A `MediaListener` that keeps what it is told."""

    def __init__(self) -> None:
        self.changes: list[EpochChange] = []
        self.events: list[dict[str, Any]] = []

    def epoch_changed(self, change: EpochChange) -> None:
        self.changes.append(change)

    def media_event(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    def of(self, conference_id: int) -> list[EpochChange]:
        return [change for change in self.changes if change.is_home(conference_id)]


def page(conference_id: int, *peers: str) -> Connection:
    named = {slot: peer for slot, peer in zip(Slot, peers, strict=False)}
    return Connection("s", conference_id, "site:1", "site", None, "tab", "vi", "", peers=named)


def test_conferences_are_spread_and_each_is_told_of_its_own_process(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(_spread(tmp_path), 60))


async def _spread(folder: Path) -> None:
    told = Told()
    first, second = map(Path, media_sockets(str(folder / "media.sock"), 2))
    async with running_media(path=first) as here:
        async with AsyncExitStack() as until_killed:
            there = await until_killed.enter_async_context(running_media(path=second))
            media = Media([str(first), str(second)], told, dict)
            await asyncio.to_thread(media.start)
            for conference_id in (2, 3):
                await asyncio.to_thread(media.join, conference_id, f"tab{conference_id}", "site:1", "site", False)
            for process, peer in ((here, "tab2"), (there, "tab3")):
                assert [each["peer"] for each in (await process.call("GET", "/state"))[1]["peers"]] == [peer]
            assert media.epoch_of(page(2)) != media.epoch_of(page(3))
            stats = await asyncio.to_thread(media.stats)
            assert {(each["router"], each["peer"]) for each in stats["peers"]} == {("2", "tab2"), ("3", "tab3")}
            assert (await asyncio.to_thread(media.health) or {})["processes"] == 2
            assert "v=0" in await asyncio.to_thread(media.restart, "tab3"), "found where it is"
        await eventually(lambda: media.epoch_of(page(3)) is None, "the second is missed")
        assert told.of(3)[-1].epoch is None and told.of(3)[-1].gone == {"tab3"}
        assert told.of(2)[-1].epoch == media.epoch_of(page(2)) is not None, "the other one goes on"
        assert await asyncio.to_thread(media.health) is None
        assert [each["peer"] for each in (await asyncio.to_thread(media.stats))["peers"]] == ["tab2"]
        with pytest.raises(MediaUnavailable):
            await asyncio.to_thread(media.join, 3, "late", "site:1", "site", False)

        async with running_media(path=second):
            await eventually(lambda: media.epoch_of(page(3)), "a new one is greeted")
            await asyncio.to_thread(media.join, 3, "tab3", "site:1", "site", False)
            again = Media([str(first), str(second)], Told(), dict)
            await asyncio.to_thread(again.start)
            assert "v=0" in await asyncio.to_thread(again.restart, "tab3"), "a restarted web process finds it too"


def test_a_restarted_web_process_finds_a_large_conference_where_it_is(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(_find_again(tmp_path), 60))


async def _find_again(folder: Path) -> None:
    paths = media_sockets(str(folder / "media.sock"), 2)
    async with running_media(path=Path(paths[0])):
        async with running_media(path=Path(paths[1])):
            media = Media(paths, Told(), dict, crowd=1)
            await asyncio.to_thread(media.start)
            for number in (1, 2):
                joined = await asyncio.to_thread(media.join, 2, f"tab{number}", f"site:{number}", "site", False)
                assert joined[1] == number - 1
            told = Told()
            again = Media(paths, told, dict, crowd=1)
            await asyncio.to_thread(again.start)
            epochs = [again.epoch_of(page(2, f"tab{number}")) for number in (1, 2)]
            assert len(set(epochs)) == 2 and epochs[0] == again.epoch_of(page(2)), (
                "without peers it is that of the home"
            )
            assert "v=0" in await asyncio.to_thread(again.restart, "tab2"), "found where it is"
            assert (await asyncio.to_thread(again.join, 2, "tab3", "site:3", "site", False))[1] == 0, "as many at both"
        await eventually(lambda: told.changes[-1].epoch is None, "the second is missed")
        assert (told.changes[-1].process, told.changes[-1].gone) == (1, {"tab2"})
        assert again.epoch_of(page(2, "tab1")) == epochs[0], "the others go on"


def test_a_bus_that_several_processes_tell_is_told_once_by_the_one_that_receives_its_source() -> None:
    def bus(router: str, kind: str, seconds: float | None) -> dict[str, Any]:
        return {"router": router, "bus": "floor", "kind": kind, "seconds_since_packet": seconds}

    told = [bus("2", "audio", None), bus("2", "video", 0.1), bus("3", "audio", 4.0)]
    told += [bus("2", "audio", 0.02), bus("2", "video", 90.0), bus("4", "audio", None), bus("4", "audio", None)]
    assert buses_of(told) == [
        bus("2", "audio", 0.02),
        bus("2", "video", 0.1),
        bus("3", "audio", 4.0),
        bus("4", "audio", None),
    ]


def test_a_change_concerns_the_pages_with_peers_there_and_those_at_home_without_any() -> None:
    def concerns(connection: Connection) -> bool:
        return EpochChange(1, None, [], frozenset(), lambda conference_id: conference_id % 2 == 1).concerns(connection)

    assert concerns(page(3)) and not concerns(page(2))
    spread, whole = page(2), page(3)
    spread.process, whole.process = 1, 0
    assert concerns(spread) and not concerns(whole)


@pytest.mark.parametrize(
    "given", [{"MEDIA_PROCESSES": "0"}, {"MEDIA_PROCESSES": "2", "PORT": "7081"}, {"MEDIA_PROCESSES": "17"}]
)
def test_a_number_of_processes_that_cannot_work_is_told(given: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="MEDIA_PROCESSES"):
        load_settings({"DATA_DIR": str(tmp_path), **given})
