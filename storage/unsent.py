"""Which rows head office has not heard of yet, and edits that go: taken, or nobody's any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.connection import Database


def is_unsent(ledger: Database, kind: str, subject: bytes) -> bool:
    """Whether head office has not heard yet of what this till made of a card, cashier or member."""
    return ledger.one("SELECT 1 FROM edit WHERE kind = ? AND subject = ? LIMIT 1", (kind, subject)) is not None


def drop_edits(ledger: Database, stamp: int) -> None:
    """Forget the edits up to a stamp, which head office has taken."""
    ledger.run("DELETE FROM edit WHERE stamp <= ?", (stamp,))


def drop_edits_about(ledger: Database, member: bytes) -> None:
    """Forget what was changed of a member and is on nobody's side yet."""
    ledger.run("DELETE FROM edit WHERE member_id = ?", (member,))


def drop_edits_of(ledger: Database, kind: str, subject: bytes) -> None:
    """Forget what was changed of one card, text or cashier."""
    ledger.run("DELETE FROM edit WHERE kind = ? AND subject = ?", (kind, subject))
