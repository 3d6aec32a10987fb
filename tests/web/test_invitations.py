"""Letters of invitation at the office: what they say, their files, one run for all, the feed of conferences."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from icalendar import Calendar

from meetings import appointments, check_in, invitations, jobs, links, store
from meetings.documents.official import Box, Numbered, Paragraph
from meetings.documents.pdf import TypesettingFailed
from meetings.store import invitations as texts
from meetings.tables import (
    CalendarFeed,
    Conference,
    ConferenceStatus,
    Job,
    JobState,
    Role,
    StaffAccount,
    db,
    writing,
)
from tests.server import ROOT

from .conftest import Browser

BASE = "https://hop.example.vn"
PRINTED = ("pdf", "docx", "png")


@pytest.fixture
def path(conference: Conference) -> str:
    return f"/c/{conference.public_id}/invitations"


def form_of(conference: Conference, **changes: object) -> dict[str, object]:
    draft = vars(texts.invitation_draft(conference))
    saved = texts.saved_text(conference)
    shown = {name: "" if value is None else value for name, value in draft.items()}
    day = draft["day"]
    return {
        **shown,
        "recipients": "\n".join(draft["recipients"]),
        "day": f"{day:%d/%m/%Y}" if day else "",
        "version": saved.version if saved else 0,
        **changes,
    }


def sheet_of(conference: Conference, number: int) -> invitations.Sheet:
    invitations.with_pins(conference)
    return invitations.sheets(conference, BASE, [conference.sites[number]])[0]


def said(sheet: invitations.Sheet) -> str:
    words = []
    for block in sheet.paper.blocks:
        if isinstance(block, Numbered):
            words += block.items
        elif isinstance(block, Box):
            words += [f"{fact.label}: {fact.text}" for fact in block.facts]
        else:
            words.append(block.text if isinstance(block, Paragraph) else f"{block.label}: {block.text}")
    return "\n".join(words)


def test_the_letter_to_a_point_names_its_people_its_link_and_its_pin(conference: Conference) -> None:
    sheet = sheet_of(conference, 1)
    link = next(link for link in store.links_of(conference) if link.site_id == sheet.site.id)
    words = said(sheet)
    for told in (
        "Phó Bí thư Thường trực Thành ủy, Thành ủy Tân An",
        "08 giờ 00, thứ Năm, ngày 16 tháng 7 năm 2020",
        "Điểm cầu Thành phố Tân An",
        BASE + links.link_path(link),
        f"{BASE}/p và nhập mã PIN",
        "Kỹ thuật hội trường: Tổ kỹ thuật tỉnh",
        "Kỹ thuật điểm cầu: Văn phòng Thành ủy",
        "kiểm tra đường truyền",
    ):
        assert told in words, told
    (box,) = (block for block in sheet.paper.blocks if isinstance(block, Box))
    assert box.qr_address == BASE + links.link_path(link)


def test_the_codes_in_a_letter_are_those_the_desk_reads_by_the_letters_numbers(
    secretary: Browser, conference: Conference, path: str
) -> None:
    assert sheet_of(conference, 1).paper.codes == ()
    secretary.post(f"{path}/text", form_of(conference, has_codes="1"), seen_at=f"{path}/text")
    assert 'name="has_codes" value="1" checked' in secretary.get(f"{path}/text").text
    for number in (0, 1):
        site = conference.sites[number]
        invited = texts.invited_to([site])[site.id]
        codes = sheet_of(conference, number).paper.codes
        assert [check_in.delegate_of(card.code, site) for card in codes] == invited
        assert [card.number for card in codes] == list(range(1, len(invited) + 1))
        assert [card.name for card in codes] == [check_in.who(one) for one in invited]


def test_the_letter_to_the_hall_gives_no_seat_away(conference: Conference) -> None:
    words = said(sheet_of(conference, 0))
    assert "Nguyễn Văn Được, Phó Bí thư Thường trực Tỉnh ủy" in words
    assert "Địa điểm: Hội trường tỉnh" in words and "PIN" not in words and "#" not in words


@pytest.mark.parametrize(
    ("organiser", "layout"),
    [
        ("Ban Tổ chức Tỉnh ủy Long An", "party"),
        ("Đảng ủy xã Tân An", "party"),
        ("Ủy ban nhân dân tỉnh Tây Ninh", "state"),
        ("Sở Khoa học và Công nghệ", "state"),
    ],
)
def test_the_layout_follows_the_organiser_until_somebody_chooses(
    conference: Conference, organiser: str, layout: str
) -> None:
    with writing():
        conference.organiser = organiser
    assert texts.invitation_draft(conference).layout == layout


def test_what_is_saved_is_in_every_letter(secretary: Browser, conference: Conference, path: str) -> None:
    changes = {
        "number": "7",
        "day": "06/07/2020",
        "layout": "state",
        "body_symbol": "BTCTU",
        "signer_title": "Trưởng ban",
    }
    answer = secretary.post(f"{path}/text", form_of(conference, **changes), seen_at=f"{path}/text")
    assert answer.status_code == 302
    paper = sheet_of(conference, 3).paper
    assert (paper.number, paper.day, paper.signature.title) == (7, date(2020, 7, 6), "TRƯỞNG BAN")
    page = secretary.get(path).text
    assert "Số 07" in page and "Thể thức nhà nước" in page and "Chưa có chức vụ người ký" not in page


def test_the_next_conference_of_the_organiser_begins_with_its_words(
    secretary: Browser, conference: Conference, path: str
) -> None:
    changes = {"number": "7", "superior": "Tỉnh ủy Long An", "issuer": "Ban Tổ chức", "signer_name": "Nguyễn Văn A"}
    secretary.post(f"{path}/text", form_of(conference, **changes), seen_at=f"{path}/text")
    opens = datetime(2026, 1, 5, 1, tzinfo=UTC)
    with writing():
        other = store.create_conference(
            store.ConferenceDraft("Mới", "Mới", conference.organiser, "a", "b", opens, opens + timedelta(hours=2), 300)
        )
    draft = texts.invitation_draft(other)
    assert (draft.superior, draft.issuer, draft.signer_name) == ("Tỉnh ủy Long An", "Ban Tổ chức", "Nguyễn Văn A")
    assert draft.number is None and draft.summary == "Dự Mới"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"day": "31/02/2020"}, "ngày như"),
        ({"number": "0"}, "một số từ 1"),
        ({"issuer": " "}, "Hãy điền ô này"),
        ({"layout": "other"}, "Hãy chọn trong danh sách"),
        ({"recipients": "\n".join("abcdefghijklm")}, "Tối đa 12 dòng"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    secretary: Browser, conference: Conference, path: str, changes: dict[str, object], told: str
) -> None:
    form = form_of(conference, note="Một lưu ý <script>vừa gõ</script>", **changes)
    answer = secretary.post(f"{path}/text", form, seen_at=f"{path}/text")
    assert answer.status_code == 422 and told in answer.text
    assert "Một lưu ý &lt;script&gt;vừa gõ" in answer.text
    assert texts.saved_text(conference) is None


def test_two_secretaries_see_both_texts_and_lose_nothing(secretary: Browser, conference: Conference, path: str) -> None:
    opened = form_of(conference)
    secretary.post(f"{path}/text", {**opened, "note": "Lưu ý của người trước"}, seen_at=f"{path}/text")
    answer = secretary.post(f"{path}/text", {**opened, "note": "Lưu ý của người sau"}, seen_at=f"{path}/text")
    assert answer.status_code == 409
    assert "Lưu ý của người trước" in answer.text and "Lưu ý của người sau" in answer.text
    saved = texts.saved_text(conference)
    assert saved and saved.note == "Lưu ý của người trước" and f'name="version" value="{saved.version}"' in answer.text
    again = {**opened, "note": "Lưu ý của người sau", "version": saved.version}
    assert secretary.post(f"{path}/text", again, seen_at=f"{path}/text").status_code == 302


def test_a_point_has_words_and_addresses_of_its_own(secretary: Browser, conference: Conference, path: str) -> None:
    site = conference.sites[2]
    at = f"{path}/{site.id}"
    bad = secretary.post(at, {"addition": "Lời riêng", "emails": "sai@@b"}, seen_at=at)
    assert bad.status_code == 422 and "sai@@b" in bad.text and "Lời riêng" in bad.text
    secretary.post(at, {"addition": "Lời riêng", "emails": "a@b.vn, c@d.vn"}, seen_at=at)
    assert "Lời riêng" in said(sheet_of(conference, 2)) and "Lời riêng" not in said(sheet_of(conference, 3))
    assert sheet_of(conference, 2).emails == ("a@b.vn", "c@d.vn")
    page = secretary.get(path).text
    assert "a@b.vn" in page and "có lời riêng" in page


def test_the_files_of_a_letter(secretary: Browser, conference: Conference, path: str) -> None:
    at = f"{path}/{conference.sites[15].id}"
    pdf = secretary.printed(f"{at}/pdf")
    assert pdf.data.startswith(b"%PDF") and "16-giay-moi-huyen-vinh-hung.pdf" in pdf.headers["Content-Disposition"]
    document = Document(io.BytesIO(secretary.printed(f"{at}/docx").data))
    assert any("GIẤY MỜI" in line.text for line in document.paragraphs)
    event = Calendar.from_ical(secretary.get(f"{at}/ics").data).walk("VEVENT")[0]
    assert event["location"] == "Điểm cầu Huyện Vĩnh Hưng" and "/site#" in event["description"]
    waiting = secretary.get(at).text
    assert "data-job=" in waiting and "data-then" not in waiting, "the page stays: somebody types in its form"
    assert f'id="letter-look" hidden><img data-src="{at}/png"' in waiting
    jobs.run_waiting()
    picture = secretary.get(f"{at}/png")
    assert "data-job=" not in secretary.get(at).text and f"{at}/png" in secretary.get(at).text
    assert picture.data.startswith(b"\x89PNG") and "attachment" not in picture.headers.get("Content-Disposition", "")
    assert secretary.get(f"{at}/exe").status_code == 404
    assert secretary.get(f"{path}/99999/pdf").status_code == 404


def test_no_paper_is_set_in_the_web_process(
    secretary: Browser, conference: Conference, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr("meetings.documents.pdf.subprocess.run", lambda *given, **_more: started.append(given))
    of, site = f"/c/{conference.public_id}", conference.sites[1].id
    for address in ("guide.pdf", "line-test.pdf", "delegate-cards.pdf", *(f"invitations/{site}/{f}" for f in PRINTED)):
        assert "/jobs/" in secretary.get(f"{of}/{address}").location, address
    assert not started


def test_the_program_knows_every_paper_that_its_pages_ask_for() -> None:
    asked = {"letter", "guides", "line_test", "cards", "roll"}
    shows = "import meetings.app; from meetings import prints; print(*prints.papers())"
    shown = subprocess.run([sys.executable, "-c", shows], capture_output=True, text=True, check=True, cwd=ROOT)
    assert asked == set(shown.stdout.split())


def test_a_letter_is_made_anew_when_it_says_something_else(
    secretary: Browser, conference: Conference, path: str
) -> None:
    at = f"{path}/{conference.sites[2].id}"
    first = secretary.printed(f"{at}/pdf").data
    assert secretary.get(f"{at}/pdf").data == first
    secretary.post(at, {"addition": "Lời riêng", "emails": ""}, seen_at=at)
    jobs.run_waiting()
    assert secretary.printed(f"{at}/pdf").data != first
    with writing():
        conference.sites[2].name = "Huyện khác"
    assert secretary.get(f"{at}/pdf").status_code == 302


def test_a_letter_that_cannot_be_set_says_so_and_is_not_tried_without_end(
    secretary: Browser, conference: Conference, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise TypesettingFailed("no font")

    monkeypatch.setattr("meetings.documents.pdf.as_picture", fail)
    at = f"{path}/{conference.sites[1].id}"
    secretary.get(at)
    jobs.run_waiting()
    page = secretary.get(at).text
    assert "Không làm được" in page and "data-then" not in page and jobs.run_waiting() == 0


def test_letters_ask_the_database_as_often_for_all_points_as_for_one(conference: Conference) -> None:
    invitations.with_pins(conference)
    conference_id, asked = conference.id, []
    for count in (2, 16):
        db.session.expire_all()
        db.session.expunge_all()
        fresh = db.session.get_one(Conference, conference_id)
        sites = list(fresh.sites)[:count]
        with counted(asked):
            invitations.sheets(fresh, BASE, sites)
    assert asked[0] == asked[1] < 15, asked


@contextmanager
def counted(into: list[int]) -> Iterator[None]:
    """How many statements were sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
        into.append(len(sent))


