"""How the floor of a conference is to be run.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "floor_rules",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("is_present_only", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_floor_rules_conference_id_conference", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", name="pk_floor_rules"),
    )


def downgrade() -> None:
    op.drop_table("floor_rules")
