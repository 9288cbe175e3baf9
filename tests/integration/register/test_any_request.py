"""Requests that schemathesis makes from the OpenAPI document, good and bad ones, over the real loopback network.

With the token nothing ends in a mistake of ours and every answer is what the document promises. Without it nothing is
answered at all, and the till is as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from terminal.register.app import OPERATIONS
from terminal.register.operations import Operation
from tests.fakes.counter import ANNA
from tests.fakes.register_till import RegisterTill

EXAMPLES = 25
"""Of each kind for each operation; the suite has little time, a soak run takes more."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
GOOD, BAD = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
BOUNDED = hypothesis.settings(
    max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), phases=[hypothesis.Phase.generate]
)
NEEDS_LUCK = ("put_sale", "commit_sale")
"""What needs a currency, a card or a reward that nobody can think up."""

WITH_INPUT = [operation for operation in OPERATIONS if operation.body or operation.query]


class Fuzzed:
    """The till, and requests made from what it says of itself."""

    def __init__(self, till: RegisterTill) -> None:
        self.till = till
        self.url = f"http://127.0.0.1:{till.server.port}"
        self.client = httpx.Client(timeout=20)
        headers = {"Authorization": f"Bearer {till.token}"}
        document = self.client.get(f"{self.url}/schema/openapi.json", headers=headers).json()
        self.schema = schemathesis.openapi.from_dict(document)

    def send(self, case: schemathesis.Case[Any], token: str, *, sale_id: str = "") -> httpx.Response:
        """Send what schemathesis thought up; about a sale that is there when one is named."""
        if "seconds" in case.query:
            case.query["seconds"] = 0  # nothing is learned by waiting
        if sale_id and "sale_id" in case.path_parameters:
            case.path_parameters["sale_id"] = sale_id
        made = case.as_transport_kwargs(base_url=self.url)
        headers = {name: value for name, value in made["headers"].items() if name.lower() != "authorization"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = {"json": made["json"]} if "json" in made else {"content": made.get("data")}
        return self.client.request(made["method"], made["url"], params=made.get("params"), headers=headers, **body)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """A till of which nobody knows yet how much it bears."""
    till = RegisterTill(tmp_path_factory.mktemp("fuzzed") / "till")
    made = Fuzzed(till)
    yield made
    made.client.close()
    till.close()


@pytest.mark.parametrize(
    ("operation", "mode"),
    [(each, GOOD) for each in OPERATIONS] + [(each, BAD) for each in WITH_INPUT],
    ids=lambda each: each.name if isinstance(each, Operation) else each.name.lower(),
)
def test_no_request_finds_a_mistake(fuzzed: Fuzzed, operation: Operation, mode: schemathesis.GenerationMode) -> None:
    """Against a till with an open sale, a member at the counter, and a booked sale."""
    till = fuzzed.till
    opened, booked = (f"{what}-{operation.name}-{mode.name}" for what in ("open", "booked"))  # what is booked stays so
    till.put(booked, card=ANNA)
    till.commit(booked)
    statuses: set[int] = set()

    @BOUNDED
    @hypothesis.given(strategies.data(), strategies.sampled_from(["", opened, booked]))
    def run(data: strategies.DataObject, sale_id: str) -> None:
        if sale_id == opened:
            till.put(opened)
            till.scan()
        case = data.draw(fuzzed.schema[operation.path][operation.method].as_strategy(generation_mode=mode))
        answer = fuzzed.send(case, till.token, sale_id=sale_id)
        statuses.add(answer.status_code)
        text = answer.content + str(answer.headers).encode()
        assert b"Traceback" not in text
        assert b".py" not in text
        assert till.token.encode() not in text
        case.validate_response(answer, checks=CHECKS)
        assert till.bugs == []

    run()
    if mode is GOOD and operation.name not in NEEDS_LUCK:
        assert 200 in statuses, "a request made from the document alone is understood, or this proves little"
    current = till.send("GET", "/v1/status")["open_sale_id"]
    if current:
        till.cancel(current)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_nothing_happens_without_the_token(fuzzed: Fuzzed, operation: Operation) -> None:
    """Good requests without a token, with another, and with one that is nearly right."""
    till = fuzzed.till
    before = (till.sales_on_disk(), till.on_till(lambda: till.around.basket), till.balance())

    @BOUNDED
    @hypothesis.given(strategies.data(), strategies.sampled_from(["", "x", till.token[:-1], till.token + "x"]))
    def run(data: strategies.DataObject, token: str) -> None:
        case = data.draw(fuzzed.schema[operation.path][operation.method].as_strategy(generation_mode=GOOD))
        answer = fuzzed.send(case, token)
        assert answer.status_code == 401
        assert answer.json()["code"] == "no_token"

    run()
    assert (till.sales_on_disk(), till.on_till(lambda: till.around.basket), till.balance()) == before
