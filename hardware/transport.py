"""Opening the line to a scanner: a serial port, or a bridge on the network.

This is the one place that knows the ways pyserial and the operating system report trouble; everybody else meets the
classes of ``errors``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

import msgspec
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

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

if sys.platform == "win32":
    TermiosError = OSError
else:
    from termios import error as TermiosError  # noqa: N812 - a class with a lower-case name

READ_TIMEOUT_S: Final = 0.1
"""Longest wait of one read, in seconds; also how late a stop is noticed where a read cannot be cancelled."""

READ_BYTES_MAX: Final = 4096
"""Most bytes of one read."""

SEND_TIMEOUT_S: Final = 0.1
"""Longest wait for a scanner to take an answer of a few bytes, in seconds; the next code waits for it."""

CONNECT_TIMEOUT_S: Final = 2.0
"""Longest wait for a network scanner to answer, in seconds."""

SOCKET_SCHEME: Final = "socket"


class Parity(StrEnum):
    """Parity bit, under pyserial's letters."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"
    MARK = "M"
    SPACE = "S"


class SerialSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Line parameters of a serial port; USB scanners ignore them.

    Attributes:
        baud: Speed, in bits per second.
        data_bits: Bits per character, 5 to 8.
        parity: Parity bit.
        stop_bits: 1, 1.5 or 2.
        hardware_flow_control: RTS/CTS.
    """

    baud: int = 9600
    data_bits: int = 8
    parity: Parity = Parity.NONE
    stop_bits: float = 1
    hardware_flow_control: bool = False


class Line(Protocol):
    """An open line to a device. Only the thread that reads it may close it."""

    def receive(self) -> bytes:
        """Wait for bytes, at most ``READ_TIMEOUT_S``.

        Returns:
            What has arrived, or nothing.

        Raises:
            DeviceLost: The line is gone.
        """

    def send(self, data: bytes) -> bool:
        """Write an answer; only the thread that reads may.

        Returns:
            Whether it was taken: a scanner that does not read is no lost scanner.

        Raises:
            DeviceLost: The line is gone.
        """

    def cancel(self) -> None:
        """End a waiting ``receive`` early; any thread may call this at any time."""

    def close(self) -> None:
        """Give the line back; never raises."""


class Transport(Protocol):
    """A way to a device that can be opened again and again."""

    def open(self) -> Line:
        """Open the line.

        Raises:
            HardwareError: It cannot be opened now.
        """

    def presence(self) -> Hashable | None:
        """Look, cheaply, at the device's place.

        Returns:
            A value that changes when a device comes back, or ``None`` when nothing is there.
        """


def transport_for(url: str, settings: SerialSettings | None = None) -> Transport:
    """The transport for a configured port.

    Args:
        url: A port (``/dev/ttyACM0``, ``COM3``), any URL that pyserial knows, or ``socket://host:port``.
        settings: Line parameters of a serial port.
    """
    if urlsplit(url).scheme == SOCKET_SCHEME:
        return SocketTransport(url)
    return SerialTransport(url, settings or SerialSettings())


class SerialTransport:
    """A serial port, held exclusively while it is open."""

    def __init__(self, port: str, settings: SerialSettings) -> None:
        """Remember which port and how; nothing is opened yet."""
        self.port = port
        self._settings = settings

    def open(self) -> SerialLine:
        """Open and lock the port; what it received before is thrown away.

        Raises:
            HardwareError: One of its subclasses, by cause.
        """
        settings = self._settings
        try:
            port = serial.serial_for_url(
                self.port,
                baudrate=settings.baud,
                bytesize=settings.data_bits,
                parity=settings.parity.value,
                stopbits=settings.stop_bits,
                rtscts=settings.hardware_flow_control,
                timeout=READ_TIMEOUT_S,
                write_timeout=SEND_TIMEOUT_S,
                # Two readers of one port would each get half of every code.
                exclusive=True,
            )
        except (OSError, TermiosError, ValueError) as error:
            raise _opening_error(self.port, error) from error
        return SerialLine(port, self.port)

    def presence(self) -> Hashable | None:
        """The device node behind the path, links followed."""
        return path_presence(self.port)


class SerialLine:
    """An open serial port."""

    def __init__(self, port: serial.Serial, name: str) -> None:
        """Take over an open port."""
        self._port = port
        self._name = name
        self._closing = threading.Lock()

    def receive(self) -> bytes:
        """Wait for the first byte, then take what has come with it.

        Asking for several bytes at once would make pyserial wait for all of them or for the time-out, whichever is
        later for the cashier.

        Raises:
            DeviceLost: The port is gone.
        """
        try:
            first = self._port.read(1)
            if not first:
                return b""
            waiting = min(self._port.in_waiting, READ_BYTES_MAX)
            return first + self._port.read(waiting) if waiting else first
        except (OSError, TypeError) as error:
            # SerialException is an OSError; a port that dies under pyserial also raises plain OSError and TypeError.
            raise DeviceLost(self._name, str(error)) from error

    def send(self, data: bytes) -> bool:
        """Write within ``SEND_TIMEOUT_S``.

        Raises:
            DeviceLost: The port is gone.
        """
        try:
            self._port.write(data)
        except serial.SerialTimeoutException:
            return False
        except (OSError, TypeError) as error:
            raise DeviceLost(self._name, str(error)) from error
        return True

    def cancel(self) -> None:
        """Wake a waiting ``receive``; does nothing on a closed line or where pyserial cannot cancel."""
        cancel_read = getattr(self._port, "cancel_read", None)
        # The lock keeps the wake-up byte from going to a descriptor that another thread has closed in between.
        with self._closing, contextlib.suppress(OSError):
            if cancel_read is not None and self._port.is_open:
                cancel_read()

    def close(self) -> None:
        """Unlock and close the port; an answer that the scanner has not taken yet is thrown away."""
        with self._closing:
            with contextlib.suppress(OSError, TermiosError):
                if self._port.rtscts:
                    # A scanner that is switched off lets nothing through, and closing would wait half a minute for it.
                    self._port.reset_output_buffer()
            with contextlib.suppress(OSError):
                self._port.close()


class SocketTransport:
    """A scanner server or bridge on the network.

    pyserial reads ``socket://`` one byte at a time, sleeps when closing and leaks the socket after a hang-up, so this
    line is the standard library's own.
    """

    def __init__(self, url: str) -> None:
        """Remember the address; nothing is opened yet."""
        self.port = url

    def open(self) -> SocketLine:
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
        connection.settimeout(READ_TIMEOUT_S)
        return SocketLine(connection, self.port)

    def presence(self) -> Hashable | None:
        """Nothing tells from here whether a host has come back."""
        return None


class SocketLine:
    """An open connection to a network scanner."""

    def __init__(self, connection: socket.socket, name: str) -> None:
        """Take over a connected socket with its time-out set."""
        self._connection = connection
        self._name = name

    def receive(self) -> bytes:
        """Wait for bytes.

        Raises:
            DeviceLost: The other side hung up.
        """
        try:
            data = self._connection.recv(READ_BYTES_MAX)
        except TimeoutError:
            return b""
        except OSError as error:
            raise DeviceLost(self._name, str(error)) from error
        if not data:
            raise DeviceLost(self._name, "the other side closed the connection")
        return data

    def send(self, data: bytes) -> bool:
        """Write within ``SEND_TIMEOUT_S``.

        Raises:
            DeviceLost: The other side hung up.
        """
        self._connection.settimeout(SEND_TIMEOUT_S)
        try:
            self._connection.sendall(data)
        except TimeoutError:
            return False
        except OSError as error:
            raise DeviceLost(self._name, str(error)) from error
        finally:
            self._connection.settimeout(READ_TIMEOUT_S)
        return True

    def cancel(self) -> None:
        """Nothing to do: a read ends by itself within ``READ_TIMEOUT_S``."""

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._connection.close()


def path_presence(path: str) -> Hashable | None:
    """What stands at a path: changes when a device comes back or its permissions do, ``None`` when there is nothing.

    A replugged device often gets its old number again, and udev grants access a moment after the node appears; the
    change time of the node and of the link to it tells both.
    """
    try:
        link, node = os.lstat(path), os.stat(path)  # noqa: PTH116 - twice a second, on a string
    except (OSError, ValueError):
        return None
    return (link.st_ino, link.st_ctime_ns, node.st_dev, node.st_ino, node.st_ctime_ns)


_BY_ERRNO: Final[dict[int, type[HardwareError]]] = {
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
    errno.ELOOP: NotAPort,
    errno.ENAMETOOLONG: NotAPort,
}
"""EIO: the node exists but no device is behind it, as with the unused ttyS* of a PC or in the middle of a hang-up."""

_WINDOWS_WORDS: Final[tuple[tuple[str, type[HardwareError]], ...]] = (
    ("PermissionError", PortBusy),
    ("FileNotFoundError", PortMissing),
)
"""On Windows pyserial has only a sentence with the exception's name; access denied there means a port in use."""


def _opening_error(port: str, error: Exception) -> HardwareError:
    """The error class for what opening a port raised."""
    detail = str(error)
    for each in _causes(error):
        number = each.errno if isinstance(each, OSError) else each.args[0] if isinstance(each, TermiosError) else None
        if number in _BY_ERRNO:
            return _BY_ERRNO[number](port, detail)
    for word, kind in _WINDOWS_WORDS:
        if word in detail:
            return kind(port, detail)
    if isinstance(error, ValueError):
        return NotAPort(port, detail)
    return PortFailed(port, detail)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those it was raised from: pyserial drops the error number of some system calls."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
