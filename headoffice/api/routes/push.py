"""``POST /v1/push``: a till hands in its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, post
from litestar.di import NamedDependency

from headoffice.api.operation import Operation
from headoffice.api.reading import body_of
from loyalty.wire import PushReply, PushRequest

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.api.metrics import Metrics
    from headoffice.service import HeadOffice

_OPERATION = Operation(summary="Hand in a contiguous range of records.", body=PushRequest, reply=PushReply)


def push_route(head_office: HeadOffice, signed: Guard, metrics: Metrics) -> HTTPRouteHandler:
    """The route."""

    @post(
        "/v1/push",
        status_code=_OPERATION.status,
        guards=[signed],
        dependencies={"message": body_of(PushRequest)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def push(request: Request[Any, Any, Any], message: NamedDependency[PushRequest]) -> PushReply:
        reply = head_office.push(request.user, message)
        metrics.pushed(reply)
        return reply

    return push
