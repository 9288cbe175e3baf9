"""Tills that hand in at the same moment, on PostgreSQL: nobody's record is lost between two transactions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select

from headoffice.intake import registry
from headoffice.intake.accounts import Accounts
from headoffice.store.tables import ACCOUNT, CONFLICT, DAY_TOTAL, ENTRY, RECORD
from loyalty.wire import Verdict
from tests.fakes.headoffice import PretendTill, member, statement
from tests.fakes.races import WAIT_S, Gate, race

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.engine import ExceptionContext

    from headoffice.store.engine import Database

ANNA = member(1)
BEN = member(2)
CLEO = member(3)
DORA = member(4)


@pytest.fixture
def given_up(postgresql_database: Database) -> list[str]:
    """What PostgreSQL gave up because two transactions waited for each other, as it happens."""
    found: list[str] = []

    def listen(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", "") == "40P01":
            found.append(str(context.statement))

    event.listen(postgresql_database.engine, "handle_error", listen)
    return found


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


@pytest.mark.parametrize("enrolling", [False, True], ids=["sales alone", "with enrolments"])
def test_batches_of_many_members_never_wait_crosswise(
    postgresql_database: Database, given_up: list[str], *, enrolling: bool
) -> None:
    """Four tills with the same members in different orders, new ones among them: every point is there at the end."""
    database = postgresql_database
    tills = [PretendTill(database, seed) for seed in range(1, 5)]
    for turn, till in enumerate(tills):
        members = [member(number) for number in range(60)]
        for shift in range(5):
            cut = (turn * 17 + shift * 11) % 60
            till.append(*(till.sale(one) for one in members[cut:] + members[:cut]))
            if enrolling:
                till.append(*map(till.enrolment, members[turn * 5 + shift :: 20]))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_push_in_small_batches, tills))
    assert given_up == []
    with database.snapshot() as connection:
        assert connection.scalar(select(func.sum(ENTRY.c.points))) == 4 * 300 * 10
        assert connection.scalar(select(func.sum(DAY_TOTAL.c.new_members))) == (60 if enrolling else 0)
    assert all(statement(database, member(number)).balance == 200 for number in range(60))


def _push_in_small_batches(till: PretendTill) -> None:
    for first in range(1, len(till.records) + 1, 25):
        till.push(first, min(len(till.records), first + 24))


def test_two_enrolments_of_one_account_make_one_new_member(postgresql_database: Database, gate: Gate) -> None:
    """Two tills give the same person a card at the same moment."""
    database = postgresql_database
    tills = [PretendTill(database, 1), PretendTill(database, 2)]
    for till in tills:
        till.append(till.sale(ANNA), till.enrolment(ANNA))
    race(database, gate, *(till.push for till in tills))
    with database.snapshot() as connection:
        assert connection.scalar(select(func.sum(DAY_TOTAL.c.new_members))) == 1
    assert statement(database, ANNA).balance == 20


def test_entries_stand_in_the_order_in_which_their_account_was_locked(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that merges books in two goes; what others spend in between must not look as if it came later.

    Whoever reads the entries in order must find the same redemption not covered that was listed as a conflict.
    """
    database = postgresql_database
    merging, spending = PretendTill(database, 1), PretendTill(database, 2)
    merging.append(merging.sale(CLEO), merging.merge(ANNA, BEN), merging.sale(DORA, 5_000))
    spending.append(spending.redemption(DORA, 30))
    merge = Accounts.merge

    with ThreadPoolExecutor(1) as pool:

        def stop_between(accounts: Accounts, source: UUID, target: UUID) -> bool:
            gate = Gate(database)
            gate.let_through_behind(pool.submit(spending.push))
            return merge(accounts, source, target)

        monkeypatch.setattr(Accounts, "merge", stop_between)
        merging.push()
    with database.snapshot() as connection:
        points = connection.scalars(select(ENTRY.c.points).where(ENTRY.c.member_id == DORA).order_by(ENTRY.c.position))
        listed = connection.scalars(select(CONFLICT.c.points)).all()
        assert (points.all(), listed) in (([50, -30], []), ([-30, 50], [30]))


@pytest.mark.parametrize("waits", [0, 1], ids=["who merges waits", "both wait"])
def test_a_merge_between_the_rounds_of_one_batch_moves_its_points_once(
    postgresql_database: Database, given_up: list[str], monkeypatch: pytest.MonkeyPatch, waits: int
) -> None:
    """A sale at an alias has locked it and goes for the survivor, which somebody is merging on at this moment.

    When both wait for each other, one is given up and done again. Then everything is at the last survivor.
    """
    database = postgresql_database
    merging, selling = PretendTill(database, 1), PretendTill(database, 2)
    merging.append(merging.sale(ANNA), merging.sale(BEN), merging.merge(ANNA, BEN))
    merging.push()
    merging.append(merging.merge(BEN, CLEO))
    selling.append(selling.sale(ANNA, 4_000, rewards=[selling.reward(60, line=2)]))
    if not waits:
        selling.append(selling.sale(BEN))
    moved_on = Accounts._moved_on
    gate = Gate(database)
    with ThreadPoolExecutor(2) as pool:

        def stop_between(*args: object) -> object:
            gate.hold(None)  # type: ignore[arg-type] # it looks at none
            return moved_on(*args)  # type: ignore[arg-type] # as they came

        monkeypatch.setattr(Accounts, "_moved_on", stop_between)
        sold = pool.submit(selling.push)
        assert gate.reached.wait(WAIT_S)
        merged = pool.submit(merging.push, 5)
        gate.let_through_behind(merged)
        assert sold.result(WAIT_S).verdicts[:2] == (Verdict.BOOKED, Verdict.CONFLICT)
        assert merged.result(WAIT_S).verdicts == (Verdict.BOOKED,)
    assert len(given_up) == waits
    assert statement(database, CLEO).balance == (0 if waits else 10)
    with database.snapshot() as connection:
        assert set(connection.scalars(select(ENTRY.c.member_id))) == {CLEO}
        assert connection.scalars(select(CONFLICT.c.points)).all() == [40]


def test_chains_of_merges_from_several_tills_lose_no_point(postgresql_database: Database) -> None:
    """Four tills sell to eight members, spend, and merge them in different orders; nobody hears of the others."""
    database = postgresql_database
    members = [member(number) for number in range(8)]
    tills = [PretendTill(database, seed) for seed in range(1, 5)]
    for turn, till in enumerate(tills):
        for step in range(6):
            first, second = members[(turn * 3 + step) % 8], members[(turn * 5 + step * 3 + 1) % 8]
            till.append(*(till.sale(one, 1_000) for one in members[step:] + members[:step]))
            till.append(till.redemption(first, 5), *([till.merge(first, second)] if first != second else []))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_push_in_small_batches, tills))
    with database.snapshot() as connection:
        accounts = {row.member_id: row for row in connection.execute(select(ACCOUNT))}
        entries = connection.execute(select(ENTRY.c.member_id, ENTRY.c.original_member_id, ENTRY.c.points)).all()
    assert sum(account.balance for account in accounts.values()) == 4 * 6 * (80 - 5)
    assert all(
        row.member_id == (accounts[row.original_member_id].merged_into or row.original_member_id) for row in entries
    )
    for account in accounts.values():
        assert account.balance == sum(row.points for row in entries if row.member_id == account.member_id)
        assert account.merged_into is None or accounts[account.merged_into].merged_into is None


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
