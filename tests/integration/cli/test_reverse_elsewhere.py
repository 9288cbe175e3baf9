"""``reverse`` and ``receipt`` with two tills and a real server: by number, by code, by a manager's word."""

from __future__ import annotations

import io
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import SeededIds
from tests.fakes.command_line import BEN, CommandLine
from tests.fakes.served import Served, document

SEEDS = itertools.count(500)
UNKNOWN = "0198c0de-0000-7000-8000-00000000ffff"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of tests stay out of the keyring of whoever runs them."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


class Chain:
    """A head office and two tills; the line can be cut for good."""

    def __init__(self, data: Path, served: Served, first: CommandLine, second: CommandLine) -> None:
        self.data, self.served, self.first, self.second = data, served, first, second
        for till, name in ((first, "Kasse 1"), (second, "Kasse 2"), (first, "")):
            if name:
                code = str(document(data, "enrol-terminal", "Laden", name)["code"])
                till.done("sync", "join", served.url, code)
            else:
                till.done("sync", "now")
        second.done("sync", "now")

    def sell(self) -> str:
        """A sale to Ben at the first till."""
        return str(self.first.done("earn", BEN, "50")["record_id"])

    def send(self) -> None:
        """The first till hands in what it has."""
        self.first.done("sync", "now")

    def undo(self, what: str, *options: str) -> dict[str, object]:
        """Undo at the second till."""
        return self.second.done("reverse", what, "--reason", "return", *options)


@pytest.fixture
def chain(shop: CommandLine, bakery: Path, tmp_path: Path) -> Iterator[Chain]:
    """Two tills of one head office on plain HTTP, in this machine."""
    data = tmp_path / "office"
    document(data, "init", "--name", "Morgenrot", "--currency", "EUR")
    second = CommandLine(Path(shutil.copytree(bakery, tmp_path / "second")))
    for till in (shop, second):
        till.ids = SeededIds(next(SEEDS), till.clock)
    with Served(data) as served:
        yield Chain(data, served, shop, second)


def test_a_sale_of_another_till_is_undone_by_its_number(chain: Chain) -> None:
    """Preview, reversal, the same once more; the document says whose it was and who said so."""
    sale = chain.sell()
    assert chain.second("reverse", sale, "--reason", "return").reason == "record_not_there_yet"
    chain.send()
    chain.second.done("sync", "now")
    shown = chain.second.done("reverse", sale, "--preview")
    assert (shown["takes_back"], shown["till"], shown["proof"]) == (50, "Kasse 1 (Laden)", "head_office")
    assert shown["balance_after"] == int(str(shown["balance"])) - 50
    done = chain.undo(sale)
    assert (done["takes_back"], done["repeated"], done["proof"]) == (50, False, "head_office")
    again = chain.undo(sale)
    assert (again["record_id"], again["repeated"]) == (done["record_id"], True)
    retried = chain.undo(sale, "--id", str(done["record_id"]))
    assert retried["repeated"]
    chain.second.done("sync", "now")
    chain.first.done("sync", "now")
    refused = chain.first("reverse", sale, "--reason", "mistake")  # its own books don't know of it, head office does
    assert (refused.code, refused.reason) == (1, "undone_elsewhere")
    told = chain.second.said("reverse", sale, "--reason", "return")
    assert "a preview until head office has booked it" in told.out


def test_without_head_office_the_code_or_a_manager_is_needed(chain: Chain) -> None:
    """The line is cut: a number alone proves nothing."""
    by_code, by_manager = chain.sell(), chain.sell()
    code = str(chain.first.done("receipt", by_code)["code"])
    chain.served.stop()
    assert chain.second("reverse", by_code, "--reason", "return").reason == "record_of_another_till"
    changed = code[:-1] + ("G" if code.endswith("0") else "0")
    assert chain.second("reverse", changed, "--reason", "return").reason == "receipt_code_forged"
    shown = chain.second.done("reverse", code, "--preview")
    assert (shown["takes_back"], shown["proof"]) == (50, "receipt")
    assert chain.undo(code)["proof"] == "receipt"
    said = ("--purchase", "50", "--points", "50", "--card", BEN)
    shown = chain.second.done("reverse", by_manager, "--preview", *said)
    assert (shown["takes_back"], shown["proof"]) == (50, "manager")
    done = chain.undo(by_manager, *said)
    assert (done["takes_back"], done["proof"], done["till"]) == (50, "manager", None)
    assert chain.undo(by_manager, *said)["repeated"]


def test_a_manager_is_named_where_there_is_one(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may write the files needs no PIN, but the record says who vouched."""
    monkeypatch.setattr("sys.stdin", io.StringIO("2580\n"))
    chain.second.done("cashier", "add", "Mira", "--role", "manager", "--pin-stdin")
    said = ("--purchase", "50", "--points", "50", "--card", BEN)
    assert chain.second("reverse", UNKNOWN, "--reason", "return", *said).reason == "not_allowed"
    assert chain.undo(UNKNOWN, *said, "--manager", "Mira")["proof"] == "manager"
    assert chain.second("reverse", UNKNOWN, "--reason", "return", *said, "--manager", "Jo").reason == "not_allowed"
    wrong = chain.second("reverse", UNKNOWN, "--reason", "return", "--purchase", "5,0,0")
    assert wrong.reason == "amount_invalid"


def test_a_receipts_code_is_for_bookings_of_this_till(chain: Chain, bakery: Path, tmp_path: Path) -> None:
    """Nothing else can be signed; a till that stands alone has no key."""
    sale = chain.sell()
    assert str(chain.first.done("receipt", sale)["code"]).startswith("SKR1")
    assert chain.first.said("receipt", sale).out.splitlines()[-1].startswith("SKR1")
    assert chain.second("receipt", sale).reason == "record_unknown"
    done = chain.first.done("reverse", sale, "--reason", "mistake")
    assert chain.first.done("receipt", str(done["record_id"]))["code"] is None
    alone = CommandLine(Path(shutil.copytree(bakery, tmp_path / "alone")))
    own = str(alone.done("earn", BEN, "5")["record_id"])
    assert alone.done("receipt", own)["code"] is None
    assert alone("reverse", UNKNOWN, "--reason", "mistake").reason == "record_unknown"
    assert alone("reverse", UNKNOWN, "--reason", "mistake", "--purchase", "5").reason == "record_unknown"
    assert alone("reverse", "SKR1ABC", "--reason", "mistake").reason == "receipt_code_unreadable"
