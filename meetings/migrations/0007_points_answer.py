"""Points answer before the day: addresses, substitutes, answers, speeches, reminders; what units became.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
Word = sa.String(24)


def _points_at(table: str, column: str, target: str, *, when_gone: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=when_gone)


def upgrade() -> None:
    with op.batch_alter_table("site") as batch:
        batch.add_column(sa.Column("address", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("room", sa.String(120), nullable=False, server_default=""))
        batch.add_column(sa.Column("contact_email", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("delegate") as batch:
        batch.add_column(sa.Column("substitute_for_id", sa.Integer()))
        batch.add_column(sa.Column("is_from_site", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_foreign_key(
            "fk_delegate_substitute_for_id_delegate", "delegate", ["substitute_for_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index("ix_delegate_substitute_for_id", ["substitute_for_id"])
    op.create_table(
        "unit_succession",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        _points_at("unit_succession", "unit_id", "unit"),
        _points_at("unit_succession", "successor_id", "unit"),
        sa.PrimaryKeyConstraint("unit_id", "successor_id", name="pk_unit_succession"),
    )
    op.create_table(
        "answer_terms",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("until", Instant),
        sa.Column("contact_name", sa.String(120), nullable=False),
        sa.Column("contact_phone", sa.String(40), nullable=False),
        _points_at("answer_terms", "conference_id", "conference"),
        sa.PrimaryKeyConstraint("conference_id", name="pk_answer_terms"),
    )
    op.create_table(
        "point_answer",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("state", Word),
        sa.Column("remark", sa.String(500), nullable=False),
        sa.Column("head_count", sa.Integer()),
        sa.Column("answered_by", sa.String(160), nullable=False),
        sa.Column("answered_at", Instant),
        sa.Column("list_sent_at", Instant),
        _points_at("point_answer", "site_id", "site"),
        sa.PrimaryKeyConstraint("site_id", name="pk_point_answer"),
    )
    op.create_table(
        "registered_speech",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(250), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("registered_at", Instant, nullable=False),
        _points_at("registered_speech", "site_id", "site"),
        _points_at("registered_speech", "delegate_id", "delegate"),
        sa.PrimaryKeyConstraint("id", name="pk_registered_speech"),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("state", Word, nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        _points_at("reminder", "site_id", "site"),
        _points_at("reminder", "account_id", "staff_account", when_gone="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder"),
    )
    for table, column in (
        ("registered_speech", "site_id"),
        ("registered_speech", "delegate_id"),
        ("reminder", "site_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table in ("reminder", "registered_speech", "point_answer", "answer_terms", "unit_succession"):
        op.drop_table(table)
    with op.batch_alter_table("delegate") as batch:
        batch.drop_index("ix_delegate_substitute_for_id")
        batch.drop_constraint("fk_delegate_substitute_for_id_delegate", type_="foreignkey")
        batch.drop_column("is_from_site")
        batch.drop_column("substitute_for_id")
    with op.batch_alter_table("site") as batch:
        for name in ("contact_email", "room", "address"):
            batch.drop_column(name)
