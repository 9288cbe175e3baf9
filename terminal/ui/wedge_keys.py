"""Qt's key events as the strokes that a detector understands."""

from __future__ import annotations

import ctypes
from collections import deque
from typing import Final

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from hardware.wedge.positions import position
from hardware.wedge.strokes import KEYPAD_DIGITS, Key, KeyStroke, Modifier

_MODIFIER_KEYS: Final = frozenset(
    int(key)
    for key in (
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_Mode_switch,
        Qt.Key.Key_Multi_key,
    )
)
_SPECIAL_FIRST: Final = int(Qt.Key.Key_Escape)
_SHIFT: Final = int(Qt.Key.Key_Shift)
_ALT_GR: Final = int(Qt.Key.Key_AltGr)
_DEAD: Final = range(int(Qt.Key.Key_Dead_Grave), int(Qt.Key.Key_Dead_Longsolidusoverlay) + 1)
_KEYS: Final = {
    int(Qt.Key.Key_Return): Key.ENTER,
    int(Qt.Key.Key_Enter): Key.ENTER,
    int(Qt.Key.Key_Tab): Key.TAB,
    int(Qt.Key.Key_Backtab): Key.OTHER,
}

_SHIFT_FLAG: Final = Qt.KeyboardModifier.ShiftModifier.value
_CONTROL_FLAG: Final = Qt.KeyboardModifier.ControlModifier.value
_ALT_FLAG: Final = Qt.KeyboardModifier.AltModifier.value
_META_FLAG: Final = Qt.KeyboardModifier.MetaModifier.value
_KEYPAD_FLAG: Final = Qt.KeyboardModifier.KeypadModifier.value
_DO_FLAGS: Final = _ALT_FLAG | _META_FLAG
_ALL_FLAGS: Final = _SHIFT_FLAG | _CONTROL_FLAG | _DO_FLAGS


_MESSAGES_MAX: Final = 1_024
"""How many key messages of Windows are remembered; far more than its own queue of one window ever holds keys."""

_KEY_DOWN: Final = frozenset({0x0100, 0x0102, 0x0104})
"""WM_KEYDOWN, WM_CHAR, WM_SYSKEYDOWN."""

_KEY_UP: Final = frozenset({0x0101, 0x0105})
"""WM_KEYUP, WM_SYSKEYUP."""

_SCAN_CODE_SHIFT: Final = 16
_SCAN_CODE_MASK: Final = 0x1FF


class WindowsMessage(ctypes.Structure):
    """A message of Windows (MSG in winuser.h)."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint32),
        ("w_param", ctypes.c_size_t),
        ("l_param", ctypes.c_ssize_t),
        ("time_ms", ctypes.c_uint32),
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
    )


class MessageTimes(QAbstractNativeEventFilter):
    """When keys went down on Windows.

    There Qt stamps a key event when it handles it, so all keys of a busy moment would seem to come at once. Windows
    itself notes when each message was posted; this remembers it until Qt's event for the same key comes along.
    """

    def __init__(self) -> None:
        super().__init__()
        self._noted: deque[tuple[int, bool, int]] = deque(maxlen=_MESSAGES_MAX)

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> tuple[bool, int]:
        """Note a key's time; nothing is taken away."""
        if kind == b"windows_generic_MSG":
            noted = WindowsMessage.from_address(int(message))
            if noted.message in _KEY_DOWN or noted.message in _KEY_UP:
                scan_code = (noted.l_param >> _SCAN_CODE_SHIFT) & _SCAN_CODE_MASK
                self._noted.append((scan_code, noted.message in _KEY_DOWN, max(noted.time_ms, 1)))
        return False, 0

    def taken(self, event: QKeyEvent) -> int:
        """The time of an event's message, in milliseconds; the event's own when none was noted."""
        wanted = (event.nativeScanCode(), event.type() == QEvent.Type.KeyPress)
        for index, (*key, time_ms) in enumerate(self._noted):
            if tuple(key) == wanted:
                for _ in range(index + 1):
                    self._noted.popleft()
                return time_ms
        return event.timestamp()


class KeyReader:
    """Makes strokes of key events; knows what Qt's modifiers do not say.

    On X11 they leave AltGr out. And of a key whose press the machine kept, the release may come after that of Shift,
    whose press it may have kept as well: what counts is whether Shift was down since the key before it.
    """

    def __init__(self) -> None:
        self._platform = QGuiApplication.platformName()
        self._alt_gr = False
        self._shift_down = False
        self._shift_went_down = False
        self._times = MessageTimes() if self._platform == "windows" else None

    def install(self) -> None:
        """Listen to what Qt does not pass on, where that is needed."""
        application = QCoreApplication.instance()
        if self._times is not None and application is not None:
            application.installNativeEventFilter(self._times)

    def remove(self) -> None:
        """Stop listening."""
        application = QCoreApplication.instance()
        if self._times is not None and application is not None:
            application.removeNativeEventFilter(self._times)

    def note(self, key: int, *, down: bool) -> None:
        """A key went down or up; to be called for each, before its stroke is asked for."""
        if key == _ALT_GR:
            self._alt_gr = down
        elif key == _SHIFT:
            self._shift_went_down = self._shift_went_down or down or not self._shift_down
            self._shift_down = down
        elif down and key not in _MODIFIER_KEYS:
            self._shift_went_down = False

    def stroke(self, event: QKeyEvent) -> KeyStroke:
        """The stroke of a key that went down, or of one of which only the release arrived."""
        flags, key, text = event.modifiers().value, event.key(), event.text()
        if self._shift_went_down and key not in _MODIFIER_KEYS:
            self._shift_went_down = False
            flags |= _SHIFT_FLAG
        place = position(self._platform, event.nativeScanCode(), event.nativeVirtualKey())
        modifiers = Modifier.ALT_GR if self._alt_gr else Modifier.NONE
        if flags & _ALL_FLAGS:
            modifiers |= (
                (Modifier.SHIFT if flags & _SHIFT_FLAG else 0)
                | (Modifier.CONTROL if flags & _CONTROL_FLAG else 0)
                | (Modifier.ALT if flags & _ALT_FLAG else 0)
                | (Modifier.META if flags & _META_FLAG else 0)
            )
        t_ms = event.timestamp() if self._times is None else self._times.taken(event)
        return KeyStroke(t_ms, place, text, modifiers, _kind(key, flags, text, place), event.isAutoRepeat())


def _kind(key: int, flags: int, text: str, place: int) -> Key:
    """What a key is there for."""
    if key in _KEYS:
        return _KEYS[key]
    if key in _MODIFIER_KEYS:
        return Key.MODIFIER
    if flags & _KEYPAD_FLAG and place in KEYPAD_DIGITS:
        return Key.MODIFIER if flags & _ALT_FLAG else Key.CHARACTER
    if key in _DEAD:
        return Key.CHARACTER
    if _SPECIAL_FIRST <= key < _DEAD.start:
        return Key.OTHER
    if flags & _DO_FLAGS and not (flags & _CONTROL_FLAG and flags & _ALT_FLAG and text):
        return Key.OTHER
    return Key.CHARACTER if text or flags & _CONTROL_FLAG else Key.OTHER
