"""A site shares its screen: told to the desks, seen by everybody only by their act, with the speaker small beside."""

from __future__ import annotations

from tests.browser.conftest import Pages
from tests.browser.points import SEE, Point
from tests.browser.test_conference import convene, register
from tests.browser.usable import assert_usable
from tests.server import wait_for

SENT = """async () => {
  let frames = 0;
  for (const pc of window.__pcs) if (pc.getTransceivers().length === 1)
    for (const report of (await pc.getStats()).values())
      if (report.type === 'outbound-rtp') frames += report.framesEncoded ?? 0;
  return frames;
}"""
"""Pictures that the page has sent besides its camera's."""
IS_SHARP = """() => { const video = document.querySelector('[data-test=paper-video] video');
  return video.videoHeight >= 360 && getComputedStyle(video).objectFit === 'contain'; }"""


def sees_screen(point: Point, test_name: str = "paper-video") -> bool:
    """Whether the element shows the green screen that a Chromium with invented devices has."""
    colour = point.page.evaluate(SEE, f"{point.test(test_name)} video")
    return bool(colour) and colour[1] > 100 and colour[1] > 2 * max(colour[0], colour[2])


def wait_screen(*points: Point) -> None:
    for point in points:
        wait_for(lambda point=point: sees_screen(point), f"{point.name} sees the shared screen", 30)  # type: ignore[misc]


def share_screen(site: Point) -> None:
    site.click("share-open")
    site.click("share-screen")
    site.page.locator(f"{site.test('shared')}[data-shown=false]").wait_for()


def test_a_shared_screen_is_seen_by_the_act_of_a_desk_and_never_before(pages: Pages) -> None:
    chair, secretary, screen = pages.desk("chair"), pages.desk("secretary"), pages.desk("screen")
    station, site, other = pages.station(), pages.site(3), pages.site(2)
    viewers = [screen, station, other]
    convene(chair)
    register(other)
    chair.click("grant-next")
    screen.wait_sees("floor-video", "blue")
    negotiated = [point.negotiations() for point in viewers]

    # Offered: the desks are told, nothing is sent.
    share_screen(site)
    for desk in (chair, secretary):
        desk.page.locator(desk.test("share-show")).wait_for()
    assert site.page.evaluate(SENT) == 0
    for point in viewers:
        assert point.page.locator(f"{point.test('paper-video')}:visible").count() == 0

    # Shown: large and whole everywhere, the speaker beside it; the sharer reads that it is on show.
    secretary.click("share-show")
    wait_screen(*viewers, chair, secretary)
    screen.wait_sees("floor-video", "blue")
    screen.page.locator('[data-test="stage"][data-large="paper"]').wait_for()
    assert screen.page.evaluate(IS_SHARP)
    site.page.locator(f"{site.test('shared')}[data-shown=true]").wait_for()
    assert "ĐANG CHIẾU" in site.text("shared")
    assert site.page.locator(f"{site.test('paper-video')}:visible").count() == 0, "no picture in the picture"
    site.wait_sees("floor-video", "blue")
    station.wait_hears({"blue"})
    assert [point.negotiations() for point in viewers] == negotiated
    assert_usable([chair, secretary, screen, site, other])

    # Who comes late sees it too; then the chair takes it away, and nothing more is sent.
    screen.page.reload()
    wait_screen(screen)
    chair.click("share-hide")
    screen.wait_sees("floor-video", "blue")
    screen.page.locator('[data-test="stage"][data-large="floor"]').wait_for()
    site.page.locator(f"{site.test('shared')}[data-shown=false]").wait_for()
    sent: list[int] = []

    def is_still() -> bool:
        sent.append(int(site.page.evaluate(SENT)))
        site.page.wait_for_timeout(400)
        return sent[-1] == site.page.evaluate(SENT)

    wait_for(is_still, "nothing is sent any more")

    # Shown again, and ended by the sharer; a reload leaves no offer behind.
    chair.click("share-show")
    wait_screen(other)
    site.click("share-end")
    for point in viewers:
        point.page.locator(f"{point.test('paper-video')}:visible").wait_for(state="hidden")
    share_screen(site)
    site.page.reload()
    chair.page.locator(chair.test("shares")).wait_for(state="detached")
    for point in (chair, secretary, screen, station, site, other):
        assert point.page.evaluate("window.__violations") == [], point.name
