"""Tests for the window's ear for scanners that type: speeds, stalls, layouts, locks, and what people do."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from hardware.frames import RejectReason
from hardware.wedge.detector import SCAN_MS, TYPING_MS
from hardware.wedge.layouts import Layout
from hardware.wedge.strokes import Key
from terminal.presenters.states import Screen
from terminal.settings.wedge import WedgeSettings
from terminal.ui.theme import Theme
from terminal.ui.wedge import WedgeFilter
from tests.fakes.keyboard import CARD, every, is_member
from tests.fakes.stage import Stage
from tests.ui.wedge.conftest import Listening

LAYOUTS = [Layout.US, Layout.DE, Layout.FR]
STALL_MS = 2_000
PRESS_US_MAX = 150.0
"""A press costs some 10 microseconds; this fails when somebody adds work and not when the machine is busy."""


def amount_of(listening: Listening) -> QLineEdit:
    """The amount of the sale on the screen, with the focus."""
    field = listening.stage.show("member_no_amount").findChild(QLineEdit, "amount")
    assert isinstance(field, QLineEdit)
    field.setFocus()
    return field


@pytest.mark.parametrize("pace_ms", [0, 1, 10, SCAN_MS, SCAN_MS + 1, TYPING_MS - 1])
@pytest.mark.parametrize("end", [Key.ENTER, Key.TAB])
def test_a_card_is_scanned_at_any_speed(listening: Listening, pace_ms: int, end: Key) -> None:
    """Fast scanners by speed, slow ones because it is a member's number; Enter and Tab go with it."""
    field = amount_of(listening)
    listening.keys.scan(CARD, pace_ms=pace_ms, end=end)
    assert listening.codes() == [CARD]
    assert (field.text(), field.hasFocus()) == ("", True)


def test_a_scanner_that_sends_nothing_behind_a_code(qtbot: QtBot, listening: Listening) -> None:
    """Silence ends the code; a timer notices it."""
    field = amount_of(listening)
    listening.keys.scan(CARD, end=None)
    assert listening.codes() == []
    qtbot.waitUntil(lambda: bool(listening.scans))
    assert listening.codes() == [CARD]
    assert field.text() == ""


def test_typing_shows_at_once_and_stays(listening: Listening) -> None:
    """No key waits: what a person types is in the field before the next event."""
    field = amount_of(listening)
    for number, character in enumerate("12,50"):
        listening.keys.type(character)
        assert field.text() == "12,50"[: number + 1]
    listening.keys.key(Qt.Key.Key_Return, text="\r")
    assert listening.codes() == []
    assert listening.stage.taken(Screen.MEMBER)[-1] == ("key", "Enter")


def test_scans_and_typing_after_a_stall_of_two_seconds(listening: Listening) -> None:
    """The window was busy and gets everything in one moment: an amount, a scan, an amount, another scan."""
    field = amount_of(listening)
    keys = listening.keys
    step = STALL_MS // 10
    row = [
        *keys.strokes("12", every(step), wait_ms=step),
        *keys.strokes(CARD, every(4), end=Key.ENTER, wait_ms=step),
        *keys.strokes("345", every(step), wait_ms=step * 2),
        *keys.strokes("KD-4711-AB", every(30), end=Key.ENTER, wait_ms=step),
        *keys.strokes("6", every(step), wait_ms=step * 2),
    ]
    assert row[-1].t_ms - row[0].t_ms >= STALL_MS
    keys.press(row)
    assert listening.codes() == [CARD, "KD-4711-AB"]
    assert field.text() == "123456"


def test_a_timer_that_was_late_waits_for_keys_that_are_queued(qtbot: QtBot, listening: Listening) -> None:
    """The window is busy in the middle of a code: its second half is still on its way when the timer goes off."""
    amount_of(listening)
    strokes = listening.keys.strokes(CARD, every(5), end=Key.ENTER)
    listening.keys.press(strokes[:8])
    busy_until = time.monotonic() + (TYPING_MS + 60) / 1_000
    while time.monotonic() < busy_until:
        pass
    QApplication.processEvents()  # the timer is due, and late
    listening.keys.press(strokes[8:])
    assert listening.codes() == [CARD]


@pytest.mark.parametrize("host", LAYOUTS)
def test_an_american_scanner_on_any_machine(listening: Listening, host: Layout) -> None:
    """Cards, other codes, and the example that comes out as ZYß on a German machine."""
    field = amount_of(listening)
    keyboard = listening.keyboard(host)
    for code in (CARD, "YZ-YZ-", "4006381333931", "A=B-1234", "01040\x1d21ABC"):
        keyboard.scan(code)
        assert listening.codes() == [code]
        assert field.text() == ""


