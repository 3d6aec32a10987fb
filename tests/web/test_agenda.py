"""The agenda: sub-items, order, two who edit at once, scripts that stay at the desk, speeches assigned beforehand."""

import itertools
import unicodedata
from datetime import timedelta
from typing import Any

import pytest

from meetings import journal, store
from meetings.core import commands as c
from meetings.core.audience import desk_part, own_part, public_part
from meetings.core.codec import to_json
from meetings.core.vocabulary import AccountId, Actor, SiteId, SpeechKind
from meetings.core.vocabulary import Role as Seat
from meetings.live import LiveConferences
from meetings.tables import AgendaItem, Conference, ItemKind, writing

from .conftest import HANOI, Browser

ITEM: dict[str, object] = {"title": "Tham luận", "kind": "prepared_speech", "planned_minutes": "30"}


def _path(conference: Conference) -> str:
    return f"/c/{conference.public_id}/agenda"


def _order(conference: Conference) -> str:
    return store.order_text(store.order_of(conference.items))


def _clock(item: AgendaItem) -> str:
    return f"{item.planned_at.astimezone(HANOI):%H:%M}"


def _labels(conference: Conference) -> list[str]:
    return list(store.labels(conference.items).values())


# --- order and sub-items ---

A, B, C, D, E = ((1, 0), (2, 0), (3, 1), (4, 1), (5, 0))
ORDER = (A, B, C, D, E)


@pytest.mark.parametrize(
    ("item_id", "direction", "wanted"),
    [
        (2, "up", (B, C, D, A, E)),
        (2, "down", (A, E, B, C, D)),
        (1, "up", ORDER),
        (5, "down", ORDER),
        (4, "up", (A, B, D, C, E)),
        (3, "up", ORDER),
        (4, "down", ORDER),
        (5, "in", (A, B, C, D, (5, 1))),
        (1, "in", ORDER),
        (2, "in", (A, (2, 1), C, D, E)),
        (3, "out", (A, B, D, (3, 0), E)),
        (2, "out", ORDER),
        (9, "up", ORDER),
        (2, "sideways", ORDER),
    ],
)
def test_one_item_moves_among_its_like_with_its_sub_items(item_id: int, direction: str, wanted: store.Order) -> None:
    assert store.moved(ORDER, item_id, direction) == wanted


def test_no_move_ever_loses_an_item() -> None:
    for moves in itertools.product(itertools.product((1, 2, 3, 5), ("up", "down", "in", "out")), repeat=2):
        order = ORDER
        for item_id, direction in moves:
            order = store.moved(order, item_id, direction)
        assert sorted(item_id for item_id, _depth in order) == [1, 2, 3, 4, 5]
        assert order[0][1] == 0


def test_sub_items_are_numbered_below_their_item_and_follow_in_time(secretary: Browser, conference: Conference) -> None:
    path, parent = _path(conference), conference.items[4]
    with writing():
        parent.planned_minutes = 0
    for title, minutes in (("Chuyên đề A", 50), ("Chuyên đề B", 30)):
        form = {"title": title, "kind": "discussion", "planned_minutes": minutes, "parent": parent.id}
        assert secretary.post(f"{path}/new", form, seen_at=f"{path}/new?parent={parent.id}").status_code == 302
    assert _labels(conference) == ["1", "2", "3", "4", "5", "5.1", "5.2", "6", "7", "8", "9"]
    assert [_clock(i) for i in conference.items[4:8]] == ["08:50", "08:50", "09:40", "10:10"]
    text = secretary.get(path).text
    assert "5.1" in text and ">80<" in text
    secretary.post(f"{path}/{parent.id}/remove", seen_at=path)
    assert [i.parent_id for i in conference.items] == [None] * 10


def test_the_whole_order_is_put_at_once_and_told(secretary: Browser, conference: Conference) -> None:
    ids = [item.id for item in conference.items]
    wanted = " ".join([f"{ids[0]}:0", f"{ids[1]}:1", *(f"{one}:0" for one in ids[2:])])
    form: dict[str, object] = {"version": conference.agenda_version, "order": wanted}
    assert secretary.post(f"{_path(conference)}/order", form, seen_at=_path(conference)).status_code == 302
    assert _labels(conference)[:3] == ["1", "1.1", "2"]
    assert conference.items[0].planned_at.astimezone(HANOI).hour == 7


