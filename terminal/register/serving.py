"""How the HTTP library runs the interface: its limits, and an end that keeps nobody waiting."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

    from terminal.register.app import Api

CONNECTIONS_MAX: Final = 64
"""More open connections than these are hung up on; a register needs two. Each costs the till a descriptor."""

HEADER_BYTES_MAX: Final = 16 * 1024
"""The longest head of a request, in bytes."""

HEAD_S_MAX: Final = 10.0
"""How long a register may take to send the head of a request, in seconds."""

KEEP_ALIVE_S: Final = 30
"""How long a connection may stay idle between two requests, in seconds."""

FINISH_S_MAX: Final = 2
"""How long work may go on after the server was asked to stop, in seconds."""


class Running(uvicorn.Server):
    """Serves one application; says when it answers, and lets go of who waits when it is to stop.

    Args:
        api: The application.
        ready: Called once requests are answered.
    """

    def __init__(self, api: Api, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                api,
                http=_Bounded,
                loop="asyncio",
                ws="none",
                lifespan="on",
                interface="asgi3",
                log_config=None,
                log_level=logging.CRITICAL,  # what goes wrong is answered, or handed to the crash log
                access_log=False,
                server_header=False,
                proxy_headers=False,
                h11_max_incomplete_event_size=HEADER_BYTES_MAX,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=FINISH_S_MAX,
            )
        )
        self._api = api
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of who waits, then let finish what works."""
        self._api.let_go()
        await super().shutdown(sockets=sockets)

    def let_end(self) -> None:
        """Stop; from any thread."""
        self.should_exit = True


class _Bounded(H11Protocol):
    """Bounds what the library does not: how many connections there are, asked anything or not, and how slow a head is.

    The library's own limit counts when a request is complete, and says no without the problem document.
    """

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the library
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS_MAX:
            transport.abort()
            return
        self._begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle and not cycle.response_complete:  # the body has a limit of its own
            self._end()
        else:
            self._begin()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._end()  # what is idle is the library's to close

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_S_MAX, self.transport.close)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
