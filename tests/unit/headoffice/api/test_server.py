"""Where head office may listen: anywhere with TLS, on this computer alone without."""

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from headoffice.api import server
from headoffice.api.app import Api
from headoffice.api.server import (
    Address,
    AddressInvalid,
    AddressTaken,
    PlainHttpRefused,
    ProxyInvalid,
    is_loopback,
    listen,
    parse_address,
    url_of,
)
from headoffice.api.settings import ApiSettings
from headoffice.api.tls import init_tls
from loyalty.replica import REPLICA_VERSION
from tests.fakes.api import Line
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8000", Address("127.0.0.1", 8000)),
        ("localhost:0", Address("localhost", 0)),
        ("[::1]:8000", Address("::1", 8000)),
        ("[::1]", Address("::1", 8470)),
        ("127.0.0.1", Address("127.0.0.1", 8470)),
        ("office.example:65535", Address("office.example", 65535)),
    ],
)
def test_addresses_are_read(text: str, address: Address) -> None:
    """A port can be left out; brackets keep the colons of IPv6 apart."""
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", ":8000", "host:", "host:x", "host:65536", "host:-1", "[]:1", "host:٣"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(AddressInvalid):
        parse_address(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - not listened on
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_loopback_is_what_only_this_computer_reaches(host: str, loopback: bool) -> None:
    """A name that only begins like it is another computer."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "office.example"])  # noqa: S104 - refused
def test_plain_http_listens_on_this_computer_only(host: str) -> None:
    """The port is not even opened."""
    with pytest.raises(PlainHttpRefused):
        listen(Address(host, 0), None)


class Hearing:
    """An application that remembers where a request came from."""

    def __init__(self) -> None:
        self.client: object = None
        self.scheme: object = None

    async def __call__(self, scope: dict[str, Any], receive: object, send: object) -> None:
        self.client, self.scheme = scope["client"][0], scope["scheme"]


@pytest.mark.parametrize(
    ("proxies", "sender", "heard"),
    [
        (("10.0.0.0/24",), "10.0.0.7", ("203.0.113.5", "https")),
        (("10.0.0.0/24", "127.0.0.1"), "127.0.0.1", ("203.0.113.5", "https")),
        (("10.0.0.0/24",), "192.0.2.1", ("192.0.2.1", "http")),
        ((), "127.0.0.1", ("127.0.0.1", "http")),
    ],
    ids=["of the network", "of this computer", "a stranger", "nobody is trusted"],
)
def test_only_a_trusted_proxy_says_where_a_request_comes_from(
    proxies: tuple[str, ...], sender: str, heard: tuple[str, str]
) -> None:
    """Anybody can write the header, and would have no limit then; what stands before the proxy's word is hearsay."""
    hearing = Hearing()
    configured = server.config(cast("Api", hearing), None, server.parse_proxies(proxies))
    configured.load()
    headers = [(b"x-forwarded-for", b"198.51.100.1, 203.0.113.5"), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": (sender, 1), "scheme": "http", "headers": headers}
    asyncio.run(configured.loaded_app(scope, None, None))
    assert (hearing.client, hearing.scheme) == heard


@pytest.mark.parametrize("text", ["*", "", "proxy.example", "10.0.0.1/8", "10.0.0.0/33"])
def test_everybody_is_no_proxy(text: str) -> None:
    """Nor is a name, which somebody else may answer for."""
    with pytest.raises(ProxyInvalid):
        server.parse_proxies([text])


def test_a_free_port_is_taken_and_said() -> None:
    """Port 0 asks the system for one."""
    with listen(Address("127.0.0.1", 0), None) as opened:
        port = opened.getsockname()[1]
        assert port > 0
        assert url_of(opened, Address("127.0.0.1", 0), None) == f"http://127.0.0.1:{port}"


def test_listening_everywhere_is_said_as_a_name_that_others_can_call(tmp_path: Path) -> None:
    """Nobody can call 0.0.0.0; what the certificate names is what tills are told."""
    certificates = init_tls(tmp_path, ["localhost", "office.example", "192.0.2.1"], FakeClock())
    with listen(Address("127.0.0.1", 0), certificates) as opened:
        port = opened.getsockname()[1]
        assert url_of(opened, Address("0.0.0.0", 0), certificates) == f"https://office.example:{port}"  # noqa: S104
        assert url_of(opened, Address("127.0.0.1", 0), certificates) == f"https://127.0.0.1:{port}"


def test_answers_are_not_held_back() -> None:
    """The event loop turns Nagle's algorithm off where the protocol is named, and connections inherit it from here."""
    with listen(Address("127.0.0.1", 0), None) as opened:
        assert opened.proto == socket.IPPROTO_TCP
        with socket.create_connection(opened.getsockname()), opened.accept()[0] as accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_a_port_that_is_taken_is_a_known_error() -> None:
    """Another program has it."""
    with listen(Address("127.0.0.1", 0), None) as opened, pytest.raises(AddressTaken):
        listen(Address("127.0.0.1", opened.getsockname()[1]), None)


def _closed_by_the_server(sent: list[bytes]) -> bytes:
    """Send some parts to a running server, wait for an answer after each but the last; what came until it closed."""

    async def work() -> bytes:
        ready = asyncio.Event()
        line = Line(ApiSettings(body_s_max=0.05))
        with server.listen(Address("127.0.0.1", 0), None) as opened:
            running = server.Running(server.config(line.api, None), line.api, ready.set)
            task = asyncio.create_task(running.serve([opened]))
            async with asyncio.timeout(20):
                await ready.wait()
                reader, writer = await asyncio.open_connection(*opened.getsockname())
                came = b""
                for part in sent[:-1]:
                    writer.write(part)
                    came += await reader.readuntil(b"}")
                writer.write(sent[-1])
                came += await reader.read()
                writer.close()
                running.should_exit = True
                await task
        return came

    return asyncio.run(work())


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "answers"),
    [([b""], 0), ([b"GET / HT"], 0), ([HEALTH, b"GET / HT"], 1), ([HEALTH, HEALTH, b"G"], 2)],
    ids=["nothing", "half a head", "half a second head", "half a third head"],
)
def test_a_head_that_does_not_come_closes_the_line(
    monkeypatch: pytest.MonkeyPatch, sent: list[bytes], answers: int
) -> None:
    """Whoever opens a connection and keeps silent does not keep it; what was asked before is answered."""
    monkeypatch.setattr(server, "HEAD_S_MAX", 0.05)
    assert _closed_by_the_server(sent).count(b"HTTP/1.1 200") == answers


