"""Entry rules, terms of answers, letters of points and accounts count their saves, as everything that several may edit.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = ("entry_rules", "answer_terms", "point_invitation", "staff_account")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as rows:
            rows.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
            rows.add_column(sa.Column("saved_by", sa.String(120), nullable=False, server_default=""))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as rows:
            rows.drop_column("saved_by")
            rows.drop_column("version")
