"""Head office on the screen: every state of the pill fits the bar, and the forms work by finger alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from terminal.presenters.states import BookingLine, Pill, Screen, Sent, Tone
from terminal.presenters.status_states import StatusAction
from terminal.ui import tokens
from terminal.ui.bar import Bar, PillButton
from terminal.ui.keyboard import Keyboard
from terminal.ui.labels import Label, Paragraph
from terminal.ui.ledger_rows import LedgerRow
from terminal.ui.member_head import AccountNote, MemberHead
from terminal.ui.status import ProgressLine
from terminal.ui.theme import Theme
from tests.fakes.sale_states import replace
from tests.fakes.stage import Stage

PILLS = (
    Pill("Steht allein"),
    Pill("Online, alles gesendet", Tone.GOOD),
    Pill("Online, 1.200 werden gesendet", Tone.INFO),
    Pill("Mitglieder werden geholt, 100 %", Tone.INFO),
    Pill("Offline, 1.200 Buchungen warten", Tone.WARN),
    Pill("Abgleich gestört", Tone.BAD, "Abgleich gestört: Die Zentrale hat diese Kasse gesperrt. (M-247)"),
)
WORST_SCANNER = Pill("Scanner nicht verwendbar", Tone.WARN)


def press(parent: QWidget, name: str) -> None:
    """Press a button by its name."""
    button = parent.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("pill", PILLS, ids=lambda pill: str(pill.text))
def test_every_state_of_the_connection_fits_the_bar_of_the_smallest_screen(stage: Stage, pill: Pill) -> None:
    """With the longest scanner state and a cashier beside it; only shop and till may be shortened for it."""
    bar = replace(stage.states.bar(), connection=pill, scanner=WORST_SCANNER, cashier="Mira K.")
    stage.shell.show(replace(stage.states.shell(Screen.IDLE), bar=bar))
    stage.settle()
    shown = stage.window.findChild(Bar)
    assert isinstance(shown, Bar)
    parts = [part for part in shown.findChildren(QWidget) if part.isVisible()]
    assert not [one for one, other in combinations(parts, 2) if one.geometry().intersects(other.geometry())]
    assert all(shown.rect().contains(part.geometry()) for part in parts)
    connection = shown.findChild(PillButton, "connection")
    assert isinstance(connection, PillButton)
    assert connection.clipped() == ()
    assert connection.accessibleName() == (pill.spoken or pill.text)
    assert connection.toolTip() == pill.spoken


def test_no_two_states_of_the_connection_differ_by_colour_alone(stage: Stage) -> None:
    """Each tone has an icon of its own."""
    from terminal.ui.bar import CONNECTION_ICONS

    del stage
    assert len(set(CONNECTION_ICONS.values())) == len(Tone)


def test_a_tap_on_the_connection_asks_for_its_screen(stage: Stage) -> None:
    """The same as F7, so that both lead to the same place."""
    stage.show("idle")
    press(stage.window, "connection")
    assert stage.taken(Screen.IDLE) == [("key", "F7")]


def test_a_joining_code_and_an_address_can_be_typed_by_finger(stage: Stage) -> None:
    """The keyboard on the screen has what addresses need, and goes to the field that is still empty."""
    view = stage.show("sync_form_empty")
    keyboard = stage.window.findChild(Keyboard)
    assert isinstance(keyboard, Keyboard)
    press(view, "keyboard")
    assert keyboard.isVisible()
    stage.taken(Screen.SYNC_FORM)
    press(keyboard, "keyboardK")
    assert stage.taken(Screen.SYNC_FORM) == [("field_typed", "code", "K")]
    address = view.findChild(QLineEdit, "url")
    assert isinstance(address, QLineEdit)
    address.clear()
    address.setFocus()
    press(view, "keyboard")
    for name in ("keyboardColon", "keyboardSlash", "keyboardSlash"):
        press(keyboard, name)
    assert address.text() == "://"
    stage.settle()
    assert address.visibleRegion().boundingRect().height() == address.height(), "the field stays in sight"


def test_a_pin_is_shown_as_dots_and_an_address_is_not(stage: Stage) -> None:
    """The same form shows both, one after the other."""
    view = stage.show("sync_form_leave")
    pin = view.findChild(QLineEdit, "pin")
    assert isinstance(pin, QLineEdit)
    assert pin.echoMode() is QLineEdit.EchoMode.Password
    view = stage.show("sync_form")
    address = view.findChild(QLineEdit, "url")
    assert isinstance(address, QLineEdit)
    assert address.echoMode() is QLineEdit.EchoMode.Normal
    assert not pin.isVisible()


def test_what_can_not_be_undone_is_not_green(stage: Stage) -> None:
    """Leaving has a red button of its own; Enter presses the same."""
    view = stage.show("sync_form_leave")
    shown = {button.objectName() for button in view.findChildren(QAbstractButton) if button.isVisible()}
    assert "danger" in shown
    assert "primary" not in shown


def test_a_button_does_what_its_place_says_now(stage: Stage) -> None:
    """Places are reused; after a change of state the old meaning is gone."""
    view = stage.show("sync_alone")
    press(view, "action0")
    assert stage.taken(Screen.SYNC) == [("act", "join")]
    dead = replace(stage.states.online(), actions=(StatusAction("sync_now", "Jetzt", "sync", enabled=False),))
    view = stage.show_state(Screen.SYNC, dead)
    press(view, "action0")
    assert stage.taken(Screen.SYNC) == []
    second = view.findChild(QAbstractButton, "action1")
    assert isinstance(second, QAbstractButton)
    assert not second.isVisible()


def test_progress_is_drawn_and_written(stage: Stage) -> None:
    """A longer line for more, and words beside it; none while nobody knows how much there is."""
    view = stage.show("sync_fetching")
    line, words = view.findChild(ProgressLine), view.findChild(Label, "progress")
    assert isinstance(line, ProgressLine)
    assert isinstance(words, Label)
    before = painted(line)
    line.show_percent(90)
    assert painted(line) != before
    assert "42" in words.text()
    stage.show("sync")
    assert not line.isVisible()
    assert not words.isVisible()


def painted(widget: QWidget) -> QImage:
    """What a widget looks like."""
    return widget.grab().toImage()


def test_the_note_about_an_account_comes_and_goes_without_pushing_anything_out(stage: Stage) -> None:
    """Rewards give a row back to it; afterwards everything stands as before."""
    view = stage.show("member")
    note, head = view.findChild(AccountNote), view.findChild(MemberHead)
    assert isinstance(note, AccountNote)
    assert isinstance(head, MemberHead)
    assert not note.isVisible()
    height = head.height()
    stage.show("member_offline")
    assert note.isVisible()
    assert head.height() > height
    stage.show("member")
    assert head.height() == height


@pytest.mark.parametrize("sent", [Sent.SENT, Sent.WAITING])
def test_a_row_says_in_words_whether_it_was_sent(theme: Theme, sent: Sent, qtbot: object) -> None:
    """The icon has a hint and a spoken word; a row without a mark looks as it always did."""
    del qtbot
    row, plain = LedgerRow(theme), LedgerRow(theme)
    line = BookingLine("Heute", "Einkauf", "+6", balance="–")
    plain.show_line(line)
    row.show_line(replace(line, sent=sent, sent_text="Wartet"))
    for widget in (row, plain):
        widget.resize(800, widget.height())
    assert row.accessibleName().endswith("Wartet")
    assert row.toolTip() == "Wartet"
    assert painted(row) != painted(plain)


def test_the_sync_screen_speaks_the_new_language(stage_in: Callable[[str], Stage]) -> None:
    """Its own captions come from the texts, not from the state."""
    names = {language: caption_of(stage_in(language)) for language in ("de", "en")}
    assert names["de"] != names["en"]


def caption_of(stage: Stage) -> str:
    """The caption of the way back."""
    button = stage.show("sync").findChild(QAbstractButton, "cancel")
    assert isinstance(button, QAbstractButton)
    return button.text()


@pytest.mark.parametrize("variant", ["sync_form_wrong", "enrol_twice", "sync_cases"])
def test_a_notice_has_the_colour_of_its_tone_the_first_time_it_is_shown(stage: Stage, variant: str) -> None:
    """The style sheet looks at a label when it first appears, and used to give the text back its own colour."""
    view = stage.show(variant)
    amber = tokens.LIGHT.amber.text.lower()
    notices = [
        text
        for text in view.findChildren(Paragraph)
        if text.objectName() in {"notice", "note0"} and not text.visibleRegion().isEmpty()
    ]
    assert [text.palette().color(QPalette.ColorRole.WindowText).name() for text in notices] == [amber]
