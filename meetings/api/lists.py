"""Lists in and out: an upload is read by a job, its preview is fetched, and it is put in as a whole or not at all."""

from typing import Any, Literal

from flask import Response, request
from flask_babel import gettext as _
from pydantic import Field

from meetings import store
from meetings.api.description import (
    File,
    Part,
    answers,
    caller,
    description,
    hand_over,
    new_blueprint,
    takes_file,
)
from meetings.api.jobs import JobAnswer, told_job
from meetings.lists import files, importing
from meetings.lists.delegates import Duplicates
from meetings.tables import writing

blueprint = new_blueprint("lists")


class ListUpload(Part):
    """An XLSX or CSV file, as the template has it or with columns of its own."""

    file: File


class Columns(Part):
    """The column of each field, counted from 0; a field that is left out has none."""

    columns: dict[str, int] = Field(max_length=100)


class PutIn(Part):
    """What becomes of delegates who are on the list already."""

    duplicates: Duplicates = Duplicates.MERGE


class ListForm(Part):
    form: Literal["xlsx", "csv"] = "xlsx"


class ColumnLabel(Part):
    letter: str
    label: str


class ListField(Part):
    name: str
    label: str
    is_required: bool


class Line(Part):
    line: int
    cells: list[Any]


class ListProblem(Part):
    """What is wrong in a line, and how to mend it."""

    line: int
    column: str
    what: str
    remedy: str


class Preview(Part):
    """What is in an upload. `duplicates`: a line, and the line that it repeats, 0 for the list as it stands."""

    file_name: str
    head_line: int
    columns: dict[str, int]
    labels: list[ColumnLabel]
    fields: list[ListField]
    sample: list[Line]
    total: int
    good: int
    is_complete: bool
    problems: list[ListProblem]
    problem_count: int
    duplicates: list[list[int]]
    duplicate_count: int


# --- delegates of a conference ---


@blueprint.post("/conferences/<public_id>/delegates/imports")
@takes_file(ListUpload, ["delegates"], HTTP_202=JobAnswer)
def read_delegates(public_id: str) -> tuple[JobAnswer, int]:
    """Read a list; nothing is put in yet."""
    return _read("delegates", public_id)


@blueprint.get("/conferences/<public_id>/delegates/imports/<job_id>")
@description.validate(resp=answers(HTTP_200=Preview), tags=["delegates"])
def preview_delegates(public_id: str, job_id: str) -> Preview:
    """What the job has read, once it is done."""
    return _preview("delegates", public_id, job_id)


@blueprint.post("/conferences/<public_id>/delegates/imports/<job_id>/columns")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["delegates"])
def read_delegates_again(public_id: str, job_id: str, json: Columns) -> tuple[JobAnswer, int]:
    """Read the same file with other columns."""
    return _read_again("delegates", public_id, job_id, json)


@blueprint.post("/conferences/<public_id>/delegates/imports/<job_id>/put-in")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["delegates"])
def import_delegates(public_id: str, job_id: str, json: PutIn) -> tuple[JobAnswer, int]:
    """Every line, or none where one is wrong."""
    return _put_in("delegates", public_id, job_id, json)


@blueprint.get("/conferences/<public_id>/delegates/template")
@description.validate(resp=answers(HTTP_200=None), tags=["delegates"])
def delegate_template(public_id: str) -> None:
    """The empty sheet (XLSX)."""
    _hand_over(files.delegate_template(store.access_conference(caller(), public_id).sites))


@blueprint.post("/conferences/<public_id>/delegates/exports")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["delegates"])
def export_delegates(public_id: str, json: ListForm) -> tuple[JobAnswer, int]:
    """The list as a file, which the job leaves."""
    return _export("delegates", public_id, json, _("Danh sách đại biểu"))


# --- the directory of units ---


@blueprint.post("/units/imports")
@takes_file(ListUpload, ["units"], HTTP_202=JobAnswer)
def read_units() -> tuple[JobAnswer, int]:
    """Read a list; nothing is put in yet."""
    return _read("units", None)


@blueprint.get("/units/imports/<job_id>")
@description.validate(resp=answers(HTTP_200=Preview), tags=["units"])
def preview_units(job_id: str) -> Preview:
    """What the job has read, once it is done."""
    return _preview("units", None, job_id)


@blueprint.post("/units/imports/<job_id>/columns")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["units"])
def read_units_again(job_id: str, json: Columns) -> tuple[JobAnswer, int]:
    """Read the same file with other columns."""
    return _read_again("units", None, job_id, json)


@blueprint.post("/units/imports/<job_id>/put-in")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["units"])
def import_units(job_id: str, json: PutIn) -> tuple[JobAnswer, int]:
    """Every line, or none where one is wrong."""
    return _put_in("units", None, job_id, json)


@blueprint.get("/units/template")
@description.validate(resp=answers(HTTP_200=None), tags=["units"])
def unit_template() -> None:
    """The empty sheet (XLSX)."""
    store.require(caller(), store.Right.VIEW)
    _hand_over(files.unit_template())


@blueprint.post("/units/exports")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["units"])
def export_units(json: ListForm) -> tuple[JobAnswer, int]:
    """The directory as a file, which the job leaves."""
    return _export("units", None, json, _("Danh mục đơn vị"))


# --- both ---


def _read(subject: str, public_id: str | None) -> tuple[JobAnswer, int]:
    account = caller()
    conference = importing.access_place(account, subject, public_id)
    with writing():
        of = conference.id if conference else None
        upload = request.files.get("file")
        return told_job(importing.ask_to_read(upload, subject, account_id=account.id, conference_id=of)), 202


def _preview(subject: str, public_id: str | None, job_id: str) -> Preview:
    preview = importing.preview_of(importing.access_read(caller(), subject, public_id, job_id))
    if preview is None:
        raise store.NotFound
    return Preview(**preview)


def _read_again(subject: str, public_id: str | None, job_id: str, asked: Columns) -> tuple[JobAnswer, int]:
    with writing():
        job = importing.access_read(caller(), subject, public_id, job_id)
        return told_job(importing.ask_to_read_again(job, asked.columns)), 202


def _put_in(subject: str, public_id: str | None, job_id: str, asked: PutIn) -> tuple[JobAnswer, int]:
    with writing():
        job = importing.access_read(caller(), subject, public_id, job_id)
        return told_job(importing.ask_to_import(job, asked.duplicates)), 202


def _export(subject: str, public_id: str | None, asked: ListForm, name: str) -> tuple[JobAnswer, int]:
    with writing():
        account = store.require(caller(), store.Right.VIEW)
        conference = store.access_conference(account, public_id) if public_id else None
        return told_job(importing.ask_to_export(subject, asked.form, name, account, conference)), 202


def _hand_over(sheet: bytes) -> None:
    hand_over(Response(sheet, mimetype=files.XLSX))
