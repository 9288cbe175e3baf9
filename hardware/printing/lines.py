"""What a way to a printer is, whatever it is made of.

A line takes what the printer takes, waits a moment at most, and says how much it was: whoever writes decides how long a
printer may take nothing, and can stop at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable

SLICE_S: Final = 0.1
"""Longest wait of one write or read, in seconds; also how late a stop is noticed."""

CHUNK_BYTES: Final = 1024
"""Most bytes handed over at once."""

READ_BYTES_MAX: Final = 256
"""Most bytes of one read; a printer says a few."""


class PrinterLine(Protocol):
    """An open line to a printer. Only the thread that uses it may close it."""

    @property
    def listens(self) -> bool:
        """Whether anything can ever come back on it."""

    def write(self, data: bytes) -> int:
        """Hand over what the printer takes, waiting ``SLICE_S`` at most.

        Returns:
            How many bytes it took; 0 when it takes nothing now.

        Raises:
            PrinterBlocked: It takes no more, and how much it took nobody knows.
            PrinterError: The line is gone.
        """

    def read(self, wait_s: float) -> bytes:
        """What the printer says.

        Args:
            wait_s: Longest wait for it, in seconds.

        Raises:
            PrinterError: The line is gone.
        """

    def close(self) -> None:
        """Give the line back; never raises."""


class PrinterTransport(Protocol):
    """A way to a printer that can be opened again and again."""

    @property
    def is_shared(self) -> bool:
        """Whether others may be waiting for the printer, so that the line is given back after every receipt."""

    def open(self) -> PrinterLine:
        """Open the line.

        Raises:
            PrinterError: It cannot be opened now.
        """

    def presence(self) -> Hashable | None:
        """Look, cheaply, at the printer's place: a value that changes when a device comes back, ``None`` for none."""
