"""A point before the day: it answers by its link, until the deadline, and reaches nothing of another point."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from meetings import jobs, links, store
from meetings.store import answers
from meetings.tables import (
    Conference,
    Delegate,
    Job,
    JournalEvent,
    LinkKind,
    RegisteredSpeech,
    Reminder,
    ReminderState,
    Site,
    db,
    writing,
)
from tests.web.conftest import HANOI, Browser
from tests.web.forms import form_with


@pytest.fixture
def conference(conference: Conference) -> Conference:
    """The demonstration, to be held in ten days."""
    later = (datetime.now(HANOI) + timedelta(days=10)).date() - conference.opens_at.astimezone(HANOI).date()
    with writing():
        conference.opens_at += later
        conference.ends_at += later
    return conference


class Point:
    """The page of one site: a link's token in a header, no cookie, no form."""

    def __init__(self, app: Flask, site: Site) -> None:
        self.browser, self.site = Browser(app), site
        link = next(link for link in store.links_of(site.conference) if link.site_id == site.id)
        self.token = links.link_token(link)

    def ask(self, path: str, method: str = "GET", **given: Any) -> TestResponse:
        return self.browser.open(path, method=method, headers={"X-Site-Link": self.token}, **given)

    def post(self, path: str, **fields: object) -> TestResponse:
        return self.ask(path, "POST", json=fields)

    def held(self) -> dict[str, Any]:
        held: dict[str, Any] = self.ask("/seat/preparation").json or {}
        return held


@pytest.fixture
def point(app: Flask, conference: Conference) -> Point:
    return Point(app, conference.sites[15])


@pytest.fixture
def other(app: Flask, conference: Conference) -> Point:
    return Point(app, conference.sites[14])


def test_the_link_leads_to_the_preparation_until_the_day_and_then_to_the_seat(
    point: Point, conference: Conference
) -> None:
    assert point.ask("/seat").json == {"page": "prepare"}
    with writing():
        conference.opens_at = datetime.now(UTC) + timedelta(minutes=80)
    assert point.ask("/seat").json == {"page": "seat"}


def test_a_point_sees_its_invitation_and_its_own_list_only(point: Point, other: Point) -> None:
    held = point.held()
    assert held["conference"]["title"].startswith("Hội nghị trực tuyến sơ kết")
    assert held["site"]["name"] == "Huyện Vĩnh Hưng"
    assert len(held["delegates"]) == 5
    assert not {d["id"] for d in held["delegates"]} & {d["id"] for d in other.held()["delegates"]}
    assert "contact_email" not in held["site"]


def test_a_point_confirms_and_may_change_its_mind(point: Point, secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}/answers"
    assert "0 trên 15 điểm cầu đã trả lời" in secretary.get(path).text
    assert (
        point.post("/seat/answer", state="confirmed", answered_by="Chánh Văn phòng", head_count=12).status_code == 200
    )
    page = secretary.get(path).text
    assert "1 trên 15 điểm cầu đã trả lời" in page and "Chánh Văn phòng" in page
    refused = point.post("/seat/answer", state="declined", answered_by="Chánh Văn phòng")
    assert refused.status_code == 422 and set((refused.json or {})["errors"]) == {"remark"}
    point.post("/seat/answer", state="declined", answered_by="Chánh Văn phòng", remark="<b>Trùng</b> lịch")
    assert "&lt;b&gt;Trùng&lt;/b&gt; lịch" in secretary.get(path).text


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"state": "maybe"}, {"state"}),
        ({"answered_by": ""}, {"answered_by"}),
        ({"head_count": "-3"}, {"head_count"}),
        ({"remark": "x" * 501}, {"remark"}),
    ],
)
def test_a_wrong_answer_is_told_by_field(point: Point, changes: dict[str, object], fields: set[str]) -> None:
    refused = point.post("/seat/answer", **{"state": "confirmed", "answered_by": "A", **changes})
    assert refused.status_code == 422
    assert set((refused.json or {})["errors"]) == fields
    assert point.held()["answer"]["state"] is None


