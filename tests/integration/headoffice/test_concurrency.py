"""Tills that hand in at the same moment, on PostgreSQL: nobody's record is lost between two transactions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from headoffice.intake import registry
from headoffice.store.tables import ENTRY, RECORD
from loyalty.wire import Verdict
from tests.fakes.headoffice import PretendTill, member, statement
from tests.fakes.races import Gate, race

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headoffice.store.engine import Database

ANNA = member(1)
BEN = member(2)


@pytest.fixture
def gate(postgresql_database: Database) -> Iterator[Gate]:
    """A gate before the commits of one database, placed by the test."""
    made = Gate(postgresql_database)
    yield made
    made.open.set()


@pytest.mark.parametrize("who", [None, ANNA], ids=["nobody's sale", "a member's sale"])
@pytest.mark.parametrize("reversal_first", [True, False])
def test_a_reversal_and_its_original_find_each_other(
    postgresql_database: Database, gate: Gate, who: object, *, reversal_first: bool
) -> None:
    """Neither transaction sees the other's record; whoever comes second must book the reversal all the same."""
    database = postgresql_database
    selling, refunding = PretendTill(database, 1), PretendTill(database, 2)
    sale = selling.sale(ANNA if who else None, 2_000)
    selling.append(sale)
    refund = refunding.reversal(sale)
    refunding.append(refund)
    pushes = (refunding.push, selling.push) if reversal_first else (selling.push, refunding.push)
    race(database, gate, *pushes)
    with database.snapshot() as connection:
        assert connection.scalar(select(RECORD.c.state).where(RECORD.c.record_id == refund.record_id)) == "booked"
        assert connection.scalar(select(RECORD.c.reversed_cents).where(RECORD.c.record_id == sale.record_id)) == 2_000
        assert connection.scalar(select(func.count()).where(RECORD.c.state == "awaited")) == 0
    assert statement(database, ANNA).balance == 0


@pytest.mark.parametrize("merge_first", [True, False])
def test_a_sale_made_while_its_account_is_merged_goes_to_the_survivor(
    postgresql_database: Database, gate: Gate, *, merge_first: bool
) -> None:
    """After the lock on the account the server looks again whether it was merged."""
    database = postgresql_database
    merging, selling = PretendTill(database, 1), PretendTill(database, 2)
    merging.append(merging.sale(ANNA), merging.sale(BEN))
    merging.push()
    merging.append(merging.merge(ANNA, BEN))
    selling.append(selling.sale(ANNA))
    pushes = [lambda: merging.push(4), selling.push]
    race(database, gate, *(pushes if merge_first else reversed(pushes)))
    assert statement(database, BEN).balance == 30
    with database.snapshot() as connection:
        assert set(connection.scalars(select(ENTRY.c.member_id))) == {BEN}


def test_one_record_from_two_tills_is_booked_once(postgresql_database: Database, gate: Gate) -> None:
    """A copy of a till's unsent records handed in while the till itself is back."""
    database = postgresql_database
    tills = [PretendTill(database, 1), PretendTill(database, 2)]
    sale = tills[0].sale(None, 2_000)
    for till in tills:
        till.append(sale)
    verdicts: list[Verdict] = []
    race(database, gate, *(lambda till=till: verdicts.extend(till.push().verdicts[1:]) for till in tills))
    assert sorted(verdicts) == [Verdict.BOOKED, Verdict.DUPLICATE]


def test_batches_of_many_members_never_wait_crosswise(postgresql_database: Database) -> None:
    """Four tills with the same members in different orders, new ones among them: every point is there at the end."""
    database = postgresql_database
    tills = [PretendTill(database, seed) for seed in range(1, 5)]
    for turn, till in enumerate(tills):
        members = [member(number) for number in range(60)]
        for shift in range(5):
            cut = (turn * 17 + shift * 11) % 60
            till.append(*(till.sale(one) for one in members[cut:] + members[:cut]))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda till: [till.push(first, first + 24) for first in range(1, 302, 25)], tills))
    with database.snapshot() as connection:
        assert connection.scalar(select(func.sum(ENTRY.c.points))) == 4 * 300 * 10
        deadlocks = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert connection.scalar(deadlocks) == 0
    assert all(statement(database, member(number)).balance == 200 for number in range(60))


def test_the_gate_would_show_a_lost_reversal(
    postgresql_database: Database, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the first test: without the claim on the original's entry the reversal waits for ever."""
    database = postgresql_database
    selling, refunding = PretendTill(database, 1), PretendTill(database, 2)
    sale = selling.sale(None, 2_000)
    selling.append(sale)
    refund = refunding.reversal(sale)
    refunding.append(refund)
    monkeypatch.setattr(registry, "_claims", lambda *_: {})
    race(database, gate, selling.push, refunding.push)
    with database.snapshot() as connection:
        assert connection.scalar(select(RECORD.c.state).where(RECORD.c.record_id == refund.record_id)) == "waiting"
