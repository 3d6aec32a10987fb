"""A line between two network namespaces that takes its time: every packet waits for the delay, give or take the jitter.

Each end is a TUN interface (`lan0`, `lan1`); what goes into one comes out of the other. Packets wait independently of each
other, so those that wait longer are overtaken. Loss is nftables' and the rate is tc's: no kernel need have netem.
A process of its own: `python -m tests.bench.relay NAMESPACE NAMESPACE`, told by lines `DELAY_MS JITTER_MS`.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import selectors
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.namespace import Namespace

ADDRESSES = ("10.78.0.1", "10.78.0.2")
INTERFACES = ("lan0", "lan1")
_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
PACKET_BYTES = 2048


class Relay:
    """The process that carries the packets."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def delay(self, milliseconds: float, jitter: float = 0.0) -> None:
        """Of each direction."""
        assert self._process.stdin is not None
        print(milliseconds, jitter, file=self._process.stdin, flush=True)


@contextmanager
def make_relayed_line(name: str, folder: Path) -> Iterator[tuple[Namespace, Namespace, Relay]]:
    """Two namespaces and the line between them, without delay at first."""
    names = (f"{name}a", f"{name}b")
    made: list[str] = []
    process = None
    try:
        for one in names:
            _run("ip", "netns", "add", one)
            made.append(one)
            (folder / one).mkdir()
            _run("ip", "-n", one, "link", "set", "lo", "up")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.relay", *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for one, interface, address in zip(names, INTERFACES, ADDRESSES, strict=True):
            _run("ip", "-n", one, "addr", "add", f"{address}/24", "dev", interface)
            _run("ip", "-n", one, "link", "set", interface, "up")
            _run("ip", "-n", one, "route", "add", "default", "dev", interface)
        here, there = (Namespace(one, address, folder / one) for one, address in zip(names, ADDRESSES, strict=True))
        yield here, there, Relay(process)
    finally:
        if process is not None:
            process.kill()
            process.wait()
        for one in made:
            _run("ip", "netns", "delete", one)


def limit_rate(end: Namespace, interface: str, kilobits: int | None) -> None:
    """What may leave by this interface in a second; a queue of 0.4 s stands before it. None ends it."""
    before = ("tc", "-n", end.name, "qdisc")
    if kilobits is None:
        subprocess.run([*before, "del", "dev", interface, "root"], check=False, capture_output=True)
    else:
        shape = ("tbf", "rate", f"{kilobits}kbit", "burst", "4kb", "latency", "400ms")
        _run(*before, "replace", "dev", interface, "root", *shape)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


# --- the process ---


def open_tun(namespace: str, interface: str) -> int:
    """The descriptor of a new TUN interface in there; this process stays in that namespace."""
    place = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(place, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(place)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", interface.encode(), _IFF_TUN | _IFF_NO_PI))
    return tun


def carry(first: int, second: int) -> None:
    """Until standard input ends."""
    other = {first: second, second: first}
    waiting: list[tuple[float, int, int, bytes]] = []
    delay = jitter = 0.0
    count = 0
    with selectors.DefaultSelector() as ready:
        for descriptor in (sys.stdin.fileno(), first, second):
            ready.register(descriptor, selectors.EVENT_READ)
        while True:
            patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
            for key, _ in ready.select(patience):
                if key.fd == sys.stdin.fileno():
                    told = os.read(key.fd, 1024).decode().splitlines()
                    if not told:
                        return
                    delay, jitter = (float(word) / 1000 for word in told[-1].split())
                    continue
                for packet in _read_all(key.fd):
                    due = time.monotonic() + max(0.0, delay + random.uniform(-jitter, jitter))
                    heapq.heappush(waiting, (due, count, other[key.fd], packet))
                    count += 1
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, to, packet = heapq.heappop(waiting)
                try:
                    os.write(to, packet)
                except OSError:  # the interface is not up yet, or is full
                    continue


def _read_all(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(descriptor, PACKET_BYTES)
        except OSError:
            return


if __name__ == "__main__":
    ends = [open_tun(name, interface) for name, interface in zip(sys.argv[1:], INTERFACES, strict=True)]
    print("ready", flush=True)
    carry(*ends)
