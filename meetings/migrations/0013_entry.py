"""Who comes into a conference when; what the desk found when it tested the points.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry_rules",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("admission", sa.String(24), nullable=False),
        sa.Column("admits_minutes", sa.Integer()),
        sa.Column("ceiling", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_entry_rules_conference_id_conference", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", name="pk_entry_rules"),
    )
    op.create_table(
        "line_test",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("is_passed", sa.Boolean()),
        sa.Column("remark", sa.String(250), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tested_by", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_line_test_conference_id_conference", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_line_test_site_id_site", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", name="pk_line_test"),
    )
    op.create_index("ix_line_test_conference_id", "line_test", ["conference_id"])


def downgrade() -> None:
    op.drop_table("line_test")
    op.drop_table("entry_rules")
