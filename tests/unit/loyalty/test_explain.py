"""Why these points: every quote says which rule looked at which sum."""

from __future__ import annotations

from loyalty.lines import Explanation
from loyalty.sale import Basket, BasketLine, Quote, RewardRequest, quote_sale
from tests.unit.loyalty.building import programme_of, with_rate

PROGRAMME = programme_of()


def explained(basket: Basket, *requests: RewardRequest) -> tuple[Explanation, ...]:
    """The explanation of a quote with points enough for any reward."""
    quote = quote_sale(PROGRAMME, basket, requests, available=10_000)
    assert isinstance(quote, Quote)
    return quote.explain


def test_the_base_rule_names_its_sum_and_its_rate() -> None:
    """The numbers of the sentence "23 points for 23.45 euros at 1 point per euro"."""
    values = {"eligible_cents": 2345, "rate_points": 1, "rate_cents": 100}
    assert explained(Basket(2345)) == (Explanation("base", 23, values),)


def test_each_exclusion_is_named_once_with_its_sum() -> None:
    """Two deposits are one reason, in the order of the purchase."""
    lines = (
        BasketLine("", "deposit", 1, 25),
        BasketLine("", "", 1, 1000),
        BasketLine("", "tobacco", 1, 800),
        BasketLine("", "deposit", 1, 75),
    )
    reasons = explained(Basket(1900, 300, lines))
    assert [(reason.rule, reason.points, reason.subject, reason.values.get("cents")) for reason in reasons] == [
        ("base", 7, "", None),
        ("excluded", 0, "deposit", 100),
        ("excluded", 0, "without-points", 300),
        ("excluded", 0, "tobacco", 800),
    ]


def test_a_part_paid_with_points_is_named_when_it_earns_nothing() -> None:
    """A product reward takes nothing off and is no reason."""
    reasons = explained(Basket(2000), RewardRequest("off-5"), RewardRequest("coffee"))
    assert reasons[0].values["eligible_cents"] == 1500
    assert reasons[1:] == (Explanation("paid_with_points", 0, {"cents": 500}),)


def test_a_part_paid_with_points_is_no_reason_when_the_full_sum_earns() -> None:
    """Then it changed nothing."""
    quote = quote_sale(with_rate(1, 100, on="full"), Basket(2000), (RewardRequest("off-5"),), available=500)
    assert isinstance(quote, Quote)
    assert [reason.rule for reason in quote.explain] == ["base"]
