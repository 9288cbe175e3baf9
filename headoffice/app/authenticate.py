"""Whose request is this: signature, clock, and each nonce once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import bindparam, delete, update

from headoffice.errors import Refusal
from headoffice.signatures import verified
from headoffice.store.rows import TerminalRow, terminal_row
from headoffice.store.tables import NONCE, TERMINAL
from headoffice.store.upserts import insert_missing
from headoffice.views import TerminalStatus
from loyalty.wire import CLOCK_TOLERANCE_US, ProblemCode

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office

NONCE_LENGTH_MIN: Final = 16
NONCE_LENGTH_MAX: Final = 64
"""In characters; 16 of them hold more than 64 random bits in any usual spelling."""

NONCE_LIFE_US: Final = 2 * CLOCK_TOLERANCE_US
"""How long a nonce is remembered: a request older than the tolerance is refused by its time."""

US_PER_MS: Final = 1000

_FORGET: Final = delete(NONCE).where(NONCE.c.terminal_id == bindparam("till"), NONCE.c.at_us < bindparam("before_us"))
_SEEN: Final = (
    update(TERMINAL)
    .where(TERMINAL.c.terminal_id == bindparam("till"))
    .values(last_contact_us=bindparam("last_contact_us"), clock_off_ms=bindparam("clock_off_ms"))
)


def active_terminal(office: Office, terminal_id: UUID) -> TerminalRow:
    """A till that may talk to head office; head office's own journal is none.

    Raises:
        Refusal: ``UNKNOWN_TERMINAL``, ``REVOKED`` or ``FENCED``.
    """
    return _let_in(_known(office, terminal_id))


def _known(office: Office, terminal_id: UUID) -> TerminalRow:
    with office.database.snapshot() as connection:
        terminal = terminal_row(connection, terminal_id)
    if terminal is None or terminal_id == office.server.server_id:
        raise Refusal(ProblemCode.UNKNOWN_TERMINAL)
    return terminal


def _let_in(terminal: TerminalRow) -> TerminalRow:
    if terminal.status is TerminalStatus.REVOKED:
        raise Refusal(ProblemCode.REVOKED)
    if terminal.status is TerminalStatus.FENCED:
        raise Refusal(ProblemCode.FENCED)
    return terminal


def authenticate(
    office: Office, terminal_id: UUID, message: bytes, signature: bytes, *, nonce: str, at_us: int, once: bool
) -> TerminalRow:
    """Say whose signed request this is. What a till may do is told only to who has its key.

    Raises:
        Refusal: ``UNKNOWN_TERMINAL``, ``BAD_SIGNATURE``, ``REVOKED``, ``FENCED``, ``CLOCK_OFF``, ``NOT_SIGNED`` for a
            nonce out of bounds, or ``REPLAYED``.
    """
    if not NONCE_LENGTH_MIN <= len(nonce) <= NONCE_LENGTH_MAX or not nonce.isascii() or not nonce.isprintable():
        raise Refusal(ProblemCode.NOT_SIGNED, f"A nonce has {NONCE_LENGTH_MIN} to {NONCE_LENGTH_MAX} characters")
    terminal = _known(office, terminal_id)
    if not verified(terminal.public_key, message, signature):
        raise Refusal(ProblemCode.BAD_SIGNATURE)
    terminal = _let_in(terminal)
    now_us = office.clock.now_us()
    off_us = at_us - now_us
    if abs(off_us) > CLOCK_TOLERANCE_US:
        raise Refusal(ProblemCode.CLOCK_OFF, f"The request's time is off by {off_us // 1_000_000} s")
    if once:
        _use_nonce(office, terminal_id, nonce, now_us, off_us // US_PER_MS)
    return msgspec.structs.replace(terminal, clock_off_ms=off_us // US_PER_MS)


def _use_nonce(office: Office, terminal_id: UUID, nonce: str, now_us: int, off_ms: int) -> None:
    def work(connection: Connection) -> bool:
        connection.execute(_FORGET, {"till": terminal_id, "before_us": now_us - NONCE_LIFE_US})
        is_new = insert_missing(connection, NONCE, {"terminal_id": terminal_id, "nonce": nonce, "at_us": now_us})
        if is_new:
            connection.execute(_SEEN, {"till": terminal_id, "last_contact_us": now_us, "clock_off_ms": off_ms})
        return is_new

    if not office.database.transact(work, durable=False):  # all that a replay can bring is known by its own ids
        raise Refusal(ProblemCode.REPLAYED)
