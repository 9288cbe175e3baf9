"""A keyboard on a window: Qt's key events with times and places, sent where the window system sends them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from hardware.wedge.layouts import Layout
from hardware.wedge.positions import X11_OFFSET
from hardware.wedge.strokes import Key, KeyStroke, Modifier
from tests.fakes.keyboard import every, typed

HOLD_MS = 1
"""How long a key stays down, in milliseconds; less than the shortest pause used here."""

FLAGS = {
    Modifier.SHIFT: Qt.KeyboardModifier.ShiftModifier,
    Modifier.CONTROL: Qt.KeyboardModifier.ControlModifier,
}
QT_KEYS = {Key.ENTER: Qt.Key.Key_Return, Key.TAB: Qt.Key.Key_Tab}


class KeyEvents:
    """Presses keys on a window.

    Args:
        window: Any widget of it.
        host: The machine's layout, which gives keys their text.
        caps_lock: Whether Caps Lock is on: capital and small letters are exchanged.
    """

    def __init__(self, window: QWidget, host: Layout = Layout.US, *, caps_lock: bool = False) -> None:
        self._window = window.window()
        self._host = host
        self._caps_lock = caps_lock
        self.now_ms = 10_000

    def scan(
        self,
        text: str,
        *,
        pace_ms: int = 3,
        layout: Layout = Layout.US,
        end: Key | None = Key.ENTER,
        wait_ms: int = 1_000,
    ) -> None:
        """A scanner types a code, some time after what was before."""
        self.press(self.strokes(text, every(pace_ms), layout=layout, end=end, wait_ms=wait_ms))

    def type(self, text: str, *, pace_ms: int = 140, end: Key | None = None) -> None:
        """A person types, on the keys that give the text here."""
        self.press(self.strokes(text, every(pace_ms), layout=self._host, end=end, wait_ms=pace_ms))

    def strokes(
        self,
        text: str,
        gaps_ms: Iterable[int],
        *,
        layout: Layout = Layout.US,
        end: Key | None = None,
        wait_ms: int = 1_000,
    ) -> list[KeyStroke]:
        """The keys of a text; time goes on."""
        strokes = typed(text, gaps_ms, start_ms=self.now_ms + wait_ms, layout=layout, host=self._host, end=end)
        self.now_ms = strokes[-1].t_ms
        return strokes

    def press(self, strokes: Sequence[KeyStroke]) -> None:
        """Send keys at once, with their own times, as a window gets them that was busy."""
        for stroke in strokes:
            shift = stroke.modifiers & Modifier.SHIFT
            if shift:
                self._shift(QEvent.Type.KeyPress, stroke.t_ms)
            if stroke.text or stroke.key is not Key.CHARACTER:  # otherwise the machine keeps it, to compose a letter
                self._send(QEvent.Type.KeyPress, stroke, stroke.t_ms)
            self._send(QEvent.Type.KeyRelease, stroke, stroke.t_ms + HOLD_MS)
            if shift:
                self._shift(QEvent.Type.KeyRelease, stroke.t_ms + HOLD_MS)

    def key(self, key: Qt.Key, *, text: str = "", wait_ms: int = 500) -> None:
        """Press one key that types nothing, or Enter, Tab and Space."""
        self.now_ms += wait_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, 0, 0, 0, text)
            event.setTimestamp(self.now_ms)
            QApplication.sendEvent(self._handle(), event)

    def hold_down(self, character: str, times: int, *, pace_ms: int = 33) -> None:
        """Keep a key down until the keyboard has repeated it some times."""
        stroke = self.strokes(character, every(1))[0]
        self._send(QEvent.Type.KeyPress, stroke, stroke.t_ms)
        for number in range(1, times + 1):
            self._send(QEvent.Type.KeyPress, stroke, stroke.t_ms + 400 + number * pace_ms, repeated=True)
        self.now_ms = stroke.t_ms + 400 + (times + 1) * pace_ms
        self._send(QEvent.Type.KeyRelease, stroke, self.now_ms)

    def _shift(self, kind: QEvent.Type, t_ms: int) -> None:
        event = QKeyEvent(kind, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier, 42 + X11_OFFSET, 0, 0, "")
        event.setTimestamp(t_ms)
        QApplication.sendEvent(self._handle(), event)

    def _send(self, kind: QEvent.Type, stroke: KeyStroke, t_ms: int, *, repeated: bool = False) -> None:
        flags = Qt.KeyboardModifier.NoModifier
        for modifier, flag in FLAGS.items():
            if stroke.modifiers & modifier:
                flags |= flag
        text = stroke.text.swapcase() if self._caps_lock else stroke.text
        code = stroke.scan_code + X11_OFFSET
        event = QKeyEvent(kind, _qt_key(stroke), flags, code, 0, 0, text, repeated)
        event.setTimestamp(t_ms)
        QApplication.sendEvent(self._handle(), event)

    def _handle(self) -> QWindow:
        handle = self._window.windowHandle()
        assert isinstance(handle, QWindow), "the window has been shown"
        return handle


def _qt_key(stroke: KeyStroke) -> Qt.Key:
    """What Qt calls a key; of letters the capital one."""
    if stroke.key in QT_KEYS:
        return QT_KEYS[stroke.key]
    if not stroke.text:
        return Qt.Key.Key_Dead_Acute
    if len(stroke.text) != 1 or ord(stroke.text) < ord(" "):
        return Qt.Key.Key_unknown
    code = ord(stroke.text.upper()) if len(stroke.text.upper()) == 1 else ord(stroke.text)
    try:
        return Qt.Key(code)
    except ValueError:
        return Qt.Key.Key_unknown
