"""One media process as the web process sees it: commands by pooled HTTP over its Unix socket, events from one WebSocket.

Only `signaling/media.py` knows of these.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from typing import Any, Protocol

import httpx
import websocket

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.2
FIRST_HELLO_SECONDS = 2.0
TIMEOUT_SECONDS = 3.0
POOL = 16


class MediaUnavailable(Exception):
    """The media process does not answer, or refuses; `code` is its word, `message` for the log."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message


class EngineListener(Protocol):
    """Called from the reading thread of the engine."""

    def greeted(self, engine: Engine) -> None:
        """It is new, or we are: everything is to be told to it again. May raise `MediaUnavailable`."""

    def lost(self, engine: Engine) -> None: ...

    def event(self, engine: Engine, event: dict[str, Any]) -> None: ...


class Engine:
    """The link to the media process of that `number`. `epoch` is None while it does not answer."""

    def __init__(self, path: str, number: int, listener: EngineListener) -> None:
        self.number = number
        self._path = path
        self._listener = listener
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(verify=False, uds=path, limits=httpx.Limits(max_connections=POOL)),
            base_url="http://media",
            timeout=TIMEOUT_SECONDS,
        )
        self._greeted = threading.Event()
        self.epoch: str | None = None

    def start(self) -> None:
        threading.Thread(target=self._read_events, name="media-events", daemon=True).start()

    def wait(self) -> None:
        """A little, for its first word: so that a page that comes back is not told it is gone."""
        self._greeted.wait(FIRST_HELLO_SECONDS)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What it answers to a command; raises `MediaUnavailable`."""
        if not os.path.exists(self._path):  # the client library leaks the socket of a connection that cannot begin
            raise MediaUnavailable("media_unavailable")
        try:
            response = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise MediaUnavailable("media_unavailable") from error
        answer: dict[str, Any] = response.json() if response.content else {}
        if response.is_error:
            raise MediaUnavailable(str(answer.get("error", response.status_code)), str(answer.get("message", "")))
        return answer

    def _read_events(self) -> None:
        while True:
            try:
                self._read_connection()
            except (OSError, websocket.WebSocketException, ValueError, MediaUnavailable) as error:
                log.debug("media process: %s", error)
            except Exception:
                log.exception("an event of the media process failed")
            if self.epoch is not None:
                self.epoch = None
                log.warning("the media process is gone; waiting for it")
                self._listener.lost(self)
            time.sleep(RETRY_SECONDS)

    def _read_connection(self) -> None:
        connection = websocket.WebSocket()
        with socket.socket(socket.AF_UNIX) as raw:
            raw.settimeout(TIMEOUT_SECONDS)
            raw.connect(self._path)
            connection.connect("ws://media/events", socket=raw)
            raw.settimeout(None)
            while True:
                message = connection.recv()
                if not message:
                    return
                event = json.loads(message)
                if event["type"] == "hello":
                    self.epoch = str(event["epoch"])
                    self._listener.greeted(self)
                    self._greeted.set()
                else:
                    self._listener.event(self, event)
