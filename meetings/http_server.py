"""The web process: gunicorn with one worker, which has the sockets of all conferences (``python -m meetings.http_server``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from meetings import tls
from meetings.config import Settings, load_settings
from meetings.family import die_with_parent
from meetings.loading import loading

if TYPE_CHECKING:  # with gevent neither Flask nor the application may be loaded before the worker patches
    from flask import Flask

THREADS = 400


class _HttpServer(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in the worker."""
        die_with_parent()
        with loading():
            from meetings.app import create_app

            app = create_app()
        app.extensions["wire"].start()
        return app


def run() -> None:
    """Serve until a signal ends it."""
    _HttpServer(_options(load_settings())).run()


def _options(settings: Settings) -> dict[str, Any]:
    """gunicorn's settings, by its names for them."""
    bound = f"[{settings.host}]" if ":" in settings.host else settings.host
    options: dict[str, Any] = {
        "proc_name": "diem-cau: web",
        "bind": f"{bound}:{settings.port}",
        "workers": 1,
        "worker_connections": 1000,
        "graceful_timeout": 2,
        "timeout": 30,
        "keepalive": 5,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    if settings.socket_mode == "gevent":
        options |= {"worker_class": "gevent"}
    else:
        options |= {"worker_class": "gthread", "threads": THREADS}
    if settings.tls == "auto":
        certificate, key = tls.certificate(settings.data_dir)
        options |= {"certfile": str(certificate), "keyfile": str(key)}
    return options


if __name__ == "__main__":
    run()
