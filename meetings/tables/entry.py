"""Who comes into a conference when, and what the desk found when it tested the points."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from meetings.core.vocabulary import Admission
from meetings.tables.database import Base, Versioned, stored_words


class EntryRules(Versioned, Base):
    """One row for a conference that differs from the defaults (rules 37-40). `admits_minutes` counts back from the opening."""

    __tablename__ = "entry_rules"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    admission: Mapped[Admission] = mapped_column(stored_words(Admission), default=Admission.AUTOMATIC)
    admits_minutes: Mapped[int | None]
    ceiling: Mapped[int | None]


class LineTest(Base):
    """What the desk said of one point when it went through all of them: `is_passed` None while only a remark stands."""

    __tablename__ = "line_test"

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    is_passed: Mapped[bool | None]
    remark: Mapped[str] = mapped_column(sa.String(250), default="")
    tested_at: Mapped[datetime]
    tested_by: Mapped[str] = mapped_column(sa.String(120))
