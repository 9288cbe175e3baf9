"""Running the application: where it may listen, TLS, and an end that lets work finish and keeps nobody waiting."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import logging
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Final

import msgspec
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from headoffice.api.logs import ServerMessages
from headoffice.errors import HeadOfficeError
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from headoffice.api.app import Api
    from headoffice.api.logs import Log
    from headoffice.api.tls import Certificates

DEFAULT_PORT: Final = 8470
PORT_MAX: Final = 65_535

EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what it is called, not listened on
"""Every address of this computer."""

CONNECTIONS_MAX: Final = 4_000
"""More open connections than these are answered with 503: each waiting till holds one."""

KEEP_ALIVE_S: Final = 30
"""How long a connection may stay idle between two requests, in seconds."""

HEAD_S_MAX: Final = 20
"""How long a client may take to send the head of a request, in seconds."""

FINISH_S_MAX: Final = 10
"""How long work may go on after the server was asked to stop, in seconds."""

BACKLOG: Final = 512
"""Connections that the system keeps until they are accepted."""

LIFELINE_BYTES: Final = 4096
"""Read at once from a pipe through which nothing is expected but its end."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class AddressInvalid(HeadOfficeError):
    """The address to listen on is none."""

    code = "address_invalid"
    sentence = mark("That is no address to listen on. It looks like 127.0.0.1:8470.")


class ProxyInvalid(HeadOfficeError):
    """What is to be trusted as a proxy is no address."""

    code = "proxy_invalid"
    sentence = mark("That is no address of a proxy. It looks like 127.0.0.1 or 10.0.0.0/24.")


class AddressTaken(HeadOfficeError):
    """Another program listens there, or the system does not let us."""

    code = "address_taken"
    sentence = mark("Head office can't listen there: another program does, or the computer has no such address.")


class PlainHttpRefused(HeadOfficeError):
    """Without TLS the server would be reachable from other computers."""

    code = "plain_http_refused"
    sentence = mark(
        "Without TLS head office listens on this computer only. For other computers run"
        " stammkunde-headoffice init-tls --host NAME first."
    )


class Address(msgspec.Struct, frozen=True):
    """Where to listen.

    Attributes:
        host: A name or an address.
        port: 0 for one that is free.
    """

    host: str
    port: int

    def __str__(self) -> str:
        """As it stands in a URL (RFC 3986, 3.2.2)."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Read ``HOST:PORT``, ``[IPV6]:PORT`` or ``HOST``.

    Raises:
        AddressInvalid: If it is none of them.
    """
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(DEFAULT_PORT)
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not host or not (port.isascii() and port.isdigit()) or int(port[:6]) > PORT_MAX:
        raise AddressInvalid(text)
    return Address(host, int(port))


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach an address (RFC 1122, 3.2.1.3, and RFC 4291, 2.5.3)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_proxies(texts: Iterable[str]) -> tuple[str, ...]:
    """Read addresses and networks whose word on where a request comes from is taken; there is no "everybody".

    Raises:
        ProxyInvalid: If one is neither.
    """
    try:
        return tuple(str(ipaddress.ip_network(text.strip())) for text in texts)
    except ValueError as error:
        raise ProxyInvalid(str(error)) from error


def listen(address: Address, certificates: Certificates | None) -> socket.socket:
    """Open the port.

    Raises:
        PlainHttpRefused: It could be reached from elsewhere, and there is no TLS.
        AddressTaken: The system says no.
    """
    if certificates is None and not is_loopback(address.host):
        raise PlainHttpRefused(str(address))
    try:
        family, *_, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        opened = socket.create_server(place[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise AddressTaken(f"{address}: {error}") from error
    # The event loop turns Nagle's algorithm off where the protocol is named, and only there. With it every answer to a
    # connection that is kept takes 40 ms more.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=opened.detach())


def url_of(opened: socket.socket, address: Address, certificates: Certificates | None) -> str:
    """Where tills find the server that listens on a port.

    Listening everywhere is no address to call; then it is the first host the certificate names that others can reach.
    """
    port = opened.getsockname()[1]
    if certificates is None:
        return f"http://{Address(address.host, port)}"
    hosts = [host for host in certificates.hosts if not is_loopback(host)]
    host = hosts[0] if hosts and address.host in EVERYWHERE else address.host
    return f"https://{Address(host, port)}"


def serve(
    api: Api,
    opened: socket.socket,
    certificates: Certificates | None,
    *,
    log: Log,
    ready: Callable[[], None],
    lifeline: int | None = None,
    proxies: Sequence[str] = (),
) -> None:
    """Serve until SIGINT or SIGTERM, or until the lifeline ends.

    Args:
        api: The application.
        opened: Where it listens; closed at the end.
        certificates: For TLS.
        log: Where the HTTP library's messages go.
        ready: Called once requests are answered.
        lifeline: The descriptor of a pipe that ends with whoever started this server, however that one ends.
        proxies: Whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed, see ``parse_proxies``.
    """
    messages = ServerMessages(log)
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(messages)
    logger.propagate = False
    try:
        running = Running(config(api, certificates, proxies), api, ready)
        if lifeline is not None:
            threading.Thread(target=_hold_on, args=(lifeline, running), name="lifeline", daemon=True).start()
        gc.freeze()  # what is here by now stays as long as the server, and need not be looked at again and again
        running.run([opened])
    finally:
        logger.removeHandler(messages)
        logger.propagate = True
        opened.close()


def _hold_on(lifeline: int, running: Running) -> None:
    """Wait for the end of a pipe, then stop the server as a signal does.

    It is read below Python's buffers: their lock, held by a thread that waits for ever, would break the exit.
    """
    with contextlib.suppress(OSError):
        while os.read(lifeline, LIFELINE_BYTES):
            pass
    running.let_end()


def config(api: Api, certificates: Certificates | None, proxies: Sequence[str] = ()) -> uvicorn.Config:
    """How the HTTP library runs the application.

    Behind a proxy all requests come from its address, which the limits would take for one caller. What a header says of
    the caller is believed only when a trusted proxy sent it: anybody can write one.
    """
    return uvicorn.Config(
        api,
        http=_PatientProtocol,
        loop="asyncio",
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=FINISH_S_MAX,
        ssl_certfile=None if certificates is None else certificates.chain,
        ssl_keyfile=None if certificates is None else str(certificates.key),
    )


class _PatientProtocol(H11Protocol):
    """Waits for the head of a request for so long and no longer: the HTTP library would wait for ever."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the library
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle and not cycle.response_complete:  # its body has a time limit of its own
            self._expect_nothing()
        else:
            self._expect_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_nothing()  # until the next head begins, the library closes what is idle

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_S_MAX, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class Running(uvicorn.Server):
    """Serves; says when it is ready, lets long polls go at once when it is to stop, and takes that for no failure."""

    def __init__(self, config: uvicorn.Config, api: Api, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._api = api
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of who waits, and let finish what works."""
        self._api.let_go()
        await super().shutdown(sockets=sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while serving; being asked to stop is no failure, so they are not raised again after."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def let_end(self) -> None:
        """Stop; from any thread. The server looks at it several times a second."""
        self.should_exit = True

    def handle_exit(self, *_: object) -> None:
        """Stop; asked a second time, without waiting for work."""
        self.force_exit = self.should_exit
        self.should_exit = True
