"""The parts of a record: purchase lines, rewards taken, what a reversal did to each, and why points came about."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from loyalty.bounds import (
    POINTS_MAX,
    QUANTITY_MAX,
    Category,
    Cents,
    Code,
    CodeOrNothing,
    LineNumber,
    PointCount,
    SignedPoints,
    Sku,
)


class Explanation(msgspec.Struct, frozen=True):
    """Why points came about: a rule's code and the numbers its sentence needs. Sentences are the terminal's.

    Attributes:
        rule: A code of ``loyalty.explain``.
        points: What the rule gave or took.
        values: Numbers for the sentence, for example ``{"eligible_cents": 2345}``.
        subject: The id of the exclusion or reward the rule speaks of, empty where there is none.
    """

    rule: Code
    points: SignedPoints
    values: Annotated[dict[Code, int], Meta(max_length=20)] = {}
    subject: CodeOrNothing = ""


class SaleLine(msgspec.Struct, frozen=True):
    """One line of a purchase with the points it was awarded, exactly as booked.

    Attributes:
        line: Its number in the sale, from 1; redemptions go on counting behind the last line.
        amount_cents: What it costs.
        points: What it earned.
        excluded: The id of the exclusion it falls under, ``None`` when it earns.
        sku: The register's article number, empty when only an amount was typed.
        category: The register's category.
        quantity: How many.
    """

    line: LineNumber
    amount_cents: Cents
    points: PointCount
    excluded: Code | None = None
    sku: Sku = ""
    category: Category = ""
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)] = 1


class RedemptionLine(msgspec.Struct, frozen=True):
    """One reward taken, inside a sale or alone.

    Attributes:
        line: Its number in the record.
        reward_id: The programme's reward.
        points: What it cost.
        value_cents: Money taken off, or the product's value.
        money_off: Whether the value lowers what the customer pays.
    """

    line: LineNumber
    reward_id: Code
    points: Annotated[int, Meta(ge=1, le=POINTS_MAX)]
    value_cents: Cents
    money_off: bool


class ReversedLine(msgspec.Struct, frozen=True):
    """What a reversal did to one line of the original.

    Attributes:
        line: The line of the original.
        cents: How much of it is reversed by this record.
        points: Points taken back (a purchase line) or returned (a redemption).
    """

    line: LineNumber
    cents: Cents
    points: PointCount
