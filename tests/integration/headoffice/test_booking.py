"""What records mean at head office: accounts, sums of a day, conflicts, and reversals that come first."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from headoffice.people.erasing import erase
from headoffice.store.engine import Database
from headoffice.store.tables import (
    ACCOUNT,
    CONFLICT,
    DAY_TOTAL,
    ENTRY,
    PROFILE_FIELD,
    RECORD,
    REVERSED_LINE,
    REWARD_TOTAL,
    SEARCH_TERM,
    TOMBSTONE,
)
from loyalty.records import Consent, Expiry, Purpose
from loyalty.wire import Verdict
from tests.fakes.clock import START
from tests.fakes.headoffice import PretendTill, count, line_of, member, statement

ANNA = member(1)
BEN = member(2)
TODAY = START.date()


def conflicts(database: Database) -> list[tuple[str, int]]:
    """Kind and points of every conflict."""
    with database.snapshot() as connection:
        return [tuple(row) for row in connection.execute(select(CONFLICT.c.kind, CONFLICT.c.points))]


def sums(database: Database, *names: str) -> dict[str, int]:
    """The sums of all days of all tills."""
    with database.snapshot() as connection:
        rows = connection.execute(select(DAY_TOTAL)).mappings().all()
    return {name: sum(row[name] for row in rows) for name in names}


def test_a_sale_counts_for_its_member_and_its_day(till: PretendTill) -> None:
    """Balance, counted sales, revenue and last day; the day's sums by hour."""
    till.append(till.sale(ANNA, 2_500, rewards=[till.reward(5, line=2)]))
    till.push()
    said = statement(till.database, ANNA)
    assert (said.balance, said.sales, said.revenue_cents, said.last_sale_day) == (20, 1, 2_500, TODAY)
    row = line_of(till.database, DAY_TOTAL)
    assert (row["business_day"], row["hour"], row["terminal_id"]) == (TODAY, 10, till.terminal_id)
    assert (row["sales"], row["points_issued"], row["points_redeemed"], row["redemptions"]) == (1, 25, 5, 1)
    reward = line_of(till.database, REWARD_TOTAL)
    assert (reward["reward_id"], reward["count"], reward["points"], reward["value_cents"]) == ("coffee", 1, 5, 250)


def test_an_anonymous_sale_counts_for_its_day_alone(till: PretendTill) -> None:
    """Nobody's account moves."""
    till.append(till.sale(None, 2_500))
    till.push()
    assert count(till.database, ACCOUNT) == 0
    assert sums(till.database, "sales", "member_sales", "revenue_cents") == {
        "sales": 1,
        "member_sales": 0,
        "revenue_cents": 2_500,
    }


def test_days_of_two_batches_add_up(till: PretendTill) -> None:
    """A day's row is added to, not replaced."""
    till.append(till.sale(ANNA))
    till.push()
    till.append(till.sale(ANNA))
    till.push(3)
    assert line_of(till.database, DAY_TOTAL)["sales"] == 2


def test_the_first_enrolment_makes_a_new_member_and_a_second_does_not(till: PretendTill) -> None:
    """A second card for a known person is no new member."""
    till.append(till.enrolment(ANNA), till.enrolment(ANNA))
    till.push()
    assert statement(till.database, ANNA).enrolled_day == TODAY
    assert sums(till.database, "new_members") == {"new_members": 1}


def test_consent_makes_the_account_known_and_moves_nothing(till: PretendTill) -> None:
    """A record about a member is enough for a row."""
    till.append(Consent(**till.header(ANNA), purpose=Purpose.EMAIL, text_version="1", granted=True))
    till.push()
    assert statement(till.database, ANNA).balance == 0
    assert count(till.database, ACCOUNT) == 1


def test_expiry_takes_from_the_lot_it_names(till: PretendTill) -> None:
    """The entry names the lot, so the fold takes it from there."""
    old, new = till.sale(ANNA, 3_000), till.sale(ANNA, 2_000)
    till.append(old, new, Expiry(**till.header(ANNA), lot_id=new.record_id, points=20, last_day=TODAY))
    till.push()
    assert [(lot.record_id, lot.left) for lot in statement(till.database, ANNA).lots] == [(old.record_id, 30)]
    assert sums(till.database, "points_expired") == {"points_expired": 20}


