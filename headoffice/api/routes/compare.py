"""``POST /v1/compare``: both sides compare what is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, post
from litestar.di import NamedDependency

from headoffice.api.operation import Operation
from headoffice.api.reading import body_of
from loyalty.wire import CompareReply, CompareRequest

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice

_OPERATION = Operation(
    summary="Compare what both sides have recorded, and learn what to hand in again.",
    body=CompareRequest,
    reply=CompareReply,
)


def compare_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route."""

    @post(
        "/v1/compare",
        status_code=_OPERATION.status,
        guards=[signed],
        dependencies={"message": body_of(CompareRequest)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def compare(request: Request[Any, Any, Any], message: NamedDependency[CompareRequest]) -> CompareReply:
        return head_office.compare(request.user, message)

    return compare
