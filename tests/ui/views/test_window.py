"""The window around the screens: language, screens on demand, keyboard on the screen, bar."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from terminal.presenters.states import Pill, Screen, Tone
from terminal.ui import tokens
from terminal.ui.bar import PillButton
from terminal.ui.demo_panel import DemoPanel
from terminal.ui.fields import LineEdit
from terminal.ui.keyboard import Keyboard
from terminal.ui.labels import Label
from terminal.ui.theme import Theme
from tests.fakes.legible import clipped
from tests.fakes.sale_states import replace
from tests.fakes.screen_states import ScreenStates
from tests.fakes.stage import Stage
from texts.i18n import Texts


def button(parent: QWidget, name: str) -> QAbstractButton:
    """A button by its name."""
    found = parent.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton), name
    return found


def test_language_button_asks_for_the_other_language(stage: Stage) -> None:
    """The bar names the language in use; a tap asks for the next one."""
    stage.show("idle")
    assert button(stage.window, "language").text() == "DE"
    QTest.mouseClick(button(stage.window, "language"), Qt.MouseButton.LeftButton)
    assert stage.taken(Screen.IDLE) == [("language", "en")]


def test_switching_the_language_changes_static_captions_everywhere(stage: Stage) -> None:
    """Screens that exist and screens that are made later both speak the new language."""
    for variant in ("idle", "member", "history"):
        stage.show(variant)
    english = ScreenStates("en")
    stage.shell.texts = Texts("en")
    stage.shell.show(english.shell(Screen.MEMBER))
    stage.settle()
    member = stage.window.view(Screen.MEMBER)
    assert button(member, "cancel").text() == "Cancel"
    assert button(member, "keypadComma").text() == "."
    assert button(stage.window.view(Screen.HISTORY), "more").text() == "Older bookings"
    assert button(stage.window.view(Screen.HELP), "cancel").text() == "Back"


def test_screens_are_made_when_they_are_first_shown(stage: Stage) -> None:
    """The start pays for the screens of the first scan only."""
    assert set(stage.window._views) == {Screen.IDLE, Screen.MEMBER}
    stage.show("find")
    assert set(stage.window._views) == {Screen.IDLE, Screen.MEMBER, Screen.FIND}


def test_a_hidden_screen_shows_its_newest_state_when_it_comes_up(stage: Stage) -> None:
    """A state that arrives while another screen is on is neither painted at once nor lost."""
    stage.show("idle")
    view = stage.window.view(Screen.MEMBER)
    name = view.findChild(Label, "memberName")
    assert isinstance(name, Label)
    stage.shell.member.show(replace(stage.states.anna(), name="Berta"))
    assert name.text() == ""
    stage.shell.show(stage.states.shell(Screen.MEMBER))
    assert name.text() == "Berta"


def test_charts_are_not_loaded_before_the_report_opens() -> None:
    """Pyqtgraph and numpy are most of a slow start; the window must not bring them."""
    code = "import sys, terminal.ui.window; print(sorted({'pyqtgraph', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_report_draws_bars_in_both_colours(stage: Stage) -> None:
    """The chart shows issued and redeemed points; a quiet day draws a scale and no bar."""
    stage.window.resize(1366, 768)
    view = stage.show("report")
    chart = view.findChild(QWidget, "hoursChart")
    assert isinstance(chart, QWidget)
    colours = painted_colours(chart)
    assert {tokens.LIGHT.chart_issued.lower(), tokens.LIGHT.chart_redeemed.lower()} <= colours
    stage.show("report_quiet")
    assert tokens.LIGHT.chart_issued.lower() not in painted_colours(chart)


def painted_colours(widget: QWidget) -> set[str]:
    """The colours of a grid of points on a widget."""
    image: QImage = widget.grab().toImage()
    return {
        image.pixelColor(QPoint(x, y)).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
    }


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_long_name_of_the_shop_gives_way_to_the_states(stage_in: Callable[[str], Stage], language: str) -> None:
    """The name may be shortened on the smallest screen; what waits to be sent, the till and the language may not."""
    stage = stage_in(language)
    waits = Pill(stage.states.t("Offline, 1.234 Buchungen warten", "Offline, 1,234 bookings waiting"), Tone.WARN)
    bar = replace(stage.states.bar(), shop="Bäckerei Morgenrot Überlingen-Großschönau", connection=waits)
    stage.shell.show(replace(stage.states.shell(Screen.IDLE), bar=bar))
    stage.settle()
    assert clipped(button(stage.window, "connection")) == ()
    assert clipped(button(stage.window, "language")) == ()
    till = stage.window.findChild(Label, "till")
    assert isinstance(till, Label)
    assert till.width() >= till.text_width()


def test_states_of_the_bar_say_in_words_and_icons_what_they_mean(stage: Stage) -> None:
    """Trouble is loud in colour, and the words say the same."""
    calm = stage.states.bar()
    loud = replace(
        calm, scanner=Pill("Scanner weg", Tone.BAD), connection=Pill("12 warten", Tone.WARN), training="ÜBUNG"
    )
    stage.shell.show(replace(stage.states.shell(Screen.IDLE), bar=loud))
    stage.settle()
    scanner = stage.window.findChild(PillButton, "scanner")
    assert isinstance(scanner, PillButton)
    assert scanner.text() == "Scanner weg"
    assert tokens.LIGHT.red.surface.lower() in painted_colours(scanner)
    assert tokens.LIGHT.amber.surface.lower() in painted_colours(button(stage.window, "connection"))
    training = stage.window.findChild(Label, "training")
    assert isinstance(training, Label)
    assert training.isVisible()
    stage.shell.show(stage.states.shell(Screen.IDLE))
    stage.settle()
    assert not training.isVisible()


def test_the_keyboard_on_the_screen_types_into_the_field_that_asked(stage: Stage) -> None:
    """A whole name can be entered by finger; the first letter is a capital, Enter confirms, the focus stays."""
    view = stage.show("idle")
    keyboard = stage.window.findChild(Keyboard)
    assert isinstance(keyboard, Keyboard)
    assert not keyboard.isVisible()
    QTest.mouseClick(button(view, "queryKeyboard"), Qt.MouseButton.LeftButton)
    stage.settle()
    assert keyboard.isVisible()
    for name in ("keyboardA", "keyboardN", "keyboardÖ", "keyboardSpace", "keyboardDot", "keyboardBackspace"):
        QTest.mouseClick(button(keyboard, name), Qt.MouseButton.LeftButton)
    typed = [call[1] for call in stage.taken(Screen.IDLE)]
    assert typed == ["A", "An", "Anö", "Anö ", "Anö .", "Anö "]
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "query"
    QTest.mouseClick(button(keyboard, "keyboardEnter"), Qt.MouseButton.LeftButton)
    assert stage.taken(Screen.IDLE) == [("key", "Enter")]


@pytest.mark.parametrize("by_its_key", [True, False])
def test_the_keyboard_on_the_screen_goes_away(stage: Stage, *, by_its_key: bool) -> None:
    """By its own key, and whenever another screen comes; the keys at the bottom return."""
    keyboard = stage.window.findChild(Keyboard)
    assert isinstance(keyboard, Keyboard)
    view = stage.show("enrol")
    QTest.mouseClick(button(view, "keyboard"), Qt.MouseButton.LeftButton)
    assert keyboard.isVisible()
    if by_its_key:
        QTest.mouseClick(button(keyboard, "keyboardClose"), Qt.MouseButton.LeftButton)
    else:
        stage.show("idle")
    stage.settle()
    assert not keyboard.isVisible()
    assert button(stage.window, "keyF1").isVisible()


def test_a_state_leaves_the_cursor_where_the_cashier_put_it(stage: Stage) -> None:
    """The presenter echoes what was typed; that must not move the cursor to the end."""
    view = stage.show("idle_unknown")
    field = view.findChild(LineEdit, "query")
    assert isinstance(field, LineEdit)
    field.setCursorPosition(1)
    stage.shell.idle.show(replace(stage.shell.idle.state, notice=None))
    assert field.cursorPosition() == 1


def test_tab_does_not_select_the_amount(stage: Stage) -> None:
    """Otherwise the next digit would replace what was typed."""
    view = stage.show("member")
    amount = view.findChild(QLineEdit, "amount")
    assert isinstance(amount, QLineEdit)
    stage.window.setFocus()
    amount.setFocus(Qt.FocusReason.TabFocusReason)
    assert amount.selectedText() == ""


@pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen one moves no windows
def test_the_demo_panel_runs_its_actions_and_leaves_the_focus(qtbot: QtBot, theme: Theme) -> None:
    """Buttons stand in the order given and call what they were given, without arguments."""
    done: list[str] = []
    panel = DemoPanel(
        "Demo", [("Scan Anna", lambda: done.append("scan")), ("Unplug", lambda: done.append("plug"))], theme
    )
    qtbot.addWidget(panel)
    panel.show()
    for index in (1, 0):
        QTest.mouseClick(button(panel, f"demo{index}"), Qt.MouseButton.LeftButton)
        assert button(panel, f"demo{index}").focusPolicy() is Qt.FocusPolicy.NoFocus
    assert done == ["plug", "scan"]
    assert panel.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
