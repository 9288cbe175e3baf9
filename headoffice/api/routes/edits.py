"""``POST /v1/edits``: a till hands in what was changed about people, cards, texts and cashiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, post
from litestar.di import NamedDependency

from headoffice.api.operation import Operation
from headoffice.api.reading import body_of
from loyalty.feed import EditsReply, EditsRequest

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice

_OPERATION = Operation(
    summary="Hand in edits in the order in which they were made.", body=EditsRequest, reply=EditsReply
)


def edits_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route."""

    @post(
        "/v1/edits",
        status_code=_OPERATION.status,
        guards=[signed],
        dependencies={"message": body_of(EditsRequest)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def edits(request: Request[Any, Any, Any], message: NamedDependency[EditsRequest]) -> EditsReply:
        return head_office.edits(request.user, message)

    return edits
