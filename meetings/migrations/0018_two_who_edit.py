"""Points, delegates, papers and units count their saves, so that of two who edit the second is shown both.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("site", "delegate", "paper", "unit")


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
