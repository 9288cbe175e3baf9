"""``POST /v1/join``: a till becomes one of head office's, with the code that a person typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, post
from litestar.di import NamedDependency

from headoffice.api.operation import Operation
from headoffice.api.problems import Answered
from headoffice.api.reading import body_of
from loyalty.wire import JoinReply, JoinRequest, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

    from headoffice.api.limits import Limiter
    from headoffice.api.metrics import Metrics
    from headoffice.service import HeadOffice

_OPERATION = Operation(
    summary="Join a till with a one-time code.",
    body=JoinRequest,
    reply=JoinReply,
    problems=(ProblemCode.CODE_INVALID, ProblemCode.PROTOCOL_UNSUPPORTED),
    signed=False,
)


def join_route(head_office: HeadOffice, joins: Limiter, metrics: Metrics) -> HTTPRouteHandler:
    """The route; whoever asks has no key yet, so attempts are counted by address, and strictly."""

    @post(
        "/v1/join",
        status_code=_OPERATION.status,
        guards=[_join_guard(joins, metrics)],
        dependencies={"message": body_of(JoinRequest)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def join(message: NamedDependency[JoinRequest]) -> JoinReply:
        return head_office.join(message)

    return join


def _join_guard(
    joins: Limiter, metrics: Metrics
) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]:
    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        assert isinstance(connection, Request)
        wait_s = joins.take(connection.client.host if connection.client else "")
        if wait_s:
            metrics.limited.labels("join").inc()
            raise Answered(ProblemCode.RATE_LIMITED, "Too many attempts to join.", retry_after_s=wait_s)

    return guard
