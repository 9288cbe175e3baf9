"""An application behind a real port of this machine, in a thread."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headoffice.api.app import Api

STARTED_WITHIN_S: Final = 30


@contextlib.contextmanager
def serving(api: Api) -> Iterator[str]:
    """Serve on a free port; gives the address."""
    opened = socket.create_server(("127.0.0.1", 0))
    started = threading.Event()
    server = _Announcing(uvicorn.Config(api, lifespan="on", log_config=None, access_log=False, ws="none"), started)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    try:
        assert started.wait(STARTED_WITHIN_S)
        yield f"http://127.0.0.1:{opened.getsockname()[1]}"
    finally:
        api.let_go()
        server.should_exit = True
        thread.join()
        opened.close()


class _Announcing(uvicorn.Server):
    """Says when it answers, so that nobody has to ask again and again."""

    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._announce.set()