@pytest.mark.parametrize("order", ["", "abc", "1:0 1:0", "0:1", "{0}:1 {1}:0"])
def test_an_order_that_does_not_hold_every_item_changes_nothing(
    secretary: Browser, conference: Conference, order: str
) -> None:
    before = _order(conference)
    form: dict[str, object] = {
        "version": conference.agenda_version,
        "order": order.format(*[i.id for i in conference.items]),
    }
    assert secretary.post(f"{_path(conference)}/order", form, seen_at=_path(conference)).status_code == 302
    assert _order(conference) == before


def test_a_stale_order_is_refused_and_both_are_shown(secretary: Browser, conference: Conference) -> None:
    path, seen, order = _path(conference), conference.agenda_version, _order(conference)
    first, last = conference.items[0], conference.items[-1]
    secretary.post(f"{path}/order", {"version": seen, "order": order, "move": f"{last.id}:up"}, seen_at=path)
    meanwhile = _order(conference)
    stale = {"version": seen, "order": order, "move": f"{first.id}:down"}
    answer = secretary.post(f"{path}/order", stale, seen_at=path)
    assert answer.status_code == 409
    assert "Thứ tự của bạn" in answer.text and "Thứ tự đang có" in answer.text
    assert _order(conference) == meanwhile
    wanted = store.order_text(store.moved(store.read_order(order), first.id, "down"))
    assert f'value="{wanted}"' in answer.text
    again = {"version": conference.agenda_version, "order": wanted}
    secretary.post(f"{path}/order", again, seen_at=path)
    assert _order(conference) == wanted


# --- two who edit ---


def _seen(item: AgendaItem) -> dict[str, object]:
    values = store.item_values(item)
    return {**values, **{f"was_{name}": value for name, value in values.items()}, "version": item.version}


def test_the_second_who_saves_an_item_is_shown_both_and_loses_nothing(
    secretary: Browser, conference: Conference
) -> None:
    item = conference.items[4]
    path, seen = f"{_path(conference)}/{item.id}", _seen(conference.items[4])
    theirs = {**seen, "title": "Thảo luận tại tổ", "script_say": "Mời các điểm cầu"}
    mine = {**seen, "title": "Thảo luận chung", "private_note": "Gọi Đức Hòa trước"}
    assert secretary.post(path, theirs, seen_at=path).status_code == 302
    answer = secretary.post(path, mine, seen_at=path)
    assert answer.status_code == 409
    for words in ("Thảo luận tại tổ", "Thảo luận chung", "Mời các điểm cầu", "Gọi Đức Hòa trước", "Ban-Thu-Ky"):
        assert words in answer.text
    assert item.title == "Thảo luận tại tổ"

    unchanged = {
        name: seen[name] for name in ("kind", "presenters", "planned_minutes", "limit_minutes", "topics", "script_do")
    }
    choice: dict[str, object] = {**unchanged, "version": item.version}
    for name, use, own, other in (
        ("title", "mine", "Thảo luận chung", "Thảo luận tại tổ"),
        ("script_say", "theirs", "", "Mời các điểm cầu"),
        ("private_note", "mine", "Gọi Đức Hòa trước", ""),
    ):
        choice |= {f"use_{name}": use, f"mine_{name}": own, f"theirs_{name}": other}
    assert secretary.post(path, choice, seen_at=path).status_code == 302
    assert (item.title, item.script_say, item.private_note) == (
        "Thảo luận chung",
        "Mời các điểm cầu",
        "Gọi Đức Hòa trước",
    )
    assert len(item.topics) == 4


