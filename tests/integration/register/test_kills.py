"""A till that is killed while a register books: whatever became of the answers, every sale is on disk once."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path

import pytest

from storage.verify import verify
from tests.fakes.counter import ANNA, Counter
from tests.fakes.register_till import RegisterTill

ROOT = Path(__file__).parents[3]
SALES = 6


@pytest.mark.parametrize("killed_after", [1, 4, SALES])
def test_a_register_that_repeats_everything_books_everything_once(tmp_path: Path, killed_after: int) -> None:
    """The process dies by SIGKILL with a commit on its way; the register sends all its sales again to the next till."""
    directory = tmp_path / "till"
    Counter(directory).close()
    command = [sys.executable, "-m", "tests.integration.register.till_process", str(directory)]
    heard: dict[int, int] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        port, token = process.stdout.readline().split()
        for number in range(killed_after):
            line = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
            _ask(line, token, "PUT", number, _basket(number))
            line.request("POST", f"/v1/sales/k1-{number}/commit", b"{}", _headers(token))
            if number + 1 < killed_after:
                heard[number] = json.loads(line.getresponse().read())["booked"]["seq"]
            else:
                process.kill()
            line.close()
    till = RegisterTill(directory)
    try:
        for number in range(SALES):
            assert till.put(f"k1-{number}", 1000 + number, card=ANNA).status == 200
            again = till.commit(f"k1-{number}")
            assert heard.setdefault(number, again["booked"]["seq"]) == again["booked"]["seq"]
        assert (till.sales_on_disk(), till.balance()) == (SALES, 1284 + 10 * SALES)
    finally:
        till.close()
    assert verify(directory).ok


def _basket(number: int) -> dict[str, object]:
    return {"amount_cents": 1000 + number, "currency": "EUR", "card": ANNA}


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def _ask(line: http.client.HTTPConnection, token: str, method: str, number: int, body: dict[str, object]) -> None:
    line.request(method, f"/v1/sales/k1-{number}", json.dumps(body), _headers(token))
    answer = line.getresponse()
    answer.read()
    assert answer.status == http.client.OK
