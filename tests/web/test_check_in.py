"""The check-in desk: codes of delegates, what is told of a wrong one, and that its link opens nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from meetings import check_in, journal, links, store
from meetings.core import commands as c
from meetings.core.vocabulary import Actor, Role
from meetings.tables import Conference, Delegate, LinkKind, SiteLink, writing

from .conftest import HANOI, Browser


@pytest.fixture
def desk(secretary: Browser, conference: Conference) -> dict[str, str]:
    """The header that the desk's page sends; the link is made at the office."""
    board = f"/c/{conference.public_id}/links"
    assert secretary.post(f"{board}/check-in", seen_at=board).status_code == 302
    secretary.post(f"{board}/check-in", seen_at="/conferences/new?template=")
    made = [link for link in store.links_of(conference) if link.kind is LinkKind.CHECK_IN]
    assert len(made) == 1, "a second time makes no second link"
    assert links.link_path(made[0]) in secretary.get(board).text
    return {"X-Site-Link": links.link_token(made[0])}


def _open_doors(app: Flask, conference: Conference) -> None:
    setup = journal.setup_of(conference.id)
    app.extensions["live"].execute(conference.id, Actor(Role.SECRETARY), c.OpenDoors(setup), "doors")


def _mark(browser: Browser, desk: dict[str, str], **sent: Any) -> TestResponse:
    return browser.open("/check-in/mark", method="POST", headers=desk, json=sent)


def _hall(conference: Conference) -> list[Delegate]:
    return list(store.delegates_of(conference.sites[0]))


def test_a_code_marks_its_delegate_once_and_says_when(
    app: Flask, browser: Browser, conference: Conference, desk: dict[str, str]
) -> None:
    delegate = _hall(conference)[0]
    code, delegate_id = check_in.code_of(delegate), delegate.id
    assert code.isdecimal(), "no input method garbles digits"
    closed = _mark(browser, desk, code=code)
    assert (closed.status_code, closed.json["error"]) == (409, "doors_not_open")
    _open_doors(app, conference)
    first = _mark(browser, desk, code=f" {code[:5]} {code[5:]} ")
    assert first.status_code == 200
    assert [row["status"] for row in first.json["delegates"] if row["id"] == delegate_id] == ["present"]
    again = _mark(browser, desk, code=code)
    assert (again.status_code, again.json["error"]) == (409, "already_in")
    assert f"{datetime.now(HANOI):%H:}" in again.json["message"]
    state, _directory = app.extensions["live"].look(conference.id)
    assert sum(recorded.event.__class__.__name__ == "RollMarked" for recorded in journal.load(conference.id)) == 1
    assert state.roll[delegate_id].is_here


def test_a_name_is_marked_and_unmarked_by_hand(
    app: Flask, browser: Browser, conference: Conference, desk: dict[str, str]
) -> None:
    _open_doors(app, conference)
    delegate_id = _hall(conference)[1].id
    assert _mark(browser, desk, delegate_id=delegate_id).status_code == 200
    undone = browser.open("/check-in/undo", method="POST", headers=desk, json={"delegate_id": delegate_id})
    assert [row["is_here"] for row in undone.json["delegates"] if row["id"] == delegate_id] == [False]


def test_a_wrong_code_is_told_in_words(
    app: Flask, browser: Browser, conference: Conference, desk: dict[str, str]
) -> None:
    _open_doors(app, conference)
    code = check_in.code_of(_hall(conference)[0])
    forged = f"{(int(code[:10]) + 1) % 10**10:010d}{code[10:]}"
    for wrong in (forged, "1234", "", "không phải mã", code + "9" * 12, code[:10] + "0", "९" * 12):
        answer = _mark(browser, desk, code=wrong)
        assert (answer.status_code, answer.json["error"]) == (404, "unknown_code"), wrong
    elsewhere = next(d for d in conference.delegates if d.site_id != conference.sites[0].id)
    answer = _mark(browser, desk, code=check_in.code_of(elsewhere))
    assert answer.json["error"] == "other_site" and elsewhere.site.name in answer.json["message"]
    assert _mark(browser, desk, delegate_id=elsewhere.id).json["error"] == "unknown_code"


def test_a_code_of_another_conference_names_it(
    app: Flask, browser: Browser, conference: Conference, desk: dict[str, str]
) -> None:
    with writing():
        names = ("title", "organiser", "kind", "place", "opens_at", "ends_at", "speech_limit_seconds")
        told = {name: getattr(conference, name) for name in names}
        other = store.create_like(store.ConferenceDraft(short_title="Hội nghị khác", **told), conference)
        code = check_in.code_of(_hall(other)[0])
    answer = _mark(browser, desk, code=code)
    assert (answer.status_code, answer.json["error"]) == (409, "other_conference")
    assert "Hội nghị khác" in answer.json["message"]


def test_the_desks_link_opens_no_seat_and_no_seats_link_opens_the_desk(
    browser: Browser, conference: Conference, desk: dict[str, str]
) -> None:
    with pytest.raises(links.UnknownLink):
        links.resolve_link(desk["X-Site-Link"])
    station = next(link for link in store.links_of(conference) if link.kind is LinkKind.HALL_STATION)
    answer = browser.get("/check-in/list", headers={"X-Site-Link": links.link_token(station)})
    assert (answer.status_code, answer.json["error"]) == (403, "link_unknown")
    assert browser.get("/check-in/list").status_code == 403


def test_a_renewed_link_ends_the_old_desk(browser: Browser, conference: Conference, desk: dict[str, str]) -> None:
    with writing() as session:
        kind = SiteLink.kind == LinkKind.CHECK_IN
        link = session.query(SiteLink).filter(kind).one()
        links.renew_link(link, datetime.now(UTC))
    answer = browser.get("/check-in/list", headers=desk)
    assert (answer.status_code, answer.json["error"]) == (403, "link_revoked")


def test_a_point_may_have_a_desk_of_its_own(
    app: Flask, secretary: Browser, browser: Browser, conference: Conference, desk: dict[str, str]
) -> None:
    site = conference.sites[2]
    board, name = f"/c/{conference.public_id}/links", site.name
    for _press in range(2):
        secretary.post(f"{board}/check-in", {"site": site.id}, seen_at=board)
    (link,) = (one for one in store.links_of(conference) if one.kind is LinkKind.CHECK_IN and one.site_id == site.id)
    assert f"Bàn đón tiếp · {name}" in secretary.get(board).text
    _open_doors(app, conference)
    code = check_in.code_of(store.delegates_of(site)[0])
    assert _mark(browser, desk, code=code).json["error"] == "other_site"
    assert _mark(browser, {"X-Site-Link": links.link_token(link)}, code=code).status_code == 200
    assert secretary.post(f"{board}/check-in", {"site": 99999}, seen_at=board).status_code == 404


def test_every_delegate_of_the_hall_has_a_card_to_print(secretary: Browser, conference: Conference) -> None:
    answer = secretary.printed(f"/c/{conference.public_id}/delegate-cards.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
