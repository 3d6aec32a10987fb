"""`serve`: a parent of four siblings, web, media, endpoint and jobs (`family`).

Web and jobs are forks of the parent, which has loaded the application: a web process that was killed answers again in half a
second. Media and endpoint are programs of their own and know nothing of the application.
"""

import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from meetings import http_server, job_worker
from meetings.config import Settings, load_settings
from meetings.family import Child, Family, Fork, Program
from meetings.media_places import MEMORY, media_sockets


class PortTaken(Exception):
    """Somebody else listens where we want to; the text is for whoever starts the program."""


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


def run(settings: Settings | None = None, *beside: Child) -> None:
    """Serves until a signal ends it, with `beside` as further siblings.

    Raises `ConfigError` or `PortTaken` before anything is started.
    """
    settings = settings or load_settings()
    check_ports(settings)
    runtime = Path(tempfile.mkdtemp(prefix="diem-cau-"))
    root = str(Path(__file__).parents[1])
    sockets = {"MEDIA_SOCKET": str(runtime / "media.sock"), "ENDPOINT_SOCKET": str(runtime / "endpoint.sock")}
    environment = {**os.environ, **sockets, "PARENT_DIES": "1", "PYTHONPATH": root}
    try:
        media = media_children(settings, environment)
        Family([*media, _web(settings, environment), _endpoint(environment), _jobs(environment), *beside]).run()
    finally:
        shutil.rmtree(runtime, ignore_errors=True)


def media_children(settings: Settings, environment: dict[str, str]) -> list[Child]:
    paths = media_sockets(environment["MEDIA_SOCKET"], settings.media_processes)
    return [
        Child(
            "media",
            Program(
                [sys.executable, "-m", "signaling.sfu"],
                {
                    **MEMORY,
                    **environment,
                    "MEDIA_SOCKET": path,
                    "MEDIA_PORT": str(settings.media_port + number),
                    "MEDIA_SIBLINGS": os.pathsep.join(each for each in paths if each != path),
                },
            ),
        )
        for number, path in enumerate(paths)
    ]


def _endpoint(environment: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "signaling.sfu.endpoint"]
    return Child("endpoint", Program(command, environment, niceness=job_worker.NICENESS // 2))


def _jobs(environment: dict[str, str]) -> Child:
    return Child("jobs", Fork("diem-cau: jobs", job_worker.work, environment))


def _web(settings: Settings, environment: dict[str, str]) -> Child:
    if settings.socket_mode == "gevent":  # it has to come before everything else that is loaded
        return Child("web", Program([sys.executable, "-m", http_server.__name__], environment))
    return Child("web", Fork("diem-cau: web", http_server.run, environment))
