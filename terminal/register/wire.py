"""The messages of the interface for registers; the OpenAPI document is made of these types and what they say.

Amounts are whole cents of the shop's currency, points are whole numbers. A register's message with a member nobody
knows is refused, so that a typing mistake in its maker's program does not go unnoticed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.bounds import LINES_MAX, POINTS_MAX, QUANTITY_MAX, Category, Cents, Code, Receipt, Sku
from loyalty.cards import CARD_LENGTH_MAX
from loyalty.masking import Masked
from loyalty.money import AMOUNT_CENTS_MAX
from loyalty.records import ReversalReason

REWARDS_MAX: Final = 20
"""The most rewards of one sale that a register can name."""

WAIT_S_MAX: Final = 30
"""The longest that a register can wait for a change, in seconds."""

SaleId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z",
        description="The register's own id of the sale; never used for another one.",
    ),
]
Card = Annotated[str, Meta(max_length=CARD_LENGTH_MAX)]
Revision = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class BasketState(StrEnum):
    """Where a register's sale stands."""

    OPEN = "open"
    """The cashier sees it; nothing is booked."""
    COMMITTED = "committed"
    CANCELLED = "cancelled"


class LineMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One article line.

    Attributes:
        amount_cents: What the line costs, all pieces together.
        sku: The register's article number.
        category: The register's category; the programme's goods without points go by it.
        quantity: How many pieces.
    """

    amount_cents: Cents
    sku: Sku = ""
    category: Category = ""
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)] = 1


class BasketMessage(Masked, frozen=True, forbid_unknown_fields=True):
    """A basket, whole each time it is sent.

    Attributes:
        amount_cents: The whole purchase before anything is taken off.
        currency: ISO 4217 code; it has to be the shop's.
        lines: The articles; they sum to the amount. Without any the amount earns as a whole.
        receipt: The register's receipt number, when it has one already; no two sales have the same.
        card: The card, when the register has read it. Otherwise the till's scanner reads it.
    """

    amount_cents: Annotated[int, Meta(ge=1, le=AMOUNT_CENTS_MAX)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    lines: Annotated[tuple[LineMessage, ...], Meta(max_length=LINES_MAX - 1)] = ()
    receipt: Receipt = ""
    card: Card = ""


class WishMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reward the customer wants.

    Attributes:
        reward_id: One of the sale's offers.
        points: For a flexible reward, how many points to use; as many as are possible when neither is said.
        value_cents: For a flexible reward, instead the money to take off.
    """

    reward_id: Code
    points: Annotated[int, Meta(ge=1, le=POINTS_MAX)] | None = None
    value_cents: Annotated[int, Meta(ge=1, le=AMOUNT_CENTS_MAX)] | None = None


class CommitMessage(Masked, frozen=True, forbid_unknown_fields=True):
    """Book the sale as it stands.

    Attributes:
        rewards: The rewards to take; left out, those chosen at the till.
        card: The card, when no member is open at the till.
        receipt: The receipt number, when it was not known before.
        revision: The revision whose quote the customer was shown. When the sale has changed since, nothing is booked.
    """

    rewards: Annotated[tuple[WishMessage, ...], Meta(max_length=REWARDS_MAX)] | None = None
    card: Card = ""
    receipt: Receipt = ""
    revision: Revision | None = None


class ReverseMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Undo the booked sale as a whole.

    Attributes:
        reason: Why.
    """

    reason: ReversalReason = ReversalReason.RETURN


class WaitQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the register knows, and how long it waits for more.

    Attributes:
        revision: The revision it knows; the answer comes as soon as the sale has another one.
        seconds: How long at most. 0 asks and does not wait.
    """

    revision: Revision = 0
    seconds: Annotated[int, Meta(ge=0, le=WAIT_S_MAX)] = 0


class ReasonMessage(msgspec.Struct, frozen=True):
    """Why points came about.

    Attributes:
        rule: The rule's code.
        points: What it gave or took.
        text: The same as a sentence, in the till's language.
    """

    rule: str
    points: int
    text: str


class TakenMessage(msgspec.Struct, frozen=True):
    """A reward in a sale.

    Attributes:
        reward_id: Which.
        name: As the till calls it.
        points: What it costs.
        value_cents: What it is worth.
        money_off: Whether the value is taken off what the customer pays.
    """

    reward_id: str
    name: str
    points: int
    value_cents: int
    money_off: bool


