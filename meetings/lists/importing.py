"""What the jobs process does with lists: read an upload and show what is in it, put it in, write an export.

Two jobs make an import. `read_list` reads the upload and leaves a *preview*: which column is what, what is wrong, what is on
the list already. Nothing is changed. `import_list` reads the same upload again, with the columns that the user has confirmed,
and puts it in: every line in one transaction with the end of the job, or none.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from meetings import jobs, store
from meetings.lists import delegates, files, units
from meetings.lists.columns import Field, Head, chosen_head, find_head, letter
from meetings.lists.sheets import Row, Unreadable, read_sheet
from meetings.store import answers
from meetings.tables import Conference, Job, JobState, Site, StaffAccount, db, writing

UPLOAD, PREVIEW, RESULT = "upload", "preview.json", "result"
LARGEST_UPLOAD = 10 * 1024 * 1024
SHOWN_PROBLEMS = 200
SHOWN_LINES = 12


@dataclass(frozen=True)
class ReadList:
    """`subject` is `delegates` or `units`. `columns` are the user's, by field; without any they are guessed."""

    subject: str
    file_name: str
    site_id: int | None = None
    head_line: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportList:
    subject: str
    site_id: int | None
    head_line: int
    columns: Mapping[str, int]
    duplicates: str = delegates.Duplicates.MERGE.value


@dataclass(frozen=True)
class ExportList:
    subject: str
    form: str
    file_name: str
    site_id: int | None = None


def fields_of(subject: str, site_id: int | None) -> tuple[Field, ...]:
    if subject == "units":
        return units.FIELDS
    return delegates.OWN_FIELDS if site_id else delegates.FIELDS


def _keep_upload(job: Job, stream: IO[bytes]) -> None:
    with (jobs.folder_of(job) / UPLOAD).open("wb") as target:
        shutil.copyfileobj(stream, target)


def _same_upload(earlier: Job, job: Job) -> None:
    """The job works on the file that the earlier one was given."""
    source, target = jobs.folder_of(earlier) / UPLOAD, jobs.folder_of(job) / UPLOAD
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise store.NotFound from None


def access_place(account: StaffAccount | None, subject: str, public_id: str | None) -> Conference | None:
    """Where lists of this subject are put in: a conference, or nowhere for units. Raises what `store.access_*` raise."""
    if subject == "units":
        store.require(account, store.Right.ADMINISTER)
        return None
    return store.access_structure(account, public_id or "")


def access_read(account: StaffAccount, subject: str, public_id: str | None, job_id: str) -> Job:
    """A job of this account's that reads or imports such a list there."""
    conference = access_place(account, subject, public_id)
    job = store.access_job({account.id}, job_id)
    if job.conference_id != (conference.id if conference else None):
        raise store.NotFound
    return job


def ask_to_read(
    upload: FileStorage | None,
    subject: str,
    *,
    account_id: int | None = None,
    site_id: int | None = None,
    conference_id: int | None = None,
) -> Job:
    """The job that reads an upload, for whoever asks. Inside `writing()`; raises `Invalid`."""
    if upload is None or not upload.filename:
        raise store.Invalid({"file": _("Hãy chọn một tệp.")})
    payload = ReadList(subject, upload.filename[-200:], site_id)
    job = jobs.enqueue("read_list", payload, account_id=account_id, site_id=site_id, conference_id=conference_id)
    _keep_upload(job, upload.stream)
    return job


def ask_to_read_again(job: Job, columns: Mapping[str, int]) -> Job:
    """What `job` has read, with other columns. Inside `writing()`; raises `NotFound` where nothing was read."""
    preview = _read_by(job)
    chosen = {one["name"]: columns[one["name"]] for one in preview["fields"] if columns.get(one["name"], -1) >= 0}
    subject, site_id = str(job.payload["subject"]), job.site_id
    return _following(job, "read_list", ReadList(subject, preview["file_name"], site_id, preview["head_line"], chosen))


def ask_to_import(job: Job, duplicates: str) -> Job:
    """What `job` has read is put in, as its preview has shown it. Inside `writing()`; raises `NotFound`."""
    preview, subject = _read_by(job), str(job.payload["subject"])
    wanted = duplicates if duplicates in list(delegates.Duplicates) else delegates.Duplicates.MERGE.value
    task = ImportList(subject, job.site_id, preview["head_line"], preview["columns"], wanted)
    return _following(job, "import_list", task)


def _read_by(job: Job) -> dict[str, Any]:
    preview = preview_of(job)
    if preview is None:
        raise store.NotFound
    return preview


def _following(job: Job, kind: str, payload: ReadList | ImportList) -> Job:
    whose = {name: getattr(job, name) for name in ("account_id", "site_id", "conference_id")}
    following = jobs.enqueue(kind, payload, **whose)
    _same_upload(job, following)
    return following


def ask_to_export(subject: str, form: str, name: str, account: StaffAccount, conference: Conference | None) -> Job:
    """Inside `writing()`: the job that writes the list; `form` is `csv` or `xlsx`."""
    payload = ExportList(subject, form, f"{name}.{form}")
    of = conference.id if conference else None
    return jobs.enqueue("export_list", payload, account_id=account.id, conference_id=of)


