"""Belonging to a head office: the row and the keys that say so, and what the till had before it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.directory import Role
from storage.exchange import Again, HeadOfficeRow
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
    from storage.shared_people import SharedPeople

ROWS_AT_ONCE: Final = 500
"""How many rows become edits in one transaction when a till joins."""

_PUT: Final = """INSERT OR REPLACE INTO head_office(
  id, url, terminal_id, server_id, server_epoch, server_key, store, ca_pem, joined_at_us, handed_over, again)
VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
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


def put_head_office(ledger: Database, row: HeadOfficeRow, *, forgotten: bool) -> None:
    """Write where the till belongs; a head office it never belonged to is told everything it has.

    The former one is told its old edits again: it may have been put back meanwhile, and knows those it still has.

    Args:
        ledger: The writing connection.
        row: Where it belongs.
        forgotten: The former one does not know this till any more, so it was put back.
    """
    server_id, mark = ledger.one(_FORMER) or (None, None)
    again = Again.EDITS
    if forgotten:
        mark = f"{_FIRST}:"
    if server_id != row.server_id.bytes:
        again = Again.NOTHING
        ledger.run("DELETE FROM edit")
        mark = f"{_FIRST}:"
    ids = (row.terminal_id.bytes, row.server_id.bytes, row.server_epoch.bytes)
    ledger.run(_PUT, (row.url, *ids, row.server_key, row.store, row.ca_pem, row.joined_at_us, mark, again))


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
    """Head office was put back: tell it once more what it had taken, and later whatever it lacks even then."""
    ledger.run("UPDATE head_office SET handed_over = ?, again = ?", (f"{_FIRST}:", Again.EDITS))


def repeat_edits(ledger: Database) -> None:
    """Head office may have been put back: tell it once more what it had taken."""
    ledger.run("UPDATE head_office SET again = ?1 WHERE again != ?1", (Again.EDITS,))


def edits_repeated(ledger: Database) -> None:
    """It has been told what it had taken."""
    query = "UPDATE head_office SET again = iif(handed_over IS NULL, ?, ?)"
    ledger.run(query, (Again.NOTHING, Again.MISSING))


def hand_over(ledger: Database, vault: Database, outbox: Outbox, known: SharedPeople | None = None) -> bool:
    """Make edits of the next rows that head office never heard of, inside the caller's transaction.

    Args:
        ledger: The writing connection.
        vault: The keys.
        outbox: Where to.
        known: What this till is told of what head office has, when it was put back and only the rows it lacks are to
            be told: own rows may be older than its, so it keeps what it has all the same. Without it all rows from
            before the joining are.

    Returns:
        Whether there may be more.
    """
    mark, again = ledger.one("SELECT handed_over, again FROM head_office") or (None, Again.NOTHING)
    if mark is None or again != (Again.MISSING if known else Again.NOTHING):
        return False
    name, _, last = mark.partition(":")
    rows = ledger.all(_STEPS[name], (bytes.fromhex(last), ROWS_AT_ONCE))
    to = outbox.filling() if known else outbox
    for row in rows:
        if known is None or not known.has(name, row[1] if name == "card" else row[0]):
            _enqueue(name, row, vault, to)
    names = list(_STEPS)
    if len(rows) == ROWS_AT_ONCE:
        mark = f"{name}:{rows[-1][0].hex()}"
    elif name != names[-1]:
        mark = f"{names[names.index(name) + 1]}:"
    else:
        mark, again = None, Again.NOTHING
    ledger.run("UPDATE head_office SET handed_over = ?, again = ?", (mark, again))
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
