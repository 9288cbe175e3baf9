"""Which rows head office has not heard of yet, and edits that go: taken, out of date, or nobody's any more.

An edit that head office has taken is kept for a time, still sealed: a head office that is put back to an older state
has lost it, and takes it once more under the same id, while it knows those it still has by theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.feed import EDITS_KEPT_US

if TYPE_CHECKING:
    from storage.connection import Database

EDITS_KEPT_MAX: Final = 200_000
"""How many edits are kept at most besides those that wait: a few hundred bytes each."""

FORGOTTEN_AT_ONCE: Final = 500
"""How many kept edits go in one transaction, so that a sale can wait for it."""

_UNSENT: Final = "SELECT 1 FROM edit WHERE kind = ? AND subject = ? AND taken_at_us IS NULL LIMIT 1"
_TAKEN: Final = "UPDATE edit SET taken_at_us = ? WHERE stamp <= ? AND taken_at_us IS NULL"
_TOO_OLD: Final = "SELECT stamp FROM edit WHERE taken_at_us < ? LIMIT ?"
_TOO_MANY: Final = """SELECT stamp FROM edit WHERE taken_at_us IS NOT NULL
  AND stamp <= (SELECT ifnull(max(stamp), 0) FROM edit) - ? LIMIT ?"""


def is_unsent(ledger: Database, kind: str, subject: bytes) -> bool:
    """Whether head office has not heard yet of what this till made of a card, cashier or member."""
    return ledger.one(_UNSENT, (kind, subject)) is not None


def drop_edits(ledger: Database, stamp: int, now_us: int) -> None:
    """Take the edits up to a stamp, which head office has taken, from what waits."""
    ledger.run(_TAKEN, (now_us, stamp))


def outdated_edits(ledger: Database, now_us: int) -> list[int]:
    """Stamps of kept edits that are too old or too many, so few that they can go in one transaction."""
    old = ledger.all(_TOO_OLD, (now_us - EDITS_KEPT_US, FORGOTTEN_AT_ONCE))
    return [stamp for (stamp,) in old or ledger.all(_TOO_MANY, (EDITS_KEPT_MAX, FORGOTTEN_AT_ONCE))]


def forget_edits(ledger: Database, now_us: int) -> None:
    """Delete those that ``outdated_edits`` finds."""
    for stamp in outdated_edits(ledger, now_us):
        ledger.run("DELETE FROM edit WHERE stamp = ?", (stamp,))


def drop_edits_about(ledger: Database, member: bytes) -> None:
    """Forget what was changed of a member, told or not."""
    ledger.run("DELETE FROM edit WHERE member_id = ?", (member,))


def drop_edits_of(ledger: Database, kind: str, subject: bytes) -> None:
    """Forget what was changed of one card, text or cashier."""
    ledger.run("DELETE FROM edit WHERE kind = ? AND subject = ?", (kind, subject))
