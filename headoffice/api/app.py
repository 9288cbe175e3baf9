"""The HTTP side as one application: routes, guards, limits and what runs beside them, wired together."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.concurrency import sync_to_thread
from sqlalchemy import select

from headoffice.api.limits import Limiter
from headoffice.api.logs import Log
from headoffice.api.metrics import Metrics
from headoffice.api.newest import Newest
from headoffice.api.openapi import openapi_route
from headoffice.api.outer import Outer
from headoffice.api.problems import exception_handler
from headoffice.api.routes.ca import ca_route
from headoffice.api.routes.changes import changes_route
from headoffice.api.routes.compare import compare_route
from headoffice.api.routes.edits import edits_route
from headoffice.api.routes.health import health_route, metrics_route, ready_route
from headoffice.api.routes.hello import hello_route
from headoffice.api.routes.join import join_route
from headoffice.api.routes.numbers import numbers_route
from headoffice.api.routes.push import push_route
from headoffice.api.routes.records import record_route
from headoffice.api.routes.report import day_report_route
from headoffice.api.routes.snapshot import snapshot_part_route, snapshot_route
from headoffice.api.routes.wait import wait_route
from headoffice.api.settings import ApiSettings
from headoffice.api.signing import signed_guard
from headoffice.errors import HeadOfficeError
from headoffice.store.tables import SERVER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from litestar.handlers import HTTPRouteHandler
    from litestar.types import ControllerRouterHandler, Receive, Scope, Send

    from headoffice.api.tls import Certificates
    from headoffice.service import HeadOffice


class Api:
    """The application; an ASGI server calls it.

    Attributes:
        litestar: The framework's application inside.
    """

    def __init__(self, outer: Outer, litestar: Litestar, newest: Newest) -> None:
        self.litestar = litestar
        self._outer = outer
        self._newest = newest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the beginning and end of the application."""
        await self._outer(scope, receive, send)

    def let_go(self) -> None:
        """End all long polls now; called on the event loop when the server is asked to stop."""
        self._newest.close()


def make_app(
    head_office: HeadOffice,
    settings: ApiSettings | None = None,
    *,
    certificates: Certificates | None = None,
    extra: Sequence[ControllerRouterHandler] = (),
    log: Log | None = None,
    upkeep: Callable[[], object] | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Api:
    """Build the application.

    Args:
        head_office: What does the work.
        settings: Bounds; the usual ones unless given.
        certificates: Those of this server, ``None`` without TLS.
        extra: Further routes, such as the pages for people.
        log: Takes the log; standard error unless given.
        upkeep: Called at the start and then every ``settings.housekeeping_s``, in a thread.
        monotonic: The clock of the limits, in seconds.
    """
    settings = settings or ApiSettings()
    log = log or Log(sys.stderr)
    metrics = Metrics()
    now_us = head_office.clock.now_us
    newest = Newest(head_office.newest, settings, metrics, log)
    ca_pem = "" if certificates is None else certificates.ca_pem
    routes = _routes(head_office, settings, metrics, newest, ca_pem=ca_pem, monotonic=monotonic)

    @contextlib.asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        with ThreadPoolExecutor(settings.threads, thread_name_prefix="request") as threads:
            asyncio.get_running_loop().set_default_executor(threads)
            async with newest.running(), _again_and_again(upkeep, settings.housekeeping_s, log):
                yield

    litestar = Litestar(
        [*routes, openapi_route(routes), *extra],
        exception_handlers={Exception: exception_handler(now_us, log)},
        lifespan=[running],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=settings.body_bytes_max,
        debug=False,
    )
    addresses = Limiter(settings.address_per_s, settings.address_burst, monotonic)
    return Api(Outer(litestar, settings, addresses, metrics, log, now_us), litestar, newest)


def _routes(
    head_office: HeadOffice,
    settings: ApiSettings,
    metrics: Metrics,
    newest: Newest,
    *,
    ca_pem: str,
    monotonic: Callable[[], float],
) -> list[HTTPRouteHandler]:
    signed: Any = signed_guard(
        head_office, Limiter(settings.terminal_per_s, settings.terminal_burst, monotonic), metrics
    )
    joins = Limiter(settings.joins_per_min / 60, settings.joins_burst, monotonic)
    return [
        join_route(head_office, joins, metrics),
        hello_route(head_office, signed),
        push_route(head_office, signed, metrics),
        edits_route(head_office, signed),
        changes_route(head_office, signed),
        wait_route(newest, signed),
        snapshot_route(head_office, signed),
        snapshot_part_route(head_office, signed),
        compare_route(head_office, signed),
        record_route(head_office, signed),
        day_report_route(head_office, signed),
        numbers_route(head_office, signed),
        ca_route(ca_pem),
        health_route(),
        ready_route(lambda: _ask(head_office)),
        metrics_route(metrics),
    ]


@contextlib.asynccontextmanager
async def _again_and_again(work: Callable[[], object] | None, every_s: float, log: Log) -> AsyncIterator[None]:
    """Do some work now and then, as long as this lasts; what goes wrong is written down and tried again."""

    async def run(work: Callable[[], object]) -> None:
        while True:
            try:
                await sync_to_thread(work)
            except HeadOfficeError as error:
                log.warning("upkeep failed", reason=error.code)
            except Exception as error:  # noqa: BLE001 - one bad night must not end the upkeep
                log.bug(error)
            await asyncio.sleep(every_s)

    if work is None:
        yield
        return
    task = asyncio.create_task(run(work))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _ask(head_office: HeadOffice) -> None:
    with head_office.database.snapshot() as connection:
        connection.execute(select(SERVER.c.id)).first()
