"""The live side over a real socket: who gets in, who sits where, what is answered and what is told."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from meetings import links
from meetings.tables import LinkKind, Role, StaffAccount, writing
from signaling.handlers import LARGEST_MESSAGE
from tests.signaling.page import Page, Pages, Refused, Room

# httpcore leaves a socket to the garbage collector when the media process is not there, and werkzeug one of a broken line.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")


def refusal_of(room: Room, auth: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        Page(room.address, auth).open()
    data = refused.value.data
    assert isinstance(data, dict) and data["message"], f"code and words are told: {data}"
    return data


def open_discussion(chair: Page, room: Room) -> None:
    for name in ("open_doors", "convene"):
        chair.do(name)
    chair.do("open_item", item_id=room.items[1])


def speaker(page: Page, chair: Page, room: Room, number: int) -> int:
    """Lets the site's first delegate hold the floor; the request."""
    chair.wait(lambda: room.sites[number] in chair.parts()["public"]["connected"], f"site {number} to be connected")
    page.do("request_floor", delegate_id=room.delegates(room.sites[number])[0])
    request_id = page.snapshot()["parts"]["own"]["requests"][-1]["request_id"]
    chair.do("grant_floor", request_id=request_id)
    return int(request_id)


# --- the handshake ---


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_forged_link_is_refused_in_words(room: Room, lang: str) -> None:
    good = room.site_auth(1)
    public_id, _, signature = good["link"].partition(".")
    for forged in (f"{public_id}.{'A' * len(signature)}", public_id, "x.y", f".{signature}"):
        assert refusal_of(room, {**good, "link": forged, "lang": lang})["code"] == "link_unknown"


def test_a_revoked_link_is_refused_and_its_open_page_is_sent_away(room: Room, pages: Pages) -> None:
    auth = room.site_auth(1)
    page, other = pages.open(auth), pages.site(2)
    with writing():
        links.revoke_link(room.link(1), datetime.now(UTC))
    page.wait(lambda: not page.is_open, "the disconnection")
    assert page.all("seat_lost") == [{"reason": "link_revoked"}]
    assert refusal_of(room, auth)["code"] == "link_revoked"
    assert other.is_open


def test_a_desk_that_has_expired_or_is_forged_is_refused(room: Room) -> None:
    auth = room.desk_auth("thu-ky-2")
    assert refusal_of(room, {**auth, "desk": auth["desk"][:-2] + "xx"})["code"] == "desk_expired"
    with writing():
        room.account("thu-ky-2").stamp = "changed"
    assert refusal_of(room, auth)["code"] == "desk_expired"


@pytest.mark.parametrize(
    "auth",
    [
        None,
        [],
        "token",
        {},
        {"tab": "tab-00001"},
        {"tab": "short", "link": "a.b"},
        {"tab": "tab/00001", "link": "a.b"},
        {"tab": 7, "link": "a.b"},
        {"tab": "tab-00001", "link": 7},
        {"tab": "tab-00001", "link": "a.\ud800"},
        {"tab": "tab-00001", "link": "a\x00.b"},
        {"tab": "tab-00001", "link": "a.b", "role": "chair"},
    ],
    ids=ascii,
)
def test_a_malformed_handshake_is_refused_by_name(room: Room, auth: Any) -> None:
    assert refusal_of(room, auth)["code"] == "malformed"


def test_each_page_is_told_who_it_is_and_holds_only_its_own_parts(room: Room, pages: Pages) -> None:
    expected = {
        "site": (pages.site(1), "site", room.sites[1], False, {"public", "own"}),
        "station": (pages.station(), "site", room.sites[0], True, {"public", "own"}),
        "screen": (pages.screen(), "screen", None, False, {"public"}),
        "chair": (pages.chair(), "chair", None, False, {"public", "desk"}),
        "secretary": (pages.secretary(), "secretary", None, False, {"public", "desk"}),
    }
    for name, (page, role, site_id, is_station, parts) in expected.items():
        seat = page.seat
        assert (seat["role"], seat["site_id"], seat["is_hall_station"]) == (role, site_id, is_station), name
        assert (seat["state"], set(page.all("snapshot")[0]["parts"])) == ("held", parts), name


# --- commands ---


def test_rule_27_a_command_is_answered_when_it_is_on_disk_and_a_refusal_names_its_reason(
    room: Room, pages: Pages
) -> None:
    chair, site = pages.chair(), pages.site(1)
    seq = chair.do("open_doors")
    assert (room.journal()[0].kind, seq) == ("doors_opened", 1)
    before = room.journal()
    assert site.command("convene") == {
        "ok": False,
        "code": "not_permitted",
        "message": "Bạn không có quyền làm việc này.",
    }
    assert chair.command("open_doors")["code"] == "doors_already_open"
    assert len([r for r in room.journal() if r.kind != "site_connected"]) == len(
        [r for r in before if r.kind != "site_connected"]
    )


