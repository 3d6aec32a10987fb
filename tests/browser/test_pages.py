"""Every page in every state, in both languages: usable by everybody (axe-core), within policy and width, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from tests.browser.states import ADMIN, OFFICE, PAPERS, STRANGER, before_the_day, catalogue
from tests.browser.tour import Tour, View
from tests.browser.usable import AXE, barriers, too_wide

TEXTS = """() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (element.closest('script, style, noscript, body [lang="vi"]')) continue;
    if (node.nodeType === 3) texts.push(node.data);
    else for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-ask', 'data-done'])
      if (node.hasAttribute(name)) texts.push(node.getAttribute(name));
  }
  return texts;
}"""

VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.I)
PRODUCT = "Điểm Cầu"


def faults(tour: Tour, view: View, known: set[str]) -> Iterator[str]:
    """What is wrong with a page as it stands there."""
    page = view.page
    for violation in page.evaluate("window.__violations"):
        yield f"{view.name}: the policy forbids {violation}"
    # The document is the same in both languages: one asks axe at the first size, the other at the last.
    asked_at = view.sizes[-1 if tour.language == "en" else 0]
    for size in view.sizes:
        at(page, size)
        with tour.deaf():
            found = too_wide(page) + (barriers(page) if size == asked_at else [])
        for fault in found:
            yield f"{view.name} at {size[0]}: {fault}"
    if len(view.sizes) > 1:
        at(page, view.sizes[0])
    if tour.language == "en":
        for text in foreign(page.evaluate(TEXTS), tour, known):
            yield f"{view.name}: not English: {text}"


def at(page: Page, size: tuple[int, int]) -> None:
    if page.viewport_size != {"width": size[0], "height": size[1]}:
        page.set_viewport_size({"width": size[0], "height": size[1]})


def foreign(texts: list[str], tour: Tour, known: set[str]) -> list[str]:
    """The texts that hold Vietnamese besides the product's name and what people typed."""
    suspects = sorted({" ".join(text.split()) for text in texts if VIETNAMESE.search(text)})
    if not any(rest(text, known) for text in suspects):
        return []
    known |= tour.data_texts()
    return [text for text in suspects if rest(text, known)]


def rest(text: str, known: set[str]) -> bool:
    """Whether Vietnamese is left of a text without what is known; a page may also show the half of a title."""
    left = text.casefold()
    if len(left) > 15 and any(left in one.casefold() for one in known):
        return False
    for data in sorted((one for one in known if one.casefold() in left), key=len, reverse=True):
        left = left.replace(data.casefold(), " ")
    return bool(VIETNAMESE.search(left))


PATHS = [*STRANGER.values(), *OFFICE.values(), *ADMIN.values(), *PAPERS]
IN_SITTING = ("chair", "secretary", "board", "screen", "station", "site")
ELSEWHERE = {
    *(f"live.{page}" for page in IN_SITTING),
    "seat.page",  # what `test_preparation.py` goes through
    *("imports.delegates_seen", "imports.units_seen", "jobs.show"),  # what an import's tests go through
}
NO_PAGES = re.compile(
    r"static|health|metrics|\.(json|ics|xlsx|pdf|docx|png)$|/words|/file|/api|^/seat|^/calendar/<|<any|^/check-in/list"
)


@pytest.mark.only_on("sqlite")
def test_every_page_is_in_the_catalogue(app: Flask) -> None:
    seen = app.url_map.bind("localhost")
    paths = [path.partition("?")[0].format(public_id="c", item=1, site=1, delegate=1) for path in PATHS]
    known = {seen.match(path)[0] for path in paths}
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    asked = {rule.endpoint for rule in pages if not NO_PAGES.search(rule.rule)}
    assert asked - known - ELSEWHERE == set(), "one line each in tests/browser/states.py"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_and_state_is_usable_by_everybody(
    playwright: Playwright, demo_data: Path, tmp_path: Path, language: str, is_every_state_asked: bool
) -> None:
    """The office's pages; with `--every-state` (`make pages`) also the live ones through a whole sitting, ten minutes."""
    assert AXE.exists(), "npm ci --prefix tests"
    tour = Tour(playwright, tmp_path, language, demo_data)
    known, found, looked_at = {PRODUCT}, [], 0
    try:
        for views in catalogue(tour) if is_every_state_asked else before_the_day(tour):
            for view in views:
                found += faults(tour, view, known)
                looked_at += 1
        assert looked_at > (100 if is_every_state_asked else 40)
        assert found + tour.errors == []
    except BaseException:
        print("\n".join(found + tour.errors))
        raise
    finally:
        tour.close()


def test_what_is_wrong_is_found(playwright: Playwright, demo_data: Path, tmp_path: Path) -> None:
    """The test of the test: a page with one fault of each kind."""
    tour = Tour(playwright, tmp_path, "en", demo_data)
    try:
        page = tour.page("stranger")
        page.evaluate("""() => {
          const wide = document.createElement('p'); wide.textContent = 'Mời phát biểu';
          wide.setAttribute('style', 'color: red');
          const image = document.createElement('img'); image.width = 3000;
          document.querySelector('main').append(wide, image);
        }""")
        found = "\n".join(faults(tour, View("sign-in", page, ((1440, 900),)), {PRODUCT}))
        for fault in ("3", "image-alt", "style-src", "Mời phát biểu"):
            assert fault in found
        assert tour.errors
    finally:
        tour.close()
