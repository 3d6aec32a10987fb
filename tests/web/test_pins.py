"""PINs: the living ones open their point's seat, few tries, and the database gives none away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from meetings import invitations, links, pins, store
from meetings.tables import Conference, ConferenceStatus, LinkKind, Role, SiteLink, SitePin, StaffAccount, db, writing

from .conftest import Browser


@pytest.fixture
def soon(conference: Conference) -> Conference:
    """The demonstration, opening in two days."""
    with writing():
        length = conference.ends_at - conference.opens_at
        conference.opens_at = datetime.now(UTC) + timedelta(days=2)
        conference.ends_at = conference.opens_at + length
    return conference


@pytest.fixture
def link(soon: Conference) -> SiteLink:
    return next(link for link in store.links_of(soon) if link.kind is LinkKind.SITE)


@pytest.fixture
def pin(soon: Conference, link: SiteLink) -> str:
    return pin_of(soon, link)


def pin_of(conference: Conference, link: SiteLink) -> str:
    with writing():
        return pins.pins_of(store.links_of(conference))[link.id]


def test_a_pin_is_eight_digits_and_leads_to_its_seat(browser: Browser, link: SiteLink, pin: str) -> None:
    assert len(pin) == 8 and pin.isdecimal()
    for typed in (pin, f"{pin[:4]} {pin[4:]}", f" {pin[:2]}-{pin[2:]}. "):
        answer = browser.post("/p", {"pin": typed}, seen_at="/p")
        assert (answer.status_code, answer.location) == (303, links.link_path(link))


def test_every_seat_with_a_link_has_a_pin_of_its_own_that_stays(soon: Conference) -> None:
    with writing():
        first = pins.pins_of(store.links_of(soon))
    assert len(first) == 16 and len(set(first.values())) == 16
    assert not pins.lack_pins(store.links_of(soon))
    assert pins.pins_of(store.links_of(soon)) == first


def test_a_pin_ends_with_its_link_and_the_new_link_has_another(
    browser: Browser, soon: Conference, link: SiteLink, pin: str
) -> None:
    with writing():
        renewed = links.renew_link(link, datetime.now(UTC))
    assert browser.post("/p", {"pin": pin}, seen_at="/p").status_code == 422
    new = pin_of(soon, renewed)
    assert new != pin
    assert browser.post("/p", {"pin": new}, seen_at="/p").location == links.link_path(renewed)


@pytest.mark.parametrize(
    ("opens_in", "status", "is_open"),
    [
        (timedelta(days=29), ConferenceStatus.SCHEDULED, True),
        (timedelta(days=31), ConferenceStatus.SCHEDULED, False),
        (timedelta(hours=-20), ConferenceStatus.ADJOURNED, True),
        (timedelta(days=-3), ConferenceStatus.ADJOURNED, False),
        (timedelta(days=2), ConferenceStatus.CANCELLED, False),
    ],
)
def test_a_pin_works_around_its_conference_only(
    soon: Conference, link: SiteLink, pin: str, opens_in: timedelta, status: ConferenceStatus, is_open: bool
) -> None:
    now = soon.opens_at - opens_in
    with writing():
        soon.status = status
    if is_open:
        assert pins.resolve_pin(pin, now).id == link.id
    else:
        with pytest.raises(pins.UnknownPin):
            pins.resolve_pin(pin, now)


@pytest.mark.parametrize(
    "typed", ["", "1234", "abcdefgh", "123456789", "١٢٣٤٥٦٧٨", "1234567\x00", "' OR 1=1", "1" * 40]
)
def test_what_is_no_pin_is_told_and_not_counted(browser: Browser, soon: Conference, typed: str) -> None:
    for _ in range(12):
        answer = browser.post("/p", {"pin": typed}, seen_at="/p")
        assert answer.status_code == 422 and "8 chữ số" in answer.text


def test_two_links_never_share_a_pin(soon: Conference, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "_pin", lambda link, turn: f"{turn:08d}")
    with writing():
        made = pins.pins_of(store.links_of(soon))
    assert sorted(made.values()) == [f"{turn:08d}" for turn in range(16)]


def test_the_database_alone_gives_no_pin(app: Flask, soon: Conference, link: SiteLink, pin: str) -> None:
    tables = (SitePin, SiteLink)
    stored = [
        str(value)
        for table in tables
        for row in db.session.execute(sa.select(*table.__table__.columns))
        for value in row
    ]
    assert not any(pin in value for value in stored)
    db.session.rollback()
    app.secret_key = "another key of another installation"
    assert pins.lack_pins([link])
    with pytest.raises(pins.UnknownPin):
        pins.resolve_pin(pin, datetime.now(UTC))
    assert pin_of(soon, link) != pin


def test_ten_wrong_pins_of_one_address_are_enough(browser: Browser, pin: str) -> None:
    wrong = f"{(int(pin) + 1) % 10**8:08d}"
    for _ in range(pins.PinTries.BY_ADDRESS):
        assert browser.post("/p", {"pin": wrong}, seen_at="/p").status_code == 422
    answer = browser.post("/p", {"pin": pin}, seen_at="/p")
    assert answer.status_code == 429 and "Thử quá nhiều lần" in answer.text


def test_tries_are_limited_by_address_by_pin_and_together_for_an_hour() -> None:
    tries = pins.PinTries()
    for _ in range(tries.BY_ADDRESS):
        tries.check("a", "1", 0.0)
        tries.wrong("a", 0.0)
    with pytest.raises(pins.TooManyPins):
        tries.check("a", "1", 3599.0)
    tries.check("b", "1", 3599.0)
    tries.check("a", "1", 3600.0)

    tries = pins.PinTries()
    for _ in range(tries.BY_PIN):
        tries.check("a", "1", 0.0)
        tries.right("1", 0.0)
    with pytest.raises(pins.TooManyPins):
        tries.check("b", "1", 1.0)
    tries.check("b", "2", 1.0)

    tries = pins.PinTries()
    for number in range(tries.TOGETHER):
        tries.wrong(str(number), 0.0)
    with pytest.raises(pins.TooManyPins):
        tries.check("new", "2", 1.0)


def test_the_board_of_links_shows_the_pins_to_who_may_give_them_out(
    app: Flask, secretary: Browser, soon: Conference, pin: str, add_account: Callable[..., StaffAccount]
) -> None:
    shown = f"{pin[:4]}\u00a0{pin[4:]}"
    assert shown in secretary.get(f"/c/{soon.public_id}/links").text
    assert invitations.pins_by_link(soon)
    viewer = Browser(app)
    add_account("xem", Role.VIEWER)
    viewer.sign_in("xem")
    assert viewer.get(f"/c/{soon.public_id}/links").status_code == 403
