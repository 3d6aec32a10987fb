"""What a desk puts on the hall screen: kept for who comes later, and in the language the desk chose."""

from __future__ import annotations

from tests.browser.conftest import Pages
from tests.browser.points import Point, open_page
from tests.server import wait_for

WORDS = "Mời các đại biểu dùng nước"


def card_of(point: Point) -> str | None:
    found: str | None = point.page.evaluate(f"document.querySelector('{point.test('card')}')?.dataset.card ?? null")
    return found


def wait_card(point: Point, card: str | None) -> None:
    wait_for(lambda: card_of(point) == card, f"{point.name} shows the card {card}")


def in_minutes(point: Point, minutes: int) -> str:
    """The conference's clock so many minutes from now, as typed into a field."""
    formatter = "new Intl.DateTimeFormat('en-GB', {timeZone: 'Asia/Ho_Chi_Minh', hour: '2-digit', minute: '2-digit'})"
    return str(point.page.evaluate(f"minutes => {formatter}.format(Date.now() + minutes * 60000)", minutes))


def test_a_card_of_the_desk_is_kept_for_who_comes_later_and_after_a_restart(pages: Pages) -> None:
    chair, secretary, screen = pages.desk("chair"), pages.desk("secretary"), pages.desk("screen")
    station, site = pages.station(), pages.site(1)
    chair.click("open-doors")
    wait_card(screen, "before")
    chair.click("convene")
    chair.click("convene-yes")
    screen.wait_sees("hall-video", "hall")

    # The screen's machine starts again from the bare address: the tab is another one, the link is still known.
    again = open_page(screen.page.context, "screen again", f"{pages.server.address}/screen")
    screen.page.close()
    screen = again
    screen.wait_sees("hall-video", "hall")

    # The secretary calls a break; a time that has gone by is told before anything is shown.
    secretary.click("screen-open")
    time = secretary.page.locator(secretary.test("card-time"))
    time.fill(in_minutes(secretary, -60))
    secretary.page.locator(".field-error").wait_for()
    assert secretary.page.locator(secretary.test("card-show")).is_disabled()
    back = in_minutes(secretary, 20)
    time.fill(back)
    secretary.page.locator(f"{secretary.test('screen-dialog')} {secretary.test('card-words')}").fill(WORDS)
    secretary.click("card-show")
    late = open_page(pages.desk_context(), "late screen", pages.links["screen"])
    for point in (screen, site, station, late):
        wait_card(point, "break")
        assert WORDS in point.text("card-words")
        assert back in point.text("resumes-at")
    site.wait_hears({"hall"})
    assert "hall-video" not in screen.page.content()

    # It outlives a restart of the server and a reload of the page; the log tells it; the chair takes it away.
    pages.server.stop()
    pages.server.start()
    screen.page.reload()
    wait_card(screen, "break")
    assert back in screen.text("resumes-at")
    assert WORDS in secretary.text("log")
    wait_for(lambda: chair.page.locator(chair.test("screen-open")).get_attribute("data-card") == "forced", "told")
    chair.click("screen-open")
    chair.click("card-hide")
    for point in (screen, site):
        wait_card(point, None)
    screen.wait_sees("hall-video", "hall")

    # The language changes under the running pictures, and is kept for a screen that comes later.
    screen.page.evaluate("window.__kept = document.querySelector('[data-test=hall-video] video')")
    secretary.click("screen-open")
    secretary.page.locator(f"{secretary.test('screen-language')} input[value=en]").click()
    wait_for(lambda: "Not connected" in screen.text("strip"), "the screen speaks English")
    assert screen.page.evaluate("document.documentElement.lang") == "en"
    assert screen.page.evaluate("window.__kept.isConnected && !window.__kept.paused")
    late.page.reload()
    wait_for(lambda: "Not connected" in late.text("strip"), "the later screen speaks English")
    secretary.page.reload()
    secretary.page.locator(secretary.test("screen-open")).wait_for()
    assert secretary.page.evaluate("document.documentElement.lang") == "vi", "the desk keeps its own language"

    # The technician at the screen covers it; the keys need no desk.
    screen.page.keyboard.press("3")
    wait_card(screen, "before")
    screen.page.keyboard.press("1")
    wait_card(screen, None)
    for point in (chair, secretary, screen, site, station):
        assert point.page.evaluate("window.__violations") == [], point.name
