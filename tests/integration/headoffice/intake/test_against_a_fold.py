"""Booking against a slow fold: whatever tills do and hand in, in whatever parts, both come to the same."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from headoffice.intake.accounts import Change
from headoffice.intake.waiting import Original
from headoffice.store.tables import ACCOUNT, CONFLICT, DAY_TOTAL, ENTRY, RECORD, REWARD_TOTAL
from loyalty.encoding import decode
from loyalty.records import AnyRecord, DayTotals, Redemption, Sale, UnknownRecord
from tests.fakes.clock import START
from tests.fakes.fold import Facts, Fold
from tests.fakes.headoffice import PretendTill, member

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import RowMapping

    from headoffice.store.engine import Database
    from loyalty.lines import ReversedLine
    from tests.fakes.fold import Sums

TILLS: Final = 3
MEMBERS: Final = 4
NOBODY: Final = MEMBERS
_NUMBERS = count(1)
"""Each try has tills and members of its own, so that all of them can share a database."""

Step = tuple[Any, ...]
_TILL = st.integers(0, TILLS - 1)
_MEMBER = st.integers(0, MEMBERS - 1)
_ANY = st.integers(0, 30)
_DAY = st.integers(0, 2)
STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("sale"), _TILL, st.integers(0, NOBODY), st.integers(1, 9), _DAY),
        st.tuples(st.just("spending sale"), _TILL, _MEMBER, st.integers(1, 9), st.integers(1, 9)),
        st.tuples(st.just("redemption"), _TILL, _MEMBER, st.integers(1, 12)),
        st.tuples(st.just("reversal"), _TILL, _ANY, st.one_of(st.none(), st.integers(1, 6))),
        st.tuples(st.just("merge"), _TILL, _MEMBER, _MEMBER),
        st.tuples(st.just("enrolment"), _TILL, _MEMBER, _DAY),
        st.tuples(st.just("adjustment"), _TILL, _MEMBER, st.integers(-5, 5).filter(bool)),
        st.tuples(st.just("copy"), _TILL, _TILL, _ANY),
        st.tuples(st.just("push"), _TILL, st.integers(0, 4), st.integers(1, 12)),
    ),
    min_size=4,
    max_size=30,
)


class Shop:
    """Tills that write what they are told and hand it in; beside them, the fold."""

    def __init__(self, database: Database) -> None:
        number = next(_NUMBERS)
        self.database = database
        self.tills = [PretendTill(database, number * TILLS + one) for one in range(TILLS)]
        self.members = [member(number * 100 + one) for one in range(MEMBERS)]
        self.sold: list[Sale | Redemption] = []
        self.handed_in = [0] * TILLS
        self.fold = Fold()

    def do(self, step: Step) -> None:
        """One step."""
        name, number, *more = step
        if name == "push":
            self._push(number, *more)
        else:
            till = self.tills[number]
            till.append(*self._records(name, till, *more))

    def _records(self, name: str, till: PretendTill, first: int, second: Any = 0, third: int = 0) -> list[AnyRecord]:  # noqa: ANN401 - whatever the step says
        match name:
            case "sale":
                buyer = None if first == NOBODY else self.members[first]
                return self._sold(till.sale(buyer, second * 100, day=_day(third)))
            case "spending sale":
                return self._sold(till.sale(self.members[first], second * 100, rewards=[till.reward(third, line=2)]))
            case "redemption":
                return self._sold(till.redemption(self.members[first], second))
            case "reversal" if self.sold:
                original = self.sold[first % len(self.sold)]
                cents = None if second is None else second * 100
                return [
                    till.reversal(
                        original, cents, None if isinstance(original, Sale) and not original.member_id else second
                    )
                ]
            case "merge" if first != second:
                return [till.merge(self.members[first], self.members[second])]
            case "enrolment":
                enrolment = till.enrolment(self.members[first])
                return [msgspec.structs.replace(enrolment, business_day=_day(second))]
            case "adjustment":
                return [till.adjustment(self.members[first], second)]
            case "copy" if len(self.tills[first].records) > 1:
                records = self.tills[first].records[1:]
                record = decode(records[second % len(records)][1].payload)
                assert not isinstance(record, UnknownRecord)
                return [record]
        return []

    def _sold(self, record: Sale | Redemption) -> list[AnyRecord]:
        self.sold.append(record)
        return [record]

    def finish(self) -> None:
        """Hand in all that is left."""
        for number, till in enumerate(self.tills):
            self._push(number, 1, len(till.records))

    def _push(self, number: int, again: int, length: int) -> None:
        """Hand in a batch that begins with some that were handed in before, and fold what is new in it."""
        till = self.tills[number]
        first = max(0, self.handed_in[number] - again)
        batch = till.records[first : first + length]
        if not batch:
            return
        verdicts = till.push(first + 1, first + len(batch)).verdicts
        told: list[UUID | None] = []
        for seq, (_, wire) in enumerate(batch, start=first):
            record = decode(wire.payload)
            assert not isinstance(record, UnknownRecord)
            is_new = seq >= self.handed_in[number] and record.record_id not in self.fold.taken
            told.append(record.record_id if is_new else None)
            self.fold.take(till.terminal_id, record)
        assert list(verdicts) == [self.fold.verdict(record_id) for record_id in told]
        self.handed_in[number] = max(self.handed_in[number], first + len(batch))

    def facts(self) -> Facts:
        """What head office holds of these tills and members."""
        tills = [till.terminal_id for till in self.tills]
        with self.database.snapshot() as connection:
            account, entry, day, reward = ACCOUNT.c, ENTRY.c, DAY_TOTAL.c, REWARD_TOTAL.c
            accounts = connection.execute(select(ACCOUNT).where(account.member_id.in_(self.members)))
            entries = connection.execute(
                select(entry.member_id, entry.original_member_id, entry.kind, entry.points, entry.record_id)
                .where(entry.original_member_id.in_(self.members))
                .order_by(entry.position, entry.part)
            )
            days = connection.execute(select(DAY_TOTAL).where(day.terminal_id.in_(tills))).mappings()
            rewards = connection.execute(select(REWARD_TOTAL).where(reward.terminal_id.in_(tills))).mappings()
            conflicts = connection.execute(
                select(CONFLICT.c.kind, CONFLICT.c.record_id, CONFLICT.c.points).where(
                    CONFLICT.c.terminal_id.in_(tills)
                )
            )
            waiting = select(RECORD.c.record_id).where(RECORD.c.terminal_id.in_(tills), RECORD.c.state == "waiting")
            return Facts(
                {
                    one.member_id: (
                        *(one.balance, one.sales, one.revenue_cents),
                        *(one.enrolled_day, one.last_sale_day, one.merged_into),
                    )
                    for one in accounts
                },
                [tuple(one) for one in entries],
                _sums(days, DayTotals.__struct_fields__),
                _sums(rewards, ("count", "points", "value_cents")),
                {tuple(one) for one in conflicts},
                set(connection.scalars(waiting)),
            )


def _sums(rows: Iterable[RowMapping], names: Iterable[str]) -> Sums:
    return {(row["terminal_id"], row["business_day"], name): row[name] for row in rows for name in names if row[name]}


def _day(number: int) -> date:
    return START.date() - timedelta(days=number)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_handed_in_comes_to_what_the_fold_says(database: Database, steps: list[Step]) -> None:
    """Accounts, entries in their order, sums of the days, conflicts, what waits, and every verdict on the way."""
    shop = Shop(database)
    for step in steps:
        shop.do(step)
    _finish_and_compare(shop)


def _loses_a_share(change: Change, other: Change) -> None:
    other.meant_for = change


def _cuts_nothing(original: Original, lines: Iterable[ReversedLine]) -> tuple[ReversedLine, ...]:
    del original
    return tuple(lines)


@pytest.mark.parametrize(
    ("faulty", "name", "fault"),
    [
        (Change, "take_over", _loses_a_share),
        (Original, "take", _cuts_nothing),
        (Change, "account", property(lambda one: one)),
    ],
    ids=["a share is lost", "undone twice", "an alias spends for itself"],
)
def test_the_fold_would_show_a_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch, faulty: type, name: str, fault: object
) -> None:
    """The control: the same steps with and without a planted fault."""
    steps: list[Step] = [
        ("sale", 0, 0, 9, 0),
        ("merge", 0, 0, 1),
        ("push", 0, 0, 9),
        ("sale", 1, 0, 5, 0),
        ("redemption", 1, 1, 12),
        ("redemption", 1, 0, 5),
        ("reversal", 1, 0, None),
        ("reversal", 2, 0, None),
    ]
    for planted in (False, True):
        with monkeypatch.context() as patch:
            if planted:
                patch.setattr(faulty, name, fault)
            shop = Shop(database)
            for step in steps:
                shop.do(step)
            if planted:
                with pytest.raises(AssertionError):
                    _finish_and_compare(shop)
            else:
                _finish_and_compare(shop)


def _finish_and_compare(shop: Shop) -> None:
    shop.finish()
    assert shop.facts() == shop.fold.finished()
