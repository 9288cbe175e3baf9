"""Pricing: what a purchase earns and what rewards take off, with the complaints that peers' users file as tests."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.bounds import LINES_MAX, QUANTITY_MAX
from loyalty.encoding import encode
from loyalty.lines import RedemptionLine
from loyalty.outcomes import Reason, Refused
from loyalty.programme import Programme, RewardKind
from loyalty.sale import (
    WITHOUT_POINTS,
    Basket,
    BasketLine,
    Quote,
    RewardRequest,
    base_points,
    price_reward,
    quote_sale,
)
from tests.unit.loyalty.building import PROGRAMME_TOML, programme_of, sale_of, with_rate

PROGRAMME = programme_of()


def quoted(basket: Basket, *requests: RewardRequest, available: int = 0, programme: Programme = PROGRAMME) -> Quote:
    """A quote that is known not to be refused."""
    quote = quote_sale(programme, basket, requests, available=available)
    assert isinstance(quote, Quote), quote
    return quote


def refused(basket: Basket, *requests: RewardRequest, available: int = 0) -> Refused:
    """The refusal of a basket that is known to be refused."""
    refusal = quote_sale(PROGRAMME, basket, requests, available=available)
    assert isinstance(refusal, Refused), refusal
    return refusal


def line(amount_cents: int, category: str = "", quantity: int = 1, sku: str = "") -> BasketLine:
    """One article."""
    return BasketLine(sku=sku, category=category, quantity=quantity, amount_cents=amount_cents)


def basket_of(*lines: BasketLine, without_points_cents: int = 0) -> Basket:
    """A basket whose amount is the sum of its lines."""
    return Basket(sum(item.amount_cents for item in lines), without_points_cents, lines)


def flexible_of(points: int, value_cents: int) -> Programme:
    """The test programme with another exchange rate of its flexible reward."""
    old = 'en = "Pay with points" }\npoints = 100\nvalue_cents = 100'
    assert old in PROGRAMME_TOML
    return programme_of(
        PROGRAMME_TOML.replace(old, f'en = "Pay with points" }}\npoints = {points}\nvalue_cents = {value_cents}')
    )


@pytest.mark.parametrize(("cents", "points"), [(1, 0), (99, 0), (100, 1), (199, 1), (2345, 23), (1_000_000, 10_000)])
def test_a_purchase_earns_the_floor_of_the_rate(cents: int, points: int) -> None:
    """One point per full euro, in one line."""
    quote = quoted(Basket(cents))
    assert quote.points == points
    assert [(item.line, item.amount_cents, item.excluded) for item in quote.lines] == [(1, cents, None)]


def test_a_point_is_not_lost_to_currency_rounding() -> None:
    """A peer rounded one point to none: one cent at a hundred points a euro is one point."""
    assert quoted(Basket(1), programme=with_rate(100, 100)).points == 1
    assert quoted(Basket(29), programme=with_rate(1, 29)).points == 1


@given(st.integers(1, 1_000_000), st.integers(1, 1000), st.integers(1, 100_000))
def test_points_are_the_exact_floor_and_never_more_than_the_rate_allows(
    cents: int, points: int, per_cents: int
) -> None:
    """Rational arithmetic, so no float residue gives or takes a point (78.00 stays 78.00)."""
    programme = with_rate(points, per_cents)
    awarded = base_points(programme, cents)
    exact = Fraction(cents * points, per_cents)
    assert awarded <= exact < awarded + 1


baskets = st.builds(
    lambda amounts, without: basket_of(
        *(line(cents, category) for cents, category in amounts),
        without_points_cents=min(without, sum(cents for cents, category in amounts if not category)),
    ),
    st.lists(
        st.tuples(st.integers(0, 3000), st.sampled_from(["", "deposit", "tobacco"])), min_size=1, max_size=8
    ).filter(lambda amounts: any(cents for cents, _ in amounts)),
    st.integers(0, 5000),
)


@given(baskets, st.integers(1, 500), st.integers(1, 500))
def test_points_of_the_lines_sum_to_the_award_and_excluded_goods_never_earn(
    basket: Basket, points: int, per_cents: int
) -> None:
    """Whatever is split off, the lines sum to the amount, the points to the rule's, and nothing excluded earns."""
    programme = with_rate(points, per_cents)
    quote = quoted(basket, programme=programme)
    earning = [item for item in quote.lines if item.excluded is None]
    assert sum(item.amount_cents for item in quote.lines) == basket.amount_cents
    assert sum(item.points for item in earning) == quote.points
    assert quote.points == base_points(programme, sum(item.amount_cents for item in earning))
    assert all(item.points == 0 for item in quote.lines if item.excluded is not None)
    typed = sum(item.amount_cents for item in quote.lines if item.excluded == WITHOUT_POINTS)
    assert typed == basket.without_points_cents
    assert len(quote.lines) <= len(basket.lines) + 1


