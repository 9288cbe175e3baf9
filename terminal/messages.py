"""Refusals, explanations and breakages as sentences: what happened, what to do, and a code to name on the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty import explain
from loyalty.money import AmountProblem, BadAmount
from loyalty.outcomes import Reason, Refused
from loyalty.sale import WITHOUT_POINTS
from terminal.i18n import mark

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from loyalty.records import Explanation
    from storage.errors import StorageError
    from terminal.i18n import Texts

_REFUSALS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.AMOUNT_MISSING: ("M-101", mark("Type the amount first.")),
    Reason.AMOUNT_INVALID: ("M-102", mark("This is not an amount. Type it as 12.50.")),
    Reason.AMOUNT_TOO_LARGE: ("M-103", mark("The shop books at most {max_cents} at once. Check the amount.")),
    Reason.WITHOUT_POINTS_ABOVE_AMOUNT: (
        "M-105",
        mark("The part without points is larger than the purchase. Correct one of them."),
    ),
    Reason.LINES_DIFFER_FROM_AMOUNT: ("M-106", mark("The lines do not add up to the amount. Check the basket.")),
    Reason.UNKNOWN_EXCLUSION: ("M-107", mark("The programme knows no such goods without points.")),
    Reason.CARD_INVALID: ("M-110", mark("This is not a card number. Scan again or search with F3.")),
    Reason.CARD_CHECK_DIGIT: ("M-111", mark("The card was not read in full. Scan again or type the number.")),
    Reason.CARD_UNKNOWN: ("M-104", mark("Card unknown. Scan again or search with F3.")),
    Reason.CARD_BLOCKED: ("M-112", mark("This card is blocked. Ask for another card or search with F3.")),
    Reason.CARD_REPLACED: ("M-113", mark("This card was replaced. Ask for the new card or search with F3.")),
    Reason.CARD_TAKEN: ("M-114", mark("This card belongs to another member. Take a new card.")),
    Reason.PAYMENT_CARD: ("M-115", mark("This is a payment card. Scan the member card instead; nothing was stored.")),
    Reason.NOT_A_MEMBER_CARD: ("M-116", mark("This is an article, not a member card. Scan the card.")),
    Reason.REWARD_UNKNOWN: ("M-120", mark("The programme has no such reward.")),
    Reason.INSUFFICIENT_POINTS: ("M-121", mark("Not enough points: {missing} are missing.")),
    Reason.MINIMUM_PURCHASE: ("M-122", mark("This reward needs a purchase of {minimum_cents}.")),
    Reason.VALUE_ABOVE_PURCHASE: (
        "M-123",
        mark("The reward is worth {value_cents}, but only {payable_cents} can be paid with points."),
    ),
    Reason.REWARD_NOT_FLEXIBLE: ("M-124", mark("This reward has a fixed price.")),
    Reason.REWARD_NEEDS_AMOUNT: ("M-125", mark("Say how many points to use.")),
    Reason.REWARDS_TOO_MANY: ("M-126", mark("At most {max} rewards in one purchase.")),
    Reason.COUPONS_NOT_OFFERED: ("M-127", mark("This programme has no coupons.")),
    Reason.RECORD_UNKNOWN: ("M-130", mark("This till has no such booking.")),
    Reason.RECORD_NOT_REVERSIBLE: ("M-131", mark("This kind of booking can't be undone.")),
    Reason.LINE_UNKNOWN: ("M-132", mark("The booking has no line {line}.")),
    Reason.NOTHING_LEFT_TO_REVERSE: ("M-133", mark("Everything of this booking has been undone already.")),
    Reason.REASON_MISSING: ("M-134", mark("Say why.")),
    Reason.RECEIPT_ALREADY_BOOKED: ("M-135", mark("Receipt {receipt} has been booked already.")),
    Reason.TOO_LATE: ("M-136", mark("A sale can be entered at most {days} days later.")),
    Reason.IN_THE_FUTURE: ("M-137", mark("This moment is in the future. Check the clock.")),
    Reason.ID_USED_FOR_ANOTHER_COMMAND: (
        "M-138",
        mark("The id {record_id} belongs to another booking. Nothing was changed."),
    ),
    Reason.NAME_MISSING: ("M-140", mark("Type the name.")),
    Reason.NAME_INVALID: ("M-141", mark("This name is too long or has characters that can't be stored.")),
    Reason.PHONE_INVALID: ("M-142", mark("This is not a phone number.")),
    Reason.EMAIL_INVALID: ("M-143", mark("This is not an e-mail address.")),
    Reason.BIRTHDAY_INVALID: ("M-144", mark("This is not a birthday. Type it as 24.12.1990.")),
    Reason.MEMBER_UNKNOWN: ("M-145", mark("No such member.")),
    Reason.SAME_MEMBER: ("M-146", mark("Both cards belong to the same member.")),
    Reason.CONSENT_UNKNOWN: ("M-147", mark("There is no such consent.")),
    Reason.PIN_WRONG: ("M-150", mark("Wrong PIN.")),
    Reason.PIN_LOCKED: ("M-151", mark("Too many wrong PINs. Wait {seconds} seconds.")),
    Reason.PIN_TOO_SIMPLE: ("M-152", mark("Take a PIN of 4 to 12 digits that is not a row or all the same.")),
    Reason.CASHIER_UNKNOWN: ("M-153", mark("No such cashier.")),
    Reason.CASHIER_BLOCKED: ("M-154", mark("This cashier is blocked.")),
    Reason.NOT_ALLOWED: ("M-155", mark("This needs a manager.")),
    Reason.PROGRAMME_INVALID: ("M-160", mark("The programme has mistakes; the one in force stays.")),
    Reason.PROGRAMME_VERSION_NOT_NEWER: ("M-161", mark("The programme's version must be above {version}.")),
    Reason.DAY_ALREADY_CLOSED: ("M-162", mark("This day is closed already.")),
}

_AMOUNTS: Final[dict[AmountProblem, str]] = {
    AmountProblem.EMPTY: mark("Type the amount first."),
    AmountProblem.ZERO: mark("The amount is zero."),
    AmountProblem.NEGATIVE: mark("An amount can't be negative. Use F6 to undo a booking."),
    AmountProblem.AMBIGUOUS: mark("Two sums could be meant. Type 1500 or 1.50."),
    AmountProblem.TOO_MANY_DECIMALS: mark("Money has two decimals. Type it as 12.50."),
    AmountProblem.TOO_LARGE: mark("This amount is too large."),
    AmountProblem.NOT_AN_AMOUNT: mark("This is not an amount. Type it as 12.50."),
}


def refusal_code(refused: Refused) -> str:
    """The short code people name on the phone."""
    return _REFUSALS[refused.reason][0]


def refusal_text(texts: Texts, refused: Refused) -> str:
    """A refusal as a sentence with its code, for example "Not enough points: 216 are missing. (M-121)"."""
    code, sentence = _REFUSALS[refused.reason]
    return f"{texts._(sentence).format(**_shown(texts, refused))} ({code})"


def _shown(texts: Texts, refused: Refused) -> dict[str, str]:
    """Format the numbers of a refusal: cents as money, other numbers with their groups."""
    shown: dict[str, str] = {}
    for name, value in refused.values.items():
        if isinstance(value, str):
            shown[name] = value
        else:
            shown[name] = texts.money(value) if name.endswith("_cents") else texts.number(value)
    return shown


def amount_text(texts: Texts, bad: BadAmount) -> str:
    """Why what was typed is no amount."""
    return texts._(_AMOUNTS[bad.problem])


def explain_text(texts: Texts, programme: Programme, reason: Explanation) -> str:
    """One reason for an award as a sentence."""
    match reason.rule:
        case explain.BASE:
            sentence = texts.n_("{points} base point for {amount}", "{points} base points for {amount}", reason.points)
            return sentence.format(
                points=texts.number(reason.points), amount=texts.money(reason.values.get("eligible_cents", 0))
            )
        case explain.EXCLUDED:
            name = _exclusion_name(texts, programme, reason.subject)
            return texts._("{amount} without points ({what})").format(
                amount=texts.money(reason.values.get("cents", 0)), what=name
            )
        case explain.PAID_WITH_POINTS:
            return texts._("{amount} paid with points").format(amount=texts.money(reason.values.get("cents", 0)))
        case _:
            return texts._("{points} by rule {rule}").format(points=texts.signed(reason.points), rule=reason.rule)


def _exclusion_name(texts: Texts, programme: Programme, exclusion_id: str) -> str:
    if exclusion_id == WITHOUT_POINTS:
        return texts._("as typed")
    exclusion = next((item for item in programme.exclusions if item.id == exclusion_id), None)
    return exclusion.name.in_language(texts.language) if exclusion else exclusion_id


def reward_name(texts: Texts, programme: Programme, reward_id: str) -> str:
    """A reward's name, or its id when the programme in force no longer has it."""
    reward = programme.reward(reward_id)
    return reward.name.in_language(texts.language) if reward else reward_id


def error_text(texts: Texts, error: StorageError) -> str:
    """A breakage as a sentence for the cashier, with its code."""
    return f"{texts._(error.cashier)} ({error.code})"
