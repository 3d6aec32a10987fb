"""Notes of speeches and technical messages: who may, who is told, and that nobody's words are lost."""

from itertools import count
from typing import Any

import pytest
from flask import Flask

from meetings import messages, notes
from meetings.core.vocabulary import Actor, Role, SiteId
from meetings.tables import writing
from tests.signaling.conftest import new_conference
from tests.signaling.page import Page, Pages, Room
from tests.signaling.test_handlers import open_discussion, speaker

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")


_numbers = count(1)


def save(page: Page, request_id: int, text: str, base: str = "") -> Any:
    return page.ask("save_note", {"request_id": request_id, "text": text, "base": base})


def send(page: Page, channel: str, text: str, **more: Any) -> Any:
    return page.ask("send_message", {"id": f"m-{next(_numbers)}", "channel": channel, "text": text, **more})


def texts(page: Page) -> list[str]:
    return [letter["text"] for letter in page.ask("get_messages", {})["messages"]]


@pytest.fixture
def speech(room: Room, pages: Pages) -> tuple[Page, Page, int]:
    """The chair, the site that speaks, and its request."""
    chair, site = pages.chair(), pages.site(1)
    open_discussion(chair, room)
    return chair, site, speaker(site, chair, room, 1)


# --- notes ---


def test_a_note_is_told_to_every_desk_and_to_nobody_else(speech: tuple[Page, Page, int], pages: Pages) -> None:
    chair, site, request_id = speech
    writer, other, screen = pages.secretary(), pages.secretary("thu-ky-2"), pages.screen()
    answer = save(writer, request_id, "Thuận lợi")
    assert (answer["ok"], answer["text"], answer["version"], answer["saved_by"]) == (True, "Thuận lợi", 1, "thu-ky")
    for desk in (chair, writer, other):
        desk.wait(lambda desk=desk: desk.all("note"), "the note")
        told = desk.all("note")[0]
        assert {**told, "ok": True} == answer
    assert other.ask("get_notes", {})["notes"] == [told]
    assert site.all("note") == screen.all("note") == []


@pytest.mark.parametrize("who", ["site", "station", "screen"])
def test_only_the_desk_writes_and_reads_notes(speech: tuple[Page, Page, int], pages: Pages, who: str) -> None:
    _, site, request_id = speech
    page = site if who == "site" else getattr(pages, who)()
    assert save(page, request_id, "Chen vào")["code"] == "not_permitted"
    assert page.ask("get_notes", {})["code"] == "not_permitted"


def test_two_writers_lose_no_word(speech: tuple[Page, Page, int], pages: Pages) -> None:
    _, _, request_id = speech
    first, second = pages.secretary(), pages.secretary("thu-ky-2")
    begun = save(first, request_id, "- Thuận lợi")["text"]
    assert save(second, request_id, begun + "\n- Khó khăn", begun)["text"] == "- Thuận lợi\n- Khó khăn"
    answer = save(first, request_id, begun + ": đoàn kết", begun)
    assert answer["text"] == "- Thuận lợi: đoàn kết\n- Khó khăn"
    second.wait(lambda: second.all("note")[-1]["text"] == answer["text"], "the merged note")


def test_a_note_sent_again_changes_nothing(speech: tuple[Page, Page, int], pages: Pages) -> None:
    writer = pages.secretary()
    first = save(writer, speech[2], "Một")
    assert save(writer, speech[2], "Một") == first


def test_a_note_may_be_emptied_again(speech: tuple[Page, Page, int], pages: Pages) -> None:
    writer = pages.secretary()
    save(writer, speech[2], "Một")
    assert save(writer, speech[2], "", "Một")["text"] == ""


def test_a_note_that_is_too_long_is_refused_and_the_saved_one_stays(
    speech: tuple[Page, Page, int], pages: Pages
) -> None:
    writer = pages.secretary()
    longest = "ă" * notes.LONGEST
    save(writer, speech[2], longest)
    for text, base in ((longest + "!", longest), ("khác", ""), ("x", longest + "!")):
        answer = save(writer, speech[2], text, base)
        assert answer["code"] == "note_too_long" and answer["message"]
    assert writer.ask("get_notes", {})["notes"][0]["text"] == longest


@pytest.mark.parametrize("request_id", [0, -1, 999])
def test_a_note_of_no_speech_is_refused(speech: tuple[Page, Page, int], pages: Pages, request_id: int) -> None:
    assert save(pages.secretary(), request_id, "Một")["code"] == "unknown_request"


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"request_id": 1, "text": "x"},
        {"request_id": "1", "text": "x", "base": ""},
        {"request_id": 1, "text": 7, "base": ""},
    ],
)
def test_a_malformed_note_is_refused_by_name(room: Room, pages: Pages, message: Any) -> None:
    assert pages.secretary().ask("save_note", message)["code"] == "malformed"


# --- technical messages ---


def test_what_a_site_writes_reaches_the_desk_and_no_other_site(room: Room, pages: Pages) -> None:
    chair, secretary, screen = pages.chair(), pages.secretary(), pages.screen()
    site, other = pages.site(1), pages.site(2)
    answer = send(site, "site", "  Mất điện  ", site_id=room.sites[1])
    assert (answer["text"], answer["sender"], answer["sender_name"]) == ("Mất điện", "site", "Huyện 1")
    for page in (chair, secretary, site):
        page.wait(lambda page=page: page.all("message"), "the message")
        assert {**page.all("message")[0], "ok": True} == answer
    reply = send(secretary, "site", "Đã rõ", site_id=room.sites[1])
    assert (reply["sender"], reply["sender_name"]) == ("secretary", "thu-ky")
    site.wait(lambda: len(site.all("message")) == 2, "the reply")
    assert texts(site) == texts(secretary) == ["Mất điện", "Đã rõ"]
    assert texts(other) == [] == other.all("message") == screen.all("message")