@given(baskets, st.integers(0, 3000), st.booleans())
def test_every_quote_can_be_written(basket: Basket, available: int, whole: bool) -> None:
    """What is quoted makes a sound record: lines numbered, sums equal, no more taken off than bought."""
    requests = (RewardRequest("sticker"), RewardRequest("flexible", points=None if whole else available // 2))
    quote = quote_sale(PROGRAMME, basket, requests, available=available)
    if isinstance(quote, Quote):
        assert quote.points_redeemed <= available
        assert encode(sale_of(quote.lines, quote.redemptions))


def test_goods_without_points_are_named_by_their_category() -> None:
    """Deposit and tobacco earn nothing whatever capitals the register uses; gift-card-like sales can be excluded so."""
    quote = quoted(basket_of(line(1000, "bread"), line(345, "Leergut"), line(800, "TOBACCO")))
    assert [(item.excluded, item.points) for item in quote.lines] == [(None, 10), ("deposit", 0), ("tobacco", 0)]


def test_a_typed_sum_without_points_is_a_line_of_its_own() -> None:
    """Twenty euros, five of them deposit: fifteen points."""
    quote = quoted(Basket(2000, without_points_cents=500))
    assert [(item.amount_cents, item.points, item.excluded) for item in quote.lines] == [
        (1500, 15, None),
        (500, 0, WITHOUT_POINTS),
    ]
    assert [item.excluded for item in quoted(Basket(2000, without_points_cents=2000)).lines] == [WITHOUT_POINTS]


def test_a_typed_sum_without_points_keeps_every_article_in_the_record() -> None:
    """It is taken from the earning lines in order; excluded ones do not count towards it."""
    lines = (line(300, "deposit", sku="D"), line(500, sku="A", quantity=2), line(900, sku="B"), line(100, sku="C"))
    quote = quoted(basket_of(*lines, without_points_cents=700))
    assert [(item.sku, item.amount_cents, item.excluded, item.quantity) for item in quote.lines] == [
        ("D", 300, "deposit", 1),
        ("A", 500, WITHOUT_POINTS, 2),
        ("B", 700, None, 1),
        ("", 200, WITHOUT_POINTS, 1),
        ("C", 100, None, 1),
    ]
    assert quote.points == 8


def test_a_voided_article_earns_nothing() -> None:
    """A register that keeps voided lines sends them with zero cents; peers let them earn."""
    quote = quoted(basket_of(line(1000), line(0)))
    assert [item.points for item in quote.lines] == [10, 0]


@pytest.mark.parametrize(
    ("basket", "reason", "values"),
    [
        (Basket(0), Reason.AMOUNT_MISSING, {}),
        (Basket(-100), Reason.AMOUNT_MISSING, {}),
        (Basket(1_000_001), Reason.AMOUNT_TOO_LARGE, {"max_cents": 1_000_000}),
        (Basket(100, -1), Reason.WITHOUT_POINTS_ABOVE_AMOUNT, {}),
        (Basket(100, 101), Reason.WITHOUT_POINTS_ABOVE_AMOUNT, {}),
        (
            Basket(100, 51, (line(50), line(50, "deposit"))),
            Reason.WITHOUT_POINTS_ABOVE_AMOUNT,
            {},
        ),
        (Basket(100, 0, (line(99),)), Reason.LINES_DIFFER_FROM_AMOUNT, {"lines_cents": 99, "amount_cents": 100}),
        (Basket(100, 0, (line(200), line(-100))), Reason.LINES_INVALID, {"line": 2}),
        (Basket(100, 0, (line(100, quantity=0),)), Reason.LINES_INVALID, {"line": 1}),
        (Basket(100, 0, (line(100, quantity=QUANTITY_MAX + 1),)), Reason.LINES_INVALID, {"line": 1}),
        (Basket(100, 0, (line(100, sku="x" * 41),)), Reason.LINES_INVALID, {"line": 1}),
        (Basket(100, 0, (line(100, category="x" * 41),)), Reason.LINES_INVALID, {"line": 1}),
        (Basket(LINES_MAX, 0, (line(1),) * LINES_MAX), Reason.LINES_INVALID, {"lines_max": LINES_MAX - 1}),
    ],
)
def test_a_basket_that_is_none_is_refused_with_its_reason(
    basket: Basket, reason: Reason, values: dict[str, int]
) -> None:
    """Nothing from a register or a keyboard is taken for granted."""
    assert refused(basket) == Refused(reason, dict(values))


def test_the_longest_basket_with_a_split_line_fits_into_a_record() -> None:
    """The limit leaves room for the one line that a typed sum without points adds."""
    lines = (line(2, category="🥐" * 40, sku="🥖" * 40),) * (LINES_MAX - 1)
    quote = quoted(basket_of(*lines, without_points_cents=3))
    assert len(quote.lines) == LINES_MAX
    assert encode(sale_of(quote.lines))


class TestRewards:
    """Rewards taken within a purchase."""

    def test_money_off_lowers_what_is_paid_and_what_earns(self) -> None:
        """Five euros off twenty: fifteen to pay, fifteen points."""
        quote = quoted(Basket(2000), RewardRequest("off-5"), available=600)
        assert quote.redemptions == (RedemptionLine(2, "off-5", 500, 500, money_off=True),)
        assert (quote.money_off_cents, quote.points_redeemed, quote.points) == (500, 500, 15)

    def test_a_programme_may_award_on_the_full_sum(self) -> None:
        """Then a reward does not lower the award."""
        programme = with_rate(1, 100, on="full")
        assert quoted(Basket(2000), RewardRequest("off-5"), available=600, programme=programme).points == 20

    def test_a_product_takes_nothing_off_the_sum(self) -> None:
        """A free coffee is handed out; the sum and the award stay."""
        quote = quoted(Basket(2000), RewardRequest("coffee"), available=300)
        assert (quote.money_off_cents, quote.points_redeemed, quote.points) == (0, 300, 20)

    def test_several_rewards_share_the_points_and_the_sum(self) -> None:
        """Each sees what the ones before left over, and lines go on counting behind the purchase."""
        quote = quoted(Basket(2000), RewardRequest("off-5"), RewardRequest("coffee"), available=800)
        assert [(item.line, item.reward_id) for item in quote.redemptions] == [(2, "off-5"), (3, "coffee")]
        refusal = refused(Basket(2000), RewardRequest("off-5"), RewardRequest("coffee"), available=799)
        assert refusal == Refused(Reason.INSUFFICIENT_POINTS, {"missing": 1, "reward": "coffee"})

    def test_rewards_together_never_take_off_more_than_was_bought(self) -> None:
        """The third five euros off twelve are too much; the largest flexible one takes just the rest."""
        thrice = refused(Basket(1200), *(RewardRequest("off-5"),) * 3, available=9999)
        assert thrice == Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": 500, "payable_cents": 200})
        quote = quoted(Basket(1200), RewardRequest("off-5"), RewardRequest("flexible"), available=9999)
        assert (quote.money_off_cents, quote.points) == (1200, 0)

    def test_goods_without_points_cannot_be_paid_with_points(self) -> None:
        """Price-fixed books and deposits must be paid in money: only 3 euros of these 20 may be lowered."""
        refusal = refused(Basket(2000, without_points_cents=1700), RewardRequest("off-5"), available=500)
        assert refusal == Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": 500, "payable_cents": 300})
        quote = quoted(Basket(2000, without_points_cents=1700), RewardRequest("flexible"), available=500)
        assert quote.money_off_cents == 300

    @pytest.mark.parametrize(
        ("request_of", "available", "reason", "values"),
        [
            (RewardRequest("tea"), 999, Reason.REWARD_UNKNOWN, {"reward": "tea"}),
            (RewardRequest("off-5"), 499, Reason.INSUFFICIENT_POINTS, {"missing": 1, "reward": "off-5"}),
            (RewardRequest("coffee"), -20, Reason.INSUFFICIENT_POINTS, {"missing": 320, "reward": "coffee"}),
            (RewardRequest("coffee", points=100), 999, Reason.REWARD_NOT_FLEXIBLE, {"reward": "coffee"}),
            (RewardRequest("off-5", value_cents=100), 999, Reason.REWARD_NOT_FLEXIBLE, {"reward": "off-5"}),
            (RewardRequest("flexible"), 0, Reason.INSUFFICIENT_POINTS, {"missing": 1, "reward": "flexible"}),
            (RewardRequest("flexible"), -5, Reason.INSUFFICIENT_POINTS, {"missing": 6, "reward": "flexible"}),
            (RewardRequest("flexible", points=0), 99, Reason.AMOUNT_INVALID, {}),
            (RewardRequest("flexible", points=-100), 99, Reason.AMOUNT_INVALID, {}),
            (RewardRequest("flexible", value_cents=-1), 99, Reason.AMOUNT_INVALID, {}),
            (
                RewardRequest("flexible", points=100),
                40,
                Reason.INSUFFICIENT_POINTS,
                {"missing": 60, "reward": "flexible"},
            ),
            (
                RewardRequest("flexible", value_cents=1201),
                9999,
                Reason.VALUE_ABOVE_PURCHASE,
                {"value_cents": 1201, "payable_cents": 1200},
            ),
        ],
    )
    def test_a_reward_that_cannot_be_given_is_refused_with_what_is_missing(
        self, request_of: RewardRequest, available: int, reason: Reason, values: dict[str, int | str]
    ) -> None:
        """An overdraw is never accepted, which peers do down to any negative balance."""
        assert refused(Basket(1200), request_of, available=available) == Refused(reason, values)

    def test_a_reward_may_ask_for_a_minimum_purchase(self) -> None:
        """Counted before anything is taken off."""
        refusal = refused(Basket(999), RewardRequest("off-5"), available=500)
        assert refusal == Refused(Reason.MINIMUM_PURCHASE, {"minimum_cents": 1000, "reward": "off-5"})
        assert quoted(Basket(1000), RewardRequest("off-5"), available=500).money_off_cents == 500

    def test_a_sale_carries_only_so_many_rewards(self) -> None:
        """The programme's limit is the limit."""
        many = (RewardRequest("sticker"),) * 6
        assert refused(Basket(1000), *many, available=999) == Refused(Reason.REWARDS_TOO_MANY, {"max": 5})
        assert len(quoted(Basket(1000), *many[:5], available=50).redemptions) == 5


class TestFlexible:
    """Any number of points as money: partial redemption, and not a cent left over."""

    def test_it_proposes_the_most_that_points_and_sum_allow(self) -> None:
        """All points when they are few, the whole sum when they are many."""
        few = quoted(Basket(1234), RewardRequest("flexible"), available=700)
        assert (few.money_off_cents, few.points_redeemed) == (700, 700)
        many = quoted(Basket(1234), RewardRequest("flexible"), available=5000)
        assert (many.money_off_cents, many.points_redeemed, many.points) == (1234, 1234, 0)

    def test_the_cashier_may_take_less(self) -> None:
        """By points or by money."""
        by_points = quoted(Basket(1234), RewardRequest("flexible", points=250), available=700)
        by_money = quoted(Basket(1234), RewardRequest("flexible", value_cents=250), available=700)
        assert by_points.redemptions == by_money.redemptions
        assert by_points.points == 9

    def test_no_cents_are_left_to_pay_when_the_points_suffice(self) -> None:
        """A peer's whole-number redemption left cents to pay in cash; ten points a euro pay 12.34 with 124 points."""
        programme = flexible_of(10, 100)
        quote = quoted(Basket(1234), RewardRequest("flexible"), available=124, programme=programme)
        assert (quote.money_off_cents, quote.points_redeemed) == (1234, 124)

    def test_what_was_proposed_can_be_asked_for(self) -> None:
        """The 124 points of the proposal are worth 12.40; asked for by number they still pay 12.34."""
        programme = flexible_of(10, 100)
        quote = quoted(Basket(1234), RewardRequest("flexible", points=124), available=124, programme=programme)
        assert quote.money_off_cents == 1234
        refusal = quote_sale(programme, Basket(1234), (RewardRequest("flexible", points=125),), available=125)
        assert isinstance(refusal, Refused)
        assert refusal.reason is Reason.VALUE_ABOVE_PURCHASE

    def test_points_that_buy_no_whole_cent_are_not_taken(self) -> None:
        """Ten points at three points a cent are three cents for nine points."""
        quote = quoted(Basket(100), RewardRequest("flexible", points=10), available=10, programme=flexible_of(3, 1))
        assert (quote.money_off_cents, quote.points_redeemed) == (3, 9)

    def test_points_too_few_for_a_cent_say_how_many_are_missing(self) -> None:
        """Two of the three points a cent costs."""
        refusal = quote_sale(flexible_of(3, 1), Basket(100), (RewardRequest("flexible"),), available=2)
        assert refusal == Refused(Reason.INSUFFICIENT_POINTS, {"missing": 1, "reward": "flexible"})

    def test_nothing_payable_is_said_as_such(self) -> None:
        """A basket of deposits only."""
        refusal = refused(Basket(300, without_points_cents=300), RewardRequest("flexible"), available=500)
        assert refusal == Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": 1, "payable_cents": 0})

    def test_without_a_purchase_it_needs_an_amount(self) -> None:
        """There is nothing to propose then; a named amount is fine."""
        reward = PROGRAMME.reward("flexible")
        assert reward is not None
        without = price_reward(reward, RewardRequest("flexible"), 500, None)
        assert without == Refused(Reason.REWARD_NEEDS_AMOUNT, {"reward": "flexible"})
        named = price_reward(reward, RewardRequest("flexible", points=120), 500, None)
        assert named == RedemptionLine(1, "flexible", 120, 120, money_off=True)

    @given(
        st.integers(1, 500),
        st.integers(1, 500),
        st.integers(0, 5000),
        st.integers(1, 5000),
        st.none() | st.integers(0, 6000),
    )
    def test_points_taken_always_pay_for_the_money_taken_off(
        self, points: int, value_cents: int, available: int, payable: int, asked: int | None
    ) -> None:
        """Never more points than there are or were asked for, never more money than is owed, no point for nothing."""
        reward = flexible_of(points, value_cents).reward("flexible")
        assert reward is not None
        found = price_reward(reward, RewardRequest("flexible", points=asked), available, payable)
        if isinstance(found, Refused):
            return
        assert 0 < found.points <= (available if asked is None else min(asked, available))
        assert 0 < found.value_cents <= payable
        assert found.points * value_cents >= found.value_cents * points
        assert (found.points - 1) * value_cents < found.value_cents * points


def test_a_fixed_reward_needs_no_purchase() -> None:
    """A coffee for points, or a voucher's money off at the register, outside any sale."""
    for reward_id, money_off in (("coffee", False), ("off-5", True)):
        reward = PROGRAMME.reward(reward_id)
        assert reward is not None
        assert money_off is (reward.kind is RewardKind.MONEY_OFF)
        priced = price_reward(reward, RewardRequest(reward_id), 500, None)
        assert priced == RedemptionLine(1, reward_id, reward.points, reward.value_cents, money_off)
