"""The roll as a paper and a sheet; the quorum and the seats of a room as the office sets them."""

import io
from dataclasses import replace
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from meetings import journal, store
from meetings.core import commands as c
from meetings.core.setup import Quorum
from meetings.core.vocabulary import AccountId, Actor, DelegateId, QuorumShare, Role, RollStatus, SiteId
from meetings.live import LiveConferences
from meetings.tables import Conference, StaffAccount, db, writing
from meetings.tables import Role as AccountRole

from .conftest import Browser


@pytest.fixture
def sitting(app: Flask, conference: Conference) -> LiveConferences:
    live: LiveConferences = app.extensions["live"]
    live.execute(conference.id, Actor(Role.SECRETARY), c.OpenDoors(journal.setup_of(conference.id)), "doors")
    return live


def _secretary(conference: Conference) -> Actor:
    account = db.session.scalars(sa.select(StaffAccount).where(StaffAccount.role == AccountRole.SECRETARY)).first()
    assert account
    return Actor(Role.SECRETARY, account_id=AccountId(account.id))


def _hold_roll(live: LiveConferences, conference: Conference) -> tuple[SiteId, str]:
    """One point reports, the roll is closed, one delegate changes afterwards; gives the point and its delegate's title."""
    site = conference.sites[1]
    site_id, numbers = SiteId(site.id), count()
    delegates = store.delegates_of(site)
    by_site, desk = Actor(Role.SITE, site_id), _secretary(conference)
    title = delegates[0].title

    def do(actor: Actor, command: c.Command) -> None:
        live.execute(conference.id, actor, command, f"roll-{next(numbers)}")

    first = DelegateId(delegates[0].id)
    do(by_site, c.MarkRoll(first, RollStatus.EXCUSED, "=đi công tác"))
    do(by_site, c.ReportHeadCount(site_id, 17))
    do(desk, c.ConfirmRoll(site_id))
    do(desk, c.CloseRoll())
    do(desk, c.MarkRoll(first, RollStatus.SUBSTITUTE, "Phó bí thư"))
    return site_id, title


def test_the_sheet_holds_points_persons_and_who_changed_a_closed_roll(
    secretary: Browser, conference: Conference, sitting: LiveConferences
) -> None:
    _, title = _hold_roll(sitting, conference)
    answer = secretary.get(f"/c/{conference.public_id}/roll.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    points, persons, changes, sentence = (list(sheet.iter_rows(values_only=True)) for sheet in book)
    assert points[0][1:4] == ("Điểm cầu", "Triệu tập", "Có mặt")
    assert points[2][3] == 17 and points[2][-1] == "Đã xác nhận"
    assert points[-1][3] == 17, "the sum"
    assert any(row[2] == title and row[3] == "Dự thay" and row[4] == "Phó bí thư" for row in persons)
    assert [(row[3], row[4]) for row in changes[1:]] == [("Dự thay", "Phó bí thư")]
    assert changes[1][1], "who changed it"
    assert "có mặt 17 đại biểu" in str(sentence[0][0])


def test_the_roll_is_printed_in_the_language_of_the_page(
    secretary: Browser, conference: Conference, sitting: LiveConferences
) -> None:
    _hold_roll(sitting, conference)
    answer = secretary.printed(f"/c/{conference.public_id}/roll.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")


def test_before_the_doors_there_is_no_roll_and_strangers_get_none(browser: Browser, conference: Conference) -> None:
    assert browser.get(f"/c/{conference.public_id}/roll.pdf").status_code == 403


def test_the_quorum_and_the_seats_are_frozen_with_the_doors(browser: Browser, conference: Conference) -> None:
    with writing():
        site = conference.sites[1]
        store.change_site(site, store.read_site({**store.site_values(site), "seats": "30"}), site.version, "Thư ký")
        conference.quorum_share = QuorumShare.TWO_THIRDS
    setup = journal.setup_of(conference.id)
    assert setup.quorum == Quorum(QuorumShare.TWO_THIRDS)
    assert setup.sites[1].seats == 30 and setup.sites[1].expected == conference.sites[1].expected_count
    assert replace(setup, quorum=None).quorum is None