# -------------------------------------------------------------------------------------------- reversals


def test_a_whole_reversal_of_another_tills_sale_undoes_it(till: PretendTill, other_till: PretendTill) -> None:
    """Points, counted sale, revenue and last day go back, on the books of the till that reversed."""
    sale = till.sale(ANNA, 2_500)
    till.append(till.sale(ANNA, 1_000, day=date(2026, 11, 1)), sale)
    till.push()
    other_till.append(other_till.reversal(sale))
    assert other_till.push().verdicts[-1] is Verdict.BOOKED
    said = statement(till.database, ANNA)
    assert (said.balance, said.sales, said.revenue_cents, said.last_sale_day) == (10, 1, 1_000, date(2026, 11, 1))
    assert sums(till.database, "reversed_cents", "points_taken_back") == {
        "reversed_cents": 2_500,
        "points_taken_back": 25,
    }


def test_a_partial_reversal_leaves_the_sale_counted(till: PretendTill) -> None:
    """Only the part goes."""
    sale = till.sale(ANNA, 2_500)
    till.append(sale, till.reversal(sale, 1_000, 10))
    till.push()
    said = statement(till.database, ANNA)
    assert (said.balance, said.sales, said.revenue_cents) == (15, 1, 1_500)
    row = line_of(till.database, REVERSED_LINE)
    assert (row["line"], row["cents"], row["points"]) == (1, 1_000, 10)


def test_a_reversal_waits_for_its_original_and_is_booked_with_it(till: PretendTill, other_till: PretendTill) -> None:
    """The refund arrives before the sale: nothing moves until the transaction that brings the sale moves both."""
    sale = till.sale(ANNA, 2_500)
    till.append(sale)
    refund = other_till.reversal(sale, 1_000, 10)
    other_till.append(refund)
    assert other_till.push().verdicts[-1] is Verdict.WAITING
    assert statement(till.database, ANNA).balance == 0
    assert sums(till.database, "reversed_cents") == {"reversed_cents": 0}
    assert till.push().verdicts[-1] is Verdict.BOOKED
    assert statement(till.database, ANNA).balance == 15
    with till.database.snapshot() as connection:
        row = connection.execute(select(RECORD).where(RECORD.c.record_id == refund.record_id)).one()
        day = connection.execute(select(DAY_TOTAL).where(DAY_TOTAL.c.points_taken_back > 0)).one()
    assert (row.state, row.points) == ("booked", -10)
    assert (day.terminal_id, day.points_taken_back) == (other_till.terminal_id, 10)


def test_a_waiting_reversal_that_comes_again_still_waits_once(till: PretendTill, other_till: PretendTill) -> None:
    """Retries must not make it wait twice."""
    sale = till.sale(ANNA, 2_500)
    till.append(sale)
    other_till.append(other_till.reversal(sale))
    other_till.push()
    assert other_till.push().verdicts[-1] is Verdict.DUPLICATE
    till.push()
    assert statement(till.database, ANNA).balance == 0
    assert conflicts(till.database) == []


def test_a_reversal_before_its_original_in_one_batch_is_booked_behind_it(till: PretendTill) -> None:
    """Records handed in by a person may stand in any order."""
    sale = till.sale(ANNA, 2_500)
    till.append(till.reversal(sale, 500, 5), sale, till.reversal(sale, 500, 5))
    assert till.push().verdicts == (Verdict.BOOKED,) * 4
    said = statement(till.database, ANNA)
    assert (said.balance, said.lots[0].left) == (15, 15)
    with till.database.snapshot() as connection:
        kinds = connection.scalars(select(ENTRY.c.kind).order_by(ENTRY.c.position)).all()
    assert kinds == ["earn", "take_back", "take_back"]


