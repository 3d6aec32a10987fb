"""The control channel: commands, refusals, events."""

import asyncio
import os
import signal
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from signaling.sfu import node
from signaling.sfu.control import AT_ONCE, EVENTS_QUEUED, QUEUED, Control, EventStream

from .media_process import ROOT, environment, eventually, media_here, open_page, running_media
from .test_media import VIEWS, run

PEER = {"peer": "x", "router": "r", "seat": "s", "publishes": False, "subscribes": [["hall", "audio"]]}
ROUTES: dict[str, Any] = {"buses": {"hall": {"video": "site:1", "audio": None}}, "warm": ["site:5"]}


def test_health_and_state_are_told() -> None:
    async def test() -> None:
        async with media_here() as media:
            _, health = await media.call("GET", "/health")
            assert health["hosts"] == ["127.0.0.1"]
            assert (health["peers"], health["routers"]) == (0, 0)
            assert media.event(type="hello", epoch=health["epoch"])
            assert await media.call("PUT", "/routers/r/routes", ROUTES) == (200, {})
            assert (await media.call("POST", "/peers", PEER))[0] == 201
            _, state = await media.call("GET", "/state")
            assert state["epoch"] == health["epoch"]
            assert state["routers"]["r"]["routes"] == ROUTES
            assert state["peers"] == [
                {
                    "peer": "x",
                    "router": "r",
                    "seat": "s",
                    "connected": False,
                    "publishes": False,
                    "publishing": False,
                    "encoder": False,
                    "paper": False,
                }
            ]

    run(test())


def test_deleting_is_idempotent_and_told_and_leaves_nothing() -> None:
    async def test() -> None:
        async with media_here() as media:
            await open_page(media, "x", "s", views=VIEWS)
            assert (await media.call("DELETE", "/peers/x"))[0] == 204
            assert (await media.call("DELETE", "/peers/x"))[0] == 204
            await eventually(lambda: media.event(type="peer_closed", peer="x", reason="deleted"), "it is told")
            node = media.node
            assert node.peers == node._by_address == node._by_fragment == node.routers == {}

    run(test())


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/peers", "not an object", 422, "bad_body"),
        ("POST", "/peers", {**PEER, "peer": ""}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "peer": "a\r\nb"}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "seat": 7}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "publishes": "yes"}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "subscribes": [["hall"]]}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "subscribes": [["hall", "smell"]]}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "subscribes": [["a b", "audio"]]}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "subscribes": [["a", "audio"], ["a", "audio"]]}, 422, "bad_body"),
        ("POST", "/peers", {**PEER, "subscribes": []}, 422, "bad_body"),
        ("PUT", "/routers/r/routes", {"buses": []}, 422, "bad_body"),
        ("PUT", "/routers/r/routes", {"buses": {"hall": {"smell": "s"}}}, 422, "bad_body"),
        ("PUT", "/routers/r/routes", {"buses": {"hall": {"audio": 5}}}, 422, "bad_body"),
        ("PUT", "/routers/r/routes", {"buses": {}, "warm": "all"}, 422, "bad_body"),
        ("POST", "/peers/x/answer", {"sdp": "garbage"}, 404, "unknown_peer"),
        ("POST", "/peers/x/answer", {}, 422, "bad_body"),
        ("PATCH", "/peers/x", {"publishing": True}, 404, "unknown_peer"),
        ("PATCH", "/peers/x", {"publishing": None}, 422, "bad_body"),
    ],
)
def test_a_bad_command_is_refused_by_name(method: str, path: str, body: Any, status: int, code: str) -> None:
    async def test() -> None:
        async with media_here() as media:
            answered, refusal = await media.call(method, path, body)
            assert (answered, refusal["error"]) == (status, code)
            assert refusal["message"]
            assert media.node.peers == {}

    run(test())


def test_a_garbage_answer_is_refused_and_the_peer_stays() -> None:
    async def test() -> None:
        async with media_here() as media:
            await media.call("POST", "/peers", PEER)
            for garbage in ("", "v=0\r\n", "\0" * 100):
                status, refusal = await media.call("POST", "/peers/x/answer", {"sdp": garbage})
                assert (status, refusal["error"]) == (422, "bad_sdp")
            assert "x" in media.node.peers

    run(test())


def test_a_taken_id_is_refused_and_the_first_peer_untouched() -> None:
    async def test() -> None:
        async with media_here() as media:
            await open_page(media, "x", "s", views=VIEWS)
            status, refusal = await media.call("POST", "/peers", PEER)
            assert (status, refusal["error"]) == (409, "peer_exists")
            assert media.node.peers["x"].is_connected

    run(test())


def test_a_full_process_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with media_here() as media:
            monkeypatch.setattr(node, "MAX_PEERS", 0)
            status, refusal = await media.call("POST", "/peers", PEER)
            assert (status, refusal["error"]) == (503, "too_many_peers")

    run(test())


def test_a_reader_that_does_not_keep_up_is_dropped() -> None:
    async def test() -> None:
        stream = EventStream()
        slow, quick = stream.open(), stream.open()
        for _ in range(EVENTS_QUEUED + 1):
            stream.emit({"type": "x"})
            quick.get_nowait()
        assert slow.get_nowait() is None
        stream.emit({"type": "y"})
        assert slow.empty()
        assert quick.get_nowait() == {"type": "y"}

    run(test())


def test_more_commands_than_can_wait_are_told_to_come_back() -> None:
    async def test() -> None:
        async with media_here() as media:
            control = Control(media.node, EventStream())
            async with TestClient(TestServer(control.application())) as client:
                for _ in range(AT_ONCE):
                    await control._running.acquire()
                burst = [asyncio.create_task(client.get("/state")) for _ in range(QUEUED + 10)]
                await eventually(lambda: sum(task.done() for task in burst) == 10, "ten are refused")
                assert {task.result().status for task in burst if task.done()} == {503}
                for _ in range(AT_ONCE):
                    control._running.release()
                answers = await asyncio.gather(*burst)
                assert sorted(answer.status for answer in answers) == [200] * QUEUED + [503] * 10

    run(test())


def test_the_control_socket_is_the_owners_alone() -> None:
    async def test() -> None:
        async with media_here() as media:
            assert stat.S_IMODE(os.stat(media.path).st_mode) == 0o600

    run(test())


def test_sigterm_ends_the_process_promptly_and_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    async def test() -> None:
        path = tmp_path / "media.sock"
        path.touch()
        async with running_media(path=path) as media:
            os.kill(media.pid, signal.SIGTERM)
            await eventually(lambda: not path.exists(), "it cleans up", 3.0)

    run(test())


def test_a_taken_port_is_one_clear_line_and_exit_code_2(tmp_path: Path) -> None:
    async def test() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = str(taken.getsockname()[1])
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "signaling.sfu",
                env={**environment(str(tmp_path / "s"), False), "MEDIA_PORT": port},
                cwd=ROOT,
                stderr=asyncio.subprocess.PIPE,
            )
            _, errors = await process.communicate()
            assert process.returncode == 2
            (line,) = errors.decode().splitlines()
            assert port in line and "in use" in line

    run(test())
