"""The window's ear for scanners that type: takes their keys out of the stream of keys and hands over what they read."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget, QWidget
from shiboken6 import isValid

from hardware.policy import RepeatPolicy
from hardware.scans import Scan
from hardware.traffic import Traffic
from hardware.wedge.detector import Fate, Found, Ruling, Terminator, WedgeDetector, WedgeRules
from hardware.wedge.evidence import scan_of, traffic_of
from hardware.wedge.positions import position
from hardware.wedge.reading import LayoutChoice, Reader
from hardware.wedge.strokes import KEYPAD_DIGITS, Key, KeyStroke, Modifier
from terminal.settings.wedge import WedgeSettings
from terminal.ui.view import View

STALL_MS: Final = 15
"""A timer that comes this much too late, in milliseconds, says that the window was busy: keys may still be queued."""

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
_ALT_GR: Final = int(Qt.Key.Key_AltGr)
_SPACE: Final = int(Qt.Key.Key_Space)
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

_PRESS: Final = QEvent.Type.KeyPress
_RELEASE: Final = QEvent.Type.KeyRelease


class _Shown(NamedTuple):
    """How things stood before a key went to the window; nothing here keeps a widget alive."""

    field: weakref.ref[QLineEdit] | None
    focus: weakref.ref[QWidget] | None
    text: str
    cursor: int
    selected_from: int
    selected: int


class _Held(NamedTuple):
    """A key event to be made again; Qt's own is gone when the filter returns."""

    kind: QEvent.Type
    key: int
    modifiers: Qt.KeyboardModifier
    scan_code: int
    virtual_key: int
    native_modifiers: int
    text: str


