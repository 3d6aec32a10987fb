"""Slow work that a program has asked for: how far it is, what it has left. Told only to tokens of who asked."""

from typing import Any

from flask import send_file, url_for

from meetings import jobs, prints, store
from meetings.api.description import Part, answers, caller, description, hand_over, new_blueprint
from meetings.tables import Job, JobState

blueprint = new_blueprint("jobs")


class JobAnswer(Part):
    """`file`: where what it has made is fetched, once it is done. `words` say why it waits again or has failed."""

    id: str
    state: JobState
    state_words: str
    words: str
    done: int
    total: int | None
    result: dict[str, Any] | None
    file: str | None


def told_job(job: Job) -> JobAnswer:
    file = url_for("api_jobs.fetch_file", job_id=job.public_id) if jobs.file_of(job) else None
    printed = prints.address_of(job) if job.state is JobState.DONE else ""
    return JobAnswer.model_validate({**jobs.as_told(job), "file": file or printed or None})


@blueprint.get("/jobs/<job_id>")
@description.validate(resp=answers(HTTP_200=JobAnswer), tags=["jobs"])
def read_job(job_id: str) -> JobAnswer:
    """How far it is; ask again until `state` is `done` or `failed`."""
    return told_job(store.access_job({caller().id}, job_id))


@blueprint.get("/jobs/<job_id>/file")
@description.validate(resp=answers(HTTP_200=None), tags=["jobs"])
def fetch_file(job_id: str) -> None:
    """The file that it has left."""
    job = store.access_job({caller().id}, job_id)
    file = jobs.file_of(job)
    if file is None:
        raise store.NotFound
    hand_over(send_file(file, as_attachment=True, download_name=job.file_name))
