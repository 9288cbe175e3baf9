"""A compact keyboard on the screen, in the German order, for tills without one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from terminal.ui import tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.fields import LineEdit
from terminal.ui.theme import Theme, colour
from terminal.ui.wording import Wording

ROWS = ("1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm.-@")
KEY_SIZE = 19
OF_ADDRESSES = (":", "/")
NAMES = {".": "Dot", "-": "Hyphen", "@": "At", ":": "Colon", "/": "Slash"}
SPACE_SHARE, SIDE_SHARE = 4, 2


class Keyboard(QWidget):
    """The keyboard. It writes into one field and never takes the focus away from it.

    Signals:
        entered: The Enter key was pressed.
        closed: The key that puts the keyboard away was pressed.
    """

    entered = Signal()
    closed = Signal()

    def __init__(self, texts: Wording, theme: Theme) -> None:
        super().__init__()
        self._texts = texts
        self._theme = theme
        self._field: LineEdit | None = None
        self._shifted = False
        self._letters: dict[str, Button] = {}
        self._shift = self._special("keyboardShift", "shift_lock", self._toggle_shift)
        self._backspace = self._special("keyboardBackspace", "backspace", self._erase)
        self._close = self._special("keyboardClose", "keyboard_hide", self.closed.emit)
        self._space = self._special("keyboardSpace", "space_bar", lambda: self._type(" "))
        self._enter = self._special("keyboardEnter", "keyboard_return", self.entered.emit, Kind.PRIMARY)
        box = QVBoxLayout(self)
        box.setContentsMargins(tokens.MARGIN, tokens.ROW_GAP, tokens.MARGIN, tokens.ROW_GAP)
        box.setSpacing(tokens.GAP)
        for index, characters in enumerate(ROWS):
            row = QHBoxLayout()
            row.setSpacing(tokens.GAP)
            last = index == len(ROWS) - 1
            if last:
                row.addWidget(self._shift, 1)
            for character in characters:
                row.addWidget(self._letter(character), 1)
            if last:
                row.addWidget(self._backspace, 1)
            box.addLayout(row)
        bottom = QHBoxLayout()
        bottom.setSpacing(tokens.GAP)
        bottom.addWidget(self._close, SIDE_SHARE)
        for character in OF_ADDRESSES:
            bottom.addWidget(self._letter(character), 1)
        bottom.addWidget(self._space, SPACE_SHARE)
        bottom.addWidget(self._enter, SIDE_SHARE)
        box.addLayout(bottom)
        self.retranslate()
        self.hide()

    def _letter(self, character: str) -> Button:
        name = NAMES.get(character, character.upper())
        button = Button(self._theme, name=f"keyboard{name}", size=KEY_SIZE, chooses=True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.show_caption(character)
        button.clicked.connect(lambda: self._type(button.text()))
        self._letters[character] = button
        return button

    def _special(self, name: str, icon: str, action: object, kind: Kind = Kind.SECONDARY) -> Button:
        button = Button(self._theme, kind, name=name, icon=icon, chooses=True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(action)
        return button

    def retranslate(self) -> None:
        """Take the spoken names from the texts again."""
        translate = self._texts._
        for button, name in (
            (self._shift, translate("Capital letters")),
            (self._backspace, translate("Delete")),
            (self._close, translate("Put the keyboard away")),
            (self._space, translate("Space")),
            (self._enter, translate("Enter")),
        ):
            button.setAccessibleName(name)

    def write_into(self, field: LineEdit) -> None:
        """Come up for a field, as long as it can be seen."""
        if self._field is not None:
            self._field.removeEventFilter(self)
        self._field = field
        field.installEventFilter(self)
        self._set_shift(on=not field.text())
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave when the field does: what it would type could be seen nowhere."""
        if event.type() is QEvent.Type.Hide and watched is self._field and self.isVisible():
            self.closed.emit()
        return False

    def _type(self, text: str) -> None:
        if self._field is not None:
            self._field.type_text(text)
            self._set_shift(on=False)

    def _erase(self) -> None:
        if self._field is not None:
            self._field.type_backspace()

    def _toggle_shift(self) -> None:
        self._set_shift(on=not self._shifted)

    def _set_shift(self, *, on: bool) -> None:
        if on == self._shifted:
            return
        self._shifted = on
        for character, button in self._letters.items():
            capital = character.upper() if len(character.upper()) == 1 else character
            button.show_caption(capital if on else character)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface with a line above it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._theme.palette.background))
        painter.fillRect(0, 0, self.width(), 1, colour(self._theme.palette.control_line))
