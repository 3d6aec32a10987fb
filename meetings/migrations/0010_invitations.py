"""Invitations, mail, PINs of links, calendars that subscribe.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
Word = sa.String(24)


def _points_at(table: str, column: str, target: str, *, when_gone: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=when_gone)


def upgrade() -> None:
    op.create_table(
        "invitation_text",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("layout", sa.String(24), nullable=False),
        sa.Column("superior", sa.String(160), nullable=False),
        sa.Column("issuer", sa.String(160), nullable=False),
        sa.Column("body_symbol", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("summary", sa.String(400), nullable=False),
        sa.Column("greeting", sa.String(300), nullable=False),
        sa.Column("attendees", sa.String(600), nullable=False),
        sa.Column("chair", sa.String(300), nullable=False),
        sa.Column("content", sa.String(1000), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("signer_title", sa.String(160), nullable=False),
        sa.Column("signer_name", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.String(120), nullable=False),
        _points_at("invitation_text", "conference_id", "conference"),
        sa.PrimaryKeyConstraint("conference_id", name="pk_invitation_text"),
    )
    op.create_table(
        "point_invitation",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("addition", sa.String(600), nullable=False),
        sa.Column("emails", sa.JSON(), nullable=False),
        _points_at("point_invitation", "site_id", "site"),
        sa.PrimaryKeyConstraint("site_id", name="pk_point_invitation"),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer()),
        sa.Column("site_id", sa.Integer()),
        sa.Column("account_id", sa.Integer()),
        sa.Column("kind", Word, nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("base", sa.String(200), nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("next_try_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        _points_at("mail", "conference_id", "conference"),
        _points_at("mail", "site_id", "site"),
        _points_at("mail", "account_id", "staff_account", when_gone="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
    )
    op.create_index("ix_mail_conference_id", "mail", ["conference_id"])
    op.create_index("ix_mail_site_id", "mail", ["site_id"])
    op.create_table(
        "site_pin",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        _points_at("site_pin", "link_id", "site_link"),
        sa.PrimaryKeyConstraint("link_id", name="pk_site_pin"),
        sa.UniqueConstraint("digest", name="uq_site_pin_digest"),
    )
    op.create_table(
        "appointment_state",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        _points_at("appointment_state", "conference_id", "conference"),
        sa.PrimaryKeyConstraint("conference_id", name="pk_appointment_state"),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("read_at", Instant),
        _points_at("calendar_feed", "account_id", "staff_account"),
        sa.PrimaryKeyConstraint("account_id", name="pk_calendar_feed"),
        sa.UniqueConstraint("public_id", name="uq_calendar_feed_public_id"),
    )


def downgrade() -> None:
    for table in ("calendar_feed", "appointment_state", "site_pin", "mail", "point_invitation", "invitation_text"):
        op.drop_table(table)
