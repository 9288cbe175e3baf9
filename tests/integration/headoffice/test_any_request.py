"""Requests that schemathesis makes from the OpenAPI document, good and bad ones, against the real head office.

Signed or not, nothing ends in a mistake of ours, what is answered is what the document promises, and no answer shows
the inside. Without a valid signature nothing is stored.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import httpx
import hypothesis
import pytest
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import func, select

from headoffice.api.app import Api, make_app
from headoffice.api.logs import Log
from headoffice.api.settings import ApiSettings
from headoffice.main import assemble
from headoffice.secrets import Secrets
from headoffice.service import HeadOffice
from headoffice.store.tables import METADATA
from loyalty.wire import HEADER_NONCE, HEADER_SIGNATURE, HEADER_TERMINAL, HEADER_TIME, JoinRequest
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.head_office import KEY, Signer

EXAMPLES = 10
"""Of each kind for each operation; the suite has little time, a soak run takes more."""

UNLIMITED = ApiSettings(
    terminal_per_s=10**6, terminal_burst=10**6, address_per_s=10**6, address_burst=10**6, joins_burst=10**6
)
WITH_INPUT = [
    ("/v1/join", "POST"),
    ("/v1/hello", "POST"),
    ("/v1/push", "POST"),
    ("/v1/edits", "POST"),
    ("/v1/compare", "POST"),
    ("/v1/changes", "GET"),
    ("/v1/wait", "GET"),
    ("/v1/snapshot/{sha256}", "GET"),
    ("/v1/report/day", "GET"),
    ("/v1/records/{record_id}", "GET"),
]
OPERATIONS = [
    *WITH_INPUT,
    ("/v1/snapshot", "GET"),
    ("/v1/ca", "GET"),
    ("/healthz", "GET"),
    ("/readyz", "GET"),
    ("/metrics", "GET"),
]
BASE64_OF_32 = 44
HASHES = "^[A-Za-z0-9+/]{43}=$"
BYTES = "^([A-Za-z0-9+/]{4}){0,40}([A-Za-z0-9+/]{2}==)?$"
SIGNED_HEADERS = (HEADER_TERMINAL, HEADER_NONCE, HEADER_TIME, HEADER_SIGNATURE)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

Result = TypeVar("Result")


class Office:
    """The real head office behind the real application, whose event loop runs in a thread of its own.

    Attributes:
        head_office: It.
        till: Signs as a till that has joined.
        schema: What schemathesis makes requests from.
        log: What the application has written down.
    """

    def __init__(self, data: Path) -> None:
        clock = FakeClock()
        self.head_office: HeadOffice = assemble(data, None, clock, SeededIds(5, clock))
        code = self.head_office.enrol_terminal("Mitte", "Kasse 1").code
        ledger_id = SeededIds(6).random_id()
        joined = self.head_office.join(JoinRequest(code, KEY.public_key().public_bytes_raw(), "Kasse 1", ledger_id, 1))
        self.till = Signer(clock.now_us, KEY, joined.terminal_id)
        self.log = io.StringIO()
        self.secrets = [*_keys(self.head_office.secrets), code.encode()]
        self._api: Api = make_app(self.head_office, UNLIMITED, log=Log(self.log))
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._run()))
        self._thread.start()
        self._ready.result(30)
        document = self.send(httpx.Request("GET", "http://head.office/schema/openapi.json")).json()
        self.schema = schemathesis.openapi.from_dict(_with_base64(document))

    async def _run(self) -> None:
        async with self._api.litestar.lifespan():
            self._ready.set_result(None)
            await self._stop.wait()

    def close(self) -> None:
        """Stop the application."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._loop.close()
        self.head_office.close()

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._api)  # type: ignore[arg-type] # ASGI by another name
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.send(request)

        return self._on_the_loop(ask())

    def _on_the_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def rows(self) -> dict[str, int]:
        """How many rows every table has."""
        with self.head_office.database.snapshot() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in METADATA.sorted_tables
            }


