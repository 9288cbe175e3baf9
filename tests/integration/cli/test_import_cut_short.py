"""An import that is cut short, by a full disk, a failing one, a kill or a person, goes on when it is repeated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from storage import connection, verify
from storage.errors import Damaged, DiskFailed, DiskFull, OutOfResources, ReadOnlyDisk
from storage.store import Store, open_store
from terminal.app.importing import run
from terminal.app.importing.sales import Sales
from tests.fakes.command_line import CommandLine, card_number
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.connection import Database
    from storage.errors import StorageError
    from storage.stage import Item
    from storage.store import Unit

BATCH = 4
SALES = 14


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four at a time, so that a few sales are several transactions."""
    monkeypatch.setattr(run, "BATCH_MAX", BATCH)
    monkeypatch.setattr(run, "CHECKPOINT_BATCHES", 1)


@pytest.fixture
def path(shop: CommandLine) -> str:
    """Fourteen sales of seven cards: four batches."""
    rows = [f"R-{number},2025-03-01 10:{number:02},{card_number(number % 7)},1.00,EUR,1" for number in range(SALES)]
    file = shop.directory.parent / "sales.csv"
    file.write_text("\n".join(["receipt,at,card,amount,currency,points", *rows, ""]))
    return str(file)


def receipts(shop: CommandLine) -> list[str]:
    """The receipts of all sales in the journal."""
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store, store.reader() as reader:
        stored = [reader.stored(seq) for seq in range(3, reader.count() + 1)]
    return [str(getattr(one.record, "receipt", "")) for one in stored if one is not None]


