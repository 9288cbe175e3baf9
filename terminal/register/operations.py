"""What a route says about itself, and the OpenAPI document that is made of it and of the messages' own types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from terminal.register.problems import PROBLEM_JSON
from terminal.register.wire import ProblemMessage, SaleId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OPENAPI: Final = "3.1.0"
SCHEMA_PATH: Final = "/schema/openapi.json"
SCHEMA_MEDIA_TYPE: Final = "application/vnd.oai.openapi+json"
JSON: Final = "application/json"

OPERATION: Final = "operation"
"""Under which key of a route's options its operation lies."""

_BEARER: Final = "token"
_REFERENCE: Final = "#/components/schemas/{name}"
_ALWAYS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.MISDIRECTED_REQUEST,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_OF_A_BODY: Final = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One route.

    Attributes:
        method: As HTTP has it.
        path: With ``{sale_id}`` where a sale's id stands.
        name: What programs made from the document call it.
        summary: What it does, in one sentence.
        reply: The message it answers with; ``None`` for the document itself.
        body: The message it takes.
        query: The message that is its query.
        problems: With which status it may be refused, besides those of every route.
    """

    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    name: str
    summary: str
    reply: Any = None
    body: Any = None
    query: Any = None
    problems: tuple[HTTPStatus, ...] = ()

    @property
    def options(self) -> Mapping[str, Any]:
        """The operation as the options of its route."""
        return {OPERATION: self}

    @property
    def route(self) -> str:
        """The path as the framework writes it."""
        return self.path.replace("{sale_id}", "{sale_id:str}")


def document(operations: Iterable[Operation], *, version: str, url: str) -> dict[str, Any]:
    """Describe the interface.

    Args:
        operations: Its routes.
        version: The program's.
        url: Where it is served.
    """
    listed = tuple(operations)
    kinds = {kind for each in listed for kind in (each.body, each.reply) if kind is not None} | {ProblemMessage}
    _, schemas = msgspec.json.schema_components(
        sorted(kinds, key=lambda kind: str(kind.__name__)), ref_template=_REFERENCE
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Stammkunde for cash registers",
            "version": version,
            "description": "A cash register on the same machine sends its basket, reads what it comes to, and books "
            "or cancels it. Every request may be sent again: nothing is booked twice.",
        },
        "servers": [{"url": url}],
        "security": [{_BEARER: []}],
        "paths": paths,
        "components": {
            "schemas": {name: _told(schema) for name, schema in schemas.items()},
            "securitySchemes": {
                _BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "What `stammkunde register token show` prints.",
                }
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    parameters = _query(operation)
    if "{sale_id}" in operation.path:
        schema = msgspec.json.schema(SaleId)
        text = schema.pop("description")
        parameters.insert(0, {"name": "sale_id", "in": "path", "required": True, "description": text, "schema": schema})
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": _responses(operation),
    }
    if parameters:
        told["parameters"] = parameters
    if operation.body is not None:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": _reference(operation.body)}}}
    return told


def _query(operation: Operation) -> list[dict[str, Any]]:
    """The fields of the message that is the query, each as a parameter."""
    if operation.query is None:
        return []
    _, schemas = msgspec.json.schema_components([operation.query])
    schema = _told(schemas[operation.query.__name__])
    found = []
    for name, shape in schema["properties"].items():
        text = shape.pop("description")
        needed = name in schema.get("required", ())
        found.append({"name": name, "in": "query", "required": needed, "description": text, "schema": shape})
    return found


def _responses(operation: Operation) -> dict[str, Any]:
    kind = SCHEMA_MEDIA_TYPE if operation.reply is None else JSON
    content: dict[str, Any] = {} if operation.reply is None else {"schema": _reference(operation.reply)}
    responses = {"200": {"description": "Done.", "content": {kind: content}}}
    statuses = {*_ALWAYS, *operation.problems}
    if operation.body is not None:
        statuses.update(_OF_A_BODY)
    if operation.query is not None or "{sale_id}" in operation.path:
        statuses.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if "{sale_id}" in operation.path:
        statuses.add(HTTPStatus.NOT_FOUND)  # a slash in the id, however it is written, makes another path of it
    for status in sorted(statuses):
        responses[str(int(status))] = {
            "description": f"{status.phrase}.",
            "content": {PROBLEM_JSON: {"schema": _reference(ProblemMessage)}},
        }
    return responses


def _reference(kind: Any) -> dict[str, str]:  # noqa: ANN401 - any message
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


def _told(schema: dict[str, Any]) -> dict[str, Any]:
    """Move what a message's docstring says about its attributes to its properties, where OpenAPI has it."""
    text, _, attributes = str(schema.get("description", "")).partition("Attributes:")
    properties = {name: dict(shape) for name, shape in schema.get("properties", {}).items()}
    for _, name, said in re.findall(r"^( *)(\w+): (.+(?:\n\1 +.+)*)", attributes, re.MULTILINE):
        if name in properties:
            properties[name]["description"] = " ".join(said.split())
    return {**schema, "description": " ".join(text.split()), **({"properties": properties} if properties else {})}
