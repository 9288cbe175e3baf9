"""The walk along the chain looks at many rows at a time and says of each what a look at it alone would."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from loyalty.chain import COLUMNS, FIRST_PREV_HASH, chain_hash
from storage import journal
from storage.journal import Chain, Link, link_problem, tip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.ledger import LedgerOfTests

Row = tuple[Any, ...]

SEQ, EPOCH, KIND, PAYLOAD, BODY, PREV, HASH = 0, 1, 3, 10, 11, 12, 13
HIT = 4
"""The damaged row, with two before it in its epoch and two behind it."""


@pytest.fixture
def rows(ledger: LedgerOfTests) -> list[Row]:
    """A chain of two epochs with some sales."""
    ledger.append(ledger.sale(ledger.member()))
    ledger.store.begin_epoch()
    ledger.append(*(ledger.sale(ledger.member()) for _ in range(4)))
    query = f"SELECT {COLUMNS}, hash FROM journal ORDER BY seq"  # noqa: S608 - constant names
    return ledger.store._ledger.all(query)


def changed(row: Row, column: int, value: object, *, hashed: bool) -> Row:
    """A row with another value, and with the hash that belongs to it if somebody took the trouble."""
    row = (*row[:column], value, *row[column + 1 :])
    return (*row[:HASH], chain_hash(row[:HASH])) if hashed else row


def one_by_one(rows: list[Row]) -> list[str]:
    """What is wrong with each row behind the one before it."""
    before: Link | None = None
    found = []
    for row in rows:
        found.append(link_problem(row, before))
        before = Link(row[SEQ], row[EPOCH], row[HASH])
    return [problem for problem in found if problem]


DAMAGES: dict[str, Callable[[Row], Row]] = {
    "another position": lambda row: changed(row, SEQ, row[SEQ] + 1, hashed=True),
    "an earlier position": lambda row: changed(row, SEQ, row[SEQ] - 2, hashed=True),
    "another epoch": lambda row: changed(row, EPOCH, bytes(16), hashed=True),
    "an epoch's start that is a sale": lambda row: changed(row, KIND, "epoch_start", hashed=True),
    "another payload": lambda row: changed(row, PAYLOAD, row[PAYLOAD] + b" ", hashed=True),
    "another body's hash": lambda row: changed(row, BODY, hashlib.sha256(b"").digest(), hashed=True),
    "another row before it": lambda row: changed(row, PREV, bytes(32), hashed=True),
    "another hash": lambda row: changed(row, HASH, bytes(32), hashed=False),
    "another time": lambda row: changed(row, 5, row[5] + 1, hashed=False),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("groups", [(0,), (0, HIT), (0, HIT + 1), (0, 1, 2, 3, 4, 5)], ids=len)
def test_each_damage_alone_is_found(rows: list[Row], damage: str, groups: tuple[int, ...]) -> None:
    """Although everything else about the row holds, and wherever a group of rows begins."""
    rows[HIT] = DAMAGES[damage](rows[HIT])
    chain = Chain()
    ends = (*groups[1:], len(rows))
    found = [problem for start, end in zip(groups, ends, strict=True) for problem in chain.problems(rows[start:end])]
    assert found == one_by_one(rows)
    assert found


def test_the_first_row_of_all_is_held_against_nothing(rows: list[Row]) -> None:
    """A chain that begins with a later row, or with one that names another before it, has lost its beginning."""
    for start in (rows[1:], [changed(rows[0], PREV, bytes([1]) * 32, hashed=True), *rows[1:]]):
        assert Chain().problems(start) == one_by_one(start) != []


def test_rows_that_hold_are_looked_at_once(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first row of an epoch is worth a second look: a million sales would take three times as long."""
    looked_at: list[int] = []

    def noting(row: Row, before: Link | None) -> str | None:
        looked_at.append(row[SEQ])
        return link_problem(row, before)

    monkeypatch.setattr(journal, "link_problem", noting)
    assert Chain().problems(rows) == []
    assert looked_at == [row[SEQ] for row in rows if row[KIND] == "epoch_start"] == [1, 4]


def test_the_tip_says_which_day_was_closed(ledger: LedgerOfTests) -> None:
    """Also behind purchases of an old programme, which keep their own days."""
    ledger.append(ledger.day_close())
    day = tip(ledger.store._ledger).closed_day
    assert day == ledger.clock.today()
    with ledger.store.exclusive() as database:
        last = tip(database)
        assert journal.append_sales(database, [ledger.sale(ledger.member())], last).closed_day == day


def test_an_empty_journal_has_a_tip_to_go_on_from(ledger: LedgerOfTests) -> None:
    """The first record of all has position 1 and nothing before it."""
    database = ledger.store._ledger
    database.run("DROP TRIGGER journal_refuses_delete")
    database.run("DELETE FROM journal")
    assert tip(database) == journal.Tip(b"", 0, FIRST_PREV_HASH, None)
