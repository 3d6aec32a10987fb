"""Points arrive: each sees and hears itself, is told what is wrong and what helps, hears its echo, and goes in all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.conftest import Pages
from tests.browser.points import CHROMIUM, QUIET, Point, open_page
from tests.browser.signals import LOOKS, clipped_file, picture_file
from tests.browser.usable import assert_usable
from tests.server import demo_server, wait_for


@pytest.fixture
def pages(playwright: Playwright, demo_data: Path, tmp_path: Path) -> Iterator[Pages]:
    """A demo conference of which no point has been checked yet."""
    server = demo_server(tmp_path / "data", template=demo_data, is_checked=False)
    pages = Pages(playwright, tmp_path, server, server.links())
    try:
        yield pages
    finally:
        pages.close()
        server.stop()


def code(point: Point, part: str) -> str | None:
    return point.page.locator(point.test(f"check-{part}")).get_attribute("data-code")


def wait_code(point: Point, part: str, wanted: str) -> None:
    wait_for(lambda: code(point, part) == wanted, f"{point.name}: {part} is {wanted}, not {code(point, part)}", 60)


def odd_point(pages: Pages, name: str, number: int, *arguments: str) -> Point:
    """A point whose browser asks nobody and has only the devices that `arguments` give it."""
    browser = pages.playwright.chromium.launch(args=[*QUIET, *arguments], executable_path=CHROMIUM)
    pages._browsers.append(browser)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    return open_page(context, name, pages.links["sites"][number - 1]["url"])


def test_points_check_themselves_and_enter_with_what_they_have(pages: Pages) -> None:
    whole = pages.site(1)
    bare = odd_point(pages, "without devices", 2, "--use-fake-ui-for-media-stream", "--mute-audio")
    shy = odd_point(
        pages, "refused", 3, "--use-fake-device-for-media-stream=device-count=2", "--deny-permission-prompts"
    )

    # What a machine without devices is told, and that it may go in to see and hear.
    wait_code(bare, "camera", "missing")
    wait_code(bare, "microphone", "missing")
    assert "vẫn nghe và xem được" in bare.text("check-camera")
    assert "chỉ để nghe và xem" in bare.text("enter")
    assert_usable([bare])

    # Refused, then given: the page notices by itself. Another camera is taken at once.
    wait_code(shy, "camera", "refused")
    assert "Cho phép" in shy.text("check-camera")
    shy.page.context.grant_permissions(["camera", "microphone"])
    wait_for(lambda: code(shy, "camera") not in ("", "refused"), "the permission is noticed", 60)
    cameras = shy.page.locator("#device-camera")
    wait_for(lambda: cameras.locator("option").count() == 3, "both cameras are offered")
    cameras.select_option(index=2)
    wait_for(
        lambda: cameras.is_enabled() and code(shy, "camera") not in ("", "refused"), "the other camera is seen", 60
    )

    # The line, and the echo: the own tone comes back from the server and nobody else hears it.
    wait_for(lambda: code(whole, "network"), "the line is measured", 60)
    assert "Mb/s" in whole.text("check-network") and "UDP" in whole.text("check-network")
    wait_code(whole, "microphone", "good")
    whole.click("start-echo")
    whole.page.locator('[data-phase="speak"]').wait_for(timeout=30_000)
    whole.page.locator('[data-phase="listen"]').wait_for(timeout=30_000)
    whole.wait_hears({LOOKS[1].name})
    assert bare.hears() == shy.hears() == set()
    whole.page.locator(whole.test("echo-heard")).click(timeout=30_000)
    assert (code(whole, "echo"), code(whole, "speaker")) == ("good", "good")
    assert "Camera" in whole.text("needing")  # its picture is a small one
    for point in (whole, bare, shy):
        assert point.page.evaluate("window.__violations") == []

    # The desk calls it from the board: both see and hear each other, nobody else does.
    pages.desk_context().grant_permissions(["camera", "microphone"])
    desk = pages.desk("secretary")
    desk.page.locator(desk.test("secretary")).wait_for()
    board = open_page(pages.desk_context(), "board", desk.page.url.partition("?")[0].replace("/secretary", "/board"))
    point = board.page.locator(f'[data-test="point"][data-site="{pages.site_id(1)}"]')
    point.locator(board.test("thumbnail")).wait_for()
    assert "Camera" in point.locator(board.test("wanting")).inner_text()
    point.locator(board.test("open-point")).click()
    board.click("call")
    whole.click("talk-accept")
    board.wait_sees("point-picture", LOOKS[1].name)
    board.wait_hears({LOOKS[1].name})
    assert_usable([board, whole])
    assert bare.hears() == shy.hears() == desk.hears() == set()
    whole.click("talk-end")
    board.page.locator(board.test("call")).wait_for()
    board.page.locator(board.test("remark")).fill("Hình đẹp")
    board.click("say-passed")
    point.locator(board.test("test-word")).wait_for()
    assert board.page.evaluate("window.__violations") == []

    # In with warnings, and back at once after a reload.
    whole.click("enter")
    whole.page.locator(whole.test("microphone")).wait_for()
    whole.page.reload()
    whole.page.locator(whole.test("microphone")).wait_for()
    bare.click("enter")
    bare.page.locator(bare.test("microphone")).wait_for()


def test_a_taken_camera_an_overdriven_microphone_and_a_silent_tv_are_told_with_what_helps(
    pages: Pages, tmp_path: Path
) -> None:
    # It is there and does not start, as one that another program holds: to the page both are `NotReadableError`.
    picture = tmp_path / "taken.y4m"
    picture.write_bytes(b"YUV4MPEG2 W320 H180 F8:1 Ip A1:1 C420\nFRAME\n")
    point = odd_point(
        pages,
        "faulty",
        1,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        f"--use-file-for-fake-video-capture={picture}",
        f"--use-file-for-fake-audio-capture={clipped_file(tmp_path)}",
    )
    wait_code(point, "camera", "busy")
    assert "Chương trình khác" in point.text("check-camera")
    wait_code(point, "microphone", "clipping")
    assert "Giảm" in point.text("check-microphone")

    # The TV plays the test sound, and the person in the room hears nothing.
    point.click("play-sound")
    point.click("sound-not-heard")
    wait_code(point, "speaker", "not_heard")
    desk = pages.desk("secretary")
    desk.page.locator(desk.test("secretary")).wait_for()
    board = open_page(pages.desk_context(), "board", desk.page.url.partition("?")[0].replace("/secretary", "/board"))
    wanting = board.page.locator(f'[data-test="point"][data-site="{pages.site_id(1)}"] {board.test("wanting")}')
    for word in ("Camera", "Micro", "Loa"):
        wait_for(lambda word=word: word in wanting.inner_text(), f"the desk reads of {word}")  # type: ignore[misc]

    # The other program ends: one press, and the picture is there.
    picture_file(tmp_path, LOOKS[1]).rename(picture)
    point.click("retry-camera")
    point.wait_sees("own-picture", LOOKS[1].name)
    assert point.page.evaluate("window.__violations") == []