def test_one_run_prints_all_and_one_zip_holds_all(secretary: Browser, conference: Conference, path: str) -> None:
    found = {}
    for form in ("pdf", "zip"):
        assert "job=" in secretary.post(f"{path}/print", {"form": form}, seen_at=path).location
        jobs.run_waiting()
        job = db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first()
        assert job and job.state is JobState.DONE
        assert job.file_name == f"giay-moi-so-ket-cong-tac-to-chuc-xay-dung-dang-6-thang-dau-nam-2020.{form}"
        found[form] = secretary.get(f"/jobs/{job.public_id}/file").data
    assert found["pdf"].startswith(b"%PDF") and len(found["pdf"]) > 100_000
    names = zipfile.ZipFile(io.BytesIO(found["zip"])).namelist()
    assert len(names) == 16 * 3 and names[:2] == ["01-giay-moi-hoi-truong-tinh.pdf", "01-giay-moi-hoi-truong-tinh.docx"]


def test_letters_are_for_those_who_may_give_links_out(
    app: Flask, conference: Conference, path: str, add_account: Callable[..., StaffAccount]
) -> None:
    viewer = Browser(app)
    assert viewer.get(path).status_code == 302
    add_account("xem", Role.VIEWER)
    viewer.sign_in("xem")
    site = conference.sites[1].id
    for part in ("", "/text", f"/{site}", f"/{site}/pdf", f"/{site}/ics", f"/{site}/png"):
        assert viewer.get(path + part).status_code == 403, part
    for part in ("/print", "/send", "/text", f"/{site}"):
        assert viewer.post(path + part, {}, seen_at="/").status_code == 403, part
    assert path not in viewer.get(f"/c/{conference.public_id}").text