def test_a_point_names_a_substitute_for_one_who_was_invited(point: Point) -> None:
    invited = point.held()["delegates"][0]
    held = point.post(
        "/seat/delegates", full_name="Lê Thị Mới", title="Phó Trưởng ban", substitute_for_id=invited["id"]
    ).json
    assert held
    new = held["delegates"][-1]
    assert (new["full_name"], new["substitute_for_id"], new["is_from_site"]) == ("Lê Thị Mới", invited["id"], True)
    assert point.ask(f"/seat/delegates/{invited['id']}", "DELETE").status_code == 422
    changed = point.ask(
        f"/seat/delegates/{new['id']}", "PUT", json={"full_name": "Lê Thị Mơ", "title": "Phó Trưởng ban", "version": 1}
    )
    assert changed.status_code == 200
    assert point.ask(f"/seat/delegates/{new['id']}", "DELETE").status_code == 200
    assert len(point.held()["delegates"]) == 5


def test_the_same_person_is_not_named_twice_and_nobody_makes_himself_the_chair(point: Point) -> None:
    assert point.post("/seat/delegates", full_name="Trần Hoà", title="Ủy viên").status_code == 200
    twice = point.post("/seat/delegates", full_name="TRẦN HÒA", title="Khác")
    assert (twice.json or {})["errors"].keys() == {"full_name"}
    chair = point.post("/seat/delegates", full_name="Ai đó", title="Ủy viên", role="chair")
    assert (chair.json or {})["errors"].keys() == {"role"}


def test_a_point_that_writes_of_a_delegate_who_was_removed_is_told_so(
    point: Point, secretary: Browser, conference: Conference
) -> None:
    seen = point.held()["delegates"][0]
    secretary.post(f"/c/{conference.public_id}/delegates/{seen['id']}/remove", seen_at=f"/c/{conference.public_id}")
    mine = {"title": "Phó Bí thư", "version": seen["version"]}
    answer = point.ask(f"/seat/delegates/{seen['id']}", "PUT", json=mine)
    told = answer.json or {}
    assert (answer.status_code, told["error"]) == (404, "removed") and "vừa bị bỏ khỏi danh sách" in told["message"]


def test_a_point_that_saves_after_the_secretary_is_shown_both(
    point: Point, secretary: Browser, conference: Conference
) -> None:
    seen = point.held()["delegates"][0]
    page = f"/c/{conference.public_id}/delegates/{seen['id']}"
    form = form_with(secretary.get(page).text, "version")
    secretary.open(page, method="POST", data={**form, "title": "Phó Bí thư Thường trực"})
    mine = {"full_name": "Lê Thị Mơ", "title": "Phó Bí thư", "body": seen["body"], "version": seen["version"]}
    path = f"/seat/delegates/{seen['id']}"
    both = point.ask(path, "PUT", json=mine)
    told = both.json or {}
    assert (both.status_code, told["error"]) == (409, "overwritten")
    assert told["theirs"] == {"title": "Phó Bí thư Thường trực", "full_name": seen["full_name"]}
    assert point.held()["delegates"][0]["title"] == "Phó Bí thư Thường trực"
    assert point.ask(path, "PUT", json={**mine, "version": told["version"]}).status_code == 200
    assert point.held()["delegates"][0]["full_name"] == "Lê Thị Mơ"
    after = secretary.open(page, method="POST", data={**form, "precedence": "9"})
    assert after.status_code == 409 and point.site.name in after.text


def test_nothing_of_another_point_can_be_reached(point: Point, other: Point) -> None:
    theirs = other.held()["delegates"][0]["id"]
    other.post("/seat/speeches", delegate_id=theirs, topic="Kinh nghiệm", minutes=5)
    speech = other.held()["speeches"][0]["id"]
    assert point.ask(f"/seat/delegates/{theirs}", "PUT", json={"title": "X"}).status_code == 404
    assert point.ask(f"/seat/delegates/{theirs}", "DELETE").status_code == 404
    assert point.ask(f"/seat/speeches/{speech}", "DELETE").status_code == 404
    assert point.post("/seat/speeches", delegate_id=theirs, topic="A", minutes=5).status_code == 422
    assert point.post("/seat/delegates", title="A", substitute_for_id=theirs).status_code == 422
    assert len(other.held()["speeches"]) == 1


def test_a_point_registers_a_speech_and_withdraws_it(point: Point) -> None:
    delegate = point.held()["delegates"][1]["id"]
    held = point.post("/seat/speeches", delegate_id=delegate, topic="Mô hình Bí thư Chi bộ", minutes=7).json
    assert held and [(s["topic"], s["minutes"]) for s in held["speeches"]] == [("Mô hình Bí thư Chi bộ", 7)]
    wrong = point.post("/seat/speeches", delegate_id="abc", topic="", minutes=0)
    assert set((wrong.json or {})["errors"]) == {"delegate_id", "topic", "minutes"}
    point.ask(f"/seat/speeches/{held['speeches'][0]['id']}", "DELETE")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RegisteredSpeech)) == 0


