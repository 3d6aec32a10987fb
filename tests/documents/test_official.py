"""Official papers: their measures, their letters, and that they stay on a page, as programs read them in the files."""

import io
import re
import unicodedata
import zlib
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import av
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as Line

from meetings.documents import pdf, word
from meetings.documents.invitation import Letter, Point, invitation, spaced_pin, spoken_time
from meetings.documents.layouts import LAYOUTS, PARTY, ROOM, STATE, Layout, dated, official_day
from meetings.documents.official import CodeCard, Fact, Numbered, OfficialPaper, Paragraph, finished

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OPENS = datetime(2020, 7, 16, 8, 0, tzinfo=ZONE)
LETTER = Letter(
    layout="party",
    superior="Tỉnh ủy Long An",
    issuer="Ban Tổ chức",
    body_symbol="BTCTU",
    number=5,
    place="Long An",
    day=date(2020, 7, 6),
    summary=(
        "Dự Hội nghị trực tuyến sơ kết công tác Tổ chức xây dựng Đảng 6 tháng đầu năm "
        "và phương hướng, nhiệm vụ 6 tháng cuối năm 2020"
    ),
    greeting="Ban Tổ chức Tỉnh ủy trân trọng kính mời các đồng chí",
    attendees="đại biểu theo thành phần triệu tập",
    chair="Trưởng ban Tổ chức Tỉnh ủy",
    content="Báo cáo sơ kết 6 tháng đầu năm; phương hướng, nhiệm vụ 6 tháng cuối năm; thảo luận, ý kiến của các điểm cầu",
    note="Đề nghị đại biểu có mặt trước giờ khai mạc 15 phút; cán bộ kỹ thuật vào kiểm tra đường truyền trước 60 phút",
    recipients=("- Như trên;", "- Lưu: VT."),
    signer_title="Trưởng ban",
    signer_name="",
)
LINK = "https://hop.example.vn/site#AbCdEfGhIj.abcdefghijklmnopqrstuvwx"
ROLES = (
    "Phó Bí thư Thường trực Huyện ủy",
    "Phó Trưởng ban Thường trực Ban Tổ chức Huyện ủy",
    "Chủ nhiệm Ủy ban Kiểm tra Huyện ủy",
)
POINT = Point(
    name="Huyện Vĩnh Hưng",
    where="Điểm cầu Huyện Vĩnh Hưng",
    invited=tuple(ROLES[number % 3] for number in range(16)),
    addition="",
    link=LINK,
    pin="12345678",
    pin_page="https://hop.example.vn/p",
    hall_contact="Tổ kỹ thuật tỉnh, 0900 000 000",
    site_contact="Văn phòng Huyện ủy, 0900 000 001",
)
NAMED = replace(POINT, invited=tuple(f"Nguyễn Thị Ngọc Phượng, {role}" for role in POINT.invited))
MARKS = "\u0300\u0301\u0303\u0309\u0323"
ALPHABET = (
    "".join(
        unicodedata.normalize("NFC", letter + mark) for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for mark in ("", *MARKS)
    )
    + "bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX0123456789"
)


def of(layout: Layout, point: Point = POINT, **changes: object) -> OfficialPaper:
    return invitation(replace(LETTER, layout=layout.key, **changes), point, OPENS)  # type: ignore[arg-type]


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", unpacked(content)))


def unpacked(content: bytes) -> bytes:
    """The file with its packed parts (object streams, character maps) opened behind it."""
    parts = [content]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)


def letters_of(content: bytes) -> set[str]:
    """Every character that the maps of the embedded fonts give back for a glyph: what copying out of the file yields."""
    found: set[str] = set()
    everything = unpacked(content)
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", everything, re.S):
        for code in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", block):
            found |= set(bytes.fromhex(code.decode()).decode("utf-16-be"))
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", everything, re.S):
        for low, high, code in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int.from_bytes(bytes.fromhex(code.decode()), "big")
            found |= {chr(start + step) for step in range(int(high, 16) - int(low, 16) + 1)}
    return found


