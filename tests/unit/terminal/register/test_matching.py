"""Whether a booked sale is the purchase a register sends again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from loyalty.programme import Programme, parse_programme
from loyalty.records import Sale
from loyalty.sale import Basket, BasketLine, Quote, quote_sale
from terminal.register.matching import same_purchase
from tests.fakes.counter import BAKERY


def _programme() -> Programme:
    found = parse_programme(BAKERY.read_text(encoding="utf-8"))
    assert isinstance(found, Programme)
    return found


PROGRAMME = _programme()

lines = st.builds(
    BasketLine,
    sku=st.sampled_from(["", "brot", "pfand"]),
    category=st.sampled_from(["", "Pfand", "Backwaren"]),
    quantity=st.integers(1, 3),
    amount_cents=st.integers(0, 400),
)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """A purchase, with or without articles, perhaps with a typed part without points."""
    articles = tuple(draw(st.lists(lines, max_size=6)))
    amount = sum(line.amount_cents for line in articles) if articles else draw(st.integers(1, 2000))
    assume(amount > 0)
    basket = Basket(amount, draw(st.integers(0, amount)), articles)
    assume(isinstance(quote_sale(PROGRAMME, basket), Quote))
    return basket


def _booked(basket: Basket) -> Sale:
    quote = quote_sale(PROGRAMME, basket)
    assert isinstance(quote, Quote)
    return Sale(
        record_id=UUID(int=1),
        member_id=UUID(int=2),
        at_us=0,
        business_day=date(2026, 11, 22),
        utc_offset_min=60,
        programme_version=1,
        command_digest="",
        currency="EUR",
        amount_cents=basket.amount_cents,
        lines=quote.lines,
    )


@given(baskets())
def test_a_basket_is_found_again_in_its_record(basket: Basket) -> None:
    """Whatever the cashier typed as the part without points: the register never knew of it."""
    assert same_purchase(_booked(basket), replace(basket, without_points_cents=0))


@given(baskets(), st.data())
def test_any_other_basket_is_told_apart(basket: Basket, data: st.DataObject) -> None:
    """One more line, one less, another sum, another article."""
    articles = list(basket.lines)
    change = data.draw(st.sampled_from(["amount", "more", "fewer", "sku", "quantity"]))
    if change == "amount" or not articles:
        other = replace(basket, amount_cents=basket.amount_cents + 1)
    elif change == "more":
        other = replace(basket, lines=(*articles, BasketLine("kuchen", "", 1, 0)))
    elif change == "fewer":
        assume(len(articles) > 1)
        other = replace(basket, lines=tuple(articles[1:]))
    else:
        at = data.draw(st.integers(0, len(articles) - 1))
        line = articles[at]
        articles[at] = replace(line, sku="kuchen") if change == "sku" else replace(line, quantity=line.quantity + 1)
        other = replace(basket, lines=tuple(articles))
    assert not same_purchase(_booked(basket), replace(other, without_points_cents=0))
