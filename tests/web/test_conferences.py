"""The office: list, details, agenda, sites, delegates; what is allowed, to whom, and what is said when not."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from meetings import appointments, journal, mailing, reminders, store
from meetings.core import commands as c
from meetings.core.vocabulary import Actor
from meetings.core.vocabulary import Role as Seat
from meetings.store.invitations import invitation_draft
from meetings.tables import (
    AgendaItem,
    Conference,
    ConferenceStatus,
    Delegate,
    JournalEvent,
    LinkKind,
    Role,
    StaffAccount,
    db,
    writing,
)

from .conftest import HANOI, Browser

FORM: dict[str, object] = {
    "title": "Hội nghị giao ban trực tuyến công tác tháng 8",
    "short_title": "Giao ban tháng 8",
    "organiser": "Ban Tổ chức Tỉnh ủy",
    "kind": "Giao ban",
    "place": "Hội trường tỉnh",
    "day": "05/08/2020",
    "opens": "08:00",
    "ends": "10:00",
    "limit_minutes": "5",
    "secrets": "no",
}


def _create(browser: Browser, **changes: object) -> Conference:
    answer = browser.post("/conferences/new", {**FORM, **changes}, seen_at="/conferences/new")
    assert answer.status_code == 302, answer.text
    public_id = answer.location.split("/")[2]
    return db.session.scalars(sa.select(Conference).where(Conference.public_id == public_id)).one()


def _order(conference: Conference) -> str:
    return store.order_text(store.order_of(conference.items))


def _errors(text: str) -> set[str]:
    return set(re.findall(r'class="field-error" id="error-(\w+)"', text))


def test_a_new_conference_is_a_draft_with_a_hall_and_its_links(secretary: Browser) -> None:
    conference = _create(secretary)
    assert conference.status is ConferenceStatus.DRAFT
    assert conference.opens_at == datetime(2020, 8, 5, 8, 0, tzinfo=HANOI)
    assert [site.name for site in conference.sites] == ["Hội trường tỉnh"]
    assert conference.presiding_site_id == conference.sites[0].id
    assert [link.kind for link in store.links_of(conference)] == [LinkKind.HALL_STATION, LinkKind.HALL_SCREEN]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"ends": "07:30"}, {"ends"}),
        ({"opens": "8 giờ"}, {"opens"}),
        ({"day": "31/02/2020"}, {"day"}),
        ({"day": "16/07/0020"}, {"day"}),
        ({"secrets": ""}, {"secrets"}),
        ({"title": "  "}, {"title"}),
        ({"short_title": "x" * 71}, {"short_title"}),
        ({"limit_minutes": "0"}, {"limit_minutes"}),
        ({"limit_minutes": "٥"}, {"limit_minutes"}),
        ({"day": "", "opens": "", "ends": ""}, {"day", "opens", "ends"}),
    ],
)
def test_a_wrong_form_is_given_back_with_what_is_wrong(
    secretary: Browser, changes: dict[str, object], fields: set[str]
) -> None:
    answer = secretary.post("/conferences/new", {**FORM, **changes}, seen_at="/conferences/new")
    assert answer.status_code == 422
    assert _errors(answer.text) == fields
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conference)) == 0


def test_an_evening_conference_may_end_after_midnight(secretary: Browser) -> None:
    conference = _create(secretary, opens="22:30", ends="01:00")
    assert conference.ends_at - conference.opens_at == timedelta(hours=2, minutes=30)


def test_names_are_shown_as_written_and_never_as_markup(secretary: Browser) -> None:
    conference = _create(secretary, title="<script>alert(1)</script> & bạn", short_title='"><img src=x>')
    for path in ("/", f"/c/{conference.public_id}", f"/c/{conference.public_id}/agenda"):
        text = secretary.get(path).text
        assert "<script>alert" not in text
        assert "<img" not in text


def test_moving_the_opening_moves_the_agenda(secretary: Browser, conference: Conference) -> None:
    before = [item.planned_at for item in conference.items]
    path = f"/c/{conference.public_id}"
    form = {**FORM, "day": "17/07/2020", "opens": "09:00", "ends": "12:15", "version": 1}
    assert secretary.post(path, form, seen_at=path).status_code == 302
    assert [item.planned_at for item in conference.items] == [at + timedelta(hours=25) for at in before]


def test_an_item_begins_when_the_one_before_ends(secretary: Browser) -> None:
    conference = _create(secretary)
    path = f"/c/{conference.public_id}/agenda"
    for title, minutes in (("Khai mạc", 10), ("Báo cáo", 30), ("Thảo luận", 60)):
        form = {"title": title, "kind": "other", "planned_minutes": minutes, "topics": "Một\n\nHai  ba\n"}
        assert secretary.post(f"{path}/new", form, seen_at=f"{path}/new").status_code == 302
    last = conference.items[-1]
    assert last.topics == ["Một", "Hai ba"]
    form = {"version": conference.agenda_version, "order": _order(conference), "move": f"{last.id}:up"}
    assert secretary.post(f"{path}/order", form, seen_at=path).status_code == 302
    planned = [(i.number, i.title, f"{i.planned_at.astimezone(HANOI):%H:%M}") for i in conference.items]
    assert planned == [(1, "Khai mạc", "08:00"), (2, "Thảo luận", "08:10"), (3, "Báo cáo", "09:10")]


def test_removing_an_item_closes_the_gap(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}/agenda"
    first, second = conference.items[0], conference.items[1]
    start, second_id = first.planned_at, second.id
    assert secretary.post(f"{path}/{first.id}/remove", seen_at=path).status_code == 302
    assert conference.items[0].id == second_id
    assert (conference.items[0].number, conference.items[0].planned_at) == (1, start)


def test_a_draft_needs_an_agenda_and_a_site_to_be_scheduled(secretary: Browser) -> None:
    conference = _create(secretary)
    path = f"/c/{conference.public_id}"
    secretary.post(f"{path}/schedule", seen_at=path)
    assert conference.status is ConferenceStatus.DRAFT
    assert "Chương trình chưa có mục nào." in secretary.get(path).text
    secretary.post(f"{path}/agenda/new", {"title": "A", "kind": "other", "planned_minutes": "5"}, seen_at=path)
    site = {"name": "Huyện Vĩnh Hưng", "short_name": "Vĩnh Hưng"}
    secretary.post(f"{path}/sites/new", site, seen_at=path)
    secretary.post(f"{path}/schedule", seen_at=path)
    assert conference.status is ConferenceStatus.SCHEDULED


def test_sites_come_from_the_units_of_that_day(secretary: Browser, conference: Conference) -> None:
    then, later = _create(secretary), _create(secretary, day="05/08/2026")
    assert len(store.units_to_add(then, HANOI)) == 15
    wards = ["Phường Long An", "Phường Tân An", "Phường Khánh Hậu"]
    assert [unit.name for unit in store.units_to_add(later, HANOI)] == wards
    path = f"/c/{then.public_id}/sites"
    ids = [unit.id for unit in store.units_to_add(then, HANOI)[:3]]
    secretary.post(f"{path}/units", {"unit": [*ids, 999_999]}, seen_at=path)
    assert [site.label for site in then.sites] == ["Hội trường", "TP Tân An", "TX Kiến Tường", "Bến Lức"]


def test_the_hall_stays_and_stays_first(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}/sites"
    hall, first, last = conference.sites[0], conference.sites[1], conference.sites[-1]
    secretary.post(f"{path}/{hall.id}/remove", seen_at=path)
    secretary.post(f"{path}/{first.id}/move", {"direction": "up"}, seen_at=path)
    asked = secretary.post(f"{path}/{last.id}/remove", seen_at=path)
    assert "5 đại biểu" in asked.text and len(conference.sites) == 16, "what is lost is said first"
    secretary.post(f"{path}/{last.id}/remove", {"confirmed": "yes"}, seen_at=path)
    assert len(conference.sites) == 15
    assert conference.sites[0].kind == "hall"
    assert [site.position for site in conference.sites] == list(range(15))


def test_a_delegate_is_added_changed_and_removed(secretary: Browser, conference: Conference) -> None:
    site = conference.sites[1]
    path = f"/c/{conference.public_id}"
    form = {"title": "Trưởng ban Dân vận Thành ủy", "role": "delegate", "precedence": "6"}
    new = f"{path}/sites/{site.id}/delegates/new"
    assert secretary.post(new, form, seen_at=new).status_code == 302
    delegate = store.delegates_of(site)[-1]
    edit = f"{path}/delegates/{delegate.id}"
    secretary.post(edit, {**form, "full_name": "Trần Thị Ánh", "precedence": "1", "version": "1"}, seen_at=edit)
    assert delegate.person.full_name == "Trần Thị Ánh"
    assert secretary.post(edit, {**form, "role": "vua"}, seen_at=edit).status_code == 422
    secretary.post(f"{edit}/remove", seen_at=edit)
    assert len(store.delegates_of(site)) == 5


def test_who_is_on_the_list_already_is_told_and_merged_or_added_as_chosen(
    secretary: Browser, conference: Conference
) -> None:
    site = conference.sites[1]
    new = f"/c/{conference.public_id}/sites/{site.id}/delegates/new"
    form = {"full_name": "Lê Thị Hoà", "title": "Ủy viên", "role": "delegate", "precedence": "6"}
    secretary.post(new, form, seen_at=new)
    again = {**form, "full_name": unicodedata.normalize("NFD", "LÊ THỊ HÒA"), "title": "Phó Trưởng ban"}
    told = secretary.post(new, again, seen_at=new)
    assert told.status_code == 409 and "đã có trong danh sách của điểm này" in told.text
    assert 'value="Phó Trưởng ban"' in told.text and len(store.delegates_of(site)) == 6
    assert secretary.post(new, {**again, "twin": "merge"}, seen_at=new).status_code == 302
    assert [one.title for one in store.delegates_of(site)][5:] == ["Phó Trưởng ban"]
    secretary.post(new, {**again, "twin": "add"}, seen_at=new)
    assert len(store.delegates_of(site)) == 7


def test_a_viewer_sees_and_changes_nothing(
    browser: Browser, conference: Conference, add_account: Callable[[str, Role], StaffAccount]
) -> None:
    add_account("xem", Role.VIEWER)
    browser.sign_in("xem")
    path = f"/c/{conference.public_id}"
    for tab in ("", "/agenda", "/sites"):
        page = browser.get(path + tab)
        assert page.status_code == 200
        assert "Lưu" not in page.text
    item, site, delegate = conference.items[0].id, conference.sites[1].id, conference.delegates[0].id
    for target in (
        "/conferences/new",
        path,
        f"{path}/schedule",
        f"{path}/cancel",
        f"{path}/agenda/new",
        f"{path}/agenda/{item}",
        f"{path}/agenda/order",
        f"{path}/agenda/{item}/remove",
        f"{path}/agenda/{item}/speeches",
        f"{path}/move",
        f"{path}/series",
        f"{path}/series/leave",
        "/days-off",
        "/days-off/2020-09-02/remove",
        f"{path}/sites/new",
        f"{path}/sites/units",
        f"{path}/sites/{site}",
        f"{path}/sites/{site}/remove",
        f"{path}/sites/{site}/delegates/new",
        f"{path}/delegates/{delegate}",
        f"{path}/delegates/{delegate}/remove",
    ):
        assert browser.post(target, dict(FORM), seen_at="/").status_code == 403, target


def test_after_the_doors_open_the_structure_is_frozen(secretary: Browser, conference: Conference) -> None:
    with writing() as session:
        session.add(
            JournalEvent(
                conference_id=conference.id,
                seq=1,
                at=datetime.now(UTC),
                actor="test",
                kind="DoorsOpened",
                v=1,
                data="{}",
            )
        )
    path = f"/c/{conference.public_id}"
    page = secretary.get(path).text
    assert "Hội nghị đã mở cửa" in page
    assert "Lưu thông tin" not in page
    item = conference.items[0].id
    for target in (path, f"{path}/agenda/{item}", f"{path}/agenda/{item}/remove", f"{path}/sites/new"):
        answer = secretary.post(target, dict(FORM), seen_at="/")
        assert answer.status_code == 409, target
    assert "Đang diễn ra" in secretary.get("/").text


def test_an_unknown_conference_is_told_in_words(secretary: Browser) -> None:
    for path in ("/c/khong-co", "/c/khong-co/agenda", "/c/khong-co/sites", "/c/khong-co/secretary"):
        answer = secretary.get(path)
        assert answer.status_code == 404
        assert "Không tìm thấy" in answer.text


def test_parts_of_another_conference_are_not_found(secretary: Browser, conference: Conference) -> None:
    other = _create(secretary)
    item = db.session.scalars(sa.select(AgendaItem).where(AgendaItem.conference_id == conference.id)).first()
    delegate = db.session.scalars(sa.select(Delegate)).first()
    assert item and delegate
    path = f"/c/{other.public_id}"
    for target in (f"{path}/agenda/{item.id}", f"{path}/delegates/{delegate.id}", f"{path}/sites/{delegate.site_id}"):
        assert secretary.get(target).status_code == 404


def test_the_list_groups_by_what_a_conference_is_now(secretary: Browser, conference: Conference) -> None:
    account = db.session.scalars(sa.select(StaffAccount).where(StaffAccount.role == Role.SECRETARY)).first()
    _create(secretary)
    live = _create(secretary, short_title="Trực tiếp")
    ended = _create(secretary, short_title="Xong")
    with writing():
        live.status, ended.status = ConferenceStatus.CONVENED, ConferenceStatus.ADJOURNED
    listing = store.list_conferences(account, store.Wanted(), HANOI)
    assert [len(group) for group in (listing.live, listing.upcoming, listing.ended)] == [1, 2, 1]
    assert secretary.get("/?q=giao+ban+khong+co").text.count('class="conf ') == 0
    assert "Không có hội nghị nào khớp" in secretary.get("/?q=zzz").text
    assert secretary.get("/?status=nonsense&month=9999-99").status_code == 200


def test_an_empty_office_says_what_to_do(secretary: Browser) -> None:
    text = secretary.get("/").text
    assert "Chưa có hội nghị nào" in text
    assert "Tạo hội nghị" in text


def test_example_figures_carry_their_badge(secretary: Browser, conference: Conference) -> None:
    for path in ("/", f"/c/{conference.public_id}", f"/c/{conference.public_id}/sites"):
        assert "số liệu minh họa" in secretary.get(path).text, path
        assert "diễn lại hội nghị 16/07/2020" in secretary.get(path).text


def test_a_telephone_number_is_shown_to_those_who_prepare_only(
    app: Flask, secretary: Browser, conference: Conference, add_account: Callable[[str, Role], StaffAccount]
) -> None:
    with writing():
        conference.sites[1].contact_phone = "0272 000 111"
    path = f"/c/{conference.public_id}/sites"
    assert "0272 000 111" in secretary.get(path).text
    viewer = Browser(app)
    add_account("xem", Role.VIEWER)
    viewer.sign_in("xem")
    assert "0272 000 111" not in viewer.get(path).text


def test_a_rehearsal_is_a_copy_with_links_of_its_own_and_leaves_the_conference_as_it_is(
    secretary: Browser, conference: Conference
) -> None:
    path = f"/c/{conference.public_id}"
    before = {link.public_id for link in store.links_of(conference)}
    answer = secretary.post(f"{path}/rehearsal", seen_at=path)
    made = db.session.scalars(sa.select(Conference).where(Conference.title.startswith("Tổng duyệt: "))).one()
    assert answer.location == f"/c/{made.public_id}"
    assert (made.status, made.is_example) == (ConferenceStatus.SCHEDULED, True)
    assert timedelta() < made.opens_at - datetime.now(UTC) <= timedelta(minutes=30)
    assert [site.name for site in made.sites] == [site.name for site in conference.sites]
    assert not before & {link.public_id for link in store.links_of(made)}
    assert before == {link.public_id for link in store.links_of(conference)}
    assert "Tổng duyệt" in secretary.get(answer.location).text
    again = secretary.post(f"{answer.location}/rehearsal", seen_at=path).location
    of = {one.rehearsal_of_id for one in store.rehearsals_of(conference)}
    assert of == {conference.id} and again != answer.location
    page, copy = secretary.get(path).text, secretary.get(answer.location).text
    assert f'href="{answer.location}"' in page and f'href="{path}"' in copy, "from one to the other and back"
    setup = journal.setup_of(made.id)
    secretary.app.extensions["live"].execute(made.id, Actor(Seat.SECRETARY), c.OpenDoors(setup), "doors")
    db.session.rollback()
    assert store.is_frozen(made) and not store.is_frozen(conference)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Sơ kết 6 tháng đầu năm 2020", "Tổng duyệt: Sơ kết 6 tháng đầu năm 2020"),
        (
            "Sơ kết công tác tổ chức xây dựng Đảng 6 tháng đầu năm 2020 toàn tỉnh",
            "Tổng duyệt: Sơ kết công tác tổ chức xây dựng Đảng 6 tháng đầu năm…",
        ),
        (
            "Sơ kết công tác tổ chức xây dựng Đảng, sáu tháng trong năm",
            "Tổng duyệt: Sơ kết công tác tổ chức xây dựng Đảng, sáu tháng trong năm",
        ),
    ],
)
def test_the_title_of_a_rehearsal_ends_at_a_word(conference: Conference, title: str, shown: str) -> None:
    with writing():
        conference.short_title = title
        made = store.create_rehearsal(conference, datetime.now(UTC))
        again = store.create_rehearsal(made, datetime.now(UTC))
    assert made.short_title == again.short_title == shown and len(shown) <= 70
    assert made.title == again.title


def test_what_a_letter_lists_by_itself_ends_at_a_word(conference: Conference) -> None:
    words = "Bàn về chuyện tổ chức bộ máy trong toàn tỉnh"
    with writing():
        for item in conference.items:
            item.title = " ".join([words] * 4)
    told = invitation_draft(conference).content
    assert 380 < len(told) <= 400 and told.endswith("…")
    assert told.rstrip("…").split()[-1] in words.split()


def test_a_rehearsal_is_nowhere_unless_asked_for(secretary: Browser, conference: Conference) -> None:
    path, now = f"/c/{conference.public_id}", datetime.now(UTC)
    with writing():
        conference.opens_at, conference.ends_at = now + timedelta(hours=1), now + timedelta(hours=3)
        conference.status = ConferenceStatus.SCHEDULED
    copy = secretary.post(f"{path}/rehearsal", seen_at=path).location
    made = db.session.scalars(sa.select(Conference).where(Conference.rehearsal_of_id == conference.id)).one()
    assert made.opens_at < conference.ends_at and made.place == conference.place, "it would clash"
    for shown in ("/", "/month", "/?q=tong+duyet", "/?status=scheduled", "/conferences/new"):
        text = secretary.get(shown).text
        assert copy not in text and made.public_id not in text and "Trùng giờ" not in text, shown
    asked = secretary.get("/?rehearsals=1").text
    assert copy in asked and asked.count('<article class="conf') == 1
    account = db.session.scalars(sa.select(StaffAccount)).first()
    assert account is not None
    assert made.public_id.encode() not in appointments.feed_of(account, "", now)
    assert store.clashes_of([conference, made]) == {}
    today = store.Today(now.date(), HANOI, store.work_calendar())
    assert store.needs_of([made], today) == {} and made not in store.coming(9, now) and made not in store.recent(9)
    with writing():
        made.sites[1].contact_email = "a@b.vn"
        assert mailing.queue_letters(made, made.sites, "", account, now, anew=True) == 0
        assert reminders.remind_the_others(made, account) == 0
    assert "Bản tổng duyệt không gửi giấy mời" in secretary.get(f"{copy}/invitations").text
