"""The interface for registers as a server of its own thread, reachable from this machine and from nowhere else.

The HTTP libraries are loaded on that thread when it starts: the till is on the screen long before.
"""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any, Final

from terminal.register.errors import PortTaken, RegisterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from terminal.register.port import RegisterCounter
    from texts.i18n import Texts

ADDRESS: Final = "127.0.0.1"
"""The only address that is listened on (RFC 1122, 3.2.1.3): no other machine can reach it."""

BACKLOG: Final = 16
"""Connections that the system keeps until they are accepted."""

AGAIN_S: Final = 5.0
"""After how long a port that was taken is tried again, in seconds."""

STOP_S: Final = 4.0
"""How long the end of the till waits for this thread, in seconds."""


class RegisterServer:
    """Runs from ``start`` to ``stop``.

    Args:
        directory: The data directory, in which the token lies.
        port: Where to listen; 0 for any port, which tests want.
        counter: The till.
        deliver: Runs a call on the thread that paints.
        bug: Takes a mistake of ours, to write it down; called on the server's thread.
        trouble: Told, on the thread that paints, what keeps registers away, as a sentence that is made in the language
            in use; ``None`` when nothing does any more.

    Attributes:
        port: Where it listens, once registers are answered; 0 before.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        counter: RegisterCounter,
        deliver: Callable[[Callable[[], None]], None],
        bug: Callable[[Exception], None],
        trouble: Callable[[Callable[[Texts], str] | None], None],
    ) -> None:
        self._directory = directory
        self._wanted = port
        self._counter = counter
        self._deliver = deliver
        self._bug = bug
        self._trouble = trouble
        self._stopping = threading.Event()
        self._answering = threading.Event()
        self._running: Any = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="register", daemon=True)
        self.port = 0

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; whoever waits is let go. Stopping twice is allowed."""
        self._stopping.set()
        with self._lock:
            if self._running is not None:
                self._running.let_end()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def wait_until_answering(self, seconds: float) -> bool:
        """Wait until registers are answered; says whether they are. For the command line and for tests."""
        return self._answering.wait(seconds)

    # -- on the server's thread

    def _run(self) -> None:
        told = False
        while not self._stopping.is_set():
            try:
                self._serve(told=told)
                told = False
            except RegisterError as error:
                if not told:
                    self._tell(error)
                told = True
            except Exception as error:  # noqa: BLE001 - written down there; the till goes on without registers
                self._bug(error)
            self._stopping.wait(AGAIN_S)

    def _tell(self, error: RegisterError | None) -> None:
        if error is None:
            self._deliver(lambda: self._trouble(None))
            return
        sentence, what = error.sentence, error.what
        self._deliver(lambda: self._trouble(lambda texts: texts._(sentence).format(what=what)))

    def _serve(self, *, told: bool) -> None:
        """Serve until the end.

        Raises:
            RegisterError: The port or the token can't be had.
        """
        from terminal.register.app import Api
        from terminal.register.serving import Running
        from terminal.register.token import TokenCheck

        with self._listen() as opened:
            port = opened.getsockname()[1]
            api = Api(self._counter, self._deliver, TokenCheck(self._directory), port, self._bug)

            def ready() -> None:
                self.port = port
                self._answering.set()
                if told:
                    self._tell(None)

            running = Running(api, ready)
            with self._lock:
                if self._stopping.is_set():
                    return
                self._running = running
            try:
                running.run([opened])
            finally:
                self._answering.clear()
                with self._lock:
                    self._running = None

    def _listen(self) -> socket.socket:
        try:
            opened = socket.create_server((ADDRESS, self._wanted), backlog=BACKLOG)
        except OSError as error:
            raise PortTaken(self._wanted, str(error)) from error
        # The event loop turns Nagle's algorithm off only where the protocol is named; with it answers take 40 ms more.
        return socket.socket(opened.family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=opened.detach())
