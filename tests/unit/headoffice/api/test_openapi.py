"""The OpenAPI document says what the routes are: all of them, with their messages, bounds and signature."""

from typing import Any

import msgspec
import pytest

from headoffice.api.operation import OPERATION
from loyalty.feed import ChangesReply
from loyalty.wire import BATCH_RECORDS_MAX, HEADER_SIGNATURE, PushRequest
from tests.fakes.api import Line, on_the_line


def _document() -> dict[str, Any]:
    async def work(line: Line) -> dict[str, Any]:
        answer = await line.client.get("/schema/openapi.json")
        assert answer.headers["content-type"] == "application/vnd.oai.openapi+json"
        found = answer.json()
        assert isinstance(found, dict)
        return found

    return on_the_line(work)


def test_every_route_is_described_and_nothing_else() -> None:
    """A route that is added without words fails here."""
    served = {
        (path.replace(":str", ""), method.lower())
        for route in Line().api.litestar.routes
        for path in [route.path]
        for method in route.methods
        if method != "OPTIONS"
    }
    described = {(path, method) for path, operations in _document()["paths"].items() for method in operations}
    assert served - described == {("/schema/openapi.json", "get")}, "only the document itself is not in it"
    assert described <= served


def test_every_route_carries_an_operation() -> None:
    """What the document is made of lies at the route."""
    app = Line().api.litestar
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    assert all(OPERATION in handler.opt for handler in handlers if "OPTIONS" not in handler.http_methods)


def test_what_is_signed_is_said() -> None:
    """Joining, the certificate and health are open; everything else is the tills'."""
    paths = _document()["paths"]
    unsigned = {path for path, operations in paths.items() for each in operations.values() if not each["security"]}
    assert unsigned == {"/v1/join", "/v1/ca", "/healthz", "/readyz", "/metrics"}
    scheme = _document()["components"]["securitySchemes"]["terminal"]
    assert scheme["name"] == HEADER_SIGNATURE
    assert "Ed25519" in scheme["description"]


def test_messages_are_described_with_their_bounds() -> None:
    """What the decoder refuses is what the document forbids: both come from the same type."""
    schemas = _document()["components"]["schemas"]
    records = schemas[PushRequest.__name__]["properties"]["records"]
    assert (records["minItems"], records["maxItems"]) == (1, BATCH_RECORDS_MAX)
    assert records["description"].startswith("Their positions count up")
    assert schemas["WireRecord"]["properties"]["hash"]["contentEncoding"] == "base64"
    assert "Attributes" not in str(schemas)
    assert set(schemas[ChangesReply.__name__]["required"]) == {
        field.encode_name for field in msgspec.structs.fields(ChangesReply)
    }


def test_every_reference_leads_somewhere() -> None:
    """No schema is missing."""
    document = _document()
    known = set(document["components"]["schemas"])

    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"].rpartition("/")[2]} if "$ref" in node else set()
            return own.union(*(references(each) for each in node.values()))
        return set().union(*(references(each) for each in node)) if isinstance(node, list) else set()

    assert references(document) <= known


@pytest.mark.parametrize("status", ["400", "413", "429", "500"])
def test_every_route_says_how_it_refuses(status: str) -> None:
    """Each no is a problem (RFC 9457) on every route."""
    for operations in _document()["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"][status]["content"]
