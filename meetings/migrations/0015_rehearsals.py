"""Whose rehearsal a conference is; copies that were made before are known by their titles.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TITLE = "Tổng duyệt: "


def upgrade() -> None:
    with op.batch_alter_table("conference") as conference:
        conference.add_column(sa.Column("rehearsal_of_id", sa.Integer()))
        conference.create_foreign_key(
            "fk_conference_rehearsal_of_id_conference", "conference", ["rehearsal_of_id"], ["id"], ondelete="SET NULL"
        )
        conference.create_index("ix_conference_rehearsal_of_id", ["rehearsal_of_id"])
    _know_earlier_copies()


def _know_earlier_copies() -> None:
    table = sa.table("conference", *(sa.column(name) for name in ("id", "title", "organiser", "rehearsal_of_id")))
    rows = op.get_bind().execute(sa.select(table.c.id, table.c.title, table.c.organiser).order_by(table.c.id)).all()
    for copy_id, title, organiser in rows:
        if not title.startswith(_TITLE):
            continue
        of = [row.id for row in rows if row.id < copy_id and row.organiser == organiser and _is_of(title, row.title)]
        if of:
            op.execute(sa.update(table).where(table.c.id == copy_id).values(rehearsal_of_id=of[-1]))


def _is_of(copied: str, title: str) -> bool:
    return copied == f"{_TITLE}{title}"[:300]


def downgrade() -> None:
    with op.batch_alter_table("conference") as conference:
        conference.drop_index("ix_conference_rehearsal_of_id")
        conference.drop_constraint("fk_conference_rehearsal_of_id_conference", type_="foreignkey")
        conference.drop_column("rehearsal_of_id")
