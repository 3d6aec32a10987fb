"""A parent and its children: it starts again whichever dies; all end together, no port stays taken.

Each child is the head of a process group of its own, so that nothing of it survives it: gunicorn's worker would otherwise
keep the port for a while after `kill -9` of its master. Should the parent itself be killed, the kernel ends the children
(`PR_SET_PDEATHSIG`, Linux).
"""

import contextlib
import ctypes
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from setproctitle import setproctitle

STOP_SECONDS = 5.0
TICK_SECONDS = 0.05
SETTLED_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0
PR_SET_PDEATHSIG = 1
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Process(Protocol):
    """As much of `subprocess.Popen` as a family needs."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None:
        """Its exit code, or minus the signal that ended it; None while it runs."""

    def wait(self, timeout: float | None = None) -> int | None:
        """Until it has ended; when the time is over before, None or `subprocess.TimeoutExpired`."""


@dataclass(frozen=True)
class Program:
    """A child that is another program: it shares nothing with us."""

    command: list[str]
    environment: Mapping[str, str]
    niceness: int = 0

    def start(self) -> Process:
        return subprocess.Popen(self.command, env=self.environment, start_new_session=True, preexec_fn=self._prepare)

    def _prepare(self) -> None:
        die_with_parent()
        os.nice(self.niceness)


@dataclass(frozen=True)
class Fork:
    """A child that goes on with `work` from what we have loaded: it is there at once and shares our memory.

    The parent keeps no thread and no open connection.
    """

    title: str
    work: Callable[[], None]
    environment: Mapping[str, str]

    def start(self) -> Process:
        sys.stdout.flush()
        sys.stderr.flush()
        process = multiprocessing.get_context("fork").Process(target=self._run)
        # A signal that comes before the child has its own handlers would only set a mark of ours in it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return _Forked(process)

    def _run(self) -> None:
        os.setsid()
        die_with_parent()
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        os.environ.update(self.environment)
        setproctitle(self.title)
        self.work()


class _Forked:
    def __init__(self, process: multiprocessing.context.ForkProcess) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self._process = process

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode


@dataclass
class Child:
    """One sibling. It is started again at once when it dies; after a short life, a little later each time.

    `is_once`: its work ends, and that is all.
    """

    name: str
    kind: Program | Fork
    is_once: bool = False
    process: Process | None = None
    started_at: float = 0.0
    start_after: float = 0.0
    pause: float = 0.0

    def look(self) -> None:
        """Starts the child when it is not running; clears away what a dead one left behind."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_after:
                self.process, self.started_at = self.kind.start(), now
            return
        code = self.process.poll()
        if code is None:
            return
        self.kill_group(signal.SIGKILL)
        if self.is_once:
            self.process, self.start_after = None, math.inf
            return
        lived = now - self.started_at
        self.pause = 0.0 if lived > SETTLED_SECONDS else min(LONGEST_PAUSE_SECONDS, self.pause * 2 or 0.25)
        self.start_after = now + self.pause
        self.process = None
        print(f"{self.name}: ended with {code} after {lived:.0f} s, starting again", file=sys.stderr, flush=True)

    def kill_group(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


@dataclass
class Family:
    children: list[Child]
    is_stopping: bool = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in ENDING:
            signal.signal(number, self._stop)
        while not self.is_stopping:
            for child in self.children:
                child.look()
            time.sleep(TICK_SECONDS)
        self._end()

    def _stop(self, *_: object) -> None:
        self.is_stopping = True

    def _end(self) -> None:
        for child in self.children:
            child.kill_group(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                child.kill_group(signal.SIGKILL)
                child.process.wait()


def die_with_parent() -> None:
    """Asks the kernel to end this process with its parent; elsewhere than on Linux, nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
