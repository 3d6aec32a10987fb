"""Who gets in: passwords, limited tries, one-time links, several accounts in one browser."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from meetings import accounts, links
from meetings.tables import Conference, OneTimeSignIn, Role, StaffAccount, db, writing

from .conftest import PASSWORD, Browser

AddAccount = Callable[[str, Role], StaffAccount]


def test_trying_passwords_is_made_slow(quick_passwords: PasswordHasher) -> None:
    """What the program hashes with by itself; the tests' own hashing is quick."""
    real = extract_parameters(quick_passwords.hash("x"))
    assert real.time_cost >= 3 and real.memory_cost >= 64 * 1024


def test_the_right_password_signs_in(browser: Browser, add_account: AddAccount) -> None:
    add_account("an", Role.ADMIN)
    assert browser.sign_in("an").location == "/"
    assert "An" in browser.get("/").text


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browser: Browser, add_account: AddAccount) -> None:
    add_account("an", Role.ADMIN)
    wrong, unknown = browser.sign_in("an", "sai"), browser.sign_in("binh", "sai")
    assert wrong.status_code == unknown.status_code == 422
    assert "Tên hoặc mật khẩu không đúng." in wrong.text
    assert "Tên hoặc mật khẩu không đúng." in unknown.text


def test_an_inactive_account_does_not_sign_in(browser: Browser, add_account: AddAccount) -> None:
    account = add_account("an", Role.ADMIN)
    with writing():
        account.is_active = False
    assert browser.sign_in("an").status_code == 422


def test_the_office_sends_strangers_to_the_sign_in(browser: Browser, conference: Conference) -> None:
    for path in ("/", f"/c/{conference.public_id}", f"/c/{conference.public_id}/links"):
        assert browser.get(path).location.startswith("/sign-in")


def test_tries_wait_longer_after_each_failure_and_never_more_than_a_minute() -> None:
    tries = accounts.SignInTries()
    for _ in range(accounts.FREE_TRIES):
        tries.check("an", 0.0)
        tries.failed("an", 0.0)
    with pytest.raises(accounts.TooManyTries) as waiting:
        tries.check("an", 0.0)
    assert waiting.value.wait_seconds == 3
    tries.check("an", 2.0)
    for _ in range(20):
        tries.failed("an", 2.0)
    with pytest.raises(accounts.TooManyTries):
        tries.check("an", 2.0 + accounts.MAX_WAIT_SECONDS - 1)
    tries.check("an", 2.0 + accounts.MAX_WAIT_SECONDS)


def test_tries_at_one_name_do_not_hold_up_another() -> None:
    tries = accounts.SignInTries()
    for _ in range(20):
        tries.failed("an", 0.0)
    tries.check("binh", 0.0)


def test_the_sixth_wrong_try_is_told_to_wait(browser: Browser, add_account: AddAccount) -> None:
    add_account("an", Role.ADMIN)
    answers = [browser.sign_in("an", "sai").status_code for _ in range(accounts.FREE_TRIES + 1)]
    assert answers == [422] * accounts.FREE_TRIES + [429]
    assert browser.sign_in("an").status_code == 429


def test_signing_in_leads_only_to_our_own_pages(browser: Browser, add_account: AddAccount) -> None:
    add_account("an", Role.ADMIN)
    form = {"name": "an", "password": PASSWORD}
    for foreign in ("https://example.org/", "//example.org/", "/\\example.org"):
        assert browser.post(f"/sign-in?next={foreign}", form).location == "/"
    assert browser.post("/sign-in?next=/c/abc", form).location == "/c/abc"


def test_signing_in_gives_the_session_a_new_form_token(browser: Browser, add_account: AddAccount) -> None:
    add_account("an", Role.ADMIN)
    browser.get("/sign-in")
    with browser.client.session_transaction() as session:
        before = session["csrf_token"]
    browser.sign_in("an")
    with browser.client.session_transaction() as session:
        assert session.get("csrf_token") != before


