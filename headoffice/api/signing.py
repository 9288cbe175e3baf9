"""Who asks: a till signs every call with its own key, and nothing of the call is looked at before that is checked."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from litestar import Request
from litestar.concurrency import sync_to_thread

from headoffice.api.problems import Answered
from headoffice.errors import Refusal
from loyalty.bounds import TIME_MAX_US
from loyalty.wire import (
    HEADER_NONCE,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    HEADER_TIME,
    ProblemCode,
    request_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from litestar.connection import ASGIConnection
    from litestar.datastructures import Headers
    from litestar.handlers import BaseRouteHandler

    from headoffice.api.limits import Limiter
    from headoffice.api.metrics import Metrics
    from headoffice.service import HeadOffice

SIGNATURE_LENGTH: Final = 64
"""Of an Ed25519 signature, in bytes (RFC 8032, 5.1.6)."""

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TIME = re.compile(r"[0-9]{1,17}", re.ASCII)


class Signed(NamedTuple):
    """What the headers of a signed call say; nothing of it is proved yet."""

    terminal_id: UUID
    nonce: str
    at_us: int
    signature: bytes


def read_headers(headers: Headers) -> Signed:
    """Read the four headers of a signed call.

    Raises:
        Refusal: If one is missing or malformed.
    """
    found = [headers.get(name) for name in (HEADER_TERMINAL, HEADER_NONCE, HEADER_TIME, HEADER_SIGNATURE)]
    terminal, nonce, time, signature = (value or "" for value in found)
    if not (terminal and nonce and time and signature):
        raise Refusal(ProblemCode.NOT_SIGNED, "The call is not signed.")
    if not _NONCE.fullmatch(nonce):
        raise Refusal(ProblemCode.NOT_SIGNED, "The nonce is not 16 to 64 letters, digits, - and _.")
    if not _TIME.fullmatch(time) or int(time) > TIME_MAX_US:
        raise Refusal(ProblemCode.NOT_SIGNED, "The time is not microseconds since 1970.")
    try:
        terminal_id, raw = UUID(terminal), base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        raise Refusal(ProblemCode.NOT_SIGNED, "The terminal is no id, or the signature no base64.") from None
    if len(raw) != SIGNATURE_LENGTH:
        raise Refusal(ProblemCode.BAD_SIGNATURE, "The signature is not that of an Ed25519 key.")
    return Signed(terminal_id, nonce, int(time), raw)


def signed_guard(
    head_office: HeadOffice, terminals: Limiter, metrics: Metrics
) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]:
    """The guard of every signed route; it leaves the till's row as the request's user.

    Args:
        head_office: Knows the tills and their keys.
        terminals: Counts calls by till, once it is proved that it is the till.
        metrics: Counts what is refused for being too much.
    """

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        assert isinstance(connection, Request)
        signed = read_headers(connection.headers)
        message = request_bytes(
            connection.method,
            target_of(connection),
            await connection.body(),
            terminal_id=signed.terminal_id,
            nonce=signed.nonce,
            at_us=signed.at_us,
        )
        terminal = await sync_to_thread(
            head_office.authenticate,
            signed.terminal_id,
            message,
            signed.signature,
            nonce=signed.nonce,
            at_us=signed.at_us,
            once=connection.method == "POST",
        )
        connection.scope["state"]["terminal"] = str(signed.terminal_id)
        wait_s = terminals.take(signed.terminal_id)
        if wait_s:
            metrics.limited.labels("terminal").inc()
            raise Answered(ProblemCode.RATE_LIMITED, "Too many calls of this till.", retry_after_s=wait_s)
        connection.scope["user"] = terminal

    return guard


def target_of(request: Request[Any, Any, Any]) -> str:
    """Path and query as they were sent, which is what was signed."""
    path = (request.scope.get("raw_path") or request.scope["path"].encode()).decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path
