"""Handing out a member's data at a running till, by key and by finger: real files, a real ledger, no line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from loyalty.directory import Role
from storage.store import open_store
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.app.till import Till
from terminal.attach import attach_exports
from terminal.presenters.states import Screen
from terminal.settings import Settings
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import ANNA
from tests.ui.till.conftest import Rig

PIN = "2580"


@pytest.fixture
def shop(shop: Path) -> Path:
    """The same shop, run by Mira."""
    clock = FakeClock()
    ids = SeededIds(3, clock)
    with open_store(shop, clock=clock, ids=ids) as store:
        kept = add_cashier(Till(store, clock, ids), AddCashier(ids.random_id(), "Mira", PIN, Role.MANAGER))
        assert isinstance(kept, CashierKept)
    return shop


@pytest.fixture
def rig(rig: Rig, tmp_path: Path) -> Rig:
    """The till as it is once its devices are attached; its documents lie in the test's folder."""
    attach_exports(rig.till, Settings())
    rig.till.around.reports = replace(rig.till.around.reports, folder=tmp_path / "documents")
    rig.until_screen(Screen.LOCK)
    rig.type(PIN)
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.IDLE)
    rig.scanner.scan(ANNA)
    rig.until_screen(Screen.MEMBER)
    return rig


def written(tmp_path: Path) -> list[str]:
    """The names in a member's JSON files among the documents."""
    files = sorted((tmp_path / "documents").glob("*/member.json"))
    return [json.loads(file.read_text("utf-8"))["member"]["name"] for file in files]


def test_by_keys_alone(rig: Rig, tmp_path: Path) -> None:
    """F8, the PIN, Enter; the screen says where it is; Enter leads back to the sale that was open."""
    rig.type("12,50")
    rig.keys(Qt.Key.Key_F8)
    rig.until_screen(Screen.MEMBER_DATA)
    rig.type("1379")
    rig.keys(Qt.Key.Key_Return)
    rig.until(lambda: "(M-150)" in rig.painted("notice"))
    assert written(tmp_path) == []
    rig.type(PIN)
    rig.keys(Qt.Key.Key_Return)
    rig.until(lambda: rig.painted("notice").startswith("Written: "))
    assert written(tmp_path) == ["Anna Schneider"]
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.MEMBER)
    assert rig.painted("amount") == "12,50"


def test_by_finger_alone(rig: Rig, tmp_path: Path) -> None:
    """The button on the member screen, the keyboard on the screen for the PIN, and the green button."""
    rig.tap("memberData")
    rig.until_screen(Screen.MEMBER_DATA)
    rig.tap("keyboard")
    rig.tap(*(f"keyboard{digit}" for digit in PIN))
    rig.tap("primary")
    rig.until(lambda: rig.painted("notice").startswith("Written: "))
    assert written(tmp_path) == ["Anna Schneider"]
    rig.tap("cancel")
    rig.until_screen(Screen.MEMBER)


def test_the_end_of_the_till_waits_for_the_files(rig: Rig, tmp_path: Path) -> None:
    """Closing the window right behind Enter leaves no half of somebody's data."""
    rig.keys(Qt.Key.Key_F8)
    rig.until_screen(Screen.MEMBER_DATA)
    rig.type(PIN)
    rig.keys(Qt.Key.Key_Return)
    rig.until(lambda: rig.painted("notice").startswith(("Collecting", "Written: ")))
    rig.till.stop()
    assert written(tmp_path) == ["Anna Schneider"]
