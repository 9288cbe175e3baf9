"""The receipt printer in words: what the bar and the green screen say of it, and which bookings print by themselves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hardware.printing.errors import (
    PrinterBlocked,
    PrinterError,
    PrinterLost,
    PrinterMissing,
    PrinterSilent,
    PrinterUnreachable,
)
from hardware.printing.status import PrinterState
from terminal.app.earn import Earned
from terminal.app.redeem import Redeemed
from terminal.presenters.states import Notice, Pill, Tone
from texts.i18n import mark

if TYPE_CHECKING:
    from hardware.errors import HardwareError
    from hardware.printing.status import PrinterStatus
    from terminal.presenters.outcomes import Booked
    from terminal.settings.printer import Automatic
    from texts.i18n import Texts


class Progress(StrEnum):
    """How far a receipt has come."""

    NONE = "none"
    """Nobody asked for it."""
    MAKING = "making"
    QUEUED = "queued"
    PRINTED = "printed"
    GIVEN_UP = "given_up"
    CROWDED_OUT = "crowded_out"
    """Too many receipts wait for the printer already."""


UNDER_WAY: Final = frozenset({Progress.MAKING, Progress.QUEUED})

NO_PAPER: Final = mark("The printer has no paper. Put in a new roll; the receipt follows by itself. (M-331)")
COVER_OPEN: Final = mark("The printer's cover is open. Close it; the receipt follows by itself. (M-332)")
TAKES_NOTHING: Final = mark(
    "The printer takes nothing. Check paper and cover, then switch it off and on; the receipt follows. (M-333)"
)
NOT_THERE: Final = mark(
    "The printer is not connected or switched off. Check cable and switch; the receipt follows by itself. (M-334)"
)
NOT_USABLE: Final = mark("The till can't use the printer. Press F11 to see why and what to do. (M-335)")
GIVEN_UP: Final = mark("The receipt was not printed. Press P to print it again. (M-336)")
CROWDED_OUT: Final = mark("Too many receipts wait for the printer. See to the printer first, then press P. (M-337)")
PAPER_LOW: Final = mark("The paper roll ends soon. Have a new one ready. (M-338)")

NOT_THERE_ERRORS: Final = (PrinterMissing, PrinterUnreachable, PrinterLost, PrinterSilent)
"""What a cable or a switch can be the reason of."""


def prints_by_itself(automatic: Automatic, booked: Booked) -> bool:
    """Whether a booking prints its receipt without being asked; one that was booked before has done so already."""
    if booked.repeated or automatic == "never":
        return False
    return automatic == "always" or _has_rewards(booked)


def _has_rewards(booked: Booked) -> bool:
    return isinstance(booked, Redeemed) or (isinstance(booked, Earned) and bool(booked.record.redemptions))


def trouble_text(texts: Texts, status: PrinterStatus) -> str:
    """What stops the printer and what to do, empty while nothing does."""
    sentence = _trouble(status.state, status.error)
    return texts._(sentence) if sentence else ""


def _trouble(state: PrinterState, error: HardwareError | None) -> str:
    match state:
        case PrinterState.PAPER_OUT:
            return NO_PAPER
        case PrinterState.COVER_OPEN:
            return COVER_OPEN
        case PrinterState.OFFLINE:
            return TAKES_NOTHING
        case PrinterState.UNAVAILABLE:
            if isinstance(error, PrinterBlocked):
                return TAKES_NOTHING
            is_away = isinstance(error, NOT_THERE_ERRORS) or not isinstance(error, PrinterError)
            return NOT_THERE if is_away else NOT_USABLE
        case _:
            return ""


def printing_notice(texts: Texts, progress: Progress, status: PrinterStatus | None) -> Notice | None:
    """How the printing of one receipt goes; nothing is said of a printer that nobody needs now."""
    match progress:
        case Progress.NONE:
            return None
        case Progress.GIVEN_UP:
            return Notice(texts._(GIVEN_UP), Tone.WARN)
        case Progress.CROWDED_OUT:
            return Notice(texts._(CROWDED_OUT), Tone.WARN)
        case Progress.PRINTED:
            is_low = status is not None and status.state is PrinterState.PAPER_LOW
            printed = texts._("Receipt printed.")
            return Notice(f"{printed} {texts._(PAPER_LOW)}", Tone.WARN) if is_low else Notice(printed, Tone.GOOD)
        case Progress.MAKING | Progress.QUEUED:
            trouble = trouble_text(texts, status) if status is not None else ""
            return Notice(trouble, Tone.WARN) if trouble else Notice(texts._("Printing the receipt …"), Tone.INFO)


def printer_pill(texts: Texts, status: PrinterStatus | None) -> Pill:
    """The printer in the bar: what it needs, and how many receipts wait for that."""
    if status is None or status.state is PrinterState.STOPPED:
        return Pill(texts._("No printer"), Tone.NEUTRAL)
    spoken = trouble_text(texts, status)
    text, tone = _short(texts, status.state)
    if spoken and status.waiting:
        waiting = texts.n_("{count} receipt waits", "{count} receipts wait", status.waiting)
        waiting = waiting.format(count=texts.number(status.waiting))
        text, spoken = f"{text} · {waiting}", f"{spoken} {waiting}."
    elif status.state is PrinterState.PAPER_LOW:
        spoken = texts._(PAPER_LOW)
    return Pill(text, tone, spoken)


def _short(texts: Texts, state: PrinterState) -> tuple[str, Tone]:
    match state:
        case PrinterState.PAPER_LOW:
            return texts._("Paper ends soon"), Tone.WARN
        case PrinterState.PAPER_OUT:
            return texts._("No paper"), Tone.WARN
        case PrinterState.COVER_OPEN:
            return texts._("Printer open"), Tone.WARN
        case PrinterState.OFFLINE:
            return texts._("Printer takes nothing"), Tone.WARN
        case PrinterState.UNAVAILABLE:
            return texts._("Printer not usable"), Tone.WARN
        case PrinterState.PRINTING:
            return texts._("Printing"), Tone.GOOD
        case PrinterState.READY:
            return texts._("Printer ready"), Tone.GOOD
        case _:
            return texts._("Printer is starting"), Tone.NEUTRAL
