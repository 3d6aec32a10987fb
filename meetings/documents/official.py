"""What an official paper says, whatever its layout."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from meetings.documents.layouts import Layout, dated


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Fact:
    """A paragraph that begins with its label: "Thời gian: …"."""

    label: str
    text: str


@dataclass(frozen=True)
class Numbered:
    """Lines that are counted, such as those invited."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """Facts in a frame beside a QR code, set smaller: how to come in by browser."""

    facts: tuple[Fact, ...]
    qr_address: str


Block = Paragraph | Fact | Numbered | Box


@dataclass(frozen=True)
class CodeCard:
    """A delegate's check-in code: `number` as the letter counts them, `code` as the desk reads it."""

    number: int
    name: str
    detail: str
    code: str


@dataclass(frozen=True)
class Signature:
    """The signer's place: capitals above, room for hand and seal, the name below."""

    title: str
    name: str


@dataclass(frozen=True)
class OfficialPaper:
    """`kind` as it is titled ("GIẤY MỜI"), `symbol` as it is numbered ("GM"), `body_symbol` whose it is ("BTCTU")."""

    kind: str
    symbol: str
    body_symbol: str
    number: int | None
    superior: str
    issuer: str
    place: str
    day: date | None
    summary: str
    blocks: tuple[Block, ...]
    signature: Signature
    recipients: tuple[str, ...]
    title: str
    """What the file's properties call it."""
    codes: tuple[CodeCard, ...] = ()
    """On a page of their own after the paper."""

    def number_line(self, layout: Layout) -> str:
        return layout.numbered(self.number, self.symbol, self.body_symbol)

    def day_line(self) -> str:
        return dated(self.place, self.day)


CODES_HEADING = "MÃ ĐIỂM DANH CỦA ĐẠI BIỂU"
CODES_NOTE = "Mỗi mã của một đại biểu. Đại biểu đưa mã này tại bàn đón tiếp để điểm danh."


def finished(blocks: tuple[Block, ...], layout: Layout) -> tuple[Block, ...]:
    """The blocks with the mark of the end of an official text behind the last words."""
    last = blocks[-1]
    if isinstance(last, Paragraph):
        last = Paragraph(_ended(last.text, layout.end))
    elif isinstance(last, Fact):
        last = Fact(last.label, _ended(last.text, layout.end))
    return (*blocks[:-1], last)


def _ended(text: str, end: str) -> str:
    return text.rstrip(" .;/") + end


def as_plain(value: Any) -> Any:
    """Dataclasses as what JSON can hold, every text composed (NFC), as the fonts want it; blocks say what they are."""
    if isinstance(value, Paragraph | Fact | Numbered | Box):
        return {"block": type(value).__name__.lower(), **{k: as_plain(v) for k, v in vars(value).items()}}
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    if isinstance(value, str):
        return composed(value)
    return value.isoformat() if isinstance(value, date) else value


def composed(text: str) -> str:
    """The text with every letter and its marks as one character, and nothing that cannot be printed."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable() or c in "\u00a0\n\t")


def ascii_name(text: str) -> str:
    """The words in plain letters with hyphens, for names of files: "Huyện Đức Hòa" is "huyen-duc-hoa"."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "-".join(re.findall(r"[a-z0-9]+", "".join(c for c in bare if not unicodedata.combining(c))))[:60].strip("-")
