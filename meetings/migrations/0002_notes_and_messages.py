"""Notes of speeches and technical messages.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
Word = sa.String(24)


def upgrade() -> None:
    op.create_table(
        "speech_note",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant, nullable=False),
        sa.Column("saved_by", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_speech_note_conference_id_conference", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", "request_id", name="pk_speech_note"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("channel", Word, nullable=False),
        sa.Column("site_id", sa.Integer()),
        sa.Column("sender", Word, nullable=False),
        sa.Column("sender_name", sa.String(160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name="fk_message_conference_id_conference", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_message_site_id_site", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_conference_id", "message", ["conference_id"])


def downgrade() -> None:
    op.drop_table("message")
    op.drop_table("speech_note")
