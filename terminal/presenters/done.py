"""What is on disk now, large and green, with undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.app.earn import Earned
from terminal.app.enrol import Enrolled
from terminal.app.redeem import Redeemed
from terminal.app.reverse import Reversed
from terminal.errors import FileUnwritable
from terminal.messages import explain_text, reward_name
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.printing import UNDER_WAY, printing_notice
from terminal.presenters.slip import Slip
from terminal.presenters.states import DoneState, Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from hardware.printing.status import PrinterStatus
    from loyalty.records import Sale
    from terminal.presenters.outcomes import Booked
    from texts.i18n import Texts

DONE_SHOWN_MS: Final = 5000
"""How long the result stays, in milliseconds, unless the next card comes first."""

ENTER_GUARD_MS: Final = 800
"""How long Enter is ignored after a booking, in milliseconds: a double press must not hide the result."""

EMPTY: Final = DoneState(tone=Tone.GOOD, headline="")


class DonePresenter(Presenter[DoneState]):
    """Shows one result until the next card, Enter, or some seconds have passed, and lets its receipt be printed."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._booked: Booked | None = None
        self._slip: Slip | None = None
        self._cancel_return: Callable[[], None] | None = None
        self._cancel_guard: Callable[[], None] | None = None
        self._guarded = False
        self._kept = False
        self._printer: PrinterStatus | None = None
        self._saved: Path | FileUnwritable | None = None

    def open(self, booked: Booked) -> None:
        """Show a booking that is on disk, and print its receipt where that is to happen by itself."""
        self.close()
        self._booked = booked
        self._kept, self._saved = False, None
        self._guarded = True
        self._cancel_guard = self._around.schedule(ENTER_GUARD_MS, self._guard_over)
        self._cancel_return = self._around.schedule(DONE_SHOWN_MS, self._go_on)
        self._slip = Slip(self._around, booked, self.refresh, self._flow.broke)
        self._slip.begin()
        self.refresh()

    def close(self) -> None:
        """Forget the timers; the screen is being left."""
        for cancel in (self._cancel_return, self._cancel_guard):
            if cancel is not None:
                cancel()
        self._cancel_return = self._cancel_guard = None
        self._guarded = False

    def _guard_over(self) -> None:
        self._guarded = False

    def next(self) -> None:
        """On to the next customer."""
        if not self._guarded:
            self._go_on()

    def _go_on(self) -> None:
        """A new member is standing there with a purchase; after anything else the next customer comes."""
        if isinstance(self._booked, Enrolled):
            self._flow.read(self._booked.card)
        else:
            self._flow.home()

    def undo(self) -> None:
        """Undo what was just booked; a reversal and an enrolment offer no undo here."""
        if self.undoable is not None:
            self._flow.undo_newest()

    @property
    def undoable(self) -> UUID | None:
        """The record F9 would undo on this screen."""
        if isinstance(self._booked, Earned | Redeemed):
            return self._booked.record.record_id
        return None

    def print_receipt(self) -> None:
        """P: print the receipt, or a copy; without a printer show it, and save it when it is shown."""
        slip = self._slip
        if slip is None:
            return
        if not self._has_printer:
            self.keep_receipt()
            return
        self._saved = None
        slip.print()
        if not self._kept:
            self._stay_a_while()

    def keep_receipt(self) -> None:
        """Keep the screen: somebody reads the receipt. Once more saves it as a file."""
        slip = self._slip
        if slip is None:
            return
        if self._kept:
            slip.save(self._heard_saved)
            return
        self._kept = True
        self._stop_return()
        slip.ask_for_code()
        self.refresh()

    def printer_changed(self, status: PrinterStatus) -> None:
        """The printer has something to say."""
        self._printer = status
        self.refresh()

    @property
    def _has_printer(self) -> bool:
        printing = self._around.printing
        return printing is not None and printing.has_printer

    def _heard_saved(self, outcome: Path | FileUnwritable) -> None:
        self._saved = outcome
        self.refresh()

    def _stop_return(self) -> None:
        if self._cancel_return is not None:
            self._cancel_return()
            self._cancel_return = None

    def _stay_a_while(self) -> None:
        """Give the cashier the time to see that it prints."""
        self._stop_return()
        self._cancel_return = self._around.schedule(DONE_SHOWN_MS, self._go_on)

    def refresh(self) -> None:
        """Compute the screen anew from what was booked."""
        booked, slip = self._booked, self._slip
        if booked is None or slip is None:
            return
        texts = self._around.texts
        state = DoneState(
            tone=Tone.INFO if isinstance(booked, Reversed) else Tone.GOOD,
            headline=self._headline(texts, booked),
            details=self._details(texts, booked),
            take_off=_take_off(texts, booked.record) if isinstance(booked, Earned) else "",
            to_pay=_to_pay(texts, booked.record) if isinstance(booked, Earned) else "",
            balance=texts.number(booked.balance),
            balance_caption=texts._("New balance"),
            receipt=slip.paper(),
            printer=self._printer_notice(texts, slip),
            print_action=self._print_action(texts, slip),
            print_enabled=slip.progress not in UNDER_WAY,
            keep_action=self._keep_action(texts) if self._has_printer else "",
            undo=texts._("Undo") if self.undoable else "",
            next_action=texts._("First purchase") if isinstance(booked, Enrolled) else texts._("Next customer"),
            next_hint=texts._("Press Enter for the first purchase")
            if isinstance(booked, Enrolled)
            else texts._("Scan the next card or press Enter"),
        )
        self._show(state)

    def _printer_notice(self, texts: Texts, slip: Slip) -> Notice | None:
        """What became of the file, if somebody just saved one; else how the printing goes."""
        if self._saved is None:
            return printing_notice(texts, slip.progress, self._printer)
        if isinstance(self._saved, FileUnwritable):
            sentence = texts._(self._saved.sentence)
            return Notice(sentence.format(file=self._saved.file, detail=self._saved.detail), Tone.BAD)
        return Notice(texts._("Written: {file}").format(file=self._saved), Tone.GOOD)

    def _print_action(self, texts: Texts, slip: Slip) -> str:
        if not self._has_printer:
            return self._keep_action(texts)
        return texts._("Print a copy") if slip.is_copy else texts._("Print the receipt")

    def _keep_action(self, texts: Texts) -> str:
        if self._kept:
            return texts._("Save as PDF")
        return texts._("Keep the receipt open") if self._has_printer else texts._("Show the receipt")

    def _headline(self, texts: Texts, booked: Booked) -> str:
        match booked:
            case Earned():
                return texts.n_("{count} point awarded", "{count} points awarded", booked.record.points).format(
                    count=texts.number(booked.record.points)
                )
            case Redeemed():
                name = reward_name(texts, self._around.programme, booked.record.redemption.reward_id)
                return texts._("Redeemed: {reward}").format(reward=name)
            case Reversed():
                return texts._("Undone")
            case Enrolled():
                return texts._("Welcome, {name}!").format(name=booked.profile.name)

    def _details(self, texts: Texts, booked: Booked) -> tuple[str, ...]:
        programme = self._around.programme
        match booked:
            case Earned():
                why = [explain_text(texts, programme, reason) for reason in booked.record.explain]
                taken = [
                    texts._("{reward} for {points}").format(
                        reward=reward_name(texts, programme, line.reward_id), points=texts.points(line.points)
                    )
                    for line in booked.record.redemptions
                ]
                return (*taken, *why)
            case Redeemed():
                spent = texts.points(booked.record.redemption.points)
                return (texts._("{points} redeemed").format(points=spent),)
            case Reversed():
                took = texts._("{points} taken back").format(points=texts.points(booked.record.takes_back))
                gave = texts._("{points} returned").format(points=texts.points(booked.record.returns))
                later = texts._("A preview until head office has booked it.")
                return (took, *((gave,) if booked.record.returns else ()), *((later,) if booked.elsewhere else ()))
            case Enrolled():
                return (texts._("The card is ready to collect points."),)


def _take_off(texts: Texts, sale: Sale) -> str:
    if not sale.money_off_cents:
        return ""
    return texts._("Take {amount} off at the register").format(amount=texts.money(sale.money_off_cents))


def _to_pay(texts: Texts, sale: Sale) -> str:
    if not sale.money_off_cents:
        return ""
    return texts._("To pay: {amount}").format(amount=texts.money(sale.to_pay_cents))
