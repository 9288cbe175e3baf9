"""The window of a till that can't open: a bar, the restoring pages, the keys. It needs no ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFont, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from terminal.presenters.restore_states import Page
from terminal.ui import tokens
from terminal.ui.bar import LANGUAGES, SHOP_SIZE
from terminal.ui.buttons import Button, Kind
from terminal.ui.fields import LineEdit
from terminal.ui.keybar import KeyBar
from terminal.ui.keyboard import Keyboard
from terminal.ui.labels import Label
from terminal.ui.restore import Restore, RestoreView
from terminal.ui.theme import Theme, colour
from terminal.ui.window import OFF_SCREEN, SIZE_MIN, SIZE_WANTED
from terminal.ui.wording import CurrentWording, Wording

NAME = "Stammkunde"
KEY_NAMES = {
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
}


class Restoring(Restore, Protocol):
    """What the window asks besides what its page does."""

    @property
    def texts(self) -> Wording:
        """The language in use."""
        ...

    def key(self, name: str) -> None:
        """A key: "Enter", "Esc", "Up", "Down"."""
        ...

    def language(self, code: str) -> None:
        """Speak another language."""
        ...


class RestoreBar(QWidget):
    """Whose data it is about, and the language.

    Signals:
        language_wanted: The code of the language somebody switches to.
    """

    language_wanted = Signal(str)

    def __init__(self, theme: Theme, directory: str) -> None:
        super().__init__()
        self._theme = theme
        ink = theme.palette.on_bar
        name = Label(theme, SHOP_SIZE, QFont.Weight.Bold, ink=ink, name="shop")
        name.show_text(NAME)
        folder = Label(theme, tokens.TEXT_BODY, ink=ink, name="folder", elide=True)
        folder.show_text(directory)
        folder.setToolTip(directory)
        self._language = Button(theme, Kind.BAR, name="language", icon="language")
        self._code = LANGUAGES[0]
        self._language.clicked.connect(self._switch)
        box = QHBoxLayout(self)
        box.setContentsMargins(tokens.MARGIN + 2, 0, tokens.MARGIN, 0)
        box.setSpacing(tokens.CARD_PADDING - tokens.GAP)
        box.addWidget(name)
        box.addWidget(folder, 1)
        box.addWidget(self._language)
        self.setFixedHeight(theme.px(tokens.BAR_HEIGHT))

    def show_language(self, code: str, spoken: str) -> None:
        """Show the language in use."""
        self._code = code
        self._language.show_caption(code.upper(), spoken=spoken)

    def _switch(self) -> None:
        position = LANGUAGES.index(self._code) if self._code in LANGUAGES else -1
        self.language_wanted.emit(LANGUAGES[(position + 1) % len(LANGUAGES)])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar."""
        QPainter(self).fillRect(self.rect(), colour(self._theme.palette.bar))


class RestoreWindow(QWidget):
    """The window.

    Args:
        presenter: Leads through the pages.
        texts: The language to start with.
        theme: The look.
        directory: The data directory, as it is shown.
        ask_for_file: See ``RestoreView``.

    Attributes:
        presenter: The same.

    Signals:
        closed: Somebody closed it.
    """

    closed = Signal()

    def __init__(
        self,
        presenter: Restoring,
        texts: Wording,
        theme: Theme,
        directory: str,
        ask_for_file: Callable[[QWidget, str], Path | None] | None = None,
    ) -> None:
        super().__init__()
        self.presenter = presenter
        self._texts = CurrentWording(texts)
        self._bar = RestoreBar(theme, directory)
        self._view = RestoreView(presenter, self._texts, theme, ask_for_file)
        self._key_bar = KeyBar(theme)
        self._keyboard = Keyboard(self._texts, theme)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._bar)
        box.addWidget(self._view, 1)
        box.addWidget(self._keyboard)
        box.addWidget(self._key_bar)
        self.setMinimumSize(SIZE_MIN)
        self.resize(SIZE_WANTED)
        self.setWindowTitle(NAME)
        self._bar.language_wanted.connect(presenter.language)
        self._key_bar.pressed.connect(presenter.key)
        self._view.keyboard_wanted.connect(self._bring_keyboard)
        self._keyboard.entered.connect(presenter.confirm)
        self._keyboard.closed.connect(self._put_keyboard_away)
        self._page = presenter.state.page
        presenter.subscribe(self._changed)
        self._changed()

    def open(self) -> None:
        """Show the window; on a real screen as large as it is."""
        if QGuiApplication.platformName() in OFF_SCREEN:
            self.show()
        else:
            self.showMaximized()
        self._view.take_focus()

    def _changed(self) -> None:
        state = self.presenter.state
        if state.language != self._texts.language:
            self._texts.replace(self.presenter.texts)
            self._keyboard.retranslate()
            self._view.retranslate()
        self._bar.show_language(state.language, self._texts._("Change the language"))
        self._key_bar.show_keys(state.keys)
        if state.page is not self._page:
            self._page = state.page
            self._put_keyboard_away()

    def _bring_keyboard(self, field: QLineEdit) -> None:
        if isinstance(field, LineEdit):
            self._key_bar.hide()
            self._keyboard.write_into(field)

    def _put_keyboard_away(self) -> None:
        self._keyboard.hide()
        self._key_bar.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Forward the keys of the pages; other characters go into the page's field."""
        name = KEY_NAMES.get(Qt.Key(event.key()))
        if name is not None:
            if name in ("Up", "Down") or not event.isAutoRepeat():
                self.presenter.key(name)
            return
        field, text = self._view.default_input(), event.text()
        if field is not None and text and text.isprintable():
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            field.type_text(text)
            return
        event.ignore()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell whoever opened the window; while a ledger is being put in place it stays."""
        if self.presenter.state.page is Page.WORKING:
            event.ignore()
            return
        super().closeEvent(event)
        self.closed.emit()
