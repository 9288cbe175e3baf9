"""The example client, run as the maker of a register runs it: a program of its own, without any library of ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.counter import ANNA
from tests.fakes.register_till import RegisterTill

CLIENT = Path(__file__).parents[3] / "docs" / "examples" / "register_client.py"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[RegisterTill]:
    """An open till that registers reach."""
    made = RegisterTill(tmp_path / "till")
    yield made
    made.close()


def start(till: RegisterTill, *arguments: str) -> subprocess.Popen[str]:
    """Start the client."""
    command = [sys.executable, "-I", str(CLIENT), "--port", str(till.server.port), "--token", till.token, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run(till: RegisterTill, *arguments: str) -> tuple[int, list[str]]:
    """Run it to its end."""
    with start(till, *arguments) as client:
        said, _ = client.communicate(timeout=60)
    return client.returncode, said.splitlines()


def test_it_waits_for_the_card_and_books_what_it_has_shown(till: RegisterTill) -> None:
    """The card is scanned at the till while the client waits."""
    with start(till, "--sale-id", "k1-17") as client:
        while not till.send("GET", "/v1/status")["open_sale_id"]:
            pass
        till.scan(ANNA)
        said, _ = client.communicate(timeout=60)
    assert client.returncode == 0, said
    assert said.splitlines() == [
        "sale k1-17",
        "  to take off  0.00",
        "  to pay       23.45",
        "  points       +23",
        "booked: +23 points, balance 1307",
    ]


def test_a_sale_whose_answer_was_lost_is_asked_for_again(till: RegisterTill) -> None:
    """Started again with the same id, also behind another basket that was left behind."""
    for _ in range(2):
        code, said = run(till, "--card", ANNA, "--sale-id", "k1-17", "--receipt", "17")
        assert (code, said[-1]) == (0, "booked: +23 points, balance 1307")
    assert till.sales_on_disk() == 1
    till.put("left-behind")
    assert run(till, "--cancel", "--sale-id", "k1-18") == (0, ["sale k1-18", "cancelled"])


def test_it_says_what_the_till_says(till: RegisterTill) -> None:
    """In the till's words, with its code."""
    code, said = run(till, "--card", "4111111111111111")
    assert (code, said[-1].split(":")[0]) == (1, "payment_card")
    till.token = "wrong"
    code, said = run(till)
    assert (code, said[-1].split(":")[0]) == (1, "no_token")