@pytest.mark.parametrize("point", [POINT, NAMED], ids=["titles", "names and titles"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_sixteen_attendees_are_on_one_page_of_a4(layout: Layout, point: Point) -> None:
    made = pdf.as_pdf([of(layout, point)], layout)
    assert pages(made.content) == 1
    width, height = map(float, re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", unpacked(made.content)).groups())  # type: ignore[union-attr]
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("count", [3, 16])
def test_what_is_printed_keeps_to_the_margins_and_fills_the_width_between_them(layout: Layout, count: int) -> None:
    paper = of(layout, replace(POINT, invited=POINT.invited[:count], addition="một lời riêng cho điểm này " * 8))
    left, top, right, bottom = ink_mm(pdf.as_picture(paper, layout))
    assert abs(left - layout.left_mm) < 0.6 and abs(right - layout.right_mm) < 0.6, (left, right)
    assert layout.top_mm - 0.6 < top < layout.top_mm + 3, top
    assert bottom > layout.bottom_mm - 0.6, bottom


def test_a_signer_in_anothers_place_stands_on_two_lines() -> None:
    alone, for_another = (of(STATE, signer_title=title) for title in ("Phó Giám đốc", "KT. Giám đốc\nPhó Giám đốc"))
    assert for_another.signature.title == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"
    assert pixels(pdf.as_picture(alone, STATE)).sum() < pixels(pdf.as_picture(for_another, STATE)).sum()
    (signed,) = (
        line
        for line in lines(Document(io.BytesIO(word.as_docx(for_another, STATE))))
        if line.style.name == "Chức vụ người ký"
    )
    assert signed.text == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"


def pixels(picture: bytes) -> Any:
    """Where there is ink, row by row."""
    with av.open(io.BytesIO(picture)) as opened:
        return next(opened.decode(video=0)).to_ndarray(format="gray") < 200


def ink_mm(picture: bytes) -> tuple[float, float, float, float]:
    """The white of the page at the left, the top, the right and the bottom."""
    ink = pixels(picture)
    height, width = ink.shape
    rows, columns = ink.any(axis=1).nonzero()[0], ink.any(axis=0).nonzero()[0]
    mm = 25.4 / pdf.PREVIEW_PPI
    return columns[0] * mm, rows[0] * mm, (width - 1 - columns[-1]) * mm, (height - 1 - rows[-1]) * mm


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_few_attendees_are_set_at_full_size_and_many_go_on_to_further_pages(layout: Layout) -> None:
    few = replace(POINT, invited=POINT.invited[:3])
    many = replace(POINT, invited=POINT.invited * 5)
    made = pdf.as_pdf([of(layout, few), of(layout, many)], layout)
    assert made.densities == (0, 0)
    assert pages(made.content) >= 4


def test_every_vietnamese_letter_has_a_glyph_in_every_cut_and_is_read_back() -> None:
    """Headings are bold, the day italic, "Nơi nhận" both: all four cuts of the face."""
    assert len(ALPHABET) == 12 * 2 * 6 + 2 * 17 + 10
    letter = replace(LETTER, layout="state", signer_name=ALPHABET, place=ALPHABET, content=ALPHABET, day=None)
    made = pdf.as_pdf([invitation(letter, replace(POINT, invited=()), OPENS)], STATE).content
    names = set(re.findall(rb"/(?:Font|Base)Name\s*/[A-Z]+\+([\w-]+)", unpacked(made)))
    assert names == {b"Tinos", b"Tinos-Bold", b"Tinos-Italic", b"Tinos-BoldItalic"}
    assert set(ALPHABET) <= letters_of(made)


def test_a_name_in_decomposed_letters_is_set_composed() -> None:
    made = pdf.as_pdf([of(STATE, signer_name=unicodedata.normalize("NFD", "Nguyễn Thị Được"))], STATE).content
    assert set("ễịĐượ") <= letters_of(made)
    assert not letters_of(made) & set(MARKS)


def test_what_looks_like_the_typesetters_own_language_is_only_text() -> None:
    point = replace(POINT, addition='#panic("x") $ * _ \\ <script> `a` @b = c', name="]#image[")
    made = pdf.as_pdf([of(PARTY, point)], PARTY)
    assert set("#$*_\\<>`@=") <= letters_of(made.content)


CODES = tuple(CodeCard(n, f"Nguyễn Văn {n}", "Chủ tịch", f"{n:010d}{n}") for n in range(1, 18))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_delegates_codes_follow_the_letter_when_it_is_to_have_them(layout: Layout) -> None:
    point = replace(POINT, codes=CODES)
    assert of(layout, point).codes == ()
    paper = of(layout, point, has_codes=True)
    made = pdf.as_pdf([paper, of(layout)], layout)
    assert pages(made.content) == 1 + 2 + 1, "the letter, seventeen codes on two pages, the next letter"
    document = Document(io.BytesIO(word.as_docx(paper, layout, made.densities[0])))
    cells = [cell.text for row in document.tables[-1].rows for cell in row.cells]
    assert "3. Nguyễn Văn 3\nChủ tịch\n00000000033" in cells and len(document.tables[-1].rows) == 9
    descriptions = re.findall(r'descr="Mã QR điểm danh của ([^"]+)"', document.element.xml)
    assert descriptions == [card.name for card in CODES]
    plain = Document(io.BytesIO(word.as_docx(of(layout), layout)))
    assert "điểm danh" not in plain.element.xml


def test_a_document_that_cannot_be_set_is_a_fault_of_its_own() -> None:
    with pytest.raises(pdf.TypesettingFailed):
        pdf.as_pdf([of(STATE)], replace(STATE, densities=()))


def test_the_picture_is_a_png() -> None:
    assert pdf.as_picture(of(STATE), STATE).startswith(b"\x89PNG")


# --- what the letter says ---


def test_state_and_party_number_differently() -> None:
    assert of(STATE).number_line(STATE) == "Số: 05/GM-BTCTU"
    assert of(PARTY).number_line(PARTY) == "Số 05-GM/BTCTU"
    assert of(PARTY, number=125).number_line(PARTY) == "Số 125-GM/BTCTU"


def test_a_letter_without_number_and_day_leaves_room_to_write_them() -> None:
    paper = of(STATE, number=None, day=None)
    assert paper.number_line(STATE) == f"Số: {ROOM}/GM-BTCTU"
    assert paper.day_line() == f"Long An, ngày{ROOM}tháng{ROOM}năm{ROOM}"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 10), "ngày 10 tháng 3 năm 2026"),
        (date(2026, 1, 31), "ngày 31 tháng 01 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_have_a_nought(day: date, words: str) -> None:
    assert official_day(day) == words
    assert dated("", day) == words


def test_the_time_is_written_out() -> None:
    assert spoken_time(OPENS) == "08 giờ 00, thứ Năm, ngày 16 tháng 7 năm 2020"


@pytest.mark.parametrize(("layout", "end"), [(STATE, "60 phút./."), (PARTY, "60 phút.")])
def test_the_text_ends_as_its_rules_want(layout: Layout, end: str) -> None:
    last = finished(of(layout).blocks, layout)[-1]
    assert isinstance(last, Fact) and last.text.endswith(end)


def test_who_comes_into_the_hall_is_given_no_link() -> None:
    hall = replace(POINT, link="", pin="")
    facts = [block for block in of(STATE, hall).blocks if isinstance(block, Fact)]
    assert not any("PIN" in fact.text or "http" in fact.text for fact in facts)
    assert Fact("Đầu mối kỹ thuật", POINT.hall_contact) in facts


def test_a_point_that_has_named_nobody_is_invited_in_general_words() -> None:
    blocks = of(STATE, replace(POINT, invited=())).blocks
    assert blocks[0] == Paragraph(f"{LETTER.greeting}: {LETTER.attendees}")
    assert not any(isinstance(block, Numbered) for block in blocks)


def test_what_is_left_empty_has_no_line() -> None:
    labels = [block.label for block in of(STATE, chair="", content="").blocks if isinstance(block, Fact)]
    assert labels == ["Thời gian", "Địa điểm", "Lưu ý"]


# --- DOCX ---


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_word_file_has_the_measures_and_styles_of_its_layout(layout: Layout) -> None:
    paper = of(layout)
    document = Document(io.BytesIO(word.as_docx(paper, layout, 0)))
    section = document.sections[0]
    assert abs(section.page_width - Mm(210)) < 1000 and abs(section.page_height - Mm(297)) < 1000
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    wanted = (layout.top_mm, layout.bottom_mm, layout.left_mm, layout.right_mm)
    assert all(abs(given - Mm(mm)) < Mm(0.1) for given, mm in zip(margins, wanted, strict=True))
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml and not section.first_page_header.paragraphs[0].text
    used = {line.style.name for line in lines(document)}
    assert {"Nội dung", "Danh sách", "Cơ quan ban hành", "Số và ký hiệu", "Tên loại", "Trích yếu", "Nơi nhận"} <= used
    body = document.styles["Nội dung"]
    assert body.font.size == Pt(14) and body.font.name == "Times New Roman"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_word_file_says_what_the_pdf_says(layout: Layout) -> None:
    paper = of(layout, signer_name="Nguyễn Văn <b>A</b> & Cộng sự")
    text = "\n".join(line.text for line in lines(Document(io.BytesIO(word.as_docx(paper, layout, 3)))))
    for words in (
        "GIẤY MỜI",
        paper.number_line(layout),
        paper.day_line(),
        paper.summary,
        LINK,
        spaced_pin("12345678"),
        POINT.site_contact,
        "TRƯỞNG BAN",
        "Nguyễn Văn <b>A</b> & Cộng sự",
        "- Lưu: VT.",
        "thứ Năm",
    ):
        assert words in text, words
    assert text.count("Ủy ban Kiểm tra Huyện ủy") == 5


# The order of what we set, as ECMA-376 has it in CT_PPr, CT_TblPr and CT_RPr.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs spacing ind contextualSpacing jc outlineLvl rPr",
    "tblPr": "tblStyle tblStyleRowBandSize tblStyleColBandSize tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps color spacing kern sz szCs u lang",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_properties_in_the_word_file_stand_in_the_order_of_the_schema(layout: Layout) -> None:
    document = Document(io.BytesIO(word.as_docx(of(layout, replace(POINT, codes=CODES), has_codes=True), layout, 3)))
    for part in (document.element, document.styles.element):
        for kind, order in ORDER.items():
            for properties in part.iter(qn(f"w:{kind}")):
                found = [order.split().index(one.tag.rpartition("}")[2]) for one in properties]
                assert found == sorted(found), [one.tag for one in properties]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("density", [0, 3])
def test_the_word_file_is_set_as_closely_as_the_pdf(layout: Layout, density: int) -> None:
    """Seen in LibreOffice: lines of 1.15 and cells with room at their sides made it longer and pushed lines inwards."""
    document = Document(io.BytesIO(word.as_docx(of(layout), layout, density)))
    assert document.styles["Normal"].paragraph_format.line_spacing == 1.0
    head, *lists, box, foot = document.tables
    assert len(lists) == (layout.densities[density].list_columns > 1)
    for table in (head, *lists, foot):
        sides = [side.get(qn("w:w")) for side in table._tbl.tblPr.find(qn("w:tblCellMar"))]
        assert sides == ["0", "0"]
        assert abs(sum(column.width for column in table.columns) - Mm(layout.width_mm)) < Mm(0.2)
    before, after = box._tbl.getprevious(), box._tbl.getnext()
    assert Line(before, document).paragraph_format.space_after == Pt(6)
    assert Line(after, document).paragraph_format.line_spacing == Pt(6)
    assert all(cell.paragraphs[0].paragraph_format.space_before == Pt(6) for cell in foot.rows[0].cells)
    assert all(row._tr.trPr is not None for table in (box, foot) for row in table.rows), "no row goes over a page"
    for table in lists:
        ends = {cell.paragraphs[-1].paragraph_format.space_after for cell in table.rows[0].cells}
        assert ends == {Pt(layout.densities[density].gap_pt)}


def lines(document: object) -> list:  # type: ignore[type-arg]
    found = list(document.paragraphs)  # type: ignore[attr-defined]
    for table in document.tables:  # type: ignore[attr-defined]
        found += [line for row in table.rows for cell in row.cells for line in cell.paragraphs]
    return found
