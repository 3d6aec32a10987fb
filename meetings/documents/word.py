"""Papers as DOCX, to be worked on in Word: every kind of line has a style of its own, with the measures of the layout.

Rules are borders of the paragraphs they stand under, indented to their length, so that they move with the text. Properties
stand in the order of the schema (ECMA-376, CT_PPr and CT_TblPr): Word may refuse a file in which they do not.
"""

import io
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from meetings.documents import qr
from meetings.documents.layouts import A4_HEIGHT_MM, A4_WIDTH_MM, Density, Layout, Type
from meetings.documents.official import (
    CODES_HEADING,
    CODES_NOTE,
    Block,
    Box,
    Fact,
    Numbered,
    OfficialPaper,
    Paragraph,
    composed,
    finished,
)

FONT = "Times New Roman"
_CENTRE, _JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
_QR_MM, _CODE_MM = 27, 30
_SIGNATURE_GAP_PT = 54
_TABLE_GAP_PT = 6
_MM_PER_BOLD_CAPITAL_AT_12 = 2.9
"""About; a rule of a part of its line need not be exact."""


def as_docx(paper: OfficialPaper, layout: Layout, density: int = 0) -> bytes:
    """The paper as a Word file. `density` as the PDF was set (`pdf.Typeset.densities`), to stay on as many pages."""
    document = Document()
    _set_page(document, layout)
    _set_styles(document, layout, layout.densities[density])
    properties = document.core_properties
    properties.title, properties.author, properties.language = composed(paper.title), composed(paper.issuer), "vi-VN"
    properties.comments = ""
    _head(document, paper, layout)
    _heading(document, paper, layout)
    for block in finished(paper.blocks, layout):
        _block(document, block, layout, layout.densities[density])
    _foot(document, paper, layout)
    if paper.codes:
        _codes(document, paper, layout)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_page(document: WordDocument, layout: Layout) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(A4_WIDTH_MM), Mm(A4_HEIGHT_MM)
    section.top_margin, section.bottom_margin = Mm(layout.top_mm), Mm(layout.bottom_mm)
    section.left_margin, section.right_margin = Mm(layout.left_mm), Mm(layout.right_mm)
    section.header_distance = section.footer_distance = Mm(layout.top_mm / 2)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = _CENTRE
    run = number.add_run()
    run.font.size = Pt(layout.page_number_pt)
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)


def _set_styles(document: WordDocument, layout: Layout, density: Density) -> None:
    normal = document.styles["Normal"]
    _set_font(normal, Type(density.body_pt))
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing = 1.0  # the template's own is 1.15
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    body = _style(document, "Nội dung", Type(density.body_pt), _JUSTIFY, density.leading_pt)
    body.paragraph_format.first_line_indent = Cm(layout.first_line_cm)
    body.paragraph_format.space_after = Pt(density.gap_pt)
    _style(document, "Danh sách", Type(density.list_pt), WD_ALIGN_PARAGRAPH.LEFT, density.list_leading_pt)
    for name, kind in (
        ("Cơ quan cấp trên", layout.superior),
        ("Cơ quan ban hành", layout.issuer),
        ("Số và ký hiệu", layout.number),
        ("Địa danh và ngày", layout.day),
        ("Tên loại", layout.kind),
        ("Trích yếu", layout.summary),
        ("Chức vụ người ký", layout.signer),
        ("Họ tên người ký", layout.signer),
    ):
        _style(document, name, kind, _CENTRE)
    for number, (_text, kind) in enumerate(layout.national, start=1):
        _style(document, f"Tiêu đề quốc gia {number}" if len(layout.national) > 1 else "Tiêu đề Đảng", kind, _CENTRE)
    _style(document, "Nơi nhận", layout.recipients_title, WD_ALIGN_PARAGRAPH.LEFT)
    _style(document, "Danh sách nơi nhận", layout.recipients, WD_ALIGN_PARAGRAPH.LEFT)
    _style(document, "Khung kết nối", Type(12), WD_ALIGN_PARAGRAPH.LEFT)
    _style(document, "Mã điểm danh", Type(12), WD_ALIGN_PARAGRAPH.LEFT)


def _style(
    document: WordDocument, name: str, kind: Type, alignment: WD_ALIGN_PARAGRAPH, leading_pt: float | None = None
) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    _set_font(style, kind)
    style.paragraph_format.alignment = alignment
    if leading_pt:
        style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        style.paragraph_format.line_spacing = Pt(leading_pt)
    return style


