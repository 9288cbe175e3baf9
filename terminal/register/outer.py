"""What surrounds every request, known or not: who may ask at all, how large and how slow it may be, how many at once.

It is plain ASGI around the whole application, because nothing is to be answered without the token, not even which
paths there are.
"""

from __future__ import annotations

import asyncio
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from terminal.register.problems import PROBLEM_JSON, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from terminal.register.board import Board
    from terminal.register.token import TokenCheck

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Any, Any, Any], Awaitable[None]]

BODY_BYTES_MAX: Final = 512 * 1024
"""The largest body: a basket of 499 lines of the longest names fits, each letter escaped, in bytes."""

BODY_S_MAX: Final = 10.0
"""How long a register may take to send a body, in seconds."""

REQUESTS_MAX: Final = 48
"""How many requests may be worked on or wait at once."""

HOSTS: Final = ("127.0.0.1", "localhost")
"""By which names the till is called. A page whose name was made to point here by a rebound DNS entry says its own."""

LENGTH_DIGITS_MAX: Final = 15

HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
"""Headers of every answer (OWASP, REST Security)."""


class Outer:
    """The application with everything around it.

    Args:
        app: The application.
        token: Knows the token.
        board: Told that a register was heard.
        port: Where the till listens.
    """

    def __init__(self, app: Application, token: TokenCheck, board: Board, port: int) -> None:
        self._app = app
        self._token = token
        self._board = board
        self._hosts = frozenset(f"{host}:{port}".encode() for host in HOSTS)
        self._origins = frozenset(b"http://" + host for host in self._hosts)
        self._open = 0

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - as ASGI has it
        """Serve one request, or the beginning and end of the application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        self._open += 1
        try:
            self._check(scope)
            self._board.heard()
            await self._app(scope, exchange.receive, exchange.send)
        except Problem as problem:
            await exchange.refuse(problem)
        finally:
            self._open -= 1

    def _check(self, scope: Any) -> None:  # noqa: ANN401 - as ASGI has it
        """Look at what can be known before any of the body is read.

        Raises:
            Problem: It goes no further.
        """
        headers = scope["headers"]
        hosts = [value.lower() for name, value in headers if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            raise Problem(HTTPStatus.MISDIRECTED_REQUEST, "wrong_host", "Call the till as 127.0.0.1 with its port.")
        if any(name == b"origin" and value.lower() not in self._origins for name, value in headers):
            raise Problem(HTTPStatus.FORBIDDEN, "wrong_origin", "Pages of other origins may not talk to the till.")
        if not self._token.allows(_bearer(headers)):
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "no_token",
                "Send the till's token: Authorization: Bearer, then what stammkunde register token show says.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if self._open > REQUESTS_MAX:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "too_many", "Too many requests at once.", retry_after_s=1)
        if _length(headers) > BODY_BYTES_MAX and not math.isinf(_length(headers)):
            raise _too_large()


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - as ASGI has it
        self._has_body = _length(scope["headers"]) > 0
        self._receive = receive
        self._send = send
        self._taken = 0
        self._complete = False
        self._deadline_s: float | None = None
        self._began = False

    async def receive(self) -> Message:
        """Hand on a part of the body, of which there may be so much in so much time.

        Raises:
            Problem: It is too large, or takes too long, or ends too early.
        """
        if self._complete:
            return await self._receive()
        if self._deadline_s is None:
            self._deadline_s = asyncio.get_running_loop().time() + BODY_S_MAX
        try:
            async with asyncio.timeout_at(self._deadline_s):
                message = await self._receive()
        except TimeoutError:
            detail = f"A body has to arrive within {BODY_S_MAX:g} seconds."
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, "too_slow", detail) from None
        if message["type"] == "http.disconnect":
            raise Problem(HTTPStatus.BAD_REQUEST, "bad_request", "The line broke before the body was complete.")
        self._taken += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._taken > BODY_BYTES_MAX:
            raise _too_large()
        return message

    async def send(self, message: Message) -> None:
        """Hand on a part of the answer, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self._began = True
            headers = [*message.get("headers", ()), *HEADERS]
            if self._has_body and not self._complete:
                headers.append((b"connection", b"close"))  # otherwise the rest of the body would still be taken in
            message["headers"] = headers
        await self._send(message)

    async def refuse(self, problem: Problem) -> None:
        """Answer with a no."""
        if self._began:
            return
        body = problem.body
        raw = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
        raw += [(b"content-type", PROBLEM_JSON.encode()), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": int(problem.status), "headers": raw})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})


def _too_large() -> Problem:
    detail = f"A body has at most {BODY_BYTES_MAX} bytes."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)


def _bearer(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The token a request carries (RFC 6750, 2.1); empty when it carries none or more than one."""
    found = [value for name, value in headers if name == b"authorization"]
    if len(found) != 1:
        return b""
    scheme, _, token = found[0].partition(b" ")
    return token.strip() if scheme.lower() == b"bearer" else b""


def _length(headers: list[tuple[bytes, bytes]]) -> float:
    """How many bytes of body are announced: infinitely many when that is not said."""
    lengths = [value for name, value in headers if name == b"content-length"]
    if not lengths:
        return math.inf if any(name == b"transfer-encoding" for name, _ in headers) else 0
    return int(lengths[0]) if lengths[0].isdigit() and len(lengths[0]) <= LENGTH_DIGITS_MAX else BODY_BYTES_MAX + 1
