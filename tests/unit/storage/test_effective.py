"""Statement, then own entries it does not include: the whole merge rule, and what of it is safe to spend."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from loyalty.feed import RemovedItem, StatementItem, StatementLot
from loyalty.offline import Known
from loyalty.records import Expiry
from loyalty.statement import Lot
from storage.errors import Damaged
from tests.fakes.ledger_joined import LATER, JoinedLedger

if TYPE_CHECKING:
    from storage.store import Reader

HERS = UUID(int=0xA)
HIS = UUID(int=0xB)
LOT = UUID(int=0x10)


def balance(reader: Reader, member_id: UUID = HERS) -> int:
    """The effective balance."""
    return reader.account(member_id).balance


def test_before_head_office_speaks_the_own_journal_counts(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A till that stood alone goes on showing what it knows, but nothing of it is safe to spend."""
    joined.append(joined.enrolment(HERS), joined.sale(HERS, 2_000), joined.redemption(HERS, joined.reward(points=5)))
    account = joined_reader.account(HERS)
    assert (account.balance, account.sales, account.revenue_cents) == (15, 1, 2_000)
    assert (account.enrolled_day, account.last_sale_day) == (joined.clock.today(), joined.clock.today())
    assert account.merged_into is None
    assert [lot.left for lot in joined_reader.lots(HERS)] == [15]
    assert joined_reader.safe_known(HERS) == Known(0, 0, own_spent=5, own_redemptions=1, caught_up=False)


def test_own_entries_come_on_top_of_the_statement_once(joined: JoinedLedger, joined_reader: Reader) -> None:
    """At every position that the statement may include, the effective balance is the same."""
    start = joined.head().seq
    stored = joined.append(*(joined.sale(HERS, 1_000) for _ in range(4)))
    for covered in range(start, stored[-1].seq + 1):
        known = 500 + 10 * max(0, covered - start)
        joined.pull(joined.statement(HERS, known, sales=7, revenue_cents=100), covered_seq=covered)
        assert balance(joined_reader) == 540
        account = joined_reader.account(HERS)
        uncovered = stored[-1].seq - covered
        assert (account.sales, account.revenue_cents) == (7 + uncovered, 100 + 1_000 * uncovered)


