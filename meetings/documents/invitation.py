"""The letter of invitation (giấy mời): form 1.7 of NĐ 30/2020, and the Party's. One for each point of a conference."""

from dataclasses import dataclass
from datetime import date, datetime

from meetings.documents.layouts import LAYOUTS, Layout, official_day
from meetings.documents.official import Block, Box, CodeCard, Fact, Numbered, OfficialPaper, Paragraph, Signature

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class Letter:
    """What the invitations of one conference have in common. An empty text leaves its line out."""

    layout: str
    superior: str
    issuer: str
    body_symbol: str
    number: int | None
    place: str
    day: date | None
    summary: str
    greeting: str
    attendees: str
    """Who is invited, where the point has named nobody."""
    chair: str
    content: str
    note: str
    recipients: tuple[str, ...]
    signer_title: str
    signer_name: str
    has_codes: bool = False
    """Whether the delegates' check-in codes follow the letter."""

    @property
    def its_layout(self) -> Layout:
        return LAYOUTS[self.layout]


@dataclass(frozen=True)
class Point:
    """What the letter to one point says besides. `link` is empty for who comes into the hall."""

    name: str
    where: str
    invited: tuple[str, ...]
    addition: str
    link: str
    pin: str
    pin_page: str
    hall_contact: str
    site_contact: str
    codes: tuple[CodeCard, ...] = ()


def invitation(letter: Letter, point: Point, opens_at: datetime) -> OfficialPaper:
    """The letter to one point; `opens_at` in the zone in which it is to be read."""
    return OfficialPaper(
        kind="GIẤY MỜI",
        symbol="GM",
        body_symbol=letter.body_symbol,
        number=letter.number,
        superior=letter.superior.upper(),
        issuer=letter.issuer.upper(),
        place=letter.place,
        day=letter.day,
        summary=letter.summary,
        blocks=_blocks(letter, point, opens_at),
        signature=Signature(letter.signer_title.upper(), letter.signer_name),
        recipients=letter.recipients,
        title=f"Giấy mời · {point.name}",
        codes=point.codes if letter.has_codes else (),
    )


def _blocks(letter: Letter, point: Point, opens_at: datetime) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if point.invited:
        blocks += [Paragraph(f"{letter.greeting.rstrip(' :')}:"), Numbered(point.invited)]
    else:
        blocks.append(Paragraph(f"{letter.greeting.rstrip(' :')}: {letter.attendees}"))
    facts = (
        ("Chủ trì", letter.chair),
        ("Thời gian", spoken_time(opens_at)),
        ("Địa điểm", point.where),
        ("Nội dung", letter.content),
    )
    blocks += [Fact(label, text) for label, text in facts if text]
    if point.link:
        blocks.append(_way_in(point))
    elif point.hall_contact:
        blocks.append(Fact("Đầu mối kỹ thuật", point.hall_contact))
    if point.addition:
        blocks.append(Paragraph(point.addition))
    if letter.note:
        blocks.append(Fact("Lưu ý", letter.note))
    if isinstance(blocks[-1], Box):
        blocks.append(Paragraph("Trân trọng kính mời"))
    return tuple(blocks)


def _way_in(point: Point) -> Box:
    facts = [Fact("Vào bằng trình duyệt", point.link)]
    if point.pin:
        facts.append(Fact("Hoặc mở", f"{point.pin_page} và nhập mã PIN {spaced_pin(point.pin)}"))
    for label, text in (("Kỹ thuật hội trường", point.hall_contact), ("Kỹ thuật điểm cầu", point.site_contact)):
        if text:
            facts.append(Fact(label, text))
    return Box(tuple(facts), point.link)


def spaced_pin(pin: str) -> str:
    """Four and four, as it is read out: "1234 5678"; the space never ends a line."""
    return f"{pin[:4]}\u00a0{pin[4:]}"


def spoken_time(moment: datetime) -> str:
    """Such as "08 giờ 00, thứ Năm, ngày 16 tháng 7 năm 2020"."""
    return f"{moment:%H} giờ {moment:%M}, {_WEEKDAYS[moment.weekday()]}, {official_day(moment.date())}"
