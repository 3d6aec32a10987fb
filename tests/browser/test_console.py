"""The floor by all its rules in browsers: the console by keyboard alone; a dialogue as site, hall screen and phone see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.browser.conftest import Pages
from tests.browser.points import Point, open_page
from tests.browser.usable import assert_usable
from tests.server import wait_for
from tests.signaling.page import Page as Client

FOCUSED = """() => { const element = document.activeElement;
  return [element.dataset.test, element.name, element.closest('[data-delegate]')?.dataset.delegate].filter(Boolean); }"""
STATES = """() => [...document.querySelectorAll('[data-holder]')].map(row => row.dataset.state)"""

FALSE_CLOCKS = """
  const RealDate = Date, hour = 3600000, monotonic = performance.now.bind(performance);
  window.Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(RealDate.now() + hour); }
    static now() { return RealDate.now() + hour; } };
  window.__slept = 0;
  performance.now = () => monotonic() - window.__slept;
"""
"""An hour ahead of the world; `__slept` ms of which the monotonic clock knows nothing, as a phone's while it sleeps."""


class Keyboard:
    """A chair without mouse and touch: whatever is used is reached with Tab."""

    def __init__(self, chair: Point) -> None:
        self.chair = chair
        self.press = chair.page.keyboard.press

    def reach(self, name: str) -> None:
        self.chair.page.locator(
            f'[data-test="{name}"], [name="{name}"], [data-delegate="{name}"] input'
        ).first.wait_for()
        for _ in range(150):
            if name in self.chair.page.evaluate(FOCUSED):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {name}")

    def use(self, name: str) -> None:
        """Enter on a button, as soon as it is one that acts."""
        self.reach(name)
        acts = self.chair.page.locator(f'{self.chair.test(name)}:not([aria-disabled="true"]):not(:disabled)').first
        acts.wait_for()
        self.press("Enter")

    def rests(self, name: str) -> None:
        """What was just pressed has been answered, and acts again: a key pressed before that is taken for a slip."""
        self.chair.page.locator(f"{self.chair.test(name)}[aria-busy]").wait_for(state="detached")

    def gone(self, name: str) -> None:
        self.chair.page.locator(self.chair.test(name)).wait_for(state="detached")


@pytest.fixture
def clients(pages: Pages) -> Iterator[list[Client]]:
    opened: list[Client] = []
    yield opened
    for client in opened:
        client.close()


