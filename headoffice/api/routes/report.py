"""``GET /v1/report/day``: a business day of the store the till stands in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency

from headoffice.api.operation import Operation
from headoffice.api.reading import query_of
from loyalty.store_day import StoreDay

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice


class DayQuery(msgspec.Struct, frozen=True):
    """Which day.

    Attributes:
        day: The business day, as 2026-11-21.
    """

    day: date


_OPERATION = Operation(
    summary="Read a business day of the till's own store, beside the same weekday a week before.",
    query=DayQuery,
    reply=StoreDay,
)


def day_report_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route."""

    @get(
        "/v1/report/day",
        guards=[signed],
        dependencies={"asked": query_of(DayQuery)},
        opt=_OPERATION.options,
        sync_to_thread=True,
    )
    def day_report(request: Request[Any, Any, Any], asked: NamedDependency[DayQuery]) -> StoreDay:
        return head_office.store_day(request.user, asked.day)

    return day_report
