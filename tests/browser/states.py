"""Every page and every state of it: what `test_pages.py` checks and `make shots` takes pictures of.

To add an office page: one line in `OFFICE` (in `ADMIN`, in `STRANGER`), its name and its path (ids: see `_filled`). It is
opened in both languages, at 1440 px and on a phone, before the doors open; to see it again when they are open, add its name to
`FROZEN`.

To add a live page: its sizes in `SIZES` of `tour.py`, and how it is opened in `Tour._open`; then its states below.

To add a state: go on with the walk in `sitting`. Bring it about with commands of `chair`, `secretary` or a site, then
`yield tour.views("state", page="what it shows then")`: a `data-test` name or a CSS selector, awaited. Its picture is called
`page-state`. A dialog: `with tour.opened("chair", "invite"): yield tour.views("invite", chair="invite-dialog")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.browser.tour import PHONE, SITE, Tour, View
from tests.server import wait_for
from tests.signaling.page import Page as Client

Views = list[View]

STRANGER = {
    "once": "/once",
    "setup": "/setup",
    "pin": "/p",
    "check-in-without-link": "/check-in",
    "sign-in": "/sign-in",
}
OFFICE = {
    "conferences": "/",
    "conferences-none": "/?q=khong-co",
    "conference-begin": "/conferences/new",
    "conference-new": "/conferences/new?template=",
    "conference-like": "/conferences/new?from={public_id}",
    "conference": "/c/{public_id}",
    "move": "/c/{public_id}/move",
    "cancel": "/c/{public_id}/cancel",
    "script": "/c/{public_id}/script",
    "agenda": "/c/{public_id}/agenda",
    "item-new": "/c/{public_id}/agenda/new",
    "item": "/c/{public_id}/agenda/{item}",
    "sites": "/c/{public_id}/sites",
    "entry": "/c/{public_id}/entry",
    "floor": "/c/{public_id}/floor",
    "site-form": "/c/{public_id}/sites/{site}",
    "site-new": "/c/{public_id}/sites/new",
    "delegate": "/c/{public_id}/delegates/{delegate}",
    "delegate-new": "/c/{public_id}/sites/{site}/delegates/new",
    "links": "/c/{public_id}/links",
    "answers": "/c/{public_id}/answers",
    "import": "/c/{public_id}/delegates/import",
    "invitations": "/c/{public_id}/invitations",
    "invitation": "/c/{public_id}/invitations/{site}",
    "invitation-text": "/c/{public_id}/invitations/text",
    "calendar": "/calendar",
    "month": "/month",
    "days-off": "/days-off",
    "units": "/units",
    "not-found": "/c/unknown",
}
ADMIN = {
    "unit": "/units/1",
    "unit-new": "/units/new",
    "units-import": "/units/import",
    "mail": "/mail",
    "staff": "/staff",
    "staff-new": "/staff/new",
    "staff-account": "/staff/1",
    "account": "/account",
}
PAPERS = ("/c/{public_id}/papers", "/c/{public_id}/papers/1")
FROZEN = ("conferences", "conference", "agenda", "sites")

STAYING = range(2, 14)
"""The sites that come and stay; the fourteenth goes again, the fifteenth never comes."""

TAKE_TRACKS = """() => { for (const pc of window.__pcs) for (const sender of pc.getSenders())
  if (sender.track && pc.signalingState !== 'closed') { sender.__kept = sender.track; sender.replaceTrack(null); } }"""
GIVE_TRACKS = """() => { for (const pc of window.__pcs) for (const sender of pc.getSenders())
  if (sender.__kept) sender.replaceTrack(sender.__kept); }"""


def catalogue(tour: Tour) -> Iterator[Views]:
    """Everything, in the order of a conference's day. Each step yields the pages to look at before the next."""
    yield from before_the_day(tour)
    yield from sitting(tour)


def before_the_day(tour: Tour) -> Iterator[Views]:
    yield from strangers(tour)
    # The desks sign in; the office is theirs too.
    tour.view("chair-signs-in", "chair")
    tour.view("secretary-signs-in", "secretary")
    yield from office(tour)


