"""An old programme is taken over while the power may go: batch by batch, each whole, and the copy from before."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final
from unittest import mock

from terminal.app.importing.run import ImportCommand, Kind, Phase, import_file
from tests.fakes.ledger import card_number
from tests.power.scenario import CARDS, Scenario
from tests.power.state import state_of
from tests.power.workloads import admit, buy, reopen, settle

BATCH: Final = 3
"""So few in one transaction that a small file has several."""

ROWS: Final = 10
COPIES: Final = "old copies"


def old_members(shop: Scenario) -> str:
    """A file of members."""
    first = CARDS + shop.rng.randrange(10_000)
    rows = [f"{card_number(first + row)};Altmitglied {row};{shop.rng.randrange(900)}" for row in range(ROWS)]
    return "\n".join(("card;name;opening_points", *rows)) + "\n"


def old_sales(shop: Scenario) -> str:
    """A file of sales."""
    first = shop.rng.randrange(10**6)
    rows = [
        f"A{first + row};2025-03-0{1 + row % 9} 10:1{row % 10};{shop.card()};{shop.rng.randrange(1, 90)}.50;EUR;{row}"
        for row in range(ROWS)
    ]
    return "\n".join(("receipt;at;card;amount;currency;points", *rows)) + "\n"


def take_over(shop: Scenario) -> None:
    """A file is imported; every batch is acknowledged by the count that people see."""
    kind = shop.rng.choice((Kind.MEMBERS, Kind.SALES))
    file = Path(tempfile.mkdtemp()) / "old.csv"
    file.write_text(old_members(shop) if kind is Kind.MEMBERS else old_sales(shop), "utf-8")
    command = ImportCommand(kind, file, award=False, encoding=None, note="Altbestand", copies=shop.root / COPIES)

    def progress(phase: Phase, _done: int, _total: int) -> None:
        if phase is Phase.BOOKING:
            shop.mark(done="batch", state=shop.state())
            shop.mark(begin="batch", whole=True)

    with mock.patch("terminal.app.importing.run.BATCH_MAX", BATCH), shop.step("batch"):
        result = import_file(shop.till, command, progress)
    assert result.imported == ROWS, result
    assert result.copy is not None
    held = state_of(result.copy.parent, result.copy.name)
    shop.mark(copy=f"{COPIES}/{result.copy.name}", state=held)


def imports(shop: Scenario) -> None:
    """Files are imported between sales."""
    shop.run({take_over: 2, buy: 2, admit: 1, settle: 1, reopen: 1}, 7)
