"""A till for registers in a test: real presenters, a real storage thread and the real interface on a loopback port.

A thread of its own stands in for the one that paints: it runs what is handed over, one call after the other, as the
window's event loop does.
"""

from __future__ import annotations

import http.client
import json
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from hardware.scans import Scan
from storage.store import open_store
from terminal.app.desk import StorageThread
from terminal.presenters.base import Surroundings
from terminal.presenters.register import RegisterPresenter
from terminal.presenters.shell import ShellPresenter
from terminal.register.server import RegisterServer
from terminal.register.token import token_of
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import ANNA, Counter
from tests.fakes.desk import ManualSchedule
from texts.i18n import Texts

WAIT_S: Final = 15

R = TypeVar("R")


class Answer(msgspec.Struct, frozen=True):
    """What the interface answered."""

    status: int
    document: dict[str, Any]
    headers: dict[str, str]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a JSON document
        return self.document[name]


class Painting:
    """The thread that paints, without a picture."""

    def __init__(self) -> None:
        self._calls: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="painting", daemon=True)
        self.broken: list[BaseException] = []
        self._thread.start()

    def deliver(self, call: Callable[[], None]) -> None:
        """Hand a call over."""
        self._calls.put(call)

    def ask(self, work: Callable[[], R]) -> R:
        """Run something there and wait for what it gives."""
        future: Future[R] = Future()

        def call() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again in the test
                future.set_exception(error)

        self.deliver(call)
        return future.result(WAIT_S)

    def close(self) -> None:
        """Run what waits, and end."""
        self._calls.put(None)
        self._thread.join(WAIT_S)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call()
            except Exception as error:  # noqa: BLE001 - a test looks at it
                self.broken.append(error)


class RegisterTill:
    """The till, from the beginning to ``close``.

    Attributes:
        directory: Its data directory; Anna and Ben are members.
        bugs: What the interface took for a mistake of ours.
    """

    def __init__(self, directory: Path, language: str = "en") -> None:
        self.directory = directory
        if not directory.exists():
            Counter(directory).close()
        self.bugs: list[Exception] = []
        self.painting = Painting()
        self.schedule = ManualSchedule()
        self.clock = FakeClock()
        self._language = language
        self._closed = False
        self.painting.ask(self._open)
        self.server = RegisterServer(
            directory,
            0,
            self.register,
            self.painting.deliver,
            self.bugs.append,
            lambda say: self.register.trouble("server", say),
        )
        self.server.start()
        assert self.server.wait_until_answering(WAIT_S), self.bugs
        self.token = token_of(directory)

    def _open(self) -> None:
        ids = SeededIds(23, self.clock)
        self.desk = StorageThread(
            lambda: open_store(self.directory, clock=self.clock, ids=ids), self.clock, ids, self.painting.deliver
        )
        self.desk.start()
        texts = Texts(self._language)
        self.around = Surroundings(self.desk, texts, self.clock, ids, self.schedule, lambda: None)
        self.shell = ShellPresenter(self.around, self.bugs.append)
        self.shell.start()
        self.register = attached(self.shell, self.around)

    def close(self) -> None:
        """Stop the interface, then the till; closing twice is allowed."""
        if self._closed:
            return
        self._closed = True
        self.server.stop()
        self.painting.ask(self.desk.stop)
        self.painting.close()
        assert not self.painting.broken, self.painting.broken

    def on_till(self, work: Callable[[], R]) -> R:
        """Do something as the cashier, and wait for it."""
        return self.painting.ask(work)

    def scan(self, text: str = ANNA) -> None:
        """Hold a card before the scanner."""
        scan = Scan(
            device_id="s", text=text, raw=text.encode(), aim="", symbology=None, t_monotonic_ns=0, rejected=None
        )
        self.on_till(lambda: self.shell.scanned(scan))

    def settle(self) -> None:
        """Let everything happen that was handed over so far, on both threads."""
        self.desk.call(lambda _: None)
        self.on_till(lambda: None)

    def balance(self, card: str = ANNA) -> int:
        """What is on disk for a card."""

        def read() -> int:
            row = self.desk.reader.card(card)
            return 0 if row is None else self.desk.reader.account(row.member_id).balance

        return self.on_till(read)

    def sales_on_disk(self) -> int:
        """How many sales the day has."""
        return self.on_till(lambda: self.desk.reader.day_report(self.clock.today()).totals.sales)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request over the loopback network as a register does."""
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=WAIT_S)
        sent = {"Authorization": f"Bearer {self.token if token is None else token}", **(headers or {})}
        content = None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        try:
            line.request(method, path, content, {name: value for name, value in sent.items() if value})
            answer = line.getresponse()
            raw = answer.read()
            document = json.loads(raw) if raw else {}
            return Answer(answer.status, document, {name.lower(): value for name, value in answer.getheaders()})
        finally:
            line.close()

    def put(self, sale_id: str, amount_cents: int = 2345, **more: object) -> Answer:
        """Put a basket on the counter."""
        return self.send("PUT", f"/v1/sales/{sale_id}", {"amount_cents": amount_cents, "currency": "EUR", **more})

    def get(self, sale_id: str, query: str = "") -> Answer:
        """Read a sale."""
        return self.send("GET", f"/v1/sales/{sale_id}{query}")

    def commit(self, sale_id: str, **body: object) -> Answer:
        """Book a sale."""
        return self.send("POST", f"/v1/sales/{sale_id}/commit", body)

    def cancel(self, sale_id: str) -> Answer:
        """Take a basket back."""
        return self.send("DELETE", f"/v1/sales/{sale_id}")

    def reverse(self, sale_id: str, **body: object) -> Answer:
        """Undo a booked sale."""
        return self.send("POST", f"/v1/sales/{sale_id}/reverse", body)


def attached(shell: ShellPresenter, around: Surroundings) -> RegisterPresenter:
    """Attach a register to a shell, as the till does once its first screen is up."""
    register = RegisterPresenter(around, shell, shell.member, shell.idle, lambda: shell.state.screen)
    shell.register = register
    return register
