"""Why a register hears no, with the sentence for the people at both ends and the status for HTTP."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Reason
from terminal.messages import error_text, refusal_text
from terminal.register.port import Declined
from texts.i18n import mark

if TYPE_CHECKING:
    from loyalty.outcomes import Refused
    from storage.errors import StorageError
    from texts.i18n import Texts


class Why(StrEnum):
    """Reasons that only a register can meet."""

    SALE_UNKNOWN = "sale_unknown"
    ANOTHER_SALE_OPEN = "another_sale_open"
    SALE_BOOKED = "sale_booked"
    BOOKED_DIFFERENTLY = "booked_differently"
    SALE_CANCELLED = "sale_cancelled"
    SALE_NOT_BOOKED = "sale_not_booked"
    NO_CARD = "no_card"
    ANOTHER_CARD = "another_card"
    SET_ASIDE = "set_aside"
    SALE_CHANGED = "sale_changed"
    CURRENCY_DIFFERS = "currency_differs"
    TILL_LOCKED = "till_locked"
    TILL_BUSY = "till_busy"
    TILL_BROKEN = "till_broken"


_SENTENCES: Final[dict[Why, tuple[HTTPStatus, str, str]]] = {
    Why.SALE_UNKNOWN: (
        HTTPStatus.NOT_FOUND,
        "M-350",
        mark("The till has no such sale. Send the basket first."),
    ),
    Why.ANOTHER_SALE_OPEN: (
        HTTPStatus.CONFLICT,
        "M-351",
        mark("Another basket of the register is on the counter. Book or cancel sale {sale_id} first."),
    ),
    Why.SALE_BOOKED: (
        HTTPStatus.CONFLICT,
        "M-352",
        mark("This sale is booked. Undo it instead of cancelling it."),
    ),
    Why.BOOKED_DIFFERENTLY: (
        HTTPStatus.CONFLICT,
        "M-353",
        mark("Sale {sale_id} was booked with other contents. Nothing was changed; a new sale needs a new id."),
    ),
    Why.SALE_CANCELLED: (
        HTTPStatus.CONFLICT,
        "M-354",
        mark("This sale was cancelled. Send its basket again."),
    ),
    Why.SALE_NOT_BOOKED: (HTTPStatus.CONFLICT, "M-355", mark("This sale is not booked, so there is nothing to undo.")),
    Why.NO_CARD: (HTTPStatus.CONFLICT, "M-356", mark("No member yet. Scan the card first.")),
    Why.ANOTHER_CARD: (
        HTTPStatus.CONFLICT,
        "M-357",
        mark("The till serves another card than the register. Scan the right one."),
    ),
    Why.SET_ASIDE: (
        HTTPStatus.CONFLICT,
        "M-358",
        mark("Another amount was typed at the till. Book or clear it there first."),
    ),
    Why.SALE_CHANGED: (
        HTTPStatus.CONFLICT,
        "M-359",
        mark("The sale has changed meanwhile. Look at it again, then book."),
    ),
    Why.CURRENCY_DIFFERS: (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "M-280",
        mark("The shop counts in {shop_currency}, the register in {currency}. Correct the register."),
    ),
    Why.TILL_LOCKED: (HTTPStatus.CONFLICT, "M-281", mark("The till is locked. Sign in first.")),
    Why.TILL_BUSY: (HTTPStatus.CONFLICT, "M-282", mark("The till is booking. Try again in a moment.")),
    Why.TILL_BROKEN: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "M-283",
        mark("Something went wrong at the till. Look at its screen, then send the same sale again."),
    ),
}

_UNPROCESSABLE: Final = frozenset(
    {
        Reason.AMOUNT_MISSING,
        Reason.AMOUNT_INVALID,
        Reason.AMOUNT_TOO_LARGE,
        Reason.WITHOUT_POINTS_ABOVE_AMOUNT,
        Reason.LINES_DIFFER_FROM_AMOUNT,
        Reason.LINES_INVALID,
        Reason.UNKNOWN_EXCLUSION,
        Reason.CARD_INVALID,
        Reason.CARD_CHECK_DIGIT,
        Reason.PAYMENT_CARD,
        Reason.NOT_A_MEMBER_CARD,
        Reason.REWARD_UNKNOWN,
        Reason.REWARD_NOT_FLEXIBLE,
        Reason.REWARDS_TOO_MANY,
    }
)
"""What no waiting makes right: the register has to send something else."""


def declined(texts: Texts, why: Why, **values: int | str) -> Declined:
    """A no of the interface itself."""
    status, code, sentence = _SENTENCES[why]
    return Declined(why.value, f"{texts._(sentence).format(**values)} ({code})", status, values)


def declined_by_rules(texts: Texts, refused: Refused) -> Declined:
    """A no of the programme or of a use case."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused.reason in _UNPROCESSABLE else HTTPStatus.CONFLICT
    return Declined(refused.reason.value, refusal_text(texts, refused), status, refused.values)


def declined_by_ledger(texts: Texts, error: StorageError) -> Declined:
    """The disk did not take it; nothing was booked."""
    return Declined("ledger", error_text(texts, error), HTTPStatus.SERVICE_UNAVAILABLE)