def test_what_only_one_of_two_changed_is_chosen_from_that_one() -> None:
    was = {"a": "1", "b": "1", "c": "1", "d": "1"}
    mine, theirs = {**was, "a": "2", "c": "2"}, {**was, "b": "3", "c": "3"}
    found = {d.name: (d.chosen, d.is_contested) for d in store.differences(was, mine, theirs)}
    assert found == {"a": ("mine", False), "b": ("theirs", False), "c": ("mine", True)}


# --- who presents; what is typed ---


def test_presenters_are_delegates_or_free_words(secretary: Browser, conference: Conference) -> None:
    path, item = f"{_path(conference)}/{conference.items[2].id}", conference.items[2]
    found = secretary.get(f"/c/{conference.public_id}/delegates.json?q=nguyen+thanh").get_json()["labels"]
    assert found == ["Nguyễn Thanh Hải, Trưởng ban Tổ chức Tỉnh ủy, Ban Tổ chức Tỉnh ủy (Hội trường)"]
    form = {**_seen(item), "presenters": [found[0], "Đoàn chủ tịch", ""]}
    assert secretary.post(path, form, seen_at=path).status_code == 302
    assert [d.person.full_name for d in item.presenters] == ["Nguyễn Thanh Hải"]
    assert store.presenter_words(item) == "Nguyễn Thanh Hải, Đoàn chủ tịch"
    assert "Nguyễn Thanh Hải, Đoàn chủ tịch" in secretary.get(_path(conference)).text


def test_what_is_too_long_is_told_and_given_back_whole(secretary: Browser, conference: Conference) -> None:
    path = f"{_path(conference)}/new"
    title = "Báo cáo " * 40
    script = "Kính thưa các đồng chí. " * 2000
    form = {**ITEM, "title": title, "script_say": script, "topics": "ngắn\n" + "dài " * 80}
    answer = secretary.post(path, form, seen_at=path)
    assert answer.status_code == 422
    assert "Tối đa 250 ký tự; đang có 319." in answer.text
    assert "dòng 2 đang có 319" in answer.text
    assert title.strip() in answer.text and script.strip() in answer.text
    assert "maxlength" not in answer.text


def test_marks_and_letters_are_kept_composed_whatever_was_typed(secretary: Browser, conference: Conference) -> None:
    path = f"{_path(conference)}/new"
    typed = unicodedata.normalize("NFD", "Kiện toàn cấp ủy xã") + "\u200b\x00\u202e <script>alert(1)</script>"
    form = {**ITEM, "title": typed, "script_say": "một\r\n\r\n  hai"}
    assert secretary.post(path, form, seen_at=path).status_code == 302
    item = conference.items[-1]
    assert item.title == "Kiện toàn cấp ủy xã <script>alert(1)</script>"
    assert item.script_say == "một\n\n  hai"
    for page in (_path(conference), f"/c/{conference.public_id}/script", f"{_path(conference)}/{item.id}"):
        assert "<script>alert" not in secretary.get(page).text


# --- speeches assigned beforehand ---


def _assign(secretary: Browser, conference: Conference, item: AgendaItem, who: str, **more: object) -> Any:
    path = f"{_path(conference)}/{item.id}"
    return secretary.post(f"{path}/speeches", {"delegate": who, **more}, seen_at=path)


def test_speeches_are_assigned_in_order(secretary: Browser, conference: Conference) -> None:
    item = conference.items[4]
    for who, topic in (("Trưởng ban Tổ chức Huyện ủy", ""), ("Nguyễn Văn Được", "Xây dựng Đảng")):
        _assign(secretary, conference, item, who, topic=topic, minutes="7")
    (only,) = item.speeches
    assert (only.topic, only.minutes, only.delegate.person.full_name) == ("Xây dựng Đảng", 7, "Nguyễn Văn Được")
    label = store.label_of(conference.sites[1].conference.delegates[12])
    assert _assign(secretary, conference, item, label).status_code == 302
    twice = _assign(secretary, conference, item, label, topic="Nói lần nữa")
    assert twice.status_code == 422 and "đã có tham luận" in twice.text and "Nói lần nữa" in twice.text
    unknown = _assign(secretary, conference, item, "Không Có Ai")
    assert unknown.status_code == 422 and "Không Có Ai" in unknown.text
    path = f"{_path(conference)}/{item.id}"
    secretary.post(f"{path}/speeches/{item.speeches[1].id}", {"act": "up"}, seen_at=path)
    assert [s.topic for s in item.speeches] == ["", "Xây dựng Đảng"]
    secretary.post(f"{path}/speeches/{item.speeches[0].id}", {"act": "remove"}, seen_at=path)
    assert [(s.topic, s.position) for s in item.speeches] == [("Xây dựng Đảng", 0)]


