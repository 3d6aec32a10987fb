"""The papers of a conference: what is shown to whom, its versions, and who has opened which."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetings.tables.agenda import AgendaItem
from meetings.tables.conferences import Conference, Site
from meetings.tables.database import Base, Removable, stored_words


class Visibility(StrEnum):
    """Who is given a paper: every site, nobody outside the desk, or the sites named in `paper_site`."""

    ALL = "all"
    DESK = "desk"
    CHOSEN = "chosen"


class PaperSite(Base):
    __tablename__ = "paper_site"

    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), primary_key=True, index=True)


class Paper(Removable, Base):
    """A paper of one agenda item, or of the whole conference. A removed one stays, with its versions.

    `versions` are its files; `version` counts the saves of what is said of it.
    """

    __tablename__ = "paper"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(250))
    visibility: Mapped[Visibility] = mapped_column(stored_words(Visibility))
    removed_at: Mapped[datetime | None]

    conference: Mapped[Conference] = relationship()
    item: Mapped[AgendaItem | None] = relationship()
    sites: Mapped[list[Site]] = relationship(secondary="paper_site", order_by="Site.position", passive_deletes=True)
    versions: Mapped[list["PaperVersion"]] = relationship(
        back_populates="paper", order_by="PaperVersion.number", passive_deletes=True
    )

    @property
    def current(self) -> "PaperVersion":
        return self.versions[-1]


class PaperVersion(Base):
    """One file of a paper. `sha256` finds its content; `file_name` is for people only."""

    __tablename__ = "paper_version"
    __table_args__ = (sa.UniqueConstraint("paper_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(8))
    pages: Mapped[int | None]
    notices: Mapped[list[str]] = mapped_column(default=list)
    file_name: Mapped[str] = mapped_column(sa.String(160))
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(sa.String(120))

    paper: Mapped[Paper] = relationship(back_populates="versions")


class PaperLook(Base):
    """The newest version of a paper that a site or an account has opened or fetched."""

    __tablename__ = "paper_look"
    __table_args__ = (sa.UniqueConstraint("paper_id", "site_id"), sa.UniqueConstraint("paper_id", "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    at: Mapped[datetime]
