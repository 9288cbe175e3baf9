"""Scanning with a keyboard's scanner on every screen, into every control, over whatever is half typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from terminal.presenters.states import Breakage, Screen
from tests.fakes.key_events import KeyEvents
from tests.fakes.keyboard import CARD
from tests.fakes.sale_states import replace
from tests.fakes.stage import Stage
from tests.ui.wedge.conftest import Listening

FORMS = ["idle", "member_no_amount", "redeem_flexible", "enrol", "find", "void_elsewhere", "sync_form", "lock"]
SPACED = "KD 4711 AB 12"


def controls(view: QWidget) -> list[QWidget]:
    """The view and everything in it that can have the focus."""
    widgets = [widget for widget in view.findChildren(QWidget) if widget.focusPolicy() != Qt.FocusPolicy.NoFocus]
    return [view, *(widget for widget in widgets if widget.isVisible() and widget.isEnabled())]


def fields(stage: Stage) -> dict[str, tuple[str, int, str]]:
    """Text, cursor and selection of every field."""
    return {
        field.objectName(): (field.text(), field.cursorPosition(), field.selectedText())
        for field in stage.window.findChildren(QLineEdit)
    }


def variants(stage: Stage, screen: Screen) -> list[str]:
    """The names of a screen's variants."""
    return [name for name, (own, _) in stage.variants.items() if own is screen]


@pytest.mark.parametrize("screen", list(Screen))
@pytest.mark.parametrize("code", [CARD, SPACED])
def test_a_scan_arrives_on_every_screen_and_touches_nothing(listening: Listening, screen: Screen, code: str) -> None:
    """Whatever has the focus: one scan, no button pressed by a space or Enter, every field and the focus as before."""
    stage = listening.stage
    assert variants(stage, screen)
    for variant in variants(stage, screen):
        view = stage.show(variant)
        for widget in controls(view):
            widget.setFocus()
            focused, before = stage.window.focusWidget(), fields(stage)
            listening.keys.scan(code)
            where = (variant, widget.objectName())
            assert listening.codes() == [code], where
            assert fields(stage) == before, where
            assert stage.window.focusWidget() is focused, where
            calls = stage.taken(screen)
            assert all(str(call[0]).endswith("typed") for call in calls), (where, calls)


@pytest.mark.parametrize(
    "variant", ["idle", "member_no_amount", "redeem_flexible", "enrol", "find", "void_elsewhere", "sync_form", "lock"]
)
def test_what_is_half_typed_stays(listening: Listening, variant: str) -> None:
    """Text, cursor and selection come back exactly, and the presenter hears it."""
    stage = listening.stage
    view = stage.show(variant)
    found = [widget for widget in controls(view) if isinstance(widget, QLineEdit)]
    assert found
    for field in found:
        field.setFocus()
        field.clear()
        listening.keys.type("1234")
        stage.settle()
        assert field.text() == "1234"
        for start, length in ((4, 0), (0, 0), (1, 2), (3, -2)):
            if length:
                field.setSelection(start, length)
            else:
                field.setCursorPosition(start)
            stood = (field.cursorPosition(), field.selectedText())
            listening.keys.scan(CARD)
            assert listening.codes() == [CARD]
            assert field.text() == "1234"
            assert (field.cursorPosition(), field.selectedText()) == stood
            assert field.hasFocus()
        calls = [call for call in stage.taken(stage.variants[variant][0]) if str(call[0]).endswith("typed")]
        assert calls[-1][-1] == "1234"
        listening.keys.type("5")
        assert field.text() == "12345" if field.cursorPosition() == 5 else "5" in field.text()


def test_a_scan_over_a_breakage_leaves_it_on_the_screen(listening: Listening) -> None:
    """The cover is read and dismissed by a person; the scanner's Enter does not dismiss it."""
    stage = listening.stage
    stage.show("idle")
    breakage = Breakage("Bug", "Something broke.", "Go on", stage.states.bar().connection.tone)
    stage.shell.show(replace(stage.shell.state, fatal=breakage))
    stage.settle()
    stage.taken(Screen.IDLE)
    listening.keys.scan(SPACED)
    assert listening.codes() == [SPACED]
    assert stage.taken(Screen.IDLE) == []


@pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # what the off-screen platform says of every dialog
def test_a_scan_into_a_dialog_does_not_answer_it(qtbot: QtBot, listening: Listening) -> None:
    """Also windows that are opened later are listened to; Enter would press their first button."""
    dialog = QDialog()
    box = QVBoxLayout(dialog)
    answer = QPushButton("yes", dialog)
    box.addWidget(answer)
    answer.clicked.connect(dialog.accept)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    answer.setFocus()
    keys = KeyEvents(dialog)
    keys.scan("12 34 56 78")
    assert listening.codes() == ["12 34 56 78"]
    assert dialog.isVisible()
    keys.key(Qt.Key.Key_Return, text="\r")
    assert not dialog.isVisible(), "a person's Enter answers"


def test_the_screen_may_change_in_the_middle_of_a_scan(listening: Listening) -> None:
    """A booking comes back while the scanner types: the code is whole and the new screen is untouched."""
    stage = listening.stage
    stage.show("member_no_amount")
    strokes = listening.keys.strokes(CARD, iter([3] * 99), end=None)
    listening.keys.press(strokes[:4])
    stage.show("done")
    listening.keys.press(strokes[4:])
    listening.keys.key(Qt.Key.Key_Return, text="\r", wait_ms=3)
    assert listening.codes() == [CARD]
    assert stage.taken(Screen.DONE) == []
    stage.show("member_no_amount")
    assert fields(stage)["amount"][0] == ""
