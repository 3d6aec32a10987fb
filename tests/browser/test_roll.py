"""The roll in browsers: delegates come in at the door by camera, scanner and name; the desk calls the points one by one."""

from __future__ import annotations

from pathlib import Path

import segno

from meetings import check_in, links
from meetings.app import create_app
from meetings.tables import Conference, LinkKind, SiteLink, db, writing
from tests.browser.conftest import Pages
from tests.browser.points import Point, launch, open_page
from tests.browser.usable import assert_usable
from tests.server import wait_for

WIDTH, HEIGHT = 640, 480


def card_file(folder: Path, code: str) -> Path:
    """What a camera sees: the card of a delegate, as a raw video of one picture."""
    rows = [[0 if dark else 255 for dark in row] for row in segno.make(code, error="m", micro=False).matrix_iter(10, 3)]
    left, top = (WIDTH - len(rows[0])) // 2, (HEIGHT - len(rows)) // 2
    luma = bytearray(b"\xd0" * (WIDTH * HEIGHT))
    for number, row in enumerate(rows):
        at = (top + number) * WIDTH + left
        luma[at : at + len(row)] = bytes(row)
    path = folder / "card.y4m"
    chroma = b"\x80" * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + bytes(luma) + chroma) * 2)
    return path


def door(pages: Pages) -> tuple[str, list[tuple[int, str]]]:
    """The address of a check-in desk, and the hall's delegates with their codes."""
    app = create_app({"DATA_DIR": pages.server.environment["DATA_DIR"]})
    with app.app_context():
        with writing() as session:
            hall = session.get_one(Conference, 1).sites[0]
            link = SiteLink(conference_id=1, site_id=hall.id, kind=LinkKind.CHECK_IN)
            session.add(link)
        address = pages.server.address + links.link_path(link)
        hall = db.session.get_one(Conference, 1).sites[0]
        delegates = [one for one in hall.conference.delegates if one.site_id == hall.id]
        return address, [(one.id, check_in.code_of(one)) for one in delegates]


def told(desk: Point, kind: str) -> str:
    """What the check-in desk says, once it is of this kind."""
    box = desk.page.locator(f'{desk.test("told")}[data-kind="{kind}"]')
    box.wait_for()
    return box.inner_text()


def scan(desk: Point, code: str) -> None:
    """As a scanner does: into whatever has the focus, then Enter."""
    desk.page.locator(desk.test("check-in-text")).focus()
    desk.page.keyboard.type(code)
    desk.page.keyboard.press("Enter")


def test_delegates_come_in_at_the_door_and_the_points_are_called_one_by_one(pages: Pages, tmp_path: Path) -> None:
    address, delegates = door(pages)
    secretary, station, site = pages.desk("secretary"), pages.station(), pages.site(1)
    secretary.click("open-doors")

    # The camera reads a card; the same card again, by scanner, is told; a name is found without its marks.
    browser = launch(pages.playwright, f"--use-file-for-fake-video-capture={card_file(tmp_path, delegates[0][1])}")
    pages._browsers.append(browser)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["camera"], locale="vi-VN")
    desk = open_page(phone, "check-in desk", address)
    desk.click("use-camera")
    assert "Có mặt" in told(desk, "ok")
    assert desk.page.locator(f'[data-delegate="{delegates[0][0]}"]').get_attribute("data-status") == "present"
    desk.click("use-camera")
    scan(desk, delegates[0][1])
    assert "Mã này đã dùng" in told(desk, "warn")
    scan(desk, "12345678901234")
    assert "không phải của đại biểu nào" in told(desk, "bad")
    assert_usable([desk])
    desk.page.locator(f'[data-delegate="{delegates[1][0]}"] {desk.test("mark")}').click()
    told(desk, "ok")
    wait_for(lambda: desk.text("count").startswith("2/"), "two are in")

    # The desk calls the points: who reports is heard in the hall, who is not there is noted.
    secretary.click("roll-open")
    secretary.click("start-roll-call")
    secretary.page.locator(secretary.test("roll-call-line")).wait_for()
    secretary.click("pause-roll-call")
    secretary.page.locator(secretary.test("continue-roll-call")).wait_for()
    secretary.click("next-report")
    site.page.locator('[data-word="reporting"]').wait_for()
    assert "Kính mời điểm cầu" in secretary.text("roll-call-line")
    station.wait_hears({"green"})
    field = secretary.page.locator(f"{secretary.test('roll-call')} {secretary.test('head-count')}")
    field.fill("4000")
    field.press("Enter")
    fault = secretary.page.locator(f"{secretary.test('roll-call')} {secretary.test('count-fault')}")
    fault.wait_for()
    assert_usable([secretary, site])
    secretary.click("next-report")
    secretary.page.locator(secretary.test("roll-call")).wait_for(state="detached")
    station.wait_hears(set())

    # The sum is announced, closed, and printed.
    secretary.click("roll-open")
    assert "có mặt 4002 đại biểu" in secretary.text("announcement")
    secretary.click("close-roll")
    secretary.page.locator(secretary.test("roll-closed")).wait_for()
