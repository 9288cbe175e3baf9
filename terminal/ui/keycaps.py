"""A key as it looks on the keyboard, with what it does beside it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from terminal.presenters.states import KeyHint
from terminal.ui import tokens
from terminal.ui.cards import draw_surface
from terminal.ui.theme import Theme, colour

CAP_WIDTH, CAP_HEIGHT = 64, 32
ROW_HEIGHT = 40
CAP_TEXT = 14


class KeyCapLine(QWidget):
    """A line of the help; nothing to press."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._hint = KeyHint("", "")
        self.setFixedHeight(theme.px(ROW_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_key(self, hint: KeyHint) -> None:
        """Show a key; nothing happens when it is already there."""
        if hint != self._hint:
            self._hint = hint
            self.setAccessibleName(f"{hint.key} {hint.label}")
            self.update()

    def clipped(self) -> tuple[str, ...]:
        """The words when they cannot be read as a whole."""
        room = self.width() - self._theme.px(CAP_WIDTH) - tokens.CARD_GAP
        fits = self._theme.metrics(tokens.TEXT_STRONG).horizontalAdvance(self._hint.label) <= room
        return () if fits else (self._hint.label,)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw cap and words."""
        palette, theme = self._theme.palette, self._theme
        painter = QPainter(self)
        width, height = theme.px(CAP_WIDTH), theme.px(CAP_HEIGHT)
        cap = QRect(0, (self.height() - height) // 2, width, height)
        draw_surface(painter, QRectF(cap), palette.background, palette.control_line, 6)
        painter.setFont(theme.font(CAP_TEXT, QFont.Weight.Bold))
        painter.setPen(colour(palette.ink))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self._hint.key)
        painter.setFont(theme.font(tokens.TEXT_STRONG))
        area = self.rect().adjusted(width + tokens.CARD_GAP, 0, 0, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._hint.label)