def test_a_page_is_refused_in_its_own_language(room: Room, pages: Pages) -> None:
    vietnamese, english = pages.site(1), pages.site(2, lang="en")
    said = [page.command("convene")["message"] for page in (vietnamese, english)]
    assert said[0] != said[1] and all(said)


def test_a_command_out_of_role_is_refused(room: Room, pages: Pages) -> None:
    chair, secretary, site, screen = pages.chair(), pages.secretary(), pages.site(1), pages.screen()
    open_discussion(chair, room)
    for page, name, args in (
        (secretary, "grant_next", {}),
        (secretary, "adjourn", {}),
        (site, "grant_next", {}),
        (site, "open_item", {"item_id": room.items[0]}),
        (screen, "close_microphone", {"site_id": room.sites[0]}),
        (screen, "convene", {}),
    ):
        assert page.command(name, **args)["code"] == "not_permitted", name
    theirs = room.delegates(room.sites[2])[0]
    assert site.command("request_floor", delegate_id=theirs)["code"] == "not_your_site"


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "convene",
        {"id": "1", "name": "dance"},
        {"id": "1", "name": "go_on_air", "args": {"request_id": 1}},
        {"id": "1", "name": "grant_floor", "args": {"request_id": True}},
        {"id": "\ud800", "name": "convene"},
        {"id": "1", "name": "request_floor", "args": {"delegate_id": 1, "topic": "\ud83d"}},
        {"id": "1" * 81, "name": "convene"},
    ],
    ids=ascii,
)
def test_a_malformed_command_is_answered_in_words_and_the_page_goes_on(room: Room, pages: Pages, message: Any) -> None:
    site = pages.site(1)
    answer = site.ask("command", message)
    assert (answer["ok"], answer["code"]) == (False, "malformed") and answer["message"]
    assert site.snapshot()["seq"] == 0


def test_an_unknown_message_is_answered_and_other_messages_are_checked(room: Room, pages: Pages) -> None:
    site, desk = pages.site(1), pages.secretary()
    assert site.ask("dance", {"x": 1})["code"] == "unknown_message"
    assert site.ask("dance")["code"] == "unknown_message"
    for event, message in (
        ("get_snapshot", {"x": 1}),
        ("claim_seat", {"mode": "steal"}),
        ("claim_seat", {}),
        ("join_media", {"publishes": "yes"}),
        ("answer_media", {"peer": "somebody-elses", "sdp": ""}),
        ("report_devices", {"camera": True}),
        ("report_devices", {"camera": True, "microphone": True, "fault": "haunted"}),
    ):
        assert site.ask(event, message)["code"] == "malformed", event
    assert site.ask("allow_takeover", {"site_id": room.sites[1]})["code"] == "not_permitted"
    assert desk.ask("claim_seat", {"mode": "watch"})["code"] == "malformed"
    assert site.ask("read_clock", {})["server_time"].endswith("Z")


def test_an_oversized_message_ends_its_page_and_nobody_elses(room: Room, pages: Pages) -> None:
    site, other = pages.site(1), pages.site(2)
    site.client.emit("command", {"id": "1", "name": "convene", "args": {"x": "x" * (LARGEST_MESSAGE + 1)}})
    site.wait(lambda: not site.is_open, "the disconnection")
    assert other.snapshot()["seq"] == 0


def test_a_handshake_sent_as_a_message_changes_nothing(room: Room, pages: Pages) -> None:
    site = pages.site(1)
    site.client.emit("connect", ({}, room.site_auth(2)))
    assert site.snapshot()["parts"]["own"]["site_id"] == room.sites[1]
    assert pages.site(2).seat["state"] == "held"


def test_rule_26_a_repeated_command_takes_effect_once_and_gives_the_same_answer(room: Room, pages: Pages) -> None:
    chair, site = pages.chair(), pages.site(1)
    open_discussion(chair, room)
    asked = {"delegate_id": room.delegates(room.sites[1])[0]}
    first = site.command("request_floor", "same-id", **asked)
    chair.do("close_queue", item_id=room.items[1])
    again = pages.site(2).command("request_floor", "same-id", delegate_id=room.delegates(room.sites[2])[0])
    assert again["code"] == "queue_is_closed", "the id of another site is not this site's"
    assert site.command("request_floor", "same-id", **asked) == first
    assert [row.kind for row in room.journal()].count("floor_requested") == 1


