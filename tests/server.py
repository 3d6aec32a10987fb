"""A real server for the tests and benches: the command line's own `demo`, `links` and `serve`, on free ports."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 30.0
START_SECONDS = 90.0
KEPT_LINKS = "links.json"
NO_ADDRESS = "http://to-be-served"

ASK = """
import ssl, sys, urllib.request
trust = ssl._create_unverified_context() if sys.argv[1].startswith("https") else None
print(urllib.request.urlopen(sys.argv[1], timeout=2, context=trust).read().decode())
"""
"""Run inside a namespace, where this process is not."""

T = TypeVar("T")


def wait_for(ask: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS, every: float = 0.05) -> T:
    """The first true answer of `ask`; fails naming `what` when none comes."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain for: {what}")
        time.sleep(every)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM, host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def free_media_port() -> int:
    """A port that is free for UDP and for TCP."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
        stream.bind(("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, contextlib.suppress(OSError):
            datagrams.bind(stream.getsockname())
            return int(stream.getsockname()[1])
    return free_media_port()


class Server:
    """`python -m meetings serve` on a data folder of its own. `prefix` runs it elsewhere (a network namespace)."""

    def __init__(self, data_dir: Path, host: str = "127.0.0.1", prefix: tuple[str, ...] = (), **settings: str) -> None:
        self.host = host
        self.port = free_port()
        self.media_port = free_media_port()
        self.scheme = "https" if settings.get("TLS") == "auto" else "http"
        self.prefix = list(prefix)
        self.log_path = data_dir.parent / f"{data_dir.name}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MEDIA_SOCKET")},
            "DATA_DIR": str(data_dir),
            "HOST": host,
            "PORT": str(self.port),
            "MEDIA_PORT": str(self.media_port),
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def local(self) -> str:
        """Where the server answers on its own machine."""
        return f"{self.scheme}://127.0.0.1:{self.port}/healthz"

    @property
    def address(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def command(self, *arguments: str, given: str = "") -> str:
        """What a command of `python -m meetings` prints; `given` is what a person types at it."""
        done = subprocess.run(
            [*self.prefix, sys.executable, "-m", "meetings", *arguments],
            env=self.environment,
            cwd=ROOT,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def links(self, conference: int = 1, host: str | None = None) -> dict[str, Any]:
        """Every address of a conference; those kept with a template are given out once, like the sign-ins among them.

        The server knows best what addresses it has; for kept ones `host` says it where it listens on all.
        """
        kept = Path(self.environment["DATA_DIR"]) / KEPT_LINKS
        if kept.exists() and (host or self.host == "127.0.0.1"):
            printed = kept.read_text().replace(NO_ADDRESS, f"{self.scheme}://{host or self.host}:{self.port}")
            kept.unlink()
        else:
            printed = self.command("links", str(conference), "--json")
        links: dict[str, Any] = json.loads(printed)
        return links

    def keep_links(self) -> None:
        """Into the data folder, for servers on copies of it: the command takes seconds."""
        printed = self.command("links", "1", "--json").replace(self.address, NO_ADDRESS)
        (Path(self.environment["DATA_DIR"]) / KEPT_LINKS).write_text(printed)

    def pass_checks(self) -> None:
        """As if every point had checked its devices and entered within the hour: its page then leads into the conference."""
        data = Path(self.environment["DATA_DIR"])
        with contextlib.closing(sqlite3.connect(data / "diem-cau.db")) as database, database:
            database.execute(
                "INSERT INTO point_check (conference_id, site_id, line, began_at, kept_at, entered_at, parts)"
                " SELECT conference_id, id, 'for-tests', ?1, ?1, ?1, '{}' FROM site",
                [datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")],
            )

    def start(self, command: str = "serve") -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "meetings", command],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(self.is_healthy, f"the server, see {self.log_path}", START_SECONDS)
        except AssertionError:
            self.stop()
            raise

    def health(self) -> dict[str, Any]:
        """What `/healthz` says; empty while it does not answer 200."""
        if self.prefix:
            asked = subprocess.run(
                [*self.prefix, sys.executable, "-c", ASK, self.local], capture_output=True, check=False
            )
            return dict(json.loads(asked.stdout)) if asked.returncode == 0 else {}
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=2) as response:
                return dict(json.load(response))
        except (http.client.HTTPException, OSError):
            return {}

    def is_healthy(self) -> bool:
        return bool(self.health())

    def pids(self, needle: str) -> list[int]:
        """The processes below the server whose command line holds `needle`, parents before their children."""
        assert self.process is not None
        found = []
        waiting = [self.process.pid]
        while waiting:
            pid = waiting.pop(0)
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if needle in words:
                    found.append(pid)
                for task in Path(f"/proc/{pid}/task").iterdir():
                    waiting += [int(child) for child in (task / "children").read_text().split()]
        return sorted(set(found))

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


def demo_server(data_dir: Path, template: Path | None = None, is_checked: bool = True, **more: Any) -> Server:
    """A server that holds the conference of 16 July 2020, running. `template` is a data folder that has it already.

    Its points have passed their checks, unless `is_checked` says otherwise.
    """
    shutil.rmtree(data_dir, ignore_errors=True)
    server = Server(data_dir, **more)
    if template is None:
        server.command("demo")
    else:
        shutil.copytree(template, data_dir)
    if is_checked and "DATABASE_URL" not in more:
        server.pass_checks()
    server.start()
    return server
