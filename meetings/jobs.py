"""Slow work never runs in the web process of a live conference: imports, archives, mail and PDF are *jobs*.

A page calls `enqueue` inside `writing()` and answers at once; the `jobs` process (`meetings.job_worker`) takes the job up,
runs the handler of its kind in a process of its own with limits on memory and time, and leaves the result in the row and in
the job's folder. A handler is registered with `@handler(kind)`; its payload is a frozen dataclass:

    @dataclass(frozen=True)
    class ImportDelegates:
        site_id: int

    @jobs.handler("import_delegates")
    def import_delegates(work: jobs.Work, payload: ImportDelegates) -> jobs.Result:
        work.progress(0, 5000)
        with writing():
            ...
            return work.settle(jobs.Result({"added": 5000}))

Rules: a run owns its job only while it holds the lease; when it has lost it, whatever it still tries raises `Lost` and changes
nothing. `settle` inside the `writing()` of the work itself makes both true together, so that no crash does the work twice; a
handler that returns a `Result` without it is settled afterwards. A handler raises `Failed(words)` for what the user must know,
`Retry(seconds, words)` to be run again later. Anything else is logged with its traceback, and the user is told only that it
failed.
"""

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import sqlalchemy as sa
from flask import current_app
from flask_babel import LazyString, force_locale, lazy_gettext
from flask_babel import gettext as _

from meetings import words
from meetings.tables import Job, JobState, db, random_id, writing

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
KEPT = timedelta(days=7)
"""How long a finished job and its files stay."""
MOST_ATTEMPTS = 3
"""How often a job that ended its own process is taken up again."""
SHORT_SECONDS = 300
"""A kind that may take longer is long work."""
MOST_LONG = 2
"""So many long ones run at once; the worker has a place more, so that short work never waits behind them."""
PROGRESS_SECONDS = 0.4
_LONGEST_WORDS = 500
_STOP = "stop"
RUNNING = lazy_gettext("Đang làm: %(done)d trên %(total)d")


class Failed(Exception):
    """The work cannot be done; the text is for the user, in the language that was asked in."""


class Retry(Exception):
    """Not now: run it again after so many seconds; the words tell the user why."""

    def __init__(self, after_seconds: float, words: str) -> None:
        super().__init__(words)
        self.after_seconds = after_seconds
        self.words = words


class Lost(Exception):
    """Another run has this job now: this one must not change anything more."""


@dataclass(frozen=True)
class Result:
    """What a job leaves: small facts, and perhaps a file of its folder that is downloaded as `file_name`."""

    facts: Mapping[str, object] = field(default_factory=dict)
    file_name: str = ""


@dataclass
class Work:
    """One run of one job, as its handler sees it."""

    job_id: int
    public_id: str
    lease: str
    attempt: int
    folder: Path
    account_id: int | None
    site_id: int | None
    conference_id: int | None
    is_settled: bool = False
    _told_at: float = 0.0

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is. Call it as often as you like, but never inside `writing()`."""
        now = time.monotonic()
        if now - self._told_at < PROGRESS_SECONDS and 0 < done < total:
            return
        self._told_at = now
        with writing():
            job = self.own()
            job.done_count, job.total_count = done, total

    @property
    def is_asked_to_stop(self) -> bool:
        """See `ask_to_stop`."""
        return (self.folder / _STOP).exists()

    def settle(self, result: Result) -> Result:
        """Inside `writing()`: the job is done exactly if this transaction is."""
        job = self.own()
        job.state, job.finished_at, job.leased_until = JobState.DONE, datetime.now(UTC), None
        job.result, job.file_name, job.words = dict(result.facts), result.file_name, ""
        if job.total_count:
            job.done_count = job.total_count
        self.is_settled = True
        return result

    def own(self) -> Job:
        """The row, while this run still owns it; raises `Lost`. Inside `writing()`."""
        job = db.session.get(Job, self.job_id)
        if job is None or job.lease != self.lease or job.state is not JobState.RUNNING:
            raise Lost
        return job


Run = Callable[[Work, Any], Result | None]
R = TypeVar("R", bound=Run)


@dataclass(frozen=True)
class Kind:
    name: str
    run: Run
    payload: type
    at_once: int
    memory_mb: int
    seconds: int
    is_aside: bool
    running_words: LazyString

    @property
    def is_long(self) -> bool:
        return self.seconds > SHORT_SECONDS and not self.is_aside


_kinds: dict[str, Kind] = {}


def handler(
    name: str,
    *,
    at_once: int = 2,
    memory_mb: int = 1024,
    seconds: int = 300,
    is_aside: bool = False,
    running_words: LazyString = RUNNING,
) -> Callable[[R], R]:
    """Register what runs jobs of this kind: how many at once, with how much more memory, for how long.

    A kind that `is_aside` takes no place of the others. `running_words` tell how far one is, from `done` and `total`.
    """

    def register(run: R) -> R:
        payload: type = get_type_hints(run)["payload"]
        assert hasattr(payload, "__dataclass_fields__"), f"{name}: the payload is a dataclass"
        assert name not in _kinds, f"{name} is registered twice"
        _kinds[name] = Kind(name, run, payload, at_once, memory_mb, seconds, is_aside, running_words)
        return run

    return register


def kinds() -> Mapping[str, Kind]:
    return _kinds


def enqueue(
    kind: str,
    payload: Any,
    *,
    account_id: int | None = None,
    site_id: int | None = None,
    conference_id: int | None = None,
    run_after: datetime | None = None,
) -> Job:
    """A job that waits, inside `writing()`: it is taken up after the commit. Files for it go into `folder_of(job)`."""
    assert isinstance(payload, _kinds[kind].payload), f"{kind} takes a {_kinds[kind].payload.__name__}"
    job = Job(
        public_id=random_id(),
        kind=kind,
        payload=dict(vars(payload)),
        account_id=account_id,
        site_id=site_id,
        conference_id=conference_id,
        language=words.language(),
        run_after=run_after or datetime.now(UTC),
    )
    db.session.add(job)
    db.session.flush()
    return job


def jobs_dir() -> Path:
    folder: Path = current_app.extensions["settings"].data_dir / "jobs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def folder_of(job: Job) -> Path:
    """The job's own folder, made when first asked for."""
    folder = jobs_dir() / job.public_id
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def file_of(job: Job) -> Path | None:
    """The file that a finished job has left for download."""
    file = jobs_dir() / job.public_id / "result"
    return file if job.state is JobState.DONE and job.file_name and file.is_file() else None