def test_a_form_without_its_token_is_refused(browser: Browser, add_account: AddAccount) -> None:
    add_account("an", Role.ADMIN)
    answer = browser.open("/sign-in", method="POST", data={"name": "an", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Trang đã cũ" in answer.text


def test_a_changed_password_ends_earlier_sign_ins(browser: Browser, add_account: AddAccount) -> None:
    account = add_account("an", Role.ADMIN)
    browser.sign_in("an")
    with writing():
        accounts.set_password(account, "mot mat khau khac")
    assert browser.get("/").status_code == 302


def _one_time(account: StaffAccount, target: str, now: datetime) -> str:
    with writing():
        return links.one_time_path(account, target, now).partition("#")[2]


def test_a_one_time_link_signs_in_and_goes_on(browser: Browser, add_account: AddAccount) -> None:
    token = _one_time(add_account("an", Role.ADMIN), "/conferences/new", datetime.now(UTC))
    assert browser.post("/once", {"token": token}).location == "/conferences/new"
    assert browser.get("/conferences/new").status_code == 200


def test_a_one_time_link_works_once(app: Flask, browser: Browser, add_account: AddAccount) -> None:
    token = _one_time(add_account("an", Role.ADMIN), "/", datetime.now(UTC))
    assert browser.post("/once", {"token": token}).status_code == 302
    second = Browser(app)
    answer = second.post("/once", {"token": token})
    assert answer.status_code == 403
    assert "đã được dùng" in answer.text
    assert second.get("/").status_code == 302


def test_an_old_one_time_link_is_refused(browser: Browser, add_account: AddAccount) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=links.ONE_TIME_HOURS)
    token = _one_time(add_account("an", Role.ADMIN), "/", long_ago)
    assert browser.post("/once", {"token": token}).status_code == 403


def test_a_made_up_one_time_link_is_refused(browser: Browser) -> None:
    assert browser.post("/once", {"token": "0" * 40}).status_code == 403
    assert browser.post("/once", {}).status_code == 403


def test_the_database_does_not_hold_one_time_tokens(add_account: AddAccount) -> None:
    token = _one_time(add_account("an", Role.ADMIN), "/", datetime.now(UTC))
    assert token not in str(db.session.execute(sa.select(OneTimeSignIn.token_hash)).all())


def test_two_accounts_in_one_browser_keep_both_desks_open(
    browser: Browser, conference: Conference, add_account: AddAccount
) -> None:
    path = f"/c/{conference.public_id}"
    for account, desk in ((add_account("c", Role.CHAIR), "chair"), (add_account("s", Role.SECRETARY), "secretary")):
        token = _one_time(account, f"{path}/{desk}", datetime.now(UTC))
        assert browser.post("/once", {"token": token}).location == f"{path}/{desk}"
    assert browser.get(f"{path}/chair").status_code == 200
    assert browser.get(f"{path}/secretary").status_code == 200


def test_an_empty_installation_is_set_up_once(app: Flask, browser: Browser) -> None:
    path = links.setup_link()
    assert path
    form = {
        "token": path.partition("#")[2],
        "name": "quan-tri",
        "display_name": "Quản trị",
        "password": PASSWORD,
        "again": PASSWORD,
    }
    short = browser.post("/setup", {**form, "password": "ngan", "again": "ngan"}, seen_at="/setup")
    assert short.status_code == 422
    different = browser.post("/setup", {**form, "again": "khac hoan toan"}, seen_at="/setup")
    assert different.status_code == 422
    assert browser.post("/setup", form, seen_at="/setup").location == "/"
    assert browser.get("/").status_code == 200
    assert browser.post("/setup", {**form, "name": "ke-khac"}, seen_at="/setup").status_code == 403
    assert links.setup_link() is None


def test_a_one_time_link_of_an_account_is_not_a_set_up(browser: Browser, add_account: AddAccount) -> None:
    token = _one_time(add_account("an", Role.VIEWER), "/", datetime.now(UTC))
    form = {"token": token, "name": "x", "display_name": "x", "password": PASSWORD, "again": PASSWORD}
    assert browser.post("/setup", form, seen_at="/setup").status_code == 403


def test_signing_out_forgets_every_account(secretary: Browser) -> None:
    assert secretary.post("/sign-out", seen_at="/").location == "/sign-in"
    assert secretary.get("/").status_code == 302
