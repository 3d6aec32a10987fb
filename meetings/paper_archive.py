"""All papers that somebody may have, as one ZIP, made by a job. Names begin with the place in the desk's order."""

import zipfile
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from meetings import jobs, store
from meetings.documents.papers.names import archived_name
from meetings.documents.papers.vault import path_of
from meetings.tables import Conference, Job, JobState, PaperVersion, Site, StaffAccount, db

RESULT = "result"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class ZipPapers:
    """For whom is in the job itself: the account or the site that asked."""


@jobs.handler("zip_papers", memory_mb=200, seconds=600)
def zip_papers(work: jobs.Work, payload: ZipPapers) -> jobs.Result:
    conference = db.session.get(Conference, work.conference_id or 0)
    looker = _looker(work.account_id, work.site_id)
    versions = _versions(looker, conference) if looker and conference else []
    if not versions or not conference:
        raise jobs.Failed(_("Chưa có tài liệu nào để tải."))
    name = f"{_('Tài liệu')} - {archived_name(conference.short_title)}.zip"
    wanted = [(version.sha256, archived_name(version.file_name)) for version in versions]
    facts, total, done = _facts(versions), sum(version.size for version in versions), 0
    db.session.rollback()
    data_dir = current_app.extensions["settings"].data_dir
    with zipfile.ZipFile(work.folder / RESULT, "w", zipfile.ZIP_STORED) as archive:
        for place, (sha256, file_name) in enumerate(wanted, start=1):
            with (
                path_of(data_dir, sha256).open("rb") as source,
                archive.open(f"{place:02} {file_name}", "w", force_zip64=True) as target,
            ):
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    done += len(chunk)
                    work.progress(done, total)
    return jobs.Result({"versions": facts}, name)


def ask(looker: store.Looker, conference: Conference) -> Job:
    """The job that makes the archive. Call it inside `writing()`."""
    is_site = isinstance(looker, Site)
    return jobs.enqueue(
        "zip_papers",
        ZipPapers(),
        account_id=None if is_site else looker.id,
        site_id=looker.id if is_site else None,
        conference_id=conference.id,
    )


def holds_what_is_given_now(job: Job, looker: store.Looker, conference: Conference) -> bool:
    """Whether the archive is what this looker would be given today: what was withdrawn is not handed out afterwards."""
    now = _facts(_versions(looker, conference))
    is_made = job.kind == "zip_papers" and job.state is JobState.DONE
    return is_made and (job.result or {}).get("versions") == now


def _looker(account_id: int | None, site_id: int | None) -> store.Looker | None:
    if site_id:
        return db.session.get(Site, site_id)
    return db.session.get(StaffAccount, account_id or 0)


def _versions(looker: store.Looker, conference: Conference) -> list[PaperVersion]:
    return [paper.current for paper in store.papers_for(looker, conference)]


def _facts(versions: list[PaperVersion]) -> list[list[int]]:
    return [[version.paper_id, version.number] for version in versions]
