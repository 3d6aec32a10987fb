"""What a point found out of its devices and its line before it entered.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "point_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(40), nullable=False),
        sa.Column("began_at", Instant, nullable=False),
        sa.Column("kept_at", Instant, nullable=False),
        sa.Column("entered_at", Instant),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_point_check_conference_id_conference", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_point_check_site_id_site", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_point_check"),
    )
    op.create_index("ix_point_check_site", "point_check", ["conference_id", "site_id"])


def downgrade() -> None:
    op.drop_table("point_check")
