"""This till serves the others of the shop: it sets a head office up beside its data and keeps it running.

Head office is a program of its own, in a process of its own; nothing of it is loaded here.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from storage.files import os_errors, write_durably
from terminal.sync.errors import Away, Broken
from terminal.sync.pauses import Pauses
from terminal.sync.status import SyncTrouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.exchange import HeadOfficeRow
    from storage.store import Store

FOLDER: Final = "headoffice"
SWITCH_FILE: Final = "serving.json"
PORT_FILE: Final = "port"
LOG_FILE: Final = "server.log"
LOG_BYTES_MAX: Final = 4 * 1024 * 1024
"""A longer log is begun anew when the server starts, and the last one kept."""

DEFAULT_LISTEN: Final = "0.0.0.0:8470"
COMMAND_TIMEOUT_S: Final = 60
READY_TIMEOUT_S: Final = 30.0
STOP_TIMEOUT_S: Final = 5.0
"""How long head office may take to finish what tills have asked, in seconds; then it is ended, and loses nothing."""

POLL_S: Final = 0.2
STEADY_S: Final = 60.0
"""A server that ran so long had started well; its next fault is a first one, in seconds."""

LIFELINE: Final = "--until-stdin-ends"
"""The server is given a pipe that ends with this process, however it ends, and ends with the pipe. On every system: no
other till is left with a server that nobody looks after, and the next start finds its port free."""

PROGRAM: Final = (sys.executable, "-c", "from headoffice.main import main; main()")
_OUTSIDE: Final = ("198.51.100.1", 9)
"""An address of nobody (RFC 5737): asking how it would be reached names this machine's own, and sends nothing."""


