"""Accounts, sign-ins and tokens: who may, what ends, and what never leaves nobody in charge."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from meetings import accounts, api_tokens, links
from meetings.tables import ApiToken, Conference, Role, StaffAccount, StaffSession, db, writing

from .conftest import PASSWORD, Browser

AddAccount = Callable[[str, Role], StaffAccount]
NEW = {"display_name": "Tổ thư ký", "name": "thu-ky", "role": "secretary"}
OTHER_PASSWORD = "con duong moi xa"


@pytest.fixture
def admin(browser: Browser, add_account: AddAccount) -> Browser:
    add_account("quan-tri", Role.ADMIN)
    assert browser.sign_in("quan-tri").status_code == 302
    return browser


def find(name: str) -> StaffAccount:
    account = accounts.find_account(name)
    assert account is not None
    return account


def token_in(page: str) -> str:
    found = re.search(r"/once#([0-9a-f]{40})", page)
    assert found, "no one-time address on the page"
    return found[1]


def test_only_administrators_keep_accounts(secretary: Browser) -> None:
    account = find("ban-thu-ky")
    assert secretary.get("/staff").status_code == 403
    for path in ("/staff/new", f"/staff/{account.id}", f"/staff/{account.id}/reset", f"/staff/{account.id}/deactivate"):
        assert secretary.post(path, NEW, seen_at="/").status_code == 403
    assert find("ban-thu-ky").is_active


def test_a_new_account_sets_its_own_password(app: Flask, admin: Browser) -> None:
    token = token_in(admin.post("/staff/new", NEW, seen_at="/staff/new").text)
    owner = Browser(app)
    assert owner.sign_in("thu-ky", "").status_code == 422
    assert owner.post("/once", {"token": token}).location == "/account"
    page = owner.get("/account").text
    assert "chưa có mật khẩu" in page and 'name="old"' not in page
    form = {"password": PASSWORD, "again": PASSWORD}
    assert owner.post("/account/password", form, seen_at="/account").status_code == 302
    assert Browser(app).sign_in("thu-ky").status_code == 302


def test_a_taken_name_is_refused_and_what_was_typed_stays(admin: Browser) -> None:
    answer = admin.post("/staff/new", {**NEW, "name": "quan-tri"}, seen_at="/staff/new")
    assert answer.status_code == 422
    assert "đã có người dùng" in answer.text and "Tổ thư ký" in answer.text


def test_the_last_administrator_stays_one(admin: Browser, add_account: AddAccount) -> None:
    own = find("quan-tri")
    changed = admin.post(
        f"/staff/{own.id}", {"display_name": "X", "name": "quan-tri", "role": "viewer"}, seen_at="/staff/new"
    )
    assert changed.status_code == 422
    admin.post(f"/staff/{own.id}/deactivate", seen_at="/staff/new")
    assert find("quan-tri").is_active and find("quan-tri").role is Role.ADMIN
    add_account("pho", Role.ADMIN)
    admin.post(f"/staff/{own.id}/deactivate", seen_at="/staff/new")
    assert not find("quan-tri").is_active
    assert admin.get("/staff").status_code == 302


def test_a_reset_ends_the_old_password_and_every_sign_in(app: Flask, admin: Browser, add_account: AddAccount) -> None:
    account = add_account("thu-ky", Role.SECRETARY)
    owner = Browser(app)
    owner.sign_in("thu-ky")
    token = token_in(admin.post(f"/staff/{account.id}/reset", seen_at="/staff/new").text)
    assert owner.get("/").status_code == 302
    assert Browser(app).sign_in("thu-ky").status_code == 422
    assert Browser(app).post("/once", {"token": token}).status_code == 302


def test_a_second_reset_ends_the_first_ones_address(app: Flask, admin: Browser, add_account: AddAccount) -> None:
    account = add_account("thu-ky", Role.SECRETARY)
    first = token_in(admin.post(f"/staff/{account.id}/reset", seen_at="/staff/new").text)
    admin.post(f"/staff/{account.id}/reset", seen_at="/staff/new")
    assert Browser(app).post("/once", {"token": first}).status_code == 403


def test_a_locked_account_ends_at_once_and_opens_again(app: Flask, admin: Browser, add_account: AddAccount) -> None:
    account = add_account("thu-ky", Role.SECRETARY)
    owner = Browser(app)
    owner.sign_in("thu-ky")
    admin.post(f"/staff/{account.id}/deactivate", seen_at="/staff/new")
    assert owner.get("/").status_code == 302
    assert Browser(app).sign_in("thu-ky").status_code == 422
    admin.post(f"/staff/{account.id}/activate", seen_at="/staff/new")
    assert Browser(app).sign_in("thu-ky").status_code == 302
    assert owner.get("/").status_code == 302, "what had ended stays ended"


def test_a_changed_password_needs_the_old_one_and_keeps_only_this_browser(app: Flask, secretary: Browser) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in("ban-thu-ky")
    form = {"old": "sai", "password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert secretary.post("/account/password", form, seen_at="/account").status_code == 422
    assert elsewhere.get("/").status_code == 200
    right = secretary.post("/account/password", {**form, "old": PASSWORD}, seen_at="/account")
    assert right.status_code == 302
    assert secretary.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("ngan", "short"),
        ("a" * 12, "common"),
        ("1234567890", "common"),
        ("thu-ky-thu-ky-1", "common"),
        ("x1y2z3w4v" * 30, "long"),
        (PASSWORD, None),
    ],
)
def test_a_password_is_long_and_not_easily_guessed(password: str, fault: str | None) -> None:
    assert accounts.password_fault("thu-ky", password) == fault


def test_one_sign_in_is_ended_from_another(app: Flask, secretary: Browser, add_account: AddAccount) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in("ban-thu-ky")
    now = datetime.now(UTC)
    other = accounts.sessions_of(find("ban-thu-ky"), now)[0].public_id
    add_account("la", Role.SECRETARY)
    stranger = Browser(app)
    stranger.sign_in("la")
    assert stranger.post(f"/account/sessions/{other}/end", seen_at="/account").status_code == 404
    assert elsewhere.get("/").status_code == 200
    secretary.post(f"/account/sessions/{other}/end", seen_at="/account")
    assert elsewhere.get("/").status_code == 302
    assert secretary.get("/").status_code == 200


def test_every_other_sign_in_is_ended_at_once(app: Flask, secretary: Browser) -> None:
    others = [Browser(app) for _ in range(2)]
    for other in others:
        other.sign_in("ban-thu-ky")
    secretary.post("/account/sessions/end-others", seen_at="/account")
    assert [other.get("/").status_code for other in others] == [302, 302]
    assert secretary.get("/").status_code == 200


def test_an_unused_sign_in_ends_by_itself(secretary: Browser) -> None:
    with writing() as rows:
        long_ago = datetime.now(UTC) - timedelta(days=accounts.SESSION_DAYS, minutes=1)
        rows.execute(sa.update(StaffSession).values(last_used_at=long_ago))
    assert secretary.get("/").status_code == 302


def test_the_use_of_an_account_is_noted(secretary: Browser) -> None:
    with writing() as rows:
        before = datetime.now(UTC) - timedelta(hours=1)
        rows.execute(sa.update(StaffSession).values(last_used_at=before))
    secretary.get("/")
    assert find("ban-thu-ky").last_used_at is not None
    assert (db.session.scalar(sa.select(StaffSession.last_used_at)) or before) > before


def test_signing_out_here_leaves_the_other_browser_signed_in(app: Flask, secretary: Browser) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in("ban-thu-ky")
    secretary.post("/sign-out", seen_at="/")
    assert elsewhere.get("/").status_code == 200


def test_a_desk_page_ends_with_its_sign_in(secretary: Browser, conference: Conference) -> None:
    account = find("ban-thu-ky")
    entry = accounts.sessions_of(account, datetime.now(UTC))[0]
    token = links.desk_token(account, conference, Role.SECRETARY, entry.public_id)
    assert links.resolve_desk_token(token).account is account
    with writing():
        accounts.end_sessions(account, datetime.now(UTC))
    with pytest.raises(links.DeskExpired):
        links.resolve_desk_token(token)


def test_a_token_is_shown_once_and_only_its_hash_is_kept(secretary: Browser) -> None:
    page = secretary.post("/account/tokens", {"token_name": "Lịch"}, seen_at="/account").text
    text = re.search(r"dc_[A-Za-z0-9]{40}", page)
    assert text
    assert text[0] not in secretary.get("/account").text
    assert text[0] not in str(db.session.execute(sa.select(ApiToken.token_hash)).all())
    assert api_tokens.account_of(text[0], datetime.now(UTC)) is find("ban-thu-ky")


def test_a_token_ends_by_date_by_revoking_and_with_its_account(secretary: Browser) -> None:
    account, now = find("ban-thu-ky"), datetime.now(UTC)
    with writing():
        dated = api_tokens.new_token(account, "một ngày", 1, now)
        revoked = api_tokens.new_token(account, "thu hồi", None, now)
        kept = api_tokens.new_token(account, "còn", None, now)
    number = api_tokens.tokens_of(account)[1].id
    secretary.post(f"/account/tokens/{number}/revoke", seen_at="/account")
    assert api_tokens.account_of(dated, now + timedelta(days=1)) is None
    assert api_tokens.account_of(revoked, now) is None
    assert api_tokens.account_of(kept, now + timedelta(days=900)) is account
    with writing():
        account.is_active = False
    assert api_tokens.account_of(kept, now) is None
    assert api_tokens.account_of("dc_made-up", now) is None


def test_anothers_token_cannot_be_revoked(app: Flask, secretary: Browser, add_account: AddAccount) -> None:
    with writing():
        api_tokens.new_token(find("ban-thu-ky"), "Lịch", None, datetime.now(UTC))
    number = api_tokens.tokens_of(find("ban-thu-ky"))[0].id
    add_account("la", Role.ADMIN)
    stranger = Browser(app)
    stranger.sign_in("la")
    assert stranger.post(f"/account/tokens/{number}/revoke", seen_at="/account").status_code == 404
