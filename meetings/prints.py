"""Papers to print: set by the `jobs` process, kept under a hash of all that they say, so that a second look is at once.

The web process only reads the rows that a paper is made of and asks `answer`: what is kept is given, else a job is made and
its page shown, which waits with progress and then goes on to the file. A kind of paper is registered with `@paper(name)`;
what it returns is made again from the rows in the job, so that no link or PIN ever lies in a job's row. The files hold links:
they stay in `DATA_DIR` and go after `KEPT`.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import Response, current_app, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from meetings import __version__, jobs, store
from meetings.documents.official import as_plain
from meetings.tables import Conference, Job, JobState, StaffAccount, db, writing

KEPT = timedelta(days=7)
FAILURE_SHOWN = timedelta(seconds=20)
"""So long a failure is told before the same paper is tried again."""
MIME = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "png": "image/png",
}


@dataclass(frozen=True)
class PrintPaper:
    """Which paper of the job's conference, as `pdf`, `docx` or `png`. `base` is this program's address as its users have it."""

    paper: str
    form: str
    base: str = ""
    site_id: int | None = None
    shown_at: str = ""
    """Where the page of the job goes on to: the address that asked."""


@dataclass(frozen=True)
class Print:
    """A paper ready to be set. `says` is everything it says, in dataclasses and what JSON can hold."""

    says: object
    make: Callable[[], bytes]
    file_name: str
    fresh_for: timedelta = KEPT
    """A paper that tells when it was made is not given again for longer."""


Maker = Callable[[Conference, PrintPaper], Print]
_makers: dict[str, Maker] = {}
_rights: dict[str, store.Right] = {}


def paper(name: str, right: store.Right = store.Right.EDIT) -> Callable[[Maker], Maker]:
    """Register what reads a kind of paper from the rows of a conference, outside of `writing()`, and who may have it."""

    def register(make: Maker) -> Maker:
        assert name not in _makers, f"{name} is registered twice"
        _makers[name], _rights[name] = make, right
        return make

    return register


def papers() -> list[str]:
    """The kinds of paper there are."""
    return sorted(_makers)


def find(conference: Conference, asked: PrintPaper, account: StaffAccount) -> tuple[Path, str] | Job:
    """The file that is kept and its name for the user, else the job that makes it, begun if need be.

    Raises `Forbidden` for who may not have this paper.
    """
    store.require(account, _rights[asked.paper])
    made = _makers[asked.paper](conference, asked)
    return (kept, made.file_name) if (kept := _kept(asked, made)) else _job(conference.id, asked, account.id)


def answer(conference: Conference, asked: PrintPaper, account: StaffAccount, *, is_shown: bool) -> ResponseReturnValue:
    """The file, or the page of the job that makes it. `is_shown`: in the browser, rather than saved."""
    found = find(conference, asked, account)
    if isinstance(found, Job):
        return redirect(url_for("jobs.show", public_id=found.public_id))
    return handed_out(*found, asked.form, is_shown=is_shown)


def handed_out(kept: Path, name: str, form: str, *, is_shown: bool) -> Response:
    sent = send_file(kept, mimetype=MIME[form], as_attachment=not is_shown, download_name=name)
    sent.headers["Cache-Control"] = "private, no-cache"
    return sent


def waiting_for(conference: Conference, asked: PrintPaper, account: StaffAccount) -> Job | None:
    """The job that makes this paper, begun if need be; None when the paper is kept."""
    found = find(conference, asked, account)
    return found if isinstance(found, Job) else None


def this_address() -> str:
    """The address of this request, for `PrintPaper.shown_at`."""
    return request.full_path.rstrip("?")


def address_of(job: Job) -> str:
    """Where what a finished job has printed is to be had; "" for other jobs."""
    return str(job.payload.get("shown_at", "")) if job.kind == "print_paper" else ""


@jobs.handler("print_paper", at_once=2, seconds=300)
def print_paper(work: jobs.Work, payload: PrintPaper) -> jobs.Result:
    conference = db.session.get_one(Conference, work.conference_id)
    made = _makers[payload.paper](conference, payload)
    db.session.rollback()
    if _kept(payload, made) is None:
        content = made.make()
        beside = _folder() / f"{secrets.token_hex(8)}.part"
        beside.write_bytes(content)
        beside.replace(_place(payload, made))
        _sweep(datetime.now(UTC))
    return jobs.Result({})


def _job(conference_id: int, asked: PrintPaper, account_id: int) -> Job:
    """One that waits or runs for this account, else a new one: who presses twice waits for the same."""
    now, payload = datetime.now(UTC), dict(vars(asked))
    with writing() as session:
        last = session.scalars(
            sa.select(Job)
            .where(Job.kind == "print_paper", Job.account_id == account_id, Job.conference_id == conference_id)
            .order_by(Job.id.desc())
            .limit(50)
        )
        for job in last:
            has_failed = job.state is JobState.FAILED and job.finished_at and job.finished_at > now - FAILURE_SHOWN
            if job.payload == payload and (job.state in (JobState.WAITING, JobState.RUNNING) or has_failed):
                return job
        return jobs.enqueue("print_paper", asked, account_id=account_id, conference_id=conference_id)


def _kept(asked: PrintPaper, made: Print) -> Path | None:
    place = _place(asked, made)
    try:
        age = datetime.now(UTC).timestamp() - place.stat().st_mtime
    except OSError:
        return None
    return place if age < made.fresh_for.total_seconds() else None


def _place(asked: PrintPaper, made: Print) -> Path:
    told = json.dumps([__version__, _style(), asked.paper, asked.form, as_plain(made.says)], ensure_ascii=False)
    return _folder() / hashlib.sha256(told.encode()).hexdigest()


@cache
def _style() -> str:
    """Of what papers look like: another release sets its own."""
    whole = hashlib.sha256()
    for file in sorted(Path(__file__).with_name("documents").glob("*.[pt]y*")):
        whole.update(file.read_bytes())
    return whole.hexdigest()


def _folder() -> Path:
    folder: Path = current_app.extensions["settings"].data_dir / "prints"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _sweep(now: datetime) -> None:
    for file in _folder().iterdir():
        try:
            if file.stat().st_mtime < (now - KEPT).timestamp():
                file.unlink()
        except FileNotFoundError:
            pass
