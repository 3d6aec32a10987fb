"""Messages and quiet commands are known by the id their page made, so that what is sent again counts once.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("actor", sa.String(80)))
        batch.add_column(sa.Column("command_id", sa.String(80)))
        batch.create_unique_constraint("uq_message_command", ["conference_id", "actor", "command_id"])
    op.create_table(
        "quiet_command",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("command_id", sa.String(80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_quiet_command_conference_id_conference", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", "actor", "command_id", name="pk_quiet_command"),
    )


def downgrade() -> None:
    op.drop_table("quiet_command")
    with op.batch_alter_table("message") as batch:
        batch.drop_constraint("uq_message_command", type_="unique")
        batch.drop_column("command_id")
        batch.drop_column("actor")
