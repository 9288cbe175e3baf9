"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever runs the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from litestar import Response, get

from headoffice.api.operation import Operation
from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.handlers import HTTPRouteHandler

    from headoffice.api.metrics import Metrics

METRICS_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class Health(msgspec.Struct, frozen=True):
    """All is well; otherwise a problem is answered."""

    status: str


_HEALTH = Operation(summary="Tell whether the process answers.", reply=Health, signed=False)
_READY = Operation(
    summary="Tell whether the database answers, too.",
    reply=Health,
    problems=(ProblemCode.UNAVAILABLE,),
    signed=False,
)
_METRICS = Operation(summary="Read the numbers for Prometheus.", media_type=METRICS_TEXT, signed=False)


def health_route() -> HTTPRouteHandler:
    """The route that only the process has to answer."""

    @get("/healthz", opt=_HEALTH.options, sync_to_thread=False)
    def healthy() -> Health:
        return Health("ok")

    return healthy


def ready_route(ask: Callable[[], None]) -> HTTPRouteHandler:
    """The route that asks the database.

    Args:
        ask: Asks it something small, and raises if it does not answer.
    """

    @get("/readyz", opt=_READY.options, sync_to_thread=True)
    def ready() -> Health:
        ask()
        return Health("ok")

    return ready


def metrics_route(metrics: Metrics) -> HTTPRouteHandler:
    """The route that Prometheus reads."""

    @get("/metrics", opt=_METRICS.options, sync_to_thread=False)
    def numbers() -> Response[bytes]:
        return Response(metrics.text(), media_type=METRICS_TEXT)

    return numbers
