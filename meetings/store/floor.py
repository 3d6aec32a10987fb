"""The rules of a conference's floor as they are prepared: mode, microphones, limits, quota, kinds of points of order."""

from dataclasses import dataclass

from meetings.core.codec import from_plain, to_plain
from meetings.core.setup import OPEN_MICROPHONES, FloorSettings, OrderCategory
from meetings.tables import FloorRules, db

ORDER_CATEGORIES = (
    OrderCategory(1, "Không nghe hoặc không thấy", 1),
    OrderCategory(2, "Cách điều hành", 2),
    OrderCategory(3, "Chương trình, thời gian", 3),
    OrderCategory(4, "Đính chính", 4),
)
"""What a conference starts with; the office changes it as it likes."""

DEFAULTS = FloorSettings(order_categories=ORDER_CATEGORIES)


@dataclass(frozen=True)
class PreparedFloor:
    """What is frozen when the doors open."""

    settings: FloorSettings = DEFAULTS
    is_present_only: bool = True


def floor_of(conference_id: int) -> PreparedFloor:
    """The rules prepared for a conference, or the defaults."""
    row = db.session.get(FloorRules, conference_id)
    return PreparedFloor(from_plain(FloorSettings, row.settings), row.is_present_only) if row else PreparedFloor()


def save_floor(conference_id: int, floor: PreparedFloor) -> None:
    """Called inside `writing()`, before the doors open. Raises `ValueError` for what no chair could set."""
    if floor.settings.open_microphones not in OPEN_MICROPHONES:
        raise ValueError("open_microphones")
    row = db.session.get(FloorRules, conference_id)
    if row is None:
        row = FloorRules(conference_id=conference_id)
        db.session.add(row)
    row.is_present_only = floor.is_present_only
    row.settings = to_plain(floor.settings)
