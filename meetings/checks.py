"""The check of a point's devices and line before it enters: what it may say, and its rows.

Each part has a verdict, a code that a page puts into words with the remedy, and figures. A point may enter whatever was found;
the desk sees with what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from meetings.core.codec import Malformed
from meetings.core.parts import instant
from meetings.core.vocabulary import SiteId
from meetings.tables import PointCheck, db, writing

GOOD_FOR = timedelta(hours=12)
"""Who has entered with a check comes back without another one for so long: a reload is no reason to wait."""


class Verdict(StrEnum):
    """`open`: not yet looked at, or nobody has confirmed it."""

    OPEN = "open"
    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"


CODES: dict[str, tuple[str, ...]] = {
    "browser": ("good", "old", "insecure", "no_media"),
    "camera": ("good", "dark", "bright", "small", "still", "refused", "busy", "missing", "insecure", "switched_off"),
    "microphone": ("good", "silent", "quiet", "clipping", "other", "refused", "busy", "missing", "insecure"),
    "speaker": ("good", "not_heard", "unconfirmed"),
    "echo": ("good", "silent", "quiet", "not_heard", "failed", "busy"),
    "network": ("good", "slow", "lossy", "late", "jumpy", "blocked", "interrupted"),
    "clock": ("good", "off"),
}
"""By part, what may have been found; "" while it is open."""

_NUMBERS = {
    "width": 10_000,
    "height": 10_000,
    "fps": 240,
    "brightness": 255,
    "level_db": 0,
    "peak_db": 0,
    "up_kbps": 1_000_000,
    "down_kbps": 1_000_000,
    "rtt_ms": 60_000,
    "jitter_ms": 60_000,
    "loss_up": 1,
    "loss_down": 1,
    "seconds": 600,
    "port": 65_535,
    "offset_ms": 10**12,
}
_WORDS = {
    "protocol": ("udp", "tcp", "relay"),
    "device": (),
    "version": (),
}
_LONGEST_WORD = 120
_SMALLEST = {"level_db": -127, "peak_db": -127, "offset_ms": -(10**12)}


@dataclass(frozen=True)
class Finding:
    """One part of a check."""

    verdict: Verdict
    code: str
    figures: dict[str, int | float | str]


def read_parts(given: Any) -> dict[str, Finding]:
    """What a page says it has found. Raises `Malformed`, which names the field."""
    if not isinstance(given, dict):
        raise Malformed("parts", "object")
    return {str(part)[:40]: _finding(str(part)[:40], finding) for part, finding in given.items()}


def _finding(part: str, given: Any) -> Finding:
    if part not in CODES:
        raise Malformed(f"parts.{part}", "unknown")
    if not isinstance(given, dict) or set(given) != {"verdict", "code", "figures"}:
        raise Malformed(f"parts.{part}", "verdict, code and figures")
    verdicts = [one for one in Verdict if one.value == given["verdict"]]
    if not verdicts:
        raise Malformed(f"parts.{part}.verdict", "one of " + ", ".join(Verdict))
    if given["code"] not in ("", *CODES[part]):
        raise Malformed(f"parts.{part}.code", "one of " + ", ".join(CODES[part]))
    if not isinstance(given["figures"], dict):
        raise Malformed(f"parts.{part}.figures", "object")
    for name, value in given["figures"].items():
        if not _is_figure(name, value):
            raise Malformed(f"parts.{part}.figures.{str(name)[:40]}", "a figure within what can be")
    return Finding(verdicts[0], given["code"], given["figures"])


def _is_figure(name: str, value: Any) -> bool:
    if name in _NUMBERS:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and _SMALLEST.get(name, 0) <= value <= _NUMBERS[name]
    if name in _WORDS and isinstance(value, str) and len(value) <= _LONGEST_WORD and "\x00" not in value:
        return not _WORDS[name] or value in _WORDS[name]
    return False


def keep(
    conference_id: int, site_id: int, line: str, parts: dict[str, Finding], is_entering: bool, now: datetime
) -> dict[str, Any]:
    """Writes down how far a check has come, and whether the point goes in with it. The check as it is told."""
    plain = {part: {"verdict": f.verdict.value, "code": f.code, "figures": f.figures} for part, f in parts.items()}
    with writing() as session:
        row = session.scalar(
            sa.select(PointCheck).where(
                PointCheck.conference_id == conference_id, PointCheck.site_id == site_id, PointCheck.line == line
            )
        )
        if row is None:
            row = PointCheck(conference_id=conference_id, site_id=site_id, line=line, began_at=now, parts={})
            session.add(row)
        row.parts = {**row.parts, **plain}
        row.kept_at = now
        if is_entering:
            row.entered_at = row.entered_at or now
        session.flush()
        return as_told(row, _entered(conference_id).get(site_id))


def latest(conference_id: int) -> dict[SiteId, dict[str, Any]]:
    """The last check of each point, as it is told."""
    newest = sa.select(sa.func.max(PointCheck.id)).where(PointCheck.conference_id == conference_id)
    rows = db.session.scalars(sa.select(PointCheck).where(PointCheck.id.in_(newest.group_by(PointCheck.site_id))))
    entered = _entered(conference_id)
    return {SiteId(row.site_id): as_told(row, entered.get(row.site_id)) for row in rows}


def _entered(conference_id: int) -> dict[int, datetime]:
    """When each site last went in with a check: a later one, left half way, takes nothing from it."""
    last = sa.select(PointCheck.site_id, sa.func.max(PointCheck.entered_at))
    last = last.where(PointCheck.conference_id == conference_id, PointCheck.entered_at.is_not(None))
    return {site: at for site, at in db.session.execute(last.group_by(PointCheck.site_id)) if at}


def as_told(row: PointCheck, entered_at: datetime | None) -> dict[str, Any]:
    """`entered_at` is when the site last went in with any check."""
    return {
        "began_at": instant(row.began_at),
        "kept_at": instant(row.kept_at),
        "entered_at": instant(row.entered_at),
        "good_until": instant(entered_at + GOOD_FOR) if entered_at else None,
        "parts": row.parts,
    }
