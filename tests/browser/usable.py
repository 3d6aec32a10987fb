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