def test_the_secretary_takes_a_registered_speech_into_the_agenda(
    point: Point, other: Point, secretary: Browser, conference: Conference
) -> None:
    for of in (point, other):
        of.post("/seat/speeches", delegate_id=of.held()["delegates"][0]["id"], topic="Kinh nghiệm", minutes=7)
    path, item = f"/c/{conference.public_id}/answers", conference.items[4]
    assert secretary.get(path).text.count("Đưa vào</button>") == 2
    asked = point.held()["speeches"][0]["id"]
    for words in ("Đã đưa phát biểu vào chương trình.", "Đại biểu này đã có tham luận ở mục này."):
        secretary.post(f"{path}/take", {"speech": asked, "item": item.id}, seen_at=path)
        assert words in secretary.get(path).text
    assert [(speech.topic, speech.minutes) for speech in item.speeches] == [("Kinh nghiệm", 7)]
    shown = secretary.get(path).text
    assert "Mục 5</span>" in shown and shown.count("Đưa vào</button>") == 1
    assert secretary.post(f"{path}/take", {"speech": 999, "item": item.id}, seen_at=path).status_code == 404


def test_a_point_sends_its_list_from_a_file(point: Point, other: Point) -> None:
    content = "Họ tên;Chức vụ;Dự thay cho\nLê A;Ủy viên;\nLê B;Ủy viên;Lê A\n".encode()
    given = point.ask("/seat/lists", "POST", data={"file": (io.BytesIO(content), "ds.csv")})
    job = (given.json or {})["id"]
    jobs.run_waiting()
    assert other.ask(f"/seat/lists/{job}").status_code == 404
    told = point.ask(f"/seat/lists/{job}").json or {}
    assert (told["state"], told["preview"]["good"], told["preview"]["problem_count"]) == ("done", 2, 0)
    following = (point.post(f"/seat/lists/{job}", act="import").json or {})["id"]
    jobs.run_waiting()
    assert (point.ask(f"/seat/lists/{following}").json or {})["result"] == {"added": 2, "changed": 0, "skipped": 0}
    first, second = point.held()["delegates"][-2:]
    assert (first["full_name"], second["substitute_for_id"], second["is_from_site"]) == ("Lê A", first["id"], True)
    assert point.post("/seat/list").status_code == 200
    assert point.held()["answer"]["list_sent_at"]


def test_after_the_deadline_the_page_only_shows(point: Point, secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}/answers"
    before = conference.opens_at.astimezone(HANOI) + timedelta(days=1)
    late = secretary.post(path, {"day": f"{before:%d/%m/%Y}"}, seen_at=path)
    assert late.status_code == 422 and "Hạn phải trước giờ khai mạc." in late.text
    content = "Họ tên,Chức vụ\nLê A,Ủy viên\n".encode()
    job = (point.ask("/seat/lists", "POST", data={"file": (io.BytesIO(content), "a.csv")}).json or {})["id"]
    jobs.run_waiting()
    point.post(f"/seat/lists/{job}", act="import")
    form = {"day": "01/01/2020", "hour": "17:00", "contact_name": "Văn phòng", "contact_phone": "0272 000 000"}
    assert secretary.post(path, form, seen_at=path).status_code == 302
    terms = point.held()["terms"]
    assert (terms["is_open"], terms["contact_name"], terms["contact_phone"]) == (False, "Văn phòng", "0272 000 000")
    delegate = point.held()["delegates"][0]["id"]
    for answer in (
        point.post("/seat/answer", state="confirmed", answered_by="A"),
        point.post("/seat/delegates", title="A"),
        point.ask(f"/seat/delegates/{delegate}", "DELETE"),
        point.post("/seat/list"),
        point.post("/seat/speeches", delegate_id=delegate, topic="A", minutes=1),
        point.ask("/seat/lists", "POST", data={"file": (io.BytesIO(content), "a.csv")}),
    ):
        assert answer.status_code == 409
    jobs.run_waiting()
    last = db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first()
    assert last and last.words == "Đã hết hạn gửi danh sách.", "what waited when the time ran out is not put in"
    assert len(point.held()["delegates"]) == 5


