"""A network namespace with a veth pair: what is in it has addresses that are neither loopback nor anybody else's."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STEERED = Path(__file__).with_name("firefox_inside.py")


@dataclass(frozen=True)
class Namespace:
    """`address` is that of the one interface, without the length of its prefix."""

    name: str
    address: str
    folder: Path

    @property
    def inside(self) -> tuple[str, ...]:
        """What comes before a command that is to run in here."""
        return ("ip", "netns", "exec", self.name)

    def lose(self, percent: int) -> None:
        """Loses this share of what comes in over the line; 0 ends it. Not every kernel has netem, all have this."""
        share = f"numgen random mod 100 < {percent} " if percent < 100 else ""
        self._drop(share if percent else None)

    def block_udp(self) -> None:
        """A firewall that lets no UDP in; `lose(0)` ends it."""
        self._drop("meta l4proto udp ")

    def renumber(self, interface: str, address: str) -> None:
        """Another network: the interface has this address (with its prefix) and no other, as after a change of router."""
        for words in (
            ("addr", "flush", "dev", interface),
            ("addr", "add", address, "dev", interface),
            ("route", "replace", "default", "dev", interface),
        ):
            _run("ip", "-n", self.name, *words)

    def _drop(self, match: str | None) -> None:
        words = ["flush ruleset"]
        if match is not None:
            words.append("add table inet line")
            words.append("add chain inet line lossy { type filter hook input priority 0 ; }")
            words.append(f"add rule inet line lossy iifname lan* {match}drop")
        for rule in words:
            _run(*self.inside, "nft", rule)

    def wrapped(self, program: str) -> str:
        """The path of a script that runs `program` in here."""
        before = f"{sys.executable} {STEERED} {self.name}" if "firefox" in program else " ".join(self.inside)
        script = self.folder / f"{Path(program).name}-inside"
        script.write_text(f'#!/bin/sh\nexec {before} {program} "$@"\n')
        script.chmod(0o755)
        return str(script)


@contextlib.contextmanager
def make_namespace(name: str, folder: Path, address: str) -> Iterator[Namespace]:
    """`address` is with its prefix: `10.77.0.1/24` or `fd77::1/64`."""
    _run("ip", "netns", "add", name)
    try:
        for words in (
            ("link", "set", "lo", "up"),
            ("link", "add", "lan0", "type", "veth", "peer", "name", "lan1"),
            ("addr", "add", address, "dev", "lan0", *(["nodad"] if ":" in address else [])),
            ("link", "set", "lan0", "up"),
            ("link", "set", "lan1", "up"),
            ("route", "add", "default", "dev", "lan0"),
        ):
            version = ["-6"] if ":" in address and words[0] == "route" else []
            _run("ip", "-n", name, *version, *words)
        yield Namespace(name, address.partition("/")[0], folder)
    finally:
        _run("ip", "netns", "delete", name)


@contextlib.contextmanager
def make_line(name: str, folder: Path) -> Iterator[tuple[Namespace, Namespace]]:
    """Two namespaces and a line between them: what a server and what a site far away would have."""
    here, there = f"{name}a", f"{name}b"
    made: list[str] = []
    try:
        for one in (here, there):
            _run("ip", "netns", "add", one)
            made.append(one)
            (folder / one).mkdir()
            _run("ip", "-n", one, "link", "set", "lo", "up")
        _run("ip", "-n", here, "link", "add", "lan0", "type", "veth", "peer", "name", "lan1", "netns", there)
        for one, interface, address in ((here, "lan0", "10.78.0.1/24"), (there, "lan1", "10.78.0.2/24")):
            _run("ip", "-n", one, "addr", "add", address, "dev", interface)
            # Packets are on the line as they are on any other, one by one: each may be lost.
            _run("ip", "-n", one, "link", "set", interface, "gso_max_segs", "1")
            _run("ip", "-n", one, "link", "set", interface, "up")
            _run("ip", "-n", one, "route", "add", "default", "dev", interface)
        yield Namespace(here, "10.78.0.1", folder / here), Namespace(there, "10.78.0.2", folder / there)
    finally:
        for one in made:
            _run("ip", "netns", "delete", one)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
