"""Slow work: done once, told to its owner only, and never lost with the process that did it."""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from meetings import jobs
from meetings.job_worker import MOST_AT_ONCE
from meetings.tables import Job, JobState, Role, StaffAccount, Unit, db, writing
from tests.server import ROOT, wait_for
from tests.web.conftest import PASSWORD, Browser

NICED_SECONDS = 180.0
"""The process is niced: on a busy machine it has all the patience in the world, and so have we."""

PROGRAM = """
import os, signal, sys, time
from dataclasses import dataclass
from pathlib import Path
from meetings import jobs
from meetings.app import create_app
from meetings.job_worker import Worker
from meetings.tables import Unit, writing

@dataclass(frozen=True)
class Payload:
    word: str

def gate(work, name):
    (work.folder / name).touch()
    while not (work.folder / "go").exists():
        time.sleep(0.02)

@jobs.handler("count", at_once=1)
def count(work, payload: Payload):
    gate(work, f"begun-{work.attempt}")
    with writing() as session:
        session.add(Unit(name=payload.word, short_name="", kind="", level=""))
        work.settle(jobs.Result({"pid": os.getpid(), "nice": os.nice(0)}))

@jobs.handler("devour", memory_mb=64)
def devour(work, payload: Payload):
    bytearray(512 * 1024 * 1024)

@jobs.handler("stall", seconds=1)
def stall(work, payload: Payload):
    time.sleep(60)

@jobs.handler("die")
def die(work, payload: Payload):
    os.kill(os.getpid(), signal.SIGKILL)

Worker(create_app()).run()
"""
"""The real worker with handlers of its own."""


@dataclass(frozen=True)
class Payload:
    word: str


