"""What is on disk now, large and green, with undo."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from terminal.app.earn import Earned
from terminal.app.enrol import Enrolled
from terminal.app.redeem import Redeemed
from terminal.app.reverse import Reversed
from terminal.messages import explain_text, reward_name
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.receipts import receipt
from terminal.presenters.states import DoneState, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from loyalty.records import Sale
    from terminal.presenters.outcomes import Booked
    from terminal.sync.outcomes import Declined
    from texts.i18n import Texts

DONE_SHOWN_MS: Final = 5000
"""How long the result stays, in milliseconds, unless the next card comes first."""

ENTER_GUARD_MS: Final = 800
"""How long Enter is ignored after a booking, in milliseconds: a double press must not hide the result."""

EMPTY: Final = DoneState(tone=Tone.GOOD, headline="")


class DonePresenter(Presenter[DoneState]):
    """Shows one result until the next card, Enter, or some seconds have passed."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._booked: Booked | None = None
        self._cancel_return: Callable[[], None] | None = None
        self._cancel_guard: Callable[[], None] | None = None
        self._guarded = False
        self._code: str | None = None
        self._code_asked = False

    def open(self, booked: Booked) -> None:
        """Show a booking that is on disk."""
        self.close()
        self._booked = booked
        self._code, self._code_asked = None, False
        self._guarded = True
        self._cancel_guard = self._around.schedule(ENTER_GUARD_MS, self._guard_over)
        self._cancel_return = self._around.schedule(DONE_SHOWN_MS, self._go_on)
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

    def show_receipt(self) -> None:
        """Keep the screen: somebody reads the receipt."""
        if self._cancel_return is not None:
            self._cancel_return()
            self._cancel_return = None
        booked, actions = self._booked, self._around.sync_actions
        if actions is None or not self._around.sync.joined or self._code_asked:
            return
        if isinstance(booked, Earned | Redeemed):
            self._code_asked = True  # signed only now, so that no sale waits for it
            actions.receipt_code(booked.record, partial(self._signed, booked), self._flow.broke)

    def _signed(self, booked: Booked, code: str | Declined) -> None:
        """The code for another till is there, unless the next customer is; without a key there is only the number."""
        if booked is self._booked:
            self._code = code if isinstance(code, str) else ""
            self.refresh()

    def refresh(self) -> None:
        """Compute the screen anew from what was booked."""
        booked = self._booked
        if booked is None:
            return
        texts, programme = self._around.texts, self._around.programme
        state = DoneState(
            tone=Tone.INFO if isinstance(booked, Reversed) else Tone.GOOD,
            headline=self._headline(texts, booked),
            details=self._details(texts, booked),
            take_off=_take_off(texts, booked.record) if isinstance(booked, Earned) else "",
            to_pay=_to_pay(texts, booked.record) if isinstance(booked, Earned) else "",
            balance=texts.number(booked.balance),
            balance_caption=texts._("New balance"),
            receipt=receipt(texts, programme, self._around.desk.shop, booked, self._code),
            undo=texts._("Undo") if self.undoable else "",
            next_action=texts._("First purchase") if isinstance(booked, Enrolled) else texts._("Next customer"),
            next_hint=texts._("Press Enter for the first purchase")
            if isinstance(booked, Enrolled)
            else texts._("Scan the next card or press Enter"),
        )
        self._show(state)

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
