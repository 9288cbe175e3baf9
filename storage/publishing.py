"""Staged items become rows: many of a kind at once, but never past a removal that came before or after them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from loyalty.feed import (
    CardItem,
    CashierItem,
    ConflictItem,
    Item,
    ProfileItem,
    ProgrammeItem,
    RemovedItem,
    StatementItem,
    TillItem,
    TombstoneItem,
)
from loyalty.searching import indexed
from storage.exchange import Published
from storage.search_rows import put_people
from storage.vault import unseal

if TYPE_CHECKING:
    from datetime import date

    from loyalty.searching import Indexed
    from storage.connection import Database, Row

ROWS_AT_ONCE: Final = 5_000
"""How many items are held in memory before they are written."""

_STATEMENT: Final = """INSERT INTO statement(
  member_id, balance, sales, revenue_cents, enrolled_day, last_sale_day, merged_into, lots, consents, covered_seq,
  as_of_us)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(member_id) DO UPDATE SET
  balance = excluded.balance, sales = excluded.sales, revenue_cents = excluded.revenue_cents,
  enrolled_day = excluded.enrolled_day, last_sale_day = excluded.last_sale_day, merged_into = excluded.merged_into,
  lots = excluded.lots, consents = excluded.consents, covered_seq = excluded.covered_seq,
  as_of_us = excluded.as_of_us"""
_CARD: Final = """INSERT INTO card(number, number_reversed, card_ref, member_id, status) VALUES (?, ?, ?, ?, ?)
ON CONFLICT(number) DO UPDATE SET
  card_ref = excluded.card_ref, member_id = excluded.member_id, status = excluded.status"""
_PROFILE: Final = """INSERT INTO profile(member_id, nonce, box) VALUES (?, ?, ?)
ON CONFLICT(member_id) DO UPDATE SET nonce = excluded.nonce, box = excluded.box"""
_NO_PROFILE: Final = "DELETE FROM profile WHERE member_id = ?"
_NO_CARDS: Final = "DELETE FROM card WHERE member_id = ?"
_FORGET: Final = (_NO_PROFILE, _NO_CARDS)
_PROGRAMME: Final = """INSERT INTO programme(version, document, starts_at_us) VALUES (?, ?, ?)
ON CONFLICT(version) DO UPDATE SET document = excluded.document, starts_at_us = excluded.starts_at_us"""
_CASHIER: Final = """INSERT INTO cashier(cashier_id, name, role, pin_hash, blocked) VALUES (?, ?, ?, ?, ?)
ON CONFLICT(cashier_id) DO UPDATE SET
  name = excluded.name, role = excluded.role, pin_hash = excluded.pin_hash, blocked = excluded.blocked"""
_CONFLICT: Final = """INSERT INTO conflict(conflict_id, kind, member_id, record_id, points, at_us, resolved)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(conflict_id) DO UPDATE SET resolved = excluded.resolved"""
_TILL: Final = """INSERT INTO till(terminal_id, name, store, public_key, last_day) VALUES (?, ?, ?, ?, ?)
ON CONFLICT(terminal_id) DO UPDATE SET
  name = excluded.name, store = excluded.store, public_key = excluded.public_key, last_day = excluded.last_day"""
_TOMBSTONE: Final = """INSERT INTO tombstone(member_id, erased_at_us, erased_day) VALUES (?, ?, ?)
ON CONFLICT DO NOTHING"""
_NOTHING_KNOWN: Final = """UPDATE statement SET
  balance = 0, sales = 0, revenue_cents = 0, enrolled_day = NULL, last_sale_day = NULL, lots = X'5B5D',
  consents = X'5B5D', covered_seq = ?, as_of_us = 0
WHERE member_id = ?"""
"""A member out of scope: points and consents of before count no more, those recorded here from now on do."""

_KIN: Final = """WITH RECURSIVE kin(member_id) AS (
  SELECT ?1 UNION SELECT statement.member_id FROM statement JOIN kin ON statement.merged_into = kin.member_id)
