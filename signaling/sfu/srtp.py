"""SRTP sessions of one peer, keyed by its DTLS handshake (RFC 3711, RFC 5764, RFC 7714).

Rules.
- Errors are results, never exceptions: anybody can send bytes that do not authenticate.
- `protect_raw` and the sessions' raw handles are for the fan-out, which calls libsrtp without a copy.
- Sending the same packet again is allowed (`allow_repeat_tx`); sending another one under its number is not,
  and is prevented by the callers (see `history` and `consumer`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pylibsrtp import Error, Policy, Session
from pylibsrtp._binding import ffi, lib

REPLAY_WINDOW = 1024

protect_raw: Any = lib.srtp_protect
_unprotect: Any = lib.srtp_unprotect
_unprotect_rtcp: Any = lib.srtp_unprotect_rtcp


@dataclass(frozen=True, slots=True)
class Profile:
    """A protection profile; lengths in bytes."""

    name: bytes
    libsrtp: int
    key_bytes: int
    salt_bytes: int

    @property
    def keying_bytes(self) -> int:
        """How much material the DTLS exporter has to give (RFC 5764 section 4.2)."""
        return 2 * (self.key_bytes + self.salt_bytes)


PROFILES = (
    Profile(b"SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    Profile(b"SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
)


def pointer_to(address: int) -> Any:
    """A C pointer that libsrtp takes, for memory owned elsewhere."""
    return ffi.cast("void *", address)


def length_pointer(address: int) -> Any:
    """A C `int *` that libsrtp takes, for memory owned elsewhere."""
    return ffi.cast("int *", address)


class SrtpSessions:
    """Both directions of one peer. `payload_types` are its numbers for ours, where they are others."""

    def __init__(self, profile: Profile, material: bytes, is_dtls_server: bool) -> None:
        key, salt = profile.key_bytes, profile.salt_bytes
        salts = material[2 * key :]
        client = material[:key] + salts[:salt]
        server = material[key : 2 * key] + salts[salt : 2 * salt]
        ours, theirs = (server, client) if is_dtls_server else (client, server)
        self._inbound = _session(profile, theirs, Policy.SSRC_ANY_INBOUND)
        self._outbound = _session(profile, ours, Policy.SSRC_ANY_OUTBOUND)
        self._inbound_raw = self._inbound._srtp[0]
        self.outbound_raw: Any = self._outbound._srtp[0]
        self.payload_types: Mapping[int, int] = {}
        self._length = ffi.new("int *")

    def unprotect(self, pointer: Any, length: int) -> int:
        """Decrypt the RTP packet at `pointer` in place; its new length, or -1 if it is not authentic."""
        self._length[0] = length
        return -1 if _unprotect(self._inbound_raw, pointer, self._length) else int(self._length[0])

    def unprotect_rtcp(self, pointer: Any, length: int) -> int:
        """Decrypt the RTCP packet at `pointer` in place; its new length, or -1 if it is not authentic."""
        self._length[0] = length
        return -1 if _unprotect_rtcp(self._inbound_raw, pointer, self._length) else int(self._length[0])

    def protect(self, packet: bytes) -> bytes | None:
        """`packet` encrypted, or None if libsrtp refuses its number."""
        try:
            return bytes(self._outbound.protect(packet))
        except (Error, ValueError):
            return None

    def protect_rtcp(self, packet: bytes) -> bytes | None:
        """The RTCP `packet` encrypted, or None if libsrtp refuses it."""
        try:
            return bytes(self._outbound.protect_rtcp(packet))
        except (Error, ValueError):
            return None


def _session(profile: Profile, key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile.libsrtp)
    policy.allow_repeat_tx = True
    policy.window_size = REPLAY_WINDOW
    return Session(policy)
