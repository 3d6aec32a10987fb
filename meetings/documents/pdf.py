"""Papers as PDF, and as a picture to look at before they are sent."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meetings.documents import qr
from meetings.documents.layouts import Layout
from meetings.documents.official import CODES_HEADING, CODES_NOTE, Box, OfficialPaper, as_plain, finished

_PROGRAM = Path(__file__).with_name("typesetting.py")
_START_SECONDS, _PAPER_SECONDS = 30.0, 1.0
PREVIEW_PPI = 100


class TypesettingFailed(Exception):
    """The typesetter ended without a document."""


@dataclass(frozen=True)
class Typeset:
    content: bytes
    densities: tuple[int, ...]
    """How closely each paper is set: an index into the layout's densities. DOCX takes the same."""


def as_pdf(papers: Sequence[OfficialPaper], layout: Layout, title: str = "") -> Typeset:
    """One PDF of all the papers, each beginning on a new page and counting its own pages."""
    return _typeset("pdf", papers, layout, title)


def as_picture(paper: OfficialPaper, layout: Layout) -> bytes:
    """The first page as PNG."""
    return _typeset("png", [paper], layout, "").content


def _typeset(kind: str, papers: Sequence[OfficialPaper], layout: Layout, title: str) -> Typeset:
    data = {
        "title": title or papers[0].title,
        "layout": as_plain(layout),
        "papers": [_plain(paper, layout) for paper in papers],
        "codes_heading": CODES_HEADING,
        "codes_note": CODES_NOTE,
    }
    return typeset("official.typ", data, kind, _PAPER_SECONDS * len(papers))


def typeset(template: str, data: dict[str, Any], kind: str = "pdf", seconds: float = _PAPER_SECONDS) -> Typeset:
    """`data` set by one of the templates beside this module. Raises `TypesettingFailed`."""
    ppi = PREVIEW_PPI if kind == "png" else None
    asked = json.dumps({"template": template, "format": kind, "ppi": ppi, "data": data})
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=asked.encode(),
            capture_output=True,
            check=True,
            timeout=_START_SECONDS + seconds,
            env={},
        )
    except subprocess.CalledProcessError as error:
        raise TypesettingFailed(error.stderr.decode(errors="replace")[-2000:]) from None
    except subprocess.TimeoutExpired:
        raise TypesettingFailed("took too long") from None
    told, _, content = done.stdout.partition(b"\n")
    return Typeset(content, tuple(json.loads(told)["densities"]))


def _plain(paper: OfficialPaper, layout: Layout) -> dict[str, Any]:
    blocks = [_block(block) for block in finished(paper.blocks, layout)]
    return {
        **as_plain(paper),
        "blocks": blocks,
        "codes": [{**as_plain(card), "qr_svg": qr.as_svg(card.code)} for card in paper.codes],
        "number_line": as_plain(paper.number_line(layout)),
        "day_line": as_plain(paper.day_line()),
    }


def _block(block: Any) -> dict[str, Any]:
    plain: dict[str, Any] = as_plain(block)
    if isinstance(block, Box):
        plain["qr_svg"] = qr.as_svg(block.qr_address)
    return plain
