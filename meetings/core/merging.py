"""Two people write one note: nobody's words are lost. Pure.

A three-way merge by lines. Where only one side changed what both started from, its change is taken. Notes are saved in the
middle of a line, so a line that one side only went on with is the same line: the longer one is taken. Where both changed the
same line differently, both versions stand, one below the other, and a person decides.
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
    return "\n".join(_merged_lines(_lines(base), _lines(theirs), _lines(mine)))


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _merged_lines(base: list[str], theirs: list[str], mine: list[str]) -> Iterator[str]:
    b = t = m = 0
    for base_at, theirs_at, mine_at, length in _common(base, theirs, mine):
        yield from _chunk(base[b:base_at], theirs[t:theirs_at], mine[m:mine_at])
        yield from base[base_at : base_at + length]
        b, t, m = base_at + length, theirs_at + length, mine_at + length


def _chunk(base: list[str], theirs: list[str], mine: list[str]) -> Iterator[str]:
    if theirs == base:
        yield from mine
        return
    if mine == base:
        yield from theirs
        return
    b = t = m = 0
    in_theirs, in_mine = dict(_continued(base, theirs)), dict(_continued(base, mine))
    for base_at in sorted(in_theirs.keys() & in_mine.keys()):
        theirs_at, mine_at = in_theirs[base_at], in_mine[base_at]
        yield from _both(base[b:base_at], theirs[t:theirs_at], mine[m:mine_at])
        yield from _line(base[base_at], theirs[theirs_at], mine[mine_at])
        b, t, m = base_at + 1, theirs_at + 1, mine_at + 1
    yield from _both(base[b:], theirs[t:], mine[m:])


def _line(base: str, theirs: str, mine: str) -> list[str]:
    if theirs == base or mine.startswith(theirs):
        return [mine]
    if mine == base or theirs.startswith(mine):
        return [theirs]
    return [theirs, mine]


def _both(base: list[str], theirs: list[str], mine: list[str]) -> Iterator[str]:
    """Nothing of `base` is recognised any more on both sides: what either has, in order, what both have once."""
    if theirs == base:
        yield from mine
        return
    if mine == base:
        yield from theirs
        return
    t = m = 0
    for theirs_at, mine_at in [*_continued(theirs, mine), (len(theirs), len(mine))]:
        yield from theirs[t:theirs_at]
        yield from mine[m:mine_at]
        if theirs_at < len(theirs):
            yield max(theirs[theirs_at], mine[mine_at], key=len)
        t, m = theirs_at + 1, mine_at + 1


def _continued(before: list[str], after: list[str]) -> Iterator[tuple[int, int]]:
    """Which lines of `after` are which of `before`, in order: the same, or one the beginning of the other."""
    at = 0
    for index, line in enumerate(before):
        found = next((n for n in range(at, len(after)) if _is_continued(line, after[n])), None)
        if found is not None:
            yield index, found
            at = found + 1


def _is_continued(before: str, after: str) -> bool:
    if before == after:
        return True
    return bool(before.strip() and after.strip()) and (after.startswith(before) or before.startswith(after))


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
