"""The whole sale by keyboard alone, and by finger alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from terminal.presenters.frame import key_hints
from terminal.presenters.states import Breakage, Screen
from terminal.ui.buttons import Button, KeyCapButton
from terminal.ui.keybar import KeyBar
from terminal.ui.theme import Theme
from tests.fakes.sale_states import replace
from tests.fakes.stage import Stage
from texts.i18n import Texts

KEYS = {f"F{number + 1}": Qt.Key(Qt.Key.Key_F1 + number) for number in range(10)} | {"Esc": Qt.Key.Key_Escape}
SCREENS = (
    "idle",
    "member",
    "redeem_flexible",
    "done",
    "unknown",
    "enrol_twice",
    "find",
    "void",
    "history",
    "report",
    "help",
    "sync_serving",
    "sync_form",
    "sync_form_leave",
    "member_data",
    "lock",
)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_of_a_joined_till_with_cashiers_still_says_what_its_keys_do(theme: Theme, language: str) -> None:
    """The most keys any screen has, on the smallest screen; keys without words help nobody."""
    live = {*KEYS} - {"F5"}
    bar = KeyBar(theme)
    bar.resize(1024, bar.height())
    bar.show_keys(key_hints(Texts(language), Screen.REPORT, live))
    caps = bar.findChildren(KeyCapButton)
    assert len(caps) == len(live)
    assert [cap.toolTip() for cap in caps] == [""] * len(caps), "a key that stands bare has its words as a hint"


def focusable(view: QWidget) -> list[QWidget]:
    """The view and everything in it that can have the focus."""
    widgets = [widget for widget in view.findChildren(QWidget) if widget.focusPolicy() != Qt.FocusPolicy.NoFocus]
    return [view, *(widget for widget in widgets if widget.isVisible() and widget.isEnabled())]


@pytest.mark.parametrize("variant", SCREENS)
def test_no_widget_keeps_a_key_of_the_till(stage: Stage, variant: str) -> None:
    """Whatever has the focus, F1 to F10 and Esc reach the shell exactly once."""
    view = stage.show(variant)
    screen = stage.variants[variant][0]
    for widget in focusable(view):
        widget.setFocus()
        for name, key in KEYS.items():
            QTest.keyClick(widget, key)
            assert stage.taken(screen) == [("key", name)], (widget.objectName(), name)


@pytest.mark.parametrize("variant", SCREENS)
def test_enter_confirms_the_screen_unless_the_focus_is_on_another_action(stage: Stage, variant: str) -> None:
    """Fields and choices pass Enter on; a button that does something is pressed by it, and by nothing else as well."""
    view = stage.show(variant)
    screen = stage.variants[variant][0]
    for widget in focusable(view):
        if widget.objectName() in {"keyboard", "queryKeyboard"}:
            continue
        widget.setFocus()
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            QTest.keyClick(widget, key)
            calls = stage.taken(screen)
            assert len(calls) == 1, widget.objectName()
            does = isinstance(widget, Button) and not widget._chooses
            assert (calls == [("key", "Enter")]) is not does, widget.objectName()


def test_enter_in_the_amount_confirms_the_sale(stage: Stage) -> None:
    """After the scan the focus is in the amount: digits, Enter, done."""
    stage.show("member_no_amount")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.objectName() == "amount"
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    calls = stage.taken(Screen.MEMBER)
    assert calls == [("amount_typed", "1"), ("amount_typed", "12"), ("key", "Enter")]


def test_a_key_that_is_held_down_counts_once(stage: Stage) -> None:
    """The keyboard's repetition must not confirm, or undo, again and again."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    stage.show("member")
    repeated = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier, text="", autorep=True, count=1
    )
    QApplication.sendEvent(stage.window, repeated)
    assert stage.taken(Screen.MEMBER) == []


def test_digits_go_into_the_amount_wherever_the_focus_is(stage: Stage) -> None:
    """Somebody who chose a reward with Tab and Space simply types on."""
    view = stage.show("member_no_amount")
    reward = view.findChild(QAbstractButton, "reward0")
    assert isinstance(reward, QAbstractButton)
    reward.setFocus()
    QTest.keyClick(reward, Qt.Key.Key_Space)
    QTest.keyClick(reward, Qt.Key.Key_7)
    assert stage.taken(Screen.MEMBER) == [("choose_reward", "coffee"), ("amount_typed", "7")]
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "amount"


