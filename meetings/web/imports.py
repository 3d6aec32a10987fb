"""Lists in and out: a file is read by a job, shown with what is wrong in it, and put in as a whole or not at all."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, jobs, store
from meetings.lists import files, importing
from meetings.lists.delegates import Duplicates
from meetings.tables import Conference, Job, JobState, StaffAccount, writing

blueprint = Blueprint("imports", __name__)


# --- delegates of a conference ---


@blueprint.route("/c/<public_id>/delegates/import", methods=["GET", "POST"])
def delegates(public_id: str) -> ResponseReturnValue:
    return _upload("delegates", public_id)


@blueprint.route("/c/<public_id>/delegates/import/<job_id>", methods=["GET", "POST"])
def delegates_seen(public_id: str, job_id: str) -> ResponseReturnValue:
    return _seen("delegates", public_id, job_id)


@blueprint.get("/c/<public_id>/delegates/template.xlsx")
def delegates_template(public_id: str) -> ResponseReturnValue:
    conference = store.access_conference(accounts.office_account(), public_id)
    return _file(files.delegate_template(conference.sites), _("Mẫu danh sách đại biểu.xlsx"))


@blueprint.post("/c/<public_id>/delegates/export")
def delegates_export(public_id: str) -> ResponseReturnValue:
    return _export("delegates", public_id, _("Danh sách đại biểu"))


# --- the directory of units ---


@blueprint.route("/units/import", methods=["GET", "POST"])
def units() -> ResponseReturnValue:
    return _upload("units", None)


@blueprint.route("/units/import/<job_id>", methods=["GET", "POST"])
def units_seen(job_id: str) -> ResponseReturnValue:
    return _seen("units", None, job_id)


@blueprint.get("/units/template.xlsx")
def units_template() -> ResponseReturnValue:
    store.require(accounts.office_account(), store.Right.VIEW)
    return _file(files.unit_template(), _("Mẫu danh mục đơn vị.xlsx"))


@blueprint.post("/units/export")
def units_export() -> ResponseReturnValue:
    return _export("units", None, _("Danh mục đơn vị"))


# --- both ---


def _who(subject: str, public_id: str | None) -> tuple[StaffAccount, Conference | None]:
    """Who may put lists in, and where; raises otherwise."""
    account = accounts.office_account()
    if subject == "units":
        return store.require(account, store.Right.ADMINISTER), None
    conference = store.access_structure(account, public_id or "")
    return store.require(account, store.Right.EDIT), conference


def _upload(subject: str, public_id: str | None) -> ResponseReturnValue:
    account, conference = _who(subject, public_id)
    if request.method == "GET":
        return _page("office/import.html", subject, conference, error="")
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page("office/import.html", subject, conference, error=_("Hãy chọn một tệp.")), 422
    payload = importing.ReadList(subject, upload.filename[-200:])
    with writing():
        job = jobs.enqueue(
            "read_list", payload, account_id=account.id, conference_id=conference.id if conference else None
        )
        importing.keep_upload(job, upload.stream)
        there = _address(subject, public_id, job)
    return redirect(there)


def _seen(subject: str, public_id: str | None, job_id: str) -> ResponseReturnValue:
    account, conference = _who(subject, public_id)
    job = store.access_job({account.id}, job_id)
    if job.conference_id != (conference.id if conference else None):
        raise store.NotFound
    if request.method == "POST":
        return _go_on(subject, public_id, account, conference, job)
    preview = importing.preview_of(job) if job.kind == "read_list" and job.state is JobState.DONE else None
    return _page("office/import_seen.html", subject, conference, job=job, preview=preview, here=request.path)


def _go_on(
    subject: str, public_id: str | None, account: StaffAccount, conference: Conference | None, job: Job
) -> ResponseReturnValue:
    """Look again with other columns, or put the list in."""
    preview = importing.preview_of(job)
    if preview is None:
        raise store.NotFound
    columns = _columns(preview)
    of = conference.id if conference else None
    with writing():
        if request.form.get("act") == "import":
            chosen = request.form.get("duplicates", "")
            duplicates = chosen if chosen in list(Duplicates) else Duplicates.MERGE.value
            task = importing.ImportList(subject, None, preview["head_line"], preview["columns"], duplicates)
            following = jobs.enqueue("import_list", task, account_id=account.id, conference_id=of)
        else:
            again = importing.ReadList(subject, preview["file_name"], head_line=preview["head_line"], columns=columns)
            following = jobs.enqueue("read_list", again, account_id=account.id, conference_id=of)
        importing.same_upload(store.access_job({account.id}, job.public_id), following)
        there = _address(subject, public_id, following)
    return redirect(there)


def _columns(preview: dict[str, Any]) -> dict[str, int]:
    chosen = {one["name"]: request.form.get(f"column-{one['name']}", -1, type=int) for one in preview["fields"]}
    return {name: column for name, column in chosen.items() if column >= 0}


def _export(subject: str, public_id: str | None, name: str) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.VIEW)
    conference = store.access_conference(account, public_id) if public_id else None
    form = "csv" if request.form.get("form") == "csv" else "xlsx"
    payload = importing.ExportList(subject, form, f"{name}.{form}")
    with writing():
        job = jobs.enqueue(
            "export_list", payload, account_id=account.id, conference_id=conference.id if conference else None
        )
        there = url_for("jobs.show", public_id=job.public_id)
    return redirect(there)


def _address(subject: str, public_id: str | None, job: Job) -> str:
    if subject == "units":
        return url_for("imports.units_seen", job_id=job.public_id)
    return url_for("imports.delegates_seen", public_id=public_id, job_id=job.public_id)


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=files.XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _page(template: str, subject: str, conference: Conference | None, **given: Any) -> str:
    return render_template(
        template,
        subject=subject,
        conference=conference,
        is_frozen=False,
        largest_megabytes=importing.LARGEST_UPLOAD // 1024 // 1024,
        section="units" if subject == "units" else "conferences",
        tab="sites",
        **given,
    )
