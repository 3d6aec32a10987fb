"""The papers of a conference: what there is, in which order, for whom. Their contents are in `documents.papers.vault`.

A site is given a paper, its title and that it exists only while the paper's visibility says so (rule 30).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from meetings.store.access import NotFound, missing
from meetings.store.forms import Invalid, Reader, as_fields
from meetings.store.versions import count_save, note_removal
from meetings.tables import (
    Conference,
    Paper,
    PaperLook,
    PaperVersion,
    Role,
    Site,
    StaffAccount,
    Visibility,
    db,
)

DESK_ROLES = (Role.ADMIN, Role.SECRETARY, Role.CHAIR)
"""Who sees what only the desk may see."""

Looker = Site | StaffAccount
"""Who opens papers: a site by its link, or somebody signed in."""


@dataclass(frozen=True)
class PaperDraft:
    title: str
    item_id: int | None
    visibility: Visibility
    sites: tuple[Site, ...]


@dataclass(frozen=True)
class NewVersion:
    """A file that has been examined and kept."""

    sha256: str
    size: int
    kind: str
    pages: int | None
    notices: list[str]
    file_name: str


PAPER_FIELDS = ("title", "item_id", "visibility", "site")
"""Of the form of a paper; `site` holds the ids of the sites that are given it, one a line."""


def read_paper(form: Mapping[str, str], conference: Conference) -> PaperDraft:
    reader = Reader(form)
    title = reader.text("title", 250)
    visibility = reader.word("visibility", Visibility)
    items = {str(item.id): item.id for item in conference.items}
    item_id = items.get(form.get("item_id", ""))
    if item_id is None and reader.is_given("item_id"):
        reader.errors["item_id"] = _("Hãy chọn trong danh sách.")
    wanted = form.get("site", "").split()
    sites = tuple(site for site in conference.sites if str(site.id) in wanted)
    if visibility is Visibility.CHOSEN and not sites:
        reader.errors["site"] = _("Hãy chọn ít nhất một điểm cầu.")
    reader.finish()
    return PaperDraft(title, item_id, visibility, sites if visibility is Visibility.CHOSEN else ())


def add_paper(conference: Conference, draft: PaperDraft, version: NewVersion, by: str, now: datetime) -> Paper:
    """A new last paper."""
    last = db.session.scalar(sa.select(sa.func.max(Paper.position)).where(Paper.conference_id == conference.id))
    paper = Paper(conference_id=conference.id, position=0 if last is None else last + 1, saved_by=by)
    _write(paper, draft)
    paper.versions = [PaperVersion(**vars(version), number=1, added_at=now, added_by=by)]
    db.session.add(paper)
    db.session.flush()
    return paper


def paper_values(paper: Paper) -> dict[str, str]:
    """The paper as its form shows it."""
    of_row = {name: getattr(paper, name) for name in PAPER_FIELDS if name != "site"}
    return as_fields({**of_row, "site": [site.id for site in paper.sites]})


def change_paper(paper: Paper, draft: PaperDraft, seen_version: int, by: str) -> None:
    """Raises `Overwritten` when somebody has saved what is said of the paper since it was seen."""
    count_save(paper, seen_version, by)
    _write(paper, draft)


def give_to_all(paper: Paper, by: str) -> None:
    """Every site may have it from now on, whatever else is being written of it."""
    change_paper(paper, PaperDraft(paper.title, paper.item_id, Visibility.ALL, ()), paper.version, by)


def _write(paper: Paper, draft: PaperDraft) -> None:
    paper.title, paper.item_id, paper.visibility = draft.title, draft.item_id, draft.visibility
    paper.sites = list(draft.sites)


def add_version(paper: Paper, version: NewVersion, by: str, now: datetime) -> None:
    """A newer file of the same paper; the older ones stay. Raises `Invalid` when it is the one that is there."""
    if paper.current.sha256 == version.sha256:
        raise Invalid({"file": _("Tệp này giống hệt bản đang dùng.")})
    paper.versions.append(PaperVersion(**vars(version), number=paper.current.number + 1, added_at=now, added_by=by))


def remove_paper(paper: Paper, by: str, now: datetime) -> None:
    """It is given to nobody any more; nothing is deleted."""
    note_removal(paper, by)
    paper.removed_at = now


def restore_paper(paper: Paper) -> None:
    paper.removed_at = None


def order_papers(conference: Conference, paper_ids: Sequence[int]) -> None:
    """Put all papers in this order; raises `Invalid` when one is missing or foreign (as rule 7 has it)."""
    papers = {paper.id: paper for paper in papers_of(conference)}
    if sorted(papers) != sorted(paper_ids):
        raise Invalid({"order": _("Danh sách vừa thay đổi; hãy xem lại thứ tự.")})
    for position, paper_id in enumerate(paper_ids):
        papers[paper_id].position = position


def move_paper(paper: Paper, places: int) -> None:
    """Up (negative) or down among those that are shown."""
    ids = [other.id for other in papers_of(paper.conference)]
    at = ids.index(paper.id)
    ids.insert(max(0, at + places), ids.pop(at))
    order_papers(paper.conference, ids)


def papers_of(conference: Conference) -> Sequence[Paper]:
    """All that are not removed, in order. For the desk; sites get `papers_for`."""
    return db.session.scalars(_papers(conference.id).where(Paper.removed_at.is_(None))).all()


def removed_papers(conference: Conference) -> Sequence[Paper]:
    return db.session.scalars(_papers(conference.id).where(Paper.removed_at.is_not(None))).all()


def papers_for(looker: Looker, conference: Conference) -> Sequence[Paper]:
    """The papers that this site, or this account, may have, in order."""
    return [paper for paper in papers_of(conference) if may_have(looker, paper)]


def may_have(looker: Looker, paper: Paper) -> bool:
    if paper.removed_at is not None:
        return False
    if isinstance(looker, StaffAccount):
        return paper.visibility is not Visibility.DESK or looker.role in DESK_ROLES
    if looker.conference_id != paper.conference_id:
        return False
    return paper.visibility is Visibility.ALL or (paper.visibility is Visibility.CHOSEN and looker in paper.sites)


def readers_of(paper: Paper) -> set[int]:
    """The sites that may have it."""
    return {site.id for site in paper.conference.sites if may_have(site, paper)}


def access_paper(looker: Looker, conference: Conference, paper_id: int) -> Paper:
    paper = db.session.get(Paper, paper_id)
    if paper is None or paper.conference_id != conference.id:
        raise NotFound
    if paper.removed_at is not None and isinstance(looker, StaffAccount) and looker.role in DESK_ROLES:
        raise missing(Paper, paper_id)
    if not may_have(looker, paper):
        raise NotFound
    return paper


def access_removed_paper(conference: Conference, paper_id: int) -> Paper:
    paper = db.session.get(Paper, paper_id)
    if paper is None or paper.conference_id != conference.id or paper.removed_at is None:
        raise NotFound
    return paper


def access_version(paper: Paper, number: int | None) -> PaperVersion:
    """One version of a paper, or the newest."""
    if number is None:
        return paper.current
    for version in paper.versions:
        if version.number == number:
            return version
    raise NotFound


def note_look(looker: Looker, paper: Paper, number: int, now: datetime) -> bool:
    """Remember that this version was opened; whether that is news. Call it inside `writing()`."""
    look = db.session.scalar(_looks(looker).where(PaperLook.paper_id == paper.id))
    if look is None:
        look = PaperLook(paper_id=paper.id, number=0, **_key(looker))
        db.session.add(look)
    if look.number >= number:
        return False
    look.number, look.at = number, now
    return True


def looked_at(looker: Looker, papers: Collection[Paper]) -> dict[int, int]:
    """Which version of each paper this looker opened last."""
    ids = [paper.id for paper in papers]
    return {
        look.paper_id: look.number for look in db.session.scalars(_looks(looker).where(PaperLook.paper_id.in_(ids)))
    }


def fetched_counts(conference: Conference) -> dict[int, int]:
    """How many sites have opened the newest version of each paper."""
    newest = (
        sa.select(PaperVersion.paper_id, sa.func.max(PaperVersion.number).label("number"))
        .group_by(PaperVersion.paper_id)
        .subquery()
    )
    counted = (
        sa.select(PaperLook.paper_id, sa.func.count())
        .join(newest, sa.and_(newest.c.paper_id == PaperLook.paper_id, newest.c.number == PaperLook.number))
        .join(Paper, Paper.id == PaperLook.paper_id)
        .where(Paper.conference_id == conference.id, PaperLook.site_id.is_not(None))
        .group_by(PaperLook.paper_id)
    )
    return {paper_id: count for paper_id, count in db.session.execute(counted)}


def same_content(conference: Conference, sha256: str, but: Paper) -> Paper | None:
    """Another paper of the conference whose newest file is this very content."""
    others = (paper for paper in papers_of(conference) if paper.id != but.id)
    return next((paper for paper in others if paper.current.sha256 == sha256), None)


def _papers(conference_id: int) -> sa.Select[Paper]:
    return (
        sa.select(Paper)
        .where(Paper.conference_id == conference_id)
        .order_by(Paper.position, Paper.id)
        .options(selectinload(Paper.versions), selectinload(Paper.sites), selectinload(Paper.item))
    )


def _looks(looker: Looker) -> sa.Select[PaperLook]:
    return sa.select(PaperLook).filter_by(**_key(looker))


def _key(looker: Looker) -> dict[str, int]:
    return {"site_id": looker.id} if isinstance(looker, Site) else {"account_id": looker.id}
