"""Planning: the list, templates, cloning, series, moving, cancelling, what is still needed, state secrets."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from meetings import store
from meetings.store import answers
from meetings.tables import (
    Conference,
    ConferenceStatus,
    Delegate,
    DelegateRole,
    ItemKind,
    Mail,
    MailKind,
    MailState,
    PreparedSpeech,
    Rhythm,
    Role,
    Site,
    SiteKind,
    SiteLink,
    StaffAccount,
    Visibility,
    db,
    writing,
)
from meetings.working_days import SpecialDay, WorkCalendar

from .conftest import HANOI, Browser
from .test_conferences import FORM, _create, _errors

WORK = WorkCalendar()
BEFORE = store.Today(date(2020, 7, 1), HANOI, WORK)


def _texts(conference: Conference, today: store.Today = BEFORE, kind: str = "") -> list[str]:
    return [n.text for n in store.needs_of([conference], today).get(conference.id, []) if not kind or n.kind == kind]


# --- working days ---


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2020, 7, 16), date(2020, 7, 13)),  # Thursday: Monday
        (date(2020, 7, 13), date(2020, 7, 8)),  # Monday: Wednesday before the weekend
        (date(2020, 5, 5), date(2020, 4, 28)),  # over 30/4, 1/5 and a weekend
    ],
)
def test_three_working_days_before(day: date, last: date) -> None:
    special = [SpecialDay(date(2020, 4, 30), is_yearly=True), SpecialDay(date(2020, 5, 1), is_yearly=True)]
    assert WorkCalendar(special).days_before(day, 3) == last


def test_a_saturday_worked_instead_counts_and_a_day_beats_its_yearly_rule() -> None:
    special = [
        SpecialDay(date(2019, 9, 2), is_yearly=True),
        SpecialDay(date(2024, 9, 2), is_worked=True),
        SpecialDay(date(2024, 9, 7), is_worked=True),
    ]
    work = WorkCalendar(special)
    assert [work.is_worked(day) for day in (date(2024, 9, 2), date(2024, 9, 7), date(2025, 9, 2))] == [
        True,
        True,
        False,
    ]
    assert not work.is_worked(date(2024, 9, 8))


def test_days_off_are_kept_on_a_page(secretary: Browser) -> None:
    form = {"day": "17/02/2026", "name": "Tết <b>Bính Ngọ</b>", "kind": "off"}
    assert secretary.post("/days-off", form).status_code == 302
    page = secretary.get("/days-off").text
    assert "17/02/2026" in page and "Quốc khánh" in page and "<b>Bính" not in page
    assert not store.work_calendar().is_worked(date(2026, 2, 17))
    assert _errors(secretary.post("/days-off", {"day": "30/02/2026", "kind": "x"}).text) == {"day", "name", "kind"}
    secretary.post("/days-off/2026-02-17/remove", seen_at="/days-off")
    assert store.work_calendar().is_worked(date(2026, 2, 17))
    assert secretary.post("/days-off/hom-nay/remove", seen_at="/days-off").status_code == 404


# --- templates, cloning, series ---


def test_every_template_fills_its_usual_length_and_keeps_to_its_rule(secretary: Browser) -> None:
    page = secretary.get("/conferences/new").text
    for template in store.templates():
        assert f"template={template.key}" in page
        conference = _create(secretary, template=template.key, kind=template.kind)
        assert sum(item.planned_minutes for item in conference.items) == template.length_minutes
        assert template.longest_minutes is None or template.length_minutes <= template.longest_minutes
        assert [item.number for item in conference.items] == list(range(1, len(conference.items) + 1))
    assert {t.longest_minutes for t in store.templates() if t.kind in ("Sơ kết", "Tổng kết")} == {480}
    (training,) = [t for t in store.templates() if t.key == "tap-huan"]
    conference = _create(secretary, template=training.key)
    assert list(store.labels(conference.items).values()) == ["1", "2", "2.1", "2.2", "3", "4", "5"]


def test_a_length_beyond_the_rule_is_a_warning_not_a_refusal(secretary: Browser) -> None:
    conference = _create(secretary, kind="giao ban", day="06/08/2020", opens="07:30", ends="12:00")
    page = secretary.get(f"/c/{conference.public_id}").text
    assert "Dài 4 giờ 30 phút, quá quy định" in page
    assert "QĐ 45/2018/QĐ-TTg" in page


def test_a_clone_has_what_was_prepared_with_fresh_links_and_nothing_that_happened(
    secretary: Browser, conference: Conference
) -> None:
    with writing() as session:
        item = conference.items[4]
        item.script_say, item.private_note = "Mời các điểm cầu", "đừng mời trước 9 giờ"
        item.presenters = [conference.delegates[0]]
        child = store.add_item(conference, store.ItemDraft("Ý kiến huyện", ItemKind.DISCUSSION, 0), item)
        session.add(PreparedSpeech(item_id=item.id, delegate_id=conference.delegates[3].id, position=0))
        assert child.parent_id == item.id
    old_links = {link.nonce for link in store.links_of(conference)}
    assert "Chép sang" in secretary.get(f"/conferences/new?from={conference.public_id}").text
    clone = _create(secretary, **{"from": conference.public_id, "day": "20/01/2021", "opens": "14:00", "ends": "17:15"})
    assert clone.status is ConferenceStatus.DRAFT
    assert [(s.name, s.unit_id, s.position) for s in clone.sites] == [
        (s.name, s.unit_id, s.position) for s in conference.sites
    ]
    assert len(clone.delegates) == len(conference.delegates)
    assert {d.person_id for d in clone.delegates} == {d.person_id for d in conference.delegates}
    assert {d.site_id for d in clone.delegates} == {s.id for s in clone.sites}
    assert [(i.title, i.planned_minutes, i.topics, i.script_say) for i in clone.items] == [
        (i.title, i.planned_minutes, i.topics, i.script_say) for i in conference.items
    ]
    assert clone.items[0].planned_at == datetime(2021, 1, 20, 13, 30, tzinfo=HANOI)
    copied = clone.items[4]
    assert [p.conference_id for p in copied.presenters] == [clone.id]
    assert (copied.private_note, copied.speeches) == ("", [])
    assert [i.parent_id for i in clone.items if i.title == "Ý kiến huyện"] == [copied.id]
    new_links = {link.nonce for link in store.links_of(clone)}
    assert len(new_links) == len(old_links) and not new_links & old_links
    assert (clone.reenactment_note, clone.is_example) == (None, False)


@pytest.mark.parametrize(
    ("last", "rhythm", "following"),
    [
        (date(2020, 7, 16), "half_yearly", date(2021, 1, 18)),  # the 16th is a Saturday
        (date(2020, 8, 31), "monthly", date(2020, 9, 30)),
        (date(2020, 12, 15), "monthly", date(2021, 1, 15)),
        (date(2020, 7, 16), "weekly", date(2020, 7, 23)),
        (date(2024, 2, 29), "yearly", date(2025, 2, 28)),
        (date(2020, 11, 30), "quarterly", date(2021, 3, 1)),  # 28/2 is a Sunday
    ],
)
def test_the_next_day_of_a_series_is_a_working_day(last: date, rhythm: str, following: date) -> None:
    assert store.next_day(last, Rhythm(rhythm), WORK) == following


def test_the_next_of_a_series_is_cloned_on_the_proposed_day(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}"
    assert secretary.post(f"{path}/series", {"rhythm": "half_yearly"}, seen_at=path).status_code == 302
    assert "Kỳ tiếp theo đề xuất: 18/01/2021" in secretary.get(path).text
    assert 'value="18/01/2021"' in secretary.get(f"/conferences/new?from={conference.public_id}&series=1").text
    form = {"from": conference.public_id, "series": "1", "day": "18/01/2021"}
    following = _create(secretary, **form)
    assert following.series_id == conference.series_id is not None
    assert "19/07/2021" in secretary.get(f"/c/{following.public_id}").text  # 18/07/2021 is a Sunday
    secretary.post(f"/c/{following.public_id}/series/leave", seen_at=path)
    assert following.series_id is None


# --- state secrets ---


def test_state_secrets_are_refused_with_the_reason_and_nothing_is_kept(secretary: Browser) -> None:
    page = secretary.get("/conferences/new?template=so-ket").text
    assert "bí mật nhà nước" in page
    answer = secretary.post("/conferences/new", {**FORM, "title": "Chuyện mật 7319", "secrets": "yes"})
    assert answer.status_code == 422
    assert "không được soạn thảo, truyền đưa hay họp trên hệ thống này" in answer.text
    assert "7319" not in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conference)) == 0


def test_a_clone_answers_the_question_too(secretary: Browser, conference: Conference) -> None:
    form = {**FORM, "from": conference.public_id, "secrets": "yes"}
    assert secretary.post("/conferences/new", form).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conference)) == 1


# --- move, cancel ---


def test_moving_takes_the_agenda_along_and_remembers(secretary: Browser, conference: Conference) -> None:
    before = [item.planned_at for item in conference.items]
    path = f"/c/{conference.public_id}"
    form = {"day": "20/07/2020", "opens": "14:00", "ends": "17:15", "reason": "Trùng lịch Tỉnh ủy"}
    assert secretary.post(f"{path}/move", form, seen_at=path).status_code == 302
    assert [item.planned_at for item in conference.items] == [at + timedelta(days=4, hours=6) for at in before]
    assert "Dời từ 16/07/2020, 08:00: Trùng lịch Tỉnh ủy" in secretary.get(path).text
    answer = secretary.post(f"{path}/move", {**form, "reason": "", "ends": "13:00"}, seen_at=path)
    assert (answer.status_code, _errors(answer.text)) == (422, {"reason", "ends"})


def test_cancelling_asks_why_and_shows_it(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}"
    assert _errors(secretary.post(f"{path}/cancel", {"reason": " "}, seen_at=path).text) == {"reason"}
    assert conference.status is ConferenceStatus.SCHEDULED
    secretary.post(f"{path}/cancel", {"reason": "Phòng, chống dịch"}, seen_at=path)
    assert conference.status is ConferenceStatus.CANCELLED
    assert "Đã hủy: Phòng, chống dịch" in secretary.get(path).text
    assert "Phòng, chống dịch" in secretary.get("/").text
    again = secretary.post(f"{path}/cancel", {"reason": "Lần nữa"}, seen_at="/")
    assert "không còn dời hay hủy được" in again.text


# --- what is needed, clashes ---


def test_what_a_conference_needs_is_told_in_words(secretary: Browser, conference: Conference) -> None:
    assert "Chưa có chủ trì" in _texts(conference, kind="todo")
    assert "Chương trình có 9 mục" in _texts(conference, kind="met")
    with writing() as session:
        session.execute(sa.delete(Delegate).where(Delegate.site_id.in_([s.id for s in conference.sites[1:4]])))
        conference.delegates[0].role = DelegateRole.CHAIR
    assert "3 điểm cầu chưa có danh sách đại biểu" in _texts(conference, kind="todo")
    assert "Đã có chủ trì" in _texts(conference, kind="met")
    with writing():
        conference.items[0].planned_minutes += 45
        store.start_agenda(conference, timedelta(hours=7, minutes=30), HANOI)
    assert "Chương trình quá giờ kết thúc 45 phút" in _texts(conference, kind="warning")
    assert "quá giờ kết thúc" in secretary.get(f"/c/{conference.public_id}/agenda").text.lower()
    page = secretary.get(f"/c/{conference.public_id}").text
    assert "3 điểm cầu chưa có danh sách đại biểu" in page


def test_notice_later_than_three_working_days_before_is_a_warning(conference: Conference) -> None:
    in_time, late = (store.Today(day, HANOI, WORK) for day in (date(2020, 7, 13), date(2020, 7, 14)))
    assert any("chậm nhất 13/07/2020" in text for text in _texts(conference, in_time, "todo"))
    assert any("nay đã muộn" in text for text in _texts(conference, late, "warning"))
    assert "Ngày khai mạc đã qua." in _texts(conference, store.Today(date(2020, 7, 17), HANOI, WORK), "warning")


@pytest.mark.parametrize(("day", "late"), [(13, 0), (14, 16)])
def test_what_has_been_sent_is_no_more_to_do_and_what_was_sent_late_is_told(
    conference: Conference, day: int, late: int
) -> None:
    sent_at = datetime(2020, 7, day, 9, tzinfo=HANOI)
    today = store.Today(sent_at.date(), HANOI, WORK)
    assert "Giấy mời qua thư: 0/15 điểm cầu" in _texts(conference, today, "todo")
    with writing() as session:
        for site in conference.sites[1:]:
            mail = Mail(conference_id=conference.id, site_id=site.id, address="a@x.vn", base="", ended_at=sent_at)
            mail.kind, mail.state = MailKind.INVITATION, MailState.SENT
            session.add(mail)
        version = store.NewVersion("0" * 64, 1, "pdf", 1, [], "a.pdf")
        draft = store.PaperDraft("Báo cáo", None, Visibility.ALL, ())
        store.add_paper(conference, draft, version, "Thư ký", sent_at)
    done, warned = _texts(conference, today, "met"), _texts(conference, today, "warning")
    assert {"Đã gửi giấy mời cho mọi điểm cầu", "1 tài liệu cho điểm cầu"} <= set(done)
    assert not any("Gửi giấy mời và tài liệu" in text for text in _texts(conference, today, "todo"))
    assert [text for text in warned if "trước 3 ngày" in text] == (
        [f"{late} giấy mời, tài liệu gửi sau 13/07/2020 (trước 3 ngày làm việc)."] if late else []
    )


def test_who_has_not_answered_and_who_does_not_come_is_told(conference: Conference) -> None:
    assert "15 điểm cầu chưa trả lời" in _texts(conference, kind="todo")
    with writing():
        for site in conference.sites[1:]:
            state = "declined" if site is conference.sites[1] else "confirmed"
            given = {"state": state, "answered_by": "Văn phòng", "remark": "Trùng lịch"}
            answers.read_and_answer(site, given, datetime.now(UTC))
    assert "Điểm cầu nào cũng đã trả lời" in _texts(conference, kind="met")
    assert "1 điểm cầu báo không dự" in _texts(conference, kind="warning")


def test_the_same_hall_point_or_chair_at_one_time_is_told(secretary: Browser, conference: Conference) -> None:
    with writing():
        conference.delegates[0].role = DelegateRole.CHAIR
    chair = conference.delegates[0]
    clone = _create(secretary, **{"from": conference.public_id, "day": "16/07/2020", "opens": "10:00", "ends": "11:00"})
    with writing():
        clone.place = "hội  trường TỈNH"
    told = {clash.kind: clash.in_words() for clash in store.clashes_of([conference])[conference.id]}
    assert told["hall"].startswith("Trùng giờ tại Hội trường tỉnh")
    assert told["chair"].startswith(f"{chair.person.full_name} cùng giờ chủ trì")
    assert "và 12 nơi khác cùng giờ dự" in told["site"]
    assert any("cùng giờ" in text for text in _texts(clone, kind="warning"))
    with writing():
        clone.opens_at, clone.ends_at = conference.ends_at, conference.ends_at + timedelta(hours=1)
    assert store.clashes_of([conference]) == {}


# --- the list ---


def test_the_list_finds_words_without_marks_and_whatever_the_keyboard(
    secretary: Browser, conference: Conference
) -> None:
    decomposed = unicodedata.normalize("NFD", "Hội nghị giao ban trực tuyến Đức Hòa")
    other = _create(secretary, title=decomposed)
    assert other.title == "Hội nghị giao ban trực tuyến Đức Hòa"
    for words in ("duc hoa", "ĐỨC HÒA", unicodedata.normalize("NFD", "Đức Hòa"), "hoa giao"):
        text = secretary.get("/", query_string={"q": words}).text
        assert text.count('<article class="conf') == 1, words
    assert "Không có hội nghị nào khớp" in secretary.get("/?q=100%25").text


def test_filters_and_pages_are_the_servers(secretary: Browser) -> None:
    account = db.session.scalars(sa.select(StaffAccount).where(StaffAccount.role == Role.SECRETARY)).one()
    opens_at = datetime(2020, 1, 6, 8, tzinfo=HANOI)
    with writing() as session:
        for week in range(60):
            session.add(
                Conference(
                    title=f"Giao ban tuần {week}",
                    short_title=f"Tuần {week}",
                    organiser=("Văn phòng", "Ban Tổ chức")[week % 2],
                    kind="Giao ban",
                    place="Phòng họp",
                    status=ConferenceStatus.ADJOURNED if week < 30 else ConferenceStatus.DRAFT,
                    opens_at=opens_at + timedelta(weeks=week),
                    ends_at=opens_at + timedelta(weeks=week, hours=2),
                )
            )

    def listed(**wanted: object) -> store.Listing:
        return store.list_conferences(account, store.Wanted(**wanted), HANOI)  # type: ignore[arg-type]

    whole = [listed(page=page) for page in (1, 2, 3)]
    titles = [c.short_title for listing in whole for c in listing.shown]
    assert titles == [f"Tuần {week}" for week in [*range(30, 60), *range(29, -1, -1)]]
    assert {(one.pages, one.upcoming_count, one.ended_count) for one in whole} == {(3, 30, 30)}
    assert listed(page=99).page == 3
    assert listed(organiser="Văn phòng").upcoming_count == 15
    assert listed(year=2021).upcoming_count == 8
    assert listed(status=ConferenceStatus.ADJOURNED, words="tuan 12").shown[0].short_title == "Tuần 12"
    page = secretary.get("/?organiser=V%C4%83n+ph%C3%B2ng").text
    assert "Trang 1/2" in page and "organiser=V%C4%83n" in page
    assert secretary.get("/?page=x&year=99999&month=0001-01").status_code == 200


def test_a_page_of_the_list_asks_the_database_the_same_number_of_times_however_long_it_is(
    secretary: Browser, conference: Conference
) -> None:
    def questions() -> int:
        asked: list[str] = []
        listener = lambda *given: asked.append(given[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        try:
            assert secretary.get("/").status_code == 200
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", listener)
        return len(asked)

    few = questions()
    for _number in range(6):
        _create(secretary, **{"from": conference.public_id})
    assert questions() == few


def test_the_month_shows_each_conference_on_its_day(secretary: Browser, conference: Conference) -> None:
    text = secretary.get("/month?month=2020-07").text
    assert text.count(f"/c/{conference.public_id}") == 1
    assert "08:00" in text and conference.short_title in text
    assert "Tháng này chưa có hội nghị nào." in secretary.get("/month?month=2021-03").text


def test_two_who_change_the_details_are_both_shown(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}"
    shown = {"version": 1, "was_title": conference.title, "was_organiser": conference.organiser}
    base = {**FORM, "title": conference.title, "organiser": conference.organiser}
    secretary.post(path, {**base, **shown, "organiser": "Ban Tổ chức"}, seen_at=path)
    answer = secretary.post(path, {**base, **shown, "title": "Tên của tôi"}, seen_at=path)
    assert answer.status_code == 409
    assert "Tên của tôi" in answer.text and "Ban Tổ chức" in answer.text
    form = {**base, "version": 2, "use_title": "mine", "mine_title": "Tên của tôi", "theirs_title": "x"}
    form |= {"use_organiser": "theirs", "mine_organiser": "y", "theirs_organiser": "Ban Tổ chức"}
    assert secretary.post(path, form, seen_at=path).status_code == 302
    assert (conference.title, conference.organiser) == ("Tên của tôi", "Ban Tổ chức")


def test_a_clone_in_another_hall_is_named_after_it(secretary: Browser, conference: Conference) -> None:
    count = db.session.scalar(sa.select(sa.func.count()).select_from(SiteLink))
    clone = _create(secretary, **{"from": conference.public_id, "place": "Nhà khách"})
    hall = db.session.scalars(sa.select(Site).where(Site.conference_id == clone.id, Site.kind == SiteKind.HALL)).one()
    assert hall.name == "Nhà khách"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SiteLink)) == 2 * (count or 0)
