"""Sub-items, scripts, presenters, speeches assigned beforehand; series, days off; moving and cancelling with a reason.

Revision ID: 0011
Revises: 0010
"""

import unicodedata
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
Word = sa.String(24)

# The holidays of the same day every year (Labour Code, article 112). Tết and the Hùng Kings' day follow the moon.
HOLIDAYS = (
    (date(2020, 1, 1), "Tết Dương lịch"),
    (date(2020, 4, 30), "Ngày Chiến thắng"),
    (date(2020, 5, 1), "Ngày Quốc tế lao động"),
    (date(2020, 9, 2), "Quốc khánh"),
)


def _searchable(text: str) -> str:
    bare = (c for c in unicodedata.normalize("NFD", text.casefold().replace("đ", "d")) if not unicodedata.combining(c))
    return " ".join("".join(bare).split())


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("rhythm", Word, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
    )
    days = op.create_table(
        "day_off",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("is_worked", sa.Boolean(), nullable=False),
        sa.Column("is_yearly", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day_off"),
    )
    op.bulk_insert(days, [{"day": d, "name": n, "is_worked": False, "is_yearly": True} for d, n in HOLIDAYS])

    with op.batch_alter_table("conference") as batch:
        batch.add_column(sa.Column("series_id", sa.Integer()))
        batch.add_column(sa.Column("moved_from", Instant))
        batch.add_column(sa.Column("move_reason", sa.String(250), nullable=False, server_default=""))
        batch.add_column(sa.Column("cancel_reason", sa.String(250), nullable=False, server_default=""))
        batch.add_column(sa.Column("agenda_version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("saved_by", sa.String(120), nullable=False, server_default=""))
        batch.add_column(sa.Column("search_text", sa.String(1000), nullable=False, server_default=""))
        batch.create_foreign_key("fk_conference_series_id_series", "series", ["series_id"], ["id"], ondelete="SET NULL")
        batch.create_index("ix_conference_series_id", ["series_id"])
        batch.create_index("ix_conference_status", ["status"])
    rows = op.get_bind().execute(
        sa.text("SELECT id, title, short_title, organiser, kind, place FROM conference ORDER BY id")
    )
    for conference_id, *told in rows.all():
        op.get_bind().execute(
            sa.text("UPDATE conference SET search_text = :told WHERE id = :id"),
            {"told": _searchable(" ".join(told)), "id": conference_id},
        )

    with op.batch_alter_table("agenda_item") as batch:
        batch.add_column(sa.Column("parent_id", sa.Integer()))
        for name in ("script_say", "script_do", "private_note"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("saved_by", sa.String(120), nullable=False, server_default=""))
        batch.create_foreign_key(
            "fk_agenda_item_parent_id_agenda_item", "agenda_item", ["parent_id"], ["id"], ondelete="SET NULL"
        )
    op.create_table(
        "item_presenter",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name="fk_item_presenter_item_id_agenda_item", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name="fk_item_presenter_delegate_id_delegate", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "delegate_id", name="pk_item_presenter"),
    )
    op.create_table(
        "prepared_speech",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(250), nullable=False),
        sa.Column("minutes", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name="fk_prepared_speech_item_id_agenda_item", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name="fk_prepared_speech_delegate_id_delegate", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_prepared_speech"),
    )
    op.create_index("ix_prepared_speech_item_id", "prepared_speech", ["item_id"])
    op.create_index("ix_prepared_speech_delegate_id", "prepared_speech", ["delegate_id"])


def downgrade() -> None:
    op.drop_table("prepared_speech")
    op.drop_table("item_presenter")
    with op.batch_alter_table("agenda_item") as batch:
        batch.drop_constraint("fk_agenda_item_parent_id_agenda_item", type_="foreignkey")
        for name in ("saved_by", "version", "private_note", "script_do", "script_say", "parent_id"):
            batch.drop_column(name)
    with op.batch_alter_table("conference") as batch:
        batch.drop_index("ix_conference_status")
        batch.drop_index("ix_conference_series_id")
        batch.drop_constraint("fk_conference_series_id_series", type_="foreignkey")
        for name in (
            "search_text",
            "saved_by",
            "version",
            "agenda_version",
            "cancel_reason",
            "move_reason",
            "moved_from",
            "series_id",
        ):
            batch.drop_column(name)
    op.drop_table("day_off")
    op.drop_table("series")
