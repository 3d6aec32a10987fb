"""Links of sites and desks: only the real, living ones open anything."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from meetings import invitations, links, store
from meetings.app import create_app
from meetings.tables import Conference, LinkKind, Role, SiteLink, StaffAccount, db, writing
from tests.databases import Databases

from .conftest import Browser

EMPTY = "Cấp liên kết mới<"
NOW = datetime(2020, 7, 16, 1, 0, tzinfo=UTC)


@pytest.fixture
def link(conference: Conference) -> SiteLink:
    return next(link for link in store.links_of(conference) if link.kind is LinkKind.SITE)


def test_a_link_opens_its_own_seat(link: SiteLink) -> None:
    assert links.resolve_link(links.link_token(link)) is link


def test_a_link_can_be_printed_again(link: SiteLink) -> None:
    assert links.link_token(link) == links.link_token(link)


def test_every_seat_has_one_link(conference: Conference) -> None:
    kinds = [link.kind for link in store.links_of(conference)]
    assert kinds == [LinkKind.HALL_STATION, LinkKind.HALL_SCREEN] + [LinkKind.SITE] * 15


@pytest.mark.parametrize("forge", [lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda t: t.partition(".")[0]])
def test_a_forged_link_is_unknown(link: SiteLink, forge: Callable[[str], str]) -> None:
    with pytest.raises(links.UnknownLink):
        links.resolve_link(forge(links.link_token(link)))


@pytest.mark.parametrize("token", ["", ".", "x.y", "ă" * 300, "a.\x00", "…" + "." * 5])
def test_rubbish_is_an_unknown_link(conference: Conference, token: str) -> None:
    with pytest.raises(links.UnknownLink):
        links.resolve_link(token)


def test_the_signature_of_another_link_does_not_fit(conference: Conference) -> None:
    first, second, *_ = store.links_of(conference)
    signature = links.link_token(second).partition(".")[2]
    with pytest.raises(links.UnknownLink):
        links.resolve_link(f"{first.public_id}.{signature}")


def test_a_link_of_another_installation_is_unknown(link: SiteLink, tmp_path: Path, databases: Databases) -> None:
    token, copy = links.link_token(link), {"public_id": link.public_id, "nonce": link.nonce}
    other = create_app({"DATA_DIR": tmp_path / "other", "DATABASE_URL": databases.new(), "TESTING": True})
    with other.app_context():
        with writing() as session:
            conference = store.create_conference(_draft())
            session.add(SiteLink(conference_id=conference.id, kind=LinkKind.SITE, **copy))
        with pytest.raises(links.UnknownLink):
            links.resolve_link(token)
        db.session.close()
        db.engine.dispose()


def _draft() -> store.ConferenceDraft:
    return store.ConferenceDraft("a", "a", "a", "a", "a", NOW, NOW + timedelta(hours=1), 300)


def test_a_revoked_link_says_so(link: SiteLink) -> None:
    token = links.link_token(link)
    with writing():
        links.revoke_link(link, NOW)
    with pytest.raises(links.RevokedLink):
        links.resolve_link(token)


def test_renewing_revokes_the_old_and_opens_the_new(link: SiteLink) -> None:
    token = links.link_token(link)
    with writing():
        renewed = links.renew_link(link, NOW)
    assert links.resolve_link(links.link_token(renewed)).site_id == link.site_id
    with pytest.raises(links.RevokedLink):
        links.resolve_link(token)


def test_the_database_alone_does_not_give_a_link(link: SiteLink) -> None:
    signature = links.link_token(link).partition(".")[2]
    columns = [str(getattr(link, column.key)) for column in SiteLink.__table__.columns]
    assert not any(signature in value for value in columns)


def test_renewing_on_the_page_takes_a_secretary(
    app: Flask, secretary: Browser, conference: Conference, link: SiteLink, add_account: Callable[..., StaffAccount]
) -> None:
    path = f"/c/{conference.public_id}/links"
    token = links.link_token(link)
    assert token in secretary.get(path).text
    assert secretary.post(f"{path}/{link.id}/renew", seen_at=path).location == path
    assert token not in secretary.get(path).text

    viewer = Browser(app)
    add_account("xem", Role.VIEWER)
    viewer.sign_in("xem")
    assert viewer.get(path).status_code == 403
    assert viewer.post(f"{path}/{link.id}/renew", seen_at="/").status_code == 403


def test_a_link_of_another_conference_is_not_renewed_here(secretary: Browser, link: SiteLink) -> None:
    with writing():
        other = store.create_conference(_draft()).public_id
    assert secretary.post(f"/c/{other}/links/{link.id}/renew", seen_at="/").status_code == 404


def test_a_desk_token_holds_its_seat(conference: Conference, add_account: Callable[..., StaffAccount]) -> None:
    account = add_account("chu", Role.CHAIR)
    seat = links.resolve_desk_token(links.desk_token(account, conference, Role.CHAIR))
    assert (seat.account.id, seat.conference.id, seat.role) == (account.id, conference.id, Role.CHAIR)


def test_a_desk_token_ends_with_the_accounts_stamp(
    conference: Conference, add_account: Callable[..., StaffAccount]
) -> None:
    account = add_account("chu", Role.CHAIR)
    token = links.desk_token(account, conference, Role.CHAIR)
    with writing():
        account.stamp = "another"
    with pytest.raises(links.DeskExpired):
        links.resolve_desk_token(token)


@pytest.mark.parametrize("token", ["", "abc", "W10.aaaa.bbbb", "ă"])
def test_a_forged_desk_token_has_expired(conference: Conference, token: str) -> None:
    with pytest.raises(links.DeskExpired):
        links.resolve_desk_token(token)


def test_the_office_gives_tokens_to_programs_and_takes_them_back(secretary: Browser, conference: Conference) -> None:
    board = f"/c/{conference.public_id}/links"
    assert secretary.post(f"{board}/new", {"kind": "hall_camera"}, seen_at=board).status_code == 302
    assert secretary.post(f"{board}/new", {"kind": "site"}, seen_at=board).status_code == 422
    camera = next(link for link in store.links_of(conference) if link.kind is LinkKind.HALL_CAMERA)
    page = secretary.get(board).text
    assert links.link_token(camera) in page and 'value="http://localhost/whip"' in page
    assert secretary.post(f"{board}/{camera.id}/revoke", seen_at=board).status_code == 302
    with pytest.raises(links.RevokedLink):
        links.resolve_client_link(links.link_token(camera))
    assert not store.closed_links_of(conference)


@pytest.mark.parametrize("kind", [LinkKind.SITE, LinkKind.HALL_STATION, LinkKind.HALL_SCREEN, LinkKind.CHECK_IN])
def test_a_pages_link_is_revoked_and_its_place_stands_empty_until_a_new_one_is_given(
    secretary: Browser, conference: Conference, kind: LinkKind
) -> None:
    board = f"/c/{conference.public_id}/links"
    secretary.post(f"{board}/check-in", seen_at=board)
    link = next(link for link in store.links_of(conference) if link.kind is kind)
    token, link_id, count = links.link_token(link), link.id, len(store.links_of(conference))
    page = secretary.get(board).text
    assert f'action="{board}/{link_id}/revoke" data-ask=' in page and EMPTY not in page
    assert secretary.post(f"{board}/{link_id}/revoke", seen_at=board).location == board
    with pytest.raises(links.RevokedLink):
        (links.resolve_check_in if kind is LinkKind.CHECK_IN else links.resolve_link)(token)
    page = secretary.get(board).text
    assert token not in page and EMPTY in page and f'action="{board}/{link_id}/renew"' in page
    assert [closed.id for closed in store.closed_links_of(conference)] == [link_id]
    assert len(store.links_of(conference)) == count - 1
    for _press in range(2):
        secretary.post(f"{board}/{link_id}/renew", seen_at=board)
    assert len(store.links_of(conference)) == count, "pressed twice, given once"
    assert not store.closed_links_of(conference)
    assert EMPTY not in secretary.get(board).text


def test_a_letter_to_a_point_without_a_link_gives_none(conference: Conference, link: SiteLink) -> None:
    with writing():
        links.revoke_link(link, NOW)
    site = next(site for site in conference.sites if site.id == link.site_id)
    (sheet,) = invitations.sheets(conference, "https://hop.example.vn", [site])
    assert (sheet.point.link, sheet.point.pin) == ("", "")
