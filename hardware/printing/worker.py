"""One thread per printer: takes jobs, brings them to the paper, and finds the printer again when it is gone."""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from typing import TYPE_CHECKING, Final
from uuid import UUID

from msgspec.structs import replace

from hardware.backoff import STABLE_S, Attempts, ReconnectSettings
from hardware.printing.delivery import ABLE, SILENCES_MAX, Delivery, PrinterTiming, Stopped
from hardware.printing.encode import drawer_bytes, receipt_bytes
from hardware.printing.errors import PrinterBlocked, PrinterError, PrinterMissing, PrinterSilent
from hardware.printing.job import PrintJob
from hardware.printing.queue import PRINT_JOBS_MAX, PrintQueue
from hardware.printing.status import PrinterState, PrinterStatus
from hardware.printing.talk import Talk
from hardware.printing.transports import printer_transport
from hardware.receipt import ReceiptLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.printing.lines import PrinterLine, PrinterTransport
    from hardware.printing.queue import Waiting
    from hardware.printing.setup import PrinterSetup

PRINT_ATTEMPTS_MAX: Final = 3
"""How often a receipt is begun: one that makes its printer hang up every time must not stop those behind it."""

SILENCES_REOPEN: Final = 10
"""After so many unanswered looks the line is closed and opened again: the other end may have forgotten it."""

JOIN_TIMEOUT_S: Final = 5.0
"""Longest wait for the thread to end, in seconds: a network printer's connect time-out and then some."""

WARM_UP: Final = PrintJob(job_id=UUID(int=0), lines=(ReceiptLine("€"),), qr="0")
"""A receipt for nobody, so that the first real one finds every library loaded and the logo drawn."""

_LOGGER = logging.getLogger(__name__)


