"""How the lines of the sites were over the time of a conference.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rtt_ms", sa.Integer()),
        sa.Column("loss_up", sa.Double()),
        sa.Column("loss_down", sa.Double()),
        sa.Column("up_kbps", sa.Integer(), nullable=False),
        sa.Column("down_kbps", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_line_sample_conference_id_conference", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_line_sample_site_id_site", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_line_sample"),
    )
    op.create_index("ix_line_sample_site", "line_sample", ["conference_id", "site_id", "at"])


def downgrade() -> None:
    op.drop_table("line_sample")