def preview_of(job: Job) -> dict[str, Any] | None:
    """What `read_list` has left; None while it has not, and for other jobs."""
    if job.kind != "read_list" or job.state is not JobState.DONE:
        return None
    try:
        preview: dict[str, Any] = json.loads((jobs.folder_of(job) / PREVIEW).read_text())
    except FileNotFoundError:
        return None
    return preview


@jobs.handler("read_list", memory_mb=700, seconds=120)
def read_list(work: jobs.Work, payload: ReadList) -> jobs.Result:
    rows = _rows(work)
    fields = fields_of(payload.subject, payload.site_id)
    head = (
        find_head(rows, fields) if payload.head_line is None else chosen_head(rows, payload.head_line, payload.columns)
    )
    checked = _check(work, payload.subject, payload.site_id, rows, head)
    shown = [row for row in rows if row.line > head.line][:SHOWN_LINES]
    preview = {
        "file_name": payload.file_name,
        "head_line": head.line,
        "columns": dict(head.columns),
        "labels": [{"letter": letter(n), "label": label} for n, label in enumerate(head.labels)],
        "fields": [{"name": f.name, "label": str(f.label), "is_required": f.is_required} for f in fields],
        "sample": [{"line": row.line, "cells": list(row.cells)} for row in shown],
        "total": sum(row.line > head.line for row in rows),
        "good": len(checked.rows),
        "is_complete": checked.is_complete,
        "problems": [asdict(problem) for problem in checked.problems[:SHOWN_PROBLEMS]],
        "problem_count": len(checked.problems),
        "duplicates": [list(pair) for pair in checked.duplicates[:SHOWN_PROBLEMS]],
        "duplicate_count": len(checked.duplicates),
    }
    (work.folder / PREVIEW).write_text(json.dumps(preview, ensure_ascii=False))
    return jobs.Result({"total": preview["total"], "good": preview["good"], "problems": preview["problem_count"]})


@jobs.handler("import_list", memory_mb=700, seconds=180)
def import_list(work: jobs.Work, payload: ImportList) -> jobs.Result:
    rows = _rows(work)
    head = chosen_head(rows, payload.head_line, payload.columns)
    checked = _check(work, payload.subject, payload.site_id, rows, head)
    if checked.problems:
        raise jobs.Failed(
            _(
                "Danh sách còn %(count)d chỗ cần sửa, dòng đầu tiên là dòng %(line)d. Chưa có gì được nhập.",
                count=len(checked.problems),
                line=checked.problems[0].line,
            )
        )
    with writing():
        if isinstance(checked, units.Checked):
            added, changed = units.put_in(checked.rows)
            return work.settle(jobs.Result({"added": added, "changed": changed, "skipped": 0}))
        conference = _conference(work)
        if store.is_frozen(conference):
            raise jobs.Failed(_("Hội nghị đã mở cửa: danh sách đại biểu đã chốt."))
        if payload.site_id and not answers.may_site_change(db.session.get_one(Site, payload.site_id)):
            raise jobs.Failed(_("Đã hết hạn gửi danh sách."))
        put = delegates.put_in(
            checked.rows, conference, delegates.Duplicates(payload.duplicates), is_from_site=bool(work.site_id)
        )
        return work.settle(jobs.Result(asdict(put)))


@jobs.handler("export_list", seconds=120)
def export_list(work: jobs.Work, payload: ExportList) -> jobs.Result:
    if payload.subject == "units":
        files.write_list(work.folder / RESULT, payload.form, units.FIELDS, files.unit_lines(), _("Đơn vị"))
    else:
        conference = _conference(work)
        site = db.session.get_one(Site, payload.site_id) if payload.site_id else None
        lines = files.delegate_lines(conference, site)
        files.write_list(work.folder / RESULT, payload.form, files.delegate_fields(site), lines, _("Đại biểu"))
    return jobs.Result(file_name=payload.file_name)


def _rows(work: jobs.Work) -> list[Row]:
    file: Path = work.folder / UPLOAD
    if not file.exists():
        raise jobs.Failed(_("Tệp đã gửi không còn trên máy chủ. Hãy gửi lại."))
    try:
        return read_sheet(file)
    except Unreadable as error:
        raise jobs.Failed(str(error)) from None


def _conference(work: jobs.Work) -> Conference:
    conference = db.session.get(Conference, work.conference_id or 0)
    if conference is None:
        raise jobs.Failed(_("Hội nghị này không còn."))
    return conference


def _check(
    work: jobs.Work, subject: str, site_id: int | None, rows: list[Row], head: Head
) -> delegates.Checked | units.Checked:
    told = _progress(work, len(rows))
    if subject == "units":
        return units.check(rows, head, told)
    conference = _conference(work)
    site = db.session.get_one(Site, site_id) if site_id else None
    return delegates.check(rows, head, conference, site, told)


def _progress(work: jobs.Work, total: int) -> Callable[[int], None]:
    return lambda count: work.progress(count, total)
