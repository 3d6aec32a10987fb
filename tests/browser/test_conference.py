"""The conference of 16 July 2020, held in browsers."""

from __future__ import annotations

from tests.browser.conftest import Pages
from tests.browser.points import Point
from tests.browser.usable import assert_usable
from tests.server import wait_for

FORCE_MICROPHONE = """() => {
  for (const pc of window.__pcs) for (const sender of pc.getSenders())
    if (sender.track?.kind === 'audio') Object.defineProperty(sender.track, 'enabled', {get: () => true, set() {}}) && 0;
  for (const pc of window.__pcs) for (const sender of pc.getSenders())
    if (sender.track?.kind === 'audio')
      Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'enabled').set.call(sender.track, true);
}"""

OUTGOING_LEVEL = """async () => {
  let energy = 0;
  for (const pc of window.__pcs) for (const report of (await pc.getStats()).values())
    if (report.type === 'media-source' && report.kind === 'audio') energy += report.totalAudioEnergy ?? 0;
  return energy;
}"""


def convene(chair: Point, item: int = 5) -> None:
    """Doors, opening, and on to the discussion."""
    chair.click("open-doors")
    chair.click("convene")
    chair.click("convene-yes")
    chair.page.locator('[data-test="open-next-item"]').first.wait_for()
    for _ in range(item):
        before = chair.page.locator(chair.test("open-next-item")).first.inner_text()
        chair.page.locator(chair.test("open-next-item")).first.click()
        wait_for(
            lambda before=before: chair.page.locator(chair.test("open-next-item")).first.inner_text() != before,  # type: ignore[misc]
            "the next item is open",
        )


def register(site: Point, delegate: int = 1) -> None:
    site.page.locator(site.test("request-delegate")).select_option(index=delegate)
    site.click("request-send")
    site.page.locator(site.test("place")).first.wait_for()


def test_the_hall_and_the_sites_see_and_hear_each_other_as_the_chair_gives_the_floor(pages: Pages) -> None:
    chair, secretary, screen = pages.desk("chair"), pages.desk("secretary"), pages.desk("screen")
    station = pages.station()
    first, second, third = (pages.site(number) for number in (1, 2, 3))
    everyone = [chair, secretary, screen, station, first, second, third]

    convene(chair)
    for site in (first, second, third):
        site.wait_sees("hall-video", "hall")
        site.wait_hears({"hall"})
    screen.wait_sees("hall-video", "hall")
    assert station.hears() == set()

    register(first)
    register(second)
    chair.click("grant-next")
    screen.wait_sees("floor-video", "green")
    screen.wait_sees("hall-video", "hall")
    station.wait_hears({"green"})
    second.wait_hears({"hall", "green"})
    third.wait_hears({"hall", "green"})
    first.wait_hears({"hall"})
    first.wait_sees("hall-video", "hall")
    secretary.wait_sees("floor-video", "green")
    assert screen.hears() == set()
    assert chair.hears() == set()
    negotiated = [page.negotiations() for page in everyone]

    # A site without the floor forces its microphone open: its browser sends, nobody hears it.
    third.page.evaluate(FORCE_MICROPHONE)
    sent = third.page.evaluate(OUTGOING_LEVEL)
    wait_for(lambda: third.page.evaluate(OUTGOING_LEVEL) > sent + 0.05, "the forced microphone sends its tone")
    station.wait_hears({"green"})
    second.wait_hears({"hall", "green"})
    first.wait_hears({"hall"})

    # Granting another switches picture and sound on all pages.
    chair.click("grant-next")
    screen.wait_sees("floor-video", "blue")
    station.wait_hears({"blue"})
    first.wait_hears({"hall", "blue"})
    third.wait_hears({"hall", "blue"})
    second.wait_hears({"hall"})
    assert [page.negotiations() for page in everyone] == negotiated
    assert_usable(everyone)

    # A reload of the hall screen in mid-speech shows the stage as it is.
    screen.page.reload()
    screen.wait_sees("floor-video", "blue")
    screen.wait_sees("hall-video", "hall")

    chair.click("end")
    station.wait_hears(set())
    first.wait_hears({"hall"})
    for page in everyone:
        assert page.page.evaluate("window.__violations") == [], page.name
