"""What a file is, is found in what it holds; and what may not come in does not."""

import contextlib
import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from meetings.documents.papers.content import FileKind, Notice, examine
from meetings.documents.papers.faults import Fault, Refused
from meetings.documents.papers.names import archived_name, kept_name, title_of
from tests.web.files import object_stream, office_file, pdf_file, png_file, understated

MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
TEMPLATE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    b"\xff\xc0\x00\x11\x08\x00\x20\x00\x30\x03\1\x22\0\2\x11\1\3\x11\1\xff\xda\x00\x08\1\1\0\0\x3f\0\x12\xff\xd9"
)
WEBP = b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\x0f\xc0\x03\0" + b"\0" * 13


def _examined(tmp_path: Path, content: bytes):
    path = tmp_path / "khong-ten"
    path.write_bytes(content)
    return examine(path)


def _fault(tmp_path: Path, content: bytes) -> Fault:
    with pytest.raises(Refused) as refused:
        _examined(tmp_path, content)
    return refused.value.fault


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_office_documents_are_known_by_their_main_part(tmp_path: Path, kind: str) -> None:
    assert _examined(tmp_path, office_file(kind)).kind == kind


def test_a_pdf_tells_its_pages(tmp_path: Path) -> None:
    content = _examined(tmp_path, pdf_file(pages=24))
    assert (content.kind, content.pages) == (FileKind.PDF, 24)


def test_pages_are_also_counted_inside_object_streams(tmp_path: Path) -> None:
    hidden = object_stream(b"9 0  << /Type /Pages /Kids [4 0 R] /Count 7 >>")
    assert _examined(tmp_path, pdf_file(1, objects=(hidden,))).pages == 7


@pytest.mark.parametrize(("content", "kind"), [(png_file(), "png"), (JPEG, "jpg"), (WEBP, "webp")])
def test_pictures_are_known(tmp_path: Path, content: bytes, kind: str) -> None:
    assert _examined(tmp_path, content).kind == kind


def test_embedded_objects_are_told_of_but_charts_are_not(tmp_path: Path) -> None:
    parts = {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}
    assert _examined(tmp_path, office_file("docx", parts)).notices == (Notice.EMBEDDED,)
    assert _examined(tmp_path, office_file("docx", {"word/embeddings/Book1.xlsx": b"PK"})).notices == ()


def test_a_template_on_the_own_disk_is_no_danger(tmp_path: Path) -> None:
    own = f'<Relationship Type="{TEMPLATE}" Target="file:///C:\\Mau\\Normal.dotm" TargetMode="External"/>'.encode()
    assert _examined(tmp_path, office_file("docx", {"word/_rels/settings.xml.rels": own})).kind == "docx"