def _set_font(style: Any, kind: Type) -> None:
    font = style.font
    font.name, font.size, font.color.rgb = FONT, Pt(kind.size_pt), RGBColor(0, 0, 0)
    font.bold, font.italic, font.underline = kind.is_bold, kind.is_italic, kind.is_underlined
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), FONT)


def _head(document: WordDocument, paper: OfficialPaper, layout: Layout) -> None:
    table = document.add_table(rows=2, cols=2)
    _set_columns(table, (layout.left_block_mm, layout.right_block_mm))
    left, right = table.rows[0].cells
    if paper.superior:
        _line(left, paper.superior, "Cơ quan cấp trên")
    issuer = _line(left, paper.issuer, "Cơ quan ban hành")
    if layout.issuer_mark:
        _line(left, layout.issuer_mark, "Số và ký hiệu")
    if layout.issuer_rule:
        size = layout.issuer.size_pt / 12
        length = min(len(paper.issuer) * _MM_PER_BOLD_CAPITAL_AT_12 * size, layout.left_block_mm) * layout.issuer_rule
        _rule_below(issuer, length, layout.left_block_mm)
    several = len(layout.national) > 1
    for number, (text, _kind) in enumerate(layout.national, start=1):
        last = _line(right, text, f"Tiêu đề quốc gia {number}" if several else "Tiêu đề Đảng")
    _rule_below(last, layout.national_rule_mm, layout.right_block_mm)
    left, right = table.rows[1].cells
    for cell, text, style in (
        (left, paper.number_line(layout), "Số và ký hiệu"),
        (right, paper.day_line(), "Địa danh và ngày"),
    ):
        _line(cell, text, style).paragraph_format.space_before = Pt(6)


def _heading(document: WordDocument, paper: OfficialPaper, layout: Layout) -> None:
    kind = _add(document, paper.kind, "Tên loại")
    kind.paragraph_format.space_before, kind.paragraph_format.space_after = Pt(18), Pt(4)
    summary = _add(document, paper.summary, "Trích yếu")
    if layout.summary_mark:
        summary = _add(document, layout.summary_mark, "Trích yếu")
    else:
        summary = _rule_below(summary, 42, layout.width_mm)
    summary.paragraph_format.space_after = Pt(10)


def _block(document: WordDocument, block: Block, layout: Layout, density: Density) -> None:
    if isinstance(block, Paragraph):
        _add(document, block.text, "Nội dung")
    elif isinstance(block, Fact):
        _fact(_add(document, "", "Nội dung"), block)
    elif isinstance(block, Numbered):
        _numbered(document, block, layout, density)
    else:
        _box(document, block, layout)


def _fact(line: WordParagraph, fact: Fact) -> None:
    line.add_run(f"{composed(fact.label)}: ").bold = True
    line.add_run(composed(fact.text))


