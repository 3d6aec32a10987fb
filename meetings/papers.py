"""Papers as they are told and handed out: lists, tickets, the answer that carries a file.

A site shows its link's token in a header, never in an address or a cookie. What a browser can only fetch by an address (a
download) gets a *ticket*: signed, for minutes, for one version, of one link that still holds and still may have that paper.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, request, send_file
from itsdangerous import BadData, URLSafeTimedSerializer

from meetings import jobs, paper_archive, store
from meetings.config import Settings
from meetings.documents.papers.content import FileKind
from meetings.documents.papers.vault import path_of
from meetings.tables import (
    Conference,
    Job,
    LinkKind,
    Paper,
    PaperVersion,
    Site,
    SiteKind,
    SiteLink,
    StaffAccount,
    db,
    writing,
)

TICKET_SECONDS = 300
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def site_of(link: SiteLink) -> Site:
    """Whose papers a link opens; raises `NotFound` for the hall's screen, which is for everybody's eyes."""
    if link.kind is LinkKind.HALL_SCREEN:
        raise store.NotFound
    return link.site or next(site for site in link.conference.sites if site.kind is SiteKind.HALL)


def papers_for(looker: store.Looker, conference: Conference) -> list[dict[str, Any]]:
    """What a page lists: the papers this site, or this account, may have, each with what is new in it."""
    papers = store.papers_for(looker, conference)
    looked = store.looked_at(looker, papers)
    numbers = store.labels(conference.items)
    told = [_told(paper, looked.get(paper.id, 0), numbers.get(paper.item_id or 0)) for paper in papers]
    if isinstance(looker, StaffAccount):
        for entry, paper in zip(told, papers, strict=True):
            entry["visibility"] = paper.visibility.value
    return told


def _told(paper: Paper, looked: int, item_number: str | None) -> dict[str, Any]:
    """`item_number` as the agenda calls it: "4.1". `news` is `new` (never opened), `changed` (an older version was) or null."""
    version = paper.current
    return {
        "id": paper.id,
        "title": paper.title,
        "item_id": paper.item_id,
        "item_number": item_number,
        "file_name": version.file_name,
        "kind": version.kind,
        "is_shown": FileKind(version.kind).is_shown,
        "size": version.size,
        "pages": version.pages,
        "number": version.number,
        "added_at": version.added_at.isoformat(),
        "news": None if looked >= version.number else ("changed" if looked else "new"),
    }


def new_ticket(link: SiteLink, version: PaperVersion) -> str:
    return _tickets().dumps([link.public_id, version.paper_id, version.number])


def resolve_ticket(ticket: str) -> tuple[Site, PaperVersion]:
    """Raises `NotFound` for whatever is not, or no longer, good."""
    link, paper_id, number = _read_ticket(_tickets(), ticket)
    site = site_of(link)
    return site, store.access_version(store.access_paper(site, link.conference, paper_id), number)


def new_archive_ticket(link: SiteLink, job: Job) -> str:
    return _archive_tickets().dumps([link.public_id, job.public_id, None])


def archive_handed_out(ticket: str, now: datetime) -> Response:
    """The archive of all papers of a site, if it still holds just what the site may have; each then counts as opened."""
    link, job_id, _ = _read_ticket(_archive_tickets(), ticket)
    site = site_of(link)
    job = store.access_site_job(site, job_id)
    file = jobs.file_of(job)
    if file is None or not paper_archive.holds_what_is_given_now(job, site, link.conference):
        raise store.NotFound
    answer = send_file(file, mimetype="application/zip", as_attachment=True, download_name=job.file_name)
    with writing():
        for paper in store.papers_for(site, link.conference):
            store.note_look(site, paper, paper.current.number, now)
    return answer


def _read_ticket(tickets: URLSafeTimedSerializer, ticket: str) -> tuple[SiteLink, Any, Any]:
    try:
        public_id, what, number = tickets.loads(ticket, max_age=TICKET_SECONDS)
    except (BadData, ValueError, TypeError):
        raise store.NotFound from None
    link = db.session.scalar(sa.select(SiteLink).where(SiteLink.public_id == public_id, SiteLink.revoked_at.is_(None)))
    if link is None:
        raise store.NotFound
    return link, what, number


def _archive_tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="paper-archive")


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="paper-ticket")


def handed_out(looker: store.Looker, version: PaperVersion, now: datetime) -> Response:
    """The file, whole or the range asked for, to be saved and never run; notes that this looker has it."""
    settings: Settings = current_app.extensions["settings"]
    path = path_of(settings.data_dir, version.sha256)
    if not path.is_file():
        current_app.logger.error("paper %s: its content %s is gone", version.paper_id, version.sha256)
        raise store.NotFound
    answer = send_file(
        path,
        mimetype=FileKind(version.kind).media_type,
        as_attachment=True,
        download_name=version.file_name,
        etag=version.sha256,
        last_modified=version.added_at,
        conditional=True,
    )
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.method == "GET":
        _note(looker, version, now)
    return answer


def handed_out_to_staff(
    account: StaffAccount, public_id: str, paper_id: int, number: int | None, now: datetime
) -> Response:
    """One version of a paper; those before the newest are for the desk."""
    paper = store.access_paper(account, store.access_conference(account, public_id), paper_id)
    if number is not None and account.role not in store.DESK_ROLES:
        raise store.NotFound
    return handed_out(account, store.access_version(paper, number), now)


def _note(looker: store.Looker, version: PaperVersion, now: datetime) -> None:
    paper = version.paper
    if store.looked_at(looker, [paper]).get(paper.id, 0) >= version.number:
        return
    with writing():
        store.note_look(looker, paper, version.number, now)


def changed(account: StaffAccount, public_id: str, paper_id: int, change: Callable[[Paper], None]) -> Paper:
    """A paper after `change`; whoever might have it before or may have it now is told."""
    with writing():
        conference = store.access_conference(account, public_id, store.Right.EDIT)
        paper = store.access_paper(account, conference, paper_id)
        before = store.readers_of(paper)
        change(paper)
    announce(paper.conference, before | store.readers_of(paper))
    return paper


def change(account: StaffAccount, public_id: str, paper_id: int, form: Mapping[str, str], seen_version: int) -> Paper:
    """Another title, item or visibility; raises `Invalid`, and `Overwritten` when somebody has saved it since it was seen."""

    def write(paper: Paper) -> None:
        store.change_paper(paper, store.read_paper(form, paper.conference), seen_version, account.display_name)

    return changed(account, public_id, paper_id, write)


def restore(account: StaffAccount, public_id: str, paper_id: int) -> Paper:
    with writing():
        paper = store.access_removed_paper(store.access_conference(account, public_id, store.Right.EDIT), paper_id)
        store.restore_paper(paper)
    announce(paper.conference, store.readers_of(paper))
    return paper


def reorder(account: StaffAccount, public_id: str, paper_ids: Sequence[int]) -> Conference:
    """Put all papers in this order; raises `Invalid`."""
    with writing():
        conference = store.access_conference(account, public_id, store.Right.EDIT)
        store.order_papers(conference, paper_ids)
    announce(conference, {site.id for site in conference.sites})
    return conference


def announce(conference: Conference, readers: set[int]) -> None:
    """Tell the pages of the desk and of these sites to ask again."""
    current_app.extensions["papers_changed"](conference.id, readers)
