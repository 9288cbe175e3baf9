"""``GET /v1/changes``: one page of what changed since a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from msgspec import Meta

from headoffice.api.operation import Operation
from headoffice.api.reading import query_of
from loyalty.bounds import Position
from loyalty.feed import PAGE_MAX, ChangesReply, Cursor

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice


class ChangesQuery(msgspec.Struct, frozen=True):
    """From where to read, and how much.

    Attributes:
        epoch: The cursor's server epoch; without it the first page comes.
        n: The cursor's step.
        token: The cursor's token in hex.
        limit: The most feed rows that the page covers.
    """

    epoch: UUID | None = None
    n: Position = 0
    token: Annotated[str, Meta(pattern=r"^([0-9a-f]{2}){0,16}\Z")] = ""
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX


_OPERATION = Operation(summary="Read one page of what changed since a cursor.", query=ChangesQuery, reply=ChangesReply)


def changes_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route."""

    @get(
        "/v1/changes",
        guards=[signed],
        dependencies={"asked": query_of(ChangesQuery)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def changes(request: Request[Any, Any, Any], asked: NamedDependency[ChangesQuery]) -> ChangesReply:
        after = None if asked.epoch is None else Cursor(asked.epoch, asked.n, bytes.fromhex(asked.token))
        return head_office.changes(request.user, after, asked.limit)

    return changes
