"""Joining head office: check who it is by the code a person typed, then show the code and this till's public key."""

from __future__ import annotations

import base64
import hashlib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.wire import PROTOCOL, PROTOCOL_OLDEST, JoinReply, JoinRequest, ProblemCode
from storage.exchange import HeadOfficeRow
from terminal.app.join import JoinCommand, join
from terminal.sync.errors import Broken, HeadOfficeSaysNo, answer_wrong
from terminal.sync.line import Line, checked_address, is_encrypted
from terminal.sync.signatures import make_key, public_key
from terminal.sync.status import SyncTrouble

if TYPE_CHECKING:
    from uuid import UUID

    from terminal.app.join import Joined
    from terminal.sync.journal import LedgerOwner
    from terminal.sync.keys import KeyStore

CODE_LETTERS: Final = 16
"""Eighty bits in Crockford's base32 (crockford.com/base32.html)."""

GROUP_LETTERS: Final = 4
ALPHABET: Final = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
SAID_LIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
"""What people read for another letter; Crockford's alphabet leaves these out for it."""

FINGERPRINT_BYTES: Final = 16
CERTIFICATE_BYTES_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Code:
    """A joining code, read.

    Attributes:
        secret: The one-time code.
        fingerprint: Of head office's certificate authority, empty when the code carries none.
    """

    secret: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who wants to join; see ``JoinRequest``."""

    till_name: str
    ledger_id: UUID
    programme_version: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """Head office has taken this till in.

    Attributes:
        url: Its address as it is stored.
        ca_pem: The one authority that vouches for it; empty without encryption.
        private_key: This till's.
        reply: What head office said.
    """

    url: str
    ca_pem: str
    private_key: bytes
    reply: JoinReply


def read_code(text: str) -> Code:
    """Read a code as a person typed it: blanks, hyphens and small letters make no difference.

    Raises:
        Broken: It is no joining code.
    """
    secret, _, fingerprint = "".join(text.upper().split()).partition(".")
    letters = secret.replace("-", "").translate(SAID_LIKE)
    if len(letters) != CODE_LETTERS or not ALPHABET.issuperset(letters):
        raise Broken(SyncTrouble.CODE_UNREADABLE, "not a joining code")
    groups = [letters[start : start + GROUP_LETTERS] for start in range(0, CODE_LETTERS, GROUP_LETTERS)]
    return Code("-".join(groups), _fingerprint(fingerprint.replace("-", "")))


def _fingerprint(text: str) -> bytes:
    if not text:
        return b""
    try:
        found = base64.b32decode(text + "=" * (-len(text) % 8))  # RFC 4648, 6
    except ValueError as error:
        raise Broken(SyncTrouble.CODE_UNREADABLE, "not a fingerprint") from error
    if len(found) != FINGERPRINT_BYTES:
        raise Broken(SyncTrouble.CODE_UNREADABLE, "not a whole fingerprint")
    return found


def apply_to_join(url: str, typed_code: str, applicant: Applicant) -> Admitted:
    """Join head office.

    Args:
        url: Where it is.
        typed_code: What its people gave to ours.
        applicant: Who we are.

    Raises:
        SyncError: Why not; nothing has changed here.
    """
    code = read_code(typed_code)
    address = _address(url, code)
    ca_pem = _trusted_authority(address, code) if is_encrypted(address) else ""
    private_key = make_key()
    request = JoinRequest(
        code=code.secret,
        public_key=public_key(private_key),
        till_name=applicant.till_name,
        ledger_id=applicant.ledger_id,
        programme_version=applicant.programme_version,
        protocol_min=PROTOCOL_OLDEST,
        protocol_max=PROTOCOL,
    )
    with Line(address, ca_pem) as line:
        answer = line.ask("POST", "/v1/join", body=msgspec.json.encode(request))
    try:
        reply = msgspec.json.decode(answer.body, type=JoinReply)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise answer_wrong(f"not a JoinReply: {error}") from error
    if not PROTOCOL_OLDEST <= reply.protocol <= PROTOCOL:
        raise HeadOfficeSaysNo(ProblemCode.PROTOCOL_UNSUPPORTED, f"protocol {reply.protocol}")
    return Admitted(address, ca_pem, private_key, reply)


def _address(url: str, code: Code) -> str:
    """The address as it is stored; a code without a fingerprint is of a server without TLS, on this machine that is."""
    if "://" not in url and not code.fingerprint:
        with suppress(Broken):  # elsewhere there must be TLS
            return checked_address(f"http://{url.strip()}")
    return checked_address(url)


def move_in(owner: LedgerOwner, admitted: Admitted, keys: KeyStore) -> Joined:
    """Belong to the head office that has taken this till in: its key is kept first, then the ledger follows.

    The key of an earlier joining goes, because nothing can be asked in that name any more.

    Raises:
        StorageError: If the disk did not take it; the till stands as it stood.
    """
    reply, before = admitted.reply, owner.store.head_office
    keys.keep(reply.terminal_id, admitted.private_key)
    head_office = HeadOfficeRow(
        url=admitted.url,
        terminal_id=reply.terminal_id,
        server_id=reply.server_id,
        server_epoch=reply.server_epoch,
        server_key=reply.server_key,
        store=reply.store,
        ca_pem=admitted.ca_pem,
        joined_at_us=reply.server_time_us,
    )
    command = JoinCommand(head_office, reply.programme_key, reply.profile_key)
    joined = owner.call(lambda till: join(till, command))
    if before is not None and before.terminal_id != reply.terminal_id:
        keys.forget(before.terminal_id)
    return joined


def _trusted_authority(address: str, code: Code) -> str:
    """Fetch the certificate authority from whoever answers, and believe it only if the code vouches for it."""
    if not code.fingerprint:
        raise Broken(SyncTrouble.CODE_WITHOUT_FINGERPRINT, "the code does not say whose certificate to trust")
    with Line(address, unverified=True) as line:
        raw = line.ask("GET", "/v1/ca", bytes_max=CERTIFICATE_BYTES_MAX).body
    try:
        pem = raw.decode("ascii")
        found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.strip())).digest()[:FINGERPRINT_BYTES]
    except ValueError as error:
        raise answer_wrong("not a certificate") from error
    if found != code.fingerprint:
        raise Broken(SyncTrouble.CERTIFICATE_WRONG, "the certificate is not the one the code was made for")
    return pem.strip() + "\n"
