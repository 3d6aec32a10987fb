"""`serve`: parent, web, media and endpoint; nothing outlives the parent and no port stays taken."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from meetings.config import load_settings
from meetings.serve import media_place
from signaling.sfu.settings import read_settings
from tests.databases import Databases
from tests.server import ROOT, Server, wait_for


@pytest.fixture
def server(tmp_path: Path, databases: Databases) -> Iterator[Server]:
    server = Server(tmp_path / "data", DATABASE_URL=databases.new())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def state_of(pid: int) -> str:
    """A letter as in `ps`, "Z" for a zombie that nobody has collected; "" when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def is_running(pid: int) -> bool:
    return state_of(pid) not in ("", "Z")


def is_free(kind: socket.SocketKind, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def both_ports_are_free(server: Server) -> bool:
    return is_free(socket.SOCK_STREAM, server.port) and is_free(socket.SOCK_DGRAM, server.media_port)


@pytest.mark.only_on("sqlite")
def test_ending_the_parent_ends_web_and_media_and_frees_the_ports(server: Server) -> None:
    children = server.pids("gunicorn") + server.pids("signaling.sfu")
    assert len(children) == 4
    server.stop()
    assert not any(is_running(pid) for pid in children)
    assert both_ports_are_free(server)


@pytest.mark.only_on("sqlite")
def test_killing_the_parent_leaves_nothing_behind(server: Server) -> None:
    children = server.pids("gunicorn") + server.pids("signaling.sfu")
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not any(is_running(pid) for pid in children), "web and media end with their parent")
    wait_for(lambda: both_ports_are_free(server), "the kernel has closed what they had open")


def heaps_of_threads(pid: int) -> int:
    """glibc's heaps besides the first: each is 64 MB of addresses at a multiple of that, of which the last are out of use."""
    found = 0
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        begin, _, end = line.split()[0].partition("-")
        found += int(end, 16) % (64 << 20) == 0 and "---p" in line and int(end, 16) - int(begin, 16) < 64 << 20
    return found


def test_the_threads_of_the_web_process_share_one_heap(server: Server) -> None:
    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(lambda _: wait_for(server.is_healthy, "an answer"), range(48)))
    web = server.pids("gunicorn")[-1]
    assert len(list(Path(f"/proc/{web}/task").iterdir())) > 4, "nobody else would have made one"
    assert heaps_of_threads(web) == 0


@pytest.mark.only_on("sqlite")
def test_what_prints_the_addresses_is_gone_once_they_are_printed(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.start("run")
    try:
        wait_for(lambda: "Ctrl-C ends everything." in server.log_path.read_text(), "the addresses")
        assert server.process is not None
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")

        def states() -> list[str]:
            return [state_of(int(pid)) for pid in children.read_text().split()]

        wait_for(lambda: len(found := states()) == 4 and "Z" not in found, "only the four siblings are there")
    finally:
        server.stop()


@pytest.mark.parametrize("needle", ["gunicorn", "diem-cau: jobs", "signaling.sfu ", "signaling.sfu.endpoint"])
def test_a_killed_sibling_is_started_again_and_the_other_goes_on(server: Server, needle: str) -> None:
    other = "signaling.sfu " if needle == "gunicorn" else "gunicorn"
    victim, survivors = server.pids(needle)[0], server.pids(other)
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: (found := server.pids(needle)) and found[0] != victim and server.is_healthy(), "it runs again")
    assert server.pids(other) == survivors


@pytest.mark.parametrize(
    ("host", "media_host", "place"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.5", "", "127.0.0.1"),
        ("localhost", "", "127.0.0.1"),
        ("::1", "", "::1"),
        ("127.0.0.1", "203.0.113.7", "0.0.0.0"),
        ("127.0.0.1", "203.0.113.7, 2001:db8::7", "::"),
        ("0.0.0.0", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_media_port_is_tried_where_the_media_process_will_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, media_host: str, place: str
) -> None:
    environment = {"HOST": host, "MEDIA_HOST": media_host, "MEDIA_SOCKET": "x", "DATA_DIR": str(tmp_path)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert media_place(load_settings()) == read_settings(environment).bind == place


@pytest.mark.parametrize("name", ["PORT", "MEDIA_PORT"])
def test_a_taken_port_is_said_in_a_sentence_and_nothing_is_started(tmp_path: Path, name: str) -> None:
    server = Server(tmp_path / "data")
    kind, port = {
        "PORT": (socket.SOCK_STREAM, server.port),
        "MEDIA_PORT": (socket.SOCK_DGRAM, server.media_port),
    }[name]
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "meetings", "serve"],
            env=server.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert f"{name}={port}" in done.stderr
    assert "Traceback" not in done.stderr