def test_rule_26_a_refused_command_may_be_judged_anew(room: Room, pages: Pages) -> None:
    chair = pages.chair()
    assert chair.command("convene", "same-id")["code"] == "doors_not_open"
    chair.do("open_doors")
    assert chair.command("convene", "same-id")["ok"]


def test_rule_26_a_command_that_changed_nothing_does_nothing_later_either(room: Room, pages: Pages) -> None:
    chair, station = pages.chair(), pages.station()
    open_discussion(chair, room)
    hall = room.sites[0]
    station.do("close_microphone", site_id=hall)
    quiet = station.command("close_microphone", "same-id", site_id=hall)
    station.do("open_microphone", site_id=hall)
    assert station.command("close_microphone", "same-id", site_id=hall) == quiet
    assert station.snapshot()["parts"]["own"]["is_microphone_open"]


def test_a_secretary_who_gets_an_account_during_the_sitting_can_be_appointed(room: Room, pages: Pages) -> None:
    chair = pages.chair()
    chair.do("open_doors")
    with writing() as session:
        account = StaffAccount(name="thu-ky-moi", display_name="Thư ký mới", role=Role.SECRETARY, password_hash="x")
        session.add(account)
        session.flush()
        account_id = account.id

    def names() -> list[str]:
        return [one["display_name"] for one in chair.all("snapshot")[-1]["parts"]["desk"]["secretaries"]]

    chair.wait(lambda: "Thư ký mới" in names(), "the new secretary")
    chair.do("appoint_acting_chair", account_id=account_id)


def test_an_acting_chair_must_be_a_secretary(room: Room, pages: Pages) -> None:
    chair, secretary = pages.chair(), pages.secretary()
    chair.do("open_doors")
    assert chair.command("appoint_acting_chair", account_id=9999)["code"] == "unknown_account"
    assert secretary.command("convene")["code"] == "not_permitted"
    chair.do("appoint_acting_chair", account_id=room.account("thu-ky").id)
    secretary.do("convene")


# --- what pages are told ---


def test_a_page_that_takes_over_changes_holds_what_a_snapshot_says(room: Room, pages: Pages) -> None:
    everybody = [pages.chair(), pages.secretary(), pages.site(1), pages.site(2), pages.station(), pages.screen()]
    chair, site = everybody[0], everybody[2]
    open_discussion(chair, room)
    speech = speaker(site, chair, room, 1)
    chair.do("mute_holder", request_id=speech)
    site.do("mark_roll", delegate_id=room.delegates(room.sites[1])[1], status="excused", reason="ốm")
    chair.do("revoke_floor", request_id=speech)
    seq = chair.do("suspend")
    for page in everybody:
        page.wait(lambda page=page: any(m["seq"] >= seq for m in page.all("changes")), f"{page.seat['label']} of {seq}")
        snapshot = page.snapshot()
        assert page.parts(snapshot["seq"]) == snapshot["parts"], page.seat["label"]
    log = chair.all("log")
    assert [entry["seq"] for entries in log for entry in entries] == list(range(1, seq + 1))
    assert [entry["seq"] for entry in chair.snapshot()["log"]] == list(range(1, seq + 1))


def test_what_the_office_changed_before_the_doors_opened_reaches_pages_already_there(room: Room, pages: Pages) -> None:
    chair, site = pages.chair(), pages.site(1)
    with writing():
        room.conference.items[0].title = "Báo cáo sơ kết"
    chair.do("open_doors")
    for page in (chair, site):
        page.wait(lambda page=page: page.all("changes"), "the changes")
        assert page.parts(until=1)["public"]["agenda"][0]["title"] == "Báo cáo sơ kết"


def test_rule_30_the_bytes_a_site_receives_hold_nothing_of_another_sites_own(room: Room, pages: Pages) -> None:
    chair, secretary, one, two, screen = pages.chair(), pages.secretary(), pages.site(1), pages.site(2), pages.screen()
    open_discussion(chair, room)
    one.do("mark_roll", delegate_id=room.delegates(room.sites[1])[1], status="excused", reason="lý-do-riêng-1")
    request_id = speaker(one, chair, room, 1)
    chair.do("revoke_floor", request_id=request_id)
    one.do("request_floor", delegate_id=room.delegates(room.sites[1])[0])
    waiting = one.snapshot()["parts"]["own"]["requests"][-1]["request_id"]
    secretary.do("decline_request", request_id=waiting, reason="lý-do-riêng-2")
    two.snapshot()
    for page in (two, screen):
        seq = chair.do("close_queue" if page is two else "open_queue", item_id=room.items[1])
        page.wait(lambda page=page, seq=seq: any(m["seq"] >= seq for m in page.all("changes")), "the last change")
    tokens = [links.link_token(link) for link in (room.link(1), room.link(2), room.link(0, LinkKind.HALL_STATION))]
    for page, is_told in ((one, True), (two, False), (screen, False)):
        told = json.dumps(page.told, ensure_ascii=False)
        assert ("lý-do-riêng-1" in told, "lý-do-riêng-2" in told) == (is_told, is_told)
        assert "Liên-hệ-riêng" not in told and not any(token in told for token in tokens)
        assert all(change["part"] != "desk" for change in page.all("changes")) and not page.all("log")