class WedgeFilter(QObject):
    """Watches the keys that reach the windows of the till.

    It listens at the windows and not at the application: all keys come through the window that has the focus, and an
    application's filter would be called for every paint and every timer as well. A key without a time (0), as programs
    and tests send it, is a person's.

    Args:
        application: The application; its windows are found by themselves, dialogs too.
        on_scan: Takes a scan, on this thread and before the next key is looked at.
        settings: How the scanners are set up.
        is_member_number: Whether cards of the programme, or receipts, have such a number.
        traffic: Where the doctor looks; the numbers are masked.
        clock_ns: The monotonic clock, in nanoseconds.
    """

    def __init__(
        self,
        application: QApplication,
        on_scan: Callable[[Scan], None],
        settings: WedgeSettings,
        is_member_number: Callable[[str], bool],
        traffic: Traffic | None = None,
        *,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__()
        self._application = weakref.ref(application)
        self._on_scan = on_scan
        self._settings = settings
        self._traffic = traffic
        self._clock_ns = clock_ns
        self._platform = QGuiApplication.platformName()
        self._detector = WedgeDetector(
            WedgeRules(
                length_min=settings.length_min,
                scan_ms=settings.scan_ms,
                typing_ms=settings.typing_ms,
                terminator=Terminator(settings.terminator),
            ),
            Reader(LayoutChoice(settings.layout), is_member_number, settings.prefix),
        )
        self._repeats = RepeatPolicy()
        self._installed = False
        self._replaying = False
        self._alt_gr = False
        self._down: set[int] = set()
        self._swallowed: set[int] = set()
        self._held_down: set[int] = set()
        self._held: list[_Held] = []
        self._shown: list[_Shown] = []
        self._last: tuple[KeyStroke, ...] = ()
        self._since_key = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(settings.typing_ms)
        self._timer.timeout.connect(self._silence)

    # -- life

    def install(self) -> None:
        """Begin to listen, unless the settings say otherwise."""
        application = self._application()
        if self._installed or self._settings.use == "off" or application is None:
            return
        self._installed = True
        application.focusWindowChanged.connect(self._watch)
        for window in application.topLevelWindows():
            self._watch(window)

    def remove(self) -> None:
        """Stop listening; keys that are held go to the window."""
        application = self._application()
        if not self._installed or application is None:
            return
        self._timer.stop()
        deadline = self._detector.deadline_ms
        if deadline is not None:
            self._obey(self._detector.silence(deadline))
        self._installed = False
        application.focusWindowChanged.disconnect(self._watch)
        for window in application.topLevelWindows():
            window.removeEventFilter(self)

    def take_strokes(self) -> tuple[KeyStroke, ...]:
        """The keys of the last scan with the one that ended it, once; for the doctor, while its screen takes scans."""
        last, self._last = self._last, ()
        return last

    def _watch(self, window: QWindow | None) -> None:
        """A window may get keys now; a filter that is installed twice is called once."""
        if window is not None:
            window.installEventFilter(self)

    # -- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at a window's keys; everything else passes."""
        kind = event.type()
        if kind == _PRESS:
            if self._replaying or not watched.isWindowType():
                return False
            assert isinstance(event, QKeyEvent)
            return self._pressed(event)
        if kind == _RELEASE:
            if self._replaying or not watched.isWindowType():
                return False
            assert isinstance(event, QKeyEvent)
            return self._released(event)
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        stroke = self._stroke(event)
        if stroke.key is Key.MODIFIER:
            self._alt_gr = self._alt_gr or event.key() == _ALT_GR
            return False
        place = event.nativeScanCode()
        self._down.add(place)
        field = _field() if stroke.key is Key.CHARACTER else None
        acts = field is None and event.key() == _SPACE
        ruling = self._detector.press(stroke, acts=acts)
        self._obey(ruling)
        if ruling.fate is Fate.PASS:
            if stroke.key is Key.CHARACTER and self._detector.deadline_ms is not None:
                self._shown.append(_standing(field))
                self._wait()
            return False
        if ruling.fate is Fate.HOLD:
            self._held.append(_again(event, _PRESS))
            self._held_down.add(place)
            self._wait()
        else:
            self._swallowed.add(place)
        return True

    def _released(self, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return False
        if event.key() == _ALT_GR:
            self._alt_gr = False
        place = event.nativeScanCode()
        if place in self._down:
            self._down.discard(place)
        elif place and event.key() not in _MODIFIER_KEYS and event.timestamp():
            self._only_released(event)
        if place in self._swallowed:
            self._swallowed.discard(place)
            return True
        if place in self._held_down:
            self._held_down.discard(place)
            self._held.append(_again(event, _RELEASE))
            return True
        return False

    def _only_released(self, event: QKeyEvent) -> None:
        """The machine kept the press of a key, to compose an accented letter of it and the next one."""
        stroke = self._stroke(event)
        if stroke.key is Key.CHARACTER:
            self._obey(self._detector.press(KeyStroke(stroke.t_ms, stroke.scan_code, "", stroke.modifiers, seen=False)))
            self._shown.append(_standing(_field()))
            self._wait()

    def _stroke(self, event: QKeyEvent) -> KeyStroke:
        flags, key, text = event.modifiers().value, event.key(), event.text()
        place = position(self._platform, event.nativeScanCode(), event.nativeVirtualKey())
        modifiers = Modifier.ALT_GR if self._alt_gr else Modifier.NONE
        if flags & (_SHIFT_FLAG | _CONTROL_FLAG | _DO_FLAGS):
            modifiers |= (
                (Modifier.SHIFT if flags & _SHIFT_FLAG else 0)
                | (Modifier.CONTROL if flags & _CONTROL_FLAG else 0)
                | (Modifier.ALT if flags & _ALT_FLAG else 0)
                | (Modifier.META if flags & _META_FLAG else 0)
            )
        return KeyStroke(
            event.timestamp(), place, text, modifiers, _kind(key, flags, text, place), event.isAutoRepeat()
        )

    # -- rulings

    def _wait(self) -> None:
        """The silence begins anew."""
        self._since_key.start()
        self._timer.start()

    def _silence(self) -> None:
        """No key came for a while. A window that was busy meanwhile has to look for queued keys first."""
        deadline = self._detector.deadline_ms
        if deadline is None:
            return
        if self._since_key.elapsed() > self._settings.typing_ms + STALL_MS:
            self._wait()
            return
        self._obey(self._detector.silence(deadline))

    def _obey(self, ruling: Ruling) -> None:
        """Do what a ruling says about the keys before this one."""
        if not ruling.clear:
            return
        self._timer.stop()
        held, self._held = self._held, []
        shown, self._shown = self._shown, []
        down, self._held_down = self._held_down, set()
        if ruling.found is not None:
            _withdraw(shown[len(shown) - ruling.found.withdraw :])
            held = _first_keys(held, ruling.release)
            self._swallowed |= down - {again.scan_code for again in held}
        self._play(held)
        if ruling.found is not None:
            self._tell(ruling.found)

    def _play(self, held: list[_Held]) -> None:
        """Let the window have keys that were held."""
        window = QGuiApplication.focusWindow() if held else None
        if window is None:
            return
        self._replaying = True
        try:
            for again in held:
                event = QKeyEvent(
                    again.kind,
                    again.key,
                    again.modifiers,
                    again.scan_code,
                    again.virtual_key,
                    again.native_modifiers,
                    again.text,
                )
                QApplication.sendEvent(window, event)
        finally:
            self._replaying = False

    def _tell(self, found: Found) -> None:
        """Hand a scan over, unless the same code was held before the scanner a moment ago."""
        now_ns = self._clock_ns()
        if self._traffic is not None:
            self._traffic.add(traffic_of(found, now_ns))
        self._last = (*found.strokes, *(() if found.end is None else (found.end,)))
        scan = scan_of(found, now_ns)
        if self._repeats.is_new(f"{scan.aim}{scan.text}{scan.rejected or ''}", found.t_ms / 1_000):
            self._on_scan(scan)


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
    return Key.CHARACTER if text else Key.OTHER


def _again(event: QKeyEvent, kind: QEvent.Type) -> _Held:
    return _Held(
        kind,
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
    )


def _first_keys(held: list[_Held], count: int) -> list[_Held]:
    """The first few keys that went down, with their releases."""
    places = [again.scan_code for again in held if again.kind == _PRESS][:count]
    found: list[_Held] = []
    for again in held:
        if again.kind == _PRESS:
            count -= 1
        if count >= 0 or (again.kind == _RELEASE and again.scan_code in places):
            found.append(again)
    return found


def _field() -> QLineEdit | None:
    """The field that a typed character goes into: the one with the focus, otherwise the screen's own."""
    focus = QApplication.focusWidget()
    if isinstance(focus, QLineEdit):
        return focus
    return None


def _standing(field: QLineEdit | None) -> _Shown:
    """How things stand before a character goes to the window."""
    focus = QApplication.focusWidget()
    if field is None and focus is not None:
        field = _screens_field(focus)
    focus_ref = None if focus is None else weakref.ref(focus)
    if field is None:
        return _Shown(None, focus_ref, "", 0, -1, 0)
    start = field.selectionStart()
    length = field.selectionLength() if start >= 0 else 0
    return _Shown(weakref.ref(field), focus_ref, field.text(), field.cursorPosition(), start, length)


def _screens_field(focus: QWidget) -> QLineEdit | None:
    """The field that takes what is typed while the focus is elsewhere on the screen."""
    above: QWidget | None = focus
    while above is not None and not isinstance(above, View):
        above = above.parentWidget()
    if above is None:
        stack = focus.window().findChild(QStackedWidget)
        above = stack.currentWidget() if isinstance(stack, QStackedWidget) else None
    return above.default_input() if isinstance(above, View) else None


def _withdraw(shown: list[_Shown]) -> None:
    """Put everything back as it stood before the first of some characters."""
    restored: list[QLineEdit] = []
    for each in shown:
        field = each.field() if each.field is not None else None
        if field is not None and isValid(field) and field not in restored:
            restored.append(field)
            _restore(field, each)
    if not shown:
        return
    focus = shown[0].focus() if shown[0].focus is not None else None
    now = QApplication.focusWidget()
    if focus is not None and isValid(focus) and focus is not now and focus.isVisible():
        focus.setFocus(Qt.FocusReason.OtherFocusReason)


def _restore(field: QLineEdit, before: _Shown) -> None:
    """Give a field its text, cursor and selection back, and tell whoever listens, as a person's change would."""
    if field.text() != before.text:
        field.setText(before.text)
        field.textEdited.emit(before.text)
    if before.selected and before.cursor == before.selected_from:
        field.setSelection(before.selected_from + before.selected, -before.selected)
    elif before.selected:
        field.setSelection(before.selected_from, before.selected)
    else:
        field.setCursorPosition(before.cursor)
        field.deselect()
