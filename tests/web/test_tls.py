"""The certificate of a trial in the local network."""

import ipaddress
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from meetings import tls

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_it_names_every_address_of_this_machine(tmp_path: Path) -> None:
    certificate, key = tls.certificate(tmp_path, NOW)
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {ipaddress.ip_address("127.0.0.1"), *tls.lan_addresses()} <= set(names.get_values_for_type(x509.IPAddress))
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_it_is_kept_until_its_end_is_near(tmp_path: Path) -> None:
    first = tls.certificate(tmp_path, NOW)[0].read_bytes()
    assert tls.certificate(tmp_path, NOW + timedelta(days=300))[0].read_bytes() == first
    assert tls.certificate(tmp_path, NOW + timedelta(days=370))[0].read_bytes() != first


def test_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    certificate, _ = tls.certificate(tmp_path, NOW)
    certificate.write_text("damaged")
    tls.certificate(tmp_path, NOW)
    assert len(tls.fingerprint(certificate)) == 95
