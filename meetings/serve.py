"""`serve`: a tiny parent of four siblings, web, media, endpoint and jobs. It restarts whichever dies; all end together, no
port stays taken.

Each child is the head of a process group of its own, so that nothing of it survives it: gunicorn's worker would otherwise
keep the port for a while after `kill -9` of its master. Should the parent itself be killed, the kernel ends the children
(`PR_SET_PDEATHSIG`, Linux).
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from meetings.config import Settings, load_settings
from meetings.loading import loading
from meetings.media_places import media_sockets

THREADS = 400
STOP_SECONDS = 5.0
TICK_SECONDS = 0.05
SETTLED_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0
PR_SET_PDEATHSIG = 1
NICENESS = 10
"""Of the jobs process, and half of it of the endpoint's: a conference on the same machine comes first."""


class PortTaken(Exception):
    """Somebody else listens where we want to; the text is for whoever starts the program."""


@dataclass
class Child:
    """One sibling. It is started again at once when it dies; after a short life, a little later each time."""

    name: str
    command: list[str]
    environment: dict[str, str]
    niceness: int = 0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_after: float = 0.0
    pause: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, env=self.environment, start_new_session=True, preexec_fn=self._prepare
        )
        self.started_at = time.monotonic()

    def _prepare(self) -> None:
        die_with_parent()
        os.nice(self.niceness)

    def look(self) -> None:
        """Starts the child when it is not running; clears away what a dead one left behind."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_after:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.kill_group(signal.SIGKILL)
        lived = now - self.started_at
        self.pause = 0.0 if lived > SETTLED_SECONDS else min(LONGEST_PAUSE_SECONDS, self.pause * 2 or 0.25)
        self.start_after = now + self.pause
        self.process = None
        print(f"{self.name}: ended with {code} after {lived:.0f} s, starting again", file=sys.stderr, flush=True)

    def kill_group(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


@dataclass
class Family:
    children: list[Child]
    is_stopping: bool = False
    on_tick: Callable[[], None] | None = None
    _old: list[object] = field(default_factory=list)

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        while not self.is_stopping:
            for child in self.children:
                child.look()
            if self.on_tick:
                self.on_tick()
            time.sleep(TICK_SECONDS)
        self._end()

    def _stop(self, *_: object) -> None:
        self.is_stopping = True

    def _end(self) -> None:
        for child in self.children:
            child.kill_group(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                child.kill_group(signal.SIGKILL)
                child.process.wait()


def die_with_parent() -> None:
    """Asks the kernel to end this process with its parent; elsewhere than on Linux, nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wsgi() -> Flask:
    """What gunicorn's worker serves: the application with its live side running."""
    die_with_parent()
    with loading():
        from meetings.app import create_app

        app = create_app()
    app.extensions["wire"].start()
    return app


def media_place(settings: Settings) -> str:
    """Where the media process will listen: on loopback alone when only that is announced, else on every interface."""
    announced = [host.strip() for host in settings.media_host.split(",") if host.strip()]
    if not announced:
        is_loopback = settings.host == "localhost" or settings.host.startswith("127.")
        announced = ["127.0.0.1" if is_loopback else settings.host]
    if len(set(announced)) == 1 and (announced[0].startswith("127.") or announced[0] == "::1"):
        return announced[0]
    return "::" if any(":" in host for host in announced) else "0.0.0.0"


def check_ports(settings: Settings) -> None:
    """Raises `PortTaken` while nothing has been started yet."""
    for kind, host, port, name in (
        (socket.SOCK_STREAM, settings.host, settings.port, "PORT"),
        *(
            (kind, media_place(settings), settings.media_port + number, "MEDIA_PORT")
            for number in range(settings.media_processes)
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)
        ),
    ):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise PortTaken(f"{name}={port}: this port of {host} cannot be opened ({error.strerror}).") from error


def run(settings: Settings | None = None, on_tick: Callable[[], None] | None = None) -> None:
    """Serves until a signal ends it. Raises `ConfigError` or `PortTaken` before anything is started."""
    settings = settings or load_settings()
    check_ports(settings)
    runtime = Path(tempfile.mkdtemp(prefix="diem-cau-"))
    root = str(Path(__file__).parents[1])
    sockets = {"MEDIA_SOCKET": str(runtime / "media.sock"), "ENDPOINT_SOCKET": str(runtime / "endpoint.sock")}
    environment = {**os.environ, **sockets, "PARENT_DIES": "1", "PYTHONPATH": root}
    try:
        children = [
            *media_children(settings, environment),
            _web(settings, environment),
            _endpoint(environment),
            _jobs(environment),
        ]
        Family(children, on_tick=on_tick).run()
    finally:
        shutil.rmtree(runtime, ignore_errors=True)


def media_children(settings: Settings, environment: dict[str, str]) -> list[Child]:
    paths = media_sockets(environment["MEDIA_SOCKET"], settings.media_processes)
    return [
        Child(
            "media",
            [sys.executable, "-m", "signaling.sfu"],
            {
                **environment,
                "MEDIA_SOCKET": path,
                "MEDIA_PORT": str(settings.media_port + number),
                "MEDIA_SIBLINGS": os.pathsep.join(each for each in paths if each != path),
            },
        )
        for number, path in enumerate(paths)
    ]


def _endpoint(environment: dict[str, str]) -> Child:
    return Child("endpoint", [sys.executable, "-m", "signaling.sfu.endpoint"], environment, niceness=NICENESS // 2)


def _jobs(environment: dict[str, str]) -> Child:
    return Child("jobs", [sys.executable, "-m", "meetings", "jobs"], environment, niceness=NICENESS)


def _web(settings: Settings, environment: dict[str, str]) -> Child:
    bound = f"[{settings.host}]" if ":" in settings.host else settings.host
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--worker-connections", "1000"]
    if settings.socket_mode == "gevent":
        command += ["--worker-class", "gevent"]
    else:
        command += ["--worker-class", "gthread", "--threads", str(THREADS)]
    command += ["--bind", f"{bound}:{settings.port}"]
    command += ["--graceful-timeout", "2", "--timeout", "30", "--keep-alive", "5", "--log-level", "warning"]
    command += ["--no-control-socket"]
    if settings.tls == "auto":
        from meetings import tls

        certificate, key = tls.certificate(settings.data_dir)
        command += ["--certfile", str(certificate), "--keyfile", str(key)]
    return Child("web", [*command, "meetings.serve:wsgi()"], environment)