def test_what_is_written_to_all_reaches_every_site_but_not_the_hall_screen(room: Room, pages: Pages) -> None:
    chair, secretary, screen, station = pages.chair(), pages.secretary(), pages.screen(), pages.station()
    sites = [pages.site(1), pages.site(2)]
    send(secretary, "all", "Còn 5 phút")
    for page in (chair, secretary, station, *sites):
        page.wait(lambda page=page: page.all("message"), "the message")
        assert len(page.all("message")) == 1
        assert texts(page) == ["Còn 5 phút"]
    assert screen.ask("get_messages", {})["code"] == "not_permitted"
    assert screen.all("message") == []


def test_rule_26_a_message_sent_again_is_kept_once(room: Room, pages: Pages) -> None:
    site, other, secretary = pages.site(1), pages.site(2), pages.secretary()
    first = send(site, "site", "Mất điện", site_id=room.sites[1], id="again")
    assert send(site, "site", "Mất điện", site_id=room.sites[1], id="again") == first
    assert texts(site) == texts(secretary) == ["Mất điện"]
    assert send(other, "site", "Cũng vậy", site_id=room.sites[2], id="again")["text"] == "Cũng vậy", "unique per actor"
    assert texts(secretary) == ["Mất điện", "Cũng vậy"]


@pytest.mark.parametrize("id", ["", "x" * 81, 7])
def test_a_message_without_a_proper_id_is_refused(pages: Pages, id: Any) -> None:
    assert send(pages.secretary(), "all", "x", id=id)["code"] == "malformed"


def test_the_private_line_is_of_the_desks_alone(room: Room, pages: Pages) -> None:
    chair, secretary, site, station = pages.chair(), pages.secretary(), pages.site(1), pages.station()
    send(chair, "private", "Gọi Vĩnh Hưng sau")
    secretary.wait(lambda: secretary.all("message"), "the private message")
    assert texts(secretary) == ["Gọi Vĩnh Hưng sau"]
    send(secretary, "all", "Xong")
    for page in (site, station):
        page.wait(lambda page=page: page.all("message"), "what came after")
        assert [letter["text"] for letter in page.all("message")] == texts(page) == ["Xong"]


@pytest.mark.parametrize(
    ("channel", "number"), [("all", None), ("private", None), ("site", 2), ("site", None), ("all", 1)], ids=str
)
def test_a_site_writes_only_on_its_own_line(room: Room, pages: Pages, channel: str, number: int | None) -> None:
    secretary, site = pages.secretary(), pages.site(1)
    more = {} if number is None else {"site_id": room.sites[number]}
    assert send(site, channel, "Chen vào", **more)["code"] == "not_permitted"
    assert texts(secretary) == []


def test_the_hall_screen_and_a_tab_that_only_watches_write_nothing(room: Room, pages: Pages) -> None:
    auth = room.site_auth(1)
    pages.open(auth)
    watching = pages.open({**auth, "tab": "another-tab"})
    assert watching.seat["state"] == "occupied"
    assert send(watching, "site", "x", site_id=room.sites[1])["code"] == "not_permitted"
    assert send(pages.screen(), "all", "x")["code"] == "not_permitted"


@pytest.mark.parametrize("text", ["", "   \n ", "x" * (messages.LONGEST + 1)], ids=["empty", "blank", "too long"])
def test_an_empty_or_too_long_message_is_refused(pages: Pages, text: str) -> None:
    answer = send(pages.secretary(), "all", text)
    assert answer["code"] == "message_length" and "1000" in answer["message"]


def test_the_longest_message_is_kept_whole(pages: Pages) -> None:
    text = "ế" * messages.LONGEST
    assert send(pages.secretary(), "all", text)["text"] == text


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"channel": "site", "text": "x", "site_id": 999_999}, "unknown_site"),
        ({"channel": "site", "text": "x"}, "not_permitted"),
        ({"channel": "all", "text": "x", "site_id": "1"}, "malformed"),
        ({"channel": "everybody", "text": "x"}, "malformed"),
        ({"channel": "all"}, "malformed"),
    ],
)
def test_a_message_to_nowhere_is_refused(pages: Pages, message: Any, code: str) -> None:
    assert pages.secretary().ask("send_message", {"id": "m", **message})["code"] == code


def test_a_site_of_another_conference_cannot_be_written_to(room: Room, pages: Pages) -> None:
    with writing() as session:
        other = new_conference(session).sites[1].id
    assert send(pages.secretary(), "site", "x", site_id=other)["code"] == "unknown_site"


def test_a_page_that_comes_later_finds_everything(
    served: tuple[Flask, str], speech: tuple[Page, Page, int], room: Room, pages: Pages
) -> None:
    """Notes and messages are rows: nothing of them lives in the process."""
    secretary = pages.secretary()
    save(secretary, speech[2], "Một\nhai")
    send(secretary, "private", "Riêng")
    send(secretary, "site", "Cho điểm 1", site_id=room.sites[1])
    late = pages.secretary("thu-ky-2")
    assert [note["text"] for note in late.ask("get_notes", {})["notes"]] == ["Một\nhai"]
    assert texts(late) == ["Riêng", "Cho điểm 1"]
    assert texts(pages.site(1)) == ["Cho điểm 1"]
    with served[0].app_context():
        site = Actor(Role.SITE, site_id=SiteId(room.sites[2]))
        assert messages.readable_by(room.conference_id, site) == []
