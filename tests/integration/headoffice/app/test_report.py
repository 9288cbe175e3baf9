"""A store's day: the sum of its tills, beside the same weekday a week before."""

from __future__ import annotations

import pytest

from headoffice.errors import StoreUnknown
from loyalty.records import DayTotals
from loyalty.report import HourTotals, RewardTotals
from tests.fakes.headoffice import member, open_store
from tests.fakes.office import CARD, TestedOffice


def test_a_stores_day_is_the_sum_of_its_tills(office: TestedOffice) -> None:
    """Every figure, and each till beside it."""
    one, other = office.till(), office.till()
    sale = one.sale(member(1), 5_000)
    one.append(one.enrolment(member(1)), sale, one.reversal(sale, 1_000, 10), one.redemption(member(1), 30))
    one.push(2)
    other.clock.advance(hours=3)
    other.append(other.sale(None, 700), other.sale(member(2), 900))
    other.push(2)
    report = office.head.day_report(office.clock.today(), "Mitte")
    assert report.figures.totals == DayTotals(
        sales=3,
        member_sales=2,
        revenue_cents=6_600,
        member_revenue_cents=5_900,
        reversed_cents=1_000,
        points_issued=59,
        points_redeemed=30,
        redemptions=1,
        points_taken_back=10,
        new_members=1,
    )
    assert report.figures.open_points == 19
    assert report.figures.hours == (HourTotals(10, 50, 30, 1), HourTotals(13, 9, 0, 2))
    assert report.figures.rewards == (RewardTotals("coffee", 1, 30, 250),)
    assert [(till.name, till.figures.totals.sales, till.figures.open_points) for till in report.terminals] == [
        (one.row.name, 1, 10),
        (other.row.name, 2, 9),
    ]


def test_the_same_weekday_a_week_before_stands_beside_it(office: TestedOffice) -> None:
    """With its own open points at its end."""
    till = office.till()
    till.append(till.sale(member(1), 5_000))
    till.clock.advance(days=7)
    till.append(till.sale(member(1), 900))
    till.push(2)
    report = office.head.day_report(till.clock.today(), "Mitte")
    assert (report.figures.totals.revenue_cents, report.figures.open_points) == (900, 59)
    assert (report.week_before.totals.revenue_cents, report.week_before.open_points) == (5_000, 50)


def test_other_stores_and_head_offices_own_facts_stand_in_the_sum_of_all(office: TestedOffice) -> None:
    """A store's report is its own; a correction by head office belongs to none."""
    nord = open_store(office.head.database, office.ids.random_id(), "Nord")
    here, there = office.till(), office.till(store_id=nord)
    here.append(here.sale(member(1), 5_000))
    there.append(there.sale(member(1), 900))
    here.push(2)
    there.push(2)
    office.edit(here, office.card(member(1)))
    office.head.adjust(CARD, 7, "Kulanz", by="Ines")
    today = office.clock.today()
    assert office.head.day_report(today, "Mitte").figures.open_points == 50
    assert office.head.day_report(today, "Nord").figures.open_points == 9
    together = office.head.day_report(today)
    assert together.figures.open_points == 66
    assert together.figures.totals.points_adjusted == 7
    assert len(together.terminals) == 3


def test_the_liability_follows_the_programme(office: TestedOffice) -> None:
    """As long as nobody has said what a point is worth, it is worth nothing."""
    till = office.till()
    till.append(till.sale(member(1), 5_000))
    till.push(2)
    today = office.clock.today()
    assert office.head.day_report(today, "Mitte").figures.liability_cents == 0
    office.publish(1)
    assert office.head.day_report(today, "Mitte").figures.liability_cents == 50


def test_a_quiet_day_is_all_zeros(office: TestedOffice) -> None:
    """And no error."""
    report = office.head.day_report(office.clock.today(), "Mitte")
    assert report.figures.quiet
    assert report.terminals == ()


def test_an_unknown_store_is_an_error(office: TestedOffice) -> None:
    """A typing mistake must not look like a quiet day."""
    with pytest.raises(StoreUnknown):
        office.head.day_report(office.clock.today(), "Mite")
