"""A certificate for a trial in the local network: self-signed, for every address of this machine.

Browsers give no camera to a page that came unencrypted from another computer. For a real installation put a
proxy with a proper certificate in front (`PROXY_COUNT`).
"""

import hashlib
import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID_DAYS = 395
_RENEW_DAYS = 30

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def own_addresses() -> list[Address]:
    """Every address of this machine but link-local ones, IPv4 first, loopback last."""
    found = set()
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            address = ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
            if not address.is_link_local:
                found.add(address)
    return sorted(found, key=lambda a: (a.is_loopback, a.version, int(a)))


def lan_addresses() -> list[Address]:
    """Where other computers may reach this machine."""
    return [address for address in own_addresses() if not address.is_loopback]


def certificate(data_dir: Path, now: datetime | None = None) -> tuple[Path, Path]:
    """The files of certificate and key, made anew when an address is missing or the end is near."""
    now = now or datetime.now(UTC)
    folder = data_dir / "tls"
    folder.mkdir(mode=0o700, exist_ok=True)
    paths = folder / "certificate.pem", folder / "key.pem"
    names = {"localhost", socket.gethostname()}
    addresses = {*own_addresses(), ipaddress.ip_address("127.0.0.1")}
    if not _still_good(*paths, names, addresses, now):
        _make(*paths, names, addresses, now)
    return paths


def fingerprint(certificate_file: Path) -> str:
    """The SHA-256 fingerprint, as browsers show it."""
    loaded = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    digest = hashlib.sha256(loaded.public_bytes(serialization.Encoding.DER)).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


def _still_good(
    certificate_file: Path, key_file: Path, names: set[str], addresses: set[Address], now: datetime
) -> bool:
    if not (certificate_file.exists() and key_file.exists()):
        return False
    try:
        loaded = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    except ValueError:
        return False
    alternatives = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        now + timedelta(days=_RENEW_DAYS) < loaded.not_valid_after_utc
        and names <= set(alternatives.get_values_for_type(x509.DNSName))
        and addresses <= set(alternatives.get_values_for_type(x509.IPAddress))
    )


def _make(certificate_file: Path, key_file: Path, names: set[str], addresses: set[Address], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Diem Cau")])
    alternatives = [
        *(x509.DNSName(name) for name in sorted(names)),
        *(x509.IPAddress(address) for address in sorted(addresses, key=str)),
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