# --- the feed ---


@pytest.fixture
def feed(secretary: Browser) -> str:
    secretary.post("/calendar/renew", seen_at="/calendar")
    account = db.session.scalars(sa.select(StaffAccount).where(StaffAccount.name == "ban-thu-ky")).one()
    path = appointments.feed_path(account)
    assert path
    return path


def events(browser: Browser, feed: str) -> dict[str, tuple[int, str]]:
    answer = browser.get(feed)
    assert answer.content_type.startswith("text/calendar")
    return {
        str(event["uid"]): (int(event["sequence"]), str(event["status"]))
        for event in Calendar.from_ical(answer.data).walk("VEVENT")
    }


@pytest.fixture
def coming(conference: Conference) -> Conference:
    with writing():
        conference.opens_at = datetime.now(UTC) + timedelta(days=5)
        conference.ends_at = conference.opens_at + timedelta(hours=3)
    return conference


def test_a_calendar_program_reads_the_conferences_without_signing_in(
    app: Flask, coming: Conference, feed: str, secretary: Browser
) -> None:
    program = Browser(app)
    uid = f"{coming.public_id}-c@diem-cau"
    assert events(program, feed) == {uid: (0, "CONFIRMED")}
    with writing():
        coming.place = "Hội trường B"
    assert events(program, feed) == {uid: (1, "CONFIRMED")}
    assert events(program, feed) == {uid: (1, "CONFIRMED")}
    with writing():
        coming.status = ConferenceStatus.CANCELLED
    assert events(program, feed) == {uid: (2, "CANCELLED")}
    with writing():
        coming.status = ConferenceStatus.DRAFT
    assert events(program, feed) == {}
    assert "Đọc gần nhất" in secretary.get("/calendar").text