def strangers(tour: Tour) -> Iterator[Views]:
    page = tour.page("stranger")
    for name, path in STRANGER.items():
        page.goto(tour.server.address + path)
        yield tour.views(name, stranger="main h1")
    page.goto(f"{tour.server.address}/once#of-no-use")
    yield tour.views("used-link", stranger=".refusal")
    page.goto(f"{tour.server.address}/sign-in")
    _submit(page, name="chu-tri", password="không đúng")
    yield tour.views("sign-in-refused", stranger=".field-error")


def office(tour: Tour) -> Iterator[Views]:
    page = tour.page("office")
    for name, path in OFFICE.items():
        page.goto(tour.server.address + _filled(tour, path))
        yield tour.views(name, office="main h1")
    yield from papers(tour)
    for name, path in ADMIN.items():
        tour.page("admin").goto(tour.server.address + path)
        yield tour.views(name, admin="main h1")
    page.goto(tour.server.address + OFFICE["conference-new"])
    _submit(page)
    yield tour.views("conference-refused", office=".field-error")
    page.goto(tour.server.address + _filled(tour, "/c/{public_id}/agenda/{item}"))
    _submit(page, title="")
    yield tour.views("item-refused", office=".field-error")
    # Two change the same point: the second is shown both.
    point = tour.server.address + _filled(tour, OFFICE["site-form"])
    for each in (page, tour.page("admin")):
        each.goto(point)
    _submit(tour.page("admin"), room="Hall 2")
    tour.page("admin").wait_for_load_state()
    _submit(page, room="Hall 3")
    yield tour.views("both", office=".both")
    # One writes of a paper that the other removes, and gives back.
    paper = tour.server.address + _filled(tour, PAPERS[1])
    for each in (page, tour.page("admin")):
        each.goto(paper)
    _give(tour.page("admin"), "remove")
    _submit(page, title="Backup lines of all points")
    yield tour.views("removed", office=".removed")
    _give(tour.page("admin"), "restore")


def papers(tour: Tour) -> Iterator[Views]:
    page = tour.page("office")
    page.goto(tour.server.address + _filled(tour, PAPERS[0]))
    yield tour.views("papers-none", office="main h1")
    picture = {"name": "Sơ đồ.png", "mimeType": "image/png", "buffer": page.screenshot()}
    page.set_input_files("#file", picture)  # type: ignore[arg-type]
    yield tour.views("papers", office="[data-paper]")
    page.goto(tour.server.address + _filled(tour, PAPERS[1]))
    yield tour.views("paper", office="main h1")


def frozen(tour: Tour) -> Iterator[Views]:
    page = tour.page("office")
    for name in FROZEN:
        page.goto(tour.server.address + _filled(tour, OFFICE[name]))
        yield tour.views(f"{name}-frozen", office="main h1")