def test_when_the_doors_are_open_the_answers_are_closed(point: Point, conference: Conference) -> None:
    with writing() as session:
        event = {"conference_id": conference.id, "seq": 1, "at": datetime.now(UTC), "actor": "desk:1"}
        session.add(JournalEvent(**event, kind="DoorsOpened", v=1, data="{}"))
    assert point.post("/seat/answer", state="confirmed", answered_by="A").status_code == 409
    assert point.ask("/seat").json == {"page": "seat"}


def test_only_a_good_link_of_a_site_is_let_in(app: Flask, point: Point, conference: Conference) -> None:
    browser = Browser(app)
    assert browser.get("/seat/preparation").status_code == 403
    assert browser.get("/prepare").status_code == 200, "the page itself knows nothing"
    hall = next(link for link in store.links_of(conference) if link.kind is LinkKind.HALL_STATION)
    headers = {"X-Site-Link": links.link_token(hall)}
    assert browser.get("/seat/preparation", headers=headers).status_code == 403
    link = next(link for link in store.links_of(conference) if link.site_id == point.site.id)
    with writing():
        links.renew_link(link, datetime.now(UTC))
    refused = point.ask("/seat/preparation")
    assert refused.status_code == 403 and "liên kết mới" in (refused.json or {})["message"]
    assert "Set-Cookie" not in refused.headers


# --- reminding the others ---


def test_who_has_not_answered_is_reminded_with_a_result_for_each(
    app: Flask, point: Point, secretary: Browser, conference: Conference
) -> None:
    sent: list[tuple[str, str, str]] = []

    def send(address: str, subject: str, text: str) -> None:
        if address.startswith("busy"):
            raise jobs.Retry(600, "Máy chủ thư đang bận.")
        sent.append((address, subject, text))

    app.extensions["send_mail"] = send
    point.post("/seat/answer", state="confirmed", answered_by="A")
    with writing():
        conference.sites[1].contact_email = "tanan@example.gov.vn"
        conference.sites[2].contact_email = "busy@example.gov.vn"
    path = f"/c/{conference.public_id}/answers"
    assert secretary.post(f"{path}/remind", seen_at=path).status_code == 302
    jobs.run_waiting()
    db.session.rollback()
    reminders = db.session.scalars(sa.select(Reminder).order_by(Reminder.id)).all()
    assert [r.state for r in reminders] == [ReminderState.SENT, ReminderState.WAITING] + [ReminderState.FAILED] * 12
    assert reminders[1].words == "Máy chủ thư đang bận."
    ((address, _subject, text),) = sent
    assert address == "tanan@example.gov.vn" and "Thành phố Tân An" in text and "08:00" in text
    assert links.link_token(store.links_of(conference)[2]) not in text
    assert "Điểm cầu chưa có địa chỉ thư" in secretary.get(path).text
    secretary.post(f"{path}/remind", seen_at=path)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reminder)) == 14 + 13, "one is under way"


def test_without_a_mail_server_a_reminder_says_so(secretary: Browser, conference: Conference) -> None:
    with writing():
        conference.sites[1].contact_email = "tanan@example.gov.vn"
    path = f"/c/{conference.public_id}/answers"
    secretary.post(f"{path}/remind", seen_at=path)
    jobs.run_waiting()
    assert "Máy chủ chưa được cài đặt gửi thư" in secretary.get(path).text


def test_what_is_lost_with_a_point_is_said_first(point: Point, secretary: Browser, conference: Conference) -> None:
    delegate = point.held()["delegates"][0]["id"]
    point.post("/seat/answer", state="confirmed", answered_by="A")
    point.post("/seat/speeches", delegate_id=delegate, topic="A", minutes=1)
    site_id = point.site.id
    path = f"/c/{conference.public_id}/sites"
    asked = secretary.post(f"{path}/{site_id}/remove", seen_at=path).text
    assert all(words in asked for words in ("trả lời đã gửi", "5 đại biểu", "1 đăng ký phát biểu"))
    secretary.post(f"{path}/{site_id}/remove", {"confirmed": "yes"}, seen_at=path)
    db.session.expire_all()
    assert db.session.get(Site, site_id) is None
    assert db.session.scalar(sa.select(sa.func.count()).where(Delegate.site_id == site_id)) == 0
    assert len(answers.point_statuses(conference)) == 14
