"""F9: undo what was just booked, and nothing behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from terminal.app.newest import newest_booking
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.messages import refusal_text
from terminal.presenters.states import Notice, Tone

if TYPE_CHECKING:
    from storage.types import Booking
    from terminal.presenters.base import Flow, Surroundings

UNDO_WINDOW_US: Final = 10 * 60 * 1_000_000
"""How old a booking may be for F9 to undo it without a preview, in microseconds."""


class Undo:
    """Undoes the newest booking of this till."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        self._around = surroundings
        self._flow = flow
        self._running = False

    @property
    def busy(self) -> bool:
        """Whether an undo is on its way to the disk; scans wait for it."""
        return self._running

    def newest(self) -> None:
        """Undo the newest booking if it is fresh, otherwise show what that would do; once at a time."""
        if not self._running:
            self._running = True
            self._around.desk.read(newest_booking, self._found, self._failed)

    def _found(self, newest: Booking | None) -> None:
        """Only the very newest: a second F9 must not eat its way back through the day."""
        if newest is None or not newest.reversible:
            self._running = False
            sentence = self._around.texts._("There is nothing to undo. F6 shows older bookings. (M-175)")
            self._flow.say(Notice(sentence, Tone.INFO))
            self._flow.settled()
            return
        if self._around.clock.now_us() - newest.record.at_us > UNDO_WINDOW_US:
            self._running = False
            self._flow.show_void(newest.record.record_id)
            self._flow.settled()
            return
        command = ReverseCommand(
            self._around.ids.record_id(),
            ReversalRequest(newest.record.record_id),
            ReversalReason.MISTAKE,
            cashier_id=self._around.cashier_id,
        )
        self._around.desk.book(reverse, command, self._undone, self._failed)

    def _undone(self, outcome: Reversed | Refused) -> None:
        self._running = False
        if isinstance(outcome, Refused):
            self._flow.say(Notice(refusal_text(self._around.texts, outcome), Tone.WARN))
            self._flow.settled()
        else:
            self._flow.show_done(outcome)

    def _failed(self, error: Exception) -> None:
        self._running = False
        self._flow.broke(error)
