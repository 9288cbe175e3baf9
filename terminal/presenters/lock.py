"""The lock: who is it, and the PIN. An open sale waits behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.outcomes import Refused
from terminal.app.cashiers import PIN_LENGTH_MAX, PIN_LENGTH_MIN
from terminal.app.sign_in import SignedIn, SignIn, sign_in
from terminal.messages import refusal_text
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import Choice, LockState, Notice, Tone

if TYPE_CHECKING:
    from storage.types import CashierRow

EMPTY: Final = LockState(headline="")


class LockPresenter(Presenter[LockState]):
    """Takes a PIN; says nothing about which part was wrong beyond what the waiting time must say."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._people: list[CashierRow] = []
        self._chosen: UUID | None = None
        self._pin = ""
        self._notice: Notice | None = None
        self._keeps_sale = False
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether a PIN is being checked."""
        return self._busy

    def open(self, *, keeps_sale: bool) -> None:
        """Ask who it is; the one who worked last is chosen already."""
        self._people = [row for row in self._around.desk.reader.cashiers() if not row.blocked]
        last = self._around.cashier.cashier_id if self._around.cashier else None
        known = {row.cashier_id for row in self._people}
        self._chosen = last if last in known else self._people[0].cashier_id if len(self._people) == 1 else None
        self._pin = ""
        self._notice = None
        self._keeps_sale = keeps_sale
        self._busy = False
        self.refresh()

    def choose(self, cashier_id: str) -> None:
        """It is this person."""
        if not self._busy:
            self._chosen = UUID(cashier_id)
            self._pin = ""
            self._notice = None
            self.refresh()

    def pin_typed(self, text: str) -> None:
        """The PIN field now holds this text."""
        if not self._busy:
            self._pin = "".join(char for char in text if char in "0123456789")[:PIN_LENGTH_MAX]
            self._notice = None
            self.refresh()

    def keypad(self, key: str) -> None:
        """A key of the PIN pad."""
        if key == "backspace":
            self.pin_typed(self._pin[:-1])
        elif key == "clear":
            self.pin_typed("")
        elif key.isdigit():
            self.pin_typed(self._pin + key)

    def confirm(self) -> None:
        """Check the PIN."""
        if self._busy:
            return
        if self._chosen is None:
            self.say(Notice(self._around.texts._("Choose your name first. (M-156)"), Tone.WARN))
            return
        if len(self._pin) < PIN_LENGTH_MIN:
            return
        self._busy = True
        command = SignIn(self._around.ids.record_id(), self._chosen, self._pin)
        self._pin = ""
        self.refresh()
        self._around.desk.book(sign_in, command, self._checked, self._failed)

    def _checked(self, outcome: SignedIn | Refused) -> None:
        self._busy = False
        if isinstance(outcome, Refused):
            self._notice = Notice(refusal_text(self._around.texts, outcome), Tone.WARN)
            self.refresh()
        else:
            self._flow.unlocked(outcome.cashier)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.refresh()
        self._flow.broke(error)

    def say(self, notice: Notice) -> None:
        """Show a sentence."""
        self._notice = notice
        self.refresh()

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts = self._around.texts
        self._show(
            LockState(
                headline=texts._("Who is at the till?"),
                people=tuple(
                    Choice(str(row.cashier_id), row.name, row.cashier_id == self._chosen) for row in self._people
                ),
                pin=self._pin,
                kept=texts._("Your sale is kept.") if self._keeps_sale else "",
                notice=self._notice,
                primary=texts._("Sign in"),
                primary_enabled=self._chosen is not None and len(self._pin) >= PIN_LENGTH_MIN and not self._busy,
                busy=self._busy,
            )
        )
