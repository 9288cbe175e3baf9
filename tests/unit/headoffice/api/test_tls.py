"""Head office's own certificates: private keys, names that fit, renewed under the same authority."""

import base64
import hashlib
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from headoffice.api.tls import (
    CA_DAYS,
    SERVER_DAYS,
    Certificates,
    CertificateUnusable,
    HostInvalid,
    full_code,
    init_tls,
    load_certificates,
)
from tests.fakes.clock import START, FakeClock

HOSTS = ["office.example", "192.0.2.1", "::1"]


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    """Certificates for three hosts."""
    return init_tls(tmp_path, HOSTS, FakeClock())


def _pem(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_server_is_certified_for_its_hosts(made: Certificates, tmp_path: Path) -> None:
    """Names and addresses are in the extension that clients look at; the authority's signature holds."""
    assert sorted(made.hosts) == sorted(HOSTS)
    server, ca = _pem(made.chain), _pem(tmp_path / "tls" / "ca.pem")
    server.verify_directly_issued_by(ca)
    usage = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not server.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    limits = ca.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)


def test_certificates_begin_before_now_and_end_in_time(made: Certificates, tmp_path: Path) -> None:
    """A till whose clock is a little slow is not turned away."""
    for name, days in ((made.chain, SERVER_DAYS), (tmp_path / "tls" / "ca.pem", CA_DAYS)):
        certificate = _pem(Path(name))
        assert certificate.not_valid_before_utc < START
        assert certificate.not_valid_after_utc == START + timedelta(days=days)


@pytest.mark.parametrize("name", ["ca.key", "server.key", "ca.pem", "server.pem"])
def test_files_are_their_owners_alone(made: Certificates, tmp_path: Path, name: str) -> None:
    """Whoever reads a key can pretend to be head office."""
    path = tmp_path / "tls" / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_fingerprint_is_that_of_the_authority(made: Certificates) -> None:
    """Base32 of the first 16 bytes of SHA-256 over the certificate in DER, as tills compute it."""
    der = x509.load_pem_x509_certificate(made.ca_pem.encode()).public_bytes(Encoding.DER)
    padded = made.fingerprint + "=" * (-len(made.fingerprint) % 8)
    assert base64.b32decode(padded) == hashlib.sha256(der).digest()[:16]


def test_renewing_keeps_the_authority_and_the_hosts(made: Certificates, tmp_path: Path) -> None:
    """Tills go on: only the server's certificate is new."""
    clock = FakeClock()
    clock.advance(days=300)
    again = init_tls(tmp_path, [], clock)
    assert again.fingerprint == made.fingerprint
    assert again.hosts == made.hosts
    assert again.ends > made.ends
    assert init_tls(tmp_path, ["other.example"], clock).hosts == ("other.example",)


def test_a_code_carries_the_fingerprint_where_there_is_tls(made: Certificates, tmp_path: Path) -> None:
    """Without TLS it is the bare code."""
    assert full_code("0000-0000-0000-0000", tmp_path) == f"0000-0000-0000-0000.{made.fingerprint}"
    assert full_code("0000-0000-0000-0000", tmp_path / "elsewhere") == "0000-0000-0000-0000"


@pytest.mark.parametrize(
    "hosts", [[], ["two words"], ["a" * 64 + ".example"], ["."], [""], ["x" * 254], ["ü.example"], ["a.example"] * 21]
)
def test_hosts_that_are_none_are_refused(tmp_path: Path, hosts: list[str]) -> None:
    """Nothing is written before all of them are good."""
    with pytest.raises(HostInvalid):
        init_tls(tmp_path, hosts, FakeClock())
    assert load_certificates(tmp_path) is None


def test_damaged_certificates_are_a_known_error(made: Certificates, tmp_path: Path) -> None:
    """The sentence says to put them back; nothing new is made behind people's backs."""
    (tmp_path / "tls" / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(CertificateUnusable):
        load_certificates(tmp_path)


def test_an_authority_with_a_foreign_key_is_not_used(made: Certificates, tmp_path: Path) -> None:
    """Its certificates would be refused by every till."""
    (tmp_path / "tls" / "ca.key").write_bytes((tmp_path / "tls" / "server.key").read_bytes())
    with pytest.raises(CertificateUnusable):
        init_tls(tmp_path, [], FakeClock())
