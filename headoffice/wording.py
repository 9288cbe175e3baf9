"""What head office says to people: refusals, conflicts and the state of tills as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headoffice.views import TerminalStatus
from loyalty.feed import ConflictKind
from loyalty.outcomes import Reason
from loyalty.records import Purpose
from texts.i18n import mark

if TYPE_CHECKING:
    from headoffice.views import ConflictView
    from loyalty.consent import ConsentState
    from loyalty.outcomes import Refused
    from texts.i18n import Texts

_REFUSALS: Final = {
    Reason.CARD_INVALID: mark("This is not a card number."),
    Reason.CARD_CHECK_DIGIT: mark("This is not a card number: its check digit does not fit."),
    Reason.CARD_UNKNOWN: mark("No till has handed in this card."),
    Reason.CARD_BLOCKED: mark("This card is blocked. Name another card of the member."),
    Reason.MEMBER_UNKNOWN: mark("There is no such member."),
    Reason.SAME_MEMBER: mark("Both cards belong to the same member. There is nothing to join."),
    Reason.REASON_MISSING: mark("Give a reason."),
    Reason.AMOUNT_TOO_LARGE: mark("That is more than may be booked at once."),
    Reason.AMOUNT_INVALID: mark("That is not a number of points."),
    Reason.AMOUNT_MISSING: mark("Say how many points."),
    Reason.INSUFFICIENT_POINTS: mark("The member does not have so many points."),
    Reason.PROGRAMME_INVALID: mark("The programme has mistakes. Nothing was published."),
}

PURPOSES: Final = {
    Purpose.EMAIL: mark("Offers by e-mail"),
    Purpose.SMS: mark("Offers by text message"),
    Purpose.PROFILING: mark("Offers by what is bought"),
}
"""What a member may agree to."""

_CONFLICTS: Final = {
    ConflictKind.OVERSPENT: (
        mark("Two tills gave out more points than there were: {points} too many."),
        mark("The member owes these points; the next purchases make up for them. Correct the balance to waive them."),
    ),
    ConflictKind.REVERSED_TWICE: (
        mark("Two tills took the same purchase back; {points} points could not be moved a second time."),
        mark("Check at the store whether the money was paid out twice."),
    ),
    ConflictKind.FORKED: (
        mark("Two copies of one till were at work."),
        mark("Both are shut out. Find out which is the real one and let it join again with a new code."),
    ),
}

_TERMINALS: Final = {
    TerminalStatus.ACTIVE: mark("at work"),
    TerminalStatus.REVOKED: mark("shut out"),
    TerminalStatus.FENCED: mark("shut out: there are two of it"),
}


def refusal_text(texts: Texts, refused: Refused) -> str:
    """Why something was not done."""
    sentence = _REFUSALS.get(refused.reason)
    if sentence is None:
        return texts._("Head office refused this: {reason}.").format(reason=refused.reason.value)
    return texts._(sentence)


def conflict_text(texts: Texts, conflict: ConflictView) -> str:
    """What happened."""
    return texts._(_CONFLICTS[conflict.kind][0]).format(points=texts.number(abs(conflict.points)))


def conflict_advice(texts: Texts, conflict: ConflictView) -> str:
    """What to do about it."""
    return texts._(_CONFLICTS[conflict.kind][1])


def terminal_status_text(texts: Texts, status: TerminalStatus) -> str:
    """Whether a till may talk to head office, in words."""
    return texts._(_TERMINALS[status])


def consent_text(state: ConsentState, texts: Texts) -> str:
    """Whether a member agrees."""
    return texts._("agreed to") if state.granted else texts._("withdrawn")