def test_the_feed_gives_no_seat_away(app: Flask, coming: Conference, feed: str) -> None:
    assert b"/site" not in Browser(app).get(feed).data


def test_a_feed_ends_when_renewed_taken_back_or_with_its_account(
    app: Flask, coming: Conference, feed: str, secretary: Browser
) -> None:
    secretary.post("/calendar/renew", seen_at="/calendar")
    assert Browser(app).get(feed).status_code == 404
    account = db.session.scalars(sa.select(StaffAccount).where(StaffAccount.name == "ban-thu-ky")).one()
    path = appointments.feed_path(account)
    assert path and Browser(app).get(path).status_code == 200
    with writing():
        account.is_active = False
    assert Browser(app).get(path).status_code == 404
    with writing():
        account.is_active = True
    secretary.sign_in("ban-thu-ky")
    secretary.post("/calendar/end", seen_at="/calendar")
    assert Browser(app).get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b", "%00.a", "…" * 20])
def test_rubbish_is_no_feed(browser: Browser, conference: Conference, token: str) -> None:
    assert browser.get(f"/calendar/{token}.ics").status_code == 404


def test_the_database_alone_gives_no_feed(feed: str) -> None:
    signature = feed.partition(".")[2].removesuffix(".ics")
    row = db.session.scalars(sa.select(CalendarFeed)).one()
    assert not any(signature in str(getattr(row, column.key)) for column in CalendarFeed.__table__.columns)
