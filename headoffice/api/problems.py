"""Every no of head office as ``application/problem+json`` (RFC 9457); what is inside stays inside."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from headoffice.errors import DatabaseAway, Refusal
from loyalty.wire import Problem, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from headoffice.api.logs import Log

PROBLEM_JSON: Final = "application/problem+json"
RETRY_AFTER_S: Final = 5
"""When to come again while the database is away, in seconds."""

STATUS: Final[Mapping[ProblemCode, HTTPStatus]] = {
    ProblemCode.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    ProblemCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ProblemCode.NOT_SIGNED: HTTPStatus.UNAUTHORIZED,
    ProblemCode.BAD_SIGNATURE: HTTPStatus.UNAUTHORIZED,
    ProblemCode.CLOCK_OFF: HTTPStatus.UNAUTHORIZED,
    ProblemCode.REPLAYED: HTTPStatus.UNAUTHORIZED,
    ProblemCode.UNKNOWN_TERMINAL: HTTPStatus.UNAUTHORIZED,
    ProblemCode.REVOKED: HTTPStatus.FORBIDDEN,
    ProblemCode.FENCED: HTTPStatus.FORBIDDEN,
    ProblemCode.CODE_INVALID: HTTPStatus.FORBIDDEN,
    ProblemCode.PROTOCOL_UNSUPPORTED: HTTPStatus.CONFLICT,
    ProblemCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ProblemCode.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    ProblemCode.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}

_CODE_OF_STATUS: Final = {
    HTTPStatus.NOT_FOUND: ProblemCode.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ProblemCode.TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS: ProblemCode.RATE_LIMITED,
}
"""Which code a status of the framework means; what is not here is a bad request."""

_CHALLENGE: Final = {"WWW-Authenticate": "Stammkunde"}
"""A 401 names how to prove who one is (RFC 9110, 11.6.1); the scheme is described in the OpenAPI document."""


class Answered(Refusal):
    """A refusal for which HTTP has a finer status than its code, or that says when to come again."""

    def __init__(
        self, code: ProblemCode, detail: str = "", *, status: HTTPStatus | None = None, retry_after_s: int = 0
    ) -> None:
        super().__init__(code, detail)
        self.status = status or STATUS[code]
        self.retry_after_s = retry_after_s


def problem_of(error: Exception, now_us: int) -> tuple[Problem, dict[str, str]]:
    """What to tell the caller about an error, and in which extra headers.

    Args:
        error: Any error; of one that is our mistake nothing is told.
        now_us: Head office's clock.
    """
    status, code, detail, headers = _parts(error)
    if status == HTTPStatus.UNAUTHORIZED:
        headers = {**headers, **_CHALLENGE}
    title = code.value.replace("_", " ").capitalize()
    return Problem(title, status, code, detail, server_time_us=now_us), headers


def _parts(error: Exception) -> tuple[HTTPStatus, ProblemCode, str, dict[str, str]]:
    if isinstance(error, Answered):
        headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else {}
        return error.status, error.code, error.detail, headers
    if isinstance(error, Refusal):
        return STATUS[error.code], error.code, error.detail, {}
    if isinstance(error, DatabaseAway):
        again = {"Retry-After": str(RETRY_AFTER_S)}
        return HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.UNAVAILABLE, "The database does not answer.", again
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        status = HTTPStatus(error.status_code)
        allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
        return status, _CODE_OF_STATUS.get(status, ProblemCode.BAD_REQUEST), f"{status.phrase}.", allowed
    detail = "Head office made a mistake. It is in its log under the id of this request."
    return HTTPStatus.INTERNAL_SERVER_ERROR, ProblemCode.UNAVAILABLE, detail, {}


def is_bug(error: Exception) -> bool:
    """Whether an error is our mistake and not an answer."""
    return _parts(error)[0] == HTTPStatus.INTERNAL_SERVER_ERROR


def exception_handler(
    now_us: Callable[[], int], log: Log
) -> Callable[[Request[Any, Any, Any], Exception], Response[bytes]]:
    """The one handler for whatever a request ends in."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        if is_bug(error):
            log.bug(error, request_id=request.scope["state"].get("request_id", ""))
        problem, headers = problem_of(error, now_us())
        request.scope["state"]["problem"] = problem.code.value
        body = b"" if request.method == "HEAD" else msgspec.json.encode(problem)
        return Response(body, status_code=problem.status, headers=headers, media_type=PROBLEM_JSON)

    return handle
