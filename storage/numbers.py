"""Fresh card numbers: the blocks this till may count in, and which numbers it has taken out of them.

A number is taken by moving its block's mark in the transaction that also says what it was taken for. So a crash at any
moment has either taken nothing, or a repeat under the same id gets the same numbers.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.cards import Check
from loyalty.masking import Masked
from loyalty.numbering import HELD_MAX, NUMBERS_MAX, Block, Held, Series, request_id
from storage.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.connection import Database, Row
    from storage.unit import Reader

_SERIES: Final = "prefix = ? AND length = ? AND check_digit = ?"
_EPOCH: Final = "epoch = (SELECT epoch FROM journal ORDER BY seq DESC LIMIT 1)"
_BLOCKS: Final = f"""SELECT first, last, next, server_id FROM number_block WHERE {_SERIES} AND {_EPOCH}
ORDER BY server_id = x'', next = first, iif(server_id = x'', -first, first)"""  # noqa: S608 - names of our own
_HELD: Final = f"""SELECT first, iif(server_id = x'', next - 1, last) AS held_to FROM number_block
WHERE {_SERIES} AND held_to >= first ORDER BY first"""  # noqa: S608 - names of our own

_UNTOLD: Final = f"""SELECT prefix, length, check_digit, first,
  iif(server_id = ?1 AND {_EPOCH}, last, next - 1) AS held_to, epoch, server_id
FROM number_block WHERE told_epoch IS NOT ?2 AND held_to >= first
ORDER BY epoch, prefix, length, check_digit, server_id, first LIMIT ?3"""  # noqa: S608 - names of our own
_TELL: Final = f"UPDATE number_block SET told_epoch = ? WHERE epoch = ? AND {_SERIES} AND server_id = ? AND first = ?"  # noqa: S608 - as above
_TAKE: Final = f"UPDATE number_block SET next = ? WHERE {_SERIES} AND server_id = ? AND first = ? AND {_EPOCH}"  # noqa: S608 - as above
_KEEP: Final = """INSERT INTO number_block(
  epoch, prefix, length, check_digit, first, last, next, server_id, told_epoch)
SELECT epoch, ?1, ?2, ?3, ?4, ?5, ?4, ?6, ?7 FROM journal WHERE seq = (SELECT max(seq) FROM journal)"""
_RUNS: Final = """SELECT digest, prefix, length, check_digit, first, last FROM number_run
WHERE issue_id = ? ORDER BY part"""
_PUT_RUN: Final = """INSERT INTO number_run(issue_id, part, digest, prefix, length, check_digit, first, last)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_DEMAND: Final = f"SELECT count FROM number_demand WHERE {_SERIES}"  # noqa: S608 - names of our own
_PUT_DEMAND: Final = """INSERT INTO number_demand(prefix, length, check_digit, count) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT(prefix, length, check_digit) DO UPDATE SET count = max(count, ?4)"""


_OWN_WORD: Final = b""


class Issue(Masked, frozen=True):
    """Numbers that were taken under one id.

    Attributes:
        digest: Of the command they were taken for.
        numbers: In the order in which they were taken.
    """

    digest: str
    numbers: tuple[str, ...]


class NumbersWanted(msgspec.Struct, frozen=True):
    """A block to ask head office for."""

    request_id: UUID
    count: int


class UntoldBlock(msgspec.Struct, frozen=True):
    """A block that head office does not know this till has."""

    epoch: UUID
    server_id: bytes
    held: Held


class NumberBlock(msgspec.Struct, frozen=True):
    """Serials this till may count in.

    Attributes:
        first: The first of them.
        last: The last.
        next: The first that was not taken yet, ``last + 1`` when all were.
        server_id: The head office that gave them, empty for the till's own word.
    """

    first: int
    last: int
    next: int
    server_id: bytes


class NumberReads(Reads):
    """Reads of this till's blocks."""

    __slots__ = ()

    def spare_numbers(self, series: Series) -> int:
        """How many numbers are left in the blocks this till may count in now."""
        return sum(block.last + 1 - block.next for block in self.number_blocks(series))

    def numbers_wanted(self, series: Series) -> NumbersWanted | None:
        """What to ask head office for, so that there are always some to spare; only for a joined till.

        Half a block is kept to spare: with one block in hand and another asked for, the line may be away for as long as
        the shop needs for half a block.
        """
        server_id = self._head_office_id()
        assert server_id is not None, "only a joined till asks"
        spare = self.spare_numbers(series)
        demand = int(self._ledger.value(_DEMAND, _key(series)) or 0)
        count = max(0 if 2 * spare > series.block_numbers else series.block_numbers, demand - spare)
        if not count:
            return None
        epoch = UUID(bytes=self._ledger.value("SELECT epoch FROM journal ORDER BY seq DESC LIMIT 1"))
        given = len(self.number_blocks(series))
        return NumbersWanted(request_id(epoch, series, given), min(count, NUMBERS_MAX))

    def untold_numbers(self, server_epoch: UUID) -> list[UntoldBlock]:
        """Blocks that the head office this till has joined must keep from others and does not know of.

        Of a block it gave itself all is held, of every other one what was handed out.
        """
        rows = self._ledger.all(_UNTOLD, (self._head_office_id(), server_epoch.bytes, HELD_MAX))
        return [
            UntoldBlock(UUID(bytes=epoch), server_id, Held(Series(prefix, length, Check(check)), Block(first, held_to)))
            for prefix, length, check, first, held_to, epoch, server_id in rows
        ]

    def issue(self, issue_id: UUID) -> Issue | None:
        """What was taken under an id, ``None`` when nothing was."""
        rows = self._ledger.all(_RUNS, (issue_id.bytes,))
        if not rows:
            return None
        numbers = (
            Series(prefix, length, Check(check)).number(serial)
            for _, prefix, length, check, first, last in rows
            for serial in range(first, last + 1)
        )
        return Issue(rows[0][0], tuple(numbers))

    def number_blocks(self, series: Series) -> list[NumberBlock]:
        """The blocks of this epoch to count in, in that order: for a joined till what its head office gave.

        A till that stands alone counts in whatever it has: first in what is left of a head office it has left, for
        nobody else was given that, then in its own word, from its beginning on and around.
        """
        server_id = self._head_office_id()
        blocks = [NumberBlock(*row) for row in self._ledger.all(_BLOCKS, _key(series))]
        return [block for block in blocks if server_id in (None, block.server_id)]

    def _head_office_id(self) -> bytes | None:
        assert self._replica is not None, "a store gives one to every reader"
        joined = self._replica.belonging.joined
        return joined.head_office.server_id.bytes if joined else None


