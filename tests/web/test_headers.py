"""What every answer carries, and what it says when it refuses."""

import json
import re
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask

from meetings.tables import Conference, Role, StaffAccount

from .conftest import Browser

LIVE_PAGES = ("/site", "/station", "/screen")


def test_the_policy_lets_only_marked_scripts_run(browser: Browser) -> None:
    answer = browser.get("/setup")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    scripts = re.findall(r"<script\b[^>]*>", answer.text)
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    assert "unsafe-" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert nonce[1] not in browser.get("/setup").headers["Content-Security-Policy"]


def test_pages_carry_no_inline_style_or_handler(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}"
    for page in ("/", path, f"{path}/agenda", f"{path}/sites", f"{path}/links", *LIVE_PAGES):
        assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", secretary.get(page).text), page


def test_addresses_are_never_sent_on(browser: Browser) -> None:
    headers = browser.get("/site").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_strange_host_does_not_reach_the_policy(browser: Browser) -> None:
    answer = browser.get("/sign-in", headers={"Host": "a;script-src*"})
    assert "connect-src 'self';" in answer.headers["Content-Security-Policy"]


def test_the_session_cookie_is_out_of_reach_of_scripts(browser: Browser) -> None:
    cookie = browser.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_live_page_needs_no_account_and_knows_no_token(browser: Browser, conference: Conference) -> None:
    for page in LIVE_PAGES:
        text = browser.get(page).text
        boot = _boot(text)
        assert boot["page"] == page.strip("/")
        assert boot["auth"] is None
        assert boot["conference"] is None


def _boot(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="boot"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found
    boot: dict[str, object] = json.loads(found[1])
    return boot


def test_a_desk_page_carries_a_token_for_its_role(
    browser: Browser, conference: Conference, add_account: Callable[[str, Role], StaffAccount]
) -> None:
    add_account("chu", Role.CHAIR)
    browser.sign_in("chu")
    boot = _boot(browser.get(f"/c/{conference.public_id}/chair").text)
    assert boot["page"] == "chair"
    assert boot["conference"] == conference.public_id
    assert boot["auth"]
    assert browser.get(f"/c/{conference.public_id}/secretary").status_code == 403


def test_the_other_language_stays_chosen(browser: Browser) -> None:
    assert '<html lang="vi"' in browser.get("/sign-in").text
    assert '<html lang="en"' in browser.get("/sign-in?lang=en").text
    assert '<html lang="en"' in browser.get("/sign-in").text
    assert '<html lang="vi"' in browser.get("/sign-in?lang=vi").text
    assert '<html lang="vi"' in browser.get("/sign-in?lang=tlh").text


def test_only_the_english_page_carries_messages(browser: Browser) -> None:
    assert _boot(browser.get("/site").text)["messages"] == {}
    assert _boot(browser.get("/site?lang=en").text)["messages"]


def test_an_oversized_form_is_refused_in_words(browser: Browser) -> None:
    answer = browser.open("/sign-in", method="POST", data={"name": "x" * (3 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_unknown_pages_and_methods_are_refused_in_words(browser: Browser) -> None:
    assert browser.get("/nowhere").status_code == 404
    assert "Không tìm thấy" in browser.get("/nowhere").text
    assert browser.get("/sign-out").status_code == 405


def test_no_page_hides_another(app: Flask) -> None:
    told = Counter(
        (rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or () if method != "OPTIONS"
    )
    assert [once for once, times in told.items() if times > 1] == []


def test_a_program_gets_the_refusal_as_json(browser: Browser) -> None:
    answer = browser.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json["error"]


def test_an_error_of_ours_is_told_in_words(app: Flask) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["media_health"] = lambda: 1 / 0
    answer = app.test_client().get("/healthz", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "Có lỗi ở máy chủ" in answer.text


@pytest.mark.parametrize(("media", "code"), [({"epoch": "a"}, 200), (None, 503)])
def test_health_names_what_is_missing(app: Flask, media: dict[str, str] | None, code: int) -> None:
    app.extensions["media_health"] = lambda: media
    answer = app.test_client().get("/healthz")
    assert answer.status_code == code
    assert answer.json["missing"] == ([] if media else ["media"])


def test_too_many_posts_from_one_address_are_refused_in_words(browser: Browser) -> None:
    answers = [browser.post("/once", {"token": "made up"}) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [403] * 30 + [429]
    assert "Thử quá nhiều lần" in answers[-1].text
