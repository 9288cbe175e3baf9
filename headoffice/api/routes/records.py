"""``GET /v1/records/{record_id}``: a record of another till, for one that is to undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath

from headoffice.api.operation import Operation, Parameter
from headoffice.errors import Refusal
from loyalty.wire import ProblemCode, RecordReply

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice

_OPERATION = Operation(
    summary="Read a record of any till and what was undone of it, to undo it at this till.",
    reply=RecordReply,
    parameters=(Parameter("record_id", UUID, "Which record.", place="path", required=True),),
    problems=(ProblemCode.NOT_FOUND,),
)


def record_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route."""

    @get("/v1/records/{record_id:str}", guards=[signed], opt=_OPERATION.options, sync_to_thread=True)
    def record(request: Request[Any, Any, Any], record_id: FromPath[str]) -> RecordReply:
        try:
            wanted = UUID(record_id)
        except ValueError:
            raise Refusal(ProblemCode.NOT_FOUND, "That is not the id of a record.") from None
        return head_office.record(request.user, wanted)

    return record