class PrinterWorker:
    """Serves one printer from ``start`` to ``stop``.

    The sinks are called on the printer's own thread and must only hand over: queue the value and return. An exception
    out of a sink is a bug; it ends the thread through ``threading.excepthook`` with its traceback.
    """

    def __init__(  # noqa: PLR0913 - one seam per thing a test replaces; all but five have a default
        self,
        device_id: str,
        setup: PrinterSetup,
        *,
        on_status: Callable[[PrinterStatus], None],
        on_printed: Callable[[UUID], None],
        on_failed: Callable[[UUID, PrinterError], None],
        transport: PrinterTransport | None = None,
        timing: PrinterTiming | None = None,
        reconnect: ReconnectSettings | None = None,
        clock_s: Callable[[], float] = time.monotonic,
        random_unit: Callable[[], float] = random.random,
    ) -> None:
        """Wire the worker; nothing is opened before ``start``.

        Args:
            device_id: The till's name for the printer.
            setup: How it is set up.
            on_status: Takes changes of its state and of the number of jobs that wait.
            on_printed: Takes the id of each job that came out.
            on_failed: Takes the id of a job that was begun and given up, and why; it may be on paper in part.
            transport: The way to the printer, by default the one that the set-up names.
            timing: How long things may take.
            reconnect: When a lost printer is tried again.
            clock_s: Monotonic time, in seconds.
            random_unit: Numbers from 0 to below 1 for the jitter.
        """
        self.device_id = device_id
        self._setup = setup
        self._on_status = on_status
        self._on_printed = on_printed
        self._on_failed = on_failed
        self._transport = transport or printer_transport(setup)
        self._timing = timing or PrinterTiming()
        self._attempts = Attempts(self._transport.presence, reconnect or ReconnectSettings(), random_unit)
        self._clock_s = clock_s
        self._queue = PrintQueue(PRINT_JOBS_MAX)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._status = PrinterStatus(device_id=device_id, state=PrinterState.STARTING)
        self._error: PrinterError | None = None
        self._is_warm = False
        self._is_able = False
        """Whether a receipt may be sent; a printer that says nothing may be, whatever is shown of it."""
        self._answers = False
        """Whether this printer has ever answered; from then on its silence says something."""
        self._says_end = True
        """Whether it says when a receipt is out, until it is known not to."""
        self._silences = 0
        self._looked_s = -math.inf
        self._drawer_asked_s: float | None = None
        self._lost: PrinterError | None = None
        self._reported: tuple[PrinterState, str, int] | None = None

    @property
    def status(self) -> PrinterStatus:
        """How the printer is doing now; any thread may ask."""
        return replace(self._status, waiting=len(self._queue))

    def start(self) -> None:
        """Begin serving; a worker is started once."""
        if self._thread is not None:
            msg = "A printer worker is started once"
            raise RuntimeError(msg)
        # A daemon, so that a till that dies in a crash handler is not kept alive by its printer.
        self._thread = threading.Thread(target=self._run, name=f"printer-{self.device_id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the line; may be called twice, before ``start``, and from a sink.

        What waits is not printed. A line that blocks is left within a fraction of a second.
        """
        self._queue.close()
        self._stopping.set()
        self._wake.set()
        if self._thread is None or self._thread is threading.current_thread():
            return
        self._thread.join(JOIN_TIMEOUT_S)
        if self._thread.is_alive():
            _LOGGER.error("%s: the printer's thread did not end within %s s", self.device_id, JOIN_TIMEOUT_S)

    def print(self, job: PrintJob) -> bool:
        """Queue a job and return at once, from any thread.

        Returns:
            False when ``PRINT_JOBS_MAX`` jobs wait already, or the worker has stopped.
        """
        added = self._queue.add(job, self._clock_s())
        self._wake.set()
        return added

    def cancel_waiting(self) -> tuple[UUID, ...]:
        """Forget the jobs that wait, from any thread; one that is on its way already is finished if it can be.

        Returns:
            The jobs that will not be printed; nothing more is said about them.
        """
        forgotten = self._queue.cancel()
        self._wake.set()
        return forgotten

    def open_drawer(self) -> bool:
        """Open the drawer without printing, and return at once, from any thread.

        Returns:
            False when the printer can't do it now: a drawer does not open minutes later by itself.
        """
        if self._status.state not in ABLE | {PrinterState.PRINTING}:
            return False
        self._drawer_asked_s = self._clock_s()
        self._wake.set()
        return True

    # ------------------------------------------------------------------------------ the printer's thread

    def _run(self) -> None:
        try:
            self._report(PrinterState.STARTING)
            while not self._stopping.is_set():
                line = self._open()
                if line is not None:
                    self._serve(line)
        finally:
            self._report(PrinterState.STOPPED)

    def _open(self) -> PrinterLine | None:
        """Try once, and wait when that failed."""
        self._attempts.begin()
        try:
            self._warm_up()
            return self._transport.open()
        except PrinterError as error:
            # That a printer which was just unplugged is missing is no news.
            is_known = self._lost is not None and isinstance(error, PrinterMissing)
            self._report(PrinterState.UNAVAILABLE, self._lost if is_known else error)
            self._wait_for_next_attempt()
            return None

    def _warm_up(self) -> None:
        """Load what makes receipts and draw the logo, before the first receipt needs them."""
        if not self._is_warm:
            receipt_bytes(WARM_UP, self._setup)
            self._is_warm = True

    def _serve(self, line: PrinterLine) -> None:
        """Print and look until the line is lost, can be given back, or the till stops; and close it."""
        opened_s = self._clock_s()
        talk = Talk(line, self._clock_s)
        try:
            self._look(talk)
            self._work(talk)
        except Stopped:
            return
        except PrinterError as error:
            self._lost = error
            if self._clock_s() - opened_s >= STABLE_S:
                self._attempts.succeeded()
            is_there = isinstance(error, PrinterBlocked | PrinterSilent)
            self._report(PrinterState.OFFLINE if is_there else PrinterState.UNAVAILABLE, error)
        else:
            self._lost = None
        finally:
            line.close()
        if self._lost is not None:
            self._wait_for_next_attempt()
        else:
            self._rest()

    def _work(self, talk: Talk) -> None:
        """Do what there is to do, again and again; return when there is nothing and others may want the printer."""
        while not self._stopping.is_set():
            self._wake.clear()
            self._report_queue()
            age_s = self._clock_s() - self._looked_s
            if age_s >= (self._timing.trouble_poll_s if self._answers and self._has_work else self._pause_s()):
                self._look(talk)
            self._kick_if_asked(talk)
            first = self._queue.first()
            if first is not None and self._is_able:
                self._print(talk, first)
            elif self._transport.is_shared:
                return
            else:
                self._wake.wait(max(0.0, self._looked_s + self._pause_s() - self._clock_s()))

    @property
    def _has_work(self) -> bool:
        return self._drawer_asked_s is not None or self._queue.first() is not None

    def _pause_s(self) -> float:
        """How long a look is good for."""
        if not self._is_able:
            return self._timing.trouble_poll_s
        return self._timing.poll_s if self._answers else self._timing.mute_poll_s

    def _look(self, talk: Talk) -> None:
        """Ask the printer how it is; one that never answers is taken as ready.

        Raises:
            PrinterSilent: It has not answered for so long that the line may be a dead one.
            PrinterError: The line is gone.
        """
        report = talk.ask(self._timing.answer_s) if self._is_worth_asking() else None
        self._looked_s = self._clock_s()
        if report is not None:
            self._answers = True
            self._silences = 0
            self._is_able = report.state in ABLE
            self._settle(report.state)
        elif self._answers:
            self._silences += 1
            self._is_able = self._is_able and self._silences < SILENCES_MAX
            if self._silences >= SILENCES_MAX:
                self._report(PrinterState.OFFLINE, PrinterSilent(self._setup.target))
            if self._silences % SILENCES_REOPEN == 0:
                raise PrinterSilent(self._setup.target)
        else:
            self._is_able = True
            # One that took nothing before shows that it is back by taking something.
            if not isinstance(self._lost, PrinterBlocked) or self._queue.first() is None:
                self._settle(PrinterState.READY)

    def _is_worth_asking(self) -> bool:
        """Not before every receipt on a shared printer that has never answered: each question costs a wait."""
        age_s = self._clock_s() - self._looked_s
        return self._answers or not self._transport.is_shared or age_s >= self._timing.mute_poll_s

    def _settle(self, state: PrinterState) -> None:
        """The line is a good one."""
        self._lost = None
        self._attempts.succeeded()
        self._report(state)

    def _print(self, talk: Talk, first: Waiting) -> None:
        """Bring one job to the paper.

        Raises:
            PrinterError: The line is gone; the job keeps its turn, or has been given up.
            Stopped: The till stops.
        """
        if not self._queue.begin(first):
            return
        state = self._status.state if self._status.state in ABLE else PrinterState.READY
        data = self._bytes(first)

        def begin() -> None:
            first.is_begun = True
            first.attempts += 1
            self._lost = None

        delivery = self._delivery(talk, self._report)
        try:
            delivery.send(data, on_begun=begin, is_unwanted=lambda: first.is_cancelled)
            if self._answers and self._says_end:
                self._says_end = delivery.wait_until_out()
        except PrinterError as error:
            self._queue.put_back(first)
            if first.is_cancelled or first.attempts >= PRINT_ATTEMPTS_MAX:
                self._queue.remove(first)
                self._on_failed(first.job.job_id, error)
            raise
        self._queue.remove(first)
        self._settle(state)
        self._on_printed(first.job.job_id)

    def _bytes(self, first: Waiting) -> bytes:
        """The receipt; with the drawer's pulse only for somebody who still stands there, and never a second time."""
        age_s = self._clock_s() - first.queued_s
        opens = first.job.drawer and not first.is_begun and age_s <= self._timing.drawer_age_max_s
        return receipt_bytes(replace(first.job, drawer=opens), self._setup, again=first.is_begun)

    def _kick_if_asked(self, talk: Talk) -> None:
        asked_s, self._drawer_asked_s = self._drawer_asked_s, None
        if asked_s is None:
            return
        if not self._is_able or self._clock_s() - asked_s > self._timing.drawer_age_max_s:
            _LOGGER.warning("%s: the drawer is not opened, the printer was not ready in time", self.device_id)
            return
        self._delivery(talk, lambda _state, _error: None).send(drawer_bytes(self._setup))

    def _delivery(self, talk: Talk, show: Callable[[PrinterState, PrinterError | None], None]) -> Delivery:
        return Delivery(
            talk,
            self._timing,
            name=self._setup.target,
            clock_s=self._clock_s,
            is_stopping=self._stopping.is_set,
            show=show,
        )

    def _rest(self) -> None:
        """Leave a shared printer alone until there is something new to do, or time to look at it."""
        deadline_s = self._clock_s() + self._pause_s()
        while not self._stopping.is_set():
            left_s = deadline_s - self._clock_s()
            if left_s <= 0 or not self._wake.wait(left_s):
                return
            self._wake.clear()
            self._report_queue()
            if self._has_work:
                return

    def _wait_for_next_attempt(self) -> None:
        """Wait, shorter when a new job shows that somebody wants the printer now."""
        if self._attempts.wait(lambda seconds: self._stopping.is_set() or self._wake.wait(seconds)):
            self._wake.clear()
            self._report_queue()

    def _report_queue(self) -> None:
        """Tell how many wait now."""
        self._report(self._status.state, self._error)

    def _report(self, state: PrinterState, error: PrinterError | None = None) -> None:
        """Tell the sink when the state, its reason or the number of jobs changed."""
        self._error = error
        news = (state, str(error.code) if error else "", len(self._queue))
        if news == self._reported:
            return
        is_new_error = error is not None and (self._reported is None or news[:2] != self._reported[:2])
        self._reported = news
        if error is not None and is_new_error:
            _LOGGER.warning("%s: %s", self.device_id, error.support)
        self._status = PrinterStatus(device_id=self.device_id, state=state, waiting=len(self._queue), error=error)
        self._on_status(self._status)
