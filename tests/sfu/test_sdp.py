"""Offer and answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.sdp import CAMERA, OfferedView, SdpError, Transport, parse_answer, write_offer

FINGERPRINT = ":".join(["AB"] * 32)
TRANSPORT = Transport("frag", "p" * 22, FINGERPRINT, ("10.0.0.1", "192.168.1.2"), 7080)
VIEWS = [OfferedView("hall", "audio", 5_000), OfferedView("hall", "video", 6_000)]


def answer(*sections: str, head: str = "") -> str:
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    lines += [f"a=fingerprint:sha-256 {FINGERPRINT.lower()}", "a=setup:active", *head.split()]
    for section in sections:
        lines += section.split("|")
    return "\r\n".join(lines) + "\r\n"


def test_an_offer_lists_what_is_published_then_what_is_viewed() -> None:
    offer = write_offer(TRANSPORT, CAMERA, VIEWS, 1)
    sections = offer.split("m=")[1:]
    assert [s.split()[0] for s in sections] == ["audio", "video", "audio", "video"]
    assert [("a=recvonly" in s, "a=sendonly" in s) for s in sections] == [(True, False)] * 2 + [(False, True)] * 2
    assert "a=msid:hall hall-audio" in sections[2]
    assert "a=ssrc:6000 cname:hall" in sections[3]
    assert "UDP/TLS/RTP/SAVPF 96 97" in sections[1]
    assert "rtx" not in sections[3]
    assert "ssrc-audio-level" in sections[0]
    assert ["usedtx=1" in section for section in sections] == [True, False, False, False]
    assert "a=group:BUNDLE 0 1 2 3" in offer
    assert [("transport-cc" in s, "a=simulcast:recv l;h" in s) for s in sections[:2]] == [(True, False), (True, True)]
    assert "transport" not in "".join(sections[2:])
    for section in sections:
        assert "a=candidate:1 1 udp 2130706431 10.0.0.1 7080 typ host" in section
        assert "192.168.1.2 7080" in section
        assert "a=end-of-candidates" in section
        assert "a=setup:actpass" in section
        assert "a=rtcp-mux" in section


def test_a_viewers_offer_has_no_uplink() -> None:
    assert "recvonly" not in write_offer(TRANSPORT, (), VIEWS, 1)


def test_an_answer_is_read() -> None:
    text = answer(
        "m=audio 9 UDP/TLS/RTP/SAVPF 111|a=sendonly|a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97|a=sendonly|a=ssrc-group:FID 11 22|a=simulcast:send l;h",
        "m=video 0 UDP/TLS/RTP/SAVPF 96|a=inactive",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111|a=recvonly",
    )
    parsed = parse_answer(text, 4)
    assert parsed.fingerprints == (FINGERPRINT,)
    assert parsed.setup == "active"
    assert parsed.repairs == {22: 11}
    assert [s.sends for s in parsed.sections] == [True, True, False, False]
    assert [s.receives for s in parsed.sections] == [False, False, False, True]
    assert parsed.sections[0].level_extension == 2
    assert [s.has_layers for s in parsed.sections] == [False, True, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        answer(),
        answer("m=application 9 x 1"),
        answer("m=audio 9 x 111", "m=audio 9 x 111"),
        answer("m=audio 9 x 111").replace("a=fingerprint", "a=nothing"),
        answer("m=audio 9 x 111").replace("sha-256", "sha-1"),
        answer("m=audio 9 x 111").replace("a=setup:active", ""),
        answer("m=audio 9 x 111").replace("active", "holdconn"),
        "v=0" + "x" * 200_000,
    ],
)
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(SdpError):
        parse_answer(text, 1)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(SdpError):
        parse_answer("v=0\r\n" + text, 1)