def sitting(tour: Tour) -> Iterator[Views]:
    """From closed doors to the adjournment."""
    everywhere = {"screen": "screen", "chair": "now", "secretary": "board", "site": "card", "station": "card"}
    yield tour.views("scheduled", **everywhere)
    chair, secretary = tour.desk("chair"), tour.desk("secretary")
    sites = doors(tour, secretary)
    yield tour.views("doors", **{**everywhere, "chair": "convene"})
    yield from arriving(tour)
    with tour.opened("secretary", "roll-open"):
        yield tour.views("roll", secretary="roll-dialog")
    secretary.do("invite_report", site_id=tour.site_id(1))
    yield tour.views("roll-call", secretary="roll-call-line", site=".banner.is-floor", screen="lower")
    secretary.do("end_roll_call")
    yield from frozen(tour)
    items = [item["id"] for item in secretary.snapshot()["parts"]["public"]["agenda"]]
    chair.do("convene")
    for item in items[:5]:
        chair.do("open_item", item_id=item, is_confirmed=False)
    yield tour.views(
        "idle",
        screen="stage",
        chair='[data-test="now"][data-state="idle"]',
        secretary="queue-empty",
        site="request-form",
        station="request-form",
    )

    # The speaker's site waits, is told to get ready, speaks with half a minute.
    topics = secretary.snapshot()["parts"]["public"]["agenda"][4]["topics"]
    first = ask(secretary, tour.site_id(1), 0, topics[0], limit_seconds=30)
    for number, site in enumerate(sites[:4]):
        own = site.snapshot()["parts"]["own"]
        site.do("request_floor", delegate_id=own["delegates"][number % 3]["id"], topic=topics[number % 4])
    yield tour.views("queue", chair="invite-row", secretary="entry-menu", site="place")
    yield from gallery(tour, secretary)
    tour.page("site").locator('[data-test="withdraw"]').click()
    yield tour.views("withdrawn", site="undo")
    tour.page("site").locator('[data-test="undo"]').click()
    secretary.do("prepare_request", request_id=first)
    yield tour.views("next", chair="readiness", site=".banner.is-next")
    chair.do("grant_next")
    yield from dialogs(tour)
    yield tour.views("over-time", **dict.fromkeys(("screen", "chair", "site", "secretary"), ".timer.is-bad"))
    chair.do("revoke_floor", request_id=first)

    # It speaks again, for as long as usual; the next one is told.
    second = ask(secretary, tour.site_id(1), 1, topics[2])
    order = [second, *(entry["request_id"] for entry in queue(secretary) if entry["request_id"] != second)]
    chair.do("reorder_queue", item_id=items[4], request_ids=order)
    chair.do("grant_floor", request_id=second)
    if not next(entry for entry in queue(secretary) if entry["request_id"] == order[1])["prepared_at"]:
        secretary.do("prepare_request", request_id=order[1])
    speaking = '[data-test="now"][data-state="speaking"]'
    tour.view("chair-speaking", speaking)
    take_note(tour)
    on_air = {
        "screen": "lower",
        "chair": speaking,
        "secretary": speaking,
        "site": ".banner.is-floor",
        "station": "floor-timer",
    }
    yield tour.views("speaking", **on_air)
    chair.do("mute_holder", request_id=second)
    yield tour.views("muted", chair='[data-test="now"][data-state="paused"]', site="microphone", screen="stage")
    chair.do("resume_speech", request_id=second)
    tour.page("site").evaluate(TAKE_TRACKS)
    held = '[data-test="now"][data-state="held"]'
    yield tour.views("held", chair=held, secretary=held, screen="stage", site="microphone", station="floor-video")
    tour.page("site").evaluate(GIVE_TRACKS)
    tour.view("chair-speaking", speaking)
    with tour.server_down():
        lost = '[data-test="connection-banner"] button'
        yield tour.views(
            "lost", chair=lost, secretary=lost, site="reconnect", station="reconnect", screen='[data-state="lost"]'
        )
    tour.view("chair-speaking", f"{speaking} [data-test=end]:not([aria-disabled=true])")

    # After the server's return: new sockets to command with, and of the sites.
    chair, secretary = tour.desk("chair"), tour.desk("secretary")
    for number in STAYING:
        tour.client(number)
    chair.do("revoke_floor", request_id=second)
    hall = secretary.snapshot()["parts"]["public"]["conference"]["presiding_site_id"]
    third = ask(secretary, hall, 2, topics[3])
    chair.do("grant_floor", request_id=third)
    yield tour.views("hall-speaking", chair=speaking, screen="lower", site="hall-video", station=".banner.is-floor")
    yield from dialogue(tour, chair, secretary, hall)
    yield from sharing(tour, secretary)
    chair.do("revoke_floor", request_id=third)
    chair.do("close_queue", item_id=items[4])
    chair.do("chair_speaks", current="pause")
    yield tour.views("chair-speaks", chair="end-chair-speech", screen="stage", site="#raise", secretary="now")
    chair.do("suspend")
    rest = '[data-card="break"]'
    yield tour.views("break", screen=rest, site=rest, station="microphone", chair="resume", secretary="board")
    chair.do("resume")
    chair.do("adjourn")
    end = '[data-card="end"]'
    yield tour.views("adjourned", screen=end, site=end, station=end, chair="now", secretary="board")
    yield from refused(tour)


