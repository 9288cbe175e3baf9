"""The copies on the screen: the dot fits the bar and leads to its screen, and the buttons do what they say."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from terminal.presenters.states import Pill, Screen, Tone
from terminal.ui.bar import BACKUP_ICONS, Bar, PillButton
from terminal.ui.status import ProgressLine
from tests.fakes.sale_states import replace
from tests.fakes.stage import Stage


def press(parent: QWidget, name: str) -> None:
    """Press a button by its name."""
    button = parent.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("tone", [Tone.WARN, Tone.BAD])
def test_the_dot_fits_the_bar_of_the_smallest_screen(stage: Stage, tone: Tone) -> None:
    """With the longest states beside it; it has a name for those who can't see it."""
    bar = replace(
        stage.states.bar(),
        connection=Pill("Offline, 1.200 Buchungen warten", Tone.WARN),
        scanner=Pill("Scanner nicht verwendbar", Tone.WARN),
        backup=Pill("", tone, "Keine Kopie außerhalb dieser Platte"),
        cashier="Mira K.",
    )
    stage.shell.show(replace(stage.states.shell(Screen.IDLE), bar=bar))
    stage.settle()
    shown = stage.window.findChild(Bar)
    assert isinstance(shown, Bar)
    parts = [part for part in shown.findChildren(QWidget) if part.isVisible()]
    assert not [one for one, other in combinations(parts, 2) if one.geometry().intersects(other.geometry())]
    dot = shown.findChild(PillButton, "backupDot")
    assert isinstance(dot, PillButton)
    assert dot.accessibleName() == dot.toolTip() == "Keine Kopie außerhalb dieser Platte"
    stage.shell.show(stage.states.shell(Screen.IDLE))
    stage.settle()
    assert not dot.isVisible()


def test_amber_and_red_differ_by_their_sign_too(stage: Stage) -> None:
    """Colour never speaks alone."""
    del stage
    assert len({BACKUP_ICONS[tone] for tone in (Tone.GOOD, Tone.WARN, Tone.BAD)}) == 3


def test_a_tap_on_the_dot_asks_for_its_screen(stage: Stage) -> None:
    """The same as F12, so that both lead to the same place."""
    stage.show("backup")
    press(stage.window, "backupDot")
    assert stage.taken(Screen.BACKUP) == [("key", "F12")]
    QTest.keyClick(stage.window, Qt.Key.Key_F12)
    assert stage.taken(Screen.BACKUP) == [("key", "F12")]


def test_the_buttons_do_what_they_say(stage: Stage) -> None:
    """A copy, a stick, back."""
    view = stage.show("backup_none")
    press(view, "action0")
    press(view, "action1")
    press(view, "cancel")
    assert stage.taken(Screen.BACKUP) == [("act", "now"), ("act", "use:1"), ("cancel",)]


def test_a_copy_on_its_way_shows_how_far_it_is(stage: Stage) -> None:
    """In words and as a line; the buttons wait."""
    view = stage.show("backup_running")
    line = view.findChild(ProgressLine)
    assert isinstance(line, ProgressLine)
    assert line.isVisible()
    press(view, "action0")
    assert stage.taken(Screen.BACKUP) == []
    stage.show("backup")
    assert not line.isVisible()
