"""The papers of a conference: uploaded, ordered, given to points, withdrawn."""

from datetime import UTC, datetime
from typing import Any

from flask import Response
from pydantic import Field

from meetings import paper_archive, paper_uploads, papers, store
from meetings.api.description import (
    File,
    Instant,
    Part,
    answers,
    caller,
    description,
    fault,
    hand_over,
    new_blueprint,
    takes_file,
    told,
)
from meetings.api.jobs import JobAnswer, told_job
from meetings.documents.papers.faults import Refused
from meetings.tables import Conference, Paper, Visibility, writing

blueprint = new_blueprint("papers", site="site_ids", order="paper_ids")


@blueprint.errorhandler(Refused)
def _refused(refusal: Refused) -> Response:
    return fault(paper_uploads.status_of(refusal), "refused_file", {"file": paper_uploads.in_words(refusal)})


class PaperBody(Part):
    """`site_ids` are those who are given it where `visibility` is `chosen`."""

    title: str
    item_id: int | None = None
    visibility: Visibility = Visibility.ALL
    site_ids: list[int] = Field(default_factory=list, max_length=2000)


class ChangedPaper(PaperBody):
    """`details_version` is the one that was read: 409 when somebody has saved since."""

    details_version: int


class PaperUpload(PaperBody):
    """Without a title it is called as its file."""

    title: str = ""
    file: File


class VersionUpload(Part):
    file: File


class PaperOrder(Part):
    """All papers, in their new order."""

    paper_ids: list[int] = Field(max_length=5000)


class VersionAnswer(Part):
    number: int
    file_name: str
    kind: str
    size: int
    pages: int | None
    added_at: Instant
    added_by: str


class PaperAnswer(Part):
    """`version` and what follows it are those of the newest file; `same_as` another paper with the very same content.

    `details_version` counts the saves of title, item and visibility.
    """

    id: int
    title: str
    item_id: int | None
    visibility: Visibility
    site_ids: list[int]
    details_version: int
    version: int
    kind: str
    size: int
    pages: int | None
    added_at: Instant
    added_by: str
    versions: list[VersionAnswer]
    same_as: int | None = None


class Papers(Part):
    """`removed`: the withdrawn, which may be restored."""

    papers: list[PaperAnswer]
    removed: list[PaperAnswer]


class WhichVersion(Part):
    """Without a number the newest."""

    version: int | None = None


@blueprint.get("/conferences/<public_id>/papers")
@description.validate(resp=answers(HTTP_200=Papers), tags=["papers"])
def list_papers(public_id: str) -> Papers:
    """The papers in order; for those who prepare the conference."""
    return _papers(store.access_conference(caller(), public_id, store.Right.EDIT))


@blueprint.post("/conferences/<public_id>/papers")
@takes_file(PaperUpload, ["papers"], HTTP_201=PaperAnswer, HTTP_507=None)
def upload_paper(public_id: str) -> tuple[PaperAnswer, int]:
    """A new last paper; its kind is told by its content."""
    account = caller()
    store.access_conference(account, public_id, store.Right.EDIT)
    with paper_uploads.received() as (form, version):
        form.setlist("site", form.getlist("site_ids"))
        form.setdefault("visibility", Visibility.ALL.value)
        paper, twin = paper_uploads.add(account, public_id, form, version)
    return _paper(paper, twin), 201


@blueprint.post("/conferences/<public_id>/papers/<int:paper_id>/versions")
@takes_file(VersionUpload, ["papers"], HTTP_201=PaperAnswer, HTTP_507=None)
def upload_version(public_id: str, paper_id: int) -> tuple[PaperAnswer, int]:
    """A newer file of the same paper; the older ones stay."""
    account = caller()
    store.access_conference(account, public_id, store.Right.EDIT)
    with paper_uploads.received() as (_form, version):
        return _paper(paper_uploads.add_version(account, public_id, paper_id, version)), 201


@blueprint.put("/conferences/<public_id>/papers/<int:paper_id>")
@description.validate(resp=answers(HTTP_200=PaperAnswer), tags=["papers"])
def change_paper(public_id: str, paper_id: int, json: ChangedPaper) -> PaperAnswer:
    """Another title, item or visibility."""
    form = store.as_fields({**json.model_dump(include={"title", "item_id", "visibility"}), "site": json.site_ids})
    return _paper(papers.change(caller(), public_id, paper_id, form, json.details_version))


@blueprint.delete("/conferences/<public_id>/papers/<int:paper_id>")
@description.validate(resp=answers(HTTP_200=Papers), tags=["papers"])
def withdraw_paper(public_id: str, paper_id: int) -> Papers:
    """It is given to nobody any more; nothing is deleted."""
    account, now = caller(), datetime.now(UTC)
    removed = papers.changed(
        account, public_id, paper_id, lambda paper: store.remove_paper(paper, account.display_name, now)
    )
    return _papers(removed.conference)


@blueprint.post("/conferences/<public_id>/papers/<int:paper_id>/restore")
@description.validate(resp=answers(HTTP_200=Papers), tags=["papers"])
def restore_paper(public_id: str, paper_id: int) -> Papers:
    """A withdrawn one is given out again."""
    return _papers(papers.restore(caller(), public_id, paper_id).conference)


@blueprint.put("/conferences/<public_id>/papers/order")
@description.validate(resp=answers(HTTP_200=Papers), tags=["papers"])
def order_papers(public_id: str, json: PaperOrder) -> Papers:
    """Put all papers in another order."""
    return _papers(papers.reorder(caller(), public_id, json.paper_ids))


@blueprint.get("/conferences/<public_id>/papers/<int:paper_id>/file")
@description.validate(resp=answers(HTTP_200=None), tags=["papers"])
def fetch_paper(public_id: str, paper_id: int, query: WhichVersion) -> None:
    """The file; older versions are for the desk."""
    hand_over(papers.handed_out_to_staff(caller(), public_id, paper_id, query.version, datetime.now(UTC)))


@blueprint.post("/conferences/<public_id>/papers/archive")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["papers"])
def archive_papers(public_id: str) -> tuple[JobAnswer, int]:
    """All papers that this account may have, as a ZIP, which the job leaves."""
    with writing():
        account = caller()
        return told_job(paper_archive.ask(account, store.access_conference(account, public_id))), 202


def _papers(conference: Conference) -> Papers:
    return Papers(
        papers=[_paper(paper) for paper in store.papers_of(conference)],
        removed=[_paper(paper) for paper in store.removed_papers(conference)],
    )


def _paper(paper: Paper, twin: Paper | None = None) -> PaperAnswer:
    version: Any = paper.current
    return PaperAnswer(
        **{name: getattr(paper, name) for name in ("id", "title", "item_id", "visibility")},
        **{name: getattr(version, name) for name in ("kind", "size", "pages", "added_at", "added_by")},
        site_ids=[site.id for site in paper.sites],
        details_version=paper.version,
        version=version.number,
        versions=[VersionAnswer(**told(one, VersionAnswer)) for one in paper.versions],
        same_as=twin.id if twin else None,
    )
