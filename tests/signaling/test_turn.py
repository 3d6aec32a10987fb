"""Credentials as coturn computes them."""

from signaling.turn import LIFETIME_SECONDS, ice_servers

URLS = ("turn:turn.example.vn:3478?transport=tcp",)


def test_the_password_is_what_a_turn_server_with_the_same_secret_computes() -> None:
    (server,) = ice_servers(URLS, "north", "tab.p.1", 1_700_043_200.7 - LIFETIME_SECONDS)
    assert server["urls"] == list(URLS)
    assert server["username"] == "1700043200:tab.p.1"
    # printf 1700043200:tab.p.1 | openssl dgst -sha1 -hmac north -binary | base64
    assert server["credential"] == "MHSidTEq5MwJJH1rXPAX/HddNvo="


def test_without_servers_a_page_gets_none() -> None:
    assert ice_servers((), "", "tab.p.1", 0.0) == []