def test_the_whole_console_by_keyboard_alone(pages: Pages, clients: list[Client]) -> None:
    chair = pages.desk("chair")
    keys = Keyboard(chair)
    boot = chair.page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    desk = Client(pages.server.address, {"desk": boot["auth"]["desk"], "tab": "the-clerk"}).open()
    clients.append(desk)

    def public() -> dict[str, Any]:
        return dict(desk.snapshot()["parts"]["public"])

    def waits_for(what: str, is_so: Any) -> None:
        wait_for(lambda: is_so(public()), what)

    def ask(delegate: int, topic: str, **more: Any) -> int:
        roll = desk.snapshot()["parts"]["desk"]["roll"][0]
        desk.do("request_floor", delegate_id=roll["delegates"][delegate]["id"], topic=topic, **more)
        return next(int(entry["request_id"]) for entry in public()["queue"] if entry["topic"] == topic)

    # Doors, opening, agenda.
    keys.use("open-doors")
    keys.use("convene")
    keys.use("convene-yes")
    waits_for("the conference is open", lambda part: part["conference"]["status"] == "convened")
    keys.use("open-next-item")
    waits_for("the first item is open", lambda part: part["current_item_id"] == part["agenda"][0]["id"])

    # A dialogue of three in the hall: they are granted one after the other, and all are shown with their clocks.
    keys.use("conduct-open")
    keys.reach("microphones")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.use("conduct-yes")
    keys.gone("conduct-dialog")
    assert public()["settings"]["open_microphones"] == 3
    assert "3 micro cùng lúc" in chair.text("conduct")
    requests = [ask(number, f"Ý kiến {number}") for number in range(5)]
    for count in (1, 2, 3):
        keys.press("n")
        waits_for(f"{count} hold the floor", lambda part, count=count: len(part["holders"]) == count)
        keys.rests("grant-next")
    wait_for(lambda: chair.page.evaluate(STATES) == ["speaking", "speaking"], "two more are shown beside the last one")

    # E ends the last one, Z brings it back; so for the order and a speaker put off.
    keys.press("e")
    waits_for("one has ended", lambda part: len(part["holders"]) == 2)
    chair.page.locator(chair.test("undo")).first.wait_for()
    keys.press("z")
    waits_for("it goes on", lambda part: [one["request_id"] for one in part["holders"]] == requests[:3])
    before = [entry["request_id"] for entry in public()["queue"]]
    keys.press("ArrowDown")
    keys.press("Alt+ArrowDown")
    waits_for("the order has changed", lambda part: [e["request_id"] for e in part["queue"]] == before[::-1])
    chair.page.locator(chair.test("toast"), has_text="thứ tự").wait_for()
    keys.press("z")
    waits_for("the order is back", lambda part: [entry["request_id"] for entry in part["queue"]] == before)
    keys.use("entry-menu")
    keys.use("defer")
    waits_for("the first is last", lambda part: [entry["request_id"] for entry in part["queue"]] == before[::-1])
    keys.press("z")
    waits_for("it is first again", lambda part: [entry["request_id"] for entry in part["queue"]] == before)

    # A point of order interrupts all three; when it is over they go on.
    category = public()["settings"]["order_categories"][0]
    order = ask(5, "Xin chiếu lại biểu số 2", kind="point_of_order", category_id=category["id"])
    chair.page.locator(chair.test("order"), has_text=category["name"]).wait_for()
    keys.use("order-allow")
    waits_for("it is heard", lambda part: part["floor"]["request_id"] == order)
    wait_for(lambda: chair.page.evaluate(STATES) == ["paused"] * 3, "the three give way")
    assert "Nhường ý kiến về thủ tục" in chair.text("holders")
    keys.rests("end")
    keys.press("e")
    waits_for("the three go on", lambda part: [h["state"] for h in part["holders"]] == ["speaking"] * 3)

    # +1 minute, microphone off and on, pause and on; each of the others by its own buttons; everybody.
    keys.press("+")
    waits_for("one minute more", lambda part: part["floor"]["limit_seconds"] == 360)
    keys.press("m")
    waits_for("muted", lambda part: part["floor"]["paused_by"] == ["muted"])
    keys.rests("mute")
    keys.press("m")
    waits_for("on again", lambda part: part["floor"]["paused_by"] == [])
    keys.use("pause")
    waits_for("paused", lambda part: part["floor"]["paused_by"] == ["paused"])
    keys.use("continue")
    waits_for("goes on", lambda part: part["floor"]["paused_by"] == [])
    keys.use("holder-mute")
    waits_for("the first of them is muted", lambda part: part["holders"][0]["paused_by"] == ["muted"])
    keys.use("holder-end")
    waits_for("the first of them has ended", lambda part: len(part["holders"]) == 2)
    keys.press("Shift+M")
    keys.use("mute-all-yes")
    waits_for("all are muted", lambda part: all(h["paused_by"] == ["muted"] for h in part["holders"]))

    # Somebody who has not asked is found by name and invited; who waits is declined with a reason.
    keys.use("invite")
    keys.reach("invite-search")
    chair.page.keyboard.type("noi chinh")
    invited = desk.snapshot()["parts"]["desk"]["roll"][0]["delegates"][7]["id"]
    keys.reach(str(invited))
    keys.press("Space")
    keys.use("invite-yes")
    waits_for("the invited one speaks", lambda part: part["floor"]["delegate_id"] == invited)
    keys.use("entry-menu")
    chair.page.locator("#entry-reason").wait_for()
    while chair.page.evaluate("document.activeElement.id") != "entry-reason":
        keys.press("Tab")
    chair.page.keyboard.type("Đã có trong báo cáo")
    keys.use("decline")
    waits_for("one waits no more", lambda part: len(part["queue"]) == 1)

    # One by one from the list, a quota with more time for the hall, a speech cut when its time is over: all in dialogs.
    keys.use("conduct-open")
    keys.reach("mode")
    keys.press("ArrowDown")
    keys.reach("exceed")
    keys.press("ArrowRight")
    keys.reach("quota")
    keys.press("ArrowRight")
    keys.use("conduct-yes")
    waits_for("the mode is another", lambda part: part["settings"]["mode"] == "fifo")
    settings = public()["settings"]
    assert (settings["on_exceed"], settings["site_quota_seconds"]) == ("cut", 600)
    keys.use("totals-open")
    keys.use("add-quota")
    wait_for(
        lambda: desk.snapshot()["parts"]["desk"]["totals"]["sites"][0]["quota_left_ms"] > 600_000, "the hall has more"
    )
    keys.press("Escape")
    keys.gone("totals")

    # The next item and the close are asked for.
    keys.use("open-next-item")
    keys.use("open-item-yes")
    waits_for("the second item is open", lambda part: part["current_item_id"] == part["agenda"][1]["id"])
    keys.use("chair-speaks")
    waits_for("the chair speaks", lambda part: part["stage"]["is_chair_speaking"])
    keys.use("end-chair-speech")
    keys.press("?")
    chair.page.locator(chair.test("keys")).wait_for()
    keys.press("Escape")
    keys.use("adjourn")
    keys.use("adjourn-yes")
    waits_for("it is over", lambda part: part["conference"]["status"] == "adjourned")
    assert chair.page.evaluate("window.__violations") == []


def clock_reads(point: Point) -> int:
    """The seconds that the large timer shows as left."""
    minutes, seconds = point.text("timer-digits").split(":")
    return int(minutes) * 60 + int(seconds)


