"""Who does what: no storage write and no device input or output on the thread that paints."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps

import pytest
from PySide6.QtCore import Qt

from hardware.transport import SerialLine
from storage.connection import Database
from terminal.presenters.states import Screen
from tests.fakes.counter import ANNA, NEW_CARD
from tests.ui.till.conftest import Rig


@pytest.fixture
def threads_of(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The names of the threads that write to the ledger and read from a scanner, from now on."""
    seen: dict[str, set[str]] = {"write": set(), "device": set()}

    def watch(owner: type, name: str, kind: str) -> None:
        original: Callable[..., object] = getattr(owner, name)

        @wraps(original)
        def watched(*arguments: object, **named: object) -> object:
            seen[kind].add(threading.current_thread().name)
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, watched)

    for name in ("run", "many"):
        watch(Database, name, "write")
    watch(SerialLine, "receive", "device")
    return seen


def test_the_painting_thread_neither_writes_nor_waits_for_a_device(rig: Rig, threads_of: dict[str, set[str]]) -> None:
    """A sale, its undo and an enrolment: every write is the storage thread's, every byte the scanner's thread's."""
    for seen in threads_of.values():
        seen.clear()
    rig.scanner.scan(ANNA)
    rig.until_screen(Screen.MEMBER)
    rig.type("10")
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)
    rig.keys(Qt.Key.Key_F9)
    rig.until(lambda: rig.painted("headline") == "Undone")
    rig.scanner.scan(NEW_CARD)
    rig.until_screen(Screen.UNKNOWN)
    rig.keys(Qt.Key.Key_F2)
    rig.type("Clara")
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)
    here = threading.current_thread().name
    assert threads_of["write"] == {"storage"}
    assert threads_of["device"]
    assert here not in threads_of["device"]
