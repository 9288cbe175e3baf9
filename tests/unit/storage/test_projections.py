"""What the records add up to, compared with a small model that shares no code with the projections."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.outcomes import Refused
from loyalty.records import Adjustment, AnyRecord, Consent, Purpose, Redemption, Reversal, Sale, UnknownRecord
from loyalty.reversal import ReversalRequest, plan_reversal
from loyalty.totals import day_totals, hour_of
from storage.projections import apply
from storage.rebuild import fold_anew
from storage.schema import PROJECTIONS
from storage.verify import verify
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from storage.connection import Row
    from storage.store import Reader


def tables(ledger: LedgerOfTests) -> dict[str, list[Row]]:
    """All rows of all projections."""
    database = ledger.store._ledger
    return {table: database.all(f"SELECT * FROM {table} ORDER BY 1, 2") for table in PROJECTIONS}  # noqa: S608 - planted faults


def test_a_sale_moves_account_day_and_history(ledger: LedgerOfTests, reader: Reader) -> None:
    """One sale with a reward in it shows in every projection, redeemed before earned."""
    member = ledger.member()
    ledger.append(ledger.adjustment(member, 100))
    sale = ledger.sale(member, 2_345, 23, ledger.reward(), receipt="R-1")
    ledger.append(sale)
    account = reader.account(member)
    assert (account.balance, account.sales, account.revenue_cents) == (73, 1, 2_345)
    assert account.last_sale_day == ledger.clock.today()
    assert account.enrolled_day is None
    assert [(entry.kind.value, entry.points) for entry in reader.entries(member)] == [
        ("adjust", 100),
        ("redeem", -50),
        ("earn", 23),
    ]
    booking = reader.bookings(member)[0]
    assert (booking.points, booking.balance_after, booking.record) == (-27, 73, sale)
    report = reader.day_report(ledger.clock.today())
    assert report.totals.points_issued == 23
    assert report.totals.points_redeemed == 50
    assert report.totals.redemptions == 1
    assert report.totals.points_adjusted == 100
    assert report.open_points == 73
    assert [(reward.reward_id, reward.count, reward.points) for reward in report.rewards] == [("coffee", 1, 50)]
    assert [(hour.hour, hour.sales) for hour in report.hours] == [(10, 1)]


def test_an_anonymous_sale_counts_only_for_all_sales(ledger: LedgerOfTests, reader: Reader) -> None:
    """A sale without a card has no account, no points and no member's revenue, and can be undone."""
    sale = ledger.sale(None, 500)
    ledger.append(sale)
    totals = reader.day_report(ledger.clock.today()).totals
    assert (totals.sales, totals.member_sales) == (1, 0)
    assert (totals.revenue_cents, totals.member_revenue_cents) == (500, 0)
    ledger.append(ledger.reversal(sale))
    totals = reader.day_report(ledger.clock.today()).totals
    assert (totals.reversed_cents, totals.points_taken_back) == (500, 0)
    assert reader.last_booking() is None


def test_a_sale_wholly_undone_counts_no_more(ledger: LedgerOfTests, reader: Reader) -> None:
    """The account falls back to the sale before, on that sale's day; a partial reversal only lowers revenue."""
    member = ledger.member()
    first = ledger.sale(member, 1_000, 10)
    ledger.append(first)
    first_day = ledger.clock.today()
    ledger.clock.advance(days=1)
    second = ledger.sale(member, 2_000, 20, ledger.reward("five-off", 100, 500))
    ledger.append(second, ledger.reversal(first, 300, 3))
    assert (reader.account(member).sales, reader.account(member).revenue_cents) == (2, 2_700)
    ledger.append(ledger.reversal(second))
    account = reader.account(member)
    assert (account.sales, account.revenue_cents, account.last_sale_day) == (1, 700, first_day)
    assert account.balance == 7
    ledger.append(ledger.reversal(first, 700, 7))
    account = reader.account(member)
    assert (account.balance, account.sales, account.revenue_cents, account.last_sale_day) == (0, 0, 0, None)