@pytest.mark.parametrize("host", LAYOUTS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_scanner_whose_layout_is_set(listen: Callable[..., Listening], layout: Layout, host: Layout) -> None:
    """The setting decides, on any machine."""
    listening = listen(WedgeSettings(layout=layout.value))
    keyboard = listening.keyboard(host)
    keyboard.scan("YZ-QWA-MZ:1", layout=layout)
    assert listening.codes() == ["YZ-QWA-MZ:1"]


def test_caps_lock_does_not_spoil_a_code(listening: Listening) -> None:
    """The lock turns letters around for the machine, not for the till."""
    amount_of(listening)
    listening.keyboard(caps_lock=True).scan("Kd-4711-aB")
    assert listening.codes() == ["Kd-4711-aB"]


def test_a_key_that_is_held_down_types(listening: Listening) -> None:
    """The keyboard repeats it 30 times a second, and all of them are wanted."""
    listening.stage.show("find")
    field = listening.stage.window.focusWidget()
    assert isinstance(field, QLineEdit)
    field.clear()
    listening.keys.hold_down("a", 20)
    assert listening.codes() == []
    assert field.text() == "a" * 21


def test_space_presses_a_button_after_a_moment(qtbot: QtBot, listening: Listening) -> None:
    """It is held while it could be a scanner's; press and release both come through, once."""
    view = listening.stage.show("member_no_amount")
    reward = view.findChild(QAbstractButton, "reward0")
    assert isinstance(reward, QAbstractButton)
    reward.setFocus()
    listening.keys.key(Qt.Key.Key_Space, text=" ")
    assert listening.stage.taken(Screen.MEMBER) == []
    qtbot.waitUntil(lambda: bool(listening.stage.presenter(Screen.MEMBER).calls))
    assert listening.stage.taken(Screen.MEMBER) == [("choose_reward", "coffee")]
    assert not reward.isDown()


def test_space_held_by_a_finger_presses_once(qtbot: QtBot, listening: Listening) -> None:
    """The press is played when it is known; the release comes by itself, later."""
    view = listening.stage.show("member_no_amount")
    reward = view.findChild(QAbstractButton, "reward0")
    assert isinstance(reward, QAbstractButton)
    reward.setFocus()
    handle = listening.stage.window.windowHandle()
    for kind, t_ms in ((QEvent.Type.KeyPress, 5_000), (QEvent.Type.KeyRelease, 5_120)):
        event = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, 65, 0, 0, " ")
        event.setTimestamp(t_ms)
        QApplication.sendEvent(handle, event)
        if kind == QEvent.Type.KeyPress:
            assert not reward.isDown()
            qtbot.waitUntil(reward.isDown)
    assert listening.stage.taken(Screen.MEMBER) == [("choose_reward", "coffee")]


def test_space_in_a_field_is_not_held(listening: Listening) -> None:
    """There it shows, and can be withdrawn like every other character."""
    listening.stage.show("find")
    field = listening.stage.window.focusWidget()
    assert isinstance(field, QLineEdit)
    field.clear()
    listening.keys.type("Anna B")
    assert field.text() == "Anna B"


def test_digits_typed_with_the_focus_on_a_button_reach_the_amount(listening: Listening) -> None:
    """And a scan's digits come out of it again, and the focus goes back to the button."""
    view = listening.stage.show("member_no_amount")
    reward = view.findChild(QAbstractButton, "reward0")
    assert isinstance(reward, QAbstractButton)
    reward.setFocus()
    listening.keys.scan(CARD)
    assert listening.codes() == [CARD]
    assert reward.hasFocus()
    listening.keys.type("7")
    field = listening.stage.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert (field.objectName(), field.text()) == ("amount", "7")


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_F9, Qt.Key.Key_Escape])
def test_function_keys_pass(listening: Listening, key: Qt.Key) -> None:
    """They are no characters, at any speed."""
    amount_of(listening)
    listening.keys.key(key, wait_ms=1)
    name = "Esc" if key == Qt.Key.Key_Escape else f"F{key - Qt.Key.Key_F1 + 1}"
    assert listening.stage.taken(Screen.MEMBER) == [("key", name)]


def test_events_without_a_time_are_a_persons(listening: Listening) -> None:
    """Tests and the demo send such events, as fast as they can."""
    field = amount_of(listening)
    QTest.keyClicks(field, CARD)
    QTest.keyClick(field, Qt.Key.Key_Return)
    for character in "12":
        QApplication.sendEvent(
            listening.stage.window.windowHandle(),
            QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, character),
        )
    assert listening.codes() == []
    assert field.text() == f"{CARD}12"


def test_the_same_card_twice_in_a_moment_is_one_scan(listening: Listening) -> None:
    """A scanner that is held in front of a card; half a second later it is a scan of its own."""
    amount_of(listening)
    listening.keys.scan(CARD)
    listening.keys.scan(CARD, wait_ms=300)
    assert listening.codes() == [CARD]
    listening.keys.scan(CARD, wait_ms=700)
    assert listening.codes() == [CARD]


