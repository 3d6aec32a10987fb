"""The link of the web process to the endpoint process (`signaling.sfu.endpoint`), where media is decoded."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import httpx

from signaling.media import MediaUnavailable

SILENT_SECONDS = 20.0
"""The endpoint says something at least every few seconds; after this it is not there."""

UNAVAILABLE = "endpoint_unavailable"


class Endpoint:
    def __init__(self, path: str) -> None:
        self._path = path
        limits = httpx.Limits(max_connections=None)
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(verify=False, uds=path, limits=limits),
            base_url="http://endpoint",
            timeout=SILENT_SECONDS,
        )

    def echo(self, router: str) -> Iterator[dict[str, Any]]:
        """The phases of an echo test in this router, as they happen. Raises `MediaUnavailable`."""
        if not os.path.exists(self._path):  # the client library leaks the socket of a connection that cannot begin
            raise MediaUnavailable(UNAVAILABLE)
        try:
            with self._client.stream("POST", "/echoes", json={"router": router}) as response:
                if response.is_error:
                    response.read()
                    raise MediaUnavailable(str(response.json().get("error", UNAVAILABLE)))
                for line in response.iter_lines():
                    yield json.loads(line)
        except (httpx.HTTPError, ValueError) as error:
            raise MediaUnavailable(UNAVAILABLE) from error
