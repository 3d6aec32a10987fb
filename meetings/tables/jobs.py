"""Slow work that waits for the `jobs` process, runs in it, or has left its result."""

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from meetings.tables.database import Base, random_id, stored_words


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of slow work. Who asked for it is an account, or a site by its link; nobody else may see it.

    `lease` names one run of it: a run that has lost its lease writes nothing more. `words` is what the user is told: why it
    failed, or why it waits to be tried again.
    """

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_state_run_after", "state", "run_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=random_id)
    kind: Mapped[str] = mapped_column(sa.String(40))
    payload: Mapped[dict[str, object]] = mapped_column(sa.JSON)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    conference_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(sa.String(8))
    state: Mapped[JobState] = mapped_column(stored_words(JobState), default=JobState.WAITING)
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    run_after: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(sa.String(200), default="")
    lease: Mapped[str] = mapped_column(sa.String(16), default="")
    leased_until: Mapped[datetime | None]
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int | None]
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    result: Mapped[dict[str, object] | None] = mapped_column(sa.JSON)
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