def failing_at(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException, name: str = "COMMIT") -> None:
    """Let the n-th statement of a kind on the ledger's writing connection fail."""
    original = connection.Database.run
    count = 0

    def failing(database: Database, sql: str, parameters: Any = ()) -> int:  # noqa: ANN401 - what a driver takes
        nonlocal count
        if sql.startswith(name) and database.name == "ledger.sqlite" and not database.value("PRAGMA query_only"):
            count += 1
            if count == number:
                raise error
        return original(database, sql, parameters)

    monkeypatch.setattr(connection.Database, "run", failing)


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
def test_a_full_disk_says_how_far_it_came_and_repeating_goes_on(
    shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Whole batches are there and nothing of the one that failed; the copy is the one from before the first."""
    with monkeypatch.context() as patch:
        failing_at(patch, batch, DiskFull("no room"))
        ran = shop("import", "sales", path)
    booked = (batch - 1) * BATCH
    assert ran.error == "disk_full"
    assert (ran.document["imported"], ran.document["records"]) == (booked, booked)
    assert f"{SALES - booked} are not" in ran.document["error"]["message"]
    assert verify.verify(shop.directory).problems == ()
    assert len(receipts(shop)) == booked
    done = shop.done("import", "sales", path)
    assert (done["imported"], done["skipped"], done["copy"]) == (SALES - booked, booked, ran.document["copy"])
    assert receipts(shop) == [f"R-{number}" for number in range(SALES)]
    shop.done("ledger", "restore", done["copy"])
    assert receipts(shop) == [""]  # the new epoch's first record
    assert shop.done("import", "sales", path)["imported"] == SALES


@pytest.mark.parametrize("error", [ReadOnlyDisk("no permission"), OutOfResources("no handles")])
def test_whatever_stops_it_on_the_way_nobody_hears_that_nothing_was_booked(
    shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch, error: StorageError
) -> None:
    """Before the first batch that is what is true; behind it, how far it came."""
    booking = Sales.book
    batches = 0

    def failing(sales: Sales, unit: Unit, items: Sequence[Item]) -> int:
        nonlocal batches
        batches += 1
        if batches in (1, 3):
            raise error
        return booking(sales, unit, items)

    monkeypatch.setattr(Sales, "book", failing)
    ran = shop("import", "sales", path)
    assert ran.error == error.code
    assert "Nothing was booked" in ran.document["error"]["message"]
    assert receipts(shop) == []
    ran = shop("import", "sales", path)
    assert (ran.error, ran.document["imported"], ran.document["left"]) == (error.code, BATCH, SALES - BATCH)
    assert ran.document["error"]["message"] == (
        "The till could not write on. 4 are imported, 10 are not. Repeat the command: it goes on there. If it stops"
        " again, call support. (M-469)"
    )
    assert shop.done("import", "sales", path)["skipped"] == BATCH
    assert receipts(shop) == [f"R-{number}" for number in range(SALES)]


def test_damage_on_the_way_is_told_as_damage(shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked to repeat it."""
    with monkeypatch.context() as patch:
        failing_at(patch, 2, Damaged("page 7"))
        ran = shop("import", "sales", path)
    assert ran.error == "damaged"
    assert "Don't go on" in ran.document["error"]["message"]


def test_a_log_that_stays_is_no_failure(shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is booked; it is moved into the ledger the next time."""
    monkeypatch.setattr(Store, "checkpoint", _full)
    assert shop.done("import", "sales", path)["imported"] == SALES


def _full(_store: Store, **_: bool) -> None:
    raise DiskFull("no room")


def test_a_failing_disk_stops_everything(shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing more is written; what was committed is there, and the next run books the rest."""
    with monkeypatch.context() as patch:
        failing_at(patch, 2, DiskFailed("input/output error"))
        assert shop("import", "sales", path).error == "disk_failed"
    assert shop.done("import", "sales", path)["skipped"] == BATCH
    assert receipts(shop) == [f"R-{number}" for number in range(SALES)]
    assert verify.verify(shop.directory).problems == ()


def test_whoever_cuts_it_short_is_told_to_repeat_it(
    shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As shells report an interrupted program."""
    with monkeypatch.context() as patch:
        failing_at(patch, 3, KeyboardInterrupt())
        ran = shop.said("import", "sales", path)
    assert ran.code == 130
    assert "Repeat the command" in ran.err
    assert shop.done("import", "sales", path)["skipped"] == 2 * BATCH


def test_without_room_nothing_is_begun(shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known before what it will take."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1_000))
    assert shop("import", "sales", path).error == "disk_full"
    assert receipts(shop) == []
    assert not list((shop.directory / "backups").glob("*before-import-*"))


def test_after_a_sale_in_between_a_new_copy_is_made(
    shop: CommandLine, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one would forget that sale."""
    with monkeypatch.context() as patch:
        failing_at(patch, 2, DiskFull("no room"))
        copy = Path(shop("import", "sales", path).document["copy"])
    before = copy.stat().st_mtime_ns
    shop.done("earn", card_number(1), "5.00")
    done = shop.done("import", "sales", path)
    assert done["copy"] == str(copy)
    assert copy.stat().st_mtime_ns > before


def test_members_come_whole_with_their_points(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is enrolled without what they bring along, wherever it fails."""
    rows = [f"{card_number(number)},Name {number},,,,2020-01-01,{number + 1}" for number in range(6)]
    path = shop.directory.parent / "members.csv"
    path.write_text("\n".join(["card,name,phone,email,birthday,enrolled_on,opening_points", *rows, ""]))
    for statement in (3, 9, 20, 30):
        with monkeypatch.context() as patch:
            failing_at(patch, statement, DiskFull("no room"), "INSERT")
            ran = shop("import", "members", str(path))
        if ran.code == 0:
            break
        assert ran.error == "disk_full"
        assert verify.verify(shop.directory).problems == ()
    shop.done("import", "members", str(path))
    balances = [shop.done("member", "show", card_number(number))["balance"] for number in range(6)]
    assert balances == [1, 2, 3, 4, 5, 6]
    assert shop.done("import", "members", str(path))["skipped"] == 6


KILLED_AT = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from storage import connection
from terminal.app.importing import run
from terminal.app.importing.sales import Sales
from tests.fakes.command_line import CommandLine
run.BATCH_MAX, run.CHECKPOINT_BATCHES = 4, 1
original, left, when = connection.Database.run, int(sys.argv[4]), sys.argv[5]
def killing(database, sql, parameters=()):
    global left
    counts = sql == "COMMIT" and database.name == "ledger.sqlite" and not database.value("PRAGMA query_only")
    left -= counts
    if counts and left == 0 and when == "before":
        os.kill(os.getpid(), 9)
    rows = original(database, sql, parameters)
    if counts and left == 0:
        os.kill(os.getpid(), 9)
    return rows
connection.Database.run = killing
print(CommandLine(Path(sys.argv[2]), seed=int(sys.argv[6]))("import", "sales", sys.argv[3]))
"""


def test_killed_around_a_commit_it_goes_on_and_nothing_is_doubled(shop: CommandLine, path: str) -> None:
    """Before one its batch is gone, behind one it is there, each time whole; then the rest is booked."""
    kills = ((1, "before", 0), (1, "after", 4), (2, "before", 8), (1, "after", 12))
    for seed, (commit, when, booked) in enumerate(kills, 90):
        arguments = (ROOT, shop.directory, path, commit, when, seed)
        command = [sys.executable, "-c", KILLED_AT, *map(str, arguments)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
        assert ended.returncode == -9, ended.stdout + ended.stderr
        assert verify.verify(shop.directory).problems == ()
        assert receipts(shop) == [f"R-{number}" for number in range(booked)]
    shop.done("import", "sales", path)
    assert receipts(shop) == [f"R-{number}" for number in range(SALES)]
    assert not [name for name in shop.directory.iterdir() if name.name.startswith(".import-")]