Handled = Callable[[jobs.Work, Payload], jobs.Result | None]


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Registers a handler for this test alone."""

    def handle(name: str, run: Handled, **limits: Any) -> None:
        given = {"at_once": 2, "seconds": 5, "is_aside": False, **limits}
        monkeypatch.setitem(
            jobs._kinds, name, jobs.Kind(name, run, Payload, memory_mb=64, running_words=jobs.RUNNING, **given)
        )

    return handle


def enqueue(kind: str, word: str = "một", **given: object) -> Job:
    with writing():
        return jobs.enqueue(kind, Payload(word), **given)  # type: ignore[arg-type]


def state(job: Job) -> JobState:
    db.session.rollback()
    return job.state


def test_a_job_is_done_once_with_its_result_and_file(app: Flask, handle: Callable[..., None]) -> None:
    def run(work: jobs.Work, payload: Payload) -> jobs.Result:
        work.progress(1, 4)
        (work.folder / "result").write_text(payload.word)
        return jobs.Result({"count": 4}, file_name="kết quả.txt")

    handle("count", run)
    job = enqueue("count", "hai")
    assert jobs.run_waiting() == 1
    assert jobs.run_waiting() == 0
    assert (state(job), job.result, job.done_count, job.total_count) == (JobState.DONE, {"count": 4}, 4, 4)
    file = jobs.file_of(job)
    assert file and file.read_text() == "hai"


def test_a_refusal_is_told_in_words_and_a_fault_only_in_the_log(
    app: Flask, handle: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(work: jobs.Work, payload: Payload) -> None:
        raise jobs.Failed("Dòng 3, cột Chức danh: để trống.")

    def fail(work: jobs.Work, payload: Payload) -> None:
        raise RuntimeError("inner secret")

    handle("refuse", refuse)
    handle("fail", fail)
    refused, failed = enqueue("refuse"), enqueue("fail")
    with caplog.at_level(logging.ERROR):
        jobs.run_waiting()
    assert (state(refused), refused.words) == (JobState.FAILED, "Dòng 3, cột Chức danh: để trống.")
    assert (state(failed), "secret" in failed.words) == (JobState.FAILED, False)
    assert failed.words
    assert "inner secret" in caplog.text


def test_a_job_is_tried_again_when_its_handler_asks(app: Flask, handle: Callable[..., None]) -> None:
    def run(work: jobs.Work, payload: Payload) -> jobs.Result:
        if work.attempt == 1:
            raise jobs.Retry(3600, "Máy chủ thư chưa trả lời.")
        return jobs.Result()

    handle("send", run)
    job = enqueue("send")
    assert jobs.run_waiting() == 1
    assert (state(job), job.words) == (JobState.WAITING, "Máy chủ thư chưa trả lời.")
    assert jobs.run_waiting() == 0
    with writing():
        job.run_after = datetime.now(UTC)
    assert jobs.run_waiting() == 1
    assert (state(job), job.words) == (JobState.DONE, "")


def test_a_later_job_waits_for_its_time(app: Flask, handle: Callable[..., None]) -> None:
    handle("send", lambda work, payload: None)
    enqueue("send", run_after=datetime.now(UTC) + timedelta(hours=1))
    assert jobs.run_waiting() == 0


def test_of_one_kind_no_more_run_at_once_than_it_allows(app: Flask, handle: Callable[..., None]) -> None:
    now = datetime.now(UTC)
    handle("alone", lambda work, payload: None, at_once=1)
    handle("other", lambda work, payload: None)
    for kind in ("alone", "alone", "other"):
        enqueue(kind)
    now = datetime.now(UTC)
    taken = [jobs.take_next("worker", now) for _ in range(3)]
    kinds = [db.session.get_one(Job, work.job_id).kind if work else None for work in taken]
    assert kinds == ["alone", "other", None]


def test_short_work_does_not_wait_behind_long(app: Flask, handle: Callable[..., None]) -> None:
    for name in ("mail", "print", "archive"):
        handle(name, lambda work, payload: None, seconds=jobs.SHORT_SECONDS + 1)
    handle("letter", lambda work, payload: None, seconds=jobs.SHORT_SECONDS)
    for kind in ("mail", "print", "archive", "letter"):
        enqueue(kind)
    now = datetime.now(UTC)
    taken = [jobs.take_next("worker", now) for _ in range(MOST_AT_ONCE + 1)]
    kinds = [db.session.get_one(Job, work.job_id).kind if work else None for work in taken]
    assert kinds == ["mail", "print", "letter", None], "one place is kept"
    first = taken[0]
    assert first
    jobs.run(first)
    following = jobs.take_next("worker", now)
    assert following and db.session.get_one(Job, following.job_id).kind == "archive"


def test_what_runs_aside_takes_no_place_of_the_others(app: Flask, handle: Callable[..., None]) -> None:
    handle("rehearsal", lambda work, payload: None, seconds=7200, at_once=1, is_aside=True)
    for name in ("mail", "print"):
        handle(name, lambda work, payload: None, seconds=jobs.SHORT_SECONDS + 1)
    for kind in ("rehearsal", "mail", "print", "rehearsal"):
        enqueue(kind)
    taken = [jobs.take_next("worker", datetime.now(UTC)) for _ in range(4)]
    kinds = [db.session.get_one(Job, work.job_id).kind if work else None for work in taken]
    assert kinds == ["rehearsal", "mail", "print", None], "a second rehearsal waits for the first"


def test_who_looks_ends_when_asked_to_also_before_it_has_begun(app: Flask, handle: Callable[..., None]) -> None:
    def run(work: jobs.Work, payload: Payload) -> jobs.Result:
        rounds = 0
        while not work.is_asked_to_stop and rounds < 5:
            rounds += 1
            jobs.ask_to_stop(db.session.get_one(Job, work.job_id))
        return jobs.Result({"rounds": rounds})

    handle("long", run)
    asked, unasked = enqueue("long"), enqueue("long")
    jobs.ask_to_stop(asked)
    jobs.run_waiting()
    assert (state(asked), asked.result) == (JobState.DONE, {"rounds": 0})
    assert (state(unasked), unasked.result) == (JobState.DONE, {"rounds": 1})


def test_a_run_without_its_lease_changes_nothing(app: Flask, handle: Callable[..., None]) -> None:
    def run(work: jobs.Work, payload: Payload) -> jobs.Result:
        with writing() as session:
            session.execute(sa.update(Job).values(leased_until=datetime.now(UTC) - timedelta(seconds=1)))
        again = jobs.take_next("other", datetime.now(UTC))
        assert again and again.job_id == work.job_id and again.attempt == 2
        with writing() as session:
            session.add(Unit(name="hai lần", short_name="", kind="", level=""))
            return work.settle(jobs.Result())

    handle("count", run)
    job = enqueue("count")
    work = jobs.take_next("one", datetime.now(UTC))
    assert work
    jobs.run(work)
    assert state(job) is JobState.RUNNING
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 0


def test_a_job_whose_run_died_three_times_has_failed(app: Flask, handle: Callable[..., None]) -> None:
    handle("die", lambda work, payload: None)
    job = enqueue("die")
    now = datetime.now(UTC)
    for _ in range(3):
        assert jobs.take_next("worker", now)
        now += jobs.LEASE * 2
    assert jobs.take_next("worker", now) is None
    assert state(job) is JobState.FAILED
    assert job.words


def test_old_jobs_are_forgotten_with_their_folders(app: Flask, handle: Callable[..., None]) -> None:
    handle("count", lambda work, payload: None)
    old, young = enqueue("count", "cũ"), enqueue("count", "mới")
    jobs.run_waiting()
    folders = [jobs.folder_of(old), jobs.folder_of(young)]
    with writing():
        old.finished_at = datetime.now(UTC) - jobs.KEPT - timedelta(days=1)
    long_ago = time.time() - 3 * 86400
    for folder in folders:
        os.utime(folder, (long_ago, long_ago))
    jobs.sweep(datetime.now(UTC))
    assert [folder.exists() for folder in folders] == [False, True]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 1


def test_the_words_are_of_the_language_that_was_asked_in(
    app: Flask, secretary: Browser, handle: Callable[..., None]
) -> None:
    def fail(work: jobs.Work, payload: Payload) -> None:
        raise RuntimeError

    handle("fail", fail)
    with app.test_request_context("/?lang=en"):
        job = enqueue("fail")
    jobs.run_waiting()
    assert state(job) is JobState.FAILED
    assert job.words.startswith("Something went wrong")


def test_only_who_asked_sees_the_job_and_its_file(
    secretary: Browser, add_account: Callable[[str, Role], StaffAccount], handle: Callable[..., None], app: Flask
) -> None:
    def run(work: jobs.Work, payload: Payload) -> jobs.Result:
        (work.folder / "result").write_text("nội dung")
        return jobs.Result({"count": 1}, file_name="danh sách.csv")

    handle("export", run)
    account = db.session.scalars(sa.select(StaffAccount)).one()
    job = enqueue("export", account_id=account.id)
    path = f"/jobs/{job.public_id}"
    json_only = {"headers": {"Accept": "application/json"}}
    waiting = secretary.get(path, **json_only).json
    assert waiting and (waiting["state"], waiting["file"]) == ("waiting", None)
    assert secretary.get(f"{path}/file").status_code == 404
    jobs.run_waiting()
    told = secretary.get(path, **json_only).json
    assert told and (told["state"], told["file"], told["result"]) == ("done", f"{path}/file", {"count": 1})
    file = secretary.get(f"{path}/file")
    assert file.text == "nội dung"
    assert "danh%20s%C3%A1ch.csv" in file.headers["Content-Disposition"]
    file.close()
    assert "Đã xong" in secretary.get(path, headers={"Accept": "text/html"}).text
    add_account("quan-tri", Role.ADMIN)
    stranger = Browser(app)
    stranger.sign_in("quan-tri", PASSWORD)
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/file").status_code == 404
    assert Browser(app).get(path).status_code == 404


# --- the real process ---


@pytest.fixture
def start_worker(app: Flask, tmp_path: Path) -> Iterator[Callable[[], Popen[bytes]]]:
    settings = app.extensions["settings"]
    environment = {
        **os.environ,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }
    started: list[Popen[bytes]] = []

    def start() -> Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            process = Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=log, stderr=log)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def kinds(handle: Callable[..., None]) -> None:
    for name in ("count", "devour", "stall", "die"):
        handle(name, lambda work, payload: None)


@pytest.mark.usefixtures("kinds")
def test_killed_in_mid_work_the_next_process_does_it_once(app: Flask, start_worker: Callable[[], Popen[bytes]]) -> None:
    first = enqueue("count", "trước")
    second = enqueue("count", "sau")
    folder, other = jobs.folder_of(first), jobs.folder_of(second)
    worker = start_worker()
    wait_for((folder / "begun-1").exists, "the first run has begun", NICED_SECONDS)
    db.session.rollback()
    health = jobs.health(datetime.now(UTC))
    assert (health.is_alive, health.running, health.waiting) == (True, 1, 1)
    db.session.rollback()
    worker.kill()
    worker.wait()
    start_worker()
    wait_for((folder / "begun-2").exists, "it is taken up again at once, whatever its lease", NICED_SECONDS)
    assert not (other / "begun-1").exists(), "one at a time"
    (folder / "go").touch()
    (other / "go").touch()
    wait_for(lambda: state(second) is JobState.DONE, "both are done", NICED_SECONDS)
    assert sorted(db.session.scalars(sa.select(Unit.name))) == ["sau", "trước"]
    assert first.result
    assert first.result["nice"] == 10


@pytest.mark.usefixtures("kinds")
def test_no_job_takes_the_process_down(app: Flask, start_worker: Callable[[], Popen[bytes]]) -> None:
    devour, stall, die = enqueue("devour"), enqueue("stall"), enqueue("die")
    worker = start_worker()
    wait_for(lambda: state(devour) is JobState.FAILED, "too much memory", NICED_SECONDS)
    wait_for(lambda: state(stall) is JobState.FAILED, "too long", NICED_SECONDS)
    assert "bộ nhớ" in devour.words
    assert "quá mức" in stall.words
    wait_for(
        lambda: state(die) is JobState.WAITING and die.attempt,
        "one whose process died waits to be tried again",
        NICED_SECONDS,
    )
    good = enqueue("count")
    (jobs.folder_of(good) / "go").touch()
    wait_for(lambda: state(good) is JobState.DONE, "and the next is done", NICED_SECONDS)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0


def test_health_tells_of_the_work_and_does_not_fail_for_it(app: Flask) -> None:
    app.extensions["media_health"] = lambda: {"epoch": "a"}
    answer = app.test_client().get("/healthz")
    told = json.loads(answer.data)["jobs"]
    assert answer.status_code == 200
    assert told == {"is_alive": False, "waiting": 0, "running": 0, "oldest_waiting_seconds": 0}