def test_assigned_speeches_wait_when_the_doors_open_and_the_script_stays_at_the_desk(
    secretary: Browser, conference: Conference
) -> None:
    item, speakers = conference.items[0], [conference.delegates[9], conference.delegates[0]]
    for delegate in speakers:
        _assign(secretary, conference, item, store.label_of(delegate), topic="Chủ đề", minutes="8")
    with writing():
        item.script_say, item.script_do, item.private_note = "LỜI-DẪN", "VIỆC-KỸ-THUẬT", "GHI-CHÚ-RIÊNG"
        store.add_item(conference, store.ItemDraft("Phần một", ItemKind.VOTE, 0), item)
        conference_id, item_id = conference.id, item.id
    live = LiveConferences(secretary.app)
    actor = Actor(Seat.SECRETARY, account_id=AccountId(1))
    live.execute(conference_id, actor, c.OpenDoors(journal.setup_of(conference_id)), "open")
    state, directory = live.look(conference_id)
    waiting = list(state.queue(state.frozen.items[0].id))
    assert [r.delegate_id for r in waiting] == [d.id for d in speakers]
    assert {(r.kind, r.topic, r.asked_limit_seconds) for r in waiting} == {(SpeechKind.PREPARED_SPEECH, "Chủ đề", 480)}

    desk = desk_part(state, directory)
    assert desk["script"] == {
        "item_id": item_id,
        "say": "LỜI-DẪN",
        "do": "VIỆC-KỸ-THUẬT",
        "private_note": "GHI-CHÚ-RIÊNG",
    }
    told = to_json(public_part(state, directory)) + "".join(
        to_json(own_part(state, directory, SiteId(site.id))) for site in conference.sites
    )
    assert not any(secret in told for secret in ("LỜI-DẪN", "VIỆC-KỸ-THUẬT", "GHI-CHÚ-RIÊNG"))
    numbers = [(i["number"], i["kind"]) for i in public_part(state, directory)["agenda"]]
    assert numbers[:3] == [("1", "other"), ("1.1", "vote"), ("2", "opening")]
    live.execute(conference_id, Actor(Seat.CHAIR, account_id=AccountId(1)), c.Convene(), "convene")
    live.execute(conference_id, actor, c.OpenItem(state.frozen.items[1].id), "sub")
    assert live.look(conference_id)[0].current_item_id == state.frozen.items[1].id


def test_the_script_is_one_page_to_print_without_the_note_for_those_who_only_look(
    secretary: Browser, conference: Conference
) -> None:
    with writing():
        conference.items[1].script_say, conference.items[1].private_note = "Kính thưa các đồng chí", "riêng tư"
    text = secretary.get(f"/c/{conference.public_id}/script").text
    assert "Kịch bản điều hành" in text and "Kính thưa các đồng chí" in text and "riêng tư" in text
    assert [_clock(item) in text for item in conference.items] == [True] * 9


def test_the_start_of_the_agenda_may_be_set_and_nonsense_is_told(secretary: Browser, conference: Conference) -> None:
    path, length = _path(conference), timedelta(minutes=sum(i.planned_minutes for i in conference.items))
    secretary.post(f"{path}/start", {"start": "07:00"}, seen_at=path)
    end = store.agenda_end(store.items_of(conference))
    assert end is not None and end - conference.items[0].planned_at == length
    secretary.post(f"{path}/start", {"start": "25:00"}, seen_at=path)
    assert "Hãy điền giờ như 08:00." in secretary.get(path).text