def test_a_second_refund_books_what_is_left_and_is_listed(till: PretendTill, other_till: PretendTill) -> None:
    """Two tills paid out for one sale: the goods are gone once, the second is for people to look at."""
    sale = till.sale(ANNA, 2_500)
    till.append(sale, till.reversal(sale, 1_500, 15))
    till.push()
    other_till.append(other_till.reversal(sale))
    assert other_till.push().verdicts[-1] is Verdict.CONFLICT
    said = statement(till.database, ANNA)
    assert (said.balance, said.sales, said.revenue_cents) == (0, 0, 0)
    assert conflicts(till.database) == [("reversed_twice", 15)]
    assert sums(till.database, "reversed_cents") == {"reversed_cents": 2_500}


def test_a_reversal_of_a_line_that_is_not_there_books_nothing(till: PretendTill) -> None:
    """It is listed; the account stays as it is."""
    redemption = till.redemption(ANNA, 20)
    till.append(till.adjustment(ANNA, 100), redemption, till.reversal(redemption), till.reversal(redemption))
    assert till.push().verdicts[-2:] == (Verdict.BOOKED, Verdict.CONFLICT)
    assert statement(till.database, ANNA).balance == 100
    assert conflicts(till.database) == [("reversed_twice", 20)]


def test_a_reversal_of_something_else_is_listed(till: PretendTill) -> None:
    """A correction has no lines; nothing is left to undo."""
    sale = till.sale(ANNA)
    reversal = till.reversal(sale)
    till.append(sale, reversal, till.reversal(till.sale(ANNA)))
    till.push()
    odd = till.reversal(sale)
    till.append(type(odd)(**till.header(ANNA), original_id=reversal.record_id, lines=odd.lines, reason=odd.reason))
    assert till.push(5).verdicts == (Verdict.CONFLICT,)
    assert statement(till.database, ANNA).balance == 0


# -------------------------------------------------------------------------------------------- overspent


def test_what_two_tills_overspent_is_booked_and_listed(till: PretendTill, other_till: PretendTill) -> None:
    """The goods are gone: both facts stand, the member is in debt, and people are told by how much."""
    till.append(till.sale(ANNA, 10_000), till.redemption(ANNA, 80))
    till.push()
    other_till.append(other_till.redemption(ANNA, 50))
    assert other_till.push().verdicts[-1] is Verdict.CONFLICT
    assert statement(till.database, ANNA).balance == -30
    assert conflicts(till.database) == [("overspent", 30)]


@pytest.mark.parametrize(("points", "listed"), [(100, []), (101, [("overspent", 1)])])
def test_spending_everything_is_no_conflict_and_one_point_more_is(
    till: PretendTill, points: int, listed: list[tuple[str, int]]
) -> None:
    """The boundary: a balance of zero is fine."""
    till.append(till.sale(ANNA, 10_000), till.redemption(ANNA, points))
    till.push()
    assert conflicts(till.database) == listed


def test_what_a_sale_awards_does_not_pay_for_its_own_reward(till: PretendTill) -> None:
    """Points are redeemed before the same sale earns new ones."""
    till.append(till.sale(ANNA, 10_000, rewards=[till.reward(60, line=2)]))
    assert till.push().verdicts[-1] is Verdict.CONFLICT
    assert statement(till.database, ANNA).balance == 40
    assert conflicts(till.database) == [("overspent", 60)]


def test_a_debt_is_not_made_larger_without_being_listed(till: PretendTill) -> None:
    """Only what this redemption was beyond is counted, not the debt before it."""
    till.append(till.adjustment(ANNA, -40), till.redemption(ANNA, 10))
    till.push()
    assert conflicts(till.database) == [("overspent", 10)]


