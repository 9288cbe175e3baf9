"""What a ledger holds, in a few short values: two that are equal hold the same."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from storage.connection import open_frozen, open_reader
from storage.files import LEDGER_FILE, REPLICA_FILE, log_path
from storage.replica_view import is_replica

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database

TABLES: Final = {
    "shop": "SELECT * FROM shop",
    "programme": "SELECT * FROM programme ORDER BY version",
    "card": "SELECT * FROM card ORDER BY card_ref",
    "person": "SELECT * FROM member_profile ORDER BY member_id",
    "text": "SELECT * FROM free_text ORDER BY text_ref",
    "cashier": "SELECT * FROM cashier ORDER BY cashier_id",
    "tombstone": "SELECT * FROM tombstone ORDER BY member_id",
    "block": "SELECT epoch, prefix, first, last, next, server_id FROM number_block ORDER BY 1, 2, 3, 6",
    "run": "SELECT * FROM number_run ORDER BY issue_id, part",
    "office": "SELECT url, terminal_id, server_id, has_left FROM head_office",
    "edit": "SELECT kind, subject, iif(kind = 'tombstone', 0, box), taken_at_us IS NULL FROM edit ORDER BY 1, 2, 3, 4",
}
"""Everything a shop would miss besides its journal; what is computed from the journal is verify's part.

An edit about an erasure is sealed anew when the erasure is replayed.
"""

EARLIER_LAYOUTS: Final = frozenset({"block", "run", "office", "edit"})
"""What the first layouts did not have."""

REPLICA_TABLES: Final = ("statement", "card", "profile", "programme", "cashier", "tombstone", "till", "state")

State = dict[str, str | int]


def state_of(directory: Path, ledger: str = LEDGER_FILE) -> State:
    """Read it beside whoever has the ledger open."""
    path = directory / ledger
    with closing(open_reader(path) if log_path(path).exists() else open_frozen(path)) as database:
        return read_state(database)


def read_state(database: Database) -> State:
    """The journal's last record, and a digest of each table besides it."""
    seq, head = database.one("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1") or (0, b"")
    state: State = {"seq": int(seq), "head": head.hex()}
    there = {name for (name,) in database.all("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for name, query in TABLES.items():
        if name not in EARLIER_LAYOUTS or {"number_block", "head_office"} <= there:
            state[name] = digest(database.all(query))
    return state


def digest(rows: list[Any]) -> str:
    """A short text that is another one for other rows; empty without rows."""
    return hashlib.blake2b(repr(rows).encode(), digest_size=8).hexdigest() if rows else ""


def differences(found: State, wanted: State) -> list[str]:
    """Names of what differs."""
    return [name for name in wanted if found.get(name) != wanted[name]]


def replica_of(directory: Path) -> str:
    """What a till shows of head office's state: a digest, empty for a till that shows nothing of it."""
    path = directory / REPLICA_FILE
    if not path.exists():
        return ""
    with closing(open_reader(path)) as replica:
        if not is_replica(replica):
            return ""
        for (answer,) in replica.all("PRAGMA integrity_check"):
            assert answer == "ok", f"{REPLICA_FILE}: {answer}"
        # S608: names of our own
        rows = [replica.all(f"SELECT * FROM {name} ORDER BY 1") for name in REPLICA_TABLES]  # noqa: S608
    return digest(rows) if any(rows) else ""
