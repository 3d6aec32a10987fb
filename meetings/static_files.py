"""Scripts, styles and fonts under addresses that change with their content: `/static/_<build>/js/…`.

A page is some ninety small files. Under an address of the present build a browser keeps each for good and asks for none of
them again; imports and fonts are named relative to the file that wants them, so they follow by themselves. An address of an
earlier build, which a page opened before an upgrade may still ask for, gives the present file and is not kept.
"""

import functools
import hashlib
import os
import re
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response

_VERSIONED = re.compile(r"_([0-9a-f]{12})/(.+)", re.DOTALL)
_FRESH_SECONDS = 1.0
"""So soon is a changed file seen: who works on a script reloads the page."""


class _Build:
    """Names the present content of the folder, by each file's size and time."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._name = ""
        self._looked_at = float("-inf")

    def name(self) -> str:
        now = time.monotonic()
        if now - self._looked_at > _FRESH_SECONDS:
            files = sorted((file.path, file.stat()) for file in _files_in(self._folder))
            seen = "".join(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n" for path, stat in files)
            self._name, self._looked_at = hashlib.sha256(seen.encode()).hexdigest()[:12], now
        return self._name


def _files_in(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files_in(entry.path)
            else:
                yield entry


@functools.cache
def _build_of(folder: str) -> _Build:
    """One for all applications of this process."""
    return _Build(folder)


def init_app(app: Flask) -> None:
    assert app.static_folder
    build = _build_of(app.static_folder)

    @app.url_defaults
    def name_the_build(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and not _VERSIONED.match(values["filename"]):
            values["filename"] = f"_{build.name()}/{values['filename']}"

    def send(filename: str) -> Response:
        versioned = _VERSIONED.match(filename)
        response = app.send_static_file(versioned[2] if versioned else filename)
        if versioned and versioned[1] == build.name():
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.view_functions["static"] = send
