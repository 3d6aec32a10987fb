"""Administrative units and persons, which outlive a conference."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from meetings.tables.database import Base, Removable


class Unit(Removable, Base):
    """An administrative unit as it was between two dates; units and levels are data, never code."""

    __tablename__ = "unit"

    name: Mapped[str] = mapped_column(sa.String(120))
    short_name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(40))
    level: Mapped[str] = mapped_column(sa.String(40))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="SET NULL"))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    map_column: Mapped[int | None]
    map_row: Mapped[int | None]


class UnitSuccession(Base):
    """What a unit became: one unit may become several, and several one."""

    __tablename__ = "unit_succession"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True)


class Person(Base):
    """Who a delegate is. Without a name, a role title stands for the person."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str | None] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.String(160))
