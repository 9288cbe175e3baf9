"""The command line for tests: the real entry on a real data directory, with a clock and ids that stand still."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from loyalty.cards import Check, with_check_digit
from terminal.cli import execute
from terminal.cli.programs import DemoResult, Programs, Served
from tests.fakes.clock import FakeClock, SeededIds


def card_number(number: int) -> str:
    """A valid card of the shipped templates: EAN-13 with prefix 29."""
    return with_check_digit(f"29{number:010d}", Check.GS1)


ANNA = card_number(1)
BEN = card_number(2)
SPARE = card_number(3)


class Ran(msgspec.Struct, frozen=True):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output."""
        assert self.out.count("\n") == 1, self.out + self.err
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def reason(self) -> str:
        """Why it was refused."""
        assert self.code == 1, self.out + self.err
        return str(self.document["refused"]["reason"])

    @property
    def error(self) -> str:
        """The code of a known error."""
        assert self.code == 1, self.out + self.err
        return str(self.document["error"]["code"])


class CommandLine:
    """Runs commands on one data directory.

    Attributes:
        directory: The data directory.
        clock: The time.
        opened: Directory and language of each window that was opened.
        demo: What the demo was asked for.
    """

    def __init__(self, directory: Path, seed: int = 1) -> None:
        self.directory = directory
        self.clock = FakeClock()
        self.ids = SeededIds(seed, self.clock)
        self.opened: list[tuple[Path, str | None]] = []
        self.demo: list[tuple[bool, Path | None, str | None]] = []
        self.open_till: Callable[[], int] = lambda: 0

    def programs(self) -> Programs:
        """The outside world of the command line."""
        return Programs(self.clock, self.ids, self._open_till, self._run_demo, lambda: self.directory)

    def __call__(self, *arguments: str) -> Ran:
        """Run a command as a script does, with ``--json``."""
        return self.run("--json", *arguments)

    def said(self, *arguments: str) -> Ran:
        """Run a command as a person does, in English."""
        return self.run("--lang", "en", *arguments)

    def run(self, *arguments: str) -> Ran:
        """Run a command line as it stands."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = execute(self.programs(), ["--data", str(self.directory), *arguments])
        return Ran(code, out.getvalue(), err.getvalue())

    def done(self, *arguments: str) -> dict[str, Any]:
        """Run a command that has to succeed; its document."""
        ran = self(*arguments)
        assert ran.code == 0, ran.out + ran.err
        return ran.document

    def records(self) -> int:
        """How many records the journal holds."""
        return int(self.done("ledger", "verify")["records"])

    def _open_till(self, directory: Path, *, language: str | None) -> int:
        self.opened.append((directory, language))
        return self.open_till()

    def _run_demo(self, *, headless: bool, screenshots: Path | None, language: str | None) -> DemoResult:
        self.demo.append((headless, screenshots, language))
        return DemoResult((Served("Anna Bauer", 23, 1284),), (Path("idle.png"),), ("Anna Bauer: +23",))
