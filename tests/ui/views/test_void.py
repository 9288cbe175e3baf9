"""The void screen's fields: another till's receipt and what a manager vouches for, by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from loyalty.receipt_code import CODE_LENGTH_MAX
from terminal.presenters.states import Screen, VoidState
from terminal.ui.labels import Paragraph
from tests.fakes.sale_states import replace
from tests.fakes.stage import Stage


def field(stage: Stage, name: str) -> QLineEdit:
    """A field of the void screen."""
    found = stage.window.view(Screen.VOID).findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit), name
    return found


def test_a_till_that_stands_alone_shows_no_field(stage: Stage) -> None:
    """The screen is as it was."""
    stage.show("void")
    assert not field(stage, "receipt").isVisible()
    origin = stage.window.view(Screen.VOID).findChild(Paragraph, "origin")
    assert isinstance(origin, Paragraph)
    assert not origin.isVisible()


def test_a_scanner_that_types_gets_a_whole_code_into_the_field(stage: Stage) -> None:
    """The longest code there is; it arrives letter by letter, and Enter asks for what it means."""
    stage.show("void_elsewhere")
    receipt = field(stage, "receipt")
    assert receipt.hasFocus()
    receipt.clear()
    QTest.keyClicks(receipt, "A" * CODE_LENGTH_MAX)
    assert stage.presenter(Screen.VOID).taken()[-1] == ("field_typed", "receipt", "A" * CODE_LENGTH_MAX)
    QTest.keyClick(receipt, Qt.Key.Key_Return)
    assert ("key", "Enter") in stage.shell.taken()


def test_what_a_manager_vouches_for_is_typed_into_fields_and_the_pin_is_dots(stage: Stage) -> None:
    """The focus stands in the first that is empty; who vouches is chosen by a touch."""
    stage.show("void_vouched")
    assert field(stage, "redeemed").hasFocus()
    QTest.keyClicks(field(stage, "redeemed"), "7")
    assert stage.presenter(Screen.VOID).taken() == [("field_typed", "redeemed", "7")]
    assert field(stage, "pin").echoMode() is QLineEdit.EchoMode.Password
    assert field(stage, "card").echoMode() is QLineEdit.EchoMode.Normal
    button = stage.window.view(Screen.VOID).findChild(QAbstractButton, "person1")
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stage.presenter(Screen.VOID).taken() == [("choose_manager", "b")]


def test_when_a_manager_is_needed_the_next_key_goes_into_the_first_empty_field(stage: Stage) -> None:
    """The answer comes while the focus stands in the number; typing on there would ask for another booking."""
    stage.show("void_elsewhere")
    assert field(stage, "receipt").hasFocus()
    _, vouched = stage.variants["void_vouched"]
    assert isinstance(vouched, VoidState)
    stage.presenter(Screen.VOID).show(vouched)
    stage.settle()
    assert field(stage, "redeemed").hasFocus()
    field(stage, "pin").setFocus()
    stage.presenter(Screen.VOID).show(replace(vouched, busy=True))
    stage.settle()
    assert field(stage, "pin").hasFocus(), "only when they appear: nobody is moved while typing"


@pytest.mark.parametrize("variant", ["void", "void_elsewhere"])
def test_fields_of_a_receipt_that_is_proved_go_away(stage: Stage, variant: str) -> None:
    """A manager is asked only where nothing else says what was booked."""
    stage.show("void_vouched")
    assert field(stage, "pin").isVisible()
    stage.show(variant)
    assert not field(stage, "pin").isVisible()