class Switch(msgspec.Struct, frozen=True):
    """That this till serves, and where it listens."""

    listen: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is: for this till itself, and for the others of the shop."""

    own_url: str
    address: str


class Supervisor:
    """Keeps head office running while the till is open.

    Args:
        directory: The till's data directory.
        program: The command of head office, for tests.
    """

    def __init__(self, directory: Path, program: Sequence[str] = PROGRAM) -> None:
        self._folder = directory / FOLDER
        self._program = tuple(program)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def switch(self) -> Switch | None:
        """Whether this till serves, and where."""
        try:
            return msgspec.json.decode((self._folder / SWITCH_FILE).read_bytes(), type=Switch)
        except (OSError, msgspec.MsgspecError):
            return None

    @property
    def address(self) -> str:
        """Under which address the others reach it, empty when this till does not serve."""
        return self.place().address if self.switch is not None and self._port() else ""

    def place(self) -> Place:
        """Where the server is."""
        return Place(self._own_url, f"https://{own_addresses()[0]}:{self._port()}")

    @property
    def _own_url(self) -> str:
        return f"https://localhost:{self._port()}"

    def is_own(self, head_office: HeadOfficeRow) -> bool:
        """Whether the head office this till has joined is its own."""
        return head_office.url == self._own_url

    def start(self) -> None:
        """Run the server if this till serves."""
        if self.switch is None or self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._watch, name="head-office", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the server; stopping twice is allowed."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(STOP_TIMEOUT_S + 1)

    def switch_on(self, store: Store, listen: str | None = None) -> None:
        """Set head office up, once, and run it from now on whenever the till is open.

        Args:
            store: The till's.
            listen: Host and port; ``None`` for where it listened before, or the usual place.

        Raises:
            Broken: It can't be set up, or does not start.
        """
        with os_errors(str(self._folder)):
            self._folder.mkdir(mode=0o700, exist_ok=True)
        known = self.switch
        listen = listen or (known.listen if known else DEFAULT_LISTEN)
        if known is None:
            self._ask("init", "--name", store.shop.name, "--currency", store.shop.currency)
            hosts = [part for host in ("localhost", "127.0.0.1", *own_addresses()) for part in ("--host", host)]
            self._ask("init-tls", *hosts)
            self._publish(store)
        write_durably(self._folder / SWITCH_FILE, msgspec.json.encode(Switch(listen)))
        write_durably(self._folder / "store", store.shop.name.encode())
        if known is not None and known.listen != listen:
            self.stop()
        if self._thread is None:  # what stands there tells of the last run
            (self._folder / PORT_FILE).unlink(missing_ok=True)
        self.start()
        self._await_ready()

    def switch_off(self) -> None:
        """Serve nobody any more; what head office knows stays in its folder."""
        self.stop()
        (self._folder / SWITCH_FILE).unlink(missing_ok=True)
        (self._folder / PORT_FILE).unlink(missing_ok=True)

    def invite(self, name: str) -> str:
        """A one-time code for another till of the shop.

        Raises:
            Broken: This till does not serve, or head office does not answer.
        """
        if self.switch is None:
            raise Broken(SyncTrouble.CANNOT_SERVE, "this till does not serve")
        store = (self._folder / "store").read_text("utf-8")
        return str(self._ask("enrol-terminal", store, name)["code"])

    # --------------------------------------------------------------------------------------------- inside

    def _publish(self, store: Store) -> None:
        with store.reader() as reader:
            document = reader.programme_document(store.programme.version)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            path = Path(folder) / "programme.toml"
            path.write_text(document or "", "utf-8")
            self._ask("publish", str(path))

    def _command(self, *arguments: str) -> list[str]:
        return [*self._program, "--data", str(self._folder), "--json", *arguments]

    def _ask(self, *arguments: str) -> dict[str, Any]:
        """One command of head office and its one JSON document."""
        try:
            ran = subprocess.run(  # noqa: S603 - our own program
                self._command(*arguments), capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False
            )
            answer = msgspec.json.decode(ran.stdout)
        except (OSError, subprocess.TimeoutExpired, msgspec.MsgspecError) as error:
            raise Broken(SyncTrouble.CANNOT_SERVE, f"{arguments[0]}: {error}") from error
        if ran.returncode != 0 or not isinstance(answer, dict):
            raise Broken(SyncTrouble.CANNOT_SERVE, f"{arguments[0]}: {answer}")
        return answer

    def _port(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            return int((self._folder / PORT_FILE).read_text("ascii"))
        return 0

    def _await_ready(self) -> None:
        deadline_s = time.monotonic() + READY_TIMEOUT_S
        while not self._port():
            if time.monotonic() > deadline_s or self._stopping.wait(POLL_S):
                raise Broken(SyncTrouble.CANNOT_SERVE, f"no answer within {READY_TIMEOUT_S} s; see {LOG_FILE}")

    def _watch(self) -> None:
        """Start the server again whenever it ends, at growing distances."""
        pauses = Pauses()
        while not self._stopping.is_set():
            began_s = time.monotonic()
            with contextlib.suppress(OSError):  # no process or no log to be had: tried again
                self._run_once()
            if time.monotonic() - began_s > STEADY_S:
                pauses.succeeded()
            self._stopping.wait(pauses.after(Away("head office ended")))

    def _run_once(self) -> None:
        switch = self.switch
        if switch is None:
            return
        (self._folder / PORT_FILE).unlink(missing_ok=True)
        arguments = ("serve", "--listen", switch.listen, "--port-file", str(self._folder / PORT_FILE), LIFELINE)
        with (
            self._log() as log,
            subprocess.Popen(  # noqa: S603 - our own program
                self._command(*arguments), stdin=subprocess.PIPE, stdout=log, stderr=log
            ) as process,
        ):
            while process.poll() is None:
                if self._stopping.wait(POLL_S):
                    _end(process)
                    return

    def _log(self) -> Any:  # noqa: ANN401 - a file
        path = self._folder / LOG_FILE
        if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to finish, by the end of its standard input; end it when it does not."""
    assert process.stdin is not None, "it was given a pipe"
    process.stdin.close()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()


def own_addresses() -> list[str]:
    """Names and addresses under which the other tills may reach this machine, the likeliest first."""
    found: list[str] = []
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(_OUTSIDE)
        found.append(asking.getsockname()[0])
    with contextlib.suppress(OSError):
        found.append(socket.gethostname())
    return list(dict.fromkeys(found)) or ["localhost"]
