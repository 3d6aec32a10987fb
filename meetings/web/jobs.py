"""How far slow work is, and what it has left: told only to who asked for it."""

from flask import Blueprint, jsonify, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from meetings import accounts, jobs, prints, store
from meetings.tables import Job, JobState

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    """JSON for the page that polls; a page of its own for a browser without scripts."""
    job = _access(public_id)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify({**jobs.as_told(job), "file": _file(job)})
    return render_template("office/job.html", job=job, section="conferences")


def _file(job: Job) -> str | None:
    if jobs.file_of(job):
        return url_for("jobs.download", public_id=job.public_id)
    return prints.address_of(job) or None if job.state is JobState.DONE else None


@blueprint.get("/<public_id>/file")
def download(public_id: str) -> ResponseReturnValue:
    job = _access(public_id)
    file = jobs.file_of(job)
    if file is None:
        raise store.NotFound
    return send_file(file, as_attachment=True, download_name=job.file_name)


def _access(public_id: str) -> Job:
    return store.access_job({account.id for account in accounts.signed_in_accounts()}, public_id)
