"""Two people write one note: nobody's words are lost. Pure.

A three-way merge by lines. Where only one side changed what both started from, its change is taken; where both changed the
same lines differently, both versions stand, one below the other, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher


def merged(base: str, theirs: str, mine: str) -> str:
    """What `base` becomes when `theirs` was saved first and `mine` comes second."""
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    return "\n".join(_merged_lines(base.split("\n"), theirs.split("\n"), mine.split("\n")))


def _merged_lines(base: list[str], theirs: list[str], mine: list[str]) -> Iterator[str]:
    b = t = m = 0
    for base_at, theirs_at, mine_at, length in _common(base, theirs, mine):
        yield from _chunk(base[b:base_at], theirs[t:theirs_at], mine[m:mine_at])
        yield from base[base_at : base_at + length]
        b, t, m = base_at + length, theirs_at + length, mine_at + length


def _chunk(base: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    return theirs + mine


def _common(base: list[str], theirs: list[str], mine: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that stand in all three, in order; the last one is empty and at the end."""
    in_theirs = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    in_mine = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    for one in in_theirs:
        for other in in_mine:
            start = max(one.a, other.a)
            end = min(one.a + one.size, other.a + other.size)
            if start < end:
                yield start, one.b + start - one.a, other.b + start - other.a, end - start
    yield len(base), len(theirs), len(mine), 0
