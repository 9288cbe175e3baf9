"""The window's ear for scanners that type: takes their keys out of the stream of keys and hands over what they read."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from hardware.policy import RepeatPolicy
from hardware.scans import Scan
from hardware.traffic import Traffic
from hardware.wedge.detector import Fate, Found, Ruling, Terminator, WedgeDetector, WedgeRules
from hardware.wedge.evidence import scan_of, traffic_of
from hardware.wedge.reading import LayoutChoice, Reader
from hardware.wedge.strokes import Key, KeyStroke
from terminal.settings.wedge import WedgeSettings
from terminal.ui.wedge_keys import KeyReader
from terminal.ui.wedge_typed import Standing, standing, withdraw, writes

STALL_MS: Final = 15
"""A timer that comes this much too late, in milliseconds, says that the window was busy: keys may still be queued."""

_SPACE: Final = int(Qt.Key.Key_Space)
_PRESS: Final = QEvent.Type.KeyPress
_RELEASE: Final = QEvent.Type.KeyRelease


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
        self._keys = KeyReader()
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
        self._down: set[int] = set()
        self._swallowed: set[int] = set()
        self._held_down: set[int] = set()
        self._held: list[_Held] = []
        self._shown: list[Standing] = []
        self._last: tuple[KeyStroke, ...] = ()
        self._since_key = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._silence)

    # -- life

    def install(self) -> None:
        """Begin to listen, unless the settings say otherwise."""
        application = self._application()
        if self._installed or self._settings.use == "off" or application is None:
            return
        self._installed = True
        self._keys.install()
        application.focusWindowChanged.connect(self._watch)
        for window in application.topLevelWindows():
            self._watch(window)

    def remove(self) -> None:
        """Stop listening; keys that are held go to the window."""
        application = self._application()
        if not self._installed or application is None:
            return
        self._timer.stop()
        for _ in range(2):  # a scanner's row asks for silence twice
            deadline = self._detector.deadline_ms
            if deadline is not None:
                self._obey(self._detector.silence(deadline))
        self._installed = False
        self._keys.remove()
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
        key = event.key()
        self._keys.note(key, down=True)
        stroke = self._keys.stroke(event)
        if stroke.key is Key.MODIFIER:
            return False
        place = event.nativeScanCode() or -key
        self._down.add(place)
        focus: QWidget | None = QApplication.focusWidget()
        acts = key == _SPACE and not writes(focus)
        ruling = self._detector.press(stroke, acts=acts)
        self._obey(ruling)
        if ruling.fate is not Fate.SWALLOW:
            self._swallowed.discard(place)  # its release went to another program's window
        if ruling.fate is Fate.PASS:
            self._held_down.discard(place)
            if stroke.key is Key.CHARACTER and self._detector.deadline_ms is not None:
                self._shown.append(standing(focus))
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
        key = event.key()
        self._keys.note(key, down=False)
        place = event.nativeScanCode() or -key
        if place in self._down:
            self._down.discard(place)
        elif place > 0:
            self._only_released(self._keys.stroke(event))
        if place in self._swallowed:
            self._swallowed.discard(place)
            return True
        if place in self._held_down:
            self._held_down.discard(place)
            self._held.append(_again(event, _RELEASE))
            return True
        return False

    def _only_released(self, stroke: KeyStroke) -> None:
        """The machine kept the press of a key, to compose an accented letter of it and the next one."""
        if stroke.key is not Key.CHARACTER or not stroke.t_ms:
            return
        self._obey(self._detector.press(KeyStroke(stroke.t_ms, stroke.scan_code, "", stroke.modifiers, seen=False)))
        self._shown.append(standing(QApplication.focusWidget()))
        self._wait()

    # -- rulings

    def _wait(self, wait_ms: int | None = None) -> None:
        """The silence begins anew."""
        self._since_key.start()
        self._timer.start(self._settings.typing_ms if wait_ms is None else wait_ms)

    def _silence(self) -> None:
        """No key came for a while. A window that was busy meanwhile has to look for queued keys first."""
        deadline = self._detector.deadline_ms
        if deadline is None:
            return
        if self._since_key.elapsed() > self._timer.interval() + STALL_MS:
            self._wait(self._timer.interval())
            return
        self._obey(self._detector.silence(deadline))
        later = self._detector.deadline_ms
        if later is not None:
            self._wait(later - deadline)

    def _obey(self, ruling: Ruling) -> None:
        """Do what a ruling says about the keys before this one."""
        if not ruling.clear:
            return
        self._timer.stop()
        held, self._held = self._held, []
        shown, self._shown = self._shown, []
        down, self._held_down = self._held_down, set()
        if ruling.found is not None:
            withdraw(shown[len(shown) - ruling.found.withdraw :])
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
