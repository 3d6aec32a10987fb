"""The rules of a conference's floor as they are prepared: mode, microphones, limits, quota, kinds of points of order."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from meetings.core.codec import from_plain, to_plain
from meetings.core.setup import (
    CUT_GRACE_SECONDS,
    OPEN_MICROPHONES,
    POINT_OF_ORDER_SECONDS,
    QUOTA_SECONDS,
    FloorSettings,
    OrderCategory,
)
from meetings.core.vocabulary import FloorMode, OnExceed
from meetings.store.forms import Reader, as_fields
from meetings.store.versions import count_save
from meetings.tables import FloorRules, db

MOST_CATEGORIES = 10

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


def rules_of(conference_id: int) -> FloorRules:
    """The row of a conference; of one that has none yet the defaults, as version 0."""
    return db.session.get(FloorRules, conference_id) or FloorRules(
        conference_id=conference_id, version=0, saved_by="", is_present_only=True, settings=to_plain(DEFAULTS)
    )


def floor_of(conference_id: int) -> PreparedFloor:
    """The rules prepared for a conference, or the defaults."""
    rules = rules_of(conference_id)
    return PreparedFloor(from_plain(FloorSettings, rules.settings), rules.is_present_only)


def read_floor(form: Mapping[str, str]) -> PreparedFloor:
    """Within the limits that the chair has during the sitting. Raises `Invalid`."""
    reader = Reader(form)
    names = list(dict.fromkeys(reader.lines("order_categories", 60)))
    if len(names) > MOST_CATEGORIES:
        reader.errors["order_categories"] = _("Tối đa %(count)d dòng.", count=MOST_CATEGORIES)
    quota = reader.number_or_none("site_quota_minutes", QUOTA_SECONDS[0] // 60, QUOTA_SECONDS[-1] // 60)
    settings = FloorSettings(
        mode=reader.word("mode", FloorMode),
        open_microphones=reader.number("open_microphones", OPEN_MICROPHONES[0], OPEN_MICROPHONES[-1]),
        on_exceed=reader.word("on_exceed", OnExceed),
        cut_grace_seconds=reader.number("cut_grace_seconds", CUT_GRACE_SECONDS[0], CUT_GRACE_SECONDS[-1]),
        point_of_order_seconds=reader.number("order_minutes", 1, POINT_OF_ORDER_SECONDS[-1] // 60) * 60,
        is_clock_stopped_by_order=reader.is_given("is_clock_stopped_by_order"),
        takes_orders_when_closed=reader.is_given("takes_orders_when_closed"),
        site_quota_seconds=quota * 60 if quota else None,
        order_categories=tuple(OrderCategory(rank, name, rank) for rank, name in enumerate(names, start=1)),
    )
    reader.finish()
    return PreparedFloor(settings, reader.is_given("is_present_only"))


_SAME = (
    "mode",
    "open_microphones",
    "on_exceed",
    "cut_grace_seconds",
    "is_clock_stopped_by_order",
    "takes_orders_when_closed",
)


def floor_values(floor: PreparedFloor) -> dict[str, str]:
    """The rules as their form shows them: kinds of points of order in the order of their turn."""
    settings, quota = floor.settings, floor.settings.site_quota_seconds
    return as_fields(
        {
            **{name: getattr(settings, name) for name in _SAME},
            "order_minutes": settings.point_of_order_seconds // 60,
            "site_quota_minutes": quota // 60 if quota else None,
            "order_categories": category_names(floor),
            "is_present_only": floor.is_present_only,
        }
    )


def category_names(floor: PreparedFloor) -> list[str]:
    """The kinds of points of order, the one that is heard first at the head."""
    return [one.name for one in sorted(floor.settings.order_categories, key=lambda one: one.rank)]


def save_floor(conference_id: int, floor: PreparedFloor, seen_version: int, by: str) -> None:
    """Inside `writing()`, before the doors open. Raises `Overwritten` when somebody has saved them since they were seen."""
    rules = rules_of(conference_id)
    count_save(rules, seen_version, by)
    rules.is_present_only, rules.settings = floor.is_present_only, to_plain(floor.settings)
    db.session.add(rules)