class Numbers:
    """Writes of this till's blocks, inside one unit of work.

    Args:
        ledger: The writing connection.
        reads: The unit's reads.
    """

    __slots__ = ("_ledger", "_reads")

    def __init__(self, ledger: Database, reads: Reader) -> None:
        self._ledger = ledger
        self._reads = reads

    def keep(self, series: Series, block: Block, server_epoch: UUID) -> None:
        """Keep a block that the head office this till has joined gave to it; a demand for numbers is settled by it."""
        head_office = self._reads.head_office()
        assert head_office is not None, "only a joined till is given blocks"
        given_by = (head_office.server_id.bytes, server_epoch.bytes)
        self._ledger.run(_KEEP, (*_key(series), block.first, block.last, *given_by))
        self._ledger.run(f"DELETE FROM number_demand WHERE {_SERIES}", _key(series))  # noqa: S608 - names of our own

    def told(self, blocks: Iterable[UntoldBlock], server_epoch: UUID) -> None:
        """Remember that head office knows of blocks."""
        self._ledger.many(
            _TELL,
            [
                (server_epoch.bytes, each.epoch.bytes, *_key(each.held.series), each.server_id, each.held.block.first)
                for each in blocks
            ],
        )

    def tell_again(self) -> None:
        """Head office was put back: it may know of no block any more."""
        self._ledger.run("UPDATE number_block SET told_epoch = NULL")

    def demand(self, series: Series, count: int) -> None:
        """Remember that a person wants so many numbers, for the next question to head office."""
        self._ledger.run(_PUT_DEMAND, (*_key(series), min(count, NUMBERS_MAX)))

    def take(self, series: Series, count: int) -> list[str] | int:
        """Take fresh numbers; those that stand for a card already are passed over for good.

        A till that stands alone has the whole range, from a place of its own on and around.

        Args:
            series: Of which.
            count: How many, at most ``NUMBERS_MAX``.

        Returns:
            The numbers, or how many there are when they are too few; then none is taken.
        """
        return self._numbers_of(series, self._take(series, count))

    def take_for(self, issue_id: UUID, digest: str, series: Series, count: int) -> list[str] | int:
        """Take fresh numbers and keep for what, so that the same id gets the same numbers again; see ``take``."""
        serials = self._take(series, count)
        if not isinstance(serials, int):
            runs = _runs(serials)
            rows = [
                (issue_id.bytes, part, digest, *_key(series), first, last) for part, (first, last) in enumerate(runs, 1)
            ]
            self._ledger.many(_PUT_RUN, rows)
        return self._numbers_of(series, serials)

    @staticmethod
    def _numbers_of(series: Series, serials: list[int] | int) -> list[str] | int:
        return serials if isinstance(serials, int) else [series.number(serial) for serial in serials]

    def _take(self, series: Series, count: int) -> list[int] | int:
        if not 1 <= count <= NUMBERS_MAX:
            raise ValueError(f"1 to {NUMBERS_MAX} numbers are taken at once, not {count}")
        serials: list[int] = []
        marks: list[Row] = []
        for block in self._blocks(series):
            others = [] if block.server_id else self._held(series)
            at = block.next
            while at <= block.last and len(serials) < count:
                held_to = next((last for first, last in others if first <= at <= last), None)
                if held_to is None and self._reads.card(series.number(at)) is None:
                    serials.append(at)
                at = min(at if held_to is None else held_to, block.last) + 1
            marks.append((at, *_key(series), block.server_id, block.first))
        if len(serials) < count:
            return len(serials)
        self._ledger.many(_TAKE, marks)
        return serials

    def _held(self, series: Series) -> list[tuple[int, int]]:
        """What this till was given, or took, in other blocks at any time: its own word must not give that again."""
        return [(first, last) for first, last in self._ledger.all(_HELD, _key(series))]

    def _blocks(self, series: Series) -> Sequence[NumberBlock]:
        """The blocks to count in; a till that stands alone and has none of its own gives itself the whole range."""
        blocks = self._reads.number_blocks(series)
        if self._reads.head_office() is not None or any(not block.server_id for block in blocks):
            return blocks
        start = series.start(self._reads.head().epoch)
        for first, last in ((start, series.capacity - 1), (0, start - 1)):
            if first <= last:
                self._ledger.run(_KEEP, (*_key(series), first, last, _OWN_WORD, None))
        return self._reads.number_blocks(series)


def _key(series: Series) -> tuple[str, int, str]:
    return series.prefix, series.length, series.check.value


def _runs(serials: Sequence[int]) -> list[tuple[int, int]]:
    """Rising serials as first and last of each run without a gap; where a block ends and a lower one begins, too."""
    groups = groupby(enumerate(serials), key=lambda each: each[1] - each[0])
    runs = [[serial for _, serial in group] for _, group in groups]
    return [(run[0], run[-1]) for run in runs]
