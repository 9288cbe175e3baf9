"""A store's day: the sum of its tills, beside the same weekday a week before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from headoffice.errors import Refusal, StoreUnknown
from headoffice.store.tables import TERMINAL
from headoffice.views import TerminalStatus
from loyalty.records import DayTotals
from loyalty.report import HourTotals, RewardTotals
from loyalty.wire import ProblemCode
from tests.fakes.headoffice import member, open_store
from tests.fakes.office import CARD, TestedOffice

if TYPE_CHECKING:
    from tests.fakes.headoffice import PretendTill

MINUTE_US = 60_000_000


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
    parts = [(till.store, till.name, till.figures.totals.sales, till.figures.open_points) for till in report.terminals]
    assert parts == [("Mitte", one.row.name, 1, 10), ("Mitte", other.row.name, 2, 9)]


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


def test_a_till_is_told_the_day_of_its_store(office: TestedOffice) -> None:
    """With head office's own corrections where there is one store: then nothing that moved points is left out."""
    one, other = office.till(), office.till()
    one.append(one.sale(member(1), 5_000))
    other.append(other.sale(member(1), 900))
    one.push(2)
    other.push(2)
    office.edit(one, office.card(member(1)))
    office.head.adjust(CARD, 7, "Kulanz", by="Ines")
    found = office.head.store_day(one.row, office.clock.today())
    assert (found.store, found.as_of_us) == ("Mitte", office.clock.now_us())
    assert (found.figures.totals.sales, found.figures.open_points) == (2, 66)
    shares = {till.name: (till.figures.totals.points_issued, till.figures.open_points) for till in found.tills}
    assert shares == {one.row.name: (50, None), other.row.name: (9, None), "": (0, None)}


def test_one_store_of_several_says_nothing_of_open_points(office: TestedOffice) -> None:
    """What was earned here may be spent there, so the sum of one store's bookings is open nowhere."""
    nord = open_store(office.head.database, office.ids.random_id(), "Nord")
    here, there = office.till(), office.till(store_id=nord)
    here.append(here.sale(member(1), 5_000))
    there.append(there.sale(member(1), 900))
    here.push(2)
    there.push(2)
    found = office.head.store_day(there.row, office.clock.today())
    assert found.store == "Nord"
    assert (found.figures.totals.points_issued, found.figures.open_points) == (9, None)
    assert found.week_before.open_points is None
    assert [till.name for till in found.tills] == [there.row.name]


def test_a_day_before_any_programme_is_refused(office: TestedOffice) -> None:
    """The first days there are have no week before them."""
    till = office.till()
    with pytest.raises(Refusal) as refused:
        office.head.store_day(till.row, date.min)
    assert refused.value.code is ProblemCode.BAD_REQUEST


def _say(office: TestedOffice, till: PretendTill, **values: object) -> None:
    with office.head.database.write() as connection:
        connection.execute(update(TERMINAL).where(TERMINAL.c.terminal_id == till.terminal_id).values(values))


def _behind(office: TestedOffice, asking: PretendTill, day: date) -> list[str]:
    return [till.name for till in office.head.store_day(asking.row, day).behind]


def test_tills_that_may_have_more_of_the_day_are_named(office: TestedOffice) -> None:
    """Not heard since the day ended; today that is: not heard lately. The one that asks knows of itself."""
    asking, silent = office.till(), office.till()
    today, now_us = office.clock.today(), office.clock.now_us()
    yesterday = date.fromordinal(today.toordinal() - 1)
    _say(office, silent, last_contact_us=now_us - MINUTE_US)
    assert _behind(office, asking, today) == []
    _say(office, silent, last_contact_us=now_us - 10 * MINUTE_US)
    assert _behind(office, asking, today) == [silent.row.name]
    assert _behind(office, asking, yesterday) == []
    _say(office, silent, last_contact_us=now_us - 24 * 60 * MINUTE_US)
    assert _behind(office, asking, yesterday) == [silent.row.name]
    _say(office, silent, status=TerminalStatus.REVOKED.value)
    assert _behind(office, asking, yesterday) == []


def test_a_till_with_old_bookings_left_is_behind_for_their_day(office: TestedOffice) -> None:
    """It is in touch, but said that it has not handed in something of that day; what is a minute old is on its way."""
    asking, slow = office.till(), office.till()
    today, now_us = office.clock.today(), office.clock.now_us()
    yesterday = date.fromordinal(today.toordinal() - 1)
    _say(office, slow, last_contact_us=now_us, backlog=3, oldest_us=now_us - MINUTE_US)
    assert _behind(office, asking, today) == []
    _say(office, slow, oldest_us=now_us - 10 * MINUTE_US)
    assert _behind(office, asking, today) == [slow.row.name]
    assert _behind(office, asking, yesterday) == []
