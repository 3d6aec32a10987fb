"""Files as they arrive at an office: documents that are what they say, and some that are not."""

import io
import struct
import zipfile
import zlib

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_MAIN = {
    "docx": ("word/document.xml", _WORD),
    "xlsx": ("xl/workbook.xml", _SHEET),
    "pptx": ("ppt/presentation.xml", _SLIDES),
}


def office_file(kind: str, parts: dict[str, bytes] | None = None, main_type: str = "", stored: bool = False) -> bytes:
    """A package with the parts that every reader asks for, and more."""
    main, content_type = _MAIN[kind]
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{main_type or content_type}"/></Types>'
    )
    relationships = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        f'Target="{main}"/></Relationships>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", relationships)
        archive.writestr(main, "<?xml version='1.0'?><main>Báo cáo sơ kết</main>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pdf_file(pages: int = 2, catalog: str = "", objects: tuple[bytes, ...] = (), text: str = "Bao cao so ket") -> bytes:
    """A PDF with a text on every page and a right table of its objects."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        drawing = f"BT /F1 24 Tf 72 760 Td ({text}, trang {number + 1}) Tj ET".encode()
        bodies.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing))
    bodies += objects
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, table)
    return bytes(out)


def object_stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    head = b"<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>" % len(packed)
    return head + b"\nstream\n" + packed + b"\nendstream"


def png_file(width: int = 40, height: int = 30) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    rows = (b"\0" + b"\x9d\x1b\x22" * width) * height if width * height < 1_000_000 else b""
    header = chunk(b"IHDR", struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def understated(archive: bytes, name: str, size: int) -> bytes:
    """The archive with a directory (and local header) that claim a smaller content, check sum and all, for one entry."""
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        entry, content = read.getinfo(name), read.read(name)[:size]
    old = struct.pack("<3L", entry.CRC, entry.compress_size, entry.file_size)
    assert archive.count(old) == 2
    return archive.replace(old, struct.pack("<3L", zlib.crc32(content), entry.compress_size, size))
