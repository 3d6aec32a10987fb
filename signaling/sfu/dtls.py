"""One DTLS association, from datagrams in to keys out (RFC 5764, RFC 8842, RFC 6347). No sockets, no clock.

Theory. The offer says ``actpass``, so browsers begin the handshake and we are the server; an answer of
``passive`` makes us the client. Certificates are self-signed: what makes one trustworthy is that its SHA-256
fingerprint stands in the answer, which came by the authenticated signalling.

Rules.
- The handshake may run to its end before the answer has come; keys exist from then on, trust does not.
  `verify` gives the verdict once both are there.
- DTLS 1.2 only: records then have one header, so a flight can be cut into datagrams at record boundaries.
- Nothing here raises for what a peer sends.
"""

import contextlib
import enum
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from .srtp import PROFILES, SrtpSessions

DTLS_1_2 = 0xFEFD
DATAGRAM_BYTES = 1200
RECORD_HEADER_BYTES = 13
CIPHERS = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"
EXPORTER_LABEL = b"EXTRACTOR-dtls_srtp"


class DtlsState(enum.Enum):
    """Where an association stands."""

    NEW = "new"
    HANDSHAKING = "handshaking"
    FINISHED = "finished"
    FAILED = "failed"
    CLOSED = "closed"


class Identity:
    """The certificate of this process; one for all peers."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "media")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=3650))
            .sign(key, hashes.SHA256())
        )
        self.fingerprint = fingerprint(certificate)
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_min_proto_version(DTLS_1_2)
        context.set_max_proto_version(DTLS_1_2)
        context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU)
        # Any certificate is taken here; `DtlsAssociation.verify` compares its fingerprint.
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.use_certificate(certificate)
        context.use_privatekey(key)
        context.set_cipher_list(CIPHERS)
        context.set_tlsext_use_srtp(b":".join(profile.name for profile in PROFILES))
        self.context = context


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate as SDP writes it (RFC 8122 section 5)."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


class DtlsAssociation:
    """One peer's association."""

    def __init__(self, identity: Identity) -> None:
        self.state = DtlsState.NEW
        self.is_server = True
        self._identity = identity
        self._connection: SSL.Connection | None = None

    def connect(self) -> None:
        """Be the client; to be called only while `state` is NEW."""
        self.is_server = False
        self._begin().set_connect_state()
        self._advance()

    def receive(self, datagram: bytes) -> None:
        """Take a DTLS datagram from the validated address."""
        if self.state is DtlsState.NEW:
            self._begin().set_accept_state()
        connection = self._connection
        if connection is None or self.state in (DtlsState.FAILED, DtlsState.CLOSED):
            return
        try:
            connection.bio_write(datagram)
        except SSL.Error:
            return
        if self.state is DtlsState.HANDSHAKING:
            self._advance()
            return
        try:
            connection.recv(DATAGRAM_BYTES)
        except SSL.ZeroReturnError:
            self.state = DtlsState.CLOSED
        except SSL.Error:
            return  # a stray or repeated record: OpenSSL has dealt with it

    def outgoing(self) -> list[bytes]:
        """The datagrams to send now."""
        if self._connection is None:
            return []
        flight = b""
        while True:
            try:
                flight += self._connection.bio_read(65536)
            except SSL.Error:
                return _cut(flight)

    def seconds_to_timeout(self) -> float | None:
        """When `handle_timeout` is due, in seconds from now; None if it is not needed."""
        if self._connection is None or self.state is not DtlsState.HANDSHAKING:
            return None
        return self._connection.DTLSv1_get_timeout()

    def handle_timeout(self) -> None:
        """Repeat the last flight if its time has come."""
        if self._connection is not None:
            try:
                self._connection.DTLSv1_handle_timeout()
            except SSL.Error:
                self.state = DtlsState.FAILED

    def verify(self, fingerprints: tuple[str, ...]) -> bool:
        """True if the peer's certificate is the one named in its answer."""
        if self._connection is None:
            return False
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        return certificate is not None and fingerprint(certificate) in fingerprints

    def sessions(self) -> SrtpSessions | None:
        """The keys; None if no protection profile was agreed."""
        if self._connection is None:
            return None
        chosen = self._connection.get_selected_srtp_profile()
        for profile in PROFILES:
            if profile.name == chosen:
                material = self._connection.export_keying_material(EXPORTER_LABEL, profile.keying_bytes)
                return SrtpSessions(profile, material, self.is_server)
        return None

    def close(self) -> None:
        """Say goodbye; `outgoing` then has the alert."""
        if self._connection is not None and self.state is DtlsState.FINISHED:
            with contextlib.suppress(SSL.Error):
                self._connection.shutdown()
        self.state = DtlsState.CLOSED

    def _begin(self) -> SSL.Connection:
        self._connection = SSL.Connection(self._identity.context)
        self._connection.set_ciphertext_mtu(DATAGRAM_BYTES)
        self.state = DtlsState.HANDSHAKING
        return self._connection

    def _advance(self) -> None:
        assert self._connection is not None
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error:
            self.state = DtlsState.FAILED
        else:
            self.state = DtlsState.FINISHED


def _cut(flight: bytes) -> list[bytes]:
    """A flight as datagrams of whole records."""
    datagrams: list[bytes] = []
    at = 0
    while at + RECORD_HEADER_BYTES <= len(flight):
        size = RECORD_HEADER_BYTES + int.from_bytes(flight[at + 11 : at + 13], "big")
        record = flight[at : at + size]
        if datagrams and len(datagrams[-1]) + size <= DATAGRAM_BYTES:
            datagrams[-1] += record
        else:
            datagrams.append(record)
        at += size
    return datagrams
