"""What a file is, by what it holds and never by its name, and whether it may come in.

Theory: a paper is given to every site and opened there in whatever program a village office has. So besides being of a
known kind, it must do nothing by itself: no macros, no scripts or launch actions, nothing that unpacks to more than a
computer can hold. Everything is bounded: the memory and the time a check takes do not depend on what the file says of itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from meetings.documents.papers import office, pdf, pictures
from meetings.documents.papers.faults import Fault, Refused


class FileKind(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @property
    def is_picture(self) -> bool:
        return self in (FileKind.PNG, FileKind.JPEG, FileKind.WEBP)

    @property
    def is_shown(self) -> bool:
        """Whether our pages show it; the others are only downloaded."""
        return self is FileKind.PDF or self.is_picture


_OFFICE = "application/vnd.openxmlformats-officedocument."
_MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}spreadsheetml.sheet",
    FileKind.PPTX: f"{_OFFICE}presentationml.presentation",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.WEBP: "image/webp",
}


class Notice(StrEnum):
    """What a file holds that people should know of, though it may come in."""

    EMBEDDED = "embedded"


@dataclass(frozen=True)
class Content:
    kind: FileKind
    pages: int | None = None
    notices: tuple[Notice, ...] = ()


def examine(path: Path) -> Content:
    """What the file is; raises `Refused`."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise Refused(Fault.EMPTY)
    for start, fault in _REFUSED_STARTS:
        if head.startswith(start):
            raise Refused(fault)
    for is_meant, check in _CHECKS:
        if is_meant(head):
            return check(path)
    raise Refused(Fault.UNKNOWN_KIND)


def _check_pdf(path: Path) -> Content:
    return Content(FileKind.PDF, pages=pdf.checked_pages(path))


def _check_office(path: Path) -> Content:
    kind, has_objects = office.checked_kind(path)
    return Content(FileKind(kind), notices=(Notice.EMBEDDED,) if has_objects else ())


def _check_picture(path: Path) -> Content:
    return Content(FileKind(pictures.checked_kind(path)))


_REFUSED_STARTS = (
    (b"MZ", Fault.PROGRAM),
    (b"\x7fELF", Fault.PROGRAM),
    (b"#!", Fault.PROGRAM),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Fault.OLD_OFFICE),
    (b"{\\rtf", Fault.OLD_OFFICE),
)
_CHECKS: tuple[tuple[Callable[[bytes], bool], Callable[[Path], Content]], ...] = (
    (lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"), _check_pdf),
    (lambda head: head.startswith(b"PK\x03\x04"), _check_office),
    (lambda head: head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")), _check_picture),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _check_picture),
)