def _zip_of(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _many_entries(claimed: int) -> bytes:
    archive = bytearray(office_file("docx"))
    at = archive.rfind(b"PK\x05\x06")
    archive[at + 8 : at + 12] = struct.pack("<2H", claimed, claimed)
    return bytes(archive)


def _locked_zip() -> bytes:
    archive = bytearray(office_file("docx"))
    at = archive.find(b"PK\x01\x02")
    archive[at + 8] |= 1
    return bytes(archive)


REFUSED = {
    "an empty file": (b"", Fault.EMPTY),
    "a program": (b"MZ\x90\0\3\0\0\0" + b"\0" * 200, Fault.PROGRAM),
    "a Linux program": (b"\x7fELF\2\1\1\0" + b"\0" * 200, Fault.PROGRAM),
    "a script": (b"#!/bin/sh\nrm -rf /\n", Fault.PROGRAM),
    "a page": (b"<html><script>alert(1)</script></html>", Fault.UNKNOWN_KIND),
    "a drawing with script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', Fault.UNKNOWN_KIND),
    "Word of 1997": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Fault.OLD_OFFICE),
    "another archive": (_zip_of({"virus.exe": b"MZ"}), Fault.UNKNOWN_KIND),
    "macros by their type": (office_file("docx", main_type=MACRO_TYPE), Fault.MACROS),
    "macros by their name": (office_file("xlsx", {"xl/vbaProject.bin": b"\xd0\xcf"}), Fault.MACROS),
    "ActiveX": (office_file("pptx", {"ppt/activeX/activeX1.xml": b"<x/>"}), Fault.MACROS),
    "a bomb that says so": (office_file("docx", {"word/media/a.xml": b"\0" * (150 << 20)}), Fault.BOMB),
    "a regular bomb": (office_file("docx", {"word/a.xml": b"\0" * (30 << 20)}), Fault.BOMB),
    "a bomb that lies": (
        understated(office_file("docx", {"word/a.xml": b"\0" * (3 << 20)}), "word/a.xml", 4000),
        Fault.BOMB,
    ),
    "a directory without end": (_many_entries(60_000), Fault.BOMB),
    "growing entities": (
        office_file("docx", {"word/a.xml": b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'}),
        Fault.BOMB,
    ),
    "a template from the net": (
        office_file(
            "docx",
            {
                "word/_rels/settings.xml.rels": f'<Relationship Type="{TEMPLATE}" '
                'Target="https://example.com/x.dotm" TargetMode="External"/>'.encode()
            },
        ),
        Fault.ACTIVE,
    ),
    "a password on a part": (_locked_zip(), Fault.LOCKED),
    "half a document": (office_file("docx")[:-40], Fault.DAMAGED),
    "a changed byte": (office_file("docx", stored=True).replace(b"Types xmlns", b"Types xmlnz"), Fault.DAMAGED),
    "a path out of the archive": (office_file("docx", {"../../etc/cron.d/x": b"x"}), Fault.DAMAGED),
    "a PDF with a script": (pdf_file(catalog="/OpenAction << /S /JavaScript /JS (app.alert) >>"), Fault.ACTIVE),
    "a script spelt otherwise": (pdf_file(catalog="/OpenAction << /S /J#61vaScript /JS (1) >>"), Fault.ACTIVE),
    "a script in an object stream": (
        pdf_file(objects=(object_stream(b"9 0  << /S /JavaScript /JS (app.alert) >>"),)),
        Fault.ACTIVE,
    ),
    "a program that a PDF starts": (pdf_file(catalog="/OpenAction << /S /Launch /F (cmd.exe) >>"), Fault.ACTIVE),
    "a PDF with a password": (pdf_file(catalog="/Encrypt 9 0 R"), Fault.LOCKED),
    "a PDF bomb": (pdf_file(objects=(object_stream(b" " * (101 << 20)),)), Fault.BOMB),
    "half a PDF": (pdf_file()[:300], Fault.DAMAGED),
    "half a picture": (png_file()[:-8], Fault.DAMAGED),
    "a picture nobody can draw": (png_file(60_000, 60_000), Fault.PICTURE_TOO_LARGE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_come_in_is_refused(tmp_path: Path, name: str) -> None:
    content, fault = REFUSED[name]
    assert _fault(tmp_path, content) is fault


@pytest.mark.parametrize("start", [pdf_file(), office_file("docx"), png_file(), JPEG, WEBP])
def test_a_file_cut_or_overwritten_anywhere_is_judged_never_a_crash(tmp_path: Path, start: bytes) -> None:
    step = max(1, len(start) // 60)
    for at in range(1, len(start), step):
        for content in (start[:at], start[:at] + os.urandom(min(8, len(start) - at)) + start[at + 8 :]):
            with contextlib.suppress(Refused):
                _examined(tmp_path, content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Báo cáo.pdf", "Báo cáo.pdf"),
        ("Ba\u0301o ca\u0301o.pdf", "Báo cáo.pdf"),
        ("C:\\Users\\VP\\Báo cáo.PDF", "Báo cáo.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("báo\r\ncáo\0.pdf", "báo cáo.pdf"),
        ("bao cao\u202efdp.exe", "bao cao fdp.exe.pdf"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
        ("", "tai-lieu.pdf"),
        ("...", "tai-lieu.pdf"),
        ("a" * 400 + ".pdf", "a" * 150 + ".pdf"),
    ],
)
def test_names_are_kept_for_people_without_what_leads_astray(given: str, kept: str) -> None:
    assert kept_name(given, "pdf") == kept


def test_a_title_is_the_name_without_its_extension() -> None:
    assert title_of("Bao_cao_so_ket.pdf") == "Bao cao so ket"


def test_names_in_an_archive_can_be_unpacked_on_windows() -> None:
    assert archived_name("con.pdf") == "_con.pdf"
    assert archived_name('Hỏi: "ai?".pdf') == "Hỏi_ _ai__.pdf"
