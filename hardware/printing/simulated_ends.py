"""The simulated printer's end of a line: a server on the loopback network, or a pseudo-terminal."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK: Final = "127.0.0.1"

BUFFER_BYTES: Final = 4096
"""What the printer keeps unprinted; small ones have no more."""

READ_BYTES: Final = 1024
"""Most bytes it reads at once."""


class PrinterEnd(Protocol):
    """The printer's end of a line; only the printer's own thread uses it, but for ``target``."""

    target: str

    def plug(self) -> None:
        """Put the printer at its place."""

    def unplug(self) -> None:
        """Hang up and take it away."""

    def sources(self) -> list[int]:
        """What to wait for."""

    def take(self) -> bytes:
        """What the till has sent, if anything."""

    def say(self, data: bytes) -> None:
        """Answer, if somebody listens."""


class NetworkEnd:
    """A print server on the loopback network that serves one till at a time."""

    def __init__(self) -> None:
        """Choose a free network port, which it keeps until the end."""
        with socket.create_server((LOOPBACK, 0)) as listener:
            self._port: int = listener.getsockname()[1]
        self.target = f"network://{LOOPBACK}:{self._port}"
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None

    def plug(self) -> None:
        """Listen."""
        self._listener = socket.create_server((LOOPBACK, self._port))
        # As little room as a print server has; the system's usual room would hide that it does not read.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)

    def unplug(self) -> None:
        """Hang up and stop listening, so that the till's next attempts are refused."""
        for each in (self._connection, self._listener):
            if each is not None:
                each.close()
        self._connection = self._listener = None

    def sources(self) -> list[int]:
        """The till's connection, or the next one."""
        source = self._connection or self._listener
        return [source.fileno()] if source is not None else []

    def take(self) -> bytes:
        """What the till has sent, if anything."""
        if self._connection is None:
            if self._listener is not None:
                self._connection, _ = self._listener.accept()
            return b""
        try:
            data = self._connection.recv(READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._connection.close()
            self._connection = None
        return data

    def say(self, data: bytes) -> None:
        """Answer, if somebody listens."""
        with contextlib.suppress(OSError):
            if self._connection is not None:
                self._connection.send(data)


class PtyEnd:
    """A pseudo-terminal behind a link; every plug makes a new one."""

    def __init__(self, link: Path) -> None:
        """Remember the link; nothing exists yet.

        Args:
            link: Path of the link; an old link there is replaced.
        """
        self._link = link
        self.target = str(link)
        self._master = -1
        self._slave = -1

    def plug(self) -> None:
        """Make a terminal pair and the link to it."""
        assert sys.platform != "win32", "Windows has no pseudo-terminals; NetworkEnd stands in"
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # a fresh terminal echoes
        os.set_blocking(self._master, False)
        beside = self._link.with_name(f".{self._link.name}.new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(os.ttyname(self._slave))
        beside.replace(self._link)

    def unplug(self) -> None:
        """Remove the link and hang up."""
        self._link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def sources(self) -> list[int]:
        """The printer's end of the terminal."""
        return [self._master]

    def take(self) -> bytes:
        """What the till has sent, if anything."""
        try:
            return os.read(self._master, READ_BYTES)
        except OSError:
            return b""

    def say(self, data: bytes) -> None:
        """Answer, if there is room."""
        with contextlib.suppress(OSError):
            os.write(self._master, data)
