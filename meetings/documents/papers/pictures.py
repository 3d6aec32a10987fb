"""PNG, JPEG and WebP: whole from the first byte to the last, and not larger than a browser can draw."""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from meetings.documents.papers.faults import Fault, Refused

LARGEST_SIDE = 16_384
LARGEST_PIXELS = 100_000_000

_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD9)}


def checked_kind(path: Path) -> str:
    """`png`, `jpg` or `webp`; raises `Refused`."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        kind, sides = {b"\x89PNG": ("png", _png), b"RIFF": ("webp", _webp)}.get(start, ("jpg", _jpeg))
        try:
            width, height = sides(file)
        except (struct.error, IndexError):
            raise Refused(Fault.DAMAGED) from None
    if not width or not height:
        raise Refused(Fault.DAMAGED)
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_PIXELS:
        raise Refused(Fault.PICTURE_TOO_LARGE)
    return kind


def _png(file: BinaryIO) -> tuple[int, int]:
    file.seek(8)
    sides = (0, 0)
    while True:
        length, kind = struct.unpack(">L4s", file.read(8))
        if kind == b"IHDR":
            header = file.read(length)
            if zlib.crc32(kind + header) != struct.unpack(">L", file.read(4))[0]:
                raise Refused(Fault.DAMAGED)
            sides = struct.unpack(">2L", header[:8])
        elif kind == b"IEND":
            return sides
        else:
            file.seek(length + 4, 1)


def _jpeg(file: BinaryIO) -> tuple[int, int]:
    file.seek(2)
    sides = (0, 0)
    while True:
        mark, kind = struct.unpack("2B", file.read(2))
        while kind == 0xFF:
            kind = file.read(1)[0]
        if mark != 0xFF:
            raise Refused(Fault.DAMAGED)
        if kind == 0xDA:
            break
        if kind in _ALONE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        segment = file.read(max(0, length - 2))
        if kind in _FRAMES:
            height, width = struct.unpack(">2H", segment[1:5])
            sides = (width, height)
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 65_536))
    if b"\xff\xd9" not in file.read():
        raise Refused(Fault.DAMAGED)
    return sides


def _webp(file: BinaryIO) -> tuple[int, int]:
    head = file.read(40)
    (length,) = struct.unpack("<L", head[4:8])
    file.seek(0, 2)
    if file.tell() < length + 8:
        raise Refused(Fault.DAMAGED)
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<2H", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise Refused(Fault.DAMAGED)