def _with_base64(node: object) -> Any:  # noqa: ANN401 - a JSON document
    """Let schemathesis make bytes that can be decoded: it takes their encoding for a remark."""
    if isinstance(node, list):
        return [_with_base64(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("contentEncoding") != "base64" or "maxLength" not in node:
        return {name: _with_base64(each) for name, each in node.items()}
    return {"type": "string", "pattern": HASHES if node.get("minLength") == BASE64_OF_32 else BYTES}


def _keys(secrets: Secrets) -> list[bytes]:
    """What must never be read outside."""
    return [secrets.programme_key, secrets.profile_key, secrets.signing_key]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Head office with one till."""
    office = Office(tmp_path_factory.mktemp("office") / "data")
    yield office
    office.close()


def _request(case: schemathesis.Case[Any], *, keep: bool) -> httpx.Request:
    """What schemathesis thought up, as a request; its made-up signature is kept or taken away."""
    if case.path == "/v1/wait" and isinstance(case.query, dict):
        case.query["seconds"] = 0  # nothing is learned by waiting
    made = case.as_transport_kwargs(base_url="http://head.office")
    headers = {name: value for name, value in made["headers"].items() if keep or name.lower() not in SIGNED_HEADERS}
    return httpx.Request(
        made["method"],
        made["url"],
        params=made.get("params"),
        headers=headers,
        content=made.get("data"),
        **({"json": made["json"]} if "json" in made else {}),
    )


def _sign(signer: Signer, request: httpx.Request) -> None:
    request.headers.update(signer.headers(request.method, request.url.raw_path.decode(), request.content))


def _nothing_leaks(office: Office, answer: httpx.Response) -> None:
    text = answer.content + str(answer.headers).encode()
    assert b"Traceback" not in text
    assert b".py" not in text
    assert b"sqlite" not in text.lower()
    for secret in office.secrets:
        assert secret not in text
        assert base64.b64encode(secret) not in text
    for line in office.log.getvalue().splitlines():
        assert json.loads(line)["event"] != "bug", line
    office.log.seek(0)
    office.log.truncate()


UNKNOWN_WITHOUT_LUCK = ("/v1/join", "/v1/snapshot/{sha256}", "/v1/records/{record_id}", "/v1/ca")
"""What needs a code, a file or a certificate that nobody can think up."""

BOUNDED = hypothesis.settings(
    max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), phases=[hypothesis.Phase.generate]
)
GOOD, BAD = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    [(*each, GOOD) for each in OPERATIONS] + [(*each, BAD) for each in WITH_INPUT],
)
def test_no_signed_request_finds_a_mistake(
    office: Office, path: str, method: str, mode: schemathesis.GenerationMode
) -> None:
    """A till that sends whatever it likes gets an answer that the document describes."""
    statuses: list[int] = []

    @BOUNDED
    @hypothesis.given(strategies.data())
    def run(data: strategies.DataObject) -> None:
        case = data.draw(office.schema[path][method].as_strategy(generation_mode=mode))
        request = _request(case, keep=False)
        _sign(office.till, request)
        answer = office.send(request)
        statuses.append(answer.status_code)
        _nothing_leaks(office, answer)
        case.validate_response(answer, checks=CHECKS)

    run()
    if mode is GOOD and path not in UNKNOWN_WITHOUT_LUCK:
        assert min(statuses) < 300, "a request made from the document alone is understood, or this proves little"


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_nothing_is_stored_without_a_valid_signature(office: Office, path: str, method: str) -> None:
    """Good requests without a signature, or with one that schemathesis made up, or that somebody else made."""
    before = office.rows()
    stranger = Signer(office.head_office.clock.now_us, Ed25519PrivateKey.generate(), office.till.terminal_id)

    @BOUNDED
    @hypothesis.given(strategies.data(), strategies.sampled_from(["none", "made up", "foreign"]))
    def run(data: strategies.DataObject, how: str) -> None:
        case = data.draw(office.schema[path][method].as_strategy(generation_mode=GOOD))
        request = _request(case, keep=how == "made up")
        if how == "foreign":
            _sign(stranger, request)
        answer = office.send(request)
        _nothing_leaks(office, answer)
        assert answer.status_code < 500
        if path.startswith("/v1") and path not in ("/v1/join", "/v1/ca"):
            assert answer.status_code == 401

    run()
    assert office.rows() == before


@pytest.mark.parametrize("positions", [(2, 1), (1, 3), (1, 1)], ids=["reordered", "with a gap", "doubled"])
def test_a_batch_out_of_order_is_refused_whole(office: Office, positions: tuple[int, ...]) -> None:
    """Positions count up by one; of a batch in which they do not, not even the first record is taken."""
    zeros = base64.b64encode(bytes(32)).decode()
    records = [{"seq": seq, "payload": "AAAA", "hash": zeros} for seq in positions]
    batch = {"epoch": str(office.till.terminal_id), "prev_hash": zeros, "records": records}
    request = httpx.Request("POST", "http://head.office/v1/push", json=batch)
    _sign(office.till, request)
    before = office.rows()
    answer = office.send(request)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert office.rows() == before | {"nonce": before["nonce"] + 1}
