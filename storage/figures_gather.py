"""Reading the members' sets out of a ledger: all of them for the file of figures, a few for what changed since."""

from __future__ import annotations

import functools
import json
from array import array
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final

from storage.errors import Damaged
from storage.figures_bits import AGAIN, BOOKED, BOUGHT, ENROLLED, ERASED, SPAN_MAX, blocks_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from storage.connection import Database
    from storage.figures_bits import Twice

NO_DAYS: Final = (1, 1)
"""The first and last day of a shop in which nothing is: sets are sought on them, and none found."""

DAYS_REMEMBERED: Final = 4_096
"""How many days' numbers are remembered: eleven years."""

_SOME: Final = "AND member_id IN (SELECT unhex(value) FROM json_each(?1))"
_ACCOUNTS: Final = """SELECT member_id, enrolled_day, erased_day FROM account LEFT JOIN tombstone USING (member_id)
WHERE merged_into IS NULL {some} ORDER BY member_id"""
_BOOKINGS: Final = """SELECT member_id, min(business_day),
  ifnull(group_concat(CASE WHEN kind = 'sale' AND reversed_cents < amount_cents THEN business_day END, ' '), '')
FROM booking INDEXED BY booking_by_member WHERE member_id IS NOT NULL {some} GROUP BY member_id ORDER BY member_id"""

_DIGITS: Final = tuple(bytes(b"01"[value >> place & 1] for value in range(256)) for place in range(8))
"""For each of eight bits, the digit that a byte has there."""


class Gathered:
    """Members with what is known of them, numbered from 0 in the order of their ids.

    Args:
        ledger: Read in one state: inside a transaction, unless nobody writes.
        members: Which; ``None`` for everybody.

    Attributes:
        ids: The members.
        days: The first and the last day on which anything is.

    Raises:
        Damaged: A booking belongs to no account.
    """

    def __init__(self, ledger: Database, members: Collection[bytes] | None = None) -> None:
        self.ids: list[bytes] = []
        self._spans = (bytearray(), bytearray())  # their lower and their upper eight bits
        self._by_kind: dict[str, defaultdict[str, array[int]]] = {
            kind: defaultdict(lambda: array("I")) for kind in (ENROLLED, ERASED, BOOKED, BOUGHT, AGAIN)
        }
        self._take_all(ledger, members)
        known = sorted(day for by_day in self._by_kind.values() for day in by_day)
        self.days = (_number(known[0]), _number(known[-1])) if known else NO_DAYS
        self._blocks: dict[tuple[str, int, int], int] | None = None

    @property
    def everybody(self) -> int:
        """All of them."""
        return (1 << len(self.ids)) - 1

    def blocks(self) -> Iterator[tuple[str, int, int, int]]:
        """Every set that has somebody in it: kind, level, number of the block, members."""
        for kind, again in ((ENROLLED, ""), (ERASED, ""), (BOOKED, ""), (BOUGHT, AGAIN)):
            for level, number, (once, twice) in blocks_of(self._leaves(kind, again)):
                yield kind, level, number, once
                if twice:
                    yield again, level, number, twice

    def block(self, kind: str, level: int, number: int) -> int:
        """One of them; see ``figures_bits.MemberSets``."""
        if self._blocks is None:
            self._blocks = {(each, of_level, at): members for each, of_level, at, members in self.blocks()}
        return self._blocks.get((kind, level, number), 0)

    def spans(self, bit: int) -> int:
        """Whose days as a member, as a binary number, have this bit."""
        part, place = divmod(bit, 8)
        digits = self._spans[part].translate(_DIGITS[place])
        return int(digits[::-1] or b"0", 2)

    def members(self, numbered: int) -> list[bytes]:
        """The members of a set."""
        return [member for number, member in enumerate(self.ids) if numbered >> number & 1]

    def _take_all(self, ledger: Database, members: Collection[bytes] | None) -> None:
        some = "" if members is None else _SOME
        these = () if members is None else (json.dumps([member.hex() for member in members]),)
        with closing(row for row in ledger.each(_BOOKINGS.format(some=some), these)) as bookings:
            booked = next(bookings, None)
            for member, enrolled, erased in ledger.each(_ACCOUNTS.format(some=some), these):
                if booked is not None and booked[0] == member:
                    self._take(member, enrolled, erased, *booked[1:])
                    booked = next(bookings, None)
                else:
                    self._take(member, enrolled, erased, None, "")
        if booked is not None:
            raise Damaged("booking: one belongs to no account")

    def _take(self, member: bytes, enrolled: str | None, erased: str | None, first: str | None, sales: str) -> None:
        """Take a member along: the day of the first booking, and those of all purchases that count."""
        number = len(self.ids)
        self.ids.append(member)
        for kind, day in ((ENROLLED, enrolled), (ERASED, erased), (BOOKED, first)):
            if day:
                self._by_kind[kind][day].append(number)
        days = sales.split()
        distinct = set(days)
        bought = self._by_kind[BOUGHT]
        for day in distinct:
            bought[day].append(number)
        if len(distinct) < len(days):
            for day, count in Counter(days).items():
                if count > 1:
                    self._by_kind[AGAIN][day].append(number)
        span = _number(max(days)) - _number(enrolled) if days and enrolled else 0
        for part, value in zip(self._spans, divmod(min(max(span, 0), SPAN_MAX), 256)[::-1], strict=True):
            part.append(value)

    def _leaves(self, kind: str, again: str) -> Iterator[tuple[int, Twice]]:
        twice = self._by_kind[again] if again else {}
        for day, members in sorted(self._by_kind[kind].items()):
            yield _number(day), (_set_of(members), _set_of(twice[day]) if day in twice else 0)


@functools.lru_cache(maxsize=DAYS_REMEMBERED)
def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _set_of(members: array[int]) -> int:
    """Ascending numbers as a set."""
    bits = bytearray((members[-1] >> 3) + 1)
    for number in members:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")