@pytest.mark.parametrize("variant", ["member", "redeem"])
def test_the_focus_follows_a_reward_that_moves(stage: Stage, variant: str) -> None:
    """Choosing a reward can lock others and change the order; Space must undo the same reward, not its neighbour."""
    view = stage.show(variant)
    screen, state = stage.variants[variant]
    third = view.findChild(QAbstractButton, "reward2")
    assert isinstance(third, QAbstractButton)
    third.setFocus()
    coffee, five, ten, cake = stage.states.rewards()
    moved = (coffee, replace(ten, chosen=True), replace(five, affordable=False), cake)
    stage.presenter(screen).show(replace(state, rewards=moved))  # type: ignore[type-var]  # variants are objects
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "reward1"
    QTest.keyClick(focused, Qt.Key.Key_Space)
    assert stage.taken(screen) == [("choose_reward", "ten")]


def test_a_finger_leaves_the_focus_in_the_amount(stage: Stage) -> None:
    """Keypad, reward and every other button do not take the focus when they are tapped."""
    view = stage.show("member")
    for button in view.findChildren(QAbstractButton):
        if button.isVisible():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            focused = QApplication.focusWidget()
            assert focused is not None
            assert focused.objectName() == "amount", button.objectName()


def test_whole_sale_with_a_finger(stage: Stage) -> None:
    """Keypad and green button are enough."""
    view = stage.show("member")
    for name in ("keypad1", "keypad2", "keypadComma", "keypad5", "primary"):
        button = view.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    typed = [("keypad", "1"), ("keypad", "2"), ("keypad", ","), ("keypad", "5")]
    assert stage.taken(Screen.MEMBER) == [*typed, ("confirm",)]


def test_keys_of_the_bar_can_be_tapped(stage: Stage) -> None:
    """The bar at the bottom does what the keyboard does."""
    stage.show("idle")
    for hint in stage.shell.state.keys:
        button = stage.window.findChild(QAbstractButton, f"key{hint.key}")
        assert isinstance(button, QAbstractButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert stage.taken(Screen.IDLE) == [("key", hint.key)]


def test_up_and_down_move_the_selection_while_typing(stage: Stage) -> None:
    """The search keeps the focus in its field."""
    stage.show("find")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert stage.taken(Screen.FIND) == [("move", 1), ("move", -1)]


def test_each_screen_puts_the_focus_where_the_cashier_goes_on(stage: Stage) -> None:
    """A field where there is one; otherwise no button is armed by chance."""
    wanted = {"idle": "query", "member": "amount", "enrol": "name", "enrol_wrong": "phone", "find": "query"}
    for variant in (*SCREENS, "enrol_wrong"):
        stage.show("help" if variant != "help" else "idle")
        view = stage.show(variant)
        focused = QApplication.focusWidget()
        assert focused is not None, variant
        if variant in wanted:
            assert focused.objectName() == wanted[variant]
        assert focused is view or isinstance(focused, QLineEdit), variant


def test_a_breakage_covers_the_screen_and_is_answered_once(stage: Stage) -> None:
    """Nothing can be typed behind it; Enter and its button go to the shell."""
    view = stage.show("member")
    breakage = Breakage("Die Platte ist voll", "Platz schaffen. (S-201)", "Gelesen")
    stage.shell.show(replace(stage.shell.state, fatal=breakage))
    stage.settle()
    button = stage.window.findChild(QAbstractButton, "dismiss")
    assert isinstance(button, QAbstractButton)
    assert view.visibleRegion().isEmpty() or button.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, "7")
    assert stage.taken(Screen.MEMBER) == []
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert stage.taken(Screen.MEMBER) == [("key", "Enter")]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stage.taken(Screen.MEMBER) == [("key", "Enter")]
    stage.shell.show(replace(stage.shell.state, fatal=None))
    stage.settle()
    assert not button.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "amount"
