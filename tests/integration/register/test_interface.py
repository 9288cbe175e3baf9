"""The interface for registers over the real loopback network, against real presenters and a real storage thread."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from terminal.presenters.states import Screen
from terminal.register.app import OPERATIONS
from terminal.register.outer import BODY_BYTES_MAX
from terminal.register.server import RegisterServer
from terminal.register.serving import CONNECTIONS_MAX, HEAD_S_MAX
from terminal.register.token import renew_token
from terminal.register.waits import WAITERS_MAX
from tests.fakes.counter import ANNA, BEN
from tests.fakes.register_till import Answer, RegisterTill


@pytest.fixture
def till(tmp_path: Path) -> Iterator[RegisterTill]:
    """An open till that registers reach."""
    made = RegisterTill(tmp_path / "till")
    yield made
    made.close()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterTill]:
    """An open till for requests that have to leave it as it is."""
    made = RegisterTill(tmp_path_factory.mktemp("calm") / "till")
    yield made
    assert made.on_till(lambda: made.around.basket) is None
    assert made.sales_on_disk() == 0
    made.close()


# -- a sale from end to end ----------------------------------------------------------------------------------------


def test_basket_card_quote_commit(till: RegisterTill) -> None:
    """The register pushes a basket, waits for the member, reads the quote and books it."""
    put = till.put("k1-17", lines=[{"amount_cents": 2145}, {"amount_cents": 200, "category": "Pfand"}])
    assert (put.status, put["state"], put["quote"]["points"]) == (200, "open", 21)
    with ThreadPoolExecutor(1) as waiting:
        waits = waiting.submit(till.get, "k1-17", f"?seconds=30&revision={put['revision']}")
        till.scan(ANNA)
        seen = waits.result(20)
    assert seen["member"]["balance"] == 1284
    till.on_till(lambda: till.shell.member.choose_reward("off-5"))
    quoted = till.get("k1-17", f"?seconds=30&revision={seen['revision']}")
    assert (quoted["quote"]["money_off_cents"], quoted["quote"]["to_pay_cents"]) == (500, 1845)
    booked = till.commit("k1-17", revision=quoted["revision"], receipt="2026-17")
    assert (booked.status, booked["state"], booked["receipt"]) == (200, "committed", "2026-17")
    assert booked["booked"]["result"]["to_pay_cents"] == 1845
    assert booked["booked"]["balance"] == till.balance() == 1284 - 500 + 16
    assert till.on_till(lambda: till.shell.state.screen) is Screen.DONE


def test_the_register_hears_when_the_cashier_books(till: RegisterTill) -> None:
    """Enter at the till ends the register's waiting."""
    till.put("k1-17")
    till.scan(ANNA)
    newest = till.get("k1-17")
    with ThreadPoolExecutor(1) as waiting:
        waits = waiting.submit(till.get, "k1-17", f"?seconds=30&revision={newest['revision']}")
        till.on_till(lambda: till.shell.key("Enter"))
        said = waits.result(20)
        while said["state"] == "open":  # the picture of the sale on its way to the disk may come first
            said = till.get("k1-17", f"?seconds=30&revision={said['revision']}")
    assert said["booked"]["balance"] == 1307
    assert till.commit("k1-17").document["booked"] == said["booked"]


def test_a_wait_ends_with_its_time_and_holds_nobody_up(till: RegisterTill) -> None:
    """The till goes on while registers wait, and other requests are answered."""
    revision = till.put("k1-17")["revision"]
    with ThreadPoolExecutor(1) as waiting:
        began = time.monotonic()
        waits = waiting.submit(till.get, "k1-17", f"?seconds=1&revision={revision}")
        assert till.send("GET", "/v1/status")["open_sale_id"] == "k1-17"
        assert waits.result(20)["revision"] == revision
        assert time.monotonic() - began >= 1


def test_too_many_waits_are_turned_away(till: RegisterTill) -> None:
    """And those that wait are let go when the till is closed."""
    revision = till.put("k1-17")["revision"]
    lines = [socket.create_connection(("127.0.0.1", till.server.port), timeout=20) for _ in range(WAITERS_MAX)]
    request = (
        f"GET /v1/sales/k1-17?seconds=30&revision={revision} HTTP/1.1\r\nHost: 127.0.0.1:{till.server.port}\r\n"
        f"Authorization: Bearer {till.token}\r\n\r\n"
    ).encode()
    for line in lines:
        line.sendall(request)
    while (last := till.get("k1-17", f"?revision={revision}&seconds=1")).status == 200:
        pass
    assert (last.status, last["code"], last.headers["retry-after"]) == (503, "too_many_wait", "1")
    began = time.monotonic()
    till.server.stop()
    assert time.monotonic() - began < 4
    for line in lines:
        assert line.recv(12) in (b"HTTP/1.1 200", b"")
        line.close()


# -- once ----------------------------------------------------------------------------------------------------------