def ask_to_stop(job: Job) -> None:
    """Its handler may end it in good order, at once or when it begins; most kinds do not look."""
    (folder_of(job) / _STOP).touch(mode=0o600)


def is_asked_to_stop(job: Job) -> bool:
    return (folder_of(job) / _STOP).exists()


# --- taking up and running; the worker's side ---


def take_next(worker: str, now: datetime) -> Work | None:
    """Own the next job that is due, if its kind has a place left. A run whose lease is over counts as died."""
    due = sa.or_(
        sa.and_(Job.state == JobState.WAITING, Job.run_after <= now),
        sa.and_(Job.state == JobState.RUNNING, Job.leased_until < now),
    )
    if db.session.scalar(sa.select(Job.id).where(due, Job.kind.in_(_kinds)).limit(1)) is None:
        db.session.rollback()
        return None
    with writing() as session:
        running = dict(
            session.execute(
                sa.select(Job.kind, sa.func.count())
                .where(Job.state == JobState.RUNNING, Job.leased_until >= now, Job.kind.in_(_kinds))
                .group_by(Job.kind)
            ).all()
        )
        may_be_long = sum(count for name, count in running.items() if _kinds[name].is_long) < MOST_LONG
        free = [
            name
            for name, kind in _kinds.items()
            if running.get(name, 0) < kind.at_once and (may_be_long or not kind.is_long)
        ]
        job = session.scalar(sa.select(Job).where(due, Job.kind.in_(free)).order_by(Job.run_after, Job.id).limit(1))
        if job is None:
            return None
        if job.state is JobState.RUNNING and job.attempt >= MOST_ATTEMPTS:
            with force_locale(job.language):
                _fail(job, now, _died_too_often())
            return None
        job.state, job.worker, job.lease = JobState.RUNNING, worker, random_id()
        job.leased_until, job.attempt = now + LEASE, job.attempt + 1
        job.done_count, job.total_count, job.words = 0, None, ""
        return _work(job)


def _work(job: Job) -> Work:
    return Work(
        job_id=job.id,
        public_id=job.public_id,
        lease=job.lease,
        attempt=job.attempt,
        folder=folder_of(job),
        account_id=job.account_id,
        site_id=job.site_id,
        conference_id=job.conference_id,
    )


def run(work: Work) -> None:
    """Run a job that is ours to its end, whatever that is. Nothing escapes but what ends the process."""
    job = db.session.get_one(Job, work.job_id)
    kind, payload, language = _kinds[job.kind], dict(job.payload), job.language
    db.session.rollback()
    with force_locale(language):
        try:
            result = kind.run(work, kind.payload(**payload)) or Result()
            if not work.is_settled:
                with writing():
                    work.settle(result)
        except Lost:
            log.warning("job %s (%s): another run has it", work.job_id, kind.name)
        except Failed as error:
            fail(work, str(error))
        except Retry as again:
            _end(work, _putting_off(again))
        except MemoryError:
            log.exception("job %s (%s) took too much memory", work.job_id, kind.name)
            fail(work, too_large())
        except Exception:
            log.exception("job %s (%s) failed", work.job_id, kind.name)
            fail(work, _went_wrong())


def _end(work: Work, change: Callable[[Job], None]) -> None:
    try:
        with writing():
            change(work.own())
    except Lost:
        log.warning("job %s: another run has it", work.job_id)


