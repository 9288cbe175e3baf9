"""Figures of a day, by hand."""

from datetime import date

from loyalty.programme import Programme, parse_programme
from loyalty.records import DayTotals
from terminal.app.report import assumptions, assumptions_document, day_figures
from tests.fakes.ledger import PROGRAMME


def _programme() -> Programme:
    """A hundred points are worth five euros."""
    found = parse_programme(PROGRAMME)
    assert isinstance(found, Programme)
    return found


def test_a_day_by_hand() -> None:
    """Three purchases, two with a card: 60.00 in all, 45.01 with a card."""
    totals = DayTotals(
        sales=3,
        member_sales=2,
        revenue_cents=6000,
        member_revenue_cents=4501,
        points_issued=45,
        points_redeemed=30,
        new_members=1,
    )
    figures = day_figures(totals, 200, assumptions(_programme(), 0))
    assert figures["average_order_value"] == "20.00"
    assert figures["average_order_value_members"] == "22.50"  # 22.505 rounds to the even cent
    assert figures["average_order_value_anonymous"] == "14.99"
    assert figures["member_share"] == "66.67"
    assert figures["redemption_rate"] == "66.67"
    assert figures["liability"] == "10.00"


def test_debts_are_no_negative_liability() -> None:
    """Members who owe points in sum owe the shop no money."""
    assert day_figures(DayTotals(), -50, assumptions(_programme(), 0))["liability"] == "0.00"


def test_breakage_lowers_the_liability_and_is_dated() -> None:
    """What nobody will redeem is not owed; the assumption stands beside the figure."""
    assumed = assumptions(_programme(), 25)
    assert day_figures(DayTotals(), 200, assumed)["liability"] == "7.50"
    assert assumptions_document(assumed, date(2026, 11, 21)) == {
        "points": 100,
        "value": "5.00",
        "breakage": "25.00",
        "as_of": "2026-11-21",
    }
