"""Belonging to a head office: the row and the keys that say so, and what the till had before it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.directory import Role
from storage.exchange import HeadOfficeRow
from storage.files import KEY_BEFORE_JOINING, KEY_FILE, os_errors, write_durably
from storage.replica_view import Joined
from storage.shared_people import read_card
from storage.tombstones import Tombstone
from storage.types import CashierRow
from storage.vault import TillKey, drop_till_key, key_of, put_till_key, till_key, unseal

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database, Row
    from storage.edits import Outbox

ROWS_AT_ONCE: Final = 500
"""How many rows become edits in one transaction when a till joins."""

_PUT: Final = """INSERT OR REPLACE INTO head_office(
  id, url, terminal_id, server_id, server_epoch, server_key, store, ca_pem, joined_at_us, handed_over)
VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_FORMER: Final = "SELECT server_id, handed_over FROM head_office"
_READ: Final = """SELECT url, terminal_id, server_id, server_epoch, server_key, store, ca_pem, joined_at_us
FROM head_office WHERE has_left = 0"""


def read_joined(ledger: Database, vault: Database) -> Joined | None:
    """Where a till belongs; ``None`` when it stands alone, or when the key to head office's answers is not here."""
    row = ledger.one(_READ)
    key = till_key(vault, TillKey.PROFILES) if row else None
    if row is None or key is None:
        return None
    url, terminal_id, server_id, server_epoch, *rest = row
    return Joined(
        HeadOfficeRow(url, UUID(bytes=terminal_id), UUID(bytes=server_id), UUID(bytes=server_epoch), *rest), key
    )


def put_keys(directory: Path, vault: Database, *, programme_key: bytes, profile_key: bytes) -> None:
    """Put head office's keys in place, on the disk before the till can count as joined.

    The key under which the till stood alone is kept aside. Cards that have a row keep their accounts; a booking that
    is tried again across the joining is refused as another command, because its digest was made with the old key.
    """
    put_till_key(vault, TillKey.PROFILES, profile_key)
    path = directory / KEY_FILE
    with os_errors(str(path)):
        before = path.read_bytes()
        if before != programme_key:
            write_durably(directory / KEY_BEFORE_JOINING, before)
            write_durably(path, programme_key)


def put_head_office(ledger: Database, row: HeadOfficeRow) -> None:
    """Write where the till belongs; a head office it never belonged to is told everything it has."""
    server_id, mark = ledger.one(_FORMER) or (None, None)
    if server_id != row.server_id.bytes:
        ledger.run("DELETE FROM edit")
        mark = f"{_FIRST}:"
    ids = (row.terminal_id.bytes, row.server_id.bytes, row.server_epoch.bytes)
    ledger.run(_PUT, (row.url, *ids, row.server_key, row.store, row.ca_pem, row.joined_at_us, mark))


def is_telling(ledger: Database) -> bool:
    """Whether changes become edits: the till belongs to a head office, or did and may again."""
    return ledger.one(_FORMER) is not None


def leave(ledger: Database, vault: Database) -> None:
    """The till stands alone from now on."""
    ledger.run("UPDATE head_office SET has_left = 1")
    drop_till_key(vault, TillKey.PROFILES)


def forget_head_office(ledger: Database) -> None:
    """As if the till had never belonged anywhere: whatever it joins next is told everything."""
    ledger.run("DELETE FROM head_office")
    ledger.run("DELETE FROM edit")


def begin_anew(ledger: Database) -> None:
    """Let ``hand_over`` begin again: head office was put back and may have lost what it had taken."""
    ledger.run("UPDATE head_office SET handed_over = ?", (f"{_FIRST}:",))


def hand_over(ledger: Database, vault: Database, outbox: Outbox) -> bool:
    """Make edits of the next rows from before the joining, inside the caller's transaction.

    Returns:
        Whether there may be more.
    """
    mark = ledger.value("SELECT handed_over FROM head_office")
    if mark is None:
        return False
    name, _, last = mark.partition(":")
    rows = ledger.all(_STEPS[name], (bytes.fromhex(last), ROWS_AT_ONCE))
    for row in rows:
        _enqueue(name, row, vault, outbox)
    names = list(_STEPS)
    if len(rows) == ROWS_AT_ONCE:
        mark = f"{name}:{rows[-1][0].hex()}"
    elif name != names[-1]:
        mark = f"{names[names.index(name) + 1]}:"
    else:
        mark = None
    ledger.run("UPDATE head_office SET handed_over = ?", (mark,))
    return mark is not None


_STEPS: Final = {
    "tombstone": "SELECT member_id, erased_at_us, erased_day FROM tombstone WHERE member_id > ?"
    " ORDER BY member_id LIMIT ?",
    "card": "SELECT card_ref, number, member_id, status FROM card WHERE card_ref > ? ORDER BY card_ref LIMIT ?",
    "profile": "SELECT member_id, nonce, box FROM member_profile WHERE member_id > ? ORDER BY member_id LIMIT ?",
    "text": "SELECT text_ref, text FROM free_text WHERE text_ref > ? ORDER BY text_ref LIMIT ?",
    "cashier": "SELECT cashier_id, name, role, pin_hash, blocked FROM cashier WHERE cashier_id > ?"
    " ORDER BY cashier_id LIMIT ?",
}
"""What is handed over, erasures first, each by its key."""

_FIRST: Final = next(iter(_STEPS))


def _enqueue(name: str, row: Row, vault: Database, outbox: Outbox) -> None:
    match name:
        case "tombstone":
            outbox.tombstone(Tombstone(UUID(bytes=row[0]), row[1], row[2]))
        case "card":
            outbox.card(read_card(row))
        case "profile":
            member_id = UUID(bytes=row[0])
            key = key_of(vault, member_id)
            profile = unseal(row[1], row[2], key, row[0]) if key else None
            if profile:
                outbox.profile(member_id, None, profile)
        case "text":
            outbox.text(UUID(bytes=row[0]), row[1], None)
        case _:
            outbox.cashier(CashierRow(UUID(bytes=row[0]), row[1], Role(row[2]), row[3], bool(row[4])))
