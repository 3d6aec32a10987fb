"""Papers in real browsers: sent at the office, told of at a site at once, read there under the strict policy."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.browser.conftest import Pages
from tests.browser.points import CHROMIUM, FIREFOX, Point, launch, launch_firefox, open_page
from tests.web.files import pdf_file

DRAWN = """() => [...document.querySelectorAll('.pdf-page[data-drawn] canvas')].some(canvas => {
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) if (data[at] < 100) return true;
  return false;
})"""


def read(site: Point, pages: int) -> None:
    """Open the only paper, turn its pages by keyboard and mouse, and close it."""
    page = site.page
    page.locator(site.test("new-papers")).wait_for(timeout=20_000)
    site.click("tab-papers")
    site.click("paper-open")
    page.locator(".pdf-text span", has_text="trang 1").wait_for()
    assert page.evaluate(DRAWN), "the first page is white"
    assert "/static" not in page.url and "#" not in page.url
    page.keyboard.press("End")
    page.locator(site.test("viewer-page"), has_text=f"{pages}/{pages}").wait_for()
    page.locator(".pdf-text span", has_text=f"trang {pages}").wait_for()
    page.keyboard.press("+")
    page.keyboard.press("Home")
    page.locator(".pdf-text span", has_text="trang 1").wait_for()
    page.keyboard.press("Escape")
    page.locator(site.test("viewer")).wait_for(state="detached")
    assert page.locator(site.test("new-papers")).count() == 0
    assert page.evaluate("window.__violations") == [], site.name


def saved(site: Point) -> bytes:
    with site.page.expect_download() as download:
        site.page.locator(f"{site.test('paper')} button[aria-label^='Tải về']").click()
    assert download.value.suggested_filename == "Báo cáo sơ kết.pdf"
    return Path(download.value.path()).read_bytes()


def test_a_paper_sent_at_the_office_is_read_at_a_site_at_once_and_leaves_it_when_withdrawn(pages: Pages) -> None:
    content = pdf_file(pages=6)
    file = {"name": "Báo cáo sơ kết.pdf", "mimeType": "application/pdf", "buffer": content}
    secretary = pages.desk("secretary")
    conference = secretary.page.url.split("/secretary")[0]
    office = open_page(pages.desk_context(), "office", f"{conference}/papers", "")
    seats = zip(_browsers(pages), pages.links["sites"], strict=False)
    sites = [open_page(context, name, link["url"]) for (name, context), link in seats]
    for site in sites:
        site.page.locator(site.test("tab-papers")).wait_for()
        assert site.page.locator(site.test("new-papers")).count() == 0

    office.page.locator("#file").set_input_files([file])
    office.page.get_by_role("button", name="Gửi: Báo cáo sơ kết").wait_for()
    assert all(site.page.locator(site.test("new-papers")).count() == 0 for site in sites), "the draft was shown"
    office.page.once("dialog", lambda dialog: dialog.accept())
    office.page.get_by_role("button", name="Gửi: Báo cáo sơ kết").click()
    for site in sites:
        read(site, 6)
        assert saved(site) == content

    # At the desk too, and at the office itself.
    secretary.page.locator(secretary.test("paper-count"), has_text="1").wait_for()
    secretary.click("papers-open")
    secretary.click("paper-open")
    secretary.page.locator(".pdf-text span", has_text="trang 1").wait_for()
    office.page.get_by_role("link", name="Báo cáo sơ kết", exact=True).click()
    office.page.locator(".pdf-text span", has_text="trang 1").wait_for()
    office.page.keyboard.press("Escape")
    for point in (secretary, office):
        assert point.page.evaluate("window.__violations") == [], point.name

    office.page.get_by_role("link", name="Sửa, thay bản mới: Báo cáo sơ kết").click()
    office.page.once("dialog", lambda dialog: dialog.accept())
    office.page.get_by_role("button", name="Bỏ tài liệu").click()
    for site in sites:
        site.page.locator(site.test("no-papers")).wait_for()


def _browsers(pages: Pages) -> list[tuple[str, BrowserContext]]:
    chromium, firefox = (
        launch(pages.playwright, executable_path=CHROMIUM),
        launch_firefox(pages.playwright, FIREFOX, 440),
    )
    pages._browsers += [chromium, firefox]
    return [
        ("Chromium", chromium.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")),
        ("Firefox", firefox.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")),
    ]