def test_a_reversal_of_another_tills_sale_moves_its_own_member(ledger: LedgerOfTests, reader: Reader) -> None:
    """The original is not here; the points move, the rest is head office's to book."""
    member = ledger.member()
    unknown = ledger.sale(member, 1_000, 10)
    ledger.append(ledger.reversal(unknown))
    assert reader.account(member).balance == -10
    assert reader.account(member).revenue_cents == 0
    assert reader.reversed_so_far(unknown.record_id)[1].cents == 1_000


def test_the_first_enrolment_makes_a_new_member(ledger: LedgerOfTests, reader: Reader) -> None:
    """A second card enrolled to the same account is not a second member."""
    ledger.append(ledger.enrolment(ledger.member()))
    day = ledger.clock.today()
    ledger.clock.advance(days=1)
    ledger.append(ledger.enrolment(ledger.member()))
    assert reader.account(ledger.member()).enrolled_day == day
    assert reader.day_report(day).totals.new_members == 1
    assert reader.day_report(ledger.clock.today()).totals.new_members == 0


def test_any_record_that_names_a_member_makes_the_account_known(ledger: LedgerOfTests, reader: Reader) -> None:
    """A consent moves no points and no day, yet the account exists from then on; an unknown kind does nothing."""
    consent = Consent(**ledger.header(ledger.member()), purpose=Purpose.EMAIL, text_version="1", granted=True)
    ledger.append(consent)
    known = ledger.store._ledger.all("SELECT member_id FROM account")
    assert known == [(ledger.member().bytes,)]
    assert day_totals(consent) == type(day_totals(consent))()
    before = tables(ledger)
    apply(ledger.store._ledger, 99, UnknownRecord("hold", b"{}"))
    assert tables(ledger) == before


def test_records_that_lack_their_member_fold_to_nothing(ledger: LedgerOfTests) -> None:
    """Append refuses them; a fold of a damaged journal must get past them all the same."""
    before = tables(ledger)
    nobody = msgspec.structs.replace(ledger.enrolment(ledger.member()), member_id=None)
    apply(ledger.store._ledger, 99, nobody)
    apply(
        ledger.store._ledger,
        99,
        msgspec.structs.replace(ledger.merge(ledger.member(), ledger.member(2)), member_id=None),
    )
    assert tables(ledger) == before


def test_merged_accounts_are_one_in_journal_order(ledger: LedgerOfTests, reader: Reader) -> None:
    """Balances, history with running balances, entries and later bookings through either number are the union."""
    first, second, third = ledger.member(1), ledger.member(2), ledger.member(3)
    sale = ledger.sale(first, 1_000, 10)
    ledger.append(sale, ledger.enrolment(second), ledger.sale(second, 2_000, 20), ledger.sale(first, 500, 5))
    ledger.append(ledger.merge(first, second))
    account = reader.account(first)
    assert (account.member_id, account.merged_into) == (second, second)
    assert (account.balance, account.sales, account.revenue_cents) == (35, 3, 3_500)
    assert account.enrolled_day == account.last_sale_day == ledger.clock.today()
    assert [booking.balance_after for booking in reader.bookings(first)] == [35, 30, 10]
    assert reader.bookings(first) == reader.bookings(second)
    ledger.append(ledger.sale(first, 100, 1), ledger.reversal(sale))
    assert reader.account(second).balance == 26
    assert reader.account(second).sales == 3
    ledger.append(ledger.merge(second, first))
    assert reader.account(second).balance == 26, "joining what is one account already changes nothing"
    ledger.append(ledger.merge(second, third), ledger.sale(first, 100, 1))
    assert reader.account(first).member_id == third
    assert reader.account(first).balance == reader.account(third).balance == 27
    assert verify(ledger.directory).ok


def test_the_hour_is_the_shops(ledger: LedgerOfTests) -> None:
    """At 23:30 UTC an hour east it is half past midnight, hour 0; times before 1970 have hours, too."""
    sale = ledger.sale(None, at_us=(23 * 60 + 30) * 60_000_000, utc_offset_min=60)
    assert hour_of(sale) == 0
    assert hour_of(msgspec.structs.replace(sale, utc_offset_min=-60)) == 22
    assert hour_of(msgspec.structs.replace(sale, at_us=-1, utc_offset_min=0)) == 23