# --- seats ---


def test_a_second_tab_finds_the_seat_occupied_and_may_watch_or_take_over(room: Room, pages: Pages) -> None:
    pages.chair().do("open_doors")
    first, second = pages.site(1), pages.site(1)
    assert second.seat["state"] == "occupied"
    assert second.command("close_microphone", site_id=room.sites[1])["code"] == "not_permitted"
    assert second.ask("join_media", {"publishes": False})["code"] == "not_permitted"
    assert second.ask("claim_seat", {"mode": "watch"}) == {"ok": True, "state": "watching"}
    assert second.command("close_microphone", site_id=room.sites[1])["code"] == "not_permitted"
    assert second.ask("claim_seat", {"mode": "take_over"}) == {"ok": True, "state": "held"}
    first.wait(lambda: not first.is_open, "the loss of the seat")
    assert first.all("seat_lost") == [{"reason": "taken_over"}]
    second.do("close_microphone", site_id=room.sites[1])


def test_the_seat_of_a_floor_holder_is_taken_over_only_with_the_desks_leave(room: Room, pages: Pages) -> None:
    chair, desk, first = pages.chair(), pages.secretary(), pages.site(1)
    open_discussion(chair, room)
    speaker(first, chair, room, 1)
    second = pages.site(1)
    assert second.ask("claim_seat", {"mode": "take_over"})["code"] == "seat_on_air"
    asked = desk.wait(lambda: desk.all("takeover_asked"), "the question at the desk")
    assert asked == [{"site_id": room.sites[1]}] and first.is_open
    assert desk.ask("allow_takeover", {"site_id": room.sites[1]}) == {"ok": True}
    assert second.ask("claim_seat", {"mode": "take_over"})["ok"]
    first.wait(lambda: not first.is_open, "the loss of the seat")
    assert second.snapshot()["parts"]["public"]["floor"]["site_id"] == room.sites[1], "the turn is kept"


def test_the_same_tab_replaces_its_own_older_socket_without_a_word(room: Room, pages: Pages) -> None:
    pages.chair().do("open_doors")
    auth = room.site_auth(1)
    older, newer = pages.open(auth), pages.open(auth)
    assert newer.seat["state"] == "held"
    older.wait(lambda: not older.is_open, "the end of the older socket")
    assert older.all("seat_lost") == []
    newer.do("close_microphone", site_id=room.sites[1])
    assert room.sites[1] in newer.snapshot()["parts"]["public"]["connected"]


def test_a_forged_handshake_with_the_tab_of_another_page_touches_nobody(room: Room, pages: Pages) -> None:
    auth = room.site_auth(1)
    page = pages.open(auth)
    assert refusal_of(room, {**auth, "link": auth["link"][:-3] + "xxx"})["code"] == "link_unknown"
    other = pages.open({**room.site_auth(2), "tab": auth["tab"]})
    assert page.is_open and page.seat["state"] == other.seat["state"] == "held"


# --- lines and media ---


def test_a_site_is_connected_with_its_page_and_gone_after_the_grace(room: Room, pages: Pages) -> None:
    chair, site = pages.chair(), pages.site(1)
    chair.do("open_doors")
    here = room.sites[1]

    def is_connected() -> bool:
        told = [m["changes"]["connected"] for m in chair.all("changes") if "connected" in m["changes"]]
        return bool(told) and here in told[-1]

    chair.wait(is_connected, "the arrival")
    site.close()
    chair.wait(lambda: not is_connected(), "the departure")
    told = chair.all("presence")[-1][str(here)]
    assert (told["socket"], told["media"]) == (False, False)


def test_devices_are_reported_to_everybody(room: Room, pages: Pages) -> None:
    desk, site = pages.secretary(), pages.site(1)
    assert site.ask("report_devices", {"camera": False, "microphone": True, "fault": "camera_refused"})["ok"]
    here = str(room.sites[1])
    desk.wait(lambda: any(m.get(here, {}).get("fault") == "camera_refused" for m in desk.all("presence")), "the fault")


def test_without_a_media_process_a_page_is_told_in_words(room: Room, pages: Pages) -> None:
    site = pages.site(1)
    answer = site.ask("join_media", {"publishes": True})
    assert answer["code"] == "media_unavailable" and answer["message"]
    assert site.ask("leave_media", {})["ok"]
