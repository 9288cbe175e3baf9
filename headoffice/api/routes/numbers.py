"""``POST /v1/numbers``: a till asks for fresh card numbers that no other till is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, post
from litestar.di import NamedDependency

from headoffice.api.operation import Operation
from headoffice.api.reading import body_of
from loyalty.numbering import NumbersReply, NumbersRequest

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice

_OPERATION = Operation(
    summary="Tell which card numbers the till has, and be given a block for it alone.",
    body=NumbersRequest,
    reply=NumbersReply,
)


def numbers_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route."""

    @post(
        "/v1/numbers",
        status_code=_OPERATION.status,
        guards=[signed],
        dependencies={"message": body_of(NumbersRequest)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def numbers(request: Request[Any, Any, Any], message: NamedDependency[NumbersRequest]) -> NumbersReply:
        return head_office.numbers(request.user, message)

    return numbers