def test_many_commits_at_once_book_one_sale(till: RegisterTill) -> None:
    """From several threads, while the cashier presses Enter."""
    till.put("k1-17")
    till.scan(ANNA)
    with ThreadPoolExecutor(6) as registers:
        answers = [registers.submit(till.commit, "k1-17") for _ in range(6)]
        till.painting.deliver(lambda: till.shell.key("Enter"))
        said = [answer.result(20) for answer in answers]
    assert {answer.status for answer in said} == {200}
    assert len({answer["booked"]["seq"] for answer in said}) == 1
    assert (till.sales_on_disk(), till.balance()) == (1, 1307)


def test_a_killed_till_books_once(till: RegisterTill, tmp_path: Path) -> None:
    """The answer got lost with the till; the register sends everything again to the next one."""
    till.put("k1-17", card=ANNA)
    first = till.commit("k1-17")
    till.close()
    again = RegisterTill(tmp_path / "till")
    try:
        assert again.get("k1-17")["booked"] == first["booked"]
        put = again.put("k1-17", card=ANNA)
        assert (put.status, put["state"]) == (200, "committed")
        assert again.commit("k1-17")["booked"] == first["booked"]
        assert again.put("k1-17", 2346).document["code"] == "booked_differently"
        assert (again.sales_on_disk(), again.balance()) == (1, 1307)
    finally:
        again.close()


def test_a_question_whose_time_is_up_is_never_put(till: RegisterTill) -> None:
    """The window stalls for longer than a register waits: what it heard no answer to does not happen later."""
    till.put("k1-17", card=ANNA)
    till.server._running._api._crossing._seconds = 0.2
    stalled = threading.Event()

    def stall() -> None:
        stalled.wait(20)

    till.painting.deliver(stall)
    said = till.commit("k1-17")
    assert (said.status, said["code"]) == (503, "no_answer")
    stalled.set()
    till.settle()
    assert till.sales_on_disk() == 0
    assert till.commit("k1-17").status == 200
    assert till.sales_on_disk() == 1


# -- nothing without the token -------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("token", ["", "x", "Bearer"])
def test_nothing_is_answered_without_the_token(calm: RegisterTill, operation: object, token: str) -> None:
    """Neither the schema nor whether the till is well."""
    path = operation.path.replace("{sale_id}", "k1-17")  # type: ignore[attr-defined]
    answer = calm.send(operation.method, path, {"amount_cents": 1, "currency": "EUR"}, token=token)  # type: ignore[attr-defined]
    assert (answer.status, answer["code"], answer.headers["www-authenticate"]) == (401, "no_token", "Bearer")
    assert calm.on_till(lambda: calm.around.basket) is None


@pytest.mark.parametrize("path", ["/", "/v1/nowhere", "/schema", "/metrics", "/v1/sales/%00"])
def test_unknown_paths_look_the_same_without_the_token(calm: RegisterTill, path: str) -> None:
    """A stranger learns not even which paths there are."""
    assert calm.send("GET", path, token="wrong").status == 401
    assert calm.send("GET", path).status in (404, 422)


def test_a_renewed_token_counts_at_once(till: RegisterTill) -> None:
    """The register that still has the old one is turned away."""
    renewed = renew_token(till.directory)
    assert till.send("GET", "/healthz").status == 401
    assert till.send("GET", "/healthz", token=renewed).document == {"status": "ok"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:80"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_pages_of_the_internet_can_not_reach_the_till(calm: RegisterTill, headers: dict[str, str], status: int) -> None:
    """Not through a name that was made to point here, and not from another origin; the token alone is not enough."""
    assert calm.send("GET", "/v1/status", headers=headers).status == status


def test_the_till_is_called_localhost_as_well(calm: RegisterTill) -> None:
    """A register may be set up by either name."""
    assert calm.send("GET", "/v1/status", headers={"Host": f"LOCALHOST:{calm.server.port}"}).status == 200


def test_only_this_machine_is_listened_to(calm: RegisterTill) -> None:
    """The port is not open on any other address of the machine."""
    with pytest.raises(OSError, match=r"refused|unreachable|denied"):
        socket.create_connection(("127.0.0.2", calm.server.port), timeout=5).close()


# -- bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {"Content-Length": str(BODY_BYTES_MAX + 1)}, 413),
        (b"{", {}, 400),
        (b"\xff", {}, 400),
        (b"[" * 50_000, {}, 422),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {}, 422),
        (json.dumps({"amount_cents": 1.5, "currency": "EUR"}).encode(), {}, 422),
        (json.dumps({"amount_cents": True, "currency": "EUR"}).encode(), {}, 422),
        (json.dumps({"amount_cents": 2345, "currency": "EUR", "totl": 1}).encode(), {}, 422),
        (json.dumps({"amount_cents": 2345, "currency": "eur"}).encode(), {}, 422),
        (b'{"amount_cents": 2345, "currency": "EUR", "amount_cents": 23450}', {}, 422),
        (json.dumps({"amount_cents": 500, "currency": "EUR", "lines": [{"amount_cents": 1}] * 500}).encode(), {}, 422),
    ],
)
def test_a_body_that_is_no_basket_is_refused(
    calm: RegisterTill, body: bytes, headers: dict[str, str], status: int
) -> None:
    """As a problem, and the line can be used again or is closed."""
    answer = calm.send("PUT", "/v1/sales/k1-17", body, headers=headers)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer["status"] == status
    assert calm.on_till(lambda: calm.around.basket) is None


