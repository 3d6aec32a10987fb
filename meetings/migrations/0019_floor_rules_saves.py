"""The floor's prepared rules count their saves, as everything that several may edit.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("floor_rules") as rules:
        rules.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        rules.add_column(sa.Column("saved_by", sa.String(120), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("floor_rules") as rules:
        rules.drop_column("saved_by")
        rules.drop_column("version")
