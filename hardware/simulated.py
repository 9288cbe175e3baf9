"""A scanner made of software, for the demo and the tests: the till reads it through a real line.

Where there are pseudo-terminals it is one, behind a link whose name stays the same when the scanner is "unplugged" and
comes back on another terminal, as udev's links do. On Windows it is a scanner server on the loopback network.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from hardware.errors import DeviceLost, LineBlocked

if TYPE_CHECKING:
    from typing import Self

WRITE_TIMEOUT_S: Final = 1.0
"""Longest wait for the till to take what is written, in seconds."""

ANSWER_BYTES_MAX: Final = 256
"""Most bytes of one answer that are read at once."""

LOOPBACK: Final = "127.0.0.1"


class SimulatedLine(Protocol):
    """The scanner's end of a line."""

    url: str

    def plug(self) -> None:
        """Put the device at its place."""

    def unplug(self) -> None:
        """Hang up and take the device away."""

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            LineBlocked: The other end does not take them.
        """

    def read(self, timeout_s: float) -> bytes:
        """Wait for what the till writes back.

        Returns:
            The bytes, or nothing after the time-out.
        """


class SimulatedScanner:
    """A scanner that is plugged in from the start.

    Use it as a context manager, or call ``close``.
    """

    def __init__(self, line: SimulatedLine, name: str) -> None:
        """Plug in a scanner at one end of a line; see ``simulated_scanner`` for the usual way.

        Args:
            line: Its line.
            name: Its name in messages.
        """
        self._line = line
        self.name = name
        self._plugged = False
        self.plug()

    def __enter__(self) -> Self:
        """The scanner itself."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Unplug it."""
        self.close()

    @property
    def port(self) -> str:
        """What the till has to open; stays the same over ``unplug`` and ``plug``."""
        return self._line.url

    @property
    def is_plugged(self) -> bool:
        """Whether it is plugged in."""
        return self._plugged

    def plug(self) -> None:
        """Plug it in; does nothing when it is."""
        if not self._plugged:
            self._line.plug()
            self._plugged = True

    def unplug(self) -> None:
        """Pull the cable; does nothing when it is out. What the till has not read by then may be lost, as in life."""
        if self._plugged:
            self._plugged = False
            self._line.unplug()

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()

    def scan(self, text: str, aim: str = "", terminator: bytes = b"\r") -> None:
        """Read a barcode.

        Args:
            text: Its data.
            aim: The symbology identifier to send in front, such as ``]E0``.
            terminator: What to send behind.

        Raises:
            DeviceLost: It is not plugged in.
            LineBlocked: The till does not read.
        """
        self.write(f"{aim}{text}".encode() + terminator)

    def write(self, data: bytes) -> None:
        """Send bytes as they are.

        Raises:
            DeviceLost: It is not plugged in.
            LineBlocked: The till does not read.
        """
        if not self._plugged:
            raise DeviceLost(self.port, "the simulated scanner is not plugged in")
        self._line.write(data)

    def answer(self, timeout_s: float = WRITE_TIMEOUT_S) -> bytes:
        """Wait for what the till writes back.

        Args:
            timeout_s: Longest wait, in seconds.

        Returns:
            The bytes of one write, or several that came together; nothing when it keeps silent.

        Raises:
            DeviceLost: It is not plugged in.
        """
        if not self._plugged:
            raise DeviceLost(self.port, "the simulated scanner is not plugged in")
        return self._line.read(timeout_s)


def simulated_scanner(folder: Path, name: str = "scanner") -> SimulatedScanner:
    """Plug in a simulated scanner on the best line this machine has.

    Args:
        folder: An existing folder for the link to its port; unused on Windows.
        name: The link's name.
    """
    line: SimulatedLine = LoopbackLine() if sys.platform == "win32" else PtyLine(folder / name)
    return SimulatedScanner(line, name)


class PtyLine:
    """A pseudo-terminal behind a link; every plug makes a new one."""

    def __init__(self, link: Path) -> None:
        """Remember the link; nothing exists yet.

        Args:
            link: Path of the link; an old link there is replaced.
        """
        self._link = link
        self.url = str(link)
        self._master = -1
        self._slave = -1

    def plug(self) -> None:
        """Make a terminal pair and the link to it."""
        assert sys.platform != "win32", "Windows has no pseudo-terminals; LoopbackLine stands in"
        import tty

        self._master, self._slave = os.openpty()
        # A fresh terminal echoes and rewrites CR; the till sets its own end too, but bytes may come before that.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        beside = self._link.with_name(f".{self._link.name}.new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(os.ttyname(self._slave))
        beside.replace(self._link)

    def unplug(self) -> None:
        """Remove the link and hang up: the reader's next read fails."""
        self._link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            LineBlocked: Nobody reads and the terminal's buffer is full.
        """
        deadline = time.monotonic() + WRITE_TIMEOUT_S
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                left_s = max(0.0, deadline - time.monotonic())
                if not select.select([], [self._master], [], left_s)[1]:
                    raise LineBlocked(self.url) from None

    def read(self, timeout_s: float) -> bytes:
        """Wait for what the till writes back."""
        return os.read(self._master, ANSWER_BYTES_MAX) if select.select([self._master], [], [], timeout_s)[0] else b""


class LoopbackLine:
    """A scanner server on the loopback network that serves one till at a time."""

    def __init__(self) -> None:
        """Choose a free network port, which it keeps until the end."""
        with socket.create_server((LOOPBACK, 0)) as listener:
            self._port: int = listener.getsockname()[1]
        self.url = f"socket://{LOOPBACK}:{self._port}"
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None

    def plug(self) -> None:
        """Listen."""
        self._listener = socket.create_server((LOOPBACK, self._port))
        self._listener.settimeout(WRITE_TIMEOUT_S)

    def unplug(self) -> None:
        """Hang up and stop listening, so that the till's next attempts are refused."""
        # A till that is still in the queue must be hung up on too.
        with contextlib.suppress(LineBlocked):
            self._accept(timeout_s=0)
        for end in (self._connection, self._listener):
            if end is not None:
                end.close()
        self._connection = self._listener = None

    def write(self, data: bytes) -> None:
        """Send bytes to the till, once it has connected.

        Raises:
            LineBlocked: No till has connected, or it does not read.
        """
        self._accept(timeout_s=0 if self._connection else WRITE_TIMEOUT_S)
        if self._connection is None:
            raise LineBlocked(self.url)
        try:
            self._connection.sendall(data)
        except OSError as error:
            # The till has let go; the next write waits for it to connect anew.
            self._connection.close()
            self._connection = None
            raise LineBlocked(self.url, str(error)) from error

    def read(self, timeout_s: float) -> bytes:
        """Wait for what the till writes back; a till that has not connected says nothing."""
        connection = self._connection
        if connection is None or not select.select([connection], [], [], timeout_s)[0]:
            return b""
        return connection.recv(ANSWER_BYTES_MAX)

    def _accept(self, timeout_s: float) -> None:
        """Take the newest waiting connection, if any, in place of the old one."""
        if self._listener is None or not select.select([self._listener], [], [], timeout_s)[0]:
            return
        connection, _ = self._listener.accept()
        connection.settimeout(WRITE_TIMEOUT_S)
        if self._connection is not None:
            self._connection.close()
        self._connection = connection
