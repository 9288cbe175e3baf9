"""``POST /v1/hello``: the first call of every round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, post
from litestar.di import NamedDependency

from headoffice.api.operation import Operation
from headoffice.api.reading import body_of
from loyalty.wire import HelloReply, HelloRequest, ProblemCode

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice

_OPERATION = Operation(
    summary="Compare heads and clocks before a round.",
    body=HelloRequest,
    reply=HelloReply,
    problems=(ProblemCode.PROTOCOL_UNSUPPORTED,),
)


def hello_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route."""

    @post(
        "/v1/hello",
        status_code=_OPERATION.status,
        guards=[signed],
        dependencies={"message": body_of(HelloRequest)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def hello(request: Request[Any, Any, Any], message: NamedDependency[HelloRequest]) -> HelloReply:
        return head_office.hello(request.user, message)

    return hello