def _fail(job: Job, now: datetime, told: str) -> None:
    job.state, job.finished_at, job.leased_until, job.words = JobState.FAILED, now, None, told[:_LONGEST_WORDS]


def _putting_off(again: Retry) -> Callable[[Job], None]:
    def change(job: Job) -> None:
        job.state, job.leased_until, job.words = JobState.WAITING, None, again.words[:_LONGEST_WORDS]
        job.run_after = datetime.now(UTC) + timedelta(seconds=again.after_seconds)

    return change


def fail(work: Work, told: str) -> None:
    """End a run with these words for the user."""
    _end(work, lambda job: _fail(job, datetime.now(UTC), told))


def give_back(worker: str) -> None:
    """What this worker held waits again at once, as if never begun: it ended in order, or is just starting."""
    with writing() as session:
        for job in session.scalars(sa.select(Job).where(Job.state == JobState.RUNNING, Job.worker == worker)):
            job.state, job.leased_until, job.lease = JobState.WAITING, None, ""


def give_up(work: Work) -> None:
    """The run's process died: the job waits again, or has failed when that happens again and again."""

    def change(job: Job) -> None:
        if job.attempt >= MOST_ATTEMPTS:
            _fail(job, datetime.now(UTC), _died_too_often())
        else:
            job.state, job.leased_until = JobState.WAITING, None
            job.run_after = datetime.now(UTC) + timedelta(seconds=2**job.attempt)

    _end(work, change)


def renew_leases(leases: list[str], now: datetime) -> None:
    with writing() as session:
        session.execute(sa.update(Job).where(Job.lease.in_(leases)).values(leased_until=now + LEASE))


def run_waiting() -> int:
    """Run everything that is due in this process, one after the other, and tell how many: for tests."""
    count = 0
    while work := take_next("here", datetime.now(UTC)):
        run(work)
        count += 1
    return count


def sweep(now: datetime) -> None:
    """Forget jobs that ended long ago, and the folders of which no job knows."""
    with writing() as session:
        session.execute(sa.delete(Job).where(Job.finished_at < now - KEPT))
        known = set(session.scalars(sa.select(Job.public_id)))
    for folder in jobs_dir().iterdir():
        is_old = folder.is_dir() and folder.stat().st_mtime < (now - timedelta(days=1)).timestamp()
        if is_old and folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def too_large() -> str:
    return str(_("Tệp này cần nhiều bộ nhớ hơn mức cho phép. Hãy chia thành các tệp nhỏ hơn."))


def too_long() -> str:
    return str(_("Việc này kéo dài quá mức cho phép nên đã dừng. Chưa có gì được lưu; hãy thử với tệp nhỏ hơn."))


def _went_wrong() -> str:
    return str(_("Có lỗi ở máy chủ khi làm việc này. Lỗi đã được ghi lại; chưa có gì được lưu. Hãy thử lại."))


def _died_too_often() -> str:
    return str(_("Việc này đã dừng giữa chừng nhiều lần nên không thử nữa. Hãy báo người quản trị máy chủ."))


# --- what others see ---


def as_told(job: Job) -> dict[str, object]:
    """The job as its owner's page reads it, the state in words too."""
    return {
        "id": job.public_id,
        "state": job.state.value,
        "state_words": state_in_words(job),
        "words": job.words,
        "done": job.done_count,
        "total": job.total_count,
        "result": job.result,
    }


def state_in_words(job: Job) -> str:
    if job.state is JobState.RUNNING and job.total_count:
        return str(_kinds[job.kind].running_words) % {"done": job.done_count, "total": job.total_count}
    return str(_STATES[job.state])


_STATES = {
    JobState.WAITING: lazy_gettext("Đang chờ đến lượt"),
    JobState.RUNNING: lazy_gettext("Đang làm"),
    JobState.DONE: lazy_gettext("Đã xong"),
    JobState.FAILED: lazy_gettext("Không làm được"),
}


@dataclass(frozen=True)
class WorkerHealth:
    is_alive: bool
    waiting: int
    running: int
    oldest_waiting_seconds: int


ALIVE_SECONDS = 15


def health(now: datetime) -> WorkerHealth:
    """Whether the jobs process of this installation is there, and how much lies before it."""
    try:
        beat = (jobs_dir() / "alive").stat().st_mtime
    except OSError:
        beat = 0.0
    due = sa.select(sa.func.count(), sa.func.min(Job.run_after)).where(
        Job.state == JobState.WAITING, Job.run_after <= now
    )
    waiting, oldest = db.session.execute(due).one()
    running = db.session.scalar(sa.select(sa.func.count()).where(Job.state == JobState.RUNNING)) or 0
    age = int((now - oldest).total_seconds()) if oldest else 0
    return WorkerHealth(now.timestamp() - beat < ALIVE_SECONDS, waiting, running, age)
