"""Papers, their versions, and who has opened which.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def _key(table: str, column: str, of: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=f"fk_{table}_{column}_{of}", ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(250), nullable=False),
        sa.Column("visibility", sa.String(24), nullable=False),
        sa.Column("removed_at", Instant),
        _key("paper", "conference_id", "conference"),
        _key("paper", "item_id", "agenda_item", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
    )
    op.create_index("ix_paper_conference_id", "paper", ["conference_id"])
    op.create_index("ix_paper_item_id", "paper", ["item_id"])
    op.create_table(
        "paper_site",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        _key("paper_site", "paper_id", "paper"),
        _key("paper_site", "site_id", "site"),
        sa.PrimaryKeyConstraint("paper_id", "site_id", name="pk_paper_site"),
    )
    op.create_index("ix_paper_site_site_id", "paper_site", ["site_id"])
    op.create_table(
        "paper_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("pages", sa.Integer()),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.String(160), nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("added_by", sa.String(120), nullable=False),
        _key("paper_version", "paper_id", "paper"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_version"),
        sa.UniqueConstraint("paper_id", "number", name="uq_paper_version_paper_id_number"),
    )
    op.create_index("ix_paper_version_paper_id", "paper_version", ["paper_id"])
    op.create_table(
        "paper_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer()),
        sa.Column("account_id", sa.Integer()),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        _key("paper_look", "paper_id", "paper"),
        _key("paper_look", "site_id", "site"),
        _key("paper_look", "account_id", "staff_account"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_look"),
        sa.UniqueConstraint("paper_id", "site_id", name="uq_paper_look_paper_id_site_id"),
        sa.UniqueConstraint("paper_id", "account_id", name="uq_paper_look_paper_id_account_id"),
    )
    for column in ("paper_id", "site_id", "account_id"):
        op.create_index(f"ix_paper_look_{column}", "paper_look", [column])


def downgrade() -> None:
    for table in ("paper_look", "paper_version", "paper_site", "paper"):
        op.drop_table(table)
