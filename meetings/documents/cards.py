"""Cards with QR codes for delegates, ten to a page, to be cut and sent with the invitations."""

from collections.abc import Sequence
from dataclasses import dataclass

from meetings.documents import pdf, qr
from meetings.documents.official import composed


@dataclass(frozen=True)
class Card:
    name: str
    detail: str
    code: str


def as_pdf(cards: Sequence[Card], title: str, when: str, language: str) -> bytes:
    told = [
        {"name": composed(card.name), "detail": composed(card.detail), "code": card.code, "svg": qr.as_svg(card.code)}
        for card in cards
    ]
    data = {"title": composed(title), "when": composed(when), "language": language, "cards": told}
    return pdf.typeset("cards.typ", data, seconds=10 + len(cards) / 10).content
