"""Points end on the day the rules say, once, and facts that come late are put right."""

from __future__ import annotations

from datetime import date

from headoffice.app import expire
from loyalty.feed import StatementItem
from tests.fakes.headoffice import member
from tests.fakes.office import TestedOffice

FIRST_DAY_AFTER = date(2027, 12, 1)
"""Points of 21 November 2026 live twelve months, to the end of that month."""


def _shop(office: TestedOffice) -> None:
    office.publish(1, expiry_months=12)
    till = office.till()
    till.append(till.sale(member(1), 5_000), till.redemption(member(1), 20), till.sale(member(2), 900))
    till.push(2)
    office.edit(till, office.card(member(1)))


def test_nothing_ends_before_its_day(office: TestedOffice) -> None:
    """The last day is a day on which points can be spent."""
    _shop(office)
    assert office.head.expire_due(date(2027, 11, 30)) == 0
    assert office.balance(member(1)) == 30


def test_what_is_left_of_a_lot_ends_once(office: TestedOffice) -> None:
    """However often the job runs."""
    _shop(office)
    assert office.head.expire_due(FIRST_DAY_AFTER) == 2
    assert office.head.expire_due(FIRST_DAY_AFTER) == 0
    assert (office.balance(member(1)), office.balance(member(2))) == (0, 0)
    office.assert_sound()


def test_the_shops_own_today_counts_unless_told(office: TestedOffice) -> None:
    """As the daily job runs it."""
    _shop(office)
    assert office.head.expire_due() == 0
    office.clock.advance(days=375)
    assert office.head.expire_due() == 2


def test_without_a_rule_points_live_for_ever(office: TestedOffice) -> None:
    """No programme, or one that says nothing of it."""
    till = office.till()
    till.append(till.sale(member(1), 5_000))
    till.push(2)
    assert office.head.expire_due(date(2090, 1, 1)) == 0
    office.publish(1)
    assert office.head.expire_due(date(2090, 1, 1)) == 0


def test_a_fact_that_arrives_late_is_put_right(office: TestedOffice) -> None:
    """A redemption made in time, handed in after the lot ended, leaves a debt that nobody wants; it is booked."""
    _shop(office)
    late = office.till()
    late.append(late.redemption(member(2), 9))
    office.head.expire_due(FIRST_DAY_AFTER)
    late.push(2)
    assert office.balance(member(2)) == -9
    office.assert_sound()


def test_points_that_come_back_to_a_dead_lot_get_their_grace(office: TestedOffice) -> None:
    """They end thirty days later, as a correction of their own."""
    office.publish(1, expiry_months=12)
    till = office.till()
    redemption = till.redemption(member(1), 20)
    till.append(till.sale(member(1), 5_000), redemption)
    till.push(2)
    assert office.head.expire_due(FIRST_DAY_AFTER) == 1
    till.clock.advance(days=380)
    till.append(till.reversal(redemption))
    till.push(4)
    assert office.balance(member(1)) == 20
    office.clock.advance(days=409)
    assert office.head.expire_due() == 0
    office.clock.advance(days=2)
    assert office.head.expire_due() == 1
    assert office.head.expire_due() == 0
    assert office.balance(member(1)) == 0
    office.assert_sound()


def test_the_end_reaches_tills_and_report(office: TestedOffice) -> None:
    """On the day it was written."""
    _shop(office)
    till = office.till()
    before = office.head.newest()
    office.clock.advance(days=375)
    office.head.expire_due()
    items = office.head.changes(till.row, before).items
    assert {item.balance for item in items if isinstance(item, StatementItem)} == {0}
    figures = office.head.day_report(office.clock.today()).figures
    assert (figures.totals.points_expired, figures.open_points) == (39, 0)


def test_many_accounts_are_done_some_at_a_time(office: TestedOffice) -> None:
    """One page after the other, none left out and none twice."""
    office.publish(1, expiry_months=12)
    till = office.till()
    accounts = expire.ACCOUNTS_A_TIME + 5
    till.append(*(till.sale(member(number), 100) for number in range(accounts)))
    till.push_all()
    assert office.head.expire_due(FIRST_DAY_AFTER) == accounts
    office.assert_sound()
