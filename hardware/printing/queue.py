"""The jobs that wait for a printer: any thread puts them in, the printer's own thread takes them out."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

    from hardware.printing.job import PrintJob

PRINT_JOBS_MAX: Final = 50
"""Most jobs that wait; a printer that is gone for long must not fill the memory."""


@dataclass(slots=True)
class Waiting:
    """One job and what has become of it.

    Attributes:
        job: What to print.
        queued_s: When it was queued, in seconds of the monotonic clock.
        is_begun: Whether part of it may be on paper.
        is_on_line: Whether it is being handed to the printer now.
        is_cancelled: Whether it is not to be tried again.
        attempts: How often it has been begun.
    """

    job: PrintJob
    queued_s: float
    is_begun: bool = False
    is_on_line: bool = False
    is_cancelled: bool = False
    attempts: int = 0


class PrintQueue:
    """First in, first out, and never more than a bound."""

    def __init__(self, length_max: int = PRINT_JOBS_MAX) -> None:
        self._lock = threading.Lock()
        self._length_max = length_max
        self._waiting: deque[Waiting] = deque()
        self._is_closed = False

    def __len__(self) -> int:
        """How many wait, with the one being printed."""
        return len(self._waiting)

    def add(self, job: PrintJob, now_s: float) -> bool:
        """Put a job at the end; false when the queue is full or closed."""
        with self._lock:
            if self._is_closed or len(self._waiting) >= self._length_max:
                return False
            self._waiting.append(Waiting(job, now_s))
            return True

    def first(self) -> Waiting | None:
        """The job whose turn it is; it stays where it is."""
        with self._lock:
            return self._waiting[0] if self._waiting else None

    def begin(self, waiting: Waiting) -> bool:
        """Claim the first job for the line; false when it was cancelled in the meantime."""
        with self._lock:
            waiting.is_on_line = bool(self._waiting) and self._waiting[0] is waiting
            return waiting.is_on_line

    def put_back(self, waiting: Waiting) -> None:
        """The line has let go of the job unprinted; it keeps its turn."""
        with self._lock:
            waiting.is_on_line = False

    def remove(self, waiting: Waiting) -> None:
        """The job is printed, or given up."""
        with self._lock:
            self._waiting.remove(waiting)

    def cancel(self) -> tuple[UUID, ...]:
        """Forget what waits; a job on the line may end there and is not tried again.

        Returns:
            The forgotten jobs.
        """
        with self._lock:
            staying = [each for each in self._waiting if each.is_on_line]
            forgotten = tuple(each.job.job_id for each in self._waiting if not each.is_on_line)
            for each in staying:
                each.is_cancelled = True
            self._waiting = deque(staying)
            return forgotten

    def close(self) -> None:
        """Take no more."""
        with self._lock:
            self._is_closed = True
