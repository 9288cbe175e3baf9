"""Tests for what Qt's key events say as strokes."""

from __future__ import annotations

import ctypes

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from hardware.wedge.strokes import Key, Modifier
from terminal.ui.wedge_keys import KeyReader, MessageTimes, WindowsMessage

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
DOWN, UP = QEvent.Type.KeyPress, QEvent.Type.KeyRelease

WM_KEYDOWN, WM_KEYUP, WM_MOUSEMOVE = 0x0100, 0x0101, 0x0200


def event(
    kind: QEvent.Type, key: Qt.Key, code: int, text: str = "", held: Qt.KeyboardModifier = NONE, t_ms: int = 7
) -> QKeyEvent:
    """A key event with a place and a time."""
    made = QKeyEvent(kind, key, held, code, 0, 0, text)
    made.setTimestamp(t_ms)
    return made


@pytest.fixture
def reader(qapp: QApplication) -> KeyReader:
    """A reader on the tests' platform, whose codes count from 8."""
    return KeyReader()


@pytest.mark.parametrize(
    ("key", "text", "held", "kind"),
    [
        (Qt.Key.Key_A, "a", NONE, Key.CHARACTER),
        (Qt.Key.Key_Space, " ", NONE, Key.CHARACTER),
        (Qt.Key.Key_Dead_Acute, "", NONE, Key.CHARACTER),
        (Qt.Key.Key_Return, "\r", NONE, Key.ENTER),
        (Qt.Key.Key_Enter, "\r", KEYPAD, Key.ENTER),
        (Qt.Key.Key_Tab, "\t", NONE, Key.TAB),
        (Qt.Key.Key_Backtab, "", SHIFT, Key.OTHER),
        (Qt.Key.Key_Shift, "", SHIFT, Key.MODIFIER),
        (Qt.Key.Key_CapsLock, "", NONE, Key.MODIFIER),
        (Qt.Key.Key_F4, "", NONE, Key.OTHER),
        (Qt.Key.Key_Escape, "\x1b", NONE, Key.OTHER),
        (Qt.Key.Key_Backspace, "\x08", NONE, Key.OTHER),
        (Qt.Key.Key_Left, "", NONE, Key.OTHER),
        (Qt.Key.Key_A, "a", ALT, Key.OTHER),
        (Qt.Key.Key_At, "@", CONTROL | ALT, Key.CHARACTER),
        (Qt.Key.Key_BracketRight, "\x1d", CONTROL, Key.CHARACTER),
        (Qt.Key.Key_VolumeUp, "", NONE, Key.OTHER),
        (Qt.Key.Key_unknown, "", NONE, Key.OTHER),
    ],
)
def test_every_key_has_its_kind(
    reader: KeyReader, key: Qt.Key, text: str, held: Qt.KeyboardModifier, kind: Key
) -> None:
    """Characters, ends, keys that are held, and keys that do something."""
    assert reader.stroke(event(DOWN, key, 40, text, held)).key is kind


def test_the_number_pad_types_without_num_lock_and_numbers_with_alt(reader: KeyReader) -> None:
    """Without the lock its 7 is called Home; with Alt it writes the number of a character."""
    assert reader.stroke(event(DOWN, Qt.Key.Key_Home, 79, "", KEYPAD)).key is Key.CHARACTER
    assert reader.stroke(event(DOWN, Qt.Key.Key_7, 79, "7", KEYPAD | ALT)).key is Key.MODIFIER


def test_alt_gr_is_known_while_it_is_down(reader: KeyReader) -> None:
    """X11 does not tell it with the keys pressed meanwhile."""
    reader.note(Qt.Key.Key_AltGr, down=True)
    assert reader.stroke(event(DOWN, Qt.Key.Key_At, 24, "@")).modifiers == Modifier.ALT_GR
    reader.note(Qt.Key.Key_AltGr, down=False)
    assert reader.stroke(event(DOWN, Qt.Key.Key_Q, 24, "q")).modifiers == Modifier.NONE


def test_shift_counts_though_it_was_up_before_the_key(reader: KeyReader) -> None:
    """The machine kept both presses to compose a letter; of Shift, too, only the release arrived."""
    reader.note(Qt.Key.Key_Shift, down=False)
    reader.note(Qt.Key.Key_A, down=False)
    assert reader.stroke(event(UP, Qt.Key.Key_A, 38, "a")).modifiers == Modifier.SHIFT
    assert reader.stroke(event(UP, Qt.Key.Key_B, 56, "b")).modifiers == Modifier.NONE


def test_shift_alone_does_not_spoil_the_next_letter(reader: KeyReader) -> None:
    """Somebody pressed Shift and thought better of it."""
    reader.note(Qt.Key.Key_Shift, down=True)
    reader.note(Qt.Key.Key_Shift, down=False)
    reader.note(Qt.Key.Key_A, down=True)
    assert reader.stroke(event(DOWN, Qt.Key.Key_A, 38, "a")).modifiers == Modifier.NONE


def windows_message(message: int, scan_code: int, time_ms: int) -> WindowsMessage:
    """A message as Windows posts it."""
    made = WindowsMessage()
    made.message, made.l_param, made.time_ms = message, scan_code << 16 | 1, time_ms
    return made


def test_on_windows_a_key_has_the_time_of_its_message(qapp: QApplication) -> None:
    """Qt stamps events when it handles them, which after a stall is the same moment for all."""
    times = MessageTimes()
    posted = [
        windows_message(WM_MOUSEMOVE, 30, 900),
        windows_message(WM_KEYDOWN, 30, 1_000),
        windows_message(WM_KEYUP, 30, 1_060),
        windows_message(WM_KEYDOWN, 48, 1_200),
        windows_message(WM_KEYDOWN, 30, 2**32 - 1),
    ]
    for message in posted:
        assert times.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(message)) == (False, 0)
    assert times.nativeEventFilter(b"xcb_generic_event_t", 0) == (False, 0)
    handled_ms = 5_000
    assert times.taken(event(DOWN, Qt.Key.Key_A, 30, "a", t_ms=handled_ms)) == 1_000
    assert times.taken(event(DOWN, Qt.Key.Key_B, 48, "b", t_ms=handled_ms)) == 1_200
    assert times.taken(event(DOWN, Qt.Key.Key_A, 30, "a", t_ms=handled_ms)) == 2**32 - 1
    assert times.taken(event(DOWN, Qt.Key.Key_A, 30, "a", t_ms=handled_ms)) == handled_ms
