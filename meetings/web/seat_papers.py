"""The papers of one seat: a site shows its link's token in a header, and is given what it may have."""

from datetime import UTC, datetime

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from meetings import jobs, links, paper_archive, papers, store
from meetings.tables import PaperVersion, Site, SiteLink, writing

blueprint = Blueprint("seat_papers", __name__)

HEADER = "X-Site-Link"


@blueprint.get("/seat/papers")
def listing() -> ResponseReturnValue:
    link = _link()
    return jsonify(papers=papers.papers_for(papers.site_of(link), link.conference))


@blueprint.get("/seat/papers/<int:paper_id>/file")
def file(paper_id: int) -> ResponseReturnValue:
    """For our own viewer, which asks by script."""
    site, version = _version(_link(), paper_id)
    return papers.handed_out(site, version, datetime.now(UTC))


@blueprint.post("/seat/papers/<int:paper_id>/ticket")
def ticket(paper_id: int) -> ResponseReturnValue:
    """An address for a download, good for minutes."""
    link = _link()
    _site, version = _version(link, paper_id)
    return jsonify(url=url_for("seat_papers.download", ticket=papers.new_ticket(link, version)))


@blueprint.get("/seat/papers/by-ticket/<ticket>")
def download(ticket: str) -> ResponseReturnValue:
    site, version = papers.resolve_ticket(ticket)
    return papers.handed_out(site, version, datetime.now(UTC))


@blueprint.post("/seat/papers/zip")
def ask_archive() -> ResponseReturnValue:
    """Begin to make one file of all papers of this seat; how far it is, is asked at `/seat/papers/zip/<id>`."""
    link = _link()
    site = papers.site_of(link)
    with writing():
        told = jobs.as_told(paper_archive.ask(site, link.conference))
    return jsonify(told)


@blueprint.get("/seat/papers/zip/<job_id>")
def show_archive(job_id: str) -> ResponseReturnValue:
    link = _link()
    site = papers.site_of(link)
    job = store.access_site_job(site, job_id)
    is_ready = paper_archive.holds_what_is_given_now(job, site, link.conference)
    url = url_for("seat_papers.download_archive", ticket=papers.new_archive_ticket(link, job)) if is_ready else None
    return jsonify({**jobs.as_told(job), "url": url})


@blueprint.get("/seat/papers/zip-by-ticket/<ticket>")
def download_archive(ticket: str) -> ResponseReturnValue:
    return papers.archive_handed_out(ticket, datetime.now(UTC))


def _link() -> SiteLink:
    return links.resolve_link(request.headers.get(HEADER, ""))


def _version(link: SiteLink, paper_id: int) -> tuple[Site, PaperVersion]:
    site = papers.site_of(link)
    return site, store.access_version(store.access_paper(site, link.conference, paper_id), None)
