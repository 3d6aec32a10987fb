"""Lists in and out: a file is read by a job, shown with what is wrong in it, and put in as a whole or not at all."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, store
from meetings.lists import files, importing
from meetings.tables import Conference, Job, StaffAccount, writing

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
    conference = importing.access_place(account, subject, public_id)
    return store.require(account, store.Right.EDIT), conference


def _upload(subject: str, public_id: str | None) -> ResponseReturnValue:
    account, conference = _who(subject, public_id)
    if request.method == "GET":
        return _page("office/import.html", subject, conference, error="")
    try:
        with writing():
            of = conference.id if conference else None
            job = importing.ask_to_read(request.files.get("file"), subject, account_id=account.id, conference_id=of)
            there = _address(subject, public_id, job)
    except store.Invalid as error:
        return _page("office/import.html", subject, conference, error=error.errors["file"]), 422
    return redirect(there)


def _seen(subject: str, public_id: str | None, job_id: str) -> ResponseReturnValue:
    account, conference = _who(subject, public_id)
    job = importing.access_read(account, subject, public_id, job_id)
    if request.method == "POST":
        return _go_on(subject, public_id, job)
    preview = importing.preview_of(job)
    return _page("office/import_seen.html", subject, conference, job=job, preview=preview, here=request.path)


def _go_on(subject: str, public_id: str | None, job: Job) -> ResponseReturnValue:
    """Look again with other columns, or put the list in."""
    with writing():
        if request.form.get("act") == "import":
            following = importing.ask_to_import(job, request.form.get("duplicates", ""))
        else:
            following = importing.ask_to_read_again(job, _columns())
        there = _address(subject, public_id, following)
    return redirect(there)


def _columns() -> dict[str, int]:
    chosen = {name: request.form.get(name, type=int) for name in request.form if name.startswith("column-")}
    return {name.removeprefix("column-"): column for name, column in chosen.items() if column is not None}


def _export(subject: str, public_id: str | None, name: str) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.VIEW)
    conference = store.access_conference(account, public_id) if public_id else None
    form = "csv" if request.form.get("form") == "csv" else "xlsx"
    with writing():
        job = importing.ask_to_export(subject, form, name, account, conference)
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
