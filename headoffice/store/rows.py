"""Who takes part, as frozen rows without any driver in them: head office itself, its stores and its tills."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select

from headoffice.store.tables import SERVER, STORE, TERMINAL
from headoffice.views import TerminalStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Connection


class ServerRow(msgspec.Struct, frozen=True):
    """Who this head office is.

    Attributes:
        server_id: For good; also the terminal id of its own journal.
        epoch: Changes when it was put back to an older state.
        currency: ISO 4217 code.
        name: What people call it.
        created_at_us: In microseconds since 1970 UTC.
    """

    server_id: UUID
    epoch: UUID
    currency: str
    name: str
    created_at_us: int


class TerminalRow(msgspec.Struct, frozen=True):
    """One till.

    Attributes:
        terminal_id: Given by head office at joining.
        store_id: Where it stands.
        store: That store's name; empty for head office's own journal.
        region: That store's region.
        name: What the till is called there.
        public_key: Ed25519, raw; empty for head office's own journal.
        ledger_id: The terminal id in the genesis record of its journal.
        status: What it may do.
        scope: The region whose members it holds; empty for all.
        scope_step: When the scope last changed, as a step of the feed.
        joined_at_us: In microseconds since 1970 UTC, as all times.
        last_contact_us: The last signed request.
        clock_off_ms: How far its clock was off then, in milliseconds.
        backlog: Records it had not handed in then.
        oldest_us: When the oldest of them was made, 0 when there was none.
        protocol: What both speak.
        software: The till's version.
    """

    terminal_id: UUID
    store_id: UUID
    store: str
    region: str
    name: str
    public_key: bytes
    ledger_id: UUID
    status: TerminalStatus
    scope: str = ""
    scope_step: int = 0
    joined_at_us: int = 0
    last_contact_us: int = 0
    clock_off_ms: int = 0
    backlog: int = 0
    oldest_us: int = 0
    protocol: int = 0
    software: str = ""


_TERMINALS = select(TERMINAL, STORE.c.name.label("store"), STORE.c.region).select_from(
    TERMINAL.outerjoin(STORE, STORE.c.store_id == TERMINAL.c.store_id)
)


_TERMINAL = _TERMINALS.where(TERMINAL.c.terminal_id == bindparam("till"))


def terminal_row(connection: Connection, terminal_id: UUID) -> TerminalRow | None:
    """One till, or ``None``."""
    row = connection.execute(_TERMINAL, {"till": terminal_id}).mappings().first()
    return _terminal(dict(row)) if row else None


def terminal_rows(connection: Connection) -> list[TerminalRow]:
    """All tills, by store and name; head office's own journal is among them."""
    rows = connection.execute(_TERMINALS.order_by(STORE.c.name, TERMINAL.c.name, TERMINAL.c.terminal_id)).mappings()
    return [_terminal(dict(row)) for row in rows]


def _terminal(row: Mapping[str, Any]) -> TerminalRow:
    named = {**row, "status": TerminalStatus(row["status"])}
    return TerminalRow(**{**named, "store": row["store"] or "", "region": row["region"] or ""})


def server_row(connection: Connection) -> ServerRow | None:
    """Head office itself, ``None`` in a new database."""
    row = connection.execute(
        select(SERVER.c.server_id, SERVER.c.epoch, SERVER.c.currency, SERVER.c.name, SERVER.c.created_at_us)
    ).first()
    return ServerRow(*row) if row else None
