"""The keys that work on this screen, as they look on the keyboard; a finger may press them too."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from terminal.presenters.states import KeyHint
from terminal.ui import tokens
from terminal.ui.buttons import KeyCapButton
from terminal.ui.theme import Theme, colour

WIDE_GAP = 6
MARGIN_LEFT = tokens.MARGIN - 8


class KeyBar(QWidget):
    """The bar at the bottom. Buttons are made once per key and reused.

    Signals:
        pressed: The name of the key, for example "F4".
    """

    pressed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._hints: tuple[KeyHint, ...] = ()
        self._buttons: dict[str, KeyCapButton] = {}
        self.setFixedHeight(theme.px(tokens.KEY_BAR_HEIGHT))

    def show_keys(self, hints: tuple[KeyHint, ...]) -> None:
        """Show keys; nothing happens when they are already there."""
        if hints == self._hints:
            return
        self._hints = hints
        for hint in hints:
            button = self._buttons.get(hint.key) or self._make(hint.key)
            button.show_caption(hint.label, spoken=f"{hint.key} {hint.label}")
        shown = {hint.key for hint in hints}
        for key, button in self._buttons.items():
            button.setVisible(key in shown)
        self.place()

    def _make(self, key: str) -> KeyCapButton:
        button = KeyCapButton(self._theme, key)
        button.setParent(self)
        button.clicked.connect(lambda: self.pressed.emit(key))
        self._buttons[key] = button
        return button

    def place(self) -> None:
        """Stand side by side; closer together where the screen is narrow."""
        buttons = [self._buttons[hint.key] for hint in self._hints]
        room = self.width() - 2 * MARGIN_LEFT
        tight = sum(button.width_at(tight=False, bare=False) + WIDE_GAP for button in buttons) > room
        bare = tight and sum(button.width_at(tight=True, bare=False) for button in buttons) > room
        gap = 0 if tight else WIDE_GAP
        x = MARGIN_LEFT
        for button in buttons:
            button.set_tight(tight)
            button.set_bare(bare)
            width, height = button.width_at(tight=tight, bare=bare), button.minimumHeight()
            button.setGeometry(x, (self.height() - height) // 2 + 1, width, height)
            x += width + gap

    def resizeEvent(self, _event: object) -> None:
        """Place the keys anew."""
        self.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface with a line above it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._theme.palette.surface))
        painter.fillRect(0, 0, self.width(), 1, colour(self._theme.palette.line))