@pytest.mark.parametrize("known", [False, True], ids=["merged in this batch", "merged before"])
def test_spending_at_an_alias_and_at_its_account_is_one_spending(till: PretendTill, *, known: bool) -> None:
    """One after the other over what both have, in the order of the batch; each is short of what was there then."""
    till.append(till.sale(ANNA, 5_000), till.sale(BEN, 5_000), till.merge(ANNA, BEN))
    if known:
        till.push()
    till.append(till.redemption(BEN, 70), till.redemption(ANNA, 50), till.sale(ANNA, 3_000), till.redemption(BEN, 15))
    assert till.push(5 if known else 1).verdicts[-4:] == (
        Verdict.BOOKED,
        Verdict.CONFLICT,
        Verdict.BOOKED,
        Verdict.CONFLICT,
    )
    assert statement(till.database, BEN).balance == -5
    assert sorted(conflicts(till.database)) == [("overspent", 5), ("overspent", 20)]


# ----------------------------------------------------------------------------------------------- merging


def test_merged_accounts_are_one(till: PretendTill) -> None:
    """The union of both; entries keep the name they were recorded under."""
    till.append(till.enrolment(ANNA), till.sale(ANNA, 2_000), till.sale(BEN, 1_000), till.merge(ANNA, BEN))
    till.push()
    said = statement(till.database, BEN)
    assert (said.balance, said.sales, said.revenue_cents, said.enrolled_day) == (30, 2, 3_000, TODAY)
    assert statement(till.database, ANNA).merged_into == BEN
    with till.database.snapshot() as connection:
        rows = connection.execute(select(ENTRY.c.member_id, ENTRY.c.original_member_id).order_by(ENTRY.c.position))
        assert rows.all() == [(BEN, ANNA), (BEN, BEN)]


def test_later_records_of_a_merged_account_go_to_the_survivor(till: PretendTill, other_till: PretendTill) -> None:
    """In the same batch and in a later one of a till that has not heard of it."""
    till.append(till.sale(ANNA), till.merge(ANNA, BEN), till.sale(ANNA))
    till.push()
    other_till.append(other_till.sale(ANNA))
    other_till.push()
    assert statement(till.database, BEN).balance == 30
    with till.database.snapshot() as connection:
        balance = connection.scalar(select(ACCOUNT.c.balance).where(ACCOUNT.c.member_id == ANNA))
    assert balance == 0


def test_merging_what_is_merged_is_a_no_op_and_chains_stay_short(till: PretendTill) -> None:
    """An alias points straight at the survivor, whatever was merged into what."""
    cleo = member(3)
    till.append(
        till.sale(ANNA),
        till.merge(ANNA, BEN),
        till.merge(BEN, cleo),
        till.merge(ANNA, cleo),
        till.merge(cleo, ANNA),
    )
    till.push()
    assert statement(till.database, ANNA).merged_into == cleo
    assert statement(till.database, BEN).merged_into == cleo
    assert statement(till.database, cleo).balance == 10


def test_who_is_merged_into_an_erased_account_is_forgotten_too(till: PretendTill) -> None:
    """A till merged them before it heard of the erasure: the name must not come back as that of the erased account."""
    till.append(till.sale(ANNA), till.sale(BEN))
    till.push()
    with till.database.write() as connection:
        connection.execute(PROFILE_FIELD.insert().values(member_id=ANNA, field="name", nonce=b"", box=b""))
        connection.execute(SEARCH_TERM.insert().values(member_id=ANNA, kind="word", term="anna"))
        erase(connection, BEN, 1, TODAY)
    till.append(till.merge(ANNA, BEN))
    till.push(4)
    assert (count(till.database, PROFILE_FIELD), count(till.database, SEARCH_TERM)) == (0, 0)
    with till.database.snapshot() as connection:
        assert set(connection.scalars(select(TOMBSTONE.c.member_id))) == {ANNA, BEN}


def test_a_sale_made_under_an_alias_can_be_undone_after_the_merge(till: PretendTill) -> None:
    """The counted sale goes from the survivor, and its last day is found among all its names."""
    sale = till.sale(ANNA, 2_000)
    till.append(till.sale(BEN, 500, day=date(2026, 11, 2)), sale, till.merge(ANNA, BEN))
    till.push()
    till.append(till.reversal(sale))
    till.push(5)
    said = statement(till.database, BEN)
    assert (said.balance, said.sales, said.last_sale_day) == (5, 1, date(2026, 11, 2))
