"""What has changed since the file of figures was made: whose counts and which days' sums it does not know any more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.encoding import decode
from loyalty.records import CardChange, Reversal

if TYPE_CHECKING:
    from storage.connection import Database
    from storage.figures import State

TAIL_MAX: Final = 20_000
"""How many new records are looked at one by one; of more, the plain sums are the better answer."""

_RECORDS: Final = """SELECT kind, member_id, business_day,
  CASE WHEN kind IN ('reversal', 'card_change') THEN payload END
FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"""
_ORIGINAL: Final = """SELECT booking.member_id, booking.business_day
FROM journal JOIN booking ON booking.seq = journal.seq WHERE record_id = ?"""
_ERASED: Final = "SELECT DISTINCT member_id FROM profile_change JOIN tombstone USING (member_id) WHERE stamp > ?"
_ROOTS: Final = """SELECT DISTINCT merged_into FROM account
WHERE merged_into IS NOT NULL AND member_id IN (SELECT unhex(value) FROM json_each(?))"""


class Tail(NamedTuple):
    """What happened since.

    Attributes:
        members: Accounts about which something may be otherwise.
        days: Business days whose purchases may come to something else.
    """

    members: set[bytes]
    days: set[str]


def tail_since(ledger: Database, state: State) -> Tail | None:
    """Look at the records and erasures since a state; ``None`` when they are too many."""
    rows = ledger.all(_RECORDS, (state.seq, TAIL_MAX + 1))
    if len(rows) > TAIL_MAX:
        return None
    tail = Tail({member for (member,) in ledger.all(_ERASED, (state.stamp,))}, set())
    for kind, member, day, payload in rows:
        if member is not None:
            tail.members.add(member)
        if kind == "sale":
            tail.days.add(day)
        elif payload is not None:
            _look_into(ledger, payload, tail)
    these = json.dumps([member.hex() for member in tail.members])
    tail.members.update(root for (root,) in ledger.all(_ROOTS, (these,)))
    return tail


def _look_into(ledger: Database, payload: bytes, tail: Tail) -> None:
    """A reversal changes the day and the account of what it undoes, a merge two accounts."""
    record = decode(payload)
    if isinstance(record, Reversal):
        for member, day in ledger.all(_ORIGINAL, (record.original_id.bytes,)):
            tail.days.add(day)
            if member is not None:
                tail.members.add(member)
    elif isinstance(record, CardChange) and record.into_member_id is not None:
        tail.members.add(record.into_member_id.bytes)
