"""Letters of invitation may carry the delegates' check-in codes.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitation_text") as text:
        text.add_column(sa.Column("has_codes", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("invitation_text") as text:
        text.drop_column("has_codes")
