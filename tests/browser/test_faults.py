"""What goes wrong in mid-speech, and what is left of it: nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from playwright.sync_api import Playwright

from tests.browser.conftest import Pages
from tests.browser.points import CHROMIUM, QUIET, WATCH, Point, open_page
from tests.browser.test_conference import convene, register
from tests.server import wait_for

TIMER_SECONDS = """() => {
  const text = document.querySelector('[data-test="timer-digits"]').innerText.match(/(\\d+):(\\d+)/);
  return Number(text[1]) * 60 + Number(text[2]);
}"""


def speaking(pages: Pages) -> tuple[Point, Point, Point, Point]:
    """Chair, hall station and two sites: the first speaks, the second waits."""
    chair, station = pages.desk("chair"), pages.station()
    first, second = pages.site(1), pages.site(2)
    convene(chair)
    register(first)
    register(second)
    chair.click("grant-next")
    station.wait_hears({"green"})
    second.wait_hears({"hall", "green"})
    return chair, station, first, second


def never_reloaded(*points: Point) -> None:
    for point in points:
        assert point.page.evaluate("window.__stays === true"), f"{point.name} was reloaded"


def test_killing_master_worker_and_media_in_mid_speech_loses_nothing(pages: Pages) -> None:
    chair, station, first, second = speaking(pages)
    everyone = (chair, station, first, second)
    for point in everyone:
        point.page.evaluate("window.__stays = true")
    victims = {
        "gunicorn's master": lambda: pages.server.pids("gunicorn")[0],
        "gunicorn's worker": lambda: pages.server.pids("gunicorn")[-1],
        "the media process": lambda: pages.server.pids("signaling.sfu ")[0],
    }
    for name, find in victims.items():
        before = chair.page.evaluate(TIMER_SECONDS)
        victim, is_web = find(), name != "the media process"
        epoch = pages.server.health()["media"]["epoch"]
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda victim=victim: not Path(f"/proc/{victim}").exists(), f"{name} is gone")  # type: ignore[misc]
        wait_for(pages.server.is_healthy, f"the server is back after {name}")
        assert (pages.server.health()["media"]["epoch"] == epoch) is is_web
        station.wait_hears({"green"})
        second.wait_hears({"hall", "green"})
        chair.wait_sees("floor-video", "green")
        chair.page.locator(chair.test("end")).wait_for()
        wait_for(lambda: chair.page.locator(chair.test("end")).is_enabled(), "the chair's desk is connected")
        assert 0 <= before - chair.page.evaluate(TIMER_SECONDS) < 60
        assert second.page.locator(second.test("place")).count() == 1
    never_reloaded(*everyone)
    chair.click("grant-next")
    station.wait_hears({"blue"})
    first.wait_hears({"hall", "blue"})


def test_a_second_tab_takes_over_or_watches_silently(pages: Pages) -> None:
    chair, secretary, station, first = pages.desk("chair"), pages.desk("secretary"), pages.station(), pages.site(1)
    convene(chair)
    first.wait_hears({"hall"})
    url = pages.links["sites"][0]["url"]

    watcher = open_page(first.page.context, "watcher", url)
    watcher.page.locator(watcher.test("take-over")).wait_for()
    watcher.page.locator(watcher.test("watch")).click()
    watcher.wait_sees("hall-video", "hall")
    assert watcher.hears() == set()
    first.wait_hears({"hall"})

    register(first)
    chair.click("grant-next")
    station.wait_hears({"green"})
    other = open_page(first.page.context, "other", url)
    other.page.locator(other.test("take-over")).click()
    secretary.page.locator(secretary.test("allow-takeover")).wait_for()
    station.wait_hears({"green"})
    secretary.click("allow-takeover")
    station.wait_hears({"green"})
    other.wait_hears({"hall"})
    wait_for(lambda: first.hears() == set(), "the first tab gave its seat away")


def test_a_renewed_link_ends_the_old_page_and_opens_no_other(pages: Pages) -> None:
    first, secretary = pages.site(1), pages.desk("secretary")
    first.page.locator(first.test("status")).first.wait_for()
    secretary.page.wait_for_url("**/secretary*")
    board = secretary.page.context.new_page()
    board.goto(secretary.page.url.partition("/secretary")[0] + "/links")
    board.on("dialog", lambda dialog: dialog.accept())
    board.locator("li", has=board.locator(f'input[value="{pages.links["sites"][0]["url"]}"]')).get_by_role(
        "button", name="Cấp lại"
    ).click()
    first.page.get_by_text("đã bị thu hồi").first.wait_for()

    late = open_page(pages.desk_context(), "late", pages.links["sites"][0]["url"])
    late.page.get_by_text("đã bị thu hồi").first.wait_for()
    forged = open_page(pages.desk_context(), "forged", pages.links["sites"][1]["url"][:-3] + "abc")
    forged.page.get_by_text("Liên kết không đúng").first.wait_for()


def test_blocked_sound_is_offered_in_words(pages: Pages, playwright: Playwright) -> None:
    """Without the test's autoplay flag a page that was not clicked may be silent: then it says so."""
    chair, station = pages.desk("chair"), pages.station()
    convene(chair)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--deny-permission-prompts"])
    try:
        # Playwright's own questions to a page count as its user's clicks: none before the page has tried to play.
        page = Point("silent", browser.new_context(locale="vi-VN").new_page())
        page.page.add_init_script(WATCH)
        with page.page.expect_websocket() as opened:
            page.page.goto(pages.links["sites"][0]["url"])
        opened.value.wait_for_event("framesent", lambda frame: "answer_media" in str(frame))
        page.page.locator(page.test("unblock")).wait_for()
        assert "Bấm để nghe" in page.text("unblock")
        page.click("unblock")
        page.wait_hears({"hall"})
        assert page.page.locator(page.test("unblock")).count() == 0
    finally:
        browser.close()
    assert station.page.is_visible("body")


def test_a_lost_line_is_told_in_words_and_comes_back_without_a_reload(pages: Pages) -> None:
    first = pages.site(1)
    first.page.locator(first.test("status")).first.wait_for()
    first.page.evaluate("window.__stays = true")
    pages.server.stop()
    first.page.get_by_text("Mất kết nối").first.wait_for(timeout=20000)
    pages.server.start()
    wait_for(lambda: first.page.get_by_text("Mất kết nối").count() == 0, "the page is back")
    never_reloaded(first)
