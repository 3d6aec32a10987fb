"""What is printed for the hour before the opening: the guide of a point, and the record of the line test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from meetings.documents.invitation import Letter, Point, spaced_pin, spoken_time
from meetings.documents.official import Block, Box, Fact, Numbered, OfficialPaper, Paragraph, Signature

STEPS = (
    (
        "Mở liên kết bằng Chrome, Edge hoặc Firefox bản mới, trước giờ khai mạc ít nhất 60 phút. "
        "Khi trình duyệt hỏi camera và micro, bấm Cho phép."
    ),
    "Xem mục Kết quả kiểm tra: mục nào chưa đạt thì làm theo lời nhắc ngay ở mục đó.",
    "Bấm Nghe thử: cả phòng nghe rõ thì bấm Nghe rõ. Tivi không có tiếng: chọn loa tên HDMI, tăng âm lượng tivi.",
    "Bấm Nói thử 5 giây, nói một câu: phải nghe lại được tiếng của mình.",
    "Bấm Vào hội nghị. Micro tắt cho đến khi chủ trì mời phát biểu. Giữ nguyên trang đến khi bế mạc.",
    "Bàn thư ký gọi để thử: bấm Trả lời.",
    "Mất mạng hoặc tải lại trang: trang tự nối lại, lượt và chỗ đăng ký được giữ.",
)


@dataclass(frozen=True)
class PointRecord:
    """One line of the record."""

    name: str
    result: str
    found: str
    remark: str
    tested_by: str


def guide(letter: Letter, point: Point, title: str, opens_at: datetime) -> OfficialPaper:
    """One page for who sits at the point: how to come in, what to look at, whom to phone."""
    ways = [Fact("Liên kết của điểm cầu", point.link)]
    if point.pin:
        ways.append(Fact("Hoặc mở", f"{point.pin_page} và nhập mã PIN {spaced_pin(point.pin)}"))
    blocks: list[Block] = [
        Fact("Hội nghị", title),
        Fact("Thời gian", spoken_time(opens_at)),
        Fact("Địa điểm", point.where),
        Box(tuple(ways), point.link),
        Numbered(STEPS),
    ]
    contacts = (("Cần giúp, gọi Tổ kỹ thuật", point.hall_contact), ("Người trực điểm cầu", point.site_contact))
    blocks += [Fact(label, text) for label, text in contacts if text]
    blocks.append(Paragraph("Liên kết và mã PIN chỉ dùng cho điểm cầu này, không chuyển cho người khác"))
    return _paper(letter, "HƯỚNG DẪN", "HD", f"Vào hội nghị trực tuyến tại điểm cầu {point.name}", blocks, letter.day)


def line_test(
    letter: Letter, title: str, opens_at: datetime, at: datetime, points: Sequence[PointRecord]
) -> OfficialPaper:
    """What the desk found at every point, in protocol order."""
    passed = sum(point.result.startswith("đạt") for point in points)
    blocks: list[Block] = [
        Fact("Hội nghị", title),
        Fact("Thời gian khai mạc", spoken_time(opens_at)),
        Fact("Lập biên bản lúc", spoken_time(at)),
        Fact("Kết quả", f"{passed}/{len(points)} điểm cầu đạt"),
        Numbered(tuple(_line(point) for point in points)),
        Paragraph("Biên bản lập theo kết quả bàn thư ký ghi khi thử từng điểm cầu"),
    ]
    return _paper(letter, "BIÊN BẢN", "BB", "Kiểm tra đường truyền các điểm cầu", blocks, at.date())


def _line(point: PointRecord) -> str:
    told = [f"{point.name}: {point.result}", point.found, point.remark, point.tested_by]
    return "; ".join(part for part in told if part)


def _paper(
    letter: Letter, kind: str, symbol: str, summary: str, blocks: Sequence[Block], day: date | None
) -> OfficialPaper:
    return OfficialPaper(
        kind=kind,
        symbol=symbol,
        body_symbol=letter.body_symbol,
        number=None,
        superior=letter.superior.upper(),
        issuer=letter.issuer.upper(),
        place=letter.place,
        day=day,
        summary=summary,
        blocks=tuple(blocks),
        signature=Signature("THƯ KÝ" if symbol == "BB" else "TỔ KỸ THUẬT", ""),
        recipients=("- Các điểm cầu;", "- Lưu: VT."),
        title=summary,
    )