def test_the_largest_basket_is_taken(till: RegisterTill) -> None:
    """499 lines with the longest names."""
    line = {"amount_cents": 100, "sku": "ä" * 40, "category": "ö" * 40, "quantity": 1_000_000}
    answer = till.put("k1-17", 49_900, lines=[line] * 499)
    assert answer.status == 200
    till.scan(ANNA)
    assert till.commit("k1-17")["booked"]["result"]["points"] == 499


@pytest.mark.parametrize("sale_id", ["a b", "-a", "ä", "x" * 65, "a%2Fb", "%0a"])
def test_an_id_that_is_none_is_refused(calm: RegisterTill, sale_id: str) -> None:
    """Before anything is done with it."""
    from urllib.parse import quote

    assert calm.put(quote(sale_id, safe="%")).status in (404, 422)
    assert calm.on_till(lambda: calm.around.basket) is None


@pytest.mark.parametrize("query", ["?seconds=31", "?seconds=-1", "?revision=x", "?wait=1", "?seconds=0&seconds=1"])
def test_a_query_that_is_none_is_refused(till: RegisterTill, query: str) -> None:
    """A misspelt part would otherwise be no wait at all."""
    till.put("k1-17")
    assert till.get("k1-17", query).status == 422


def test_noise_on_the_line_does_not_hurt(till: RegisterTill) -> None:
    """Half requests, binary, endless heads: the till goes on."""
    for noise in (b"\x00" * 100, b"GET / HTTP/1.1\r\n", b"GET /" + b"x" * 100_000, b"\r\n\r\n", os.urandom(4096)):
        with socket.create_connection(("127.0.0.1", till.server.port), timeout=20) as line:
            line.sendall(noise)
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):
                pass
    assert till.send("GET", "/healthz").status == 200
    assert till.bugs == []


def test_connections_that_ask_nothing_take_no_more_than_their_share(till: RegisterTill) -> None:
    """Each costs the till a descriptor, which its ledger and its printer need, too."""
    lines = [socket.create_connection(("127.0.0.1", till.server.port), timeout=20) for _ in range(CONNECTIONS_MAX)]
    try:
        beyond = socket.create_connection(("127.0.0.1", till.server.port), timeout=HEAD_S_MAX / 2)
        lines.append(beyond)
        with contextlib.suppress(ConnectionResetError):
            assert beyond.recv(1) == b"", "hung up on before it has asked anything"
    finally:
        for line in lines:
            line.close()
    for _ in range(100):  # until the till has heard that they hung up
        with contextlib.suppress(ConnectionError):
            assert till.send("GET", "/healthz").status == 200
            break
    else:
        pytest.fail("no register is served any more")
    assert till.bugs == []


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_a_slash_in_an_id_is_an_answer_the_document_knows(calm: RegisterTill, method: str) -> None:
    """Written as %2F it is a slash all the same."""
    answer = calm.send(method, "/v1/sales/k1%2F17", {} if method == "PUT" else None)
    described = calm.send("GET", "/schema/openapi.json").document["paths"]["/v1/sales/{sale_id}"][method.lower()]
    assert str(answer.status) in described["responses"]


# -- beginning and end ---------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_told_and_tried_again(
    till: RegisterTill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cashier reads which; once the other program is gone registers are served without a restart."""
    monkeypatch.setattr("terminal.register.server.AGAIN_S", 0.05)
    sentences: list[str] = []
    told = threading.Event()

    def trouble(say: Callable[..., str] | None) -> None:
        sentences.append(say(till.around.texts) if say else "")
        told.set()

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = RegisterServer(
            tmp_path / "till", port, till.register, till.painting.deliver, till.bugs.append, trouble
        )
        server.start()
        assert told.wait(20)
        assert not server.wait_until_answering(0.2)
    assert server.wait_until_answering(20)
    server.stop()
    server.stop()
    till.settle()
    assert sentences == [f"Registers can't reach the till: another program uses port {port}. Close it. (M-288)", ""]


def test_the_interface_describes_itself_truly(calm: RegisterTill) -> None:
    """Every operation is in the document, with its sentences."""
    document = calm.send("GET", "/schema/openapi.json").document
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == {(operation.path, operation.method.lower()) for operation in OPERATIONS}
    assert document["security"] == [{"token": []}]
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        for member, shape in schema.get("properties", {}).items():
            assert shape.get("description"), f"{name}.{member} says nothing of itself"
        assert "Attributes:" not in schema.get("description", "")


def test_a_mistake_of_ours_shows_nothing_of_the_inside(till: RegisterTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written down, and the next request is served."""

    def broken() -> object:
        raise ZeroDivisionError("the secret")

    monkeypatch.setattr(till.register, "status", broken)
    answer: Answer = till.send("GET", "/v1/status")
    assert (answer.status, answer["code"]) == (500, "bug")
    assert "secret" not in json.dumps(answer.document)
    assert [type(error) for error in till.bugs] == [ZeroDivisionError]
    assert till.put("k1-17", card=BEN).status == 200
