"""What keeps a page from being usable by everybody, as it stands: axe-core's rules, and width."""

from __future__ import annotations

from collections.abc import Iterable

from playwright.sync_api import Page

from tests.browser.points import Point
from tests.server import ROOT

AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

VIOLATIONS = """rules => {
  for (const one of document.getAnimations()) try { one.finish(); } catch {}
  return axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false}).then(result =>
    result.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`)));
}"""
"""A page behind others draws nothing, and its colours would stay on their way from one state to the next."""

TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = one =>
    one && one !== document.body && (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement));
  const wide = [...document.querySelectorAll('body *')].filter(one =>
    one.getBoundingClientRect().right > width && !scrolls(one.parentElement));
  return [`${document.documentElement.scrollWidth} px wide: ${wide.slice(0, 3).map(one => one.outerHTML.slice(0, 90))}`];
}"""


MISFITS = """() => {
  const rangeOf = node => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range;
  };
  const isSeen = e => !e.closest('.sr, script, style, option') && e.checkVisibility({checkVisibilityCSS: true});
  const within = (a, b) => ({left: Math.max(a.left, b.left), right: Math.min(a.right, b.right), top: Math.max(a.top, b.top),
    bottom: Math.min(a.bottom, b.bottom)});
  const isCut = (text, e) => ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) &&
    (text.right > e.getBoundingClientRect().right + 1 || text.left < e.getBoundingClientRect().left - 1);
  const isClamped = (text, e) => ['hidden', 'clip'].includes(getComputedStyle(e).overflowY) &&
    text.bottom > e.getBoundingClientRect().bottom + 2;
  const hasEllipsis = e => getComputedStyle(e).textOverflow === 'ellipsis' || getComputedStyle(e).webkitLineClamp !== 'none';
  const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowY);
  const told = node => node.textContent.trim().slice(0, 60);
  const found = [], seen = [];
  const root = document.querySelector('dialog[open]') || document.body;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.textContent.trim() || !isSeen(parent)) continue;
    const text = rangeOf(node).getBoundingClientRect();
    let isEllipsis = false, lines = [...rangeOf(node).getClientRects()];
    for (let e = parent; e && e !== document.body; e = e.parentElement) {
      if ((isCut(text, e) || isClamped(text, e)) && !isEllipsis) {
        if (!hasEllipsis(e)) { found.push(`cut without an ellipsis: ${told(node)}`); break; }
        if (!e.closest('[title]') && !e.querySelector('[title]')) found.push(`no title: ${told(node)}`);
        isEllipsis = true;
      }
      if (getComputedStyle(e).overflowY !== 'visible') lines = lines.map(line => within(line, e.getBoundingClientRect()));
      if (scrolls(e)) {
        if (e.scrollWidth > e.clientWidth + 1) found.push(`scrolls sideways: ${e.className}, ${e.scrollWidth} px wide`);
        break;
      }
    }
    seen.push(...lines.map(line => [line, node]));
  }
  seen.forEach(([a, one], n) => seen.slice(n + 1).forEach(([b, other]) => {
    const {left, right, top, bottom} = within(a, b);
    if (one !== other && right - left > 3 && bottom - top > 8) found.push(`over each other: ${told(one)} / ${told(other)}`);
  }));
  return [...new Set(found)];
}"""
"""Of all that is written: what is cut without an ellipsis or without its whole in a title, what stands over something else, and
whatever has to be scrolled sideways."""


def misfits(page: Page) -> list[str]:
    """Where the words do not fit their places."""
    found: list[str] = page.evaluate(MISFITS)
    return found


def too_wide(page: Page) -> list[str]:
    """What reaches over the right edge."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


def barriers(page: Page) -> list[str]:
    """What axe finds twice: a live page may change while it is looked at, and a colour then belongs to neither state."""
    found = _axe(page)
    return [fault for fault in _axe(page) if fault in found] if found else []


def assert_usable(points: Iterable[Point]) -> None:
    """In a walk: the pages as they stand, in the state that it has led them to."""
    faults = [f"{each.name}: {fault}" for each in points for fault in [*too_wide(each.page), *barriers(each.page)]]
    assert not faults, "\n".join(faults)


def _axe(page: Page) -> list[str]:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text() + "; null")
    # To measure, axe itself sets styles that the policy forbids.
    kept = page.evaluate("[...window.__violations]")
    found: list[str] = page.evaluate(VIOLATIONS, RULES)
    page.evaluate("kept => { window.__violations = kept; }", kept)
    return found
