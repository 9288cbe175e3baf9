"""Undoing a sale or a redemption, whole or in part, so that it can never be undone twice.

For a line of P points and L cents of which c cents have been reversed in total, the points due back are
``floor(P * min(c, L) / L)`` less what earlier reversals already booked. Partial reversals therefore sum to the whole
exactly, and going over the line's amount moves nothing. The same formula returns redeemed points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.lines import ReversedLine
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, Sale

if TYPE_CHECKING:
    from collections.abc import Mapping


class ReversedSoFar(msgspec.Struct, frozen=True):
    """What earlier reversals did to one line, summed."""

    cents: int = 0
    points: int = 0


class ReversalRequest(msgspec.Struct, frozen=True):
    """What to undo.

    Attributes:
        original_id: The record.
        line: One line of it, ``None`` for all.
        amount_cents: How much of it (of the purchase lines in order when no line is named), ``None`` for the whole.
    """

    original_id: UUID
    line: int | None = None
    amount_cents: int | None = None


class ReversalPlan(msgspec.Struct, frozen=True):
    """What a reversal would book."""

    lines: tuple[ReversedLine, ...]
    redemptions: tuple[ReversedLine, ...]

    @property
    def takes_back(self) -> int:
        """Awarded points taken back."""
        return sum(line.points for line in self.lines)

    @property
    def returns(self) -> int:
        """Redeemed points given back."""
        return sum(line.points for line in self.redemptions)


class _Part(msgspec.Struct, frozen=True):
    line: int
    cents: int
    points: int
    is_redemption: bool


def plan_reversal(
    original: Sale | Redemption, request: ReversalRequest, so_far: Mapping[int, ReversedSoFar]
) -> ReversalPlan | Refused:
    """Compute what a reversal takes back and returns.

    Args:
        original: The record to undo.
        request: What of it. A sum without a line goes through the purchase lines in order and leaves rewards alone; no
            sum and no line undoes everything that is left.
        so_far: By line number, what earlier reversals of this record did.

    Returns:
        The plan, or a refusal when the line is unknown or nothing is left.
    """
    if request.amount_cents is not None and request.amount_cents <= 0:
        return Refused(Reason.AMOUNT_INVALID)
    parts = _parts(original)
    if request.line is not None:
        parts = [part for part in parts if part.line == request.line]
        if not parts:
            return Refused(Reason.LINE_UNKNOWN, {"line": request.line})
    elif request.amount_cents is not None:
        parts = [part for part in parts if not part.is_redemption]
    left_cents = request.amount_cents
    booked: list[tuple[_Part, ReversedLine]] = []
    for part in parts:
        reversed_line = _reverse_part(part, so_far.get(part.line, ReversedSoFar()), left_cents)
        if reversed_line is None:
            continue
        if left_cents is not None:
            left_cents -= reversed_line.cents
        booked.append((part, reversed_line))
    if not booked and request.line is not None and request.line in so_far:
        return Refused(Reason.LINE_ALREADY_REVERSED, {"line": request.line})
    if not booked:
        return Refused(Reason.NOTHING_LEFT_TO_REVERSE)
    return ReversalPlan(
        lines=tuple(line for part, line in booked if not part.is_redemption),
        redemptions=tuple(line for part, line in booked if part.is_redemption),
    )


def _parts(original: Sale | Redemption) -> list[_Part]:
    if isinstance(original, Redemption):
        redemption = original.redemption
        return [_Part(redemption.line, redemption.value_cents, redemption.points, is_redemption=True)]
    lines = [_Part(line.line, line.amount_cents, line.points, is_redemption=False) for line in original.lines]
    taken = [_Part(item.line, item.value_cents, item.points, is_redemption=True) for item in original.redemptions]
    return lines + taken


def _reverse_part(part: _Part, so_far: ReversedSoFar, wanted_cents: int | None) -> ReversedLine | None:
    """Reverse up to ``wanted_cents`` of one line (``None``: the rest); ``None`` when that changes nothing.

    A line of zero cents (a product reward without a value) can only be reversed whole: one booking, told by its points.
    """
    if part.cents == 0:
        if wanted_cents is not None or so_far.points == part.points:
            return None
        return ReversedLine(part.line, 0, part.points - so_far.points)
    left_cents = part.cents - so_far.cents
    cents = left_cents if wanted_cents is None else min(wanted_cents, left_cents)
    if cents <= 0:
        return None
    due = part.points * (so_far.cents + cents) // part.cents
    return ReversedLine(part.line, cents, due - so_far.points)
