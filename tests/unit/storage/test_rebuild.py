"""Projections made anew are those that the till wrote, however many purchases are added up at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import rebuild as rebuilding
from storage.rebuild import rebuild
from storage.schema import PROJECTIONS
from storage.verify import verify

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests


def projections(ledger: LedgerOfTests) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every projection."""
    database = ledger.store._ledger
    return {
        table: database.all(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - names of our own
        for table in PROJECTIONS
    }


@pytest.mark.parametrize("at_once", [1, 2, 3, 1_000])
def test_purchases_are_added_up_together(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """In groups that end anywhere: at a reward, a merge, a reversal, at the end."""
    monkeypatch.setattr(rebuilding, "SALES_AT_ONCE", at_once)
    first, second = ledger.member(1), ledger.member(2)
    sale = ledger.sale(first)
    ledger.append(ledger.enrolment(first), sale, ledger.sale(second), ledger.sale(first), ledger.sale(second))
    ledger.append(ledger.merge(second, first), ledger.sale(second), ledger.sale(first))
    written = projections(ledger)
    told: list[tuple[int, int]] = []
    records = rebuild(ledger.store, lambda *done: told.append(done))
    assert projections(ledger) == written
    assert told == [(records, records)]
    assert verify(ledger.directory).ok
