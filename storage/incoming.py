"""What other tills and head office did, taken over into the ledger's own side tables.

The replica says all of it already; the own tables follow so that an erasure is one everywhere, and so that a till that
leaves head office, or has to fill its replica anew, works on with what it had learned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from storage.edits import Outbox
from storage.joining import is_telling
from storage.tombstones import Tombstone, erase, missing_from, read_tombstones, unwritten, write_tombstones
from storage.unsent import is_unsent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loyalty.feed import CardItem, CashierItem, TombstoneItem
    from loyalty.ports import Ids
    from storage.connection import Database
    from storage.types import CashierRow

T = TypeVar("T")

ROWS_MAX: Final = 100
"""The most rows taken over in one transaction, so that no sale waits for it."""

_TAKE_CARD: Final = "UPDATE card SET member_id = ?, status = ? WHERE card_ref = ?"
_TAKE_CASHIER: Final = """INSERT INTO cashier(
  cashier_id, name, role, pin_hash, blocked, failures, locked_until_us) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0)
ON CONFLICT(cashier_id) DO UPDATE SET name = ?2, role = ?3, pin_hash = ?4, blocked = ?5"""


def new_tombstones(ledger: Database, items: Sequence[TombstoneItem]) -> list[Tombstone]:
    """Erasures that this till does not know yet."""
    return [
        Tombstone(item.member_id, item.erased_at_us, item.erased_day.isoformat())
        for item in _bounded(items)
        if not is_buried(ledger, item.member_id.bytes)
    ]


def is_buried(ledger: Database, member: bytes) -> bool:
    """Whether this till knows that an account's person was erased."""
    return ledger.one("SELECT 1 FROM tombstone WHERE member_id = ?", (member,)) is not None


def take_cards(ledger: Database, items: Sequence[CardItem]) -> None:
    """Change own rows of cards; a card without one is known from the replica alone."""
    for item in _bounded(items):
        card_ref = ledger.value("SELECT card_ref FROM card WHERE number = ?", (item.number,))
        if card_ref and not is_unsent(ledger, "card", card_ref):
            ledger.run(_TAKE_CARD, (item.member_id.bytes, item.status.value, card_ref))


def take_cashiers(ledger: Database, items: Sequence[CashierItem]) -> None:
    """Write people who work at the tills; wrong PINs stay counted."""
    for item in _bounded(items):
        if not is_unsent(ledger, "cashier", item.cashier_id.bytes):
            row = (item.cashier_id.bytes, item.name, item.role.value, item.pin_hash, int(item.blocked))
            ledger.run(_TAKE_CASHIER, row)


def repeat_tombstones(ledger: Database, outbox: Outbox) -> int:
    """Write an edit for every erasure; gives their number."""
    rows = ledger.all("SELECT member_id, erased_at_us, erased_day FROM tombstone ORDER BY member_id")
    for member, at_us, day in rows:
        outbox.tombstone(Tombstone(UUID(bytes=member), at_us, day))
    return len(rows)


def agree_on_erasures(directory: Path, ledger: Database, vault: Database, ids: Ids) -> bool:
    """Let the ledger and the file outside it name the same erased members, whichever was put back or lost some.

    Returns:
        Whether somebody was erased.
    """
    written = read_tombstones(directory)
    missing = missing_from(ledger, written)
    if missing:
        with ledger.transaction():
            replay_erasures(ledger, vault, ids, missing)
    lost = unwritten(ledger, [*written, *missing])
    if lost:
        write_tombstones(directory, lost)
    return bool(missing)


def replay_erasures(ledger: Database, vault: Database, ids: Ids, tombstones: Sequence[Tombstone]) -> None:
    """Erase once more whom the file outside the ledger names and the ledger does not know, inside a transaction.

    Head office is told, too: the power went, or a copy was put back, before the ledger could keep that it must be.
    """
    outbox = Outbox(ledger, vault, ids) if is_telling(ledger) else None
    for tombstone in tombstones:
        if outbox:
            outbox.tombstone(tombstone)
        erase(ledger, tombstone)


def cashier_differs(before: CashierRow | None, after: CashierRow) -> bool:
    """Whether more than the count of wrong PINs is another."""
    return before is None or _told(before) != _told(after)


def _told(cashier: CashierRow) -> tuple[object, ...]:
    return cashier.name, cashier.role, cashier.pin_hash, cashier.blocked


def _bounded(items: Sequence[T]) -> Sequence[T]:
    if len(items) > ROWS_MAX:
        raise ValueError(f"At most {ROWS_MAX} rows are taken over at once, not {len(items)}")
    return items
