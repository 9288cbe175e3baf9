"""What surrounds every request, known or not: its id, bounds on its body, limits by address, its log line, headers.

It is plain ASGI around the whole application, because the framework's own middleware never sees a path that does not
exist, and a body has to be bounded before anybody reads it.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

import msgspec
from litestar.enums import ScopeType

from headoffice.api.problems import PROBLEM_JSON, Answered, problem_of
from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.types import ASGIApp, HTTPScope, Message, Receive, ReceiveMessage, Scope, Send

    from headoffice.api.limits import Limiter
    from headoffice.api.logs import Log
    from headoffice.api.metrics import Metrics
    from headoffice.api.settings import ApiSettings

REQUEST_ID_HEADER: Final = b"stammkunde-request"
REQUEST_ID_BYTES: Final = 12

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
LENGTH_DIGITS_MAX: Final = 20

OTHER: Final = "other"
"""What stands in metrics for methods and paths that nobody serves: a caller must not be able to make up labels."""

HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
"""Headers of every answer that does not set them itself, as the pages for people do (OWASP, REST Security)."""


class Outer:
    """The application with everything around it."""

    def __init__(
        self,
        app: ASGIApp,
        settings: ApiSettings,
        addresses: Limiter,
        metrics: Metrics,
        log: Log,
        now_us: Callable[[], int],
    ) -> None:
        """Wrap an application.

        Args:
            app: The application.
            settings: Its bounds.
            addresses: Counts requests by address.
            metrics: Counts requests.
            log: Takes a line for each.
            now_us: Head office's clock.
        """
        self._app = app
        self._settings = settings
        self._addresses = addresses
        self._metrics = metrics
        self._log = log
        self._now_us = now_us
        self._large_bodies = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._settings)
        large = _length(exchange.scope) > self._settings.large_body_bytes
        began_s = self._metrics.began()
        self._large_bodies += large
        try:
            refused = self._refused(exchange.scope, large=large)
            if refused is None:
                await self._app(scope, exchange.receive, exchange.send)
            else:
                await self._refuse(exchange, refused)
        finally:
            self._large_bodies -= large
            self._note(exchange, began_s)

    def _refused(self, scope: HTTPScope, *, large: bool) -> Answered | None:
        """What can be said before any of the body is read."""
        client = scope.get("client")
        wait_s = self._addresses.take(client[0] if client else "")
        if wait_s:
            self._metrics.limited.labels("address").inc()
            return Answered(ProblemCode.RATE_LIMITED, "Too many requests.", retry_after_s=wait_s)
        if _header(scope, b"content-length") is not None and _length(scope) > self._settings.body_bytes_max:
            return Answered(ProblemCode.TOO_LARGE, f"A body has at most {self._settings.body_bytes_max} bytes.")
        if large and self._large_bodies > self._settings.large_bodies_max:
            return Answered(ProblemCode.UNAVAILABLE, "Too many large bodies at once.", retry_after_s=1)
        return None

    async def _refuse(self, exchange: _Exchange, refused: Answered) -> None:
        problem, headers = problem_of(refused, self._now_us())
        exchange.state["problem"] = problem.code.value
        body = msgspec.json.encode(problem)
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        raw += [(b"content-type", PROBLEM_JSON.encode()), (b"content-length", str(len(body)).encode())]
        await exchange.send({"type": "http.response.start", "status": problem.status, "headers": raw})
        await exchange.send({"type": "http.response.body", "body": body, "more_body": False})

    def _note(self, exchange: _Exchange, began_s: float) -> None:
        scope = exchange.scope
        method = scope["method"] if scope["method"] in METHODS else OTHER
        route = str(scope.get("path_template") or OTHER)
        problem = str(exchange.state.get("problem", ""))
        took_s = self._metrics.ended(began_s, method=method, route=route, status=exchange.status, problem=problem)
        extra = {name: str(exchange.state[name]) for name in ("problem", "terminal") if name in exchange.state}
        self._log.say(
            "request",
            request_id=exchange.request_id,
            method=method,
            route=route,
            status=exchange.status,
            ms=round(took_s * 1000, 1),
            bytes=exchange.taken,
            **extra,
        )


class _Exchange:
    """One request and its answer.

    Attributes:
        scope: The request's scope.
        state: What the layers tell each other about it.
        request_id: Random; in the log and in the answer.
        status: What it was answered with, 0 before.
        taken: Bytes of body read so far.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, settings: ApiSettings) -> None:
        self.scope = cast("HTTPScope", scope)
        self.state = scope.setdefault("state", {})
        self.request_id = secrets.token_hex(REQUEST_ID_BYTES)
        self.state["request_id"] = self.request_id
        self.status = 0
        self.taken = 0
        self._receive = receive
        self._send = send
        self._settings = settings
        self._read_to_end = False
        self._deadline_s: float | None = None

    async def receive(self) -> ReceiveMessage:
        """Hand on a part of the body, of which there may be so much in so much time.

        Raises:
            Answered: If it is too large, takes too long, or ends too early.
        """
        if self._read_to_end:
            return await self._receive()  # nothing but the end of the line is left to hear of
        loop = asyncio.get_running_loop()
        if self._deadline_s is None:
            self._deadline_s = loop.time() + self._settings.body_s_max
        try:
            async with asyncio.timeout_at(self._deadline_s):
                message = await self._receive()
        except TimeoutError:
            detail = f"A body has to arrive within {self._settings.body_s_max:g} seconds."
            raise Answered(ProblemCode.BAD_REQUEST, detail, status=HTTPStatus.REQUEST_TIMEOUT) from None
        if message["type"] == "http.disconnect":
            raise Answered(ProblemCode.BAD_REQUEST, "The line broke before the body was complete.")
        if message["type"] == "http.request":
            self.taken += len(message["body"])
            self._read_to_end = not message["more_body"]
            if self.taken > self._settings.body_bytes_max:
                detail = f"A body has at most {self._settings.body_bytes_max} bytes."
                raise Answered(ProblemCode.TOO_LARGE, detail)
        return message

    async def send(self, message: Message) -> None:
        """Hand on a part of the answer, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            headers += [pair for pair in HEADERS if pair[0] not in present]
            headers.append((REQUEST_ID_HEADER, self.request_id.encode()))
            if not self._read_to_end and self._has_body():
                headers.append((b"connection", b"close"))  # otherwise the rest of the body would still be taken in
            message["headers"] = headers
        await self._send(message)

    def _has_body(self) -> bool:
        return _length(self.scope) > 0


def _length(scope: HTTPScope) -> float:
    """How many bytes of body are announced: infinitely many when that is not said, or not in digits."""
    length = _header(scope, b"content-length")
    if length is None:
        return 0 if _header(scope, b"transfer-encoding") is None else math.inf
    return int(length) if length.isdigit() and len(length) <= LENGTH_DIGITS_MAX else math.inf


def _header(scope: HTTPScope, name: bytes) -> bytes | None:
    return next((value for each, value in scope["headers"] if each == name), None)
