"""What a ledger and a vault that came together can still open of each other, and what goes because nobody can."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from storage import checksums, sqlite
from storage.connection import open_reader
from storage.errors import StorageError
from storage.joining import forget_head_office
from storage.vault import TillKey, till_key, unseal_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from storage.connection import Database, Row

PEOPLE_TRIED_MAX: Final = 100
"""How many people of head office's state a key is tried on; the first of them proves it."""


def accept_keys(vault: Database) -> None:
    """Go on with the keys of a vault that are not what was written, when what they don't open is gone."""
    if checksums.problems(vault):
        with vault.transaction():
            checksums.begin(vault)


def opens_answers(vault: Database, replica: Path) -> bool:
    """Whether the key to head office's answers is there, and what was written as far as anybody can tell.

    Where its checksum leaves that open, people in the replica prove it. With another key nobody that head office tells
    of would have a name, unsaid; without one the till says that it has to join again.
    """
    key = till_key(vault, TillKey.PROFILES)
    if key is None or "till_key" not in checksums.problems(vault):
        return key is not None
    try:
        with closing(open_reader(replica)) as people:
            rows = people.all("SELECT member_id, nonce, box FROM profile LIMIT ?", (PEOPLE_TRIED_MAX,))
    except (StorageError, sqlite.Error):
        return False
    return any(unseal_bytes(nonce, box, key, member) is not None for member, nonce, box in rows)


def drop_what_is_closed(ledger: Database, vault: Database, replica: Path) -> None:
    """Drop profiles and edits that nobody can open any more; without head office's key the till stands alone again.

    Args:
        ledger: Inside a transaction.
        vault: Is only read.
        replica: Head office's state as it was told to the till, where there is one.
    """
    keys: dict[bytes | None, bytes | None] = dict(vault.all("SELECT member_id, key FROM member_key"))
    keys[None] = till_key(vault, TillKey.EDITS)
    profiles = ledger.each("SELECT member_id, member_id, member_id, nonce, box FROM member_profile")
    ledger.many("DELETE FROM member_profile WHERE member_id = ?", _closed(profiles, keys))
    edits = ledger.each("SELECT edit_id, member_id, edit_id, nonce, box FROM edit")
    ledger.many("DELETE FROM edit WHERE edit_id = ?", _closed(edits, keys))
    if not opens_answers(vault, replica):
        forget_head_office(ledger)


def _closed(rows: Iterable[Row], keys: Mapping[bytes | None, bytes | None]) -> list[tuple[bytes]]:
    """The names of boxes that can't be opened; a row is name, whose key, what the box is bound to, nonce and box."""
    closed: list[tuple[bytes]] = []
    for name, member, bound_to, nonce, box in rows:
        key = keys.get(member)
        if key is None or unseal_bytes(nonce, box, key, bound_to) is None:
            closed.append((name,))
    return closed
