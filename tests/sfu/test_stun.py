"""STUN against the vectors of RFC 5769, and what must be refused."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.stun import (
    BINDING_REQUEST,
    MAGIC_COOKIE,
    StunError,
    is_signed_with,
    parse_binding_request,
    sign,
    success_response,
)

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")
# RFC 5769 section 2.1
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)
PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"


def request(attributes: bytes = b"\x00\x06\x00\x04me:u", kind: int = BINDING_REQUEST) -> bytes:
    header = kind.to_bytes(2, "big") + bytes(2) + MAGIC_COOKIE.to_bytes(4, "big") + TRANSACTION
    return sign(header + attributes, b"secret")


def test_the_rfc_request_is_read_and_its_signature_holds() -> None:
    parsed = parse_binding_request(REQUEST)
    assert parsed.username == "evtj:h6vY"
    assert parsed.local_fragment == "evtj"
    assert parsed.transaction == TRANSACTION
    assert not parsed.has_use_candidate
    assert is_signed_with(parsed, PASSWORD)
    assert not is_signed_with(parsed, b"another password")


def test_a_response_has_the_address_of_the_rfc_vector() -> None:
    # RFC 5769 section 2.2: 192.0.2.1 port 32853
    response = success_response(TRANSACTION, bytes([192, 0, 2, 1]), 32853, PASSWORD)
    assert response[:2] == b"\x01\x01"
    assert bytes.fromhex("002000080001a147e112a643") in response
    assert len(response) == 20 + 12 + 24 + 8


def test_a_response_over_ipv6_has_the_address_of_the_rfc_vector() -> None:
    # RFC 5769 section 2.3: 2001:db8:1234:5678:11:2233:4455:6677 port 32853
    host = bytes.fromhex("20010db8123456780011223344556677")
    response = success_response(TRANSACTION, host, 32853, PASSWORD)
    assert bytes.fromhex("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9") in response
    assert len(response) == 20 + 24 + 24 + 8


def test_a_nomination_is_seen() -> None:
    parsed = parse_binding_request(request(b"\x00\x25\x00\x00\x00\x06\x00\x04me:u"))
    assert parsed.has_use_candidate
    assert is_signed_with(parsed, b"secret")


def test_a_changed_bit_is_refused() -> None:
    for position in range(len(REQUEST)):
        changed = bytearray(REQUEST)
        changed[position] ^= 1
        with pytest.raises(StunError):
            parse_binding_request(bytes(changed))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        REQUEST[:19],
        REQUEST[:-8],
        REQUEST + b"\0\0\0\0",
        request(kind=0x0101),
        request(attributes=b""),
        request(attributes=b"\x00\x06\x00\x02\xff\xfe\x00\x00"),
    ],
)
def test_what_is_no_signed_request_is_refused(data: bytes) -> None:
    with pytest.raises(StunError):
        parse_binding_request(data)


def test_attributes_behind_the_signature_are_not_believed() -> None:
    unsigned = request()[:-8]
    forged = unsigned + b"\x00\x25\x00\x00"
    forged = forged[:2] + (len(forged) - 20 + 8).to_bytes(2, "big") + forged[4:]
    forged += b"\x80\x28\x00\x04" + (zlib.crc32(forged) ^ 0x5354554E).to_bytes(4, "big")
    assert not parse_binding_request(forged).has_use_candidate


@given(st.binary(max_size=200), st.booleans())
def test_garbage_is_refused_and_nothing_else(data: bytes, has_header: bool) -> None:
    if has_header:
        data = REQUEST[:20] + data
    with pytest.raises(StunError):
        parse_binding_request(data)