def gallery(tour: Tour, secretary: Client) -> Iterator[Views]:
    """All points by pages: in the desks' dialog and, by their act, on the hall screen."""
    secretary.do("show_gallery", when="always", page=1, turn_seconds=None)
    with tour.opened("secretary", "gallery-open"), tour.opened("chair", "gallery-open"):
        yield tour.views("gallery", screen='[data-large="gallery"]', chair="gallery", secretary="gallery")
    secretary.do("hide_gallery")
    tour.view("screen-stage", '[data-test="stage"]:not([data-large="gallery"])')


def dialogue(tour: Tour, chair: Client, secretary: Client, hall: int) -> Iterator[Views]:
    """Beside who speaks in the hall, the site speaks too; a point of order waits, then it is heard."""
    chair.do("set_open_microphones", count=2, is_confirmed=False)
    speech = ask(secretary, tour.site_id(1), 2, "Trả lời câu hỏi của hội trường", kind="reply")
    chair.do("grant_floor", request_id=speech)
    category = secretary.snapshot()["parts"]["public"]["settings"]["order_categories"][0]["id"]
    order = ask(secretary, hall, 3, "Đề nghị chiếu lại biểu số 2", kind="point_of_order", category_id=category)
    yield tour.views("dialogue", chair="order", secretary="order", screen="dialogue", site=".banner.is-floor")
    chair.do("grant_floor", request_id=order)
    yield tour.views("order", chair="holders", secretary="holders", screen="dialogue", site='[data-word="interrupted"]')
    for request in (order, speech):
        chair.do("revoke_floor", request_id=request)
    chair.do("set_open_microphones", count=1, is_confirmed=False)


def sharing(tour: Tour, secretary: Client) -> Iterator[Views]:
    """The site offers its screen; the secretary shows it."""
    page = tour.page("site")
    with tour.opened("site", "share-open"):
        yield tour.views("share", site="share-dialog")
    page.locator('[data-test="share-open"]').click()
    page.locator('[data-test="share-screen"]').click()
    yield tour.views("share-offered", site="shared", chair="share-show", secretary="share-show")
    secretary.do("show_share", site_id=tour.site_id(1))
    large = '[data-test="paper-video"]'
    shown = '[data-test="shared"][data-shown="true"]'
    yield tour.views("share-shown", site=shown, chair=large, secretary=large, screen=large, station=large)
    page.locator('[data-test="share-end"]').click()


def doors(tour: Tour, secretary: Client) -> list[Client]:
    """Opens the doors; the sites come (one goes again, one never does) and call their rolls. The sites that stay."""
    secretary.do("open_doors")
    sites = [tour.client(number) for number in STAYING]
    gone = tour.client(14)
    for number, site in enumerate(sites):
        site.ask("report_devices", {"camera": True, "microphone": True, "fault": None})
        own = site.snapshot()["parts"]["own"]
        for delegate in own["delegates"][: 5 - number % 2]:
            site.do("mark_roll", delegate_id=delegate["id"], status="present", reason="")
        if number % 2:
            delegate = own["delegates"][-1]["id"]
            site.do("mark_roll", delegate_id=delegate, status="excused", reason="Đi công tác")
        if number % 4:
            site.do("report_head_count", site_id=own["site_id"], count=own["roll"]["expected"])
            site.do("confirm_roll", site_id=own["site_id"])
    page = tour.page("site")
    page.locator('[data-test="tab-messages"]').click()
    page.locator('[data-test="message-text"]').fill("Hình hơi giật, tiếng vẫn rõ")
    page.locator('[data-test="message-text"]').press("Enter")
    tour.view("secretary-doors", "message-open")
    page.locator('[data-test="tab-roll"]').click()
    gone.close()
    lost = f'[data-site="{tour.site_id(14)}"][data-state="lost"]'
    tour.view("chair-doors", lost)
    return sites


def arriving(tour: Tour) -> Iterator[Views]:
    """The site goes back into the green room, measures its line and its echo, and enters again."""
    page = tour.page("site")
    page.locator('[data-test="devices"]').click()
    page.locator('[data-test="check-again"]').click()
    yield tour.views("arriving", site='[data-test="check-network"]:not([data-verdict="open"])')
    page.locator('[data-test="enter"]').click()
    tour.view("site-doors", "card")
    tour.page("board").locator('[data-test="run-through"]').click()
    yield tour.views("lines", board="point-panel")
    tour.page("board").locator('[data-test="close-point"]').click()


