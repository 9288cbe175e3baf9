"""What the restoring window says of recovering from head office and the black box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.app.restoring_plans import Restored
from terminal.presenters.sync_words import trouble_text
from terminal.sync.recover import RecoverStep, WhyNot
from texts.i18n import mark

if TYPE_CHECKING:
    from terminal.sync.recover import NotRecovered, Recovered
    from texts.i18n import Texts

STEPS: Final[dict[RecoverStep, str]] = {
    RecoverStep.JOINING: mark("Ask head office"),
    RecoverStep.FETCHING: mark("Fetch members, cards and points"),
    RecoverStep.BUILDING: mark("Build the ledger"),
    RecoverStep.TAKING_OVER: mark("Take over the black box"),
    RecoverStep.SENDING: mark("Send what head office does not have"),
    RecoverStep.CHECKING: mark("Prove every booking"),
    RecoverStep.FINISHING: mark("Put it in place"),
}

_WHY_NOT: Final[dict[WhyNot, str]] = {
    WhyNot.SHOP_HERE: mark(
        "There is a shop in this folder already. Choose another with --data, or keep this one with --set-aside."
    ),
    WhyNot.NOTHING_TO_START_FROM: mark(
        "Say where to start from: head office's address with its code, a copy, or a black box."
    ),
    WhyNot.NO_BLACK_BOX: mark("There is no black box in this folder. Choose another, or leave the field empty."),
    WhyNot.SEVERAL_TILLS: mark("The black boxes of several tills are in this folder. Move the others away first."),
    WhyNot.OTHER_TILL: mark("The black box is of another till than the copy. Choose another folder."),
    WhyNot.RECORDS_MISSING: mark(
        "Bookings {first} to {last} are neither in the copy nor in the black box. Look for a newer copy."
    ),
    WhyNot.NO_PROGRAMME: mark("The rules under which the newest bookings were made are missing. Call support."),
    WhyNot.NOT_SOUND: mark("What came of it does not hold together. Write a support file and call support."),
}


def not_recovered_text(texts: Texts, outcome: NotRecovered) -> str:
    """Why nothing was recovered and what to do; the data folder is as it was."""
    if outcome.trouble is not None:
        return trouble_text(texts, outcome.trouble)
    sentence = _WHY_NOT.get(outcome.why, _WHY_NOT[WhyNot.NOTHING_TO_START_FROM])
    shown = texts._(sentence).format(first=texts.number(outcome.first), last=texts.number(outcome.last))
    return f"{shown} (M-438)"


def restored_of(outcome: Recovered) -> Restored:
    """The same as what putting a copy back comes to."""
    return Restored(outcome.records, outcome.from_box)
