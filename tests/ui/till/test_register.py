"""A cash register beside the whole till: its requests come over the loopback port to the window and back."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from terminal.presenters.states import Screen
from terminal.register.server import RegisterServer
from terminal.register.token import token_of
from tests.fakes.counter import ANNA
from tests.fakes.register_till import attached
from tests.ui.till.conftest import Rig

Ask = Callable[..., "Future[dict[str, Any]]"]


@pytest.fixture
def ask(rig: Rig, shop: Path) -> Iterator[Ask]:
    """Sends requests from a thread of its own, as another program does."""
    register = attached(rig.till.shell, rig.till.around)
    bugs: list[Exception] = []
    server = RegisterServer(
        shop, 0, register, rig.till.bridge.deliver, bugs.append, lambda say: register.trouble("server", say)
    )
    server.start()
    assert server.wait_until_answering(30)

    def send(method: str, path: str, body: object = None) -> dict[str, Any]:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Authorization": f"Bearer {token_of(shop)}", "Content-Type": "application/json"}
        line.request(method, path, json.dumps(body), headers)
        answer: dict[str, Any] = json.loads(line.getresponse().read())
        line.close()
        return answer

    with ThreadPoolExecutor(1) as other:
        yield lambda *request: other.submit(send, *request)
    server.stop()
    assert bugs == []


def test_a_basket_comes_over_the_port_and_is_booked_with_the_keyboard(rig: Rig, ask: Ask) -> None:
    """The register waits for the member and hears of Enter, while the window goes on painting."""
    put = ask("PUT", "/v1/sales/k1-17", {"amount_cents": 2345, "currency": "EUR"})
    rig.until(lambda: "Basket from the register: €23.45" in str(rig.till.shell.idle.state.notice))
    rig.until(put.done)
    waits = ask("GET", f"/v1/sales/k1-17?seconds=30&revision={put.result()['revision']}")
    rig.scanner.scan(ANNA)
    rig.until_painted("amount", "23.45")
    rig.until(waits.done)
    assert waits.result()["member"]["balance"] == 1284
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)
    commit = ask("POST", "/v1/sales/k1-17/commit", {})
    rig.until(commit.done)
    assert commit.result()["booked"]["balance"] == 1307


def test_a_register_that_books_brings_the_green_screen(rig: Rig, ask: Ask) -> None:
    """Nobody has touched the till."""
    put = ask("PUT", "/v1/sales/k1-17", {"amount_cents": 2345, "currency": "EUR", "card": ANNA})
    commit = ask("POST", "/v1/sales/k1-17/commit", {"rewards": [{"reward_id": "off-5"}]})
    rig.until(commit.done)
    assert put.result()["member"]["balance"] == 1284
    assert commit.result()["booked"]["result"]["to_pay_cents"] == 1845
    rig.until_screen(Screen.DONE)
    rig.until_painted("takeOff", "Take €5.00 off at the register")
