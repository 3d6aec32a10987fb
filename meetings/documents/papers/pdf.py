"""PDF (ISO 32000): refused when it is locked or would run something by itself.

No parser: names that a reader would act upon are looked for in the bytes, also spelt with `#xx` (7.3.5), and again in
object streams (7.5.7), which are unpacked up to a limit. What cannot be looked into is refused. Our own viewer runs no
script anyway; this is for those who open the paper elsewhere.
"""

import mmap
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from meetings.documents.papers.faults import Fault, Refused

LARGEST_UNPACKED = 100 * 1024 * 1024
_DICTIONARY = 4096
_END_WITHIN = 4096

_Bytes = bytes | mmap.mmap


def _name(word: str) -> bytes:
    """A pattern of the name in every spelling, as a whole."""
    letters = "".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in word)
    return b"/" + letters.encode() + rb"(?=[\s<>\[\](){}/%]|\Z)"


_ACTIVE = re.compile(b"|".join(_name(word) for word in ("JavaScript", "Launch", "ImportData", "XFA", "RichMedia")))
_LOCKED = re.compile(_name("Encrypt"))
_OBJECT_STREAM = re.compile(_name("ObjStm"))
_STREAM = re.compile(rb"stream\r?\n")
_PAGES = re.compile(_name("Pages"))
_COUNT = re.compile(_name("Count") + rb"\s*(\d{1,6})\b")


def checked_pages(path: Path) -> int | None:
    """How many pages it has, if it says so; raises `Refused`."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(b"%%EOF", max(0, len(data) - _END_WITHIN)) < 0:
            raise Refused(Fault.DAMAGED)
        if _LOCKED.search(data):
            raise Refused(Fault.LOCKED)
        _check(data)
        pages = _page_count(data)
        for unpacked in _object_streams(data):
            _check(unpacked)
            pages = max(pages, _page_count(unpacked))
    return pages or None


def _check(data: _Bytes) -> None:
    if _ACTIVE.search(data):
        raise Refused(Fault.ACTIVE)


def _page_count(data: _Bytes) -> int:
    """The greatest count that a page tree's node tells: the root's."""
    most = 0
    for found in _PAGES.finditer(data):
        around = data[max(0, found.start() - 400) : found.end() + 400]
        middle = min(400, found.start())
        start = around.rfind(b"obj", 0, middle) + 1
        end = around.find(b"endobj", middle)
        counts = _COUNT.findall(around[start : end if end >= 0 else None])
        most = max([most, *map(int, counts)])
    return most


def _object_streams(data: mmap.mmap) -> Iterator[bytes]:
    left = LARGEST_UNPACKED
    for found in _OBJECT_STREAM.finditer(data):
        begins = _STREAM.search(data, found.end(), found.end() + _DICTIONARY)
        if begins is None:
            continue
        unpacked = _inflated(data, begins.end(), left)
        left -= len(unpacked)
        yield unpacked


def _inflated(data: mmap.mmap, start: int, limit: int) -> bytes:
    end = data.find(b"endstream", start)
    inflate = zlib.decompressobj()
    try:
        unpacked = inflate.decompress(data[start : end if end >= 0 else len(data)], limit + 1)
    except zlib.error:
        raise Refused(Fault.DAMAGED) from None
    if len(unpacked) > limit:
        raise Refused(Fault.BOMB)
    return unpacked