def test_a_statement_that_contradicts_its_points_is_damage(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A till shows no balance that the points beside it do not add up to."""
    lots = (StatementLot(LOT, 0, 50, 20), StatementLot(UUID(int=0x11), 0, 10, 10))
    joined.pull(joined.statement(HERS, 30, lots=lots), joined.statement(HIS, 31, lots=lots))
    assert balance(joined_reader, HERS) == 30
    with pytest.raises(Damaged, match="balance is 31, its points are 30"):
        joined_reader.account(HIS)


def test_a_sale_undone_here_is_no_sale(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Neither counted nor the last one."""
    yesterday = date(2026, 11, 20)
    joined.pull(joined.statement(HERS, 0, sales=2, last_sale_day=yesterday, enrolled_day=yesterday))
    sale = joined.sale(HERS, 1_000)
    joined.append(sale, joined.reversal(sale))
    account = joined_reader.account(HERS)
    assert (account.balance, account.sales, account.revenue_cents) == (0, 2, 0)
    assert (account.last_sale_day, account.enrolled_day) == (yesterday, yesterday)


def test_accounts_joined_at_head_office_are_one(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Own entries under the old account count for the surviving one; both ids lead to it."""
    joined.pull(StatementItem(HERS, merged_into=HIS), joined.statement(HIS, 700))
    joined.append(joined.sale(HERS, 1_000), joined.sale(HIS, 2_000))
    assert balance(joined_reader, HERS) == balance(joined_reader, HIS) == 730
    assert joined_reader.account(HERS).member_id == HIS
    assert joined_reader.account(HERS).merged_into == HIS
    assert joined_reader.account(HIS).merged_into is None
    assert [booking.points for booking in joined_reader.bookings(HERS)] == [20, 10]
    assert [booking.points for booking in joined_reader.bookings(HIS, limit=1)] == [20]
    assert joined_reader.bookings(HIS)[0].balance_after is None


def test_a_chain_of_joins_leads_to_its_end(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Whatever head office keeps of it."""
    third = UUID(int=0xC)
    joined.pull(StatementItem(HERS, merged_into=HIS), StatementItem(HIS, merged_into=third), joined.statement(third, 7))
    joined.append(joined.sale(HERS, 1_000))
    assert joined_reader.account(HERS).member_id == third
    assert {balance(joined_reader, member) for member in (HERS, HIS, third)} == {17}


def test_a_join_made_here_that_head_office_has_not_seen(joined: JoinedLedger, joined_reader: Reader) -> None:
    """The till stood alone when it joined them: until head office has, both statements count together, each once."""
    joined.append(joined.sale(HERS, 1_000))
    first = joined.head().seq
    joined.append(joined.sale(HIS, 2_000), joined.merge(HERS, HIS), joined.sale(HIS, 4_000))
    joined.pull(joined.statement(HERS, 10), covered_seq=first)
    joined.pull(joined.statement(HIS, 20), covered_seq=first + 1)
    assert balance(joined_reader, HERS) == balance(joined_reader, HIS) == 70
    assert joined_reader.account(HERS).member_id == HERS
    joined.pull(StatementItem(HERS, merged_into=HIS), joined.statement(HIS, 70))
    assert balance(joined_reader, HERS) == balance(joined_reader, HIS) == 70
    assert joined_reader.account(HERS).member_id == HIS


def test_an_own_account_that_head_office_knows_under_another(joined: JoinedLedger, joined_reader: Reader) -> None:
    """The own join names the survivor here; head office knows the other one only."""
    joined.append(joined.merge(HERS, HIS))
    joined.pull(joined.statement(HIS, 5))
    assert joined_reader.account(HERS).member_id == HIS
    other, third = UUID(int=0xD), UUID(int=0xE)
    joined.append(joined.merge(other, third))
    joined.pull(joined.statement(other, 6))
    assert joined_reader.account(third).member_id == other
    assert balance(joined_reader, third) == 6


def test_joins_that_go_in_a_circle_end(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A fault of head office must not hang a till."""
    joined.pull(StatementItem(HERS, merged_into=HIS), StatementItem(HIS, merged_into=HERS))
    joined.append(joined.sale(HERS, 1_000))
    assert balance(joined_reader, HERS) == 10
    assert joined_reader.account(HERS).member_id == HERS


def test_a_member_out_of_scope_counts_from_then_on(joined: JoinedLedger, joined_reader: Reader) -> None:
    """What was collected before is unknown here now; it must not be offered again."""
    joined.append(joined.sale(HERS, 50_000))
    joined.pull(joined.statement(HERS, 500))
    joined.pull(RemovedItem(HERS), RemovedItem(HIS))
    assert balance(joined_reader) == 0
    joined.append(joined.sale(HERS, 1_000))
    assert balance(joined_reader) == 10
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert known.as_of_us == 0


def test_members_left_out_of_a_fresh_start_count_from_then_on(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Head office began anew and did not send them: they are out of scope, or unknown to it."""
    joined.append(joined.sale(HERS, 50_000))
    joined.pull(joined.statement(HIS, 5), reset=True)
    assert balance(joined_reader) == 0
    joined.append(joined.sale(HERS, 1_000))
    assert balance(joined_reader) == 10


def test_head_office_says_until_when_points_can_be_spent(joined: JoinedLedger, joined_reader: Reader) -> None:
    """By the record that earned them; lots that live for ever, and tills that stand alone, have nothing to say."""
    lots = (StatementLot(UUID(int=0x11), 1, 100, 40, LATER), StatementLot(LOT, 2, 300, 300))
    joined.pull(joined.statement(HERS, 340, lots=lots))
    assert joined_reader.told_last_days(HERS) == {UUID(int=0x11): LATER}
    joined.store.leave()
    with joined.store.reader() as alone:
        assert alone.told_last_days(HERS) == {}


def test_lots_follow_the_statement_and_the_own_entries(joined: JoinedLedger, joined_reader: Reader) -> None:
    """The oldest is used first, new ones are added, and what is past its last day is hidden."""
    gone = StatementLot(UUID(int=0x11), 1, 100, 40, date(2026, 11, 20))
    good = StatementLot(LOT, 2, 300, 300, LATER)
    joined.pull(joined.statement(HERS, 340, lots=(gone, good)))
    assert joined_reader.lots(HERS) == (Lot(LOT, 2, 300, 300),)
    sale = joined.sale(HERS, 1_000)
    joined.append(joined.redemption(HERS, joined.reward(points=60)), sale)
    assert [(lot.record_id, lot.left) for lot in joined_reader.lots(HERS)] == [(LOT, 280), (sale.record_id, 10)]


def test_points_given_back_of_another_tills_booking_are_no_lot_before_head_office_booked_it(
    joined: JoinedLedger, joined_reader: Reader
) -> None:
    """They are in the balance, which is a preview; an own redemption undone is in both at once."""
    joined.pull(joined.statement(HERS, 300, lots=(StatementLot(LOT, 2, 300, 300, LATER),)))
    own, foreign = joined.redemption(HERS), joined.redemption(HERS)
    joined.append(own, joined.reversal(foreign))
    assert balance(joined_reader) == 300
    assert [lot.left for lot in joined_reader.lots(HERS)] == [250]
    joined.append(joined.reversal(own))
    assert balance(joined_reader) == 350
    assert [lot.left for lot in joined_reader.lots(HERS)] == [300]
    joined.pull(joined.statement(HERS, 350, lots=(StatementLot(LOT, 2, 350, 350, LATER),)))
    assert [lot.left for lot in joined_reader.lots(HERS)] == [350]


def test_safe_to_spend_counts_own_spending_and_not_own_awards(joined: JoinedLedger, joined_reader: Reader) -> None:
    """What was taken back or corrected downwards lowers it too; points past their last day don't count."""
    lots = (StatementLot(LOT, 1, 100, 30, date(2026, 11, 20)), StatementLot(UUID(int=0x12), 2, 500, 500))
    joined.pull(joined.statement(HERS, 530, lots=lots))
    as_of_us = joined.clock.now_us()
    sale = joined.sale(HERS, 9_000)
    joined.append(sale, joined.redemption(HERS), joined.adjustment(HERS, 7), joined.adjustment(HERS, -20))
    joined.append(joined.reversal(sale, 1_000, 10))
    undone, foreign = joined.redemption(HERS), joined.redemption(HERS)
    joined.append(undone, joined.reversal(undone), joined.reversal(foreign))
    assert joined_reader.safe_known(HERS) == Known(470, as_of_us, own_spent=50, own_redemptions=1, caught_up=True)
    joined.clock.advance(hours=5)
    joined.pull(joined.statement(HIS, 1))
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert known.as_of_us == joined.clock.now_us(), "head office had nothing new to say about her"


def test_points_are_good_until_the_end_of_their_last_day(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Shown and safe to spend on that very day, and neither on the next."""
    lots = (StatementLot(LOT, 1, 100, 30, joined.clock.today()), StatementLot(UUID(int=0x12), 2, 500, 500))
    joined.pull(joined.statement(HERS, 530, lots=lots))
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert known.available == 530
    assert [lot.left for lot in joined_reader.lots(HERS)] == [30, 500]
    joined.clock.advance(days=1)
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert known.available == 500
    assert [lot.left for lot in joined_reader.lots(HERS)] == [500]


def test_a_redemption_of_a_single_point_is_one_more_while_offline(joined: JoinedLedger, joined_reader: Reader) -> None:
    """How often somebody may redeem without a line does not depend on how much."""
    joined.pull(joined.statement(HERS, 100, lots=(StatementLot(LOT, 1, 100, 100),)))
    joined.append(joined.redemption(HERS, joined.reward(points=1)))
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert (known.own_spent, known.own_redemptions) == (1, 1)


def test_own_writing_is_seen_within_its_transaction(joined: JoinedLedger) -> None:
    """A use case reads what it has written."""
    joined.pull(joined.statement(HERS, 100))
    with joined.store.unit() as unit:
        unit.append(joined.redemption(HERS))
        assert unit.account(HERS).balance == 50
        assert unit.safe_known(HERS) == Known(100, joined.clock.now_us(), 50, 1, caught_up=True)


def test_the_same_sale_is_found_under_any_of_a_members_accounts(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Somebody may scan the old card twice."""
    joined.pull(StatementItem(HERS, merged_into=HIS), joined.statement(HIS, 0))
    sale = joined.sale(HERS, 1_000)
    joined.append(sale)
    found = joined_reader.same_sale_since(HIS, 1_000, 0)
    assert found is not None
    assert found.record == sale
    assert joined_reader.same_sale_since(HIS, 2_000, 0) is None


def test_an_expiry_is_booked_on_its_day_and_takes_its_lot(joined: JoinedLedger) -> None:
    """Once, as a correction of its own kind; open points go down by it, and the closed day takes no more."""
    joined.store.leave()
    sale = joined.sale(HERS, 5_000)
    younger = joined.sale(HERS, 3_000)
    joined.append(sale, younger)
    fields: dict[str, Any] = {"lot_id": younger.record_id, "points": 30, "last_day": joined.clock.today()}
    joined.append(Expiry(**joined.header(HERS), **fields))
    with joined.store.reader() as reader:
        assert [(lot.record_id, lot.left) for lot in reader.lots(HERS)] == [(sale.record_id, 50)]
        assert reader.safe_known(HERS) is None
        report = reader.day_report(joined.clock.today())
        assert (report.totals.points_expired, report.open_points) == (30, 50)
        booking = reader.bookings(HERS)[0]
        assert (booking.points, booking.balance_after, booking.reversible) == (-30, 50, False)
    with pytest.raises(ValueError, match="must name a member"):
        joined.append(Expiry(**joined.header(None), **fields))
    joined.append(joined.day_close())
    with pytest.raises(ValueError, match="is closed"):
        joined.append(Expiry(**joined.header(HERS), **fields))
