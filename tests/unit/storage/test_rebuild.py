"""Projections made anew are those that the till wrote, and nothing is made of a record that was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyalty.encoding import encode
from storage.errors import Damaged
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


def test_projections_made_anew_are_those_that_were_written(ledger: LedgerOfTests) -> None:
    """Row by row, although a till writes them record by record; and somebody was told how far it was."""
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


@pytest.mark.parametrize(
    ("old", "new"), [(b'"amount_cents":1000', b'"amount_cents":9000'), (b'"kind":"sale"', b'"kind":"hold"')]
)
def test_nothing_is_booked_from_a_record_that_was_changed(ledger: LedgerOfTests, old: bytes, new: bytes) -> None:
    """It can be read, as a purchase or as something newer, but it is not what was written: everything stays."""
    sale = ledger.sale(ledger.member(), 1_000)
    ledger.append(sale)
    written = projections(ledger)
    changed = encode(sale).replace(old, new)
    ledger.store._ledger.run("DROP TRIGGER journal_refuses_update")
    ledger.store._ledger.run("UPDATE journal SET payload = ? WHERE seq = 3", (changed,))
    with pytest.raises(Damaged, match="seq 3: body_hash"):
        rebuild(ledger.store)
    assert projections(ledger) == written
