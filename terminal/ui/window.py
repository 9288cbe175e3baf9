"""The window of the till: bar, one screen at a time, keys."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from terminal.presenters.states import Breakage, Screen, ShellState
from terminal.ui.bar import Bar
from terminal.ui.fields import LineEdit
from terminal.ui.keybar import KeyBar
from terminal.ui.keyboard import Keyboard
from terminal.ui.overlay import FatalOverlay
from terminal.ui.screens import make_view
from terminal.ui.shell import Shell
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import CurrentWording, Wording

OFF_SCREEN = frozenset({"offscreen", "minimal"})
SIZE_MIN = QSize(1024, 720)  # a screen of 768 lines less a title bar and a task bar
SIZE_WANTED = QSize(1366, 768)
KEY_NAMES = {
    **{Qt.Key(Qt.Key.Key_F1 + number): f"F{number + 1}" for number in range(12)},
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
}
LETTERS = frozenset("P")
"""Letters that do something on a screen without a field."""
LETTER_ALONE_MS = 150
"""How long such a letter must stay alone, in milliseconds: it may be the first of a code that a scanner types."""


class MainWindow(QWidget):
    """The window.

    Keys reach it because no widget of the screens keeps one of them for itself: a widget handles what it is there for
    and lets the rest rise. An event filter would have to look at every event of the program.

    Args:
        shell: Which screen is on, and the presenters of all of them.
        texts: The language to start with; later ones are the shell's.
        theme: The look.

    Attributes:
        texts: The language in use, always the newest.
        theme: The look.
    """

    def __init__(self, shell: Shell, texts: Wording, theme: Theme) -> None:
        super().__init__()
        self._shell = shell
        self.texts = CurrentWording(texts)
        self.theme = theme
        self._language = shell.state.bar.language
        self._screen: Screen | None = None
        self._views: dict[Screen, View] = {}
        self._bar = Bar(self.texts, theme)
        self._stack = QStackedWidget()
        self._key_bar = KeyBar(theme)
        self._keyboard = Keyboard(self.texts, theme)
        self._overlay = FatalOverlay(theme)
        self._overlay.setParent(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._bar)
        box.addWidget(self._stack, 1)
        box.addWidget(self._keyboard)
        box.addWidget(self._key_bar)
        self.setMinimumSize(SIZE_MIN)
        self.resize(SIZE_WANTED)
        self._bar.language_wanted.connect(shell.language)
        self._bar.lock_wanted.connect(lambda: self._press("F10"))
        self._bar.connection_wanted.connect(lambda: self._press("F7"))
        self._bar.devices_wanted.connect(lambda: self._press("F11"))
        self._bar.backup_wanted.connect(lambda: self._press("F12"))
        self._key_bar.pressed.connect(self._press)
        self._keyboard.entered.connect(lambda: self._press("Enter"))
        self._overlay.dismissed.connect(lambda: self._press("Enter"))
        self._keyboard.closed.connect(self._put_keyboard_away)
        self._letter = ""
        self._letter_alone = QTimer(self)
        self._letter_alone.setSingleShot(True)
        self._letter_alone.setInterval(LETTER_ALONE_MS)
        self._letter_alone.timeout.connect(lambda: self._press(self._letter))
        for screen in (Screen.IDLE, Screen.MEMBER):
            self.view(screen)
        shell.subscribe(self._changed)
        self._changed()

    # -- screens

    def view(self, screen: Screen) -> View:
        """The view of a screen, made when first asked for.

        Idle and member exist from the start: the first scan of the day is as quick as the others.
        """
        view = self._views.get(screen)
        if view is None:
            view = self._views[screen] = make_view(screen, self._shell, self.texts, self.theme)
            view.keyboard_wanted.connect(self._bring_keyboard)
            self._stack.addWidget(view)
        return view

    def warm_up(self) -> bool:
        """Make one more view, so that its first use is as quick as the others; say whether there are more to make."""
        missing = next((screen for screen in Screen if screen not in self._views), None)
        if missing is not None:
            self.view(missing)
        return missing is not None

    def open(self) -> None:
        """Show the window; on a real screen as large as it is, because a till has the screen to itself."""
        if QGuiApplication.platformName() in OFF_SCREEN:
            self.show()
        else:
            self.showMaximized()

    def _changed(self) -> None:
        """The shell has a new state."""
        state = self._shell.state
        if state.bar.language != self._language:
            self._language = state.bar.language
            self.texts.replace(self._shell.texts)
            self.retranslate()
        self.setWindowTitle(f"{state.bar.shop} – {state.bar.till}")
        self._bar.show_bar(state.bar)
        self._key_bar.show_keys(state.keys)
        self._show_screen(state)
        self._show_breakage(state.fatal)

    def _show_breakage(self, breakage: Breakage | None) -> None:
        """Cover the screens; the focus goes with the cover, so that nothing is typed into a hidden field."""
        was_covered = not self._overlay.isHidden()
        self._overlay.show_fatal(breakage)
        if breakage is not None and not was_covered:
            self._overlay.setFocus(Qt.FocusReason.OtherFocusReason)
        elif breakage is None and was_covered:
            self.view(self._shell.state.screen).take_focus()

    def _show_screen(self, state: ShellState) -> None:
        if state.screen is self._screen:
            return
        self._screen = state.screen
        self._put_keyboard_away()
        view = self.view(state.screen)
        view.bring_up_to_date()
        focused = self.focusWidget()
        if focused is not None:
            # A widget that is hidden with the focus passes it to its neighbour, which would be just any button.
            focused.clearFocus()
        self._stack.setCurrentWidget(view)
        view.take_focus()

    def retranslate(self) -> None:
        """Take every caption from the texts again."""
        self._bar.retranslate()
        self._keyboard.retranslate()
        for view in self._views.values():
            view.retranslate()

    # -- keyboard on the screen

    def _bring_keyboard(self, field: QLineEdit) -> None:
        if isinstance(field, LineEdit):
            self._key_bar.hide()
            self._keyboard.write_into(field)

    def _put_keyboard_away(self) -> None:
        if not self._keyboard.isHidden():
            self._keyboard.hide()
            self._key_bar.show()

    # -- keys

    def _press(self, name: str) -> None:
        """Hand a key to the shell."""
        self._shell.key(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Forward the keys of the till, held down or not once; other characters go into the screen's field."""
        is_second = self._letter_alone.isActive()
        self._letter_alone.stop()
        name = KEY_NAMES.get(Qt.Key(event.key()))
        if name is not None:
            if not event.isAutoRepeat():
                self._press(name)
            return
        field = self.view(self._shell.state.screen).default_input()
        text = event.text()
        if field is not None and text.isprintable() and text and self._overlay.isHidden():
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            field.type_text(text)
            return
        if field is None and not is_second and not event.isAutoRepeat() and text.upper() in LETTERS:
            self._letter = text.upper()
            self._letter_alone.start()
        event.ignore()

    def resizeEvent(self, _event: object) -> None:
        """Keep the overlay over everything."""
        self._overlay.setGeometry(self.rect())
