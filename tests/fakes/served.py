"""A head office that runs as a process of its own on this machine, and a till's signed calls to it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from headoffice.cli import execute
from headoffice.clock import ZoneClock
from headoffice.main import programs
from loyalty.wire import JoinReply
from tests.fakes.head_office import Signer
from tests.source import ROOT

STOP_S_MAX: Final = 20
PROGRAM: Final = (sys.executable, "-c", "from headoffice.main import main; main()")
LEDGER: Final = UUID("0198c0de-0000-4000-8000-0000000000ff")


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command of head office to its end, as a process."""
    return subprocess.run(
        [*PROGRAM, "--data", str(data), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8"},
    )


def document(data: Path, *arguments: str) -> dict[str, Any]:
    """Run a command that has to succeed, in this process, which has everything loaded already; its JSON document."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(programs(), ["--data", str(data), "--json", *arguments])
    assert code == 0, out.getvalue() + err.getvalue()
    found = json.loads(out.getvalue())
    assert isinstance(found, dict)
    return found


class Served:
    """A running server; leaving its context stops it.

    Attributes:
        said: The document it printed when it was ready.
        url: Where it listens.
        process: It.
    """

    def __init__(self, data: Path, *arguments: str) -> None:
        self._data = data
        self._arguments = arguments
        self.log = data / "server.log"

    def __enter__(self) -> Self:
        self._data.mkdir(exist_ok=True)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, "--data", str(self._data), "--json", "serve", "--listen", "127.0.0.1:0", *self._arguments],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        self.said: dict[str, Any] = json.loads(line)
        self.url = str(self.said["url"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self, number: int | None = None) -> int:
        """Ask it to stop, by SIGTERM or another signal; its exit code."""
        if self.process.poll() is None:
            if number is None:
                self.process.terminate()
            else:
                self.process.send_signal(number)
        try:
            code = self.process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            assert self.process.stdout is not None
            self.process.stdout.close()
        return code


def join(client: httpx.Client, code: str) -> tuple[JoinReply, Signer]:
    """Join a till with a code, its certificate part included or not; what it was told, and its signature."""
    key = Ed25519PrivateKey.generate()
    request = {
        "code": code.partition(".")[0],
        "public_key": msgspec.to_builtins(key.public_key().public_bytes_raw()),
        "till_name": "Kasse 1",
        "ledger_id": str(LEDGER),
        "programme_version": 1,
    }
    answer = client.post("/v1/join", json=request)
    assert answer.status_code == 200, answer.text
    reply = msgspec.json.decode(answer.content, type=JoinReply)
    return reply, Signer(ZoneClock().now_us, key, reply.terminal_id)
