"""STUN as an ICE-lite agent needs it (RFC 8489, RFC 8445).

Theory. An ICE-lite agent sends no checks of its own: the browser sends Binding requests to our address and
we answer them. A request proves two things. FINGERPRINT (RFC 8489 section 14.7) tells it apart from DTLS and
RTP on the same port. MESSAGE-INTEGRITY (section 14.5), an HMAC-SHA1 keyed with *our* ice-pwd, proves that
the sender has read our offer. USERNAME is ``ours:theirs`` (RFC 8445 section 7.2.2), so it also says which
peer is speaking.

Rules.
- Only a request with both attributes right is answered; anything else gets silence, never an error response.
- An address is worth nothing until such a request has come from it.
- Attributes after MESSAGE-INTEGRITY, but for FINGERPRINT, are ignored.
"""

import hmac
import struct
import zlib
from dataclasses import dataclass

MAGIC_COOKIE = 0x2112A442
HEADER_BYTES = 20

BINDING_REQUEST = 0x0001
BINDING_SUCCESS = 0x0101

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
XOR_MAPPED_ADDRESS = 0x0020
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028

INTEGRITY_BYTES = 20
FINGERPRINT_XOR = 0x5354554E


class StunError(ValueError):
    """The datagram is not a Binding request that an ICE agent could have sent."""


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """A well-formed connectivity check whose fingerprint is right and whose integrity is still to be checked."""

    transaction: bytes
    username: str
    has_use_candidate: bool
    signed_part: bytes
    signature: bytes

    @property
    def local_fragment(self) -> str:
        """The ice-ufrag we offered, by which the peer is found."""
        return self.username.partition(":")[0]


def parse_binding_request(data: bytes) -> BindingRequest:
    """The Binding request in `data`; raises `StunError` for everything else."""
    if len(data) < HEADER_BYTES:
        raise StunError("short")
    kind, length, cookie = struct.unpack_from("!HHL", data)
    if kind != BINDING_REQUEST or cookie != MAGIC_COOKIE or length % 4 or HEADER_BYTES + length != len(data):
        raise StunError("not a Binding request")
    username: str | None = None
    has_use_candidate = False
    signed_until: int | None = None
    signature = b""
    at = HEADER_BYTES
    while at + 4 <= len(data):
        attribute, size = struct.unpack_from("!HH", data, at)
        value = data[at + 4 : at + 4 + size]
        if len(value) != size:
            raise StunError("attribute runs past the end")
        if attribute == FINGERPRINT:
            if size != 4 or at + 8 != len(data) or int.from_bytes(value, "big") != _fingerprint(data[:at]):
                raise StunError("fingerprint")
            break
        if signed_until is None:
            if attribute == MESSAGE_INTEGRITY:
                if size != INTEGRITY_BYTES:
                    raise StunError("integrity size")
                signed_until, signature = at, value
            elif attribute == USERNAME:
                try:
                    username = value.decode()
                except UnicodeDecodeError as error:
                    raise StunError("username") from error
            elif attribute == USE_CANDIDATE:
                has_use_candidate = True
        at += 4 + size + (-size % 4)
    else:
        raise StunError("no fingerprint")
    if username is None or signed_until is None:
        raise StunError("no username or no integrity")
    return BindingRequest(
        transaction=data[8:20],
        username=username,
        has_use_candidate=has_use_candidate,
        signed_part=_with_length(data[:signed_until], signed_until + 4 + INTEGRITY_BYTES - HEADER_BYTES),
        signature=signature,
    )


def is_signed_with(request: BindingRequest, password: bytes) -> bool:
    """True if the sender of `request` knows `password` (short-term credential, RFC 8489 section 9.1)."""
    return hmac.compare_digest(_signature(request.signed_part, password), request.signature)


def success_response(transaction: bytes, host: bytes, port: int, password: bytes) -> bytes:
    """The answer to a check that came from `host` (4 bytes of IPv4 or 16 of IPv6) and `port`."""
    # RFC 8489 section 14.2
    mask = MAGIC_COOKIE.to_bytes(4, "big") + transaction
    mapped_host = bytes(byte ^ cover for byte, cover in zip(host, mask, strict=False))
    family = 1 if len(host) == 4 else 2
    body = struct.pack("!HHBBH", XOR_MAPPED_ADDRESS, 4 + len(host), 0, family, port ^ (MAGIC_COOKIE >> 16))
    message = struct.pack("!HHL", BINDING_SUCCESS, 0, MAGIC_COOKIE) + transaction + body + mapped_host
    return sign(message, password)


def sign(message: bytes, password: bytes) -> bytes:
    """`message` with MESSAGE-INTEGRITY and FINGERPRINT added and its length field put right."""
    message = _with_length(message, len(message) - HEADER_BYTES + 4 + INTEGRITY_BYTES)
    message += struct.pack("!HH", MESSAGE_INTEGRITY, INTEGRITY_BYTES) + _signature(message, password)
    message = _with_length(message, len(message) - HEADER_BYTES + 8)
    return message + struct.pack("!HHL", FINGERPRINT, 4, _fingerprint(message))


def _with_length(message: bytes, length: int) -> bytes:
    return message[:2] + struct.pack("!H", length) + message[4:]


def _signature(message: bytes, password: bytes) -> bytes:
    return hmac.digest(password, message, "sha1")


def _fingerprint(message: bytes) -> int:
    return zlib.crc32(message) ^ FINGERPRINT_XOR
