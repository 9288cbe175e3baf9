"""A till runs for months: nothing the screens do may wear the interpreter out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject

from terminal.presenters.states import Screen
from terminal.ui.keypad import Keypad
from tests.fakes.sale_states import replace
from tests.fakes.stage import Stage

UI_CALLS = 2_000
SIGNALS = 5_000


@pytest.fixture
def references() -> Iterator[Callable[[], int]]:
    """Counts the references to None, undisturbed by what earlier tests left to the garbage collector."""
    gc.collect()
    gc.disable()
    yield lambda: sys.getrefcount(None)
    gc.enable()


def test_ui_calls_do_not_lose_references_to_none(stage: Stage, references: Callable[[], int]) -> None:
    """PySide6 6.12 on Python 3.11 dropped one reference to None a call and aborted after some thousand.

    Other parts hold and drop some meanwhile; half of what the fault would lose tells the two apart.
    """
    anna = stage.states.anna()
    stage.show("member")
    before = references()
    for index in range(UI_CALLS):
        stage.shell.member.show(replace(anna, balance=str(index), amount=str(index % 97)))
        stage.window.update()
    stage.settle()
    assert references() > before - UI_CALLS // 2
    shown = stage.window.view(Screen.MEMBER)
    assert shown.isVisible()


def test_a_signal_can_be_sent_thousands_of_times(stage: Stage, references: Callable[[], int]) -> None:
    """Every one arrives, and the interpreter is still whole."""
    keypad = stage.show("member").findChild(Keypad)
    assert isinstance(keypad, Keypad)
    before = references()
    for _ in range(SIGNALS):
        keypad.pressed.emit("7")
    assert stage.taken(Screen.MEMBER) == [("keypad", "7")] * SIGNALS
    assert references() > before - SIGNALS // 2


def test_showing_members_makes_no_new_widgets(stage: Stage) -> None:
    """Rewards and bookings are a fixed pool; a day of scans must not grow it."""
    view = stage.show("member_long")
    stage.show("member")
    before = len(view.findChildren(QObject))
    for variant in ("member_debt", "member_anonymous", "member_redeeming", "member_long", "member"):
        stage.show(variant)
    assert len(view.findChildren(QObject)) == before
