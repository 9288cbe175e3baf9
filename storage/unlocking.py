"""What a ledger and a vault that came together can still open of each other, and what goes because nobody can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import checksums
from storage.joining import forget_head_office
from storage.vault import TillKey, till_key, unseal_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.connection import Database, Row


def accept_keys(vault: Database) -> None:
    """Go on with the keys of a vault that are not what was written.

    A member's key proves itself by the profile that it opens. The till's own can't: were they taken for what they are
    not, nobody that head office tells of would have a name. So they go, and the till joins again.
    """
    found = checksums.problems(vault)
    if not found:
        return
    with vault.transaction():
        if "till_key" in found:
            vault.run("DELETE FROM till_key")
        checksums.begin(vault)


def drop_what_is_closed(ledger: Database, vault: Database) -> None:
    """Drop profiles and edits that nobody can open any more; without head office's key the till stands alone again.

    To be called inside a transaction of the ledger.
    """
    keys: dict[bytes | None, bytes | None] = dict(vault.all("SELECT member_id, key FROM member_key"))
    keys[None] = till_key(vault, TillKey.EDITS)
    profiles = ledger.each("SELECT member_id, member_id, member_id, nonce, box FROM member_profile")
    ledger.many("DELETE FROM member_profile WHERE member_id = ?", _closed(profiles, keys))
    edits = ledger.each("SELECT edit_id, member_id, edit_id, nonce, box FROM edit")
    ledger.many("DELETE FROM edit WHERE edit_id = ?", _closed(edits, keys))
    if till_key(vault, TillKey.PROFILES) is None:
        forget_head_office(ledger)


def _closed(rows: Iterable[Row], keys: Mapping[bytes | None, bytes | None]) -> list[tuple[bytes]]:
    """The names of boxes that can't be opened; a row is name, whose key, what the box is bound to, nonce and box."""
    closed: list[tuple[bytes]] = []
    for name, member, bound_to, nonce, box in rows:
        key = keys.get(member)
        if key is None or unseal_bytes(nonce, box, key, bound_to) is None:
            closed.append((name,))
    return closed
