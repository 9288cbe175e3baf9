"""TLS without an authority that costs money: head office makes its own, and tills know it by a fingerprint.

The joining code carries the fingerprint of the authority's certificate, so a till trusts exactly this authority and
none of the system's. The server's certificate is renewed under it without the tills noticing.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from headoffice.errors import HeadOfficeError
from headoffice.files import os_errors, private_directory, write_durably
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.ports import Clock

FOLDER: Final = "tls"
CA_FILE: Final = "ca.pem"
CA_KEY_FILE: Final = "ca.key"
SERVER_FILE: Final = "server.pem"
SERVER_KEY_FILE: Final = "server.key"

CA_DAYS: Final = 3_652
"""How long the authority is good, in days: tills pin it, and a new one means joining all of them again."""

SERVER_DAYS: Final = 397
"""How long a server's certificate is good, in days; clients of the web refuse longer ones (CA/B Forum, 6.3.2)."""

RENEW_DAYS: Final = 60
"""With fewer days left than these, ``serve`` asks for ``init-tls``."""

BACKDATED: Final = timedelta(hours=1)
"""Certificates begin a little in the past, because a till's clock may be slow."""

FINGERPRINT_BYTES: Final = 16
"""How much of the digest of the authority's certificate a joining code carries: 128 bits can't be searched."""

HOSTS_MAX: Final = 20
HOST_LENGTH_MAX: Final = 253
"""Of a name in the DNS, in characters (RFC 1035, 2.3.4)."""

_CurveKey = ec.EllipticCurvePrivateKey


class HostInvalid(HeadOfficeError):
    """A host is neither a name in the DNS nor an address."""

    code = "host_invalid"
    sentence = mark("That is neither the name nor the address of a computer.")


class CertificateUnusable(HeadOfficeError):
    """A certificate or key of the server is not what ``init-tls`` made."""

    code = "certificate_unusable"
    sentence = mark("The certificates of head office can't be read. Put them back from your backup.")


class Certificates(msgspec.Struct, frozen=True):
    """The certificates of this server.

    Attributes:
        chain: The file with the server's certificate, for the TLS library.
        key: The file with its key.
        ca_pem: The authority's certificate.
        hosts: Under which names and addresses tills may call it.
        ends: When the server's certificate ends.
        fingerprint: Of the authority's certificate, as joining codes have it.
    """

    chain: Path
    key: Path
    ca_pem: str
    hosts: tuple[str, ...]
    ends: datetime
    fingerprint: str


def fingerprint(ca: x509.Certificate) -> str:
    """The authority's certificate in 26 characters: base32 (RFC 4648) of the first half of its SHA-256, unpadded."""
    digest = hashlib.sha256(ca.public_bytes(Encoding.DER)).digest()[:FINGERPRINT_BYTES]
    return base64.b32encode(digest).decode().rstrip("=")


def full_code(code: str, data: Path) -> str:
    """A joining code as people pass it on: with the fingerprint behind a point when this server speaks TLS.

    Raises:
        CertificateUnusable: The certificates can't be read.
    """
    certificates = load_certificates(data)
    return code if certificates is None else f"{code}.{certificates.fingerprint}"


def load_certificates(data: Path) -> Certificates | None:
    """What ``init-tls`` has made, ``None`` when it never ran.

    Args:
        data: The data directory.

    Raises:
        CertificateUnusable: The files are no certificates.
    """
    folder = data / FOLDER
    chain, key, ca_file = folder / SERVER_FILE, folder / SERVER_KEY_FILE, folder / CA_FILE
    if not chain.exists():
        return None
    with os_errors(folder):
        ca_pem, chain_pem = ca_file.read_bytes(), chain.read_bytes()
    try:
        ca, server = x509.load_pem_x509_certificate(ca_pem), x509.load_pem_x509_certificate(chain_pem)
        names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound) as error:
        raise CertificateUnusable(f"{folder}: {error}") from error
    hosts = (
        *names.get_values_for_type(x509.DNSName),
        *(str(each) for each in names.get_values_for_type(x509.IPAddress)),
    )
    return Certificates(chain, key, ca_pem.decode(), hosts, server.not_valid_after_utc, fingerprint(ca))


def init_tls(data: Path, hosts: Sequence[str], clock: Clock) -> Certificates:
    """Make a private authority unless there is one, and a new certificate for this server under it.

    Args:
        data: The data directory.
        hosts: Names and addresses under which tills call this server; those of the old certificate when empty.
        clock: Time.

    Raises:
        HostInvalid: One of them is neither, or there is none.
        CertificateUnusable: The authority that is there can't be read.
        FolderUnusable: The files can't be written.
    """
    now = datetime.fromtimestamp(clock.now_us() // 1_000_000, UTC)
    old = load_certificates(data)
    names = [_general_name(host) for host in hosts or (old.hosts if old else ())]
    if not names or len(names) > HOSTS_MAX:
        raise HostInvalid(f"1 to {HOSTS_MAX} hosts are needed, there are {len(names)}")
    folder = private_directory(data / FOLDER)
    ca, ca_key = _load_authority(folder) if (folder / CA_KEY_FILE).exists() else _make_authority(folder, now)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _server_certificate(ca, ca_key, key, names, now)
    # The key goes first: with the old certificate it would not start, which is seen at once and mended by a repetition.
    write_durably(folder / SERVER_KEY_FILE, _private_pem(key))
    write_durably(folder / SERVER_FILE, certificate.public_bytes(Encoding.PEM))
    made = load_certificates(data)
    assert made is not None
    return made


def _make_authority(folder: Path, now: datetime) -> tuple[x509.Certificate, _CurveKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stammkunde head office")])
    certificate = (
        _begun(name, name, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_durably(folder / CA_FILE, certificate.public_bytes(Encoding.PEM))
    write_durably(folder / CA_KEY_FILE, _private_pem(key))
    return certificate, key


def _load_authority(folder: Path) -> tuple[x509.Certificate, _CurveKey]:
    with os_errors(folder):
        certificate_pem, key_pem = (folder / CA_FILE).read_bytes(), (folder / CA_KEY_FILE).read_bytes()
    try:
        certificate, key = x509.load_pem_x509_certificate(certificate_pem), load_pem_private_key(key_pem, None)
    except ValueError as error:
        raise CertificateUnusable(f"{folder}: {error}") from error
    if not isinstance(key, _CurveKey) or key.public_key() != certificate.public_key():
        raise CertificateUnusable(f"{folder}: {CA_KEY_FILE} is not the key of {CA_FILE}")
    return certificate, key


def _server_certificate(
    ca: x509.Certificate, ca_key: _CurveKey, key: _CurveKey, names: Sequence[x509.GeneralName], now: datetime
) -> x509.Certificate:
    """A certificate for a server (RFC 5280, 4.2); the names are in the extension that clients look at (RFC 9525)."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stammkunde server")])
    return (
        _begun(subject, ca.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(ca_key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    labels = host.rstrip(".").split(".")
    if len(host) > HOST_LENGTH_MAX or not all(
        label.isascii() and label.replace("-", "").isalnum() and len(label) < 64  # noqa: PLR2004 - RFC 1035, 2.3.4
        for label in labels
    ):
        raise HostInvalid(host)
    return x509.DNSName(host.lower())


def _private_pem(key: _CurveKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
