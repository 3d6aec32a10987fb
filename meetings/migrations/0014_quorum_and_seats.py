"""The quorum of a conference, and how many a point's room holds.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conference") as conference:
        conference.add_column(sa.Column("quorum_share", sa.String(24)))
        conference.add_column(sa.Column("quorum_count", sa.Integer()))
    with op.batch_alter_table("site") as site:
        site.add_column(sa.Column("seats", sa.Integer()))


def downgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.drop_column("seats")
    with op.batch_alter_table("conference") as conference:
        conference.drop_column("quorum_count")
        conference.drop_column("quorum_share")
