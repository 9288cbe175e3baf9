"""Opening a line that is only written to: a customer display on a serial port, or behind a bridge on the network."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

import serial

from hardware.errors import (
    DeviceLost,
    HardwareError,
    HostUnreachable,
    NotAPort,
    PortBusy,
    PortDenied,
    PortFailed,
    PortMissing,
)
from hardware.transport import CONNECT_TIMEOUT_S, SOCKET_SCHEME, path_presence

if TYPE_CHECKING:
    from collections.abc import Hashable

if sys.platform == "win32":
    TermiosError = OSError
else:
    from termios import error as TermiosError  # noqa: N812 - a class with a lower-case name

WRITE_TIMEOUT_S: Final = 1.0
"""Longest wait for a display to take a text, in seconds: 100 bytes take 0.4 s at the slowest speed in use, 2400."""

_KINDS: Final[dict[int, type[HardwareError]]] = {
    errno.EAGAIN: PortBusy,
    errno.EBUSY: PortBusy,
    errno.EACCES: PortDenied,
    errno.EPERM: PortDenied,
    errno.ENOENT: PortMissing,
    errno.ENXIO: PortMissing,
    errno.ENODEV: PortMissing,
    errno.EIO: PortMissing,
    errno.ENOTTY: NotAPort,
    errno.EISDIR: NotAPort,
    errno.ENOTDIR: NotAPort,
    errno.EINVAL: NotAPort,
}


class OutLine(Protocol):
    """An open line to write to. Only the thread that writes may close it."""

    def send(self, data: bytes) -> None:
        """Write all of it, waiting at most ``WRITE_TIMEOUT_S``.

        Raises:
            DeviceLost: The line is gone, or nobody takes what is written.
        """

    def close(self) -> None:
        """Give the line back; never raises."""


class OutTransport(Protocol):
    """A way to a display that can be opened again and again."""

    def open(self) -> OutLine:
        """Open the line.

        Raises:
            HardwareError: It cannot be opened now.
        """

    def presence(self) -> Hashable | None:
        """A value that changes when the device comes back, or ``None`` when nothing is there or nothing tells."""


def out_transport_for(url: str, baud: int) -> OutTransport:
    """The way to a configured port.

    Args:
        url: A port (``/dev/ttyUSB1``, ``COM4``), any URL that pyserial knows, or ``socket://host:port``.
        baud: Speed of a serial port, in bits per second.
    """
    if urlsplit(url).scheme == SOCKET_SCHEME:
        return SocketOut(url)
    return SerialOut(url, baud)


class SerialOut:
    """A serial port, held exclusively while it is open: eight data bits, no parity, one stop bit."""

    def __init__(self, port: str, baud: int) -> None:
        self.port = port
        self._baud = baud

    def open(self) -> SerialOutLine:
        """Open and lock the port.

        Raises:
            HardwareError: One of its subclasses, by cause.
        """
        try:
            port = serial.serial_for_url(
                self.port, baudrate=self._baud, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=True
            )
        except (OSError, TermiosError, ValueError) as error:
            raise _opening_error(self.port, error) from error
        return SerialOutLine(port, self.port)

    def presence(self) -> Hashable | None:
        """The device node behind the path, links followed."""
        return path_presence(self.port)


class SerialOutLine:
    """An open serial port."""

    def __init__(self, port: serial.Serial, name: str) -> None:
        self._port = port
        self._name = name

    def send(self, data: bytes) -> None:
        """Write; never waits for the last bit to leave, since a display that holds the line would keep the thread.

        Raises:
            DeviceLost: The port is gone, or nobody takes what is written.
        """
        try:
            self._port.write(data)
        except (OSError, TermiosError, TypeError) as error:  # its time-out is an OSError too
            raise DeviceLost(self._name, str(error)) from error

    def close(self) -> None:
        """Throw away what is not written yet, on which closing would wait, and unlock the port."""
        with contextlib.suppress(OSError, TermiosError, TypeError):
            self._port.reset_output_buffer()
        with contextlib.suppress(OSError, TermiosError, TypeError):
            self._port.close()


class SocketOut:
    """A serial port behind a bridge on the network."""

    def __init__(self, url: str) -> None:
        self.port = url

    def open(self) -> SocketOutLine:
        """Connect.

        Raises:
            NotAPort: The address is malformed.
            HostUnreachable: Nobody answers there.
        """
        try:
            parts = urlsplit(self.port)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise NotAPort(self.port, str(error)) from error
        if not host or not port:
            raise NotAPort(self.port, "host or port number missing")
        try:
            connection = socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S)
        except OSError as error:
            raise HostUnreachable(self.port, str(error)) from error
        connection.settimeout(WRITE_TIMEOUT_S)
        return SocketOutLine(connection, self.port)

    def presence(self) -> Hashable | None:
        """Nothing tells from here whether a host has come back."""
        return None


class SocketOutLine:
    """An open connection."""

    def __init__(self, connection: socket.socket, name: str) -> None:
        self._connection = connection
        self._name = name

    def send(self, data: bytes) -> None:
        """Write.

        Raises:
            DeviceLost: The other side hung up, or takes nothing.
        """
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise DeviceLost(self._name, str(error)) from error

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._connection.close()


def _opening_error(port: str, error: Exception) -> HardwareError:
    """The error class for what opening a port raised; pyserial keeps the number of most system calls in ``errno``."""
    number = error.errno if isinstance(error, OSError) else error.args[0] if isinstance(error, TermiosError) else None
    kind = _KINDS.get(number) if number is not None else None
    if kind is None and "PermissionError" in str(error):  # on Windows there is only a sentence; it means "in use"
        kind = PortBusy
    elif kind is None and "FileNotFoundError" in str(error):
        kind = PortMissing
    elif kind is None and isinstance(error, ValueError):
        kind = NotAPort
    return (kind or PortFailed)(port, str(error))
