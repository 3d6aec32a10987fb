"""What planning goes by: series of conferences, and the days that are not worked."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from meetings.tables.database import Base, stored_words


class Rhythm(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class Series(Base):
    """Conferences that come again: each is one of `Conference.series_id`."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    rhythm: Mapped[Rhythm] = mapped_column(stored_words(Rhythm))


class DayOff(Base):
    """A day unlike its weekday: a holiday, or (`is_worked`) a Saturday worked instead of one.

    `is_yearly`: the same day of every year, from this one on. Tết and the days off by decree differ each year.
    """

    __tablename__ = "day_off"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    is_worked: Mapped[bool] = mapped_column(default=False)
    is_yearly: Mapped[bool] = mapped_column(default=False)
