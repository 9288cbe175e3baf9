"""Joining: a code that works once, and the till that shows it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from headoffice.app.programmes import count_on
from headoffice.errors import Refusal
from headoffice.signatures import public_key
from headoffice.store.dirty import touch
from headoffice.store.tables import JOIN_CODE, STORE, TERMINAL
from headoffice.store.upserts import insert_missing
from headoffice.views import JoinCode, TerminalStatus
from loyalty.wire import PROTOCOL, PROTOCOL_OLDEST, JoinReply, ProblemCode

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Row

    from headoffice.office import Office
    from loyalty.wire import JoinRequest

CODE_LIFE_US: Final = 24 * 3600 * 1_000_000
"""How long a code is good, in microseconds: a day, so that it can be made in the evening and typed in the morning."""

CODE_BITS: Final = 80
"""Too many to try out, and what four groups of four characters hold."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_GROUP: Final = 4
_BITS_A_CHARACTER: Final = 5


def code_text(bits: int) -> str:
    """Write ``CODE_BITS`` bits as people type them: Crockford's base 32 in groups of four."""
    shifts = range(CODE_BITS - _BITS_A_CHARACTER, -1, -_BITS_A_CHARACTER)
    text = "".join(_ALPHABET[bits >> shift & 0x1F] for shift in shifts)
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def code_hash(code: str) -> bytes:
    """What is kept of a code; capitals, dashes and letters that look like digits make no difference."""
    return hashlib.sha256(b"stammkunde join code " + code.upper().translate(_READ_AS).encode()).digest()


def enrol_terminal(office: Office, store: str, name: str, *, region: str = "", scope: str = "") -> JoinCode:
    """Make a code with which one till may join once; only its hash is kept."""
    random = hashlib.sha256(office.ids.random_id().bytes + office.ids.random_id().bytes).digest()
    code = code_text(int.from_bytes(random[: CODE_BITS // 8], "big"))
    expires_at_us = office.clock.now_us() + CODE_LIFE_US

    def work(connection: Connection) -> None:
        store_id = _store(connection, store, region, office.ids.random_id())
        connection.execute(
            insert(JOIN_CODE).values(
                code_hash=code_hash(code),
                store_id=store_id,
                name=name,
                scope=scope,
                expires_at_us=expires_at_us,
                used_at_us=0,
            )
        )

    office.database.transact(work)
    return JoinCode(code, store, name, expires_at_us)


def _store(connection: Connection, name: str, region: str, new_id: UUID) -> UUID:
    is_new = insert_missing(connection, STORE, {"store_id": new_id, "name": name, "region": region})
    store_id: UUID = connection.execute(select(STORE.c.store_id).where(STORE.c.name == name)).scalar_one()
    if region and not is_new:
        connection.execute(update(STORE).where(STORE.c.store_id == store_id).values(region=region))
    return store_id


def agreed_protocol(protocol_min: int, protocol_max: int) -> int:
    """The newest protocol both speak.

    Raises:
        Refusal: ``PROTOCOL_UNSUPPORTED``.
    """
    protocol = min(protocol_max, PROTOCOL)
    if protocol < max(protocol_min, PROTOCOL_OLDEST):
        detail = f"Head office speaks {PROTOCOL_OLDEST} to {PROTOCOL}, the till {protocol_min} to {protocol_max}"
        raise Refusal(ProblemCode.PROTOCOL_UNSUPPORTED, detail)
    return protocol


def join(office: Office, request: JoinRequest) -> JoinReply:
    """Take a till in, under an id of its own even when it has been here before.

    Raises:
        Refusal: ``CODE_INVALID`` when the code is unknown, used or too old; ``PROTOCOL_UNSUPPORTED``.
    """
    protocol = agreed_protocol(request.protocol_min, request.protocol_max)
    now_us = office.clock.now_us()
    terminal_id = office.ids.random_id()

    def work(connection: Connection) -> str:
        code = _use_code(connection, request.code, now_us)
        connection.execute(
            insert(TERMINAL).values(
                terminal_id=terminal_id,
                store_id=code.store_id,
                name=code.name or request.till_name,
                public_key=request.public_key,
                ledger_id=request.ledger_id,
                status=TerminalStatus.ACTIVE.value,
                scope=code.scope,
                scope_step=0,
                joined_at_us=now_us,
                last_contact_us=now_us,
                clock_off_ms=0,
                backlog=0,
                oldest_us=0,
                protocol=protocol,
                software="",
            )
        )
        touch(connection, "till", [str(terminal_id)])
        store: str = connection.execute(select(STORE.c.name).where(STORE.c.store_id == code.store_id)).scalar_one()
        return store

    store = office.database.transact(work)
    count_on(office, request.programme_version)
    return JoinReply(
        terminal_id=terminal_id,
        server_id=office.server.server_id,
        server_epoch=office.server.epoch,
        server_key=public_key(office.secrets.signing_key),
        store=store,
        programme_key=office.secrets.programme_key,
        profile_key=office.secrets.profile_key,
        protocol=protocol,
        server_time_us=office.clock.now_us(),
    )


def _use_code(connection: Connection, code: str, now_us: int) -> Row[tuple[UUID, str, str]]:
    """Use a code up; of two tills that show the same one at once, one is told no."""
    used = connection.execute(
        update(JOIN_CODE)
        .where(
            JOIN_CODE.c.code_hash == code_hash(code),
            JOIN_CODE.c.used_at_us == 0,
            JOIN_CODE.c.expires_at_us > now_us,
        )
        .values(used_at_us=now_us)
        .returning(JOIN_CODE.c.store_id, JOIN_CODE.c.name, JOIN_CODE.c.scope)
    ).first()
    if used is None:
        raise Refusal(ProblemCode.CODE_INVALID, "The code is unknown, used, or too old")
    return used
