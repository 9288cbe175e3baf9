"""Digits for fingers, in the order of a cash register."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from terminal.ui import tokens
from terminal.ui.buttons import Button
from terminal.ui.theme import Theme
from terminal.ui.wording import Wording

LAYOUT = ("7", "8", "9", "4", "5", "6", "1", "2", "3", "0", ",", "backspace")
COLUMNS = 3
ROWS = len(LAYOUT) // COLUMNS
DIGIT_SIZE = 24
CLEAR_PRESS_MS = 600


class Keypad(QWidget):
    """Twelve keys. Holding the last one clears the field.

    The keys never take the focus: who has a keyboard types, and a finger must not pull the focus out of the field.

    Signals:
        pressed: "0" to "9", ",", "backspace" or "clear".
    """

    pressed = Signal(str)

    def __init__(self, theme: Theme, texts: Wording, *, decimals: bool = True) -> None:
        super().__init__()
        self._texts = texts
        self._keys = {key: self._make(theme, key) for key in LAYOUT}
        self._keys[","].setVisible(decimals)
        self._held = QTimer(self)
        self._held.setSingleShot(True)
        self._held.setInterval(CLEAR_PRESS_MS)
        self._held.timeout.connect(self._clear)
        backspace = self._keys["backspace"]
        backspace.pressed.connect(self._held.start)
        backspace.released.connect(self._held.stop)

    def _make(self, theme: Theme, key: str) -> Button:
        icon = "backspace" if key == "backspace" else ""
        name = "keypadComma" if key == "," else f"keypad{key.capitalize()}"
        button = Button(theme, name=name, icon=icon, size=DIGIT_SIZE, chooses=True)
        button.setParent(self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.pressed.emit(key))
        return button

    def retranslate(self) -> None:
        """Take the captions from the texts again."""
        for key, button in self._keys.items():
            if key.isdigit():
                button.show_caption(key)
        self._keys[","].show_caption(self._texts.decimal_mark, spoken=self._texts._("Decimal sign"))
        self._keys["backspace"].show_caption("", spoken=self._texts._("Delete last digit, hold to clear"))

    def _clear(self) -> None:
        self.pressed.emit("clear")

    def resizeEvent(self, _event: object) -> None:
        """Share the room evenly, to the pixel."""
        for index, key in enumerate(LAYOUT):
            row, column = divmod(index, COLUMNS)
            x, right = self._edge(column, COLUMNS, self.width()), self._edge(column + 1, COLUMNS, self.width())
            y, bottom = self._edge(row, ROWS, self.height()), self._edge(row + 1, ROWS, self.height())
            self._keys[key].setGeometry(x, y, right - x - tokens.GAP, bottom - y - tokens.GAP)

    @staticmethod
    def _edge(index: int, count: int, length: int) -> int:
        return index * (length + tokens.GAP) // count
