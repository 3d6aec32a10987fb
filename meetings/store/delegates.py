"""The delegates of a site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from meetings.store.forms import Reader, as_fields
from meetings.store.versions import count_save, remove
from meetings.tables import (
    Conference,
    Delegate,
    DelegateRole,
    Person,
    Site,
    db,
)


@dataclass(frozen=True)
class DelegateDraft:
    full_name: str | None
    title: str
    body: str
    role: DelegateRole
    precedence: int
    substitute_for_id: int | None = None


def read_delegate(form: Mapping[str, str], site: Site, own_id: int | None = None) -> DelegateDraft:
    reader = Reader(form)
    stands_for = reader.number("substitute_for_id", 1, 2**31 - 1) if form.get("substitute_for_id", "").strip() else None
    replaced = db.session.get(Delegate, stands_for) if stands_for else None
    if stands_for and (replaced is None or replaced.site_id != site.id or stands_for == own_id):
        reader.errors["substitute_for_id"] = _("Hãy chọn một người khác trong danh sách của điểm cầu này.")
    draft = DelegateDraft(
        full_name=reader.text("full_name", 120, is_required=False) or None,
        title=reader.text("title", 160),
        body=reader.text("body", 160, is_required=False),
        role=reader.word("role", DelegateRole),
        precedence=reader.number("precedence", 1, 9999),
        substitute_for_id=stands_for,
    )
    reader.finish()
    return draft


def add_delegate(site: Site, draft: DelegateDraft) -> Delegate:
    delegate = Delegate(
        conference_id=site.conference_id,
        site=site,
        person=Person(full_name=draft.full_name, title=draft.title, body=draft.body),
        **_shown(draft),
    )
    db.session.add(delegate)
    return delegate


def delegate_values(delegate: Delegate) -> dict[str, str]:
    """The delegate as the form shows it."""
    of_row = {name: getattr(delegate, name) for name in DelegateDraft.__dataclass_fields__ if name != "full_name"}
    return as_fields({"full_name": delegate.person.full_name, **of_row})


def change_delegate(delegate: Delegate, draft: DelegateDraft, seen_version: int, by: str) -> None:
    """Raises `Overwritten` when somebody has saved the delegate since it was seen."""
    count_save(delegate, seen_version, by)
    delegate.person.full_name = draft.full_name
    for name, value in _shown(draft).items():
        setattr(delegate, name, value)


def remove_delegate(delegate: Delegate, by: str) -> None:
    remove(delegate, by)


def _shown(draft: DelegateDraft) -> dict[str, Any]:
    return {name: value for name, value in vars(draft).items() if name != "full_name"}


def delegates_of(site: Site) -> Sequence[Delegate]:
    return db.session.scalars(
        sa.select(Delegate)
        .where(Delegate.site_id == site.id)
        .order_by(Delegate.precedence, Delegate.id)
        .options(selectinload(Delegate.person))
    ).all()


def delegate_counts(conference: Conference) -> dict[int, int]:
    """How many delegates are named at each site."""
    counted = (
        sa.select(Delegate.site_id, sa.func.count())
        .where(Delegate.conference_id == conference.id)
        .group_by(Delegate.site_id)
    )
    return {site_id: count for site_id, count in db.session.execute(counted)}