def test_a_body_that_does_not_come_is_refused_and_closes_the_line() -> None:
    """The refusal says so, and the rest is not waited for."""
    head = b"POST /v1/push HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    signature = b"".join(
        f"{name}: {value}\r\n".encode() for name, value in Line().till.headers("POST", "/", b"").items()
    )
    came = _closed_by_the_server([head + signature + b"\r\n{"])
    assert came.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in came


def test_work_that_has_begun_is_finished_before_the_end() -> None:
    """A till whose call is at work when the server is asked to stop gets its answer."""
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert go_on.wait(20)

    async def work() -> int:
        ready = asyncio.Event()
        line = Line()
        line.head_office.hold = hold
        with server.listen(Address("127.0.0.1", 0), None) as opened:
            running = server.Running(server.config(line.api, None), line.api, ready.set)
            task = asyncio.create_task(running.serve([opened]))
            async with asyncio.timeout(30), httpx.AsyncClient() as client:
                await ready.wait()
                url = f"http://127.0.0.1:{opened.getsockname()[1]}/v1/snapshot?layout={REPLICA_VERSION}"
                asked = asyncio.create_task(client.get(url, auth=line.till))
                await asyncio.to_thread(begun.wait, 20)
                running.should_exit = True
                await asyncio.wait([task], timeout=0.5)  # long enough to stop, if it did not wait for the call
                assert not task.done()
                go_on.set()
                answer = await asked
                await task
        return answer.status_code

    assert asyncio.run(work()) == 200
