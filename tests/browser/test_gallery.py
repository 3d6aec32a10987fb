"""All points at a glance, in browsers: the right picture under the right name, pages, a lost point."""

from __future__ import annotations

import re

from tests.browser.conftest import Pages
from tests.browser.points import Point
from tests.browser.signals import LOOKS
from tests.browser.test_conference import convene, register
from tests.browser.usable import assert_usable
from tests.server import wait_for

NAME = "Xã Lý Sơn"


def seventeenth(pages: Pages, desk: Point) -> str:
    """The address of one more site, so that there is a second page."""
    office = desk.page.context.new_page()
    office.goto(f"{pages.server.address}/c/{pages.links['public_id']}/sites/new")
    for field in ("name", "short_name"):
        office.locator(f"[name={field}]").fill(NAME)
    office.locator("form button[type=submit].is-primary").click()
    office.wait_for_url(re.compile(r"/sites(\?|$)"))
    office.close()
    return str(pages.server.links()["sites"][-1]["url"])


def tile(place: int) -> str:
    return f"tile-{place}"


def wait_tile(point: Point, place: int, name: str, look: str | None) -> None:
    """The tile bears the name, and shows that site's picture, uncovered."""

    def as_wanted() -> bool:
        box = point.page.locator(point.test(tile(place)))
        if box.count() != 1 or name not in box.inner_text():
            return False
        is_covered = box.locator(".is-foreign, .is-lost").count() > 0
        return (None if is_covered else point.sees(tile(place))) == look

    wait_for(as_wanted, f"{point.name}: tile {place} is {name} and shows {look}", 30)


def test_all_points_at_a_glance_by_pages_with_the_speaker_framed_and_a_lost_one_grey(pages: Pages) -> None:
    chair, secretary, screen = pages.desk("chair"), pages.desk("secretary"), pages.desk("screen")
    far_url = seventeenth(pages, secretary)
    station, near = pages.station(), pages.site(1)
    far = pages.point("far", far_url, LOOKS[3])
    far.click("enter")
    everyone = [chair, secretary, screen, station, near, far]
    convene(chair)
    hall_name, near_name = (secretary.page.locator("tr[data-site] th").nth(n).inner_text().strip() for n in (0, 1))
    screen.wait_sees("hall-video", "hall")

    # The desk looks; the hall screen shows it between speeches.
    secretary.click("gallery-open")
    wait_tile(secretary, 1, hall_name, "hall")
    wait_tile(secretary, 2, near_name, "green")
    assert screen.page.locator(screen.test("gallery")).count() == 0
    secretary.click("gallery-between_speeches")
    for point in (screen, secretary):
        wait_tile(point, 1, hall_name, "hall")
        wait_tile(point, 2, near_name, "green")
    assert "3/17" in screen.text("stage")
    assert_usable([screen, secretary])
    assert station.hears() == set()
    near.wait_hears({"hall"})
    negotiated = [point.negotiations() for point in everyone]

    # The page turns for all; a place keeps no picture of who was there before.
    secretary.click("page-on")
    for point in (screen, secretary):
        wait_tile(point, 1, NAME, "yellow")
        assert point.page.locator(point.test(tile(2))).count() == 0
    secretary.click("page-on")
    wait_tile(screen, 1, hall_name, "hall")
    wait_tile(screen, 2, near_name, "green")

    # Who speaks comes first, unless the desk wants the gallery to stay: then the speaker is framed.
    register(near)
    chair.click("grant-next")
    screen.wait_sees("floor-video", "green")
    assert screen.page.locator(screen.test("gallery")).count() == 0
    secretary.click("gallery-always")
    wait_tile(screen, 2, near_name, "green")
    framed = screen.page.locator(f"{screen.test('gallery')} .is-floor")
    assert framed.count() == 1 and "Đang phát biểu" in framed.inner_text()
    station.wait_hears({"green"})
    assert [point.negotiations() for point in everyone] == negotiated
    chair.click("end")

    # A lost point stands grey in its place, with the time; one that comes later finds the screen as it is.
    near.page.close()
    lost = screen.page.locator(f"{screen.test(tile(2))}[data-state=lost] .is-lost")
    lost.wait_for(timeout=30_000)
    assert near_name in lost.inner_text() and "Mất kết nối" in lost.inner_text() and "00:" in lost.inner_text()
    assert_usable([screen])
    screen.page.reload()
    wait_tile(screen, 1, hall_name, "hall")

    # The technician at the screen turns it without a desk.
    screen.page.keyboard.press("1")
    screen.wait_sees("hall-video", "hall")
    screen.page.keyboard.press("2")
    wait_tile(screen, 1, hall_name, "hall")
    secretary.click("gallery-off")
    screen.wait_sees("hall-video", "hall")
    for point in (chair, secretary, screen, station, far):
        assert point.page.evaluate("window.__violations") == [], point.name