def test_a_code_that_is_none_is_told_with_its_reason(listening: Listening) -> None:
    """As from any other scanner."""
    field = amount_of(listening)
    listening.keys.scan("ABC\x07DEFGHI")
    assert [scan.rejected for scan in listening.scans] == [RejectReason.CONTROL_CHARACTER]
    assert field.text() == ""


def test_the_doctor_sees_the_rhythm_and_no_number(listening: Listening) -> None:
    """Gaps in full, the number masked; the keys themselves once, for the wizard."""
    amount_of(listening)
    listening.keys.scan(CARD, pace_ms=4)
    (entry,) = listening.traffic.entries()
    assert entry.gaps_ms == (4,) * 13
    assert CARD not in entry.text
    strokes = listening.wedge.take_strokes()
    assert (len(strokes), strokes[-1].key) == (14, Key.ENTER)
    assert listening.wedge.take_strokes() == ()


def test_switched_off_everything_is_typing(listen: Callable[..., Listening]) -> None:
    """A till whose scanner is on a serial line may not want it."""
    listening = listen(WedgeSettings(use="off"))
    field = amount_of(listening)
    listening.keys.scan(CARD)
    assert listening.codes() == []
    assert field.text() == CARD


def test_with_a_prefix_only_what_starts_with_it_is_a_scan(listen: Callable[..., Listening]) -> None:
    """For shops with other devices that type."""
    listening = listen(WedgeSettings(prefix="~"))
    field = amount_of(listening)
    listening.keys.scan(f"~{CARD}")
    assert listening.codes() == [CARD]
    listening.keys.scan("1234567890", end=None)
    listening.keys.key(Qt.Key.Key_F1)
    assert listening.codes() == []
    assert field.text() == "1234567890"


def test_removed_it_lets_everything_pass(listening: Listening) -> None:
    """Held keys included."""
    view = listening.stage.show("member_no_amount")
    reward = view.findChild(QAbstractButton, "reward0")
    assert isinstance(reward, QAbstractButton)
    reward.setFocus()
    listening.keys.key(Qt.Key.Key_Space, text=" ")
    listening.wedge.remove()
    listening.wedge.remove()
    assert listening.stage.taken(Screen.MEMBER) == [("choose_reward", "coffee")]
    amount_of(listening)
    listening.keys.scan(CARD)
    assert listening.codes() == []


def test_a_closed_window_is_not_kept(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    """What was typed into it is remembered for a moment, the window itself never."""
    stage = Stage("de", theme)
    stage.window.show()
    stage.window.activateWindow()
    stage.settle()
    wedge = WedgeFilter(qapp, lambda _scan: None, WedgeSettings(), is_member)
    wedge.install()
    listening = Listening(stage, wedge, [], None)  # type: ignore[arg-type]  # nobody looks at its traffic
    field = amount_of(listening)
    listening.keys.type("12")
    alive = weakref.ref(field)
    stage.window.close()
    stage.window.deleteLater()
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
    del field, stage, listening
    gc.collect()
    assert alive() is None
    wedge.remove()


def test_a_key_costs_next_to_nothing(listening: Listening) -> None:
    """What a person's key pays for the wedge, without what the window makes of it."""
    field = amount_of(listening)
    events = []
    for number in range(2_000):
        for kind, t_ms in ((QEvent.Type.KeyPress, 0), (QEvent.Type.KeyRelease, 60)):
            event = QKeyEvent(kind, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, 10, 0, 0, "1")
            event.setTimestamp(1_000 + 120 * number + t_ms)
            events.append(event)
    handle = listening.stage.window.windowHandle()
    best_us = 1e9
    for start in range(0, len(events), 400):
        begin = time.thread_time_ns()
        for event in events[start : start + 400]:
            listening.wedge.eventFilter(handle, event)
        best_us = min(best_us, (time.thread_time_ns() - begin) / 1_000 / 200)
    print(f"{best_us:.1f} us a key")
    assert best_us < PRESS_US_MAX
    assert field.text() == ""


class Releases(QObject):
    """Counts the releases of keys that a widget gets."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count and pass on."""
        del watched
        self.count += event.type() == QEvent.Type.KeyRelease
        return False


def test_a_release_that_another_program_got_is_not_taken_from_the_next_press(listening: Listening) -> None:
    """The focus left between press and release of a scan's Enter; a person's Enter later has both again."""
    field, keys = amount_of(listening), listening.keys
    releases = Releases()
    field.installEventFilter(releases)
    *digits, enter = keys.strokes(CARD, every(3), end=Key.ENTER)
    keys.press(digits)
    keys._send(QEvent.Type.KeyPress, enter, enter.t_ms)
    assert listening.codes() == [CARD]
    before = releases.count
    keys.press(keys.strokes("", every(1), end=Key.ENTER, wait_ms=5_000))
    assert releases.count == before + 1
