"""Brings one receipt over an open line and waits until it has come out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.printing.errors import PrinterBlocked, PrinterError, PrinterSilent
from hardware.printing.status import PrinterState
from hardware.printing.talk import END_QUESTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.printing.talk import PrinterReport, Talk

ABLE: Final = frozenset({PrinterState.READY, PrinterState.PAPER_LOW})
"""States in which a printer prints."""

SILENCES_MAX: Final = 2
"""How often in a row a printer that answers may leave a question unanswered."""

_LOGGER = logging.getLogger(__name__)


class PrinterTiming(msgspec.Struct, frozen=True, kw_only=True):
    """How long things may take, in seconds.

    Attributes:
        poll_s: Between two looks at a printer that has nothing to do.
        mute_poll_s: The same for one that does not answer; it is not worth more.
        trouble_poll_s: The same for one that cannot print, so that new paper shows at once.
        answer_s: Longest wait for an answer.
        stall_shown_s: A printer that takes nothing for so long is shown.
        stall_max_s: And after so long the line is closed and opened again.
        finish_s: A printer that can print and does not say for so long that the receipt is out will never say it.
        drawer_age_max_s: A drawer that could not open for so long stays shut: nobody stands before it any more.
    """

    poll_s: float = 5.0
    mute_poll_s: float = 30.0
    trouble_poll_s: float = 1.0
    answer_s: float = 0.5
    stall_shown_s: float = 2.0
    stall_max_s: float = 30.0
    finish_s: float = 5.0
    drawer_age_max_s: float = 5.0


class Stopped(Exception):
    """The till stops; what is on the line stays where it is."""


class Delivery:
    """The way of bytes to the paper; what happens on it is told to the worker."""

    def __init__(
        self,
        talk: Talk,
        timing: PrinterTiming,
        *,
        name: str,
        clock_s: Callable[[], float],
        is_stopping: Callable[[], bool],
        show: Callable[[PrinterState, PrinterError | None], None],
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            talk: The open line.
            timing: How long things may take.
            name: What the printer is called in messages.
            clock_s: Monotonic time, in seconds.
            is_stopping: Whether to give up at once.
            show: Takes the state of the printer, again and again.
        """
        self._talk = talk
        self._timing = timing
        self._name = name
        self._clock_s = clock_s
        self._is_stopping = is_stopping
        self._show = show

    def send(
        self,
        data: bytes,
        *,
        on_begun: Callable[[], None] = lambda: None,
        is_unwanted: Callable[[], bool] = lambda: False,
    ) -> None:
        """Hand over bytes, however slowly they are taken.

        When the till stops, a receipt that is being taken is finished; one that is not is left.

        Args:
            data: What to send.
            on_begun: Called when the first of them has been taken.
            is_unwanted: Whether nobody waits for them any more.

        Raises:
            PrinterBlocked: Nothing was taken for too long.
            PrinterError: The line is gone.
            Stopped: The till stops.
        """
        sent = 0
        progress_s = self._clock_s()
        while sent < len(data):
            try:
                taken = self._talk.line.write(data[sent:])
            except PrinterBlocked:
                if not sent:
                    on_begun()  # nobody knows how much was taken: the drawer may be open, the receipt half on paper
                raise
            now_s = self._clock_s()
            if taken:
                if not sent:
                    on_begun()
                sent += taken
                progress_s = now_s
                self._show(PrinterState.PRINTING, None)
            elif self._is_stopping():
                raise Stopped
            elif is_unwanted() or now_s - progress_s >= self._timing.stall_max_s:
                raise PrinterBlocked(self._name, f"{sent} of {len(data)} bytes taken")
            elif now_s - progress_s >= self._timing.stall_shown_s:
                self._show(PrinterState.OFFLINE, PrinterBlocked(self._name, f"{sent} of {len(data)} bytes taken"))

    def wait_until_out(self) -> bool:
        """Wait for the printer's word that everything sent is on paper.

        Without paper or with its cover open it keeps what it has and goes on when it can, so the wait has no end but a
        person's: what it shows in the meantime says what to do.

        Returns:
            False when it can print and does not say; some never do.

        Raises:
            PrinterSilent: It has stopped answering, perhaps with half the receipt.
            PrinterError: The line is gone.
            Stopped: The till stops.
        """
        self._talk.expect_end()
        self.send(END_QUESTION)
        deadline_s = self._clock_s() + self._timing.finish_s
        look_s = self._clock_s() + self._timing.trouble_poll_s
        silences = 0
        while not self._talk.has_heard_end():
            if self._is_stopping():
                raise Stopped
            self._talk.hear(min(self._timing.answer_s, 0.1))
            now_s = self._clock_s()
            if now_s < look_s:
                continue
            report = self._talk.ask(self._timing.answer_s)
            look_s = self._clock_s() + self._timing.trouble_poll_s
            silences = 0 if report else silences + 1
            if silences >= SILENCES_MAX:
                raise PrinterSilent(self._name, "in the middle of a receipt")
            if report is None:
                continue
            self._show_while_printing(report)
            if report.state not in ABLE:
                deadline_s = self._clock_s() + self._timing.finish_s
            elif now_s >= deadline_s:
                _LOGGER.info("the printer does not say when a receipt is out")
                return False
        return True

    def _show_while_printing(self, report: PrinterReport) -> None:
        self._show(PrinterState.PRINTING if report.state in ABLE else report.state, None)