def dialogs(tour: Tour) -> Iterator[Views]:
    """What opens over the pages while the first speaker speaks."""
    tour.view("chair-speaking", '[data-test="now"][data-state="speaking"]')
    for name, button, shows in (
        ("invite", "invite", "invite-dialog"),
        ("agenda", "agenda-open", "agenda-dialog"),
        ("mute-all", "mute-all", "dialog-no"),
        ("chair-speaks-how", "chair-speaks", "dialog-no"),
        ("open-item", "open-next-item", "dialog-no"),
        ("adjourn", "adjourn", "dialog-no"),
        ("appoint", "appoint", "appoint-dialog"),
        ("keys", "keys-open", "dialog[open]"),
        ("entry", "entry-menu", "entry-dialog"),
        ("conduct", "conduct-open", "conduct-dialog"),
        ("totals", "totals-open", "totals"),
        ("private", "private-open", "private-line"),
    ):
        with tour.opened("chair", button):
            yield tour.views(name, chair=shows)
    with tour.opened("secretary", "line-open"):
        yield tour.views("line", secretary="line-now")
    tour.page("secretary").locator('[data-test="roll-toggle"]').nth(2).click()
    tour.page("secretary").locator('[data-test="log-sift"]').click()
    tour.page("secretary").locator('[data-test="message-open"]').first.click()
    yield tour.views("open", secretary="head-count")
    tour.page("secretary").locator('[data-test="roll-toggle"]').nth(2).click()
    tour.page("secretary").locator('[data-test="log-sift"]').click()
    tour.page("secretary").locator('[data-test="messages-back"]').click()
    with tour.opened("site", "devices"):
        yield tour.views("devices", site="devices-dialog")
    tour.page("site").locator('[data-test="tab-messages"]').click()
    yield tour.views("messages", site="letters")
    tour.page("site").locator('[data-test="tab-roll"]').click()


def refused(tour: Tour) -> Iterator[Views]:
    """A link that opens nothing; a second tab of a site that is open elsewhere."""
    page = tour.open("site-refused", "/site#of-no-use-at-all")
    page.locator('[data-test="connection-banner"]').wait_for()
    yield [View("site-refused", page, (SITE, PHONE))]
    page.close()


def ask(desk: Client, site_id: int, delegate: int, topic: str, **more: Any) -> int:
    """The secretary asks for the floor for a site's delegate. The request."""
    roll = next(one for one in desk.snapshot()["parts"]["desk"]["roll"] if one["site_id"] == site_id)
    delegate_id = roll["delegates"][delegate]["id"]
    desk.do("request_floor", delegate_id=delegate_id, topic=topic, **more)
    return next(int(entry["request_id"]) for entry in queue(desk) if entry["delegate_id"] == delegate_id)


def queue(desk: Client) -> list[dict[str, Any]]:
    return list(desk.snapshot()["parts"]["public"]["queue"])


def take_note(tour: Tour) -> None:
    note = tour.page("secretary").locator('[data-test="note"]')
    note.fill("Đề nghị tỉnh sớm hướng dẫn kiện toàn cấp ủy xã sau sáp nhập.")
    saved = tour.page("secretary").locator('[data-test="saved"]')
    wait_for(lambda: saved.get_attribute("data-state") == "saved", "the note is saved")


def _filled(tour: Tour, path: str) -> str:
    return path.format(public_id=tour.public_id, item=5, site=tour.site_id(1), delegate=10)


def _give(page: Page, act: str) -> None:
    """Sends the page's form of this act, without the question that comes before."""
    with page.expect_navigation():
        page.locator(f'form[action$="/{act}"]').first.evaluate("form => form.submit()")


def _submit(page: Page, **values: str) -> None:
    """Posts the form that has these fields (without any, the page's first) as it is, whatever the browser would refuse."""
    form = page.locator('main form[method="post"]')
    for name in values:
        form = form.filter(has=page.locator(f'[name="{name}"]'))
    for name, value in values.items():
        form.locator(f'[name="{name}"]').fill(value)
    form.first.evaluate("form => { form.noValidate = true; }")
    form.first.locator('[type="submit"]').first.click()
