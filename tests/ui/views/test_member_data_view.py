"""The form that hands out a member's data, as it is worked by finger and by key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from terminal.presenters.states import Screen
from terminal.ui.keyboard import Keyboard
from terminal.ui.member import BookingsCard
from terminal.ui.theme import Theme
from tests.fakes.stage import Stage


def button(view: QWidget, name: str) -> QAbstractButton:
    """A button of the view."""
    found = view.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def test_the_pin_is_next_and_shows_dots(stage: Stage) -> None:
    """The place is there already; what is missing has the focus, and nobody reads it over a shoulder."""
    view = stage.show("member_data_empty")
    pin, folder = view.findChild(QLineEdit, "pin"), view.findChild(QLineEdit, "folder")
    assert isinstance(pin, QLineEdit)
    assert isinstance(folder, QLineEdit)
    assert stage.window.focusWidget() is pin
    assert pin.echoMode() is QLineEdit.EchoMode.Password
    assert folder.echoMode() is QLineEdit.EchoMode.Normal
    assert folder.width() > pin.width()


def test_once_all_is_written_enter_does_not_press_just_any_button(stage: Stage) -> None:
    """A field that is hidden with the focus must not hand it to the dot of the scanner."""
    stage.show("member_data")
    view = stage.show("member_data_done")
    focused = stage.window.focusWidget()
    assert focused is view
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert stage.taken(Screen.MEMBER_DATA) == [("key", "Enter")]


def test_the_keyboard_on_the_screen_leaves_with_its_field(stage: Stage) -> None:
    """It would cover what was written, and type into what nobody sees; for another field it stays."""
    view = stage.show("member_data_empty")
    keyboard = stage.window.findChild(Keyboard)
    assert isinstance(keyboard, Keyboard)
    QTest.mouseClick(button(view, "keyboard"), Qt.MouseButton.LeftButton)
    folder = view.findChild(QLineEdit, "folder")
    assert isinstance(folder, QLineEdit)
    folder.setFocus()
    QTest.mouseClick(button(view, "keyboard"), Qt.MouseButton.LeftButton)
    stage.show("member_data_alone")
    assert keyboard.isVisible()
    stage.show("member_data_done")
    assert not keyboard.isVisible()


@pytest.mark.parametrize("width", [520, 240])
def test_the_way_to_the_data_gives_way_to_the_heading(theme: Theme, width: int) -> None:
    """Where letters are large or the screen is narrow; the key below the screen does the same."""
    card = BookingsCard(theme)
    card.heading.show_text("Last bookings")
    card.history.show_caption("History")
    card.data.show_caption("Member's data")
    card.resize(width, 200)
    card.place()
    first = card.data if width > 500 else card.history
    assert card.data.isHidden() is (width < 500)
    assert card.heading.geometry().right() < first.geometry().left()
    assert first.geometry().right() <= card.history.geometry().right()
