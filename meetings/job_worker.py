"""The `jobs` process: takes jobs up and runs each in a process of its own, which it limits, watches and outlives.

It is `nice`d: a live conference on the same machine comes first. The child is a fork of this process, so that it starts at
once; this process keeps no thread and no open connection across the fork. The child's memory is limited by the kernel
(`RLIMIT_AS`), its time by this process. While a child runs its lease is renewed; a child that dies gives its job back. Should
this process die, the kernel ends its children, and the next one takes their jobs up at once: the worker's name is the
installation's.
"""

import contextlib
import fcntl
import logging
import os
import resource
import signal
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from meetings import jobs
from meetings.app import create_app
from meetings.config import load_settings
from meetings.family import die_with_parent
from meetings.tables import Job, db

log = logging.getLogger(__name__)

NICENESS = 10
"""A conference on the same machine comes first."""
MOST_AT_ONCE = jobs.MOST_LONG + 1
LOOK_SECONDS = 0.3
RENEW_SECONDS = 8.0
BEAT_SECONDS = 3.0
SWEEP_SECONDS = 3600.0
STOP_SECONDS = 3.0


def work() -> None:
    """Take jobs up until a signal ends it."""
    logging.basicConfig(format="jobs: %(levelname)s %(message)s", level=load_settings().log_level.upper())
    app = create_app()
    with app.app_context():
        db.engine.dispose()
    Worker(app).run()


@dataclass
class Child:
    work: jobs.Work
    kind: jobs.Kind
    language: str
    pid: int
    ends_at: float


class Worker:
    def __init__(self, app: Flask) -> None:
        self.app = app
        self.name = f"{socket.gethostname()}:{app.extensions['settings'].data_dir}"[:200]
        self.children: list[Child] = []
        self.is_stopping = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with contextlib.suppress(OSError):
            os.nice(max(0, NICENESS - os.nice(0)))
        with self.app.app_context():
            folder = jobs.jobs_dir()
            with open(folder / "worker.lock", "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # one per installation: the name stands for the only one
                while not self.is_stopping:
                    try:
                        jobs.give_back(self.name)
                        self._work(folder)
                    except sa.exc.OperationalError:
                        log.exception("the database does not answer")
                        self._close()
                        time.sleep(1)
                self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _work(self, folder: Path) -> None:
        beaten = renewed = swept = float("-inf")
        while not self.is_stopping:
            now = time.monotonic()
            if now - beaten > BEAT_SECONDS:
                (folder / "alive").touch(mode=0o600)
                beaten = now
            if now - swept > SWEEP_SECONDS:
                jobs.sweep(datetime.now(UTC))
                swept = now
            if self.children and now - renewed > RENEW_SECONDS:
                jobs.renew_leases([child.work.lease for child in self.children], datetime.now(UTC))
                renewed = now
            self.children = [child for child in self.children if not self._has_ended(child, now)]
            if sum(not child.kind.is_aside for child in self.children) < MOST_AT_ONCE and self._start():
                continue
            time.sleep(LOOK_SECONDS)

    def _start(self) -> bool:
        work = jobs.take_next(self.name, datetime.now(UTC))
        if work is None:
            return False
        job = db.session.get_one(Job, work.job_id)
        kind, language = jobs.kinds()[job.kind], job.language
        self._close()
        pid = os.fork()
        if pid == 0:
            _run_in_child(work, kind)
        self.children.append(Child(work, kind, language, pid, time.monotonic() + kind.seconds))
        return True

    def _has_ended(self, child: Child, now: float) -> bool:
        """Whether the child is gone; what it left undone is put right."""
        pid, status = os.waitpid(child.pid, os.WNOHANG)
        if pid == 0:
            if now < child.ends_at:
                return False
            _kill(child.pid)
            os.waitpid(child.pid, 0)
            log.warning("job %s (%s) took more than %d s", child.work.job_id, child.kind.name, child.kind.seconds)
            with force_locale(child.language):
                jobs.fail(child.work, jobs.too_long())
            return True
        code = os.waitstatus_to_exitcode(status)
        if code:
            log.warning("job %s (%s): its process ended with %d", child.work.job_id, child.kind.name, code)
            with force_locale(child.language):
                jobs.give_up(child.work)
        return True

    def _end(self) -> None:
        for child in self.children:
            _kill(child.pid)
            os.waitpid(child.pid, 0)
        jobs.give_back(self.name)
        self._close()

    def _close(self) -> None:
        """No connection crosses a fork."""
        db.session.close()
        db.engine.dispose()


def _kill(pid: int) -> None:
    """End the child and whatever it started: it is the head of its own group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _run_in_child(work: jobs.Work, kind: jobs.Kind) -> None:
    code = 1
    try:
        os.setpgid(0, 0)
        die_with_parent()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _limit_memory(kind.memory_mb)
        jobs.run(work)
        code = 0
    except BaseException:
        log.exception("job %s (%s): its process failed", work.job_id, kind.name)
    finally:
        logging.shutdown()
        os._exit(code)


def _limit_memory(more_mb: int) -> None:
    """So much more than the program takes already; beyond it Python raises `MemoryError`."""
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + more_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
