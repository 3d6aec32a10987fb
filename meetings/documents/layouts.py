"""How official papers look: measures and type sizes, apart from every word that a paper says.

STATE follows NĐ 30/2020/NĐ-CP, annex I; PARTY follows 36-HD/VPTW (2018), reported to be replaced by 05-HD/VPTW (2026): another
layout is another value here. Times New Roman is named in DOCX; PDF is set in Tinos, which has its measures.
"""

from dataclasses import dataclass
from datetime import date

A4_WIDTH_MM, A4_HEIGHT_MM = 210, 297
ROOM = "\u00a0" * 8
"""Where a figure is written by hand."""


@dataclass(frozen=True)
class Type:
    size_pt: float
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False


@dataclass(frozen=True)
class Density:
    """How closely the text is set. The loosest that keeps a paper on one page is taken."""

    body_pt: float
    leading_pt: float
    """From one base line to the next, exactly."""
    gap_pt: float
    list_pt: float
    list_leading_pt: float
    list_columns: int = 1


@dataclass(frozen=True)
class Layout:
    key: str
    top_mm: float
    bottom_mm: float
    left_mm: float
    right_mm: float
    left_block_mm: float
    """Width of the block of the issuing body; the rest of the line is the block of the state or the Party."""
    national: tuple[tuple[str, Type], ...]
    national_rule_mm: float
    """As long as the line above it."""
    superior: Type
    issuer: Type
    issuer_rule: float
    """As a part of the length of the line above it; none at 0."""
    issuer_mark: str
    number: Type
    day: Type
    kind: Type
    summary: Type
    summary_mark: str
    """Below the summary; "" is a rule of a third to a half of its line."""
    first_line_cm: float
    densities: tuple[Density, ...]
    signer: Type
    recipients_title: Type
    recipients: Type
    end: str
    page_number_pt: float

    @property
    def width_mm(self) -> float:
        return A4_WIDTH_MM - self.left_mm - self.right_mm

    @property
    def right_block_mm(self) -> float:
        return self.width_mm - self.left_block_mm

    def numbered(self, number: int | None, symbol: str, body: str) -> str:
        """The line of number and symbol: "Số: 05/GM-BTC", "Số 05-GM/BTCTU". Without a number there is room to write it."""
        written = f"{number:02d}" if number is not None else ROOM
        if self.key == "party":
            return f"Số {written}-{symbol}/{body}" if body else f"Số {written}-{symbol}"
        return f"Số: {written}/{symbol}-{body}" if body else f"Số: {written}/{symbol}"


def official_day(day: date) -> str:
    """Days below 10 and the months 1 and 2 with a nought before them: "ngày 05 tháng 02 năm 2026"."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def dated(place: str, day: date | None) -> str:
    """The line of place and date; without a date there is room to write it."""
    words = official_day(day) if day else f"ngày{ROOM}tháng{ROOM}năm{ROOM}"
    return f"{place}, {words}" if place else words


STATE = Layout(
    key="state",
    top_mm=20,
    bottom_mm=20,
    left_mm=30,
    right_mm=15,
    left_block_mm=70,
    national=(
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Type(12, is_bold=True)),
        ("Độc lập - Tự do - Hạnh phúc", Type(13, is_bold=True)),
    ),
    national_rule_mm=58,
    superior=Type(12),
    issuer=Type(12, is_bold=True),
    issuer_rule=0.4,
    issuer_mark="",
    number=Type(13),
    day=Type(13, is_italic=True),
    kind=Type(14, is_bold=True),
    summary=Type(14, is_bold=True),
    summary_mark="",
    first_line_cm=1.0,
    densities=(
        Density(14, 19, 6, 14, 18),
        Density(13, 17, 6, 13, 16),
        Density(13, 15.5, 6, 13, 15.5),
        Density(13, 15.5, 6, 13, 15.5, list_columns=2),
        Density(13, 15.5, 6, 12, 14),
        Density(13, 15.5, 6, 12, 14, list_columns=2),
    ),
    signer=Type(13, is_bold=True),
    recipients_title=Type(12, is_bold=True, is_italic=True),
    recipients=Type(11),
    end="./.",
    page_number_pt=13,
)

PARTY = Layout(
    key="party",
    top_mm=20,
    bottom_mm=20,
    left_mm=30,
    right_mm=15,
    left_block_mm=74,
    national=(("ĐẢNG CỘNG SẢN VIỆT NAM", Type(15, is_bold=True)),),
    national_rule_mm=75,
    superior=Type(14),
    issuer=Type(14, is_bold=True),
    issuer_rule=0,
    issuer_mark="*",
    number=Type(14),
    day=Type(14, is_italic=True),
    kind=Type(16, is_bold=True),
    summary=Type(14, is_bold=True),
    summary_mark="-----",
    first_line_cm=1.0,
    densities=(
        Density(14, 20, 6, 14, 19),
        Density(14, 18, 4, 14, 18),
        Density(14, 18, 4, 14, 18, list_columns=2),
        Density(14, 18, 1, 14, 18, list_columns=2),
        Density(14, 18, 1, 13, 15.5, list_columns=2),
        Density(14, 18, 1, 12, 14),
        Density(14, 18, 1, 12, 14, list_columns=2),
        Density(14, 18, 0, 12, 13.2),
    ),
    signer=Type(14, is_bold=True),
    recipients_title=Type(14, is_underlined=True),
    recipients=Type(12),
    end=".",
    page_number_pt=14,
)

LAYOUTS = {layout.key: layout for layout in (STATE, PARTY)}
