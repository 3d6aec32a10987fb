"""First tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None

Instant = sa.DateTime(timezone=True)
Word = sa.String(24)


def upgrade() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("short_name", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("map_column", sa.Integer()),
        sa.Column("map_row", sa.Integer()),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name="fk_unit_parent_id_unit", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(120)),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("body", sa.String(160), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("display_name", sa.String(120), nullable=False),
        sa.Column("role", Word, nullable=False),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_account"),
        sa.UniqueConstraint("name", name="uq_staff_account_name"),
    )
    op.create_table(
        "one_time_sign_in",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_account.id"],
            name="fk_one_time_sign_in_account_id_staff_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_one_time_sign_in"),
    )
    op.create_table(
        "conference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("short_title", sa.String(70), nullable=False),
        sa.Column("organiser", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("opens_at", Instant, nullable=False),
        sa.Column("ends_at", Instant, nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("speech_limit_seconds", sa.Integer(), nullable=False),
        sa.Column("reenactment_note", sa.String(120)),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("presiding_site_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_conference"),
        sa.UniqueConstraint("public_id", name="uq_conference_public_id"),
    )
    op.create_index("ix_conference_opens_at", "conference", ["opens_at"])
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer()),
        sa.Column("kind", Word, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("short_name", sa.String(60), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("map_column", sa.Integer()),
        sa.Column("map_row", sa.Integer()),
        sa.Column("contact_name", sa.String(120), nullable=False),
        sa.Column("contact_phone", sa.String(40)),
        sa.Column("expected_count", sa.Integer()),
        _of_conference("site"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_site_unit_id_unit", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_index("ix_site_conference_id", "site", ["conference_id"])
    # A conference and its sites point at each other; this half can only follow both tables.
    with op.batch_alter_table("conference") as batch:
        batch.create_foreign_key(
            "fk_conference_presiding_site_id_site", "site", ["presiding_site_id"], ["id"], ondelete="SET NULL"
        )
    op.create_table(
        "delegate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("body", sa.String(160), nullable=False),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("role", Word, nullable=False),
        _of_conference("delegate"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_delegate_site_id_site", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_delegate_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_delegate"),
    )
    op.create_index("ix_delegate_conference_id", "delegate", ["conference_id"])
    op.create_index("ix_delegate_site_id", "delegate", ["site_id"])
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(250), nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("presenter", sa.String(160), nullable=False),
        sa.Column("planned_at", Instant, nullable=False),
        sa.Column("planned_minutes", sa.Integer(), nullable=False),
        sa.Column("speech_limit_seconds", sa.Integer()),
        sa.Column("topics", sa.JSON(), nullable=False),
        _of_conference("agenda_item"),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_item"),
    )
    op.create_index("ix_agenda_item_conference_id", "agenda_item", ["conference_id"])
    op.create_table(
        "site_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer()),
        sa.Column("kind", Word, nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        _of_conference("site_link"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_site_link_site_id_site", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_site_link"),
        sa.UniqueConstraint("public_id", name="uq_site_link_public_id"),
    )
    op.create_index("ix_site_link_conference_id", "site_link", ["conference_id"])
    op.create_index("ix_site_link_site_id", "site_link", ["site_id"])
    op.create_table(
        "journal_event",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("command_id", sa.String(80)),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        _of_conference("journal_event"),
        sa.PrimaryKeyConstraint("conference_id", "seq", name="pk_journal_event"),
    )
    op.create_index("ix_journal_event_command", "journal_event", ["conference_id", "actor", "command_id"])
    op.create_table(
        "register_name",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("ref_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("body", sa.String(160), nullable=False),
        _of_conference("register_name"),
        sa.PrimaryKeyConstraint("conference_id", "kind", "ref_id", name="pk_register_name"),
    )


def _of_conference(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conference_id"],
        ["conference.id"],
        name=f"fk_{table}_conference_id_conference",
        ondelete="CASCADE",
    )
