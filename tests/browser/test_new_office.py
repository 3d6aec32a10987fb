"""A new office: from an empty database to the conference of 16 July 2020, prepared as its secretary would, and held."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from playwright.sync_api import Page, Playwright, expect

from tests.browser.points import WATCH, launch
from tests.server import Server, wait_for
from tests.signaling.page import Page as Client
from tests.web.files import pdf_file
from tests.web.post_office import PostOffice, open_office

PASSWORD = "mười chín cây cầu"
HALL = "Hội trường tỉnh"
TOPIC = "Kiện toàn cấp ủy xã sau sáp nhập"
HALL_DELEGATES = (
    ("Nguyễn Văn Được", "Phó Bí thư Thường trực Tỉnh ủy", "Tỉnh ủy Long An", "Đại biểu"),
    ("Nguyễn Thanh Hải", "Trưởng ban Tổ chức Tỉnh ủy", "Ban Tổ chức Tỉnh ủy", "Chủ trì"),
    ("", "Đại diện Vụ Địa phương III", "Ban Tổ chức Trung ương", "Khách mời"),
)
TITLES = ("Phó Bí thư Thường trực", "Trưởng ban Tổ chức", "Chủ nhiệm Ủy ban Kiểm tra")
OF_WHERE = {"Thành phố": "Thành ủy", "Thị xã": "Thị ủy", "Huyện": "Huyện ủy"}


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f'main [name="{name}"]').fill(value)


def says(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def sets_up(page: Page, server: Server) -> None:
    """The address that the server prints makes the first account."""
    printed = wait_for(lambda: re.search(r"/setup#\S+", server.log_path.read_text()), "a set-up link in the log")
    page.goto(server.address + printed[0])
    fill(page, name="to-thu-ky", display_name="Tổ thư ký", password=PASSWORD, again=PASSWORD)
    page.get_by_role("button", name="Tạo tài khoản").click()
    says(page, "Đã tạo tài khoản quản trị.")


def invites_the_chair(page: Page, chairs: Page) -> None:
    """The chair gets an account by a link of one use, and sets the password."""
    page.get_by_role("link", name="Tài khoản", exact=True).first.click()
    page.get_by_role("link", name="Thêm tài khoản").click()
    fill(page, name="chu-tri", display_name="Chủ trì hội nghị")
    page.get_by_label("Vai trò").select_option(label="Chủ trì")
    page.get_by_role("button", name="Lưu tài khoản").click()
    chairs.goto(page.locator("#address").input_value())
    fill(chairs, password=PASSWORD, again=PASSWORD)
    chairs.get_by_role("button", name="Lưu mật khẩu").click()


def knows_the_units(page: Page) -> None:
    page.get_by_role("link", name="Đơn vị", exact=True).click()
    page.get_by_role("button", name=re.compile("Nạp danh mục có sẵn")).click()
    says(page, "Tỉnh Tây Ninh")


def begins_from_a_template(page: Page) -> None:
    page.get_by_role("link", name="Hội nghị", exact=True).first.click()
    page.get_by_role("link", name="Tạo hội nghị").first.click()
    page.get_by_role("link", name="Sơ kết", exact=True).click()
    page.get_by_label("Không có").check()
    fill(
        page,
        title="Hội nghị trực tuyến sơ kết công tác Tổ chức xây dựng Đảng 6 tháng đầu năm và phương hướng, "
        "nhiệm vụ 6 tháng cuối năm 2020",
        short_title="Sơ kết công tác Tổ chức xây dựng Đảng 6 tháng đầu năm 2020",
        organiser="Ban Tổ chức Tỉnh ủy Long An",
        place=HALL,
        day="16/07/2020",
    )
    page.get_by_role("button", name="Tạo bản nháp").click()
    says(page, "Đã tạo bản nháp.")


def arranges_the_agenda(page: Page) -> None:
    """A guest's speech is added and moved up by keyboard alone; the discussion gets its topics."""
    page.get_by_role("link", name="Thêm mục").click()
    fill(page, title="Phát biểu của đại diện Vụ Địa phương III, Ban Tổ chức Trung ương", planned_minutes="15")
    page.get_by_label("Loại mục").select_option(label="Tham luận")
    page.get_by_role("button", name="Lưu mục").click()
    row = page.locator("#agenda tr", has_text="Vụ Địa phương III")
    for number in (9, 8, 7):
        row.locator(".grip").press("ArrowUp")
        expect(row.locator("[data-number]")).to_have_text(str(number))
    page.get_by_role("row", name=re.compile("Thảo luận, ý kiến")).get_by_role("link").click()
    fill(page, topics=f"{TOPIC}\nKinh nghiệm trong công tác chuẩn bị nhân sự", limit_minutes="5")
    page.get_by_role("button", name="Lưu mục").click()
    says(page, "2 nội dung gợi ý")
    says(page, "Quá giờ kết thúc")


