"""The interface for registers as one application: routes, reading, and what runs beside them, wired together."""

from __future__ import annotations

import contextlib
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from terminal.register.crossing import ANSWER_S_MAX, Crossing
from terminal.register.operations import SCHEMA_MEDIA_TYPE, SCHEMA_PATH, Operation, document
from terminal.register.outer import BODY_BYTES_MAX, Outer
from terminal.register.port import Declined
from terminal.register.problems import PROBLEM_JSON, Problem
from terminal.register.repeats import refuse_repeated_names
from terminal.register.waits import Waits
from terminal.register.wire import (
    BasketMessage,
    BasketState,
    CommitMessage,
    HealthMessage,
    ReverseMessage,
    SaleId,
    SaleMessage,
    StatusMessage,
    WaitQuery,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from terminal.register.port import RegisterCounter
    from terminal.register.token import TokenCheck

    Handler = Callable[[Request[Any, Any, Any]], Awaitable[Any]]

DETAIL_LENGTH_MAX: Final = 200
"""How much of a library's words on a malformed message is passed on, in characters."""

_SALE: Final = "/v1/sales/{sale_id}"
_CONFLICT: Final = HTTPStatus.CONFLICT
_UNKNOWN: Final = HTTPStatus.NOT_FOUND

STATUS = Operation("GET", "/v1/status", "status", "Say how the till stands.", StatusMessage)
PUT = Operation(
    "PUT",
    _SALE,
    "put_sale",
    "Open a sale with its basket, or put another basket in its place.",
    SaleMessage,
    body=BasketMessage,
    problems=(_CONFLICT,),
)
GET = Operation(
    "GET",
    _SALE,
    "get_sale",
    "Read a sale and what it comes to, or wait for it to change.",
    SaleMessage,
    query=WaitQuery,
    problems=(_UNKNOWN, _CONFLICT),
)
COMMIT = Operation(
    "POST",
    _SALE + "/commit",
    "commit_sale",
    "Book a sale: its award and the rewards taken in it. Booked already, it answers with what was booked.",
    SaleMessage,
    body=CommitMessage,
    problems=(_UNKNOWN, _CONFLICT),
)
CANCEL = Operation(
    "DELETE",
    _SALE,
    "cancel_sale",
    "Take a basket back from the counter.",
    SaleMessage,
    problems=(_UNKNOWN, _CONFLICT),
)
REVERSE = Operation(
    "POST",
    _SALE + "/reverse",
    "reverse_sale",
    "Undo a booked sale as a whole.",
    SaleMessage,
    body=ReverseMessage,
    problems=(_CONFLICT,),
)
HEALTH = Operation("GET", "/healthz", "health", "Say that the interface answers.", HealthMessage)
SCHEMA = Operation("GET", SCHEMA_PATH, "schema", "Read this document.")
OPERATIONS: Final = (STATUS, PUT, GET, COMMIT, CANCEL, REVERSE, HEALTH, SCHEMA)

Kind = TypeVar("Kind")


class Api:
    """The application; an ASGI server calls it.

    Args:
        counter: The till.
        deliver: Runs a call on the thread that paints.
        token: Knows the token.
        port: Where it listens.
        bug: Takes a mistake of ours, to write it down.
        answer_s_max: How long the till may take to answer, in seconds.
    """

    def __init__(
        self,
        counter: RegisterCounter,
        deliver: Callable[[Callable[[], None]], None],
        token: TokenCheck,
        port: int,
        bug: Callable[[Exception], None],
        answer_s_max: float = ANSWER_S_MAX,
    ) -> None:
        self._counter = counter
        self._crossing = Crossing(deliver, answer_s_max)
        self._waits = Waits(counter.board)
        self._bug = bug
        told = document(OPERATIONS, version=version("stammkunde"), url=f"http://127.0.0.1:{port}")
        self._document = msgspec.json.encode(told)
        self._outer = Outer(self._litestar(), token, counter.board, port)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has it
        """Serve one request, or the beginning and end of the application."""
        await self._outer(scope, receive, send)

    def let_go(self) -> None:
        """End all waiting now; called on the event loop when the server is to stop."""
        self._waits.close()

    def _litestar(self) -> Any:  # noqa: ANN401 - the application as ASGI sees it
        @contextlib.asynccontextmanager
        async def running(_: Litestar) -> AsyncIterator[None]:
            self._waits.open()
            try:
                yield
            finally:
                self._waits.close()

        handlers: tuple[tuple[Operation, Handler], ...] = (
            (STATUS, self._status),
            (PUT, self._put),
            (GET, self._get),
            (COMMIT, self._commit),
            (CANCEL, self._cancel),
            (REVERSE, self._reverse),
            (HEALTH, self._health),
            (SCHEMA, self._schema),
        )
        return Litestar(
            [_route(operation, handler) for operation, handler in handlers],
            exception_handlers={Exception: self._failed},
            lifespan=[running],
            openapi_config=None,
            logging_config=None,
            request_max_body_size=BODY_BYTES_MAX,
            debug=False,
        )

    # -- operations

    async def _status(self, _request: Request[Any, Any, Any]) -> StatusMessage:
        return await self._crossing.ask(self._counter.status)

    async def _put(self, request: Request[Any, Any, Any]) -> SaleMessage:
        sale_id, asked = _sale_id(request), await _body(request, BasketMessage)
        return _answered(await self._crossing.ask(lambda: self._counter.put(sale_id, asked)))

    async def _get(self, request: Request[Any, Any, Any]) -> SaleMessage:
        sale_id, asked = _sale_id(request), _wait_query(request)
        newest = await self._waits.another(sale_id, asked.revision, asked.seconds)
        if newest is not None and newest.state is not BasketState.COMMITTED:
            return newest
        return _answered(await self._crossing.ask(lambda: self._counter.look(sale_id)))

    async def _commit(self, request: Request[Any, Any, Any]) -> SaleMessage:
        sale_id, asked = _sale_id(request), await _body(request, CommitMessage)
        said: SaleMessage | Declined = await self._crossing.ask_later(
            lambda done: self._counter.commit(sale_id, asked, done)
        )
        return _answered(said)

    async def _cancel(self, request: Request[Any, Any, Any]) -> SaleMessage:
        sale_id = _sale_id(request)
        return _answered(await self._crossing.ask(lambda: self._counter.cancel(sale_id)))

    async def _reverse(self, request: Request[Any, Any, Any]) -> SaleMessage:
        sale_id, asked = _sale_id(request), await _body(request, ReverseMessage)
        said: SaleMessage | Declined = await self._crossing.ask_later(
            lambda done: self._counter.reverse(sale_id, asked, done)
        )
        return _answered(said)

    async def _health(self, _request: Request[Any, Any, Any]) -> HealthMessage:
        return HealthMessage()

    async def _schema(self, _request: Request[Any, Any, Any]) -> Response[bytes]:
        return Response(self._document, media_type=SCHEMA_MEDIA_TYPE)

    # -- what goes wrong

    def _failed(self, _request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        problem = _problem_of(error)
        if problem is None:
            self._bug(error)
            detail = "The till made a mistake. It has written down which."
            problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "bug", detail)
        return Response(problem.body, status_code=problem.status, headers=problem.headers, media_type=PROBLEM_JSON)


def _route(operation: Operation, handler: Handler) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Any:  # noqa: ANN401 - what it is, the operation says
        return await handler(request)

    made = HTTPRouteHandler(
        operation.route, http_method=operation.method, status_code=HTTPStatus.OK, opt=operation.options
    )
    return made(handle)


def _answered(said: SaleMessage | Declined) -> SaleMessage:
    """The till's answer.

    Raises:
        Problem: It was a no.
    """
    if isinstance(said, Declined):
        raise Problem.of(said)
    return said


def _problem_of(error: Exception) -> Problem | None:
    """What to tell the register about an error; ``None`` when it is our mistake."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        status = HTTPStatus(error.status_code)
        code = {
            HTTPStatus.NOT_FOUND: "no_such_path",
            HTTPStatus.METHOD_NOT_ALLOWED: "no_such_method",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
        }
        allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
        return Problem(status, code.get(status, "bad_request"), f"{status.phrase}.", headers=allowed)
    return None


def _malformed(error: msgspec.ValidationError) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_request", str(error)[:DETAIL_LENGTH_MAX])


def _sale_id(request: Request[Any, Any, Any]) -> str:
    try:
        return msgspec.convert(request.path_params["sale_id"], SaleId)
    except msgspec.ValidationError as error:
        raise _malformed(error) from None


def _wait_query(request: Request[Any, Any, Any]) -> WaitQuery:
    pairs = list(request.query_params.multi_items())
    if len(dict(pairs)) < len(pairs):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_request", "A part of the query is there twice.")
    try:
        return msgspec.convert(dict(pairs), WaitQuery, strict=False)
    except msgspec.ValidationError as error:
        raise _malformed(error) from None


async def _body(request: Request[Any, Any, Any], kind: type[Kind]) -> Kind:
    """Read a body as the message it has to be.

    Raises:
        Problem: It is no JSON, or JSON that is another message.
    """
    if request.content_type[0] != "application/json":
        detail = "The body has to be application/json."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "bad_request", detail)
    body = await request.body()
    try:
        told = msgspec.json.decode(body, type=kind)
        refuse_repeated_names(body)
    except msgspec.ValidationError as error:
        raise _malformed(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_request", "The body is not JSON.") from None
    return told
