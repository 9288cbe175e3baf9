"""``GET /v1/wait``: the long poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from msgspec import Meta

from headoffice.api.operation import Operation
from headoffice.api.reading import query_of
from loyalty.bounds import Position
from loyalty.feed import Cursor
from loyalty.wire import WAIT_S_MAX

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.api.newest import Newest


class WaitQuery(msgspec.Struct, frozen=True):
    """For what to wait, and how long.

    Attributes:
        n: The step the till knows.
        seconds: How long at most.
    """

    n: Position
    seconds: Annotated[int, Meta(ge=0, le=WAIT_S_MAX)] = WAIT_S_MAX


_OPERATION = Operation(
    summary="Wait until the feed's newest step is another one, or time is up.", query=WaitQuery, reply=Cursor
)


def wait_route(newest: Newest, signed: Guard) -> HTTPRouteHandler:
    """The route; it holds no thread while it waits."""

    @get("/v1/wait", guards=[signed], dependencies={"asked": query_of(WaitQuery)}, opt=_OPERATION.options)
    async def wait(request: Request[Any, Any, Any], asked: NamedDependency[WaitQuery]) -> Cursor:
        return await newest.wait(request.user.terminal_id, asked.n, asked.seconds)

    return wait
