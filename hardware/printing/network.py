"""A printer on the network that takes raw bytes, usually on port 9100."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Final

from hardware.printing.errors import NotAPrinter, PrinterLost, PrinterUnreachable
from hardware.printing.lines import CHUNK_BYTES, READ_BYTES_MAX, SLICE_S

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hardware.printing.setup import NetworkTarget

CONNECT_TIMEOUT_S: Final = 2.0
"""Longest wait for a printer on the network to answer, in seconds."""

SEND_BUFFER_BYTES: Final = 4096
"""What the system may hold back of a receipt on the network; more would hide that the printer takes nothing."""


class NetworkTransport:
    """A printer on the network; the cash register may print on it as well."""

    is_shared = True

    def __init__(self, target: NetworkTarget) -> None:
        """Remember the address; nothing is opened yet."""
        self._target = target
        self._name = f"network://{target.host}:{target.port}"

    def open(self) -> NetworkLine:
        """Connect.

        Raises:
            PrinterUnreachable: Nobody answers there.
            NotAPrinter: The host's name cannot be one.
        """
        try:
            connection = socket.create_connection((self._target.host, self._target.port), timeout=CONNECT_TIMEOUT_S)
        except UnicodeError as error:
            raise NotAPrinter(self._name, str(error)) from error
        except OSError as error:
            raise PrinterUnreachable(self._name, str(error)) from error
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return NetworkLine(connection, self._name)

    def presence(self) -> Hashable | None:
        """Nothing tells from here whether a host has come back."""
        return None


class NetworkLine:
    """An open connection to a printer."""

    listens = True

    def __init__(self, connection: socket.socket, name: str) -> None:
        """Take over a connected socket."""
        self._connection = connection
        self._name = name

    def write(self, data: bytes) -> int:
        """Hand over what the printer takes, see ``PrinterLine``."""
        self._connection.settimeout(SLICE_S)
        try:
            return self._connection.send(data[:CHUNK_BYTES])
        except TimeoutError:
            return 0
        except OSError as error:
            raise PrinterLost(self._name, str(error)) from error

    def read(self, wait_s: float) -> bytes:
        """What the printer says, see ``PrinterLine``."""
        self._connection.settimeout(wait_s)
        try:
            data = self._connection.recv(READ_BYTES_MAX)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError as error:
            raise PrinterLost(self._name, str(error)) from error
        if not data:
            raise PrinterLost(self._name, "the printer closed the connection")
        return data

    def close(self) -> None:
        """Hang up; what was handed over still goes out."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            self._connection.setblocking(False)
            # A socket closed with something unread in it throws away what it had still to send.
            self._connection.recv(READ_BYTES_MAX)
        with contextlib.suppress(OSError):
            self._connection.close()