class QuoteMessage(msgspec.Struct, frozen=True):
    """What a sale comes to.

    Attributes:
        points: Points awarded.
        points_redeemed: Points spent.
        money_off_cents: What to take off at the register.
        to_pay_cents: What is left to pay.
        explain: Why these points.
        rewards: The rewards taken.
    """

    points: int
    points_redeemed: int
    money_off_cents: int
    to_pay_cents: int
    explain: tuple[ReasonMessage, ...] = ()
    rewards: tuple[TakenMessage, ...] = ()


class OfferMessage(msgspec.Struct, frozen=True):
    """A reward of the programme, as it stands for this member.

    Attributes:
        reward_id: Which.
        name: As the till calls it.
        points: What it costs; for a flexible one the points of its rate.
        value_cents: What it is worth; for a flexible one the value of its rate.
        money_off: Whether the value is taken off what the customer pays.
        flexible: Whether any number of points can be used for it.
        affordable: Whether the member has the points now.
        chosen: Whether it is in the quote.
    """

    reward_id: str
    name: str
    points: int
    value_cents: int
    money_off: bool
    flexible: bool
    affordable: bool
    chosen: bool


class MemberMessage(msgspec.Struct, frozen=True):
    """Who is at the counter, without a name: a register needs none.

    Attributes:
        card: The card's last characters behind dots.
        enrolled: Whether somebody has enrolled with this card.
        balance: Points; below zero when in debt.
        available: Points that can be redeemed here and now.
    """

    card: str
    enrolled: bool
    balance: int
    available: int


class RefusalMessage(msgspec.Struct, frozen=True):
    """Why the sale could not be booked as it stands.

    Attributes:
        code: Why, for programs.
        message: The same for people, in the till's language.
    """

    code: str
    message: str


class BookedMessage(msgspec.Struct, frozen=True):
    """A sale that is on disk.

    Attributes:
        record_id: Its id in the till's journal.
        seq: Its place there.
        at: When, with the shop's offset from UTC.
        balance: The member's points behind it, or now when asked for later.
        result: What it came to, as booked.
        reversed: Whether something of it was undone since.
    """

    record_id: UUID
    seq: int
    at: str
    balance: int
    result: QuoteMessage
    reversed: bool = False


class SaleMessage(msgspec.Struct, frozen=True):
    """A sale as it stands.

    Attributes:
        sale_id: The register's id.
        state: ``open``, ``committed`` or ``cancelled``.
        revision: Another number whenever anything of this message has changed.
        record_id: The id its record has or will have.
        amount_cents: The purchase.
        currency: ISO 4217 code.
        receipt: The receipt number, empty when unknown.
        member: Who; null until a card was read.
        quote: What it comes to; without a member what it would award. Null when it can't be booked as it stands.
        refusal: Why it can't be booked as it stands; null when it can.
        offers: The programme's rewards, once there is a member.
        booked: What is on disk; null before.
    """

    sale_id: str
    state: BasketState
    revision: int
    record_id: UUID
    amount_cents: int
    currency: str
    receipt: str = ""
    member: MemberMessage | None = None
    quote: QuoteMessage | None = None
    refusal: RefusalMessage | None = None
    offers: tuple[OfferMessage, ...] = ()
    booked: BookedMessage | None = None


class StatusMessage(msgspec.Struct, frozen=True):
    """How the till stands.

    Attributes:
        shop: Whose till it is.
        till: What the till is called.
        currency: The shop's currency.
        language: In which language the till's sentences are.
        programme_version: The rules in force.
        locked: Whether somebody has to sign in first.
        open_sale_id: The sale on the counter, empty when there is none.
    """

    shop: str
    till: str
    currency: str
    language: str
    programme_version: int
    locked: bool
    open_sale_id: str = ""


class HealthMessage(msgspec.Struct, frozen=True):
    """The interface answers.

    Attributes:
        status: ``ok``.
    """

    status: str = "ok"


class ProblemMessage(msgspec.Struct, frozen=True):
    """A no as ``application/problem+json`` (RFC 9457), with two members of our own.

    Attributes:
        title: The HTTP status in words.
        status: The HTTP status.
        detail: What is wrong and what to do: the till's sentence in its language, or English where the register's
            program is at fault.
        code: Why, for programs.
        values: Numbers and ids the sentence speaks of.
        type: ``about:blank``.
    """

    title: str
    status: int
    detail: str
    code: str
    values: dict[str, int | str] = {}
    type: str = "about:blank"
