"""The OpenAPI document, made of what the routes say about themselves and of the messages' own types.

The framework can make one too, but it describes bytes as plain text and knows neither the bounds of the messages nor
the signature, so what it says would not be true.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from litestar import MediaType, get
from litestar.response import Response

from headoffice.api.operation import OPERATION, Operation, Parameter
from headoffice.api.problems import PROBLEM_JSON, STATUS
from loyalty.wire import HEADER_NONCE, HEADER_SIGNATURE, HEADER_TERMINAL, HEADER_TIME, Problem, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from litestar.handlers import HTTPRouteHandler

OPENAPI: Final = "3.1.0"
PATH: Final = "/schema/openapi.json"
MEDIA_TYPE: Final = "application/vnd.oai.openapi+json"

_REFERENCE: Final = "#/components/schemas/{name}"
_SIGNED: Final = "terminal"
_ALWAYS: Final = frozenset({ProblemCode.RATE_LIMITED, ProblemCode.TOO_LARGE, ProblemCode.BAD_REQUEST})
_WHEN_SIGNED: Final = frozenset(
    {
        ProblemCode.NOT_SIGNED,
        ProblemCode.BAD_SIGNATURE,
        ProblemCode.CLOCK_OFF,
        ProblemCode.REPLAYED,
        ProblemCode.UNKNOWN_TERMINAL,
        ProblemCode.REVOKED,
        ProblemCode.FENCED,
        ProblemCode.UNAVAILABLE,
    }
)
_OF_A_BODY: Final = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_SIGNATURE_TEXT: Final = f"""\
An Ed25519 signature (RFC 8032) with the key that the till made when it joined, in base64 in `{HEADER_SIGNATURE}`.
It is over these lines, joined by a line feed without one at the end: `stammkunde request 1`, the method, path and
query as sent, the SHA-256 of the body in hex, and the values of `{HEADER_TERMINAL}` (the till's id), `{HEADER_NONCE}`
(16 to 64 letters, digits, - and _, used once) and `{HEADER_TIME}` (microseconds since 1970 UTC, at most five minutes
off; a refusal for the clock says in `server_time_us` what the time is)."""


def openapi_route(handlers: Sequence[HTTPRouteHandler]) -> HTTPRouteHandler:
    """The route that serves the document about the others."""
    described = msgspec.json.encode(document(handlers))
    operation = Operation(summary="Read this document.", media_type=MEDIA_TYPE, signed=False)

    @get(PATH, opt=operation.options, sync_to_thread=False)
    def openapi() -> Response[bytes]:
        return Response(described, media_type=MEDIA_TYPE)

    return openapi


def document(handlers: Iterable[HTTPRouteHandler]) -> dict[str, Any]:
    """Describe routes."""
    listed = [(handler, _operation_of(handler)) for handler in handlers]
    kinds = {kind for _, operation in listed for kind in (operation.body, operation.reply) if kind is not None}
    _, schemas = msgspec.json.schema_components(
        sorted(kinds | {Problem}, key=lambda kind: str(kind.__name__)), ref_template=_REFERENCE
    )
    paths: dict[str, dict[str, Any]] = {}
    for handler, operation in listed:
        for path in sorted(handler.paths):
            template = re.sub(r":[a-z]+\}", "}", path)
            for method in sorted(handler.http_methods):
                paths.setdefault(template, {})[str(method).lower()] = _described(handler, operation)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Stammkunde head office",
            "version": version("stammkunde"),
            "description": "Facts of the tills go up, the state of all members comes down.",
        },
        "paths": paths,
        "components": {
            "schemas": {name: _told(schema) for name, schema in schemas.items()},
            "securitySchemes": {
                _SIGNED: {"type": "apiKey", "in": "header", "name": HEADER_SIGNATURE, "description": _SIGNATURE_TEXT}
            },
        },
    }


def _operation_of(handler: HTTPRouteHandler) -> Operation:
    operation = handler.opt[OPERATION]
    assert isinstance(operation, Operation)
    return operation


def _described(handler: HTTPRouteHandler, operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": handler.handler_name,
        "summary": operation.summary,
        "responses": _responses(operation),
        "security": [{_SIGNED: []}] if operation.signed else [],
    }
    parameters = _query(operation) + [_parameter(parameter) for parameter in operation.parameters]
    if operation.signed:
        parameters += [_parameter(parameter) for parameter in _SIGNED_HEADERS]
    if parameters:
        told["parameters"] = parameters
    if operation.body is not None:
        told["requestBody"] = {"required": True, "content": {MediaType.JSON: {"schema": _reference(operation.body)}}}
    return told


_SIGNED_HEADERS: Final = (
    Parameter(HEADER_TERMINAL, UUID, "The till's id.", required=True),
    Parameter(HEADER_NONCE, str, "Random, used once.", required=True),
    Parameter(HEADER_TIME, str, "The till's corrected clock.", required=True),
)


def _query(operation: Operation) -> list[dict[str, Any]]:
    """The fields of the message that is the query, each as a parameter."""
    if operation.query is None:
        return []
    _, schemas = msgspec.json.schema_components([operation.query])
    schema = _told(schemas[operation.query.__name__])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "description": told.pop("description"),
            "schema": told,
        }
        for name, told in schema["properties"].items()
    ]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.text,
        "schema": msgspec.json.schema(parameter.kind),
    }


def _responses(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.reply is not None:
        done["content"] = {operation.media_type: {"schema": _reference(operation.reply)}}
    else:
        done["content"] = {operation.media_type: {}}
    responses = {str(int(operation.status)): done}
    if operation.empty_status:
        responses[str(int(operation.empty_status))] = {"description": "There is nothing."}
    codes = {*_ALWAYS, *operation.problems, *(_WHEN_SIGNED if operation.signed else ())}
    statuses = {STATUS[code] for code in codes} | {HTTPStatus.INTERNAL_SERVER_ERROR}
    if operation.body is not None:
        statuses.update(_OF_A_BODY)
    if operation.query is not None:
        statuses.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if operation.status == HTTPStatus.PARTIAL_CONTENT:
        statuses.add(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    for status in sorted(statuses):
        responses[str(int(status))] = {
            "description": f"{status.phrase}.",
            "content": {PROBLEM_JSON: {"schema": _reference(Problem)}},
        }
    return responses


def _reference(kind: Any) -> dict[str, str]:  # noqa: ANN401 - any message
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


def _told(schema: dict[str, Any]) -> dict[str, Any]:
    """Move what a message's docstring says about its attributes to where OpenAPI has it: to the properties."""
    text, _, attributes = str(schema.get("description", "")).partition("Attributes:")
    properties = dict(schema.get("properties", {}))
    name = ""
    said: dict[str, list[str]] = {}
    for line in attributes.splitlines():
        begin, colon, rest = line.strip().partition(":")
        if colon and begin in properties:
            name = begin
            said[name] = [rest.strip()]
        elif name and line.strip():
            said[name].append(line.strip())
    for name, lines in said.items():
        properties[name] = {**properties[name], "description": " ".join(lines)}
    return {**schema, "description": " ".join(text.split()), **({"properties": properties} if properties else {})}
