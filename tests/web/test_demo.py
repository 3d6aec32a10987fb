"""The demonstration holds what the press reported, and nothing invented without its mark."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from meetings import accounts, demo
from meetings.tables import Conference, ConferenceStatus, DelegateRole, ItemKind, Role, db

from .conftest import HANOI

UNITS = {
    "Thành phố Tân An",
    "Thị xã Kiến Tường",
    *(
        f"Huyện {name}"
        for name in (
            "Tân Hưng",
            "Vĩnh Hưng",
            "Mộc Hóa",
            "Tân Thạnh",
            "Thạnh Hóa",
            "Đức Huệ",
            "Đức Hòa",
            "Bến Lức",
            "Thủ Thừa",
            "Tân Trụ",
            "Cần Đước",
            "Cần Giuộc",
            "Châu Thành",
        )
    ),
}


def test_the_hall_and_fifteen_sites_by_their_real_names(conference: Conference) -> None:
    hall, *sites = conference.sites
    assert (hall.kind, hall.name) == ("hall", "Hội trường tỉnh")
    assert conference.presiding_site_id == hall.id
    assert {site.name for site in sites} == UNITS
    assert len({(site.map_column, site.map_row) for site in sites}) == 15


def test_the_units_end_when_the_districts_did(conference: Conference) -> None:
    units = [site.unit for site in conference.sites[1:]]
    assert all(unit and str(unit.valid_until) == "2025-06-30" and unit.parent_id for unit in units)


def test_only_the_two_persons_of_the_report_have_names(conference: Conference) -> None:
    named = {(d.person.full_name, d.title) for d in conference.delegates if d.person.full_name}
    assert named == {
        ("Nguyễn Văn Được", "Phó Bí thư Thường trực Tỉnh ủy"),
        ("Nguyễn Thanh Hải", "Trưởng ban Tổ chức Tỉnh ủy"),
    }


def test_no_delegate_is_made_the_chair(conference: Conference) -> None:
    assert all(d.role not in (DelegateRole.CHAIR, DelegateRole.COCHAIR) for d in conference.delegates)


def test_every_site_has_delegates_by_their_titles(conference: Conference) -> None:
    of_town = [d.title for d in conference.delegates if d.body == "Thị ủy Kiến Tường"]
    assert len(of_town) == 5
    assert "Trưởng ban Tổ chức Thị ủy" in of_town
    assert len(conference.delegates) == 9 + 15 * 5


def test_nine_items_follow_each_other_and_the_second_opens(conference: Conference) -> None:
    assert [item.number for item in conference.items] == list(range(1, 10))
    assert conference.items[1].planned_at == conference.opens_at == datetime(2020, 7, 16, 8, 0, tzinfo=HANOI)
    assert f"{conference.items[0].planned_at.astimezone(HANOI):%H:%M}" == "07:30"
    for before, after in zip(conference.items, conference.items[1:], strict=False):
        assert after.planned_at - before.planned_at == timedelta(minutes=before.planned_minutes)
    assert conference.ends_at == datetime(2020, 7, 16, 11, 15, tzinfo=HANOI)


def test_the_discussion_has_the_four_topics(conference: Conference) -> None:
    (discussion,) = [item for item in conference.items if item.kind is ItemKind.DISCUSSION]
    assert discussion.number == 5
    assert len(discussion.topics) == 4
    assert "82 biểu hiện suy thoái" in discussion.topics[2]


def test_it_is_marked_as_held_again_with_example_figures(conference: Conference) -> None:
    assert conference.reenactment_note == "diễn lại hội nghị 16/07/2020"
    assert conference.is_example
    assert conference.status is ConferenceStatus.SCHEDULED


@pytest.mark.parametrize(("now", "opens"), [("09:12:30", "09:45"), ("09:15:00", "09:45"), ("09:58:01", "10:30")])
def test_by_itself_it_opens_in_half_an_hour_on_five_minutes(app: Flask, now: str, opens: str) -> None:
    moment = datetime.fromisoformat(f"2026-11-23T{now}").replace(tzinfo=HANOI)
    loaded = demo.load_demo(None, HANOI, moment)
    conference = db.session.get_one(Conference, loaded.conference_id)
    assert f"{conference.opens_at.astimezone(HANOI):%H:%M:%S}" == f"{opens}:00"


def test_its_accounts_sign_in_with_the_printed_passwords(app: Flask) -> None:
    loaded = demo.load_demo(None, HANOI, datetime.now(UTC))
    roles = {name: accounts.check_password(name, password) for name, password in loaded.passwords.items()}
    assert {name: account and account.role for name, account in roles.items()} == {
        "chu-tri": Role.CHAIR,
        "thu-ky": Role.SECRETARY,
    }


def test_it_is_not_mixed_with_other_conferences(conference: Conference) -> None:
    with pytest.raises(demo.NotEmpty):
        demo.load_demo(None, HANOI, datetime.now(UTC))
