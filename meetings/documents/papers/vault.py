"""Where papers are kept: each content once, under its SHA-256, in `DATA_DIR/papers/ab/ab12…`, readable by nobody else.

A file comes in beside them, in `DATA_DIR/incoming`, is examined there and moves into its place in one step. Nothing is ever
changed or taken out: a row of the database that names a content finds it, and a backup may be made at any time.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from meetings.documents.papers.content import Content, examine
from meetings.documents.papers.faults import Fault, Refused

SPARE_BYTES = 200 * 1024 * 1024
"""What an upload leaves free for the journal of a running conference."""

_STALE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Kept:
    """A content in its place."""

    sha256: str
    size: int
    content: Content


class Incoming:
    """A file on its way in: written as it arrives, never held in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    @property
    def path(self) -> Path:
        return Path(self.file.name)


@contextmanager
def receiving(data_dir: Path, expected_bytes: int = 0) -> Iterator[Incoming]:
    """A place for one file, gone afterwards unless it was kept. Raises `Refused` when the disk has no room."""
    folder = data_dir / "incoming"
    folder.mkdir(mode=0o700, exist_ok=True)
    _drop_stale(folder)
    if shutil.disk_usage(folder).free < expected_bytes + SPARE_BYTES:
        raise Refused(Fault.NO_ROOM)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            yield Incoming(file)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refused(Fault.NO_ROOM) from None
            raise
        finally:
            with suppress(OSError):
                file.close()
            Path(file.name).unlink(missing_ok=True)


def keep(data_dir: Path, incoming: Incoming) -> Kept:
    """Examine what came in and put it in its place; raises `Refused`."""
    incoming.file.flush()
    os.fsync(incoming.file.fileno())
    content = examine(incoming.path)
    with incoming.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    place = path_of(data_dir, sha256)
    size = incoming.path.stat().st_size
    if not place.exists():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming.path.chmod(0o600)
        incoming.path.replace(place)
        for folder in (place.parent, place.parent.parent):
            _sync_folder(folder)
    return Kept(sha256, size, content)


def path_of(data_dir: Path, sha256: str) -> Path:
    return data_dir / "papers" / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop_stale(folder: Path) -> None:
    """What a killed process left behind."""
    for left in folder.iterdir():
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                left.unlink()
