"""The HTTP side in a test: the real application on a head office of one's choice, called without a network."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar, cast

import httpx

from headoffice.api.app import Api, make_app
from headoffice.api.logs import Log
from headoffice.api.settings import ApiSettings
from tests.fakes.head_office import FakeHeadOffice, Signer

JSON: Final = {"content-type": "application/json"}
ADDRESS: Final = "192.0.2.7"

Result = TypeVar("Result")


class Line:
    """A line to the application.

    Attributes:
        head_office: The one behind it.
        api: The application.
        client: Calls it; pass ``auth=line.till`` to sign.
        till: Signs as the till.
        log: What the application has written down.
        seconds: The clock of the limits.
    """

    def __init__(self, settings: ApiSettings | None = None) -> None:
        self.head_office = FakeHeadOffice()
        self.seconds = 0.0
        self._written = io.StringIO()
        self.log = Log(self._written)
        self.api: Api = make_app(cast(Any, self.head_office), settings, log=self.log, monotonic=lambda: self.seconds)
        self.till = Signer(self.head_office.clock.now_us)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.api, client=(ADDRESS, 4711)),  # type: ignore[arg-type] # ASGI by another name
            base_url="http://head.office",
            timeout=10,
        )

    @property
    def written(self) -> list[dict[str, Any]]:
        """The log's lines."""
        return [json.loads(line) for line in self._written.getvalue().splitlines()]


def on_the_line(work: Callable[[Line], Awaitable[Result]], settings: ApiSettings | None = None) -> Result:
    """Start the application, do something with it, and stop it."""

    async def run() -> Result:
        line = Line(settings)
        async with line.api.litestar.lifespan(), line.client:
            return await work(line)

    return asyncio.run(run())