SELECT member_id FROM kin"""

_FIELDS: Final[dict[type[Item], str]] = {
    StatementItem: "statements",
    CardItem: "cards",
    ProfileItem: "profiles",
    ProgrammeItem: "programmes",
    CashierItem: "cashiers",
    ConflictItem: "conflicts",
    RemovedItem: "removed",
    TombstoneItem: "tombstones",
    TillItem: "tills",
}


class Publication:
    """Items on their way into one transaction.

    Attributes:
        covered_seq: The highest journal position that a statement of it includes.
    """

    def __init__(self, database: Database, profile_key: bytes, as_of_us: int) -> None:
        self._database = database
        self._profile_key = profile_key
        self._as_of_us = as_of_us
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)
        self._profiles: dict[bytes, ProfileItem] = {}
        self._held = 0
        self._counts: defaultdict[str, int] = defaultdict(int)
        self.covered_seq = 0

    def add(self, item: Item, covered_seq: int) -> None:
        """Take one item, in the order in which head office sent it."""
        self._counts[_FIELDS[type(item)]] += 1
        self.covered_seq = max(self.covered_seq, covered_seq)
        match item:
            case RemovedItem():
                self.flush()
                forget_person(self._database, item.member_id.bytes)
                self._database.run(_NOTHING_KNOWN, (covered_seq, item.member_id.bytes))
            case TombstoneItem():
                self.flush()
                self._bury(item)
            case ProfileItem():
                self._profiles[item.member_id.bytes] = item
            case _:
                sql, row = _row(item, covered_seq, self._as_of_us)
                self._rows[sql].append(row)
        self._held += 1
        if self._held >= ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        for sql, rows in self._rows.items():
            self._database.many(sql, rows)
        if self._profiles:
            self._put_profiles(list(self._profiles.values()))
        self._rows.clear()
        self._profiles.clear()
        self._held = 0

    def published(self, *, reset: bool) -> Published:
        """How much of what it was."""
        return Published(**self._counts, reset=reset)

    def _put_profiles(self, items: list[ProfileItem]) -> None:
        """Write profiles, and what people are found by."""
        rows = [(item.member_id.bytes, item.nonce, item.box) for item in items]
        self._database.many(_NO_PROFILE, ((member,) for member, _, box in rows if not box))
        self._database.many(_PROFILE, (row for row in rows if row[2]))
        put_people(self._database, ((member, self._indexed(member, nonce, box)) for member, nonce, box in rows))

    def _indexed(self, member: bytes, nonce: bytes, box: bytes) -> Indexed | None:
        profile = unseal(nonce, box, self._profile_key, member) if box else None
        return indexed(profile) if profile else None

    def _bury(self, item: TombstoneItem) -> None:
        self._database.run(_TOMBSTONE, (item.member_id.bytes, item.erased_at_us, item.erased_day.isoformat()))
        for (member,) in self._database.all(_KIN, (item.member_id.bytes,)):
            forget_person(self._database, member)


def forget_person(database: Database, member: bytes) -> None:
    """Delete profile, search keys and cards of an account, inside a transaction."""
    put_people(database, [(member, None)])
    for sql in _FORGET:
        database.run(sql, (member,))


def _row(item: Any, covered_seq: int, as_of_us: int) -> tuple[str, Row]:  # noqa: ANN401 - one of the plain items
    """The statement that writes an item, and its values."""
    match item:
        case StatementItem():
            merged = item.merged_into.bytes if item.merged_into else None
            days = (_iso(item.enrolled_day), _iso(item.last_sale_day))
            lists = (msgspec.json.encode(item.lots), msgspec.json.encode(item.consents))
            numbers = (item.balance, item.sales, item.revenue_cents)
            return _STATEMENT, (item.member_id.bytes, *numbers, *days, merged, *lists, covered_seq, as_of_us)
        case CardItem():
            ids = (item.card_ref.bytes, item.member_id.bytes)
            return _CARD, (item.number, item.number[::-1], *ids, item.status.value)
        case ProgrammeItem():
            return _PROGRAMME, (item.version, item.document, item.starts_at_us)
        case CashierItem():
            return _CASHIER, (
                item.cashier_id.bytes,
                item.name,
                item.role.value,
                item.pin_hash,
                int(item.blocked),
            )
        case TillItem():
            names = (item.name, item.store)
            return _TILL, (item.terminal_id.bytes, *names, item.public_key, _iso(item.last_day))
        case _:
            about = tuple(known.bytes if known else None for known in (item.member_id, item.record_id))
            return _CONFLICT, (
                item.conflict_id.bytes,
                item.kind.value,
                *about,
                item.points,
                item.at_us,
                int(item.resolved),
            )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
