"""Who was erased, kept in a small file outside the database: a restored backup is told before it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.encoding import decode
from loyalty.records import Adjustment, Reversal
from storage.errors import Damaged
from storage.files import TOMBSTONE_FILE, os_errors, write_durably
from storage.projections import root_of
from storage.unsent import drop_edits_about, drop_edits_of

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database


class Tombstone(msgspec.Struct, frozen=True):
    """One erasure; ``erased_at_us`` in microseconds since 1970 UTC, ``erased_day`` as ISO text."""

    member_id: UUID
    erased_at_us: int
    erased_day: str


_DECODER: msgspec.json.Decoder[Tombstone] = msgspec.json.Decoder(Tombstone)


def write_tombstones(directory: Path, tombstones: list[Tombstone]) -> None:
    """Add to the file, one JSON document a line, and wait until it is on the disk.

    It is written anew as a whole. What a power cut left of appended lines could be no lines, or zeros with a line
    behind them, and the next start could not tell that from damage.
    """
    path = directory / TOMBSTONE_FILE
    with os_errors(str(path)):
        whole, end, _torn = path.read_bytes().rpartition(b"\n") if path.exists() else (b"", b"", b"")
        added = b"".join(msgspec.json.encode(tombstone) + b"\n" for tombstone in tombstones)
        write_durably(path, whole + end + added)


def read_tombstones(directory: Path) -> list[Tombstone]:
    """All erasures in the file; a last line that a crash cut off belongs to an erasure that was not acknowledged.

    Raises:
        Damaged: Another line can't be read.
    """
    return tombstones_in(directory / TOMBSTONE_FILE)


def tombstones_in(path: Path) -> list[Tombstone]:
    """The same of any file; none when it is not there.

    Raises:
        Damaged: A line before the last can't be read.
    """
    with os_errors(str(path)):
        if not path.exists():
            return []
        lines = path.read_bytes().split(b"\n")
    try:
        return [_DECODER.decode(line) for line in lines[:-1] if line]
    except msgspec.MsgspecError as error:
        raise Damaged(f"{path} can't be read: {error}") from error


def leave_tombstones(directory: Path, path: Path) -> None:
    """Put a directory's erasures beside copies of its ledger, besides those that the file there names already.

    A file there that can't be read is written anew: the directory's own holds all of them. Nothing is written while
    nobody was erased, or nothing is new.
    """
    own = read_tombstones(directory)
    try:
        there = tombstones_in(path)
    except Damaged:
        there = []
    lines = {msgspec.json.encode(tombstone): None for tombstone in (*there, *own)}
    if lines:
        with os_errors(str(path)):
            write_durably(path, b"".join(line + b"\n" for line in lines))


def missing_from(ledger: Database, tombstones: list[Tombstone]) -> list[Tombstone]:
    """Those the database does not know: a crash came between, or the database is a backup from before the erasure."""
    known = {member for (member,) in ledger.all("SELECT member_id FROM tombstone")} if tombstones else set()
    return [tombstone for tombstone in tombstones if tombstone.member_id.bytes not in known]


def unwritten(ledger: Database, tombstones: list[Tombstone]) -> list[Tombstone]:
    """Those the file does not name any more: it was lost or changed, and the next restore would not be told of them."""
    written = {tombstone.member_id.bytes for tombstone in tombstones}
    rows = ledger.all("SELECT member_id, erased_at_us, erased_day FROM tombstone")
    return [Tombstone(UUID(bytes=member), at_us, day) for member, at_us, day in rows if member not in written]


def erase(ledger: Database, tombstone: Tombstone) -> list[bytes]:
    """Delete profile, card numbers and texts of a member and of those merged into it; the pseudonymous records stay.

    Args:
        ledger: The writing connection, inside a transaction.
        tombstone: Who and when.

    Returns:
        All accounts that were one with the member's. Each needs a line of its own outside the ledger: a copy from
        before a merge knows them as several people.
    """
    root = root_of(ledger, tombstone.member_id)
    merged = [member for (member,) in ledger.all("SELECT member_id FROM account WHERE merged_into = ?", (root,))]
    members = sorted({root, tombstone.member_id.bytes, *merged})
    rows = ledger.all(
        "SELECT payload FROM booking JOIN journal ON journal.seq = booking.seq"
        " WHERE booking.member_id = ? AND booking.kind IN ('reversal', 'adjustment')",
        (root,),
    )
    for (payload,) in rows:
        record = decode(payload)
        if isinstance(record, Reversal | Adjustment) and record.text_ref:
            ledger.run("DELETE FROM free_text WHERE text_ref = ?", (record.text_ref.bytes,))
            drop_edits_of(ledger, "text", record.text_ref.bytes)
    for member in members:
        drop_edits_about(ledger, member)
        ledger.run("DELETE FROM card WHERE member_id = ?", (member,))
        ledger.run("DELETE FROM member_profile WHERE member_id = ?", (member,))
        ledger.run(
            "INSERT INTO tombstone(member_id, erased_at_us, erased_day) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (member, tombstone.erased_at_us, tombstone.erased_day),
        )
        ledger.run("INSERT INTO profile_change(member_id) VALUES (?)", (member,))
    return members