def _numbered(document: WordDocument, block: Numbered, layout: Layout, density: Density) -> None:
    count = density.list_columns
    rows = -(-len(block.items) // count)
    places: list[Any] = [document]
    if count > 1:
        table = document.add_table(rows=1, cols=count)
        _set_columns(table, (layout.width_mm / count,) * count)
        places = list(table.rows[0].cells)
    for at, item in enumerate(block.items):
        place = places[at // rows]
        text = f"{at + 1}.\t{item}"
        line = _add(place, text, "Danh sách") if count == 1 else _line(place, text, "Danh sách")
        line.paragraph_format.left_indent = Mm(14 if count == 1 else 10)
        line.paragraph_format.first_line_indent = Mm(-8)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(14 if count == 1 else 10))
        if at + 1 in (rows, len(block.items)):
            line.paragraph_format.space_after = Pt(density.gap_pt)


def _box(document: WordDocument, box: Box, layout: Layout) -> None:
    document.paragraphs[-1].paragraph_format.space_after = Pt(_TABLE_GAP_PT)
    table = document.add_table(rows=1, cols=2)
    table.style = "Table Grid"
    _set_columns(table, (layout.width_mm - _QR_MM - 6, _QR_MM + 6))
    _keep_together(table)
    left, right = table.rows[0].cells
    between = OxmlElement("w:tblBorders")
    for name in ("top", "left", "bottom", "right", "insideV"):
        side = OxmlElement(f"w:{name}")
        side.set(qn("w:val"), "nil" if name == "insideV" else "single")
        side.set(qn("w:sz"), "4")
        between.append(side)
    table._tbl.tblPr.insert_element_before(between, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    for fact in box.facts:
        line = _line(left, "", "Khung kết nối")
        line.paragraph_format.space_before = Pt(2)
        _fact(line, fact)
    left.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    picture = _line(right, "", "Khung kết nối")
    picture.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture.paragraph_format.space_before = picture.paragraph_format.space_after = Pt(3)
    drawing = picture.add_run().add_picture(io.BytesIO(qr.as_png(box.qr_address)), width=Mm(_QR_MM))
    drawing._inline.docPr.set("descr", "Mã QR của liên kết vào điểm cầu")
    after = _add(document, "", "Khung kết nối")
    after.paragraph_format.line_spacing_rule, after.paragraph_format.line_spacing = (
        WD_LINE_SPACING.EXACTLY,
        Pt(_TABLE_GAP_PT),
    )


def _foot(document: WordDocument, paper: OfficialPaper, layout: Layout) -> None:
    table = document.add_table(rows=1, cols=2)
    _set_columns(table, (layout.left_block_mm + 10, layout.right_block_mm - 10))
    _keep_together(table)
    left, right = table.rows[0].cells
    _line(left, "Nơi nhận:", "Nơi nhận").paragraph_format.space_before = Pt(_TABLE_GAP_PT)
    for recipient in paper.recipients:
        _line(left, recipient, "Danh sách nơi nhận")
    title = _line(right, paper.signature.title, "Chức vụ người ký")
    title.paragraph_format.space_before = Pt(_TABLE_GAP_PT)
    title.paragraph_format.space_after = Pt(_SIGNATURE_GAP_PT)
    _line(right, paper.signature.name, "Họ tên người ký")


def _codes(document: WordDocument, paper: OfficialPaper, layout: Layout) -> None:
    """On a page of their own, two to a line, in a table without its inner upright rules between code and name."""
    heading = _add(document, CODES_HEADING, "Tên loại")
    heading.paragraph_format.page_break_before = True
    note = _add(document, CODES_NOTE, "Mã điểm danh")
    note.alignment, note.paragraph_format.space_after = _CENTRE, Pt(8)
    table = document.add_table(rows=-(-len(paper.codes) // 2), cols=4)
    table.style = "Table Grid"
    _set_columns(table, (_CODE_MM + 4, layout.width_mm / 2 - _CODE_MM - 4) * 2)
    _keep_together(table)
    for at, card in enumerate(paper.codes):
        picture, words = table.rows[at // 2].cells[at % 2 * 2 : at % 2 * 2 + 2]
        drawing = _line(picture, "", "Mã điểm danh").add_run()
        shape = drawing.add_picture(io.BytesIO(qr.as_png(card.code)), width=Mm(_CODE_MM))
        shape._inline.docPr.set("descr", f"Mã QR điểm danh của {composed(card.name)}")
        _line(words, "", "Mã điểm danh").add_run(composed(f"{card.number}. {card.name}")).bold = True
        _line(words, card.detail, "Mã điểm danh")
        _line(words, card.code, "Mã điểm danh")


def _set_columns(table: Any, widths_mm: tuple[float, ...]) -> None:
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    if table.style.name != "Table Grid":
        _end_cells_at_the_margins(table)
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _end_cells_at_the_margins(table: Any) -> None:
    """What stands in a table without rules begins and ends where the text around it does."""
    room = OxmlElement("w:tblCellMar")
    for name in ("left", "right"):
        side = OxmlElement(f"w:{name}")
        side.set(qn("w:w"), "0")
        side.set(qn("w:type"), "dxa")
        room.append(side)
    table._tbl.tblPr.insert_element_before(room, "w:tblLook")


def _keep_together(table: Any) -> None:
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


def _line(cell: _Cell, text: str, style: str) -> WordParagraph:
    """A further line of a cell; its first paragraph is there already."""
    first: WordParagraph = cell.paragraphs[0]
    if len(cell.paragraphs) > 1 or first.runs or (first.style and first.style.name != "Normal"):
        first = cell.add_paragraph()
    first.style = style
    first.add_run(composed(text))
    return first


def _add(document: WordDocument, text: str, style: str) -> WordParagraph:
    line: WordParagraph = document.add_paragraph(composed(text), style)
    return line


def _rule_below(line: WordParagraph, length_mm: float, room_mm: float) -> WordParagraph:
    """A rule of this length, in a low paragraph of its own below the line."""
    low = line.insert_paragraph_before("", line.style)
    line._p.addnext(low._p)
    low.paragraph_format.line_spacing_rule, low.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    side = Mm(max(0.0, (room_mm - length_mm) / 2))
    low.paragraph_format.left_indent = low.paragraph_format.right_indent = side
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    low._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    return low
