"""Printers behind a port or a device node of the system, and the file that stands in for one."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from typing import TYPE_CHECKING, Final

import serial

from hardware.printing.errors import PrinterBlocked, PrinterLost, opening_error
from hardware.printing.lines import CHUNK_BYTES, READ_BYTES_MAX, SLICE_S
from hardware.printing.setup import FlowControl
from hardware.transport import path_presence

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hardware.printing.lines import PrinterLine
    from hardware.printing.setup import PrinterSetup

if sys.platform == "win32":
    TermiosError = OSError
else:
    from termios import error as TermiosError  # noqa: N812 - a class with a lower-case name

DRAIN_S_MAX: Final = 2.0
"""Longest wait for the last bytes to leave a serial port when it is closed, in seconds."""

_DRAIN_LOOK_S: Final = 0.02
_WINDOWS_CHUNK_BYTES: Final = 64
_FILE_MODE: Final = 0o600

_ENDED: Final = getattr(select, "POLLHUP", 0) | getattr(select, "POLLERR", 0)
"""What a descriptor complains of whose other end is gone; Windows has no such lines and no names for it."""


class SerialPrinterTransport:
    """A printer on a serial port, held exclusively while it is open."""

    is_shared = False

    def __init__(self, port: str, setup: PrinterSetup) -> None:
        """Remember which port and how; nothing is opened yet."""
        self._port = port
        self._setup = setup

    def open(self) -> PrinterLine:
        """Open and lock the port.

        Raises:
            PrinterError: One of its subclasses, by cause.
        """
        try:
            port = serial.Serial(
                self._port,
                baudrate=self._setup.baud,
                rtscts=self._setup.flow_control is FlowControl.RTS_CTS,
                xonxoff=self._setup.flow_control is FlowControl.XON_XOFF,
                timeout=SLICE_S,
                write_timeout=DRAIN_S_MAX,
                exclusive=True,
            )
        except (OSError, TermiosError, ValueError) as error:
            raise opening_error(self._port, error) from error
        if sys.platform == "win32":
            return WindowsSerialLine(port, self._port)
        return SerialPrinterLine(port, self._port)

    def presence(self) -> Hashable | None:
        """The device node behind the path, links followed."""
        return path_presence(self._port)


class DescriptorLine:
    """An open device node or file."""

    def __init__(self, descriptor: int, name: str, *, listens: bool) -> None:
        """Take over a descriptor that does not block."""
        self._descriptor = descriptor
        self._name = name
        self.listens = listens

    def write(self, data: bytes) -> int:
        """Hand over what the printer takes, see ``PrinterLine``."""
        try:
            return os.write(self._descriptor, data[:CHUNK_BYTES])
        except BlockingIOError:
            pass
        except OSError as error:
            raise PrinterLost(self._name, str(error)) from error
        self._ready(select.POLLOUT, SLICE_S)
        try:
            return os.write(self._descriptor, data[:CHUNK_BYTES])
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PrinterLost(self._name, str(error)) from error

    def read(self, wait_s: float) -> bytes:
        """What the printer says, see ``PrinterLine``."""
        events = self._ready(select.POLLIN, wait_s) if self.listens else 0
        if not events:
            return b""
        try:
            data = os.read(self._descriptor, READ_BYTES_MAX)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PrinterLost(self._name, str(error)) from error
        if not data and events & _ENDED:
            raise PrinterLost(self._name, "the line has ended")
        return data  # the system's driver hands an empty USB packet on as an empty read: nothing said, nothing lost

    def close(self) -> None:
        """Give the device back."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    def _ready(self, event: int, wait_s: float) -> int:
        """Wait until the descriptor can be used, or has something to complain about; 0 when neither came."""
        watched = select.poll()
        watched.register(self._descriptor, event)
        return next((events for _, events in watched.poll(wait_s * 1000)), 0)


class SerialPrinterLine(DescriptorLine):
    """An open serial port where the system says how many bytes it took; pyserial's own write does not."""

    def __init__(self, port: serial.Serial, name: str) -> None:
        """Take over an open port."""
        super().__init__(port.fileno(), name, listens=True)
        self._port = port
        self._is_stuck = False

    def write(self, data: bytes) -> int:
        """Hand over what the printer takes, see ``PrinterLine``."""
        taken = super().write(data)
        self._is_stuck = not taken
        return taken

    def close(self) -> None:
        """Let the last bytes leave, a moment at most, and unlock the port."""
        with contextlib.suppress(OSError, TermiosError):
            deadline_s = time.monotonic() + (0 if self._is_stuck else DRAIN_S_MAX)
            while self._port.out_waiting and time.monotonic() < deadline_s:
                time.sleep(_DRAIN_LOOK_S)
            # Closing waits half a minute for bytes that cannot leave.
            self._port.reset_output_buffer()
        with contextlib.suppress(OSError, TermiosError):
            self._port.close()


class WindowsSerialLine:
    """An open serial port on Windows, in pieces so small that one that is not taken is a blocked printer."""

    listens = True

    def __init__(self, port: serial.Serial, name: str) -> None:
        """Take over an open port with its time-outs set."""
        self._port = port
        self._name = name

    def write(self, data: bytes) -> int:
        """Hand over a few bytes, see ``PrinterLine``.

        Raises:
            PrinterBlocked: They were not taken in time; how many of them were, nobody knows.
        """
        try:
            return self._port.write(data[:_WINDOWS_CHUNK_BYTES]) or 0
        except serial.SerialTimeoutException as error:
            raise PrinterBlocked(self._name, str(error)) from error
        except (OSError, TypeError) as error:
            raise PrinterLost(self._name, str(error)) from error

    def read(self, wait_s: float) -> bytes:
        """What the printer says, see ``PrinterLine``."""
        try:
            self._port.timeout = wait_s
            first = self._port.read(1)
            return first + self._port.read(min(self._port.in_waiting, READ_BYTES_MAX)) if first else b""
        except (OSError, TypeError) as error:
            raise PrinterLost(self._name, str(error)) from error

    def close(self) -> None:
        """Unlock and close the port."""
        with contextlib.suppress(OSError):
            self._port.close()


class DeviceTransport:
    """A printer behind a device node of the system's printer driver."""

    is_shared = False

    def __init__(self, path: str) -> None:
        """Remember the node; nothing is opened yet."""
        self._path = path

    def open(self) -> DescriptorLine:
        """Open the node, for both directions where the printer has two.

        Raises:
            PrinterError: One of its subclasses, by cause.
        """
        flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
        try:
            return DescriptorLine(os.open(self._path, os.O_RDWR | flags), self._path, listens=True)
        except OSError:
            pass
        try:
            return DescriptorLine(os.open(self._path, os.O_WRONLY | flags), self._path, listens=False)
        except (OSError, ValueError) as error:
            raise opening_error(self._path, error) from error

    def presence(self) -> Hashable | None:
        """The device node behind the path."""
        return path_presence(self._path)


class FileTransport:
    """A file that receipts are appended to; it is made when it is missing, for nobody else to read."""

    is_shared = False

    def __init__(self, path: str) -> None:
        """Remember the path; nothing is opened yet."""
        self._path = path

    def open(self) -> DescriptorLine:
        """Open the file at its end.

        Raises:
            PrinterError: One of its subclasses, by cause.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            return DescriptorLine(os.open(self._path, flags, _FILE_MODE), self._path, listens=False)
        except (OSError, ValueError) as error:
            raise opening_error(self._path, error) from error

    def presence(self) -> Hashable | None:
        """A file does not come and go."""
        return None
