"""Pricing one purchase: what it earns, what rewards take off, and why. The same code runs in till, test and server.

Order of rules: rewards lower what is paid, exclusions earn nothing, the base rule is applied once to the whole eligible
sum and rounded down, and the points are spread over the lines so that they sum exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loyalty import explain
from loyalty.bounds import CATEGORY_LENGTH_MAX, LINES_MAX, POINTS_MAX, QUANTITY_MAX, SKU_LENGTH_MAX
from loyalty.lines import Explanation, RedemptionLine, SaleLine
from loyalty.money import split_by_weight
from loyalty.outcomes import Reason, Refused
from loyalty.programme import WITHOUT_POINTS, EarnOn, Programme, Reward, RewardKind

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "WITHOUT_POINTS",
    "Basket",
    "BasketLine",
    "Quote",
    "RewardRequest",
    "base_points",
    "price_reward",
    "quote_sale",
]


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
        value_cents: For a flexible reward instead the money to take off; it wins when both are named.
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
        return sum([line.points for line in self.lines])

    @property
    def points_redeemed(self) -> int:
        """Points spent."""
        return sum([redemption.points for redemption in self.redemptions])

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
    eligible_cents = sum([line.amount_cents for line in lines if line.excluded is None])
    redemptions = _redemption_lines(programme, basket, requests, available, eligible_cents, first_line=len(lines) + 1)
    if isinstance(redemptions, Refused):
        return redemptions
    off_cents = sum([redemption.value_cents for redemption in redemptions if redemption.money_off])
    earning_cents = eligible_cents - (off_cents if programme.earning.on is EarnOn.PAID else 0)
    points = base_points(programme, earning_cents)
    weights = [0 if line.excluded else line.amount_cents for line in lines]
    parts = split_by_weight(points, weights)
    priced = tuple([msgspec.structs.replace(line, points=part) for line, part in zip(lines, parts, strict=True)])
    return Quote(priced, redemptions, explain.award(programme, points, earning_cents, off_cents, priced))


def base_points(programme: Programme, eligible_cents: int) -> int:
    """Points of the base rule for an eligible sum, rounded down from exact rational arithmetic."""
    earning = programme.earning
    return eligible_cents * earning.points // earning.per_cents


def _check_basket(programme: Programme, basket: Basket) -> Refused | None:
    if basket.amount_cents <= 0:
        return Refused(Reason.AMOUNT_MISSING)
    if basket.amount_cents > programme.limits.amount_max_cents:
        return Refused(Reason.AMOUNT_TOO_LARGE, {"max_cents": programme.limits.amount_max_cents})
    if basket.lines and (refusal := _check_lines(basket)):
        return refusal
    if basket.without_points_cents == 0:
        return None
    lines = basket.lines or (_typed_amount(basket),)
    earning_cents = sum([line.amount_cents for line in lines if _exclusion_id(programme, line) is None])
    if not 0 <= basket.without_points_cents <= earning_cents:
        return Refused(Reason.WITHOUT_POINTS_ABOVE_AMOUNT)
    return None


def _check_lines(basket: Basket) -> Refused | None:
    """Article lines come from a register or a command line, so nothing about them is taken for granted."""
    if len(basket.lines) >= LINES_MAX:  # one more may be needed for a sum without points
        return Refused(Reason.LINES_INVALID, {"lines_max": LINES_MAX - 1})
    for number, line in enumerate(basket.lines, start=1):
        fits = len(line.sku) <= SKU_LENGTH_MAX and len(line.category) <= CATEGORY_LENGTH_MAX
        if not fits or line.amount_cents < 0 or not 1 <= line.quantity <= QUANTITY_MAX:
            return Refused(Reason.LINES_INVALID, {"line": number})
    lines_cents = sum([line.amount_cents for line in basket.lines])
    if lines_cents != basket.amount_cents:
        values: dict[str, int | str] = {"lines_cents": lines_cents, "amount_cents": basket.amount_cents}
        return Refused(Reason.LINES_DIFFER_FROM_AMOUNT, values)
    return None


def _typed_amount(basket: Basket) -> BasketLine:
    """A purchase without article lines as its only line."""
    return BasketLine(sku="", category="", quantity=1, amount_cents=basket.amount_cents)


def _exclusion_id(programme: Programme, line: BasketLine) -> str | None:
    exclusion = programme.exclusion_of(line.category) if line.category else None
    return exclusion.id if exclusion else None


def _purchase_lines(programme: Programme, basket: Basket) -> tuple[SaleLine, ...]:
    """The purchase as numbered lines without points yet.

    A typed sum without points is taken from the earning lines in order; the one line it covers in part is split, so at
    most one line is added and every article stays in the record.
    """
    lines: list[SaleLine] = []

    def add(item: BasketLine, amount_cents: int, excluded: str | None) -> None:
        number = len(lines) + 1
        lines.append(SaleLine(number, amount_cents, 0, excluded, item.sku, item.category, item.quantity))

    without_cents = basket.without_points_cents
    for item in basket.lines or (_typed_amount(basket),):
        excluded = _exclusion_id(programme, item)
        taken_cents = 0 if excluded else min(without_cents, item.amount_cents)
        without_cents -= taken_cents
        if taken_cents == 0:
            add(item, item.amount_cents, excluded)
        elif taken_cents == item.amount_cents:
            add(item, taken_cents, WITHOUT_POINTS)
        else:
            add(item, item.amount_cents - taken_cents, None)
            add(BasketLine("", "", 1, taken_cents), taken_cents, WITHOUT_POINTS)
    return tuple(lines)


def _redemption_lines(
    programme: Programme,
    basket: Basket,
    requests: Sequence[RewardRequest],
    available: int,
    payable_cents: int,
    *,
    first_line: int,
) -> tuple[RedemptionLine, ...] | Refused:
    """Price the rewards one after the other; each sees what the ones before left over.

    Goods without points can't be paid with points either: for price-fixed books and medicines the law says so, and one
    rule for all exclusions is the one a cashier can explain.
    """
    if not requests:
        return ()
    if len(requests) > programme.limits.rewards_per_sale_max:
        return Refused(Reason.REWARDS_TOO_MANY, {"max": programme.limits.rewards_per_sale_max})
    lines: list[RedemptionLine] = []
    for request in requests:
        reward = programme.reward(request.reward_id)
        if reward is None:
            return Refused(Reason.REWARD_UNKNOWN, {"reward": request.reward_id})
        if basket.amount_cents < reward.minimum_purchase_cents:
            return Refused(
                Reason.MINIMUM_PURCHASE, {"minimum_cents": reward.minimum_purchase_cents, "reward": reward.id}
            )
        priced = price_reward(reward, request, available, payable_cents)
        if isinstance(priced, Refused):
            return priced
        line = msgspec.structs.replace(priced, line=first_line + len(lines))
        available -= line.points
        payable_cents -= line.value_cents if line.money_off else 0
        lines.append(line)
    return tuple(lines)


def price_reward(
    reward: Reward, request: RewardRequest, available: int, payable_cents: int | None
) -> RedemptionLine | Refused:
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
        return Refused(Reason.INSUFFICIENT_POINTS, {"missing": reward.points - available, "reward": reward.id})
    money_off = reward.kind is RewardKind.MONEY_OFF
    if money_off and payable_cents is not None and reward.value_cents > payable_cents:
        return Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": reward.value_cents, "payable_cents": payable_cents})
    return RedemptionLine(1, reward.id, reward.points, reward.value_cents, money_off)


def _price_flexible(
    reward: Reward, request: RewardRequest, available: int, payable_cents: int | None
) -> RedemptionLine | Refused:
    """Money off for any number of points: proposes the most possible, and never takes points that buy no whole cent."""
    affordable_cents = _cents_of(reward, min(available, POINTS_MAX))
    if request.value_cents is not None:
        value_cents = request.value_cents
    elif request.points is not None:
        value_cents = _cents_of(reward, request.points)
        if payable_cents is not None and request.points == _points_of(reward, payable_cents):
            value_cents = payable_cents  # the last point of a full payment may be worth more than the cents it covers
    elif payable_cents is None:
        return Refused(Reason.REWARD_NEEDS_AMOUNT, {"reward": reward.id})
    else:
        value_cents = max(1, min(payable_cents, affordable_cents))  # at least a cent, so that the refusal says why not
    if value_cents < 1:
        return Refused(Reason.AMOUNT_INVALID)
    if payable_cents is not None and value_cents > payable_cents:
        return Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": value_cents, "payable_cents": payable_cents})
    points = _points_of(reward, value_cents)
    if points > min(available, POINTS_MAX):
        return Refused(Reason.INSUFFICIENT_POINTS, {"missing": points - available, "reward": reward.id})
    return RedemptionLine(1, reward.id, points, value_cents, money_off=True)


def _cents_of(reward: Reward, points: int) -> int:
    """The whole cents that points buy at a flexible reward's rate."""
    return max(0, points) * reward.value_cents // reward.points


def _points_of(reward: Reward, value_cents: int) -> int:
    """The fewest points that buy a value at a flexible reward's rate."""
    return -(-value_cents * reward.points // reward.value_cents)
