"""Slow work of the jobs process.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
_OWNERS = {"account_id": "staff_account", "site_id": "site", "conference_id": "conference"}


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("site_id", sa.Integer()),
        sa.Column("conference_id", sa.Integer()),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("run_after", Instant, nullable=False),
        sa.Column("finished_at", Instant),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("lease", sa.String(16), nullable=False),
        sa.Column("leased_until", Instant),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer()),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("result", sa.JSON()),
        sa.Column("file_name", sa.String(200), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_job_{name}_{table}", ondelete="CASCADE")
            for name, table in _OWNERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("public_id", name="uq_job_public_id"),
    )
    op.create_index("ix_job_state_run_after", "job", ["state", "run_after"])
    for name in _OWNERS:
        op.create_index(f"ix_job_{name}", "job", [name])


def downgrade() -> None:
    op.drop_table("job")
