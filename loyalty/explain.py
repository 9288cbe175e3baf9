"""Why these points: the codes and numbers a journal record keeps, and a till or a receipt turns into sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.lines import Explanation
from loyalty.programme import EarnOn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.lines import SaleLine
    from loyalty.programme import Programme

BASE: Final = "base"
"""The base rule: values ``eligible_cents``, ``rate_points``, ``rate_cents``."""

EXCLUDED: Final = "excluded"
"""Goods that earn nothing: value ``cents``, subject the exclusion's id."""

PAID_WITH_POINTS: Final = "paid_with_points"
"""A part of the sum was paid with points and earns nothing: value ``cents``."""


def award(
    programme: Programme, points: int, eligible_cents: int, off_cents: int, lines: Sequence[SaleLine]
) -> tuple[Explanation, ...]:
    """Explain an award.

    Args:
        programme: The rules it was made under.
        points: What the base rule gave.
        eligible_cents: The sum it looked at, in cents.
        off_cents: What rewards took off, in cents.
        lines: The purchase, for the exclusions in it.

    Returns:
        The base rule first, then each exclusion once with its sum, then what was paid with points.
    """
    earning = programme.earning
    rate = {"eligible_cents": eligible_cents, "rate_points": earning.points, "rate_cents": earning.per_cents}
    reasons = [Explanation(BASE, points, rate)]
    excluded: dict[str, int] = {}
    for line in lines:
        if line.excluded is not None:
            excluded[line.excluded] = excluded.get(line.excluded, 0) + line.amount_cents
    reasons += [Explanation(EXCLUDED, 0, {"cents": cents}, exclusion) for exclusion, cents in excluded.items()]
    if off_cents and earning.on is EarnOn.PAID:
        reasons.append(Explanation(PAID_WITH_POINTS, 0, {"cents": off_cents}))
    return tuple(reasons)