def names_sixteen_points(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Điểm cầu & đại biểu")).click()
    page.get_by_label("Chọn tất cả 15").check()
    page.get_by_role("button", name="Thêm các đơn vị đã chọn").click()
    says(page, "Đã thêm 15 điểm cầu.")
    expect(page.locator(".sites-table tbody tr")).to_have_count(16)


def sheet(points: list[str], wrong: str = "") -> bytes:
    book = Workbook()
    table = book.active
    assert table is not None
    table.append(["DANH SÁCH ĐẠI BIỂU"])
    table.append(["TT", "Họ và tên", "Chức vụ", "Cơ quan", "Tư cách", "Điểm cầu"])
    for number, (name, title, body, role) in enumerate(HALL_DELEGATES, start=1):
        table.append([number, name, title, body, role, HALL])
    for point in points:
        committee = next(word for kind, word in OF_WHERE.items() if point.startswith(kind))
        for number, title in enumerate(TITLES, start=1):
            table.append([number, "", f"{title} {committee}", f"{committee} {point.split(' ', 1)[1]}", "", point])
    if wrong:
        table.append([1, "", "Bí thư", "", "", wrong])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def puts_the_delegates_in(page: Page) -> None:
    """A sheet with a fault is told by its line and puts nothing in; mended, it is put in as a whole."""
    points = [name.strip() for name in page.locator(".sites-table tbody th").all_inner_texts()][1:]
    page.get_by_role("link", name="Nhập, xuất danh sách").click()
    for wrong in ("Huyện Không Có", ""):
        file = {"name": "đại biểu.xlsx", "mimeType": "application/octet-stream", "buffer": sheet(points, wrong)}
        page.set_input_files("#file", file)  # type: ignore[arg-type]
        page.get_by_role("button", name="Đọc tệp").click()
        if wrong:
            expect(page.locator(".import-problems tbody tr")).to_contain_text("51")
            page.get_by_role("link", name="Gửi tệp đã sửa").click()
    page.get_by_role("button", name="Nhập 48 dòng").click()
    says(page, "Đã thêm 48, cập nhật 0, bỏ qua 0 dòng.")
    page.get_by_role("link", name="Xem danh sách").click()
    says(page, "48 đại biểu có tên trong danh sách, 16 điểm")


def gives_papers_out(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Tài liệu")).click()
    page.get_by_label("Ai được xem").select_option(label="Mọi điểm cầu")
    report = {"name": "Báo cáo sơ kết.pdf", "mimeType": "application/pdf", "buffer": pdf_file(3)}
    expect(page.locator("#pick")).to_be_visible()
    page.set_input_files("#file", report)  # type: ignore[arg-type]
    expect(page.locator("[data-paper]")).to_contain_text("Báo cáo sơ kết")


def moves_it_to_these_days(page: Page, day: str) -> None:
    """Held again today: the agenda follows, the reason stays."""
    page.get_by_role("link", name="Thông tin").click()
    says(page, "Ngày khai mạc đã qua.")
    page.get_by_role("button", name="Lên lịch").click()
    says(page, "Đã lên lịch hội nghị.")
    page.get_by_role("link", name="Dời", exact=True).click()
    fill(page, day=day, opens="08:00", ends="12:00", reason="Diễn lại hội nghị 16/07/2020")
    page.get_by_role("button", name="Dời hội nghị").click()
    says(page, "Dời từ 16/07/2020, 08:00: Diễn lại hội nghị 16/07/2020")


def writes_the_invitations(page: Page, post: PostOffice) -> None:
    page.get_by_role("link", name="Giấy mời", exact=True).click()
    page.get_by_role("link", name="Sửa nội dung").click()
    expect(page.locator('[name="chair"]')).to_have_value(re.compile("Nguyễn Thanh Hải"))
    fill(page, superior="Tỉnh ủy Long An", body_symbol="BTCTU", number="12", place="Long An", day="06/07/2020")
    fill(page, signer_title="Chánh Văn phòng")
    page.get_by_role("button", name="Lưu giấy mời").click()
    page.get_by_role("link", name="Huyện Bến Lức", exact=True).click()
    fill(page, emails="bl@example.vn")
    # The letter's picture comes when it is made, and what is being typed beside it stays.
    expect(page.locator("#letter-look img")).to_be_visible(timeout=60_000)
    wait_for(
        lambda: page.locator("#letter-look img").evaluate("img => img.naturalWidth > 0"), "the picture of the letter"
    )
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("link", name="Về danh sách").click()
    page.get_by_role("button", name="Gửi thư").click()
    letter = wait_for(lambda: post.taken and post.to("bl@example.vn"), "the letter")
    kinds = [part.get_content_type() for part in letter.iter_attachments()]
    assert {"application/pdf", "text/calendar"} <= set(kinds), kinds
    # The letter is there a moment before the office has noted that it went.
    wait_for(lambda: page.reload() and "Đã gửi giấy mời" in page.inner_text("body"), "the letter went")
    page.get_by_role("button", name="In tất cả").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải kết quả về").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def holds_it(chairs: Page, server: Server) -> None:
    """All fifteen points come; one asks for the floor, the chair gives it and ends the turn."""
    links = server.links()
    chairs.goto(links["chair"])
    chairs.locator('[data-test="open-doors"]').click()
    chairs.locator('[data-test="convene"]').wait_for()
    tokens = [(one["site_id"], one["url"].partition("#")[2]) for one in links["sites"]]
    sites = [Client(server.address, {"link": token, "tab": f"tab-of-site-{site_id}"}) for site_id, token in tokens]
    try:
        for site in sites:
            site.open()
        public = sites[0].snapshot()["parts"]["public"]
        assert len(public["connected"]) == len(sites) == 15
        discussion = next(item["id"] for item in public["agenda"] if TOPIC in item["topics"])
        chairs.locator('[data-test="convene"]').click()
        chairs.locator('[data-test="convene-yes"]').click()
        for item in public["agenda"]:
            chairs.locator('[data-test="open-next-item"]').first.click()
            wait_for(lambda item=item: seen(sites[0], "current_item_id") == item["id"], f"{item['title']} is open")  # type: ignore[misc]
            if item["id"] == discussion:
                break
        chairs.locator('[data-test="script-open"]').click()
        expect(chairs.locator('[data-test="script-say"]')).to_have_text("Mời các điểm cầu đăng ký phát biểu.")
        chairs.keyboard.press("Escape")
        own = sites[2].snapshot()["parts"]["own"]
        sites[2].do("request_floor", delegate_id=own["delegates"][0]["id"], topic=TOPIC)
        chairs.locator('[data-test="grant-next"]').click()
        wait_for(lambda: (seen(sites[0], "floor") or {}).get("site_id") == own["site_id"], "the floor is given")
        chairs.locator('[data-test="end"]').click()
        wait_for(lambda: seen(sites[0], "floor") is None, "the turn has ended")
    finally:
        for site in sites:
            if site.is_open:
                site.close()


def seen(site: Client, name: str) -> Any:
    return site.snapshot()["parts"]["public"][name]


def test_a_new_office_prepares_its_first_conference_and_holds_it(playwright: Playwright, tmp_path: Path) -> None:
    with open_office() as post:
        mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_SECURITY": "none"}
        server = Server(tmp_path / "data", **mail, MAIL_FROM="hop@example.vn")
        server.start()
        browser = launch(playwright)
        try:
            page, chairs = (
                browser.new_context(locale="vi-VN", viewport={"width": 1440, "height": 900}).new_page() for _ in "ab"
            )
            for one in (page, chairs):
                one.add_init_script(WATCH)
                one.on("dialog", lambda dialog: dialog.accept())
            sets_up(page, server)
            invites_the_chair(page, chairs)
            knows_the_units(page)
            begins_from_a_template(page)
            arranges_the_agenda(page)
            names_sixteen_points(page)
            puts_the_delegates_in(page)
            gives_papers_out(page)
            moves_it_to_these_days(page, f"{date.today() + timedelta(days=1):%d/%m/%Y}")
            writes_the_invitations(page, post)
            server.stop()
            server.start()
            holds_it(chairs, server)
            for one in (page, chairs):
                assert one.evaluate("window.__violations") == []
        finally:
            browser.close()
            server.stop()
