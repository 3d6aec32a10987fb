"""SQLite gives the number of a removed point, delegate, item, paper or unit to no other any more; PostgreSQL never did.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("unit", "site", "delegate", "agenda_item", "paper")


def upgrade() -> None:
    _remake(sqlite_autoincrement=True)


def downgrade() -> None:
    _remake()


def _remake(**options: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            with op.batch_alter_table(table, recreate="always", table_kwargs=options):
                pass
