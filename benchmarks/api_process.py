"""One API process of head office, and tills that talk to it as fast as they can."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from headoffice.store.tables import TERMINAL
from loyalty.wire import HEADER_NONCE, HEADER_SIGNATURE, HEADER_TERMINAL, HEADER_TIME, request_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headoffice.store.engine import Database
    from loyalty.wire import PushRequest
    from tests.fakes.headoffice import PretendTill

MEMORY_MAX_MIB: Final = 250
KIB_PER_MIB: Final = 1_024
_PUSH: Final = "/v1/push"
_SERVE: Final = "from headoffice.main import main; main()"


class ApiProcess:
    """``stammkunde-headoffice serve`` on a free port of this machine."""

    def __init__(self, data: Path, database: str) -> None:
        options = ("--data", str(data), "--database", database, "--json", "serve", "--listen", "127.0.0.1:0")
        self._process = subprocess.Popen(  # noqa: S603 - this program's own command
            [sys.executable, "-c", _SERVE, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.port: int = json.loads(self._process.stdout.readline())["port"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def memory_mib(self) -> float:
        """What it holds in memory."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines()
        resident = next(line for line in lines if line.startswith("VmRSS"))
        return int(resident.split()[1]) / KIB_PER_MIB


class Sender:
    """A till with its batches written already; only signing is left to do."""

    def __init__(self, database: Database, till: PretendTill, requests: Sequence[PushRequest]) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._terminal_id = till.terminal_id
        self._bodies = [msgspec.json.encode(request) for request in requests]
        with database.write() as connection:
            public = self._key.public_key().public_bytes_raw()
            connection.execute(
                update(TERMINAL).where(TERMINAL.c.terminal_id == till.terminal_id).values(public_key=public)
            )

    def job(self, port: int) -> Callable[[], None]:
        """Hands everything in once: the first batch now, the others when it is run."""
        connection = HTTPConnection("127.0.0.1", port)

        def send(body: bytes) -> None:
            connection.request("POST", _PUSH, body, self._headers(body))
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == HTTPStatus.OK, said

        first, *others = self._bodies
        send(first)

        def run() -> None:
            for body in others:
                send(body)
            connection.close()

        return run

    def _headers(self, body: bytes) -> dict[str, str]:
        nonce, at_us = secrets.token_urlsafe(16), time.time_ns() // 1_000
        signed = request_bytes("POST", _PUSH, body, terminal_id=self._terminal_id, nonce=nonce, at_us=at_us)
        return {
            "Content-Type": "application/json",
            HEADER_TERMINAL: str(self._terminal_id),
            HEADER_NONCE: nonce,
            HEADER_TIME: str(at_us),
            HEADER_SIGNATURE: base64.b64encode(self._key.sign(signed)).decode(),
        }
