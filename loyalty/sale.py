"""Pricing one purchase: what it earns, what rewards take off, and why. Pure; the same code runs in the till, a test and the server.

Order of rules: rewards lower what is paid, exclusions earn nothing, the base rule is applied once to the whole eligible sum and
rounded down, and the points are spread over the lines so that they sum exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from loyalty import explain
from loyalty.money import split_by_weight
from loyalty.outcomes import Reason, Refused
from loyalty.programme import EarnOn, Programme, Reward, RewardKind
from loyalty.records import LINES_MAX, Explanation, RedemptionLine, SaleLine

if TYPE_CHECKING:
    from collections.abc import Sequence

WITHOUT_POINTS = "without-points"
"""The exclusion id of a sum the cashier typed as "of which without points"."""


class BasketLine(msgspec.Struct, frozen=True):
    """One article line as the register or the command line names it."""

    sku: str
    category: str
    quantity: int
    amount_cents: int


class Basket(msgspec.Struct, frozen=True):
    """A purchase before pricing.

    Attributes:
        amount_cents: The whole purchase.
        without_points_cents: The part that earns nothing, as typed; on top of excluded lines.
        lines: Article lines, empty when only an amount was typed; otherwise they sum to ``amount_cents``.
    """

    amount_cents: int
    without_points_cents: int = 0
    lines: tuple[BasketLine, ...] = ()


class RewardRequest(msgspec.Struct, frozen=True):
    """A reward the customer wants.

    Attributes:
        reward_id: Which.
        points: For a flexible reward how many points to spend, ``None`` for as many as are possible.
        value_cents: For a flexible reward instead the money to take off.
    """

    reward_id: str
    points: int | None = None
    value_cents: int | None = None


class Quote(msgspec.Struct, frozen=True):
    """A priced purchase, not yet written.

    Attributes:
        lines: The purchase with points per line.
        redemptions: Rewards taken, numbered behind the lines.
        explain: Why these points.
    """

    lines: tuple[SaleLine, ...]
    redemptions: tuple[RedemptionLine, ...]
    explain: tuple[Explanation, ...]

    @property
    def points(self) -> int:
        """Points awarded."""
        return sum(line.points for line in self.lines)

    @property
    def points_redeemed(self) -> int:
        """Points spent."""
        return sum(redemption.points for redemption in self.redemptions)

    @property
    def money_off_cents(self) -> int:
        """What is taken off at the register, in cents."""
        return sum(redemption.value_cents for redemption in self.redemptions if redemption.money_off)


def quote_sale(
    programme: Programme, basket: Basket, requests: Sequence[RewardRequest] = (), *, available: int = 0
) -> Quote | Refused:
    """Price a purchase.

    Args:
        programme: The rules in force.
        basket: The purchase.
        requests: Rewards wanted in it.
        available: Points the member may spend now.

    Returns:
        The quote, or why the purchase or a reward is refused.
    """
    if refusal := _check_basket(programme, basket):
        return refusal
    lines = _purchase_lines(programme, basket)
    eligible_cents = sum(line.amount_cents for line in lines if line.excluded is None)
    redemptions = _redemption_lines(programme, basket, requests, available, eligible_cents, first_line=len(lines) + 1)
    if isinstance(redemptions, Refused):
        return redemptions
    off_cents = sum(redemption.value_cents for redemption in redemptions if redemption.money_off)
    earning_cents = eligible_cents - (off_cents if programme.earning.on is EarnOn.PAID else 0)
    points = base_points(programme, earning_cents)
    weights = [0 if line.excluded else line.amount_cents for line in lines]
    parts = split_by_weight(points, weights)
    priced = tuple(msgspec.structs.replace(line, points=part) for line, part in zip(lines, parts, strict=True))
    return Quote(priced, redemptions, explain.award(programme, points, earning_cents, off_cents, priced))


def base_points(programme: Programme, eligible_cents: int) -> int:
    """Points of the base rule for an eligible sum, rounded down from exact rational arithmetic."""
    earning = programme.earning
    return int(Fraction(eligible_cents * earning.points, earning.per_cents))


def _check_basket(programme: Programme, basket: Basket) -> Refused | None:
    if basket.amount_cents <= 0:
        return Refused(Reason.AMOUNT_MISSING)
    if basket.amount_cents > programme.limits.amount_max_cents:
        return Refused(Reason.AMOUNT_TOO_LARGE, {"max_cents": programme.limits.amount_max_cents})
    if not 0 <= basket.without_points_cents <= basket.amount_cents:
        return Refused(Reason.WITHOUT_POINTS_ABOVE_AMOUNT)
    if basket.lines:
        lines_cents = sum(line.amount_cents for line in basket.lines)
        if lines_cents != basket.amount_cents or any(line.amount_cents < 0 or line.quantity < 1 for line in basket.lines):
            return Refused(Reason.LINES_DIFFER_FROM_AMOUNT, {"lines_cents": lines_cents, "amount_cents": basket.amount_cents})
        if len(basket.lines) >= LINES_MAX:
            return Refused(Reason.LINES_DIFFER_FROM_AMOUNT, {"lines_max": LINES_MAX})
        earning_cents = sum(line.amount_cents for line in basket.lines if programme.exclusion_of(line.category) is None)
        if basket.without_points_cents > earning_cents:
            return Refused(Reason.WITHOUT_POINTS_ABOVE_AMOUNT)
    return None


def _purchase_lines(programme: Programme, basket: Basket) -> tuple[SaleLine, ...]:
    """The purchase as numbered lines without points yet; a typed sum without points becomes a line of its own."""
    lines: list[SaleLine] = []
    without = basket.without_points_cents
    for item in basket.lines or (BasketLine("", "", 1, basket.amount_cents),):
        exclusion = programme.exclusion_of(item.category) if item.category else None
        taken = 0 if exclusion else min(without, item.amount_cents)
        without -= taken
        if taken < item.amount_cents or not taken:
            lines.append(
                SaleLine(
                    line=len(lines) + 1,
                    amount_cents=item.amount_cents - taken,
                    points=0,
                    excluded=exclusion.id if exclusion else None,
                    sku=item.sku,
                    category=item.category,
                    quantity=item.quantity,
                )
            )
    if basket.without_points_cents:
        lines.append(SaleLine(line=len(lines) + 1, amount_cents=basket.without_points_cents, points=0, excluded=WITHOUT_POINTS))
    return tuple(lines)


def _redemption_lines(  # noqa: PLR0913 - one private step of quote_sale, split off for reading
    programme: Programme,
    basket: Basket,
    requests: Sequence[RewardRequest],
    available: int,
    payable_cents: int,
    *,
    first_line: int,
) -> tuple[RedemptionLine, ...] | Refused:
    """Price the rewards one after the other; each sees what the ones before left over.

    Goods without points can't be paid with points either: for price-fixed books and medicines the law says so, and one rule for
    all exclusions is the one a cashier can explain.
    """
    if len(requests) > programme.limits.rewards_per_sale_max:
        return Refused(Reason.REWARDS_TOO_MANY, {"max": programme.limits.rewards_per_sale_max})
    lines: list[RedemptionLine] = []
    for request in requests:
        reward = programme.reward(request.reward_id)
        if reward is None:
            return Refused(Reason.REWARD_UNKNOWN, {"reward": request.reward_id})
        if basket.amount_cents < reward.minimum_purchase_cents:
            return Refused(Reason.MINIMUM_PURCHASE, {"minimum_cents": reward.minimum_purchase_cents, "reward": reward.id})
        priced = price_reward(reward, request, available, payable_cents)
        if isinstance(priced, Refused):
            return priced
        line = msgspec.structs.replace(priced, line=first_line + len(lines))
        available -= line.points
        payable_cents -= line.value_cents if line.money_off else 0
        lines.append(line)
    return tuple(lines)


def price_reward(reward: Reward, request: RewardRequest, available: int, payable_cents: int | None) -> RedemptionLine | Refused:
    """Price one reward.

    Args:
        reward: The reward.
        request: How much of it, for a flexible one.
        available: Points that may be spent.
        payable_cents: What is left to pay and may be lowered; ``None`` when there is no purchase.

    Returns:
        The line (numbered 1), or why not.
    """
    if not reward.flexible and (request.points is not None or request.value_cents is not None):
        return Refused(Reason.REWARD_NOT_FLEXIBLE, {"reward": reward.id})
    if reward.flexible:
        return _price_flexible(reward, request, available, payable_cents)
    if available < reward.points:
        return Refused(Reason.INSUFFICIENT_POINTS, {"missing": reward.points - max(0, available), "reward": reward.id})
    money_off = reward.kind is RewardKind.MONEY_OFF
    if money_off and payable_cents is not None and reward.value_cents > payable_cents:
        return Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": reward.value_cents, "payable_cents": payable_cents})
    return RedemptionLine(1, reward.id, reward.points, reward.value_cents, money_off)


def _price_flexible(
    reward: Reward, request: RewardRequest, available: int, payable_cents: int | None
) -> RedemptionLine | Refused:
    """Money off for any number of points: proposes the largest possible, and never takes points that buy no whole cent."""
    if request.value_cents is not None:
        value_cents = request.value_cents
    elif request.points is not None:
        value_cents = int(Fraction(request.points * reward.value_cents, reward.points))
    elif payable_cents is None:
        return Refused(Reason.REWARD_NEEDS_AMOUNT, {"reward": reward.id})
    else:
        value_cents = min(payable_cents, int(Fraction(max(0, available) * reward.value_cents, reward.points)))
    if payable_cents is not None and value_cents > payable_cents:
        return Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": value_cents, "payable_cents": payable_cents})
    points = -(-value_cents * reward.points // reward.value_cents)  # the fewest points that buy this value
    if value_cents < 1 or points > available:
        missing = max(points, 1) - max(0, available)
        return Refused(Reason.INSUFFICIENT_POINTS, {"missing": max(missing, 1), "reward": reward.id})
    return RedemptionLine(1, reward.id, points, value_cents, money_off=True)
