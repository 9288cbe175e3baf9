"""The journal's record kinds: immutable facts a terminal wrote.

A record holds codes, numbers and random ids only; names, card numbers and free text live in erasable side tables and
are named by a random reference. The encoded bytes are canonical: the same record always gives the same bytes, and their
SHA-256 is the record's body hash.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.bounds import (
    LINES_MAX,
    POINTS_MAX,
    TIME_MAX_US,
    Cents,
    Code,
    HexHash,
    Position,
    Receipt,
    SignedPoints,
    Version,
)
from loyalty.lines import Explanation, RedemptionLine, ReversedLine, SaleLine

STARS_MAX: Final = 5
"""The best rating; the worst is one star."""


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every record says.

    Attributes:
        record_id: UUID version 7, minted before the work; every retry carries the same.
        member_id: The one member it moves, or ``None`` when it moves nobody.
        at_us: When, in microseconds since 1970 UTC, own clock plus ``server_offset_ms``.
        business_day: The shop's day it counts for.
        utc_offset_min: The shop's offset from UTC at that moment, in minutes.
        server_offset_ms: The correction head office had reported, in milliseconds.
        programme_version: The rules in force.
        command_digest: Keyed digest of what the caller asked for, in hex; decides whether a repeated id is a retry.
        cashier_id: Who, when a cashier was signed in.
    """

    record_id: UUID
    member_id: UUID | None
    at_us: Annotated[int, Meta(ge=0, le=TIME_MAX_US)]
    business_day: date
    utc_offset_min: Annotated[int, Meta(ge=-1080, le=1080)]
    server_offset_ms: Annotated[int, Meta(ge=-TIME_MAX_US // 1000, le=TIME_MAX_US // 1000)] = 0
    programme_version: Version
    command_digest: HexHash
    cashier_id: UUID | None = None

    def contradiction(self) -> str | None:
        """What in a well-typed record can't be true, or ``None``; looked for before writing and again by verify."""
        return None


class EpochStart(Record, frozen=True, kw_only=True, tag="epoch_start"):
    """The first record of an epoch: the genesis of a terminal, or the continuation after a restore.

    After the loss of a disk the records from the lost till's black box stand in an epoch of their own.

    Attributes:
        terminal_id: The terminal that writes; fixed by the genesis record.
        parent_epoch: The epoch before, ``None`` for the genesis.
        parent_seq: The last record taken over from it.
        parent_hash: That record's hash, in hex.
        taken_from: The lost till's ledger whose records follow in this epoch; ``None`` for own ones.
    """

    terminal_id: UUID
    parent_epoch: UUID | None = None
    parent_seq: Position = 0
    parent_hash: HexHash = ""
    taken_from: UUID | None = None


class Sale(Record, frozen=True, kw_only=True, tag="sale"):
    """A purchase with its award and the rewards taken in it.

    Attributes:
        currency: ISO 4217 code.
        amount_cents: The whole purchase before anything is taken off.
        lines: The purchase; their amounts sum to ``amount_cents``.
        redemptions: Rewards taken.
        explain: Why these points.
        receipt: The register's receipt number, empty when unknown.
        late: Whether it was entered after the fact.
        card_ref: The reference of the card that was read; ``None`` for an anonymous sale.
    """

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    amount_cents: Cents
    lines: Annotated[tuple[SaleLine, ...], Meta(max_length=LINES_MAX)]
    redemptions: Annotated[tuple[RedemptionLine, ...], Meta(max_length=20)] = ()
    explain: Annotated[tuple[Explanation, ...], Meta(max_length=100)] = ()
    receipt: Receipt = ""
    late: bool = False
    card_ref: UUID | None = None

    @property
    def points(self) -> int:
        """Points awarded."""
        return sum([line.points for line in self.lines])  # a list is twice as fast here as a generator

    @property
    def points_redeemed(self) -> int:
        """Points spent in it."""
        return sum([redemption.points for redemption in self.redemptions]) if self.redemptions else 0

    @property
    def money_off_cents(self) -> int:
        """What is taken off at the register, in cents."""
        return sum([redemption.value_cents for redemption in self.redemptions if redemption.money_off])

    @property
    def to_pay_cents(self) -> int:
        """What is left to pay, in cents."""
        return self.amount_cents - self.money_off_cents

    def contradiction(self) -> str | None:
        """What in it can't be true, or ``None``."""
        lines = self.lines
        numbers = [line.line for line in lines]
        if self.redemptions:
            numbers += [line.line for line in self.redemptions]
        if numbers != [*range(1, len(numbers) + 1)]:
            return "its lines are not numbered from 1 without gaps"
        if sum([line.amount_cents for line in lines]) != self.amount_cents:
            return "its lines do not sum to its amount"
        if self.redemptions and self.to_pay_cents < 0:
            return "more is taken off than was bought"
        if [line for line in lines if line.points and line.excluded is not None]:
            return "an excluded line earns points"
        if self.member_id is None and (self.points or self.redemptions):
            return "points move without a member"
        return None


class Redemption(Record, frozen=True, kw_only=True, tag="redemption"):
    """A reward taken without a purchase; never a counted sale."""

    redemption: RedemptionLine
    card_ref: UUID | None = None


class ReversalReason(StrEnum):
    """Why something was undone."""

    MISTAKE = "mistake"
    RETURN = "return"
    WRONG_CARD = "wrong_card"
    OTHER = "other"


class Reversal(Record, frozen=True, kw_only=True, tag="reversal"):
    """Undoes all or part of an earlier sale or redemption.

    Attributes:
        original_id: The record it undoes.
        lines: What it does to purchase lines (points taken back).
        redemptions: What it does to redemption lines (points returned).
        reason: Why.
        text_ref: The free text behind the reason, in an erasable table.
        vouched_by: The manager who vouched for what the receipt says, when nothing else proved it; the nil UUID where
            nobody has a PIN. Its lines are then sums, see ``loyalty.reversal.plan_vouched``.
    """

    original_id: UUID
    lines: tuple[ReversedLine, ...] = ()
    redemptions: tuple[ReversedLine, ...] = ()
    reason: ReversalReason
    text_ref: UUID | None = None
    vouched_by: UUID | None = None

    @property
    def takes_back(self) -> int:
        """Awarded points taken back."""
        return sum(line.points for line in self.lines)

    @property
    def returns(self) -> int:
        """Redeemed points given back."""
        return sum(line.points for line in self.redemptions)

    @property
    def cents(self) -> int:
        """How much of the purchase is undone, in cents."""
        return sum(line.cents for line in self.lines)

    def contradiction(self) -> str | None:
        """What in it can't be true, or ``None``."""
        numbers = [line.line for line in (*self.lines, *self.redemptions)]
        if not numbers:
            return "it undoes nothing"
        return "it names a line twice" if len(set(numbers)) < len(numbers) else None


class Adjustment(Record, frozen=True, kw_only=True, tag="adjustment"):
    """A manager's correction."""

    points: SignedPoints
    text_ref: UUID | None = None


class Expiry(Record, frozen=True, kw_only=True, tag="expiry"):
    """Points of one lot whose time is over; written by the authority only, under an id derived from the lot.

    Attributes:
        lot_id: The record that earned the lot.
        points: How many of it were left.
        last_day: The last day they could be spent.
        correction: 0 the first time; counts up when points come back to a lot that is already dead.
    """

    lot_id: UUID
    points: Annotated[int, Meta(ge=1, le=POINTS_MAX)]
    last_day: date
    correction: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Enrolment(Record, frozen=True, kw_only=True, tag="enrolment"):
    """An account gets a person: its profile is in the erasable tables."""

    card_ref: UUID
    source: Code = "till"
    referred_by: UUID | None = None


class Purpose(StrEnum):
    """What a member may agree to."""

    EMAIL = "email"
    SMS = "sms"
    PROFILING = "profiling"


class Consent(Record, frozen=True, kw_only=True, tag="consent"):
    """One yes or no to one purpose under one version of the privacy text."""

    purpose: Purpose
    text_version: Code
    granted: bool


class CardAction(StrEnum):
    """What happened to a card or an account."""

    ISSUE = "issue"
    REPLACE = "replace"
    BLOCK = "block"
    UNBLOCK = "unblock"
    MERGE = "merge"


class CardChange(Record, frozen=True, kw_only=True, tag="card_change"):
    """A card was given, replaced or blocked, or an account was joined into another.

    Attributes:
        action: What happened.
        card_ref: The card, ``None`` for a merge.
        into_member_id: The surviving account of a merge.
    """

    action: CardAction
    card_ref: UUID | None = None
    into_member_id: UUID | None = None

    def contradiction(self) -> str | None:
        """What in it can't be true, or ``None``."""
        if (self.action is CardAction.MERGE) == (self.into_member_id is None):
            return "a merge, and nothing else, names a surviving account"
        return None


class Feedback(Record, frozen=True, kw_only=True, tag="feedback"):
    """What a customer thought of a purchase; it moves nothing. Its id is derived from the booking, see ``feedback``.

    Attributes:
        booking_id: The sale or redemption it is about; ``member_id`` is that record's.
        stars: 1 to ``STARS_MAX``.
    """

    booking_id: UUID
    stars: Annotated[int, Meta(ge=1, le=STARS_MAX)]


class SessionAction(StrEnum):
    """What a cashier did at the lock screen."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"


class CashierSession(Record, frozen=True, kw_only=True, tag="cashier_session"):
    """A cashier signed in or out; ``cashier_id`` says who."""

    action: SessionAction


class DayTotals(msgspec.Struct, frozen=True):
    """What a business day came to, reversals booked on their own day.

    A new sum is added at the end with a default: day closes that were written before it don't have it.
    """

    sales: int = 0
    member_sales: int = 0
    revenue_cents: int = 0
    member_revenue_cents: int = 0
    reversed_cents: int = 0
    points_issued: int = 0
    points_redeemed: int = 0
    redemptions: int = 0
    points_taken_back: int = 0
    points_returned: int = 0
    points_adjusted: int = 0
    new_members: int = 0
    points_expired: int = 0


class DayClose(Record, frozen=True, kw_only=True, tag="day_close"):
    """The frozen totals of one business day of this terminal."""

    number: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    closed_day: date
    totals: DayTotals
    open_points: int


class ProgrammeChange(Record, frozen=True, kw_only=True, tag="programme_change"):
    """Another programme version came into force."""

    version: Version
    document_hash: HexHash


class UnknownRecord(msgspec.Struct, frozen=True):
    """A record of a kind this version does not know: stored raw and carried on, it moves nothing here.

    Attributes:
        kind: Its tag.
        payload: Its bytes as they came.
    """

    kind: str
    payload: bytes


AnyRecord = (
    EpochStart
    | Sale
    | Redemption
    | Reversal
    | Adjustment
    | Expiry
    | Enrolment
    | Consent
    | CardChange
    | Feedback
    | CashierSession
    | DayClose
    | ProgrammeChange
)
