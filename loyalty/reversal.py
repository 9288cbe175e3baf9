"""Undoing a sale or a redemption, whole or in part, so that it can never be undone twice.

For a line of P points and L cents of which c cents have been reversed in total, the points due back are
``floor(P * min(c, L) / L)`` less what earlier reversals already booked. Partial reversals therefore sum to the whole
exactly, and going over the line's amount moves nothing. The same formula returns redeemed points.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.lines import ReversedLine
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, Reversal, Sale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


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


class OriginalLine(msgspec.Struct, frozen=True):
    """A line that can be undone: a purchase line with what it earned, or a reward with its value and what it cost."""

    line: int
    cents: int
    points: int


class Original(msgspec.Struct, frozen=True):
    """A sale or redemption reduced to what undoing it needs, for a till that has not written it itself.

    Attributes:
        record_id: The record.
        member_id: Whom it moved, ``None`` for an anonymous sale.
        business_day: The shop's day it counts for, ``None`` where nobody knows it.
        lines: The purchase.
        redemptions: The rewards taken.
    """

    record_id: UUID
    member_id: UUID | None
    business_day: date | None
    lines: tuple[OriginalLine, ...] = ()
    redemptions: tuple[OriginalLine, ...] = ()

    @property
    def amount_cents(self) -> int:
        """The whole purchase, in cents."""
        return sum(line.cents for line in self.lines)


class Receipt(msgspec.Struct, frozen=True):
    """What a person reads off a receipt whose code can't be read: sums, never lines.

    Attributes:
        cents: The purchase.
        points: Points awarded for it.
        redeemed: Points redeemed in it.
    """

    cents: int
    points: int
    redeemed: int = 0


class _Part(msgspec.Struct, frozen=True):
    line: int
    cents: int
    points: int
    is_redemption: bool


def reduced(record: Sale | Redemption) -> Original:
    """A record as the part of it that can be undone."""
    lines: tuple[OriginalLine, ...] = ()
    taken = (record.redemption,) if isinstance(record, Redemption) else record.redemptions
    if isinstance(record, Sale):
        lines = tuple(OriginalLine(line.line, line.amount_cents, line.points) for line in record.lines)
    rewards = tuple(OriginalLine(item.line, item.value_cents, item.points) for item in taken)
    return Original(record.record_id, record.member_id, record.business_day, lines, rewards)


def plan_reversal(
    original: Sale | Redemption | Original, request: ReversalRequest, so_far: Mapping[int, ReversedSoFar]
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


def _parts(original: Sale | Redemption | Original) -> list[_Part]:
    known = original if isinstance(original, Original) else reduced(original)
    lines = [_Part(line.line, line.cents, line.points, is_redemption=False) for line in known.lines]
    return lines + [_Part(item.line, item.cents, item.points, is_redemption=True) for item in known.redemptions]


def _reverse_part(part: _Part, so_far: ReversedSoFar, wanted_cents: int | None) -> ReversedLine | None:
    """Reverse up to ``wanted_cents`` of one line (``None``: the rest); ``None`` when that changes nothing.

    A line of zero cents (a product reward without a value) can only be reversed whole: one booking, told by its points.
    """
    if part.cents == 0:
        if wanted_cents is not None or so_far.points >= part.points:
            return None
        return ReversedLine(part.line, 0, part.points - so_far.points)
    left_cents = part.cents - so_far.cents
    cents = left_cents if wanted_cents is None else min(wanted_cents, left_cents)
    if cents <= 0:
        return None
    due = part.points * (so_far.cents + cents) // part.cents
    return ReversedLine(part.line, cents, due - so_far.points)


def plan_vouched(receipt: Receipt, done: Iterable[Reversal]) -> ReversalPlan | Refused:
    """What a reversal books that a manager vouches for: the whole receipt as sums, less what this till undid of it.

    The sums stand in two lines of its own, the purchase in the first and the rewards in the second; ``shared_out`` puts
    them on the lines of the original where that is known.
    """
    cents, points, redeemed = receipt.cents, receipt.points, receipt.redeemed
    for reversal in done:
        cents -= reversal.cents
        points -= reversal.takes_back
        redeemed -= reversal.returns
    lines = (ReversedLine(1, max(0, cents), max(0, points)),) if cents > 0 or points > 0 else ()
    rewards = (ReversedLine(2, 0, redeemed),) if redeemed > 0 else ()
    if not lines and not rewards:
        return Refused(Reason.NOTHING_LEFT_TO_REVERSE)
    return ReversalPlan(lines, rewards)


def shared_out(reversal: Reversal, lines: Sequence[OriginalLine], rewards: Sequence[OriginalLine]) -> Reversal:
    """Put the sums of a vouched reversal on the lines of its original, in order, as far as something is left of each.

    Args:
        reversal: It names sums, see ``plan_vouched``.
        lines: Of the purchase, what is left of each.
        rewards: Of the rewards, what is left of each. A reward's value goes with its points.

    Returns:
        The same reversal by line; what found no line is gone from it.
    """
    cents, points, redeemed = reversal.cents, reversal.takes_back, reversal.returns
    taken: list[ReversedLine] = []
    for line in lines:
        one = ReversedLine(line.line, min(cents, line.cents), min(points, line.points))
        cents, points = cents - one.cents, points - one.points
        if one.cents or one.points:
            taken.append(one)
    returned: list[ReversedLine] = []
    for line in rewards:
        part = min(redeemed, line.points)
        redeemed -= part
        if part:
            returned.append(ReversedLine(line.line, line.cents * part // line.points, part))
    return msgspec.structs.replace(reversal, lines=tuple(taken), redemptions=tuple(returned))


def further_reversed(
    original: Original, so_far: Mapping[int, ReversedSoFar], reversals: Iterable[Reversal]
) -> dict[int, ReversedSoFar]:
    """What was undone of an original when further reversals come on top of what is known, by line."""
    sums = dict(so_far)
    for reversal in reversals:
        found = reversal
        if reversal.vouched_by is not None:
            found = shared_out(reversal, _left(original.lines, sums), _left(original.redemptions, sums))
        for line in (*found.lines, *found.redemptions):
            before = sums.get(line.line, ReversedSoFar())
            sums[line.line] = ReversedSoFar(before.cents + line.cents, before.points + line.points)
    return sums


def _left(lines: Iterable[OriginalLine], so_far: Mapping[int, ReversedSoFar]) -> list[OriginalLine]:
    nothing = ReversedSoFar()
    return [
        OriginalLine(
            line.line,
            max(0, line.cents - so_far.get(line.line, nothing).cents),
            max(0, line.points - so_far.get(line.line, nothing).points),
        )
        for line in lines
    ]
