"""The secretaries' desk: notes of a speech written by two at once, through a stopped server; messages with a site."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Pages
from tests.browser.points import Point, open_page
from tests.browser.test_conference import convene, register
from tests.server import wait_for

DRAFTS = "() => Object.keys(localStorage).filter(key => key.startsWith('diem-cau.note/')).length"


def write_at_end(desk: Point, words: str) -> None:
    """Types as a person does, at the end of what stands there."""
    note = desk.page.locator(desk.test("note"))
    note.focus()
    note.press("Control+End")
    note.press_sequentially(words, delay=25)


def note_of(desk: Point) -> str:
    return desk.page.locator(desk.test("note")).input_value()


def wait_saved(*desks: Point) -> None:
    for desk in desks:
        wait_for(
            lambda desk=desk: desk.page.locator(desk.test("saved")).get_attribute("data-state") == "saved",  # type: ignore[misc]
            f"{desk.name}: the note is saved",
        )


def wait_same(first: Point, second: Point) -> str:
    wait_saved(first, second)
    wait_for(lambda: note_of(first) == note_of(second), "both desks show the same note")
    return note_of(first)


def another_desk(pages: Pages) -> BrowserContext:
    browser = pages.desk_context().browser
    assert browser
    return browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")


def send(page: Page, text: str) -> None:
    field = page.locator('[data-test="message-text"]')
    field.fill(text)
    field.press("Enter")
    wait_for(lambda: field.input_value() == "", f"“{text}” is sent")


def command(desk: Point, letters: str) -> None:
    """Ctrl K, some letters, Enter."""
    desk.page.keyboard.press("Control+k")
    desk.page.locator(desk.test("command-search")).wait_for()
    desk.page.keyboard.type(letters)
    desk.page.keyboard.press("Enter")
    desk.page.locator(desk.test("commands")).wait_for(state="detached")


def test_two_secretaries_write_one_note_and_nothing_is_lost(pages: Pages) -> None:
    chair, first = pages.desk("chair"), pages.desk("secretary")
    second = open_page(another_desk(pages), "second secretary", pages.server.links()["secretary"])
    site = pages.site(1)
    convene(chair)
    register(site)
    site.click("request-more")
    register(site, 2)
    chair.click("grant-next")
    for desk in (first, second):
        desk.page.locator(desk.test("note")).wait_for()

    # Both type at once, letter by letter, neither waiting for the other.
    lines = ("- Thuận lợi: đoàn kết, thống nhất", "- Khó khăn: phụ cấp kiêm nhiệm")
    for desk in (first, second):
        desk.page.locator(desk.test("note")).focus()
    for letters in zip(*(line.ljust(40) for line in lines), strict=True):
        for desk, letter in zip((first, second), letters, strict=True):
            desk.page.keyboard.type(letter)
    text = wait_same(first, second)
    assert sorted(line.rstrip() for line in text.split("\n")) == sorted(lines)

    # The other's words do not move the caret of who goes on writing.
    first.page.locator(first.test("note")).evaluate("field => field.setSelectionRange(3, 3)")
    write_at_end(second, "\n- Kiến nghị: thêm biên chế")
    wait_same(first, second)
    assert first.page.locator(first.test("note")).evaluate("field => field.selectionStart") == 3
    first.page.keyboard.press("Control+m")
    wait_for(lambda: "[00:00:" in note_of(second), "the time mark reaches the other desk")

    # The server stops while both type; one page is reloaded after it is back.
    pages.server.stop()
    write_at_end(first, "\nviết khi mất nối A")
    write_at_end(second, "\nviết khi mất nối B")
    for desk in (first, second):
        wait_for(
            lambda desk=desk: desk.page.locator(desk.test("saved")).get_attribute("data-state") == "kept",  # type: ignore[misc]
            f"{desk.name} says that the note is kept here",
        )
        assert desk.page.evaluate(DRAFTS) == 1
    pages.server.start()
    first.page.reload()
    text = wait_same(first, second)
    for words in ("Kiến nghị: thêm biên chế", "viết khi mất nối A", "viết khi mất nối B", "[00:00:"):
        assert text.count(words) == 1, text
    assert [desk.page.evaluate(DRAFTS) for desk in (first, second)] == [0, 0]

    # A browser that dies with unsaved words: the next tab of that machine brings them.
    pages.server.stop()
    write_at_end(second, "\ntrước khi máy tắt")
    context = second.page.context
    second.page.close()
    pages.server.start()
    again = context.new_page()
    again.goto(f"{pages.server.address}{first.page.evaluate('location.pathname')}")
    wait_for(lambda: "trước khi máy tắt" in note_of(first), "the words of the dead tab are saved")

    # The next speech opens its own note; the earlier one can be opened again.
    wait_for(lambda: chair.page.locator(chair.test("grant-next")).is_enabled(), "the chair's desk is connected")
    first.page.locator(first.test("note")).evaluate("field => field.blur()")
    chair.click("grant-next")
    first.page.locator(first.test("note-next")).or_(first.page.locator(first.test("note-open"))).first.wait_for()
    if first.page.locator(first.test("note-next")).count():
        first.click("note-next")
    wait_for(lambda: note_of(first) == "", "the new speech has a note of its own")
    first.click("note-open")
    wait_for(lambda: "trước khi máy tắt" in note_of(first), "the earlier note is open")

    # Every act is found by a few letters and done from the keyboard alone; while typing, too.
    first.page.locator(first.test("note")).focus()
    command(first, "dong dang ky")
    wait_for(lambda: "Đóng đăng ký phát biểu" in first.text("log"), "the registration is closed")
    command(first, "nhan cho can giuoc")
    wait_for(
        lambda: first.page.evaluate("document.activeElement.dataset.test") == "message-text",
        "the caret is in the message",
    )
    first.page.keyboard.type("Xin kiểm tra micro")
    first.page.keyboard.press("Enter")
    wait_for(lambda: "Xin kiểm tra micro" in first.text("letters"), "the message is sent")
    first.page.keyboard.press("Control+k")
    assert first.page.locator('[data-command="Thêm người đăng ký phát biểu"] .muted').count() == 0
    first.page.keyboard.press("Escape")
    command(first, "phim tat")
    first.page.locator(first.test("keys")).wait_for()
    first.page.keyboard.press("Escape")

    # The log is sifted by kind, and searched without diacritics.
    first.click("log-sift")
    first.click("log-agenda")
    events = f"{first.test('log')} [data-event]"
    wait_for(lambda: "Khai mạc hội nghị" in first.text("log"), "the agenda's events are shown")
    kinds = first.page.locator(events).evaluate_all("lines => lines.map(line => line.dataset.event.split('_')[0])")
    assert set(kinds) <= {"doors", "conference", "item"}
    first.page.locator(first.test("log-search")).fill("khai mac hoi")
    wait_for(lambda: first.page.locator(events).count() == 1, "one line is found")
    for desk in (chair, first, site):
        assert desk.page.evaluate("window.__violations") == [], desk.name


def test_a_site_and_the_desk_write_to_each_other_and_no_other_site_reads_it(pages: Pages) -> None:
    chair, secretary = pages.desk("chair"), pages.desk("secretary")
    site, other = pages.site(1), pages.site(2)
    for point in (site, other):
        point.click("tab-messages")
    send(site.page, "Hình bị giật, tiếng vẫn rõ")
    row = secretary.page.locator(f'{secretary.test("lines")} [data-line="{pages.site_id(1)}"]')
    row.wait_for()
    assert "Hình bị giật" in row.inner_text()
    assert secretary.text("unanswered") == "1 chưa trả lời"

    site.click("tab-roll")
    row.locator(secretary.test("message-open")).click()
    send(secretary.page, "Tổ kỹ thuật đang xử lý")
    site.page.locator(site.test("toast"), has_text="Tổ kỹ thuật đang xử lý").wait_for()
    assert site.page.locator(f"{site.test('unread')} [aria-hidden]").inner_text() == "1"
    site.click("tab-messages")
    wait_for(lambda: "Tổ kỹ thuật đang xử lý" in site.text("letters"), "the site reads the answer")
    assert site.page.locator(site.test("unread")).count() == 0
    assert secretary.page.locator(secretary.test("unanswered")).count() == 0

    secretary.click("messages-back")
    secretary.page.select_option(secretary.test("message-to"), "private")
    send(secretary.page, "Điểm Vĩnh Hưng xin nói sau")
    wait_for(lambda: chair.page.locator(chair.test("private-news")).count() == 1, "the chair is told")
    chair.click("private-open")
    wait_for(lambda: "xin nói sau" in chair.text("letters"), "the chair reads it")
    send(chair.page, "Đồng ý")
    wait_for(lambda: "Đồng ý" in secretary.text("letters"), "the secretary reads the chair's answer")

    secretary.click("messages-back")
    send(secretary.page, "Còn năm phút nữa khai mạc")
    wait_for(lambda: "Còn năm phút" in other.text("letters"), "all sites read what is for all")
    assert other.page.locator("[data-letter]").count() == 1
    assert site.page.locator("[data-letter]").count() == 3

    # What is sent or typed while the line is lost waits, also when the page is closed, and goes out once.
    field = site.page.locator(site.test("message-text"))
    pages.server.stop()
    field.fill("Mất điện, đang chạy máy phát")
    field.press("Enter")
    site.page.locator(site.test("queued"), has_text="Mất điện").wait_for()
    field.fill("Viết dở")
    context = site.page.context
    site.page.close()
    pages.server.start()
    back = open_page(context, "site back", pages.links["sites"][0]["url"])
    wait_for(lambda: "Mất điện" in secretary.text("lines"), "the desk reads it")
    back.click("tab-messages")
    assert back.page.locator(back.test("message-text")).input_value() == "Viết dở"
    wait_for(lambda: back.page.locator("[data-letter]", has_text="Mất điện").count() == 1, "it is kept once")
    assert back.page.locator(back.test("queued")).count() == 0
    assert "Mất điện" not in other.text("letters")