class _Model:
    """Balances and day sums added up the plain way, with whole lists and no SQL."""

    def __init__(self) -> None:
        self.records: list[AnyRecord] = []

    def balances(self) -> dict[UUID, int]:
        sums: defaultdict[UUID, int] = defaultdict(int)
        for record in self.records:
            if isinstance(record, Sale) and record.member_id:
                sums[record.member_id] += sum(line.points for line in record.lines)
                sums[record.member_id] -= sum(line.points for line in record.redemptions)
            elif isinstance(record, Redemption) and record.member_id:
                sums[record.member_id] -= record.redemption.points
            elif isinstance(record, Adjustment) and record.member_id:
                sums[record.member_id] += record.points
            elif isinstance(record, Reversal) and record.member_id:
                sums[record.member_id] += sum(line.points for line in record.redemptions)
                sums[record.member_id] -= sum(line.points for line in record.lines)
        return dict(sums)

    def issued_on(self, day: date) -> int:
        of_day = [record for record in self.records if isinstance(record, Sale) and record.business_day == day]
        return sum(line.points for record in of_day for line in record.lines if record.member_id)

    def revenue_of(self, member: UUID) -> tuple[int, int]:
        """Counted sales of a member and what they came to."""
        undone: Counter[UUID] = Counter()
        for record in self.records:
            if isinstance(record, Reversal):
                undone[record.original_id] += sum(line.cents for line in record.lines)
        own = [record for record in self.records if isinstance(record, Sale) and record.member_id == member]
        counted = [sale for sale in own if undone[sale.record_id] < sale.amount_cents]
        return len(counted), sum(sale.amount_cents - undone[sale.record_id] for sale in own)


def random_record(ledger: LedgerOfTests, reader: Reader, chance: random.Random, model: _Model) -> AnyRecord | None:
    """The next record of a random day at the till; ``None`` when there is nothing left to undo."""
    member = ledger.member(chance.randrange(4))
    match chance.randrange(6):
        case 0:
            return ledger.sale(None, chance.randrange(1, 5_000))
        case 1:
            return ledger.redemption(member)
        case 2:
            return ledger.adjustment(member, chance.randrange(-60, 60))
        case 3:
            undoable = [record for record in model.records if isinstance(record, Sale | Redemption)]
            if not undoable:
                return None
            original = chance.choice(undoable)
            part = chance.choice([None, chance.randrange(1, 2_000)])
            request = ReversalRequest(original.record_id, amount_cents=part)
            plan = plan_reversal(original, request, reader.reversed_so_far(original.record_id))
            if isinstance(plan, Refused):
                return None
            done = ledger.reversal(original)
            return msgspec.structs.replace(done, lines=plan.lines, redemptions=plan.redemptions)
        case _:
            cents = chance.randrange(1, 5_000)
            rewards = [ledger.reward()] if chance.random() < 0.2 else []
            return ledger.sale(member, cents, cents // 100, *rewards)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_projections_equal_the_plain_sums(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Whatever a till does for three days: balances, counted sales and issued points are what plain adding says."""
    ledger = LedgerOfTests(tmp_path_factory.mktemp("ledger") / "data", seed)
    chance, model = random.Random(seed), _Model()
    first_day = ledger.clock.today()
    with ledger.store.reader() as reader:
        for _ in range(60):
            ledger.clock.advance(hours=chance.random() * 2.4)
            record = random_record(ledger, reader, chance, model)
            if record is not None:
                ledger.append(record)
                model.records.append(record)
        for number in range(4):
            member = ledger.member(number)
            account = reader.account(member)
            assert account.balance == model.balances().get(member, 0)
            assert account.balance == sum(entry.points for entry in reader.entries(member))
            assert (account.sales, account.revenue_cents) == model.revenue_of(member)
            history = reader.bookings(member, 1_000)
            assert [booking.balance_after for booking in history[:1]] in ([], [account.balance])
        for offset in range(8):
            day = first_day + timedelta(days=offset)
            assert reader.day_report(day).totals.points_issued == model.issued_on(day)
        assert reader.day_report(date(2100, 1, 1)).open_points == sum(model.balances().values())
    before = tables(ledger)
    with ledger.store.exclusive() as database:
        fold_anew(database)
    assert tables(ledger) == before
    assert verify(ledger.directory).problems == ()
    ledger.close()
