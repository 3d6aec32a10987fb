"""How the floor of a conference is to be run when its doors open; what a chair changes then is in the journal."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from meetings.tables.database import Base, Versioned


class FloorRules(Versioned, Base):
    """One row for a conference that differs from the defaults. `settings` is a `core.setup.FloorSettings` as plain values."""

    __tablename__ = "floor_rules"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    is_present_only: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
