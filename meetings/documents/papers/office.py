"""DOCX, XLSX and PPTX (ECMA-376): ZIP archives, read without trusting a number in them (APPNOTE.TXT).

The end record is bounded before the directory is read, the directory before anything is unpacked, and while unpacking each
entry may yield only what the directory promised: what cannot be a document of an office is refused within a second or two.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from meetings.documents.papers.faults import Fault, Refused

MOST_ENTRIES = 10_000
LARGEST_DIRECTORY = 4 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_RATIO = 120
FREE_OF_RATIO = 20 * 1024 * 1024
"""Small contents may be as regular as they like: an empty sheet packs 200 to 1."""

_CHUNK = 256 * 1024
_HEAD = 4096
_TYPES = "[Content_Types].xml"
_LARGEST_TYPES = 2 * 1024 * 1024

_MAIN = re.compile(
    rb"application/vnd\.openxmlformats-officedocument\."
    rb"(?:(wordprocessingml\.document)|(spreadsheetml\.sheet)|(presentationml\.(?:presentation|slideshow)))\.main\+xml"
)
_MACRO_TYPES = re.compile(rb"macroEnabled|vnd\.ms-office\.(?:vbaProject|activeX)", re.IGNORECASE)
_MACRO_NAMES = re.compile(r"(?:vbaproject\.bin|vbadata\.xml)\Z|(?:^|/)(?:activex|macrosheets)/", re.IGNORECASE)
_OBJECT_NAMES = re.compile(r"(?:^|/)embeddings/.*\.(?!xlsx\Z|docx\Z|pptx\Z)\w+\Z", re.IGNORECASE)
_FETCHED_TEMPLATE = re.compile(
    rb"<Relationship\b(?=[^>]*/(?:attachedTemplate|oleObject|frame|subDocument)[\"'])"
    rb"(?=[^>]*Target\s*=\s*[\"'](?:https?:|\\\\|file://[^/]))",
    re.IGNORECASE,
)


def checked_kind(path: Path) -> tuple[str, bool]:
    """`docx`, `xlsx` or `pptx`, and whether other programs' objects are embedded; raises `Refused`."""
    with path.open("rb") as file:
        size = path.stat().st_size
        _check_end(file, size)
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, struct.error):
            raise Refused(Fault.DAMAGED) from None
        _check_directory(entries, size)
        kind = _kind_of(file, entries)
        has_objects = False
        for entry in entries:
            if _MACRO_NAMES.search(entry.filename):
                raise Refused(Fault.MACROS)
            has_objects = has_objects or bool(_OBJECT_NAMES.search(entry.filename))
            _check_entry(file, entry)
    return kind, has_objects


def _check_end(file: BinaryIO, size: int) -> None:
    """The end record (4.3.16): one disk, a directory of a bearable size. ZIP64 is for what is larger than we take."""
    tail_length = min(size, 22 + 65_535)
    file.seek(size - tail_length)
    tail = file.read(tail_length)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise Refused(Fault.DAMAGED)
    disk, first, here, entries, length, offset, comment = struct.unpack("<4H2LH", tail[at + 4 : at + 22])
    if disk or first or here != entries or at + 22 + comment != len(tail):
        raise Refused(Fault.DAMAGED)
    is_zip64 = b"PK\x06\x07" in tail[max(0, at - 20) : at] or 0xFFFFFFFF in (length, offset) or entries == 0xFFFF
    if is_zip64 or entries > MOST_ENTRIES or length > LARGEST_DIRECTORY:
        raise Refused(Fault.BOMB)
    if offset + length > size - tail_length + at:
        raise Refused(Fault.DAMAGED)


def _check_directory(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if packed > size or unpacked > LARGEST_UNPACKED:
        raise Refused(Fault.BOMB)
    if unpacked > FREE_OF_RATIO and unpacked > LARGEST_RATIO * size:
        raise Refused(Fault.BOMB)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names):
        raise Refused(Fault.DAMAGED)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Refused(Fault.LOCKED)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(Fault.DAMAGED)
        if entry.filename.startswith("/") or ".." in entry.filename.split("/") or "\\" in entry.filename:
            raise Refused(Fault.DAMAGED)
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < ends:
            raise Refused(Fault.BOMB)
        ends = entry.header_offset + 30 + entry.compress_size


def _kind_of(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> str:
    types = next((entry for entry in entries if entry.filename == _TYPES), None)
    if types is None:
        raise Refused(Fault.UNKNOWN_KIND)
    if types.file_size > _LARGEST_TYPES:
        raise Refused(Fault.BOMB)
    text = b"".join(_unpacked(file, types))
    if _MACRO_TYPES.search(text):
        raise Refused(Fault.MACROS)
    found = _MAIN.search(text)
    if found is None:
        raise Refused(Fault.UNKNOWN_KIND)
    return ("docx", "xlsx", "pptx")[next(index for index, group in enumerate(found.groups()) if group)]


def _check_entry(file: BinaryIO, entry: zipfile.ZipInfo) -> None:
    head = b""
    is_text = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    for chunk in _unpacked(file, entry):
        if is_text and len(head) < (_LARGEST_TYPES if entry.filename.endswith(".rels") else _HEAD):
            head += chunk
    # A document type could define entities that grow without end; ECMA-376 allows none.
    if is_text and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
        raise Refused(Fault.BOMB)
    if entry.filename.lower().endswith(".rels") and _FETCHED_TEMPLATE.search(head):
        raise Refused(Fault.ACTIVE)


def _unpacked(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry in pieces, counted: more than the directory promised is a bomb, other than that is damage."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise Refused(Fault.DAMAGED)
    name_length, extra_length = struct.unpack("<2H", header[26:30])
    file.seek(name_length + extra_length, 1)
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    left, got, crc = entry.compress_size, 0, 0
    while True:
        given = inflate.unconsumed_tail if inflate else b""
        if not given:
            given = file.read(min(left, _CHUNK))
            left -= len(given)
        try:
            piece = inflate.decompress(given, _CHUNK) if inflate else given
        except zlib.error:
            raise Refused(Fault.DAMAGED) from None
        if not given and not piece:
            break
        got, crc = got + len(piece), zlib.crc32(piece, crc)
        if got > entry.file_size:
            raise Refused(Fault.BOMB)
        yield piece
        if inflate and inflate.eof:
            break
    if got != entry.file_size or crc != entry.CRC or (inflate and not inflate.eof):
        raise Refused(Fault.DAMAGED)
