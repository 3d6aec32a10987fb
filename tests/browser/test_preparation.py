"""A point prepares with its link alone, days before the conference, and waits at its seat whenever it likes."""

from __future__ import annotations

import json
import urllib.request
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.browser.points import CHROMIUM, launch
from tests.server import Server

LIST = "Họ tên;Chức vụ;Dự thay cho\nLê Văn Một;Ủy viên;\n<b>Lê Văn Hai</b>;Ủy viên;Lê Văn Một\n"


def answers_of(page: Page, link: str) -> None:
    page.goto(link)
    page.wait_for_url("**/prepare")
    expect(page.get_by_test_id("delegates")).to_contain_text("Trưởng ban Tổ chức Huyện ủy")
    page.get_by_label("Người trả lời").fill("Chánh Văn phòng")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_test_id("answered")).to_contain_text("Chánh Văn phòng")


def sends_its_list(page: Page, file: Path) -> None:
    page.get_by_role("button", name="Nhập từ tệp").click()
    dialog = page.get_by_test_id("import")
    dialog.locator("#file").set_input_files(file)
    dialog.get_by_role("button", name="Đọc tệp").click()
    dialog.get_by_role("button", name="Nhập 2 dòng").click()
    expect(page.get_by_test_id("delegates")).to_contain_text("<b>Lê Văn Hai</b>")
    expect(page.get_by_test_id("delegates")).to_contain_text("dự thay Lê Văn Một")


def registers_a_speech(page: Page) -> None:
    speeches = page.get_by_test_id("speeches")
    speeches.get_by_label("Người phát biểu").select_option("Lê Văn Một")
    speeches.get_by_role("button", name="Đăng ký").click()
    expect(speeches).to_contain_text("Hãy điền ô này.")
    speeches.get_by_label("Nội dung phát biểu").fill("Kiện toàn cấp ủy xã")
    speeches.get_by_role("button", name="Đăng ký").click()
    expect(speeches.locator("li")).to_contain_text("Kiện toàn cấp ủy xã")


def test_a_point_answers_by_its_link_and_the_token_stays_in_the_tab(playwright: Playwright, tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.command("demo", "--date", f"{date.today() + timedelta(days=10)}")
    server.start()
    browser = launch(playwright, executable_path=CHROMIUM)
    try:
        link = server.links()["sites"][14]["url"]
        page = browser.new_page(locale="vi-VN")
        playwright.selectors.set_test_id_attribute("data-test")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        answers_of(page, link)
        (tmp_path / "list.csv").write_text(LIST)
        sends_its_list(page, tmp_path / "list.csv")
        registers_a_speech(page)
        page.get_by_test_id("waiting").click()
        expect(page.get_by_test_id("enter")).to_be_visible()
        page.get_by_test_id("prepare").click()
        expect(page.get_by_test_id("answered")).to_contain_text("Chánh Văn phòng")
        token = link.partition("#")[2]
        assert not any(token in url for url in asked)
        assert page.context.cookies() == []
        assert token not in page.url
        request = urllib.request.Request(f"{server.address}/seat/preparation", headers={"X-Site-Link": token})
        with urllib.request.urlopen(request) as response:
            assert len(json.load(response)["delegates"]) == 7
    finally:
        playwright.selectors.set_test_id_attribute("data-testid")
        browser.close()
        server.stop()