def left_of(speech: dict[str, Any]) -> float:
    running = datetime.now(UTC) - datetime.fromisoformat(speech["running_since"])
    return float(speech["limit_seconds"] - speech["spoken_ms"] / 1000 - running.total_seconds())


def test_a_dialogue_a_point_of_order_and_a_free_discussion_as_a_site_a_screen_and_a_phone_see_them(
    pages: Pages, clients: list[Client]
) -> None:
    console, site, screen = pages.desk("chair"), pages.site(1), pages.desk("screen")
    boot = console.page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    chair = Client(pages.server.address, {"desk": boot["auth"]["desk"], "tab": "the-clerk"}).open()
    clients.append(chair)
    for name in ("open_doors", "convene"):
        chair.do(name)
    items = [item["id"] for item in chair.snapshot()["parts"]["public"]["agenda"]]
    chair.do("open_item", item_id=items[4], is_confirmed=False)

    def public() -> dict[str, Any]:
        return dict(chair.snapshot()["parts"]["public"])

    def banner(word: str) -> None:
        site.page.locator(f'[data-word="{word}"]').wait_for()

    # Two of the hall wait; the site's own request is third: it reads its place and when its turn is expected.
    hall = chair.snapshot()["parts"]["desk"]["roll"][0]["delegates"]
    for number in (1, 3):
        chair.do("request_floor", delegate_id=hall[number]["id"], topic=f"Ý kiến {number}")
    site.page.locator(site.test("request-delegate")).select_option(index=1)
    site.click("request-send")
    banner("queued")
    assert "Dự kiến sau" in site.text("banner") and "10 phút" in site.text("banner")
    assert "do chủ trì bật" in site.text("mic-why")
    site.click("withdraw")
    banner("muted")
    site.click("undo")
    banner("queued")
    assert "Thứ 3 trong 3" in site.text("banner")

    # All three speak; the site is seen, and everybody is shown with the time left.
    chair.do("set_open_microphones", count=3, is_confirmed=False)
    for _ in range(3):
        chair.do("grant_next")
    banner("on_air")
    screen.page.locator(f"{screen.test('dialogue')} li").nth(1).wait_for()
    assert "Hội trường tỉnh" in screen.text("dialogue")
    assert site.page.locator(site.test("release")).is_visible()

    # The site asks for a point of order while it speaks: heard, it interrupts the site's own speech too.
    site.click("request-order")
    site.page.locator(site.test("request-delegate")).select_option(index=2)
    site.page.locator(site.test("request-category")).select_option(index=1)
    site.click("request-send")
    console.page.locator(console.test("order")).wait_for()
    assert_usable([console, site, screen])
    console.click("order-allow")
    wait_for(lambda: "THỦ TỤC" in site.text("banner"), "the site states its point of order")
    site.click("release")
    banner("on_air")
    chair.do("pause_speech", request_id=public()["holders"][-1]["request_id"])
    banner("paused")
    chair.do("resume_speech", request_id=public()["holders"][-1]["request_id"])
    banner("on_air")

    # The chair's console dies; he goes on at a telephone whose clock is an hour wrong and which falls asleep.
    console.page.close()
    browser = pages.desk_context().browser
    assert browser
    pocket = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True, is_mobile=True)
    pocket.add_init_script(FALSE_CLOCKS)
    phone = open_page(pocket, "phone", pages.server.links()["chair"])
    phone.page.locator(phone.test("clock-off")).wait_for(state="attached")
    assert abs(int(phone.page.locator(phone.test("clock-off")).get_attribute("data-offset") or 0) + 3_600_000) < 5000
    wait_for(
        lambda: abs(clock_reads(phone) - left_of(public()["floor"])) < 3, "the telephone goes by the server's time"
    )
    phone.page.evaluate("window.__slept = 100000")
    wait_for(
        lambda: abs(clock_reads(phone) - left_of(public()["floor"])) < 3, "the telephone that slept is right again"
    )
    phone.page.locator(phone.test("end")).tap()
    banner("spoken")
    phone.page.locator(phone.test("undo")).first.tap()
    banner("on_air")

    assert_usable([phone])

    # One by one, then free: the button says why it is closed, and in a free discussion the site opens it itself.
    for speech in public()["holders"]:
        chair.do("revoke_floor", request_id=speech["request_id"])
    chair.do("set_mode", mode="fifo")
    wait_for(lambda: "khi đến lượt" in site.text("mic-why"), "the site reads that its turn opens the microphone")
    chair.do("set_mode", mode="free_discussion")
    wait_for(lambda: site.page.locator(site.test("microphone")).is_enabled(), "the site may open its microphone")
    site.click("microphone")
    site.page.locator(site.test("speaker")).nth(1).click()
    banner("on_air")
    assert public()["floor"]["is_free"] and public()["floor"]["site_id"] == pages.site_id(1)
    site.click("microphone")
    banner("spoken")
    for point in (site, screen, phone):
        assert point.page.evaluate("window.__violations") == [], point.name
