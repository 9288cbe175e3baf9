"""Head office and tills as processes of this machine that tests start, kill and start again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from headoffice.main import assemble
from storage.store import create_store, open_store
from terminal.app.system import SystemClock, SystemIds
from terminal.app.till import Till
from terminal.sync.joining import Applicant, apply_to_join, move_in
from terminal.sync.journal import OwnLedger
from terminal.sync.keys import KeyStore
from tests.fakes.ledger import PROGRAMME
from tests.source import ROOT

BUSY_TILL: Final = "tests.integration.processes.busy_till"
END_S: Final = 40
"""How long a process that was asked to end may take, in seconds."""


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


class ServerProcess:
    """One API process of head office.

    Attributes:
        url: Where it listens; the same after a restart.
    """

    def __init__(self, data: Path, database: str | None) -> None:
        self._data = data
        self._database = database
        self._port = 0
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        database = ["--database", self._database] if self._database else []
        where = ["--listen", f"127.0.0.1:{self._port}"]
        code = "from headoffice.main import main; main()"
        self._process = subprocess.Popen(
            _python("-c", code, "--data", str(self._data), *database, "--json", "serve", *where),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_environment(),
        )
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.url, self._port = said["url"], said["port"]

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._finish()

    def stop(self) -> int:
        """Ask it to end; gives its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._finish()

    def memory_kib(self) -> int:
        """What it holds in memory."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))

    def _finish(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        code = self._process.wait(END_S)
        self._process.stdout.close()
        self._process = None
        return code


class TillProcess:
    """One till that sells.

    Attributes:
        directory: Its data.
    """

    def __init__(self, directory: Path, seed: int) -> None:
        self.directory = directory
        self._receipts = directory.with_suffix(".receipts")
        self._seed = seed
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it sells."""
        self._seed += 1000
        self._process = subprocess.Popen(
            _python("-m", BUSY_TILL, str(self.directory), str(self._receipts), str(self._seed)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_environment(),
            cwd=ROOT,
        )
        self.wait_for(1)

    def wait_for(self, lines: int) -> None:
        """Wait until it has said so many more lines: one at the start, one a receipt."""
        assert self._process is not None
        assert self._process.stdout is not None
        for _ in range(lines):
            assert self._process.stdout.readline(), "the till has ended by itself"

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=END_S)
            self._process = None

    def stop_selling(self) -> None:
        """Let it stop selling, and wait until it has handed everything in."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.terminate()
        while (said := self._process.stdout.readline()) != "rested\n":
            assert said, "the till has ended by itself"

    def finish(self) -> dict[str, Any]:
        """Let it hear of what the others have handed in, and end; gives how it stands then."""
        assert self._process is not None
        said, _ = self._process.communicate("\n", timeout=END_S)
        code, self._process = self._process.returncode, None
        assert code == 0, said
        document: dict[str, Any] = json.loads(said.splitlines()[-1])
        return document

    def receipts(self) -> list[UUID]:
        """Every receipt it ever gave out; a last line that was cut off was not given out."""
        lines = self._receipts.read_text("ascii").splitlines(keepends=True)
        return [UUID(line.strip()) for line in lines if line.endswith("\n")]


def prepare(folder: Path, tills: int, database: str | None) -> tuple[Path, list[str]]:
    """A new head office with a programme and a code for each till."""
    data = folder / "office"
    data.mkdir()
    with closing(assemble(data, database, SystemClock(), SystemIds())) as head:
        head.publish(PROGRAMME, by="test")
        codes = [head.enrol_terminal("Mitte", f"Kasse {number}").code for number in range(tills)]
    return data, codes


def joined_till(folder: Path, number: int, url: str, code: str) -> TillProcess:
    """A new till that has joined over HTTP."""
    directory = folder / f"till{number}"
    clock, ids = SystemClock(), SystemIds()
    with create_store(
        directory,
        shop_name="Mitte",
        till_name=f"Kasse {number}",
        currency="EUR",
        programme_text=PROGRAMME,
        clock=clock,
        ids=ids,
    ) as store:
        applicant = Applicant(store.shop.till_name, store.shop.terminal_id, store.programme.version)
        admitted = apply_to_join(url, code, applicant)
        move_in(OwnLedger(Till(store, clock, ids)), admitted, KeyStore(directory, None))
    return TillProcess(directory, number)


def balances_shown(directory: Path, numbers: list[str]) -> dict[str, int | None]:
    """What a till would show for each card; ``None`` for one nobody knows."""
    clock, ids = SystemClock(), SystemIds()
    with open_store(directory, clock=clock, ids=ids, writable=False) as store, store.reader() as reader:
        found = {number: reader.card(number) for number in numbers}
        return {number: reader.account(card.member_id).balance if card else None for number, card in found.items()}
