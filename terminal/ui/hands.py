"""Hands and eyes for a window: press, type, wait and look as a cashier does, for the demo and its pictures.

Everything goes in as events through Qt and comes out of what the widgets hold. Waiting runs the event loop until a
condition holds and gives up after a while; nothing sleeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

WAIT_MAX_S = 20.0
"""How long a condition is waited for, in seconds: far above what a till needs, so a slow machine passes."""

LOOK_EVERY_MS = 4
"""How often a condition is looked at while nothing else happens, in milliseconds."""

TABS_MAX = 80
"""After how many steps of the Tab key a control counts as not reachable by keyboard."""

KEYS = {
    **{f"F{number}": Qt.Key(Qt.Key.Key_F1 + number - 1) for number in range(1, 13)},
    "Esc": Qt.Key.Key_Escape,
    "Enter": Qt.Key.Key_Return,
    "Tab": Qt.Key.Key_Tab,
    "Space": Qt.Key.Key_Space,
}
WindowT = TypeVar("WindowT", bound=QWidget)
_TYPED = {"Space": " ", "Enter": "\r", "Tab": "\t"}


class NeverHappenedError(AssertionError):
    """Something that was waited for did not happen, or a control was not there."""


class Hands:
    """Works one window.

    Args:
        window: The till's window.
    """

    def __init__(self, window: QWidget) -> None:
        self.window = window

    def open_window(self, width: int, height: int) -> None:
        """Show the window in a size, in device-independent pixels, and wait until it can be worked."""
        self.window.resize(width, height)
        self.window.show()
        self.window.activateWindow()
        self.wait_until(self.window.isVisible, "the window is on the screen")

    def wait_until(self, happened: Callable[[], object], what: str, within_s: float = WAIT_MAX_S) -> None:
        """Run the event loop until something has happened.

        Args:
            happened: The condition.
            what: What it is, for the error.
            within_s: How long to wait, in seconds.

        Raises:
            NeverHappenedError: It did not happen.
        """
        deadline = time.monotonic() + within_s
        waker = QTimer()  # ends each wait for an event, so that the condition is looked at
        waker.start(LOOK_EVERY_MS)
        QApplication.processEvents()
        while not happened():
            if time.monotonic() > deadline:
                raise NeverHappenedError(f"Waited {within_s:.0f} s in vain: {what}")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def settle(self) -> None:
        """Let everything that is waiting be painted."""
        QApplication.sendPostedEvents()
        QApplication.processEvents()

    def press(self, *names: str) -> None:
        """Press keys by the names of the key bar, such as ``F4``, ``Enter`` or ``Esc``."""
        for name in names:
            self._key(KEYS[name], _TYPED.get(name, ""))

    def type_text(self, text: str) -> None:
        """Type characters where the focus is."""
        for character in text:
            self._key(Qt.Key.Key_unknown if character != " " else Qt.Key.Key_Space, character)

    def _key(self, key: Qt.Key, text: str) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            focused: QWidget | None = self.window.focusWidget()
            target = self.window if focused is None else focused
            QApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))

    def focus_by_tab(self, wanted: Callable[[QWidget], object], what: str) -> None:
        """Press Tab until the focus is on a control.

        Raises:
            NeverHappenedError: The keyboard does not get there.
        """
        for _ in range(TABS_MAX):
            focused: QWidget | None = self.window.focusWidget()
            if focused is not None and wanted(focused):
                return
            self.press("Tab")
        raise NeverHappenedError(f"Tab does not lead to {what}")

    def text_of(self, name: str) -> str:
        """The text that a visible label, field or button of this object name shows.

        Raises:
            NeverHappenedError: Nothing of this name can be seen.
        """
        for widget in self.window.findChildren(QWidget, name):
            if widget.isVisible():
                return str(widget.text())  # type: ignore[attr-defined]
        raise NeverHappenedError(f"Nothing called {name} can be seen")

    def shows(self, name: str, text: str) -> bool:
        """Whether a visible widget of this object name shows a text."""
        return any(
            widget.isVisible() and widget.text() == text  # type: ignore[attr-defined]
            for widget in self.window.findChildren(QWidget, name)
        )

    def picture(self, path: Path, *, width: int = 0) -> Path:
        """Save what the window shows as PNG.

        Args:
            path: Where.
            width: A smaller width in pixels; 0 keeps the window's.
        """
        self.settle()
        image = self.window.grab().toImage()
        if width:
            image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        image = image.convertToFormat(QImage.Format.Format_RGB888)
        if not image.save(str(path), "PNG", 0):  # type: ignore[call-overload]
            raise NeverHappenedError(f"The picture {path} could not be written")
        return path


def as_soon_as_the_loop_runs(call: Callable[[], None]) -> None:
    """Have something called by the program's event loop, however late that begins."""
    application = QApplication.instance()
    assert application is not None, "there is a window to work"
    QTimer.singleShot(0, application, call)


def window_on_screen(kind: type[WindowT]) -> WindowT:
    """The window of a kind that can be seen.

    Raises:
        NeverHappenedError: There is none.
    """
    for window in QApplication.topLevelWidgets():
        if isinstance(window, kind) and window.isVisible():
            return window
    raise NeverHappenedError(f"No {kind.__name__} can be seen")


def discard(*objects: QObject) -> None:
    """Delete objects now, with everything that belongs to them: a timer of theirs may not fire once more."""
    for thing in objects:
        thing.deleteLater()
        QApplication.sendPostedEvents(thing, int(QEvent.Type.DeferredDelete.value))
