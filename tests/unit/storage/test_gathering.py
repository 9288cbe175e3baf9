"""Many records folded at once are the rows that a till writes one by one, wherever the groups end."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.encoding import encode
from loyalty.outcomes import Refused
from loyalty.records import (
    CardAction,
    CardChange,
    CashierSession,
    Consent,
    Expiry,
    Purpose,
    Redemption,
    Sale,
    SessionAction,
    UnknownRecord,
)
from loyalty.reversal import ReversalRequest, plan_reversal
from storage.gathering import Gathering, Purchase, apply_sales
from storage.schema import PROJECTIONS
from storage.verify import verify
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from loyalty.records import AnyRecord
    from storage.connection import Row

MEMBERS = 5
AT_ONCE = (1, 2, 7, 1_000)


def projections(ledger: LedgerOfTests) -> dict[str, list[Row]]:
    """Every row of every projection."""
    database = ledger.store._ledger
    return {table: database.all(f"SELECT * FROM {table} ORDER BY 1, 2") for table in PROJECTIONS}  # noqa: S608 - names of our own


class Chance:
    """A till on which anything may happen."""

    def __init__(self, ledger: LedgerOfTests, seed: int) -> None:
        self._ledger = ledger
        self._random = random.Random(seed)
        self._undoable: list[Sale | Redemption] = []
        self.written: list[AnyRecord] = []
        self._closes = 0

    def step(self) -> None:
        """Append a record of some kind."""
        ledger, chance = self._ledger, self._random
        ledger.clock.advance(hours=chance.random() * 3)
        member = ledger.member(chance.randrange(MEMBERS))
        kinds: tuple[Callable[[], AnyRecord | None], ...] = (
            lambda: ledger.sale(None, chance.randrange(5_000)),
            lambda: ledger.redemption(member),
            lambda: ledger.adjustment(member, chance.randrange(-60, 60)),
            lambda: Expiry(**ledger.header(member), lot_id=ledger.ids.random_id(), points=3, last_day=self._today()),
            lambda: ledger.enrolment(member),
            lambda: ledger.merge(member, ledger.member(chance.randrange(MEMBERS))),
            lambda: Consent(**ledger.header(member), purpose=Purpose.EMAIL, text_version="1", granted=True),
            lambda: CardChange(**ledger.header(member), action=CardAction.BLOCK, card_ref=ledger.ids.random_id()),
            lambda: CashierSession(**ledger.header(None), action=SessionAction.SIGN_IN),
            self._close,
            self._undo,
            self._undo,
        )
        record = chance.choice(kinds)() if chance.random() < 0.6 else self._sell(member)
        if record is not None:
            ledger.append(record)
            self.written.append(record)
            if isinstance(record, Sale | Redemption):
                self._undoable.append(record)

    def _today(self) -> date:
        return self._ledger.clock.today()

    def _sell(self, member: UUID) -> Sale:
        chance = self._random
        cents = chance.randrange(5_000)
        rewards = [self._ledger.reward(), self._ledger.reward("tea", 20, 100)][: max(0, chance.randrange(-3, 3))]
        receipt = chance.choice(["", f"R-{cents}"])
        return self._ledger.sale(member, cents, cents // 100, *rewards, receipt=receipt)

    def _close(self) -> AnyRecord:
        self._closes += 1
        close = self._ledger.day_close(self._closes)
        self._ledger.clock.advance(hours=24)
        return close

    def _undo(self) -> AnyRecord | None:
        if not self._undoable:
            return None
        original = self._random.choice(self._undoable)
        part = self._random.choice([None, self._random.randrange(1, 2_000)])
        with self._ledger.store.reader() as reader:
            so_far = reader.reversed_so_far(original.record_id)
        plan = plan_reversal(original, ReversalRequest(original.record_id, amount_cents=part), so_far)
        if isinstance(plan, Refused):
            return None
        done = self._ledger.reversal(original)
        return msgspec.structs.replace(done, lines=plan.lines, redemptions=plan.redemptions)


def fold_again(ledger: LedgerOfTests, at_once: int) -> None:
    """Make the projections anew, in groups of so many."""
    with ledger.store.exclusive() as database:
        for table in PROJECTIONS:
            database.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        gathering = Gathering(database, at_once)
        with ledger.store.reader() as reader:
            for seq in range(1, reader.count() + 1):
                found = reader.stored(seq)
                assert found is not None
                gathering.add(seq, found.record)
        gathering.flush()


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_groups_fold_to_what_single_records_do(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Whatever happens at a till, the rows are those it wrote one by one, and the proof of them holds."""
    ledger = LedgerOfTests(tmp_path_factory.mktemp("ledger") / "data", seed)
    chance = Chance(ledger, seed)
    for _ in range(60):
        chance.step()
    written = projections(ledger)
    for at_once in AT_ONCE:
        fold_again(ledger, at_once)
        assert projections(ledger) == written, f"{at_once} at once"
    assert verify(ledger.directory).problems == ()
    ledger.close()


def test_a_part_of_a_purchase_is_booked_as_the_whole(ledger: LedgerOfTests) -> None:
    """What is read of it is all that is booked: with rewards, without a member, with a receipt."""
    member = ledger.member()
    sales = [
        ledger.sale(member, 1_000, 10, ledger.reward(), ledger.reward("tea", 20, 100), receipt="R-1"),
        ledger.sale(None, 500),
        ledger.sale(member, 99, 0),
    ]
    ledger.append(*sales)
    written = projections(ledger)
    decoder = msgspec.json.Decoder(Purchase)
    with ledger.store.exclusive() as database:
        for table in PROJECTIONS:
            database.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        gathering = Gathering(database)
        for seq, sale in enumerate(sales, 3):
            gathering.sell(seq, decoder.decode(encode(sale)))
        gathering.flush()
    assert projections(ledger) == written


def test_purchases_are_added_to_what_is_there(ledger: LedgerOfTests) -> None:
    """An import's purchases come behind others, also for accounts that were merged."""
    first, second = ledger.member(1), ledger.member(2)
    ledger.append(ledger.sale(first), ledger.sale(second), ledger.merge(first, second))
    sales = [ledger.sale(first, 300), ledger.sale(second, 200), ledger.sale(ledger.member(3), 100)]
    ledger.append(*sales)
    written = projections(ledger)
    fold_again(ledger, 1)
    with ledger.store.exclusive() as database:
        for table in PROJECTIONS:
            database.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        gathering = Gathering(database)
        with ledger.store.reader() as reader:
            for seq in range(1, 6):
                found = reader.stored(seq)
                assert found is not None
                gathering.add(seq, found.record)
        gathering.flush()
        apply_sales(database, 6, sales)
    assert projections(ledger) == written


def test_an_unknown_kind_moves_nothing(ledger: LedgerOfTests) -> None:
    """A newer version's record is carried past, and nothing gathered is nothing written."""
    ledger.append(ledger.sale(ledger.member()))
    written = projections(ledger)
    with ledger.store.exclusive() as database:
        gathering = Gathering(database)
        gathering.add(9, UnknownRecord("hold", b"{}"))
        gathering.flush()
    assert projections(ledger) == written
